"""How good forecasts are: scores of probabilities and of ensembles, each with weights, so that they can be resampled.

Every score takes ``weights`` of shape (draw, row), whole numbers that say how often a row counts in a draw of the
bootstrap, and returns one number a draw; without weights, one number for the rows as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.kernels.randomness import STREAM_RESAMPLE, entity_id, uniform_array

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FLOOR = 0.005  # distance of probabilities from 0 and 1 in the log score, which one sure mistake would make infinite
EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)  # of the bins of reliability diagrams, and the steps of the maps


def _ones(rows: int) -> Floats:
    return np.ones((1, rows))


def _shaped(scores: Floats, weights: Floats | None) -> Floats:
    return scores if weights is not None else scores[0]


def mean_score(scores: Floats, weights: Floats | None = None) -> Floats:
    """Return the mean of a score over rows; NaN for a draw without rows.

    Parameters
    ----------
    scores : (row,) float
    weights : (draw, row) float, optional
    """
    w = _ones(len(scores)) if weights is None else weights
    with np.errstate(invalid="ignore", divide="ignore"):
        return _shaped((w * scores).sum(axis=1) / w.sum(axis=1), weights)


def auc(observed: Flags, forecast: Floats, weights: Floats | None = None) -> Floats:
    """Return the area under the ROC curve, ties counting one half; NaN if one of the two outcomes is missing.

    It is the probability that a row in which it happened had a higher forecast than one in which it did not (Mann and
    Whitney 1947).

    Parameters
    ----------
    observed : (row,) bool
    forecast : (row,) float
    weights : (draw, row) float, optional
    """
    w = _ones(len(observed)) if weights is None else weights
    order = np.argsort(forecast, kind="stable")
    ranked = forecast[order]
    begin = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])) if len(ranked) else np.zeros(0, dtype=np.int64)
    if not len(begin):
        return _shaped(np.full(len(w), np.nan), weights)
    happened = np.add.reduceat(np.where(observed, w, 0.0)[:, order], begin, axis=1)
    not_happened = np.add.reduceat(np.where(observed, 0.0, w)[:, order], begin, axis=1)
    below = np.cumsum(not_happened, axis=1) - 0.5 * not_happened
    pairs = happened.sum(axis=1) * not_happened.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return _shaped((happened * below).sum(axis=1) / pairs, weights)


def brier_scores(observed: Flags, forecast: Floats) -> Floats:
    """Return the squared error of each probability (Brier 1950)."""
    return np.square(forecast - observed.astype(np.float64))


def log_scores(observed: Flags, forecast: Floats, floor: float = FLOOR) -> Floats:
    """Return minus the log of the probability given to what happened; probabilities kept within [floor, 1 − floor]."""
    clipped = np.clip(forecast, floor, 1.0 - floor)
    return -np.log(np.where(observed, clipped, 1.0 - clipped))


def crps(observed: Floats, ensemble: Floats) -> Floats:
    """Return the continuous ranked probability score of each row, in the unit of the forecast.

    Parameters
    ----------
    observed : (row,) float
    ensemble : (row, member) float
        Equally likely values; the ensemble is taken as the whole distribution.
    """
    from scoringrules import crps_ensemble

    return np.asarray(crps_ensemble(observed, ensemble, estimator="qd", backend="numpy"), dtype=np.float64)


class Bin(NamedTuple):
    """A bin of a reliability diagram: rows, mean forecast, share in which it happened, and its interval."""

    low: float
    high: float
    rows: int
    forecast: float
    observed: float
    observed_low: float
    observed_high: float


def reliability(
    observed: Flags, forecast: Floats, weights: Floats, edges: tuple[float, ...] = EDGES, level: float = 0.9
) -> list[Bin]:
    """Return the bins of a reliability diagram that hold rows; intervals are quantiles over the draws of ``weights``."""
    place = np.clip(np.searchsorted(edges, forecast, side="right") - 1, 0, len(edges) - 2)
    bins = []
    for k in range(len(edges) - 1):
        inside = place == k
        if not inside.any():
            continue
        shares = mean_score(observed[inside].astype(np.float64), weights[:, inside])
        low, high = interval(shares, level)
        happened = float(observed[inside].mean())
        mean = float(forecast[inside].mean())
        bins.append(Bin(edges[k], edges[k + 1], int(inside.sum()), mean, happened, low, high))
    return bins


def interval(draws: Floats, level: float = 0.9) -> tuple[float, float]:
    """Return the central interval of draws, those that are NaN left out; NaN if there are none."""
    valid = draws[~np.isnan(draws)]
    if not len(valid):
        return float("nan"), float("nan")
    low, high = np.quantile(valid, (0.5 - level / 2.0, 0.5 + level / 2.0))
    return float(low), float(high)


def country_weights(countries: Sequence[str], draws: int, seed: int = 1) -> Floats:
    """Return how often each row counts in each draw of the bootstrap by country.

    Rows of one country are drawn together, because its years are not independent. Draw b takes as many countries as there
    are, with replacement. Draws are keyed by (seed, draw, place), so that the first of a thousand are the first of a
    hundred. The same weights for two forecasts of the same rows make their difference a paired one.

    Parameters
    ----------
    countries : sequence of str
        The country of each row.
    draws : int
    seed : int

    Returns
    -------
    (draw, row) float, whole numbers
    """
    names = sorted(set(countries))
    place = {name: k for k, name in enumerate(names)}
    row = np.array([place[name] for name in countries], dtype=np.int64)
    n = len(names)
    u = uniform_array(seed, np.arange(draws)[:, None], np.arange(n)[None, :], STREAM_RESAMPLE, entity_id("country"))
    sampled = np.minimum((u * n).astype(np.int64), n - 1)
    counts = np.zeros((draws, n))
    np.add.at(counts, (np.arange(draws)[:, None], sampled), 1.0)
    return counts[:, row]
