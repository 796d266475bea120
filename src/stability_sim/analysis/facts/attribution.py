"""How many onsets trace to a neighbour, as a regression sees it: additive exposure on top of a log-linear risk."""

from __future__ import annotations

import numpy as np

from stability_sim.analysis.facts.onsets import Onsets
from stability_sim.panel.panel import Floats

STEPS = 60
CLOSE = 1e-10


def _design(onsets: Onsets) -> tuple[Floats, Floats, Floats]:
    """Return covariates (a constant first, the rest centred), exposure and outcome of the rows that have all of them."""
    known = np.isfinite(onsets.log_income) & np.isfinite(onsets.log_population)
    columns = np.stack([onsets.log_income[known], onsets.log_population[known], onsets.recent[known]], axis=1)
    columns = columns - columns.mean(axis=0)
    varying = columns.std(axis=0) > 0
    ones = np.ones((len(columns), 1))
    return (
        np.concatenate([ones, columns[:, varying]], axis=1),
        onsets.exposure[known].astype(float),
        onsets.began[known].astype(float),
    )


def _log_likelihood(mean: Floats, began: Floats) -> float:
    return float((began * np.log(mean) - mean).sum())


def exposure_effect(onsets: Onsets) -> float:
    """Return β, the onsets a year that each neighbour in conflict adds: λ = exp(b·x) + β·n, by maximum likelihood.

    x are log income, log population and a recent conflict (exp(−y/5)); Poisson likelihood, Fisher scoring with step
    halving. NaN if there are too few onsets to tell.
    """
    design, exposure, began = _design(onsets)
    if began.sum() < 5 or exposure.sum() == 0:
        return float("nan")
    coefficients = np.zeros(design.shape[1] + 1)
    coefficients[0] = np.log(began.mean() * 0.7)
    coefficients[-1] = 0.3 * began.sum() / exposure.sum()
    base = np.exp(design @ coefficients[:-1])
    mean = base + coefficients[-1] * exposure
    likelihood = _log_likelihood(mean, began)
    for _ in range(STEPS):
        slopes = np.concatenate([design * base[:, None], exposure[:, None]], axis=1)
        score = slopes.T @ (began / mean - 1.0)
        information = (slopes / mean[:, None]).T @ slopes
        step = np.linalg.solve(information + 1e-12 * np.eye(len(score)), score)
        gained = -np.inf
        for halving in range(20):
            trial = coefficients + step * 0.5**halving
            base = np.exp(np.minimum(design @ trial[:-1], 5.0))
            mean = base + trial[-1] * exposure
            if mean.min() > 0:
                gained = _log_likelihood(mean, began) - likelihood
                if gained >= 0:
                    break
        if not gained >= 0:
            break
        coefficients, likelihood = trial, likelihood + gained
        if gained < CLOSE * abs(likelihood):
            break
    return float(coefficients[-1])


def attributable(onsets: Onsets) -> tuple[float, float]:
    """Return the share of onsets that β attributes to neighbours in conflict, and those onsets for each conflict."""
    known = np.isfinite(onsets.log_income) & np.isfinite(onsets.log_population)
    total = float(onsets.began[known].sum())
    if total == 0:
        return float("nan"), float("nan")
    traced = exposure_effect(onsets) * float(onsets.exposure[known].sum())
    share = traced / total
    return share, share * float(onsets.began.sum()) / onsets.n_conflicts
