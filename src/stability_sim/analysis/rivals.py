"""Likelihood of what was observed in one case under rival rules, and the ratios of these likelihoods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.scores import country_weights, interval

Fits = Mapping[str, NDArray[np.bool_]]
TOGETHER = "all of it together"
HALF = 0.5  # added to the runs that fit and to those that do not, so that no likelihood is 0
WORTH_A_MENTION = 3.0  # Kass & Raftery 1995: ratios below it are not worth more than a bare mention
STRONG = 20.0


class Ratio(NamedTuple):
    """One observation under a rule and under the rule that it is compared with."""

    observation: str
    rule: str
    against: str
    probability: float
    probability_against: float
    ratio: float
    low: float
    high: float
    runs: int


def likelihood(fitting: NDArray[np.bool_], weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return the share of runs that fit, half a run added on either side; one number for each row of weights."""
    w = np.ones((1, len(fitting))) if weights is None else weights
    return np.asarray((w @ fitting.astype(np.float64) + HALF) / (w.sum(axis=1) + 2.0 * HALF))


def together(fitting: Fits) -> NDArray[np.bool_]:
    """Return which runs fit everything that was observed."""
    return np.logical_and.reduce(list(fitting.values()))


def ratios(by_rule: Mapping[str, Fits], *, draws: int = 1000, seed: int = 1) -> list[Ratio]:
    """Return the likelihood ratios of each rule to the first one, for each observation and for all of it together.

    Parameters
    ----------
    by_rule : mapping of str to fits
        For each rule, which runs fit each observation (`stability_sim.analysis.observed_card.fits`); the same draws under
        every rule.
    draws, seed : int
        Of the bootstrap over runs, which gives the intervals (90 %): they show the luck of the runs, not
        the uncertainty of the rules.
    """
    names = list(by_rule)
    first = by_rule[names[0]]
    n = min(len(fitting) for fits in by_rule.values() for fitting in fits.values())
    weights = country_weights([str(k) for k in range(n)], draws, seed)
    rows = []
    for name in names[1:]:
        for observation in (*first, TOGETHER):
            pair = [together(by_rule[k]) if observation == TOGETHER else by_rule[k][observation] for k in (name, names[0])]
            probability, probability_against = (float(likelihood(fitting[:n])[0]) for fitting in pair)
            resampled = likelihood(pair[0][:n], weights) / likelihood(pair[1][:n], weights)
            ratio = probability / probability_against
            rows.append(Ratio(observation, name, names[0], probability, probability_against, ratio, *interval(resampled), n))
    return rows


def in_words(ratio: float) -> str:
    """Return the strength of evidence of a likelihood ratio, in words (Kass & Raftery 1995)."""
    size = max(ratio, 1.0 / ratio)
    if size < WORTH_A_MENTION:
        return "not worth more than a bare mention"
    return "positive" if size < STRONG else "strong"
