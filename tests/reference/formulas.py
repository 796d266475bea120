"""Formulas that several rules share."""

from __future__ import annotations

import math


def toward(value: float, target: float, share: float) -> float:
    """Return a value moved by a share of its distance to a target."""
    return value + share * (target - value)


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(−x))."""
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0.0 else math.exp(x) / (1.0 + math.exp(x))


def logit(share: float) -> float:
    """Return ln(p / (1 − p))."""
    return math.log(share / (1.0 - share))


def chance(rate_per_year: float, years: float) -> float:
    """Return the probability of at least one event: 1 − exp(−λ·years)."""
    return 1.0 - math.exp(-rate_per_year * years)


def misjudged(share: float, error: float) -> float:
    """Return a share whose odds are off by (1 + error) / (1 − error)."""
    odds = share * (1.0 + error)
    return odds / (odds + (1.0 - share) * (1.0 - error))
