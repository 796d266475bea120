"""The conditions under which an outcome occurs: boxes of numbers, found by patient peeling (PRIM).

Friedman & Fisher 1999; as a way to discover scenarios Bryant & Lempert 2010. A box is a range for some numbers; its
density is the share of its points in which the outcome occurs, its coverage the share of all such points that it holds.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PEEL = 0.05  # share of the points of a box that a peel takes at most
SMALLEST = 0.05  # share of all points that a box must keep
BY_CHANCE = 0.05
Mask = NDArray[np.bool_]


class Restriction(NamedTuple):
    """One side of a box: the number stays between two ends; ``p_value``: probability to do as well by chance."""

    factor: str
    low: float
    high: float
    p_value: float


class Box(NamedTuple):
    """A box: its restrictions, coverage and density, and the share and number of points in it."""

    restrictions: list[Restriction]
    coverage: float
    density: float
    mass: float
    n_points: int


class _Cut(NamedTuple):
    keep: Mask
    factor: int
    low: float
    high: float


def _peels(x: NDArray[np.float64], inside: Mask, limits: NDArray[np.float64]) -> list[_Cut]:
    """Return the cuts that remove a small share of the points at one side of a box."""
    cuts = []
    for k in range(x.shape[1]):
        values = x[inside, k]
        lower, upper = np.quantile(values, [PEEL, 1.0 - PEEL])
        if lower > values.min():
            cuts.append(_Cut(inside & (x[:, k] >= lower), k, float(lower), limits[k, 1]))
        if upper < values.max():
            cuts.append(_Cut(inside & (x[:, k] <= upper), k, limits[k, 0], float(upper)))
    return cuts


def _best(cuts: list[_Cut], y: Mask, inside: Mask) -> _Cut | None:
    """Return the cut that gains most density for each point removed; None if none gains."""
    density = y[inside].mean()
    scores = []
    for cut in cuts:
        lost = int(inside.sum() - cut.keep.sum())
        scores.append((y[cut.keep].mean() - density) / lost if lost and cut.keep.any() else -math.inf)
    if not scores or max(scores) <= 0:
        return None
    return cuts[int(np.argmax(scores))]


def peel(x: NDArray[np.float64], y: Mask, among: Mask) -> list[tuple[NDArray[np.float64], Mask]]:
    """Return the boxes of a peeling from all points to the smallest, each with its limits (factor, 2) and its points."""
    limits = np.column_stack([np.full(x.shape[1], -math.inf), np.full(x.shape[1], math.inf)])
    inside = among.copy()
    boxes = [(limits.copy(), inside)]
    fewest = max(1, math.ceil(SMALLEST * len(x)))
    while True:
        cuts = [cut for cut in _peels(x, inside, limits) if cut.keep.sum() >= fewest]
        best = _best(cuts, y, inside)
        if best is None:
            return boxes
        inside = best.keep
        limits[best.factor] = (best.low, best.high)
        boxes.append((limits.copy(), inside))


def _within(x: NDArray[np.float64], limits: NDArray[np.float64], among: Mask, but: int = -1) -> Mask:
    inside = (x >= limits[:, 0]) & (x <= limits[:, 1])
    if but >= 0:
        inside[:, but] = True
    return among & inside.all(axis=1)


def tail(successes: int, n: int, p: float) -> float:
    """Return the probability of at least so many successes in n trials of probability p (binomial)."""
    from scipy.stats import binom

    return float(binom.sf(successes - 1, n, p))


def _p_value(x: NDArray[np.float64], y: Mask, limits: NDArray[np.float64], among: Mask, k: int) -> float:
    """Return the probability that a box without one restriction does as well by chance (Bryant & Lempert 2010)."""
    inside, without = _within(x, limits, among), _within(x, limits, among, but=k)
    return tail(int(y[inside].sum()), int(inside.sum()), float(y[without].mean()))


def _simplified(x: NDArray[np.float64], y: Mask, limits: NDArray[np.float64], among: Mask) -> NDArray[np.float64]:
    """Return a box without the restrictions that chance would explain, the largest p-value first."""
    limits = limits.copy()
    while True:
        bound = np.flatnonzero(np.isfinite(limits).any(axis=1))
        p_values = [_p_value(x, y, limits, among, int(k)) for k in bound]
        if not p_values or max(p_values) <= BY_CHANCE:
            return limits
        limits[bound[int(np.argmax(p_values))]] = (-math.inf, math.inf)


def find_boxes(x: NDArray[np.float64], y: Mask, names: list[str], *, density: float = 0.8, most: int = 3) -> list[Box]:
    """Return the boxes in which an outcome occurs, the first with the most points of interest.

    Parameters
    ----------
    x : array of (point, factor)
        The numbers that were varied.
    y : array of (point,)
        Whether the outcome occurred.
    names : list of str
        Names of the factors.
    density : float
        Share of a box in which the outcome should occur: of the boxes of a peeling that reach it, the one with the most
        coverage is taken, then the denser; the densest of all if none does.
    most : int
        Boxes to look for, each among the points outside the boxes before it.

    Returns
    -------
    list of Box
        Fewer than ``most`` if no other box does better than chance.

    Raises
    ------
    ValueError
        The outcome occurs at all points or at none.
    """
    if y.all() or not y.any():
        how_many = "all" if y.all() else "none"
        raise ValueError(f"the outcome occurs at {how_many} of {len(y)} points: there is nothing to tell apart")
    among = np.ones(len(y), dtype=bool)
    boxes: list[Box] = []
    while len(boxes) < most and y[among].sum() >= 2:
        peeled = peel(x, y, among)
        good = [box for box in peeled if y[box[1]].mean() >= density]
        chosen = (
            max(good, key=lambda box: (int(y[box[1]].sum()), float(y[box[1]].mean())))
            if good
            else max(peeled, key=lambda box: float(y[box[1]].mean()))
        )
        limits = _simplified(x, y, chosen[0], among)
        bound = np.flatnonzero(np.isfinite(limits).any(axis=1))
        inside = _within(x, limits, among)
        if not len(bound):
            break
        restrictions = [
            Restriction(names[k], float(limits[k, 0]), float(limits[k, 1]), _p_value(x, y, limits, among, int(k))) for k in bound
        ]
        restrictions.sort(key=lambda restriction: (restriction.p_value, restriction.factor))
        boxes.append(
            Box(restrictions, float(y[inside].sum() / y.sum()), float(y[inside].mean()), float(inside.mean()), int(inside.sum()))
        )
        among = among & ~inside
    return boxes
