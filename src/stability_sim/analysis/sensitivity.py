"""Sensitivity of outcomes to the numbers of a scenario: Morris screening, Sobol indices, one-at-a-time swings.

The designs and estimators are those of SALib (Herman & Usher 2017; Iwanaga et al. 2022). Every point of a design is run on
the same draws, so that the outcome is a function of the numbers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

ASSUMED = "assumed"
KNOWN = "sourced, fitted or elicited"
LEVELS = 4
CONFIDENCE = 0.95
RESAMPLES = 200
Points = NDArray[np.float64]
Function = Callable[[Points], Points]  # (point, factor) → (point, outcome)


class Factor(NamedTuple):
    """An uncertain number: its path, its range, the value in the scenario, and its basis."""

    path: str
    low: float
    high: float
    value: float
    basis: str


class NothingToExplainError(ValueError):
    """An outcome whose variance cannot be split: it never changes, or it is not a number."""


def check_outcome(values: NDArray[np.float64], name: str) -> None:
    """Raise NothingToExplainError if an outcome is constant over a design or is not a number somewhere."""
    wrong = int((~np.isfinite(values)).sum())
    if wrong:
        raise NothingToExplainError(f"{name} is not a number at {wrong} of {len(values)} points: no index can be given")
    if np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        raise NothingToExplainError(f"{name} is {values[0]:g} at all {len(values)} points: there is no variance to explain")


def _problem(factors: Sequence[Factor], groups: Sequence[str] | None = None) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "num_vars": len(factors),
        "names": [factor.path for factor in factors],
        "bounds": [[factor.low, factor.high] for factor in factors],
    }
    return problem | ({"groups": list(groups)} if groups else {})


def _within(factors: Sequence[Factor], points: Any) -> Points:  # noqa: ANN401 - what a sampler returns
    """Return points within the ranges, which rounding at an end may leave by the last digit."""
    return np.clip(np.asarray(points, dtype=np.float64), [f.low for f in factors], [f.high for f in factors])


def morris_points(factors: Sequence[Factor], trajectories: int, seed: int) -> Points:
    """Return the points of a Morris design: trajectories × (factors + 1) of them."""
    from SALib.sample import morris

    return _within(factors, morris.sample(_problem(factors), trajectories, num_levels=LEVELS, seed=seed))


def morris(factors: Sequence[Factor], points: Points, values: NDArray[np.float64], name: str, seed: int) -> pd.DataFrame:
    """Return elementary effects over the range of each factor (Morris 1991; μ*: Campolongo et al. 2007).

    Returns
    -------
    pandas.DataFrame
        ``outcome``, ``factor``, ``basis``, ``mu`` (mean effect), ``mu_star`` (mean size), ``sigma`` (spread: curvature or
        interplay), ``mu_star_half`` (half of a 95 % interval, by resampling); the largest ``mu_star`` first.

    Raises
    ------
    NothingToExplainError
        The outcome is the same at all points, or not a number at some.
    """
    import pandas as pd
    from SALib.analyze import morris as analyse

    check_outcome(values, name)
    effects = analyse.analyze(_problem(factors), points, values, num_levels=LEVELS, num_resamples=RESAMPLES, seed=seed)
    table = pd.DataFrame(
        {
            "outcome": name, "factor": [f.path for f in factors], "basis": [f.basis for f in factors],
            "mu": np.asarray(effects["mu"], dtype=float), "mu_star": np.asarray(effects["mu_star"], dtype=float),
            "sigma": np.asarray(effects["sigma"], dtype=float), "mu_star_half": np.asarray(effects["mu_star_conf"], dtype=float),
        }
    )  # fmt: skip
    return table.sort_values(["mu_star", "factor"], ascending=[False, True], kind="stable").reset_index(drop=True)


def sobol_points(factors: Sequence[Factor], n: int, seed: int, groups: Sequence[str] | None = None) -> Points:
    """Return the points of a Saltelli design: n × (factors + 2), or n × (groups + 2); n is a power of two."""
    from SALib.sample import sobol

    return _within(factors, sobol.sample(_problem(factors, groups), n, calc_second_order=False, seed=seed))


def latin_points(factors: Sequence[Factor], n: int, seed: int) -> Points:
    """Return the points of a Latin hypercube."""
    from SALib.sample import latin

    return _within(factors, latin.sample(_problem(factors), n, seed=seed))


def sobol(
    factors: Sequence[Factor], values: NDArray[np.float64], name: str, seed: int, groups: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return first-order and total shares of variance of each factor, or group, with 95 % intervals by resampling.

    Returns
    -------
    pandas.DataFrame
        ``outcome``, ``factor``, ``first``, ``first_half``, ``total``, ``total_half`` (Saltelli et al. 2010; Jansen 1999).

    Raises
    ------
    NothingToExplainError
        The outcome is the same at all points, or not a number at some.
    """
    import pandas as pd
    from SALib.analyze import sobol as analyse

    check_outcome(values, name)
    problem = _problem(factors, groups)
    indices = analyse.analyze(problem, values, calc_second_order=False, num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=seed)
    names = list(dict.fromkeys(groups)) if groups else problem["names"]
    return pd.DataFrame(
        {
            "outcome": name, "factor": names, "first": np.asarray(indices["S1"], dtype=float),
            "first_half": np.asarray(indices["S1_conf"], dtype=float), "total": np.asarray(indices["ST"], dtype=float),
            "total_half": np.asarray(indices["ST_conf"], dtype=float),
        }
    )  # fmt: skip


def by_basis(factors: Sequence[Factor]) -> list[str]:
    """Return the group of each factor: assumed, or not."""
    return [ASSUMED if factor.basis == ASSUMED else KNOWN for factor in factors]


def swings(factors: Sequence[Factor], function: Function, names: Sequence[str]) -> pd.DataFrame:
    """Return what each factor alone does to each outcome, from one end of its range to the other.

    Columns: ``outcome``, ``factor``, ``basis``, ``low``, ``high`` (ends of the range), ``at_low``, ``at_high``, ``at_base``.
    All points are on the same draws.
    """
    import pandas as pd

    middle = np.array([factor.value for factor in factors])
    points = [middle]
    for k, factor in enumerate(factors):
        for end in (factor.low, factor.high):
            point = middle.copy()
            point[k] = end
            points.append(point)
    values = function(np.array(points))
    return pd.DataFrame(
        [
            (name, f.path, f.basis, f.low, f.high, values[1 + 2 * k, m], values[2 + 2 * k, m], values[0, m])
            for m, name in enumerate(names)
            for k, f in enumerate(factors)
        ],
        columns=["outcome", "factor", "basis", "low", "high", "at_low", "at_high", "at_base"],
    )
