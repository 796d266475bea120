"""Facts about the seed case, and about what pairing the draws of two variants is worth."""

from __future__ import annotations

import numpy as np

from stability_sim.analysis.facts.fact import CASE_ACCEPTED, Fact
from stability_sim.results import Results

MEMBERS = "CSTO"
HOST = "AFG"
NEAR = ("IRN", "PAK")  # who took in nearly all refugees
NAN = float("nan")
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
    per_run = results["outcome_per_replicate"]
    kept, broken = (float(per_run[:, results.index("outcome", f"calls_{how}")].sum()) for how in ("honoured", "abandoned"))
    return kept / (kept + broken) if kept + broken > 0 else NAN


def paired_variance(base: Results, variant: Results) -> dict[str, float]:
    """Return, by outcome, the variance of the paired difference over that of an unpaired one; equal draws in both runs.

    Outcomes that the variant does not change at all are left out: their ratio is 0 and says nothing.
    """
    found = {}
    for name in PAIRED_OUTCOMES:
        place = base.index("outcome", name)
        a, b = base["outcome_per_replicate"][:, place], variant["outcome_per_replicate"][:, place]
        apart = float(a.var(ddof=1) + b.var(ddof=1))
        together = float((b - a).var(ddof=1))
        if apart > 0 and together > 0:
            found[name] = together / apart
    return found


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
