"""From many facts to one number a parameter: what a regression on pilot runs expects of it (Fearnhead & Prangle 2012)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stability_sim.analysis.inference.prior import Floats, logit

RIDGE = 1.0  # of standardised facts
FURTHEST = 5.0  # standard deviations beyond which a fact is not taken to say more


@dataclass(frozen=True)
class Summary:
    """A fitted map from facts to the expected logit of each parameter, in units of what it leaves unexplained."""

    middle: Floats
    spread: Floats
    weights: Floats  # (feature, parameter)
    left: Floats  # standard deviation left of each parameter
    explained: Floats  # share of the variance of each parameter that the facts explain

    def __call__(self, facts: Floats) -> Floats:
        """Return the summaries of rows of facts, (row, parameter)."""
        return features(facts, self.middle, self.spread) @ self.weights / self.left


def features(facts: Floats, middle: Floats, spread: Floats) -> Floats:
    """Return (row, feature): one, each standardised fact, its square; a fact that cannot be measured counts as typical."""
    with np.errstate(invalid="ignore"):
        z = (facts - middle) / spread
    z = np.clip(np.where(np.isfinite(facts), z, 0.0), -FURTHEST, FURTHEST)
    return np.concatenate([np.ones((len(z), 1)), z, np.square(z)], axis=1)


def learn(facts: Floats, shares: Floats) -> Summary:
    """Return the summary learned from pilot runs.

    Parameters
    ----------
    facts : (run, fact) float
        NaN or infinite where a run could not tell.
    shares : (run, parameter) float
        Of the ranges of the parameters.
    """
    known = np.where(np.isfinite(facts), facts, np.nan)
    useful = np.isfinite(known).any(axis=0)
    middle, spread = np.zeros(facts.shape[1]), np.ones(facts.shape[1])
    middle[useful] = np.nanmedian(known[:, useful], axis=0)
    deviation = np.nanmean(np.abs(known[:, useful] - middle[useful]), axis=0)
    spread[useful] = np.where(deviation > 0, 1.25 * deviation, 1.0)
    x, y = features(facts, middle, spread), logit(shares)
    held = RIDGE * np.diag([0.0] + [1.0] * (x.shape[1] - 1))
    weights = np.asarray(np.linalg.solve(x.T @ x + held, x.T @ y), dtype=np.float64)
    left: Floats = (y - x @ weights).std(axis=0)
    explained = np.asarray(1.0 - np.square(left / y.std(axis=0)), dtype=np.float64)
    return Summary(middle, spread, weights, left, explained)
