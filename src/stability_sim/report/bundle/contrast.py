"""Two variants with the same dice: the difference of each outcome, replicate by replicate."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.contrast import NotPairedError, check_paired, mean, quantile, variance
from stability_sim.results import Results

Z95 = 1.959964  # normal quantile of 0.975


class Contrast(NamedTuple):
    """B minus A of one quantity over pairs of replicates.

    ``low`` and ``high`` bound the mean with 95 % confidence; ``q05`` and ``q95`` hold nine of ten pairs; the shares say
    in how many pairs B is less than A, the same, more.
    """

    name: str
    a: float
    b: float
    mean: float
    low: float
    high: float
    q05: float
    q95: float
    less: float
    same: float
    more: float


def _contrast(name: str, a: NDArray[np.float64], b: NDArray[np.float64]) -> Contrast:
    n = len(a)
    difference = b - a
    middle = mean(difference)
    error = Z95 * math.sqrt(variance(difference) / n) if n > 1 else 0.0
    ordered = np.sort(difference)
    less, same, more = (float(which.sum() / n) for which in (difference < 0, difference == 0, difference > 0))
    return Contrast(
        name,
        mean(a),
        mean(b),
        middle,
        middle - error,
        middle + error,
        quantile(ordered, 0.05),
        quantile(ordered, 0.95),
        less,
        same,
        more,
    )


def are_paired(a: Results, b: Results) -> bool:
    """Return whether two results have the same dice: seed, replicates and months."""
    try:
        check_paired(a, b)
    except NotPairedError:
        return False
    return True


def paired(a: Results, b: Results) -> list[Contrast]:
    """Return B minus A of each outcome of the region that both have; NotPairedError if they do not share their dice."""
    check_paired(a, b)
    names = [name for name in a.coords["outcome"] if name in b.coords["outcome"]]
    return [
        _contrast(
            name,
            a["outcome_per_replicate"][:, a.index("outcome", name)].astype(np.float64),
            b["outcome_per_replicate"][:, b.index("outcome", name)].astype(np.float64),
        )
        for name in names
    ]


def paired_by_state(a: Results, b: Results) -> list[Contrast]:
    """Return B minus A of whether a conflict began in each state that both have; NotPairedError if they are no pair."""
    check_paired(a, b)
    codes = [code for code in a.coords["state"] if code in b.coords["state"]]
    return [
        _contrast(
            code,
            (a["onset_month"][:, a.index("state", code)] >= 0).astype(np.float64),
            (b["onset_month"][:, b.index("state", code)] >= 0).astype(np.float64),
        )
        for code in codes
    ]
