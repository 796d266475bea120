"""Two variants with the same dice: the difference of each outcome, replicate by replicate."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    mean = math.fsum(difference.tolist()) / n
    squares = math.fsum(((difference - mean) ** 2).tolist())
    error = Z95 * math.sqrt(squares / max(n - 1, 1) / n)
    ordered = np.sort(difference)
    low, high = (float(ordered[min(n - 1, max(0, math.ceil(q * n) - 1))]) for q in (0.05, 0.95))
    less, more = float((difference < 0).sum() / n), float((difference > 0).sum() / n)
    means = (math.fsum(a.tolist()) / n, math.fsum(b.tolist()) / n)
    return Contrast(name, *means, mean, mean - error, mean + error, low, high, less, float((difference == 0).sum() / n), more)


def are_paired(a: Results, b: Results) -> bool:
    """Return whether two results have the same dice: seed, replicates and months."""
    same_dice = a.attributes["seed"] == b.attributes["seed"] and a.coords["replicate"] == b.coords["replicate"]
    return bool(same_dice and a.coords["month"] == b.coords["month"])


def paired(a: Results, b: Results) -> list[Contrast]:
    """Return B minus A of each outcome of the region that both have; ValueError if they do not share their dice."""
    if not are_paired(a, b):
        raise ValueError("the two runs have different seeds, replicates or months: they cannot be paired")
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
    """Return B minus A of whether a conflict began in each state that both have."""
    if not are_paired(a, b):
        raise ValueError("the two runs have different seeds, replicates or months: they cannot be paired")
    codes = [code for code in a.coords["state"] if code in b.coords["state"]]
    return [
        _contrast(
            code,
            (a["onset_month"][:, a.index("state", code)] >= 0).astype(np.float64),
            (b["onset_month"][:, b.index("state", code)] >= 0).astype(np.float64),
        )
        for code in codes
    ]
