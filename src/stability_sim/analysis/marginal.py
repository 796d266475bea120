"""An outcome over one number of a design in which others move as well: means of bins, and what the number swings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_BINS = 8
POINTS_A_BIN = 8  # at least, where a number has many values
Floats = NDArray[np.float64]


class Marginal(NamedTuple):
    """An outcome by bins of one number.

    ``centre``, ``n``, ``mean`` and ``half`` have an entry for each bin: mean of the number, points, mean of the outcome, two standard errors
    of it over the points (NaN for a single one). ``swing`` is the outcome in the last bin less that in the first; for words
    that in the highest less that in the lowest; ``swing_half`` two standard errors of it.
    """

    centre: Floats
    n: NDArray[np.int64]
    mean: Floats
    half: Floats
    swing: float
    swing_half: float


def _bins(x: Floats) -> list[NDArray[np.intp]]:
    """Return the places of the points of each bin: one a value, or about as many points in each."""
    levels = np.unique(x)
    if len(levels) <= MOST_BINS:
        return [np.flatnonzero(x == level) for level in levels]
    n_bins = min(MOST_BINS, max(2, len(x) // POINTS_A_BIN))
    return np.array_split(np.argsort(x, kind="stable"), n_bins)


def marginal(x: Floats, y: Floats, *, words: bool = False) -> Marginal:
    """Return an outcome by bins of one number.

    Parameters
    ----------
    x : array of (point,)
        The number at each point; for words their place among the levels.
    y : array of (point,)
        The outcome at each point.
    words : bool
        Whether the levels have no order.
    """
    bins = _bins(x)
    n = np.array([len(places) for places in bins], dtype=np.int64)
    mean = np.array([sum(y[places].tolist()) / len(places) for places in bins])
    centre = np.array([sum(x[places].tolist()) / len(places) for places in bins])
    half = np.array([2.0 * y[p].std(ddof=1) / np.sqrt(len(p)) if len(p) > 1 else np.nan for p in bins])
    first, last = (int(mean.argmin()), int(mean.argmax())) if words else (0, len(bins) - 1)
    apart = float(mean[last] - mean[first])
    return Marginal(centre, n, mean, half, apart, float(np.sqrt(half[first] ** 2 + half[last] ** 2)))
