"""What follows two quiet years: the states in which a conflict can begin anew."""

from __future__ import annotations

import numpy as np

from stability_sim.panel.panel import Flags, Whole

QUIET_YEARS = 2  # UCDP's onset2: a conflict is new after two years without one


def after_quiet_years(exists: Flags, incidence: Flags, quiet_before: Whole, n_quiet: int = QUIET_YEARS) -> Flags:
    """Return where ``n_quiet`` years without conflict precede the year.

    Parameters
    ----------
    exists : (state, year) bool
    incidence : (..., state, year) bool
    quiet_before : (state,) int
        Quiet years before the first year of each state: what cannot be seen is taken from here.
    n_quiet : int
        Years.

    Returns
    -------
    (..., state, year) bool
    """
    first = exists.argmax(axis=1)
    years = np.arange(exists.shape[1])
    quiet = np.ones_like(incidence)
    for back in range(1, n_quiet + 1):
        quiet[..., back:] &= ~incidence[..., :-back]
    unseen = np.maximum(n_quiet - (years[None, :] - first[:, None]), 0)
    return exists & quiet & (quiet_before[:, None] >= unseen)
