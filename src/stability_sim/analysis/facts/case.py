"""Facts about the seed case, the variance reduction by paired draws, and a regression of onsets on neighbours in conflict."""

from __future__ import annotations

import math

import numpy as np

from stability_sim.analysis.facts.definitions import CASE_ACCEPTED, Fact
from stability_sim.analysis.facts.measures import Onsets
from stability_sim.panel.panel import Floats
from stability_sim.results.results import Results

MEMBERS = "CSTO"
HOST = "AFG"
NEAR = ("IRN", "PAK")  # hosts of nearly all refugees
NAN = math.nan
PAIRED_OUTCOMES = ("onsets", "months_in_conflict", "crossing_attempts", "crossed", "deaths")


def _share_of_runs(results: Results, chosen: np.ndarray) -> float:
    """Return the share of logged replicates with at least one chosen row of the log."""
    logged = int(results.attributes["replicates_logged"])
    return len(np.unique(results.log.columns["replicate"][chosen])) / logged if logged else NAN


def attack_on_member(results: Results) -> float:
    """Return the share of runs with an overt attack on a member of the CSTO."""
    log = results.log.columns
    members = np.isin(log["state"].astype(str), results.attributes["alliances"][MEMBERS])
    return _share_of_runs(results, (log["kind"] == "attack") & members)


def attempted(results: Results, watch: str) -> float:
    """Return the share of runs in which the event fired that watches for an attempt to cross (its kind in the log)."""
    log = results.log.columns
    return _share_of_runs(results, (log["kind"] == "event") & (log["channel"] == watch))


def hosted_by(results: Results) -> float:
    """Return the share of Iran and Pakistan in the refugees whom the neighbours of Afghanistan host at the end."""
    around = {code for label in results.coords["border"] for code in label.split("-") if HOST in label.split("-")} - {HOST}
    hosted = results["refugees_hosted"][-1]
    total = sum(float(hosted[results.index("state", code)]) for code in around)
    return sum(float(hosted[results.index("state", code)]) for code in NEAR) / total if total > 0 else NAN


def honoured(results: Results) -> float:
    """Return the share of alliance calls that were honoured, over all runs."""
    n_honoured, n_abandoned = (float(results.outcome(f"calls_{answer}").sum()) for answer in ("honoured", "abandoned"))
    return n_honoured / (n_honoured + n_abandoned) if n_honoured + n_abandoned > 0 else NAN


def paired_variance(base: Results, variant: Results) -> dict[str, float]:
    """Return, by outcome, the variance of the paired difference over that of an unpaired one; equal draws in both runs.

    Outcomes that the variant does not change at all are left out: their ratio is always 0.
    """
    ratios = {}
    for name in PAIRED_OUTCOMES:
        a, b = base.outcome(name), variant.outcome(name)
        unpaired = float(a.var(ddof=1) + b.var(ddof=1))
        paired = float((b - a).var(ddof=1))
        if unpaired > 0 and paired > 0:
            ratios[name] = paired / unpaired
    return ratios


def case_facts(base: Results, variant: Results, watch: str) -> list[Fact]:
    """Return the facts of the seed case from 24 months of it, and of a variant on the same draws."""
    ratios = paired_variance(base, variant)
    values = {
        "case_attack": attack_on_member(base),
        "case_incidents": float(base["incidents"].sum()),
        "case_attempts": attempted(base, watch),
        "case_refugees": hosted_by(base),
        "case_honoured": honoured(base),
        "paired_variance": max(ratios.values(), default=NAN),
    }
    return [Fact(key, values[key], band) for key, band in CASE_ACCEPTED.items()]


STEPS = 60
CLOSE = 1e-10


def _design(onsets: Onsets) -> tuple[Floats, Floats, Floats]:
    """Return covariates (a constant first, the rest centred), exposure and outcome of the rows that have all of them."""
    complete = onsets.complete
    columns = np.stack([onsets.log_income[complete], onsets.log_population[complete], onsets.recent[complete]], axis=1)
    columns = columns - columns.mean(axis=0)
    varying = columns.std(axis=0) > 0
    design = np.concatenate([np.ones((len(columns), 1)), columns[:, varying]], axis=1)
    return design, onsets.exposure[complete].astype(float), onsets.began[complete].astype(float)


def _log_likelihood(mean: Floats, began: Floats) -> float:
    return float((began * np.log(mean) - mean).sum())


def exposure_effect(onsets: Onsets) -> float:
    """Return β, the onsets a year that each neighbour in conflict adds: λ = exp(b·x) + β·n, by maximum likelihood.

    Exposure is additive on top of a log-linear risk; x are log income, log population and a recent conflict
    (exp(−y/5)); Poisson likelihood, Fisher scoring with step halving. NaN if there are too few onsets.
    """
    design, exposure, began = _design(onsets)
    if began.sum() < 5 or exposure.sum() == 0:
        return NAN
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
    total = float(onsets.began[onsets.complete].sum())
    if total == 0:
        return NAN, NAN
    traced = exposure_effect(onsets) * float(onsets.exposure[onsets.complete].sum())
    share = traced / total
    return share, share * float(onsets.began.sum()) / onsets.n_conflicts
