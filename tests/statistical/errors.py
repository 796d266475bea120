"""Five standard errors."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

FIVE = 5.0


def share_is(observed: float, n: float, expected: float, what: object = "") -> None:
    """Check a share of ``n`` independent trials against its probability."""
    error = math.sqrt(max(expected * (1.0 - expected), 1e-12) / n)
    z = (observed - expected) / error
    assert abs(z) < FIVE, f"{what}: {observed:.5f} of {n:.0f} is {z:+.1f} standard errors from {expected:.5f}"


def count_is(observed: ArrayLike, trials: ArrayLike, probability: ArrayLike, what: object = "") -> None:
    """Check a sum of events over months against the sum of their probabilities given who was at risk (a martingale)."""
    p, n = np.asarray(probability, dtype=float), np.asarray(trials, dtype=float)
    z = (np.sum(observed) - np.sum(n * p)) / math.sqrt(np.sum(n * p * (1.0 - p)))
    assert abs(z) < FIVE, f"{what}: {np.sum(observed)} events are {z:+.1f} standard errors from {np.sum(n * p):.1f}"


def moments_are(sample: ArrayLike, mean: float, sd: float, what: object = "") -> None:
    """Check mean and standard deviation of a normal sample."""
    x = np.asarray(sample, dtype=float)
    z = (x.mean() - mean) / (sd / math.sqrt(x.size))
    assert abs(z) < FIVE, f"{what}: the mean {x.mean():.4f} is {z:+.1f} standard errors from {mean:.4f}"
    z = (x.std() - sd) / (sd / math.sqrt(2.0 * x.size))
    assert abs(z) < FIVE, f"{what}: the spread {x.std():.4f} is {z:+.1f} standard errors from {sd:.4f}"
