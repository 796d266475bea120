"""The bundle: from results to what the page needs, rounded to what it can show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.observed_card import card
from stability_sim.report.observed_card import engine, observed, probability, verdict
from stability_sim.report.page.words import (
    CONDITIONAL,
    LIMITS,
    Contrast,
    are_paired,
    assumptions,
    drawing,
    paired,
    paired_by_state,
    scheduled,
    triggered,
)
from stability_sim.report.tables import outcome_rows
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, dump
from stability_sim.scenario.variables import fields_of

KINDS = (
    "outbreak", "onset", "ending", "raid", "attack", "call_honoured", "call_abandoned", "deployment", "summit_success",
    "summit_failure", "event", "action",
)  # fmt: skip
MOST_EVENTS = 400  # of one run, without what governments choose each month


def chosen(variants: list[Results]) -> list[tuple[int, str]]:
    """Return the replicates worth showing, each with the reason; the same ones for both variants."""
    first = variants[0]
    n = min(int(results.attributes["replicates_logged"]) for results in variants)
    if not n:
        return []
    numbers = first.coords["replicate"][:n]
    months, abroad, onsets = (
        [results.outcome(name)[:n].astype(float) for results in variants]
        for name in ("months_in_conflict", "cross_border_onsets", "onsets")
    )
    middle = np.abs(months[0] - np.sort(months[0])[(n - 1) // 2])
    picks = []
    for side, letter in zip(range(len(variants)), "AB", strict=False):
        score = abroad[side] * 1000 + onsets[side]
        picks.append((int(np.argmax(score)), f"most spread in {letter}" if len(variants) == 2 else "most spread"))
    picks += [(int(np.argmin(middle)), "the middle one by months of conflict"), (0, "the first one")]
    if len(variants) == 2:
        gap = months[1] - months[0]
        least, most = int(np.argmin(gap)), int(np.argmax(gap))
        picks += [(least, "B most peaceful against A")] if gap[least] < 0 else []
        picks += [(most, "B most violent against A")] if gap[most] > 0 else []
    reasons: dict[int, list[str]] = {}
    for place, reason in picks:
        reasons.setdefault(place, []).append(reason)
    return [
        (int(numbers[place]), "; ".join(why).replace("in A; most spread in B", "in A and in B")) for place, why in reasons.items()
    ]


def logged(results: Results, replicate: int) -> list[list[Any]]:
    """Return the events of one run but actions: month, kind, state, source, channel, group, value, in the order of the log."""
    rows = [row for row in results.log.where(replicate=replicate).rows() if row["kind"] != "action"]
    return [
        [row["month"], row["kind"], row["state"], row["source"], row["channel"], row["group"], round(float(row["value"]), 2)]
        for row in rows[:MOST_EVENTS]
    ]


FORMAT = 1
SHARE = 10_000  # shares are whole ten-thousandths
MOST_FLOWS = 14
LEAST_MOVED = 1.0  # hidden fighters from which a flow is shown
LEAST_LINK = 0.0005  # onsets a run from which a transmission is shown
MOST_GROUPS = 8  # groups that have a mark of their own
PRESENT = 10.0  # hidden members from which a group is marked in a state
MOST_PAIRS = 24
SUPPORTS = tuple(field.name for field in fields_of("support"))
LEAST_FOUGHT = 0.02  # share of runs in which a conflict is fought in some month, from which the page tells of it


class Run(NamedTuple):
    """One variant on the page: its results, the scenario that ran, its manifest, and its name if not that of the variant."""

    results: Results
    scenario: Scenario
    manifest: dict[str, Any]
    name: str = ""
    note: str = ""


def _shares(values: NDArray[np.float64]) -> list[list[int]]:
    """Return shares by (month, state) as whole numbers, a row for each state."""
    return np.rint(values.T * SHARE).astype(np.int64).tolist()


def _rounded(values: NDArray[np.float64], digits: int) -> list[Any]:
    return np.round(values, digits).tolist()


def _flows(results: Results) -> list[list[Any]]:
    """Return the largest flows of hidden fighters: source, target, persons moved up to each month."""
    moved = np.cumsum(results["crossings"] + results["hidden_refugees"], axis=0)
    order = [int(k) for k in np.argsort(-moved[-1], kind="stable") if moved[-1][k] >= LEAST_MOVED][:MOST_FLOWS]
    return [[*results.coords["dyad"][k].split(">"), _rounded(moved[:, k], 1)] for k in order]


def _presence(results: Results) -> list[list[Any]]:
    """Return where groups are: group, state, hidden members by month; home first."""
    rows: list[list[Any]] = []
    marked = set(results.coords["group"][:MOST_GROUPS])
    for k, tie in enumerate(results.coords["tie"]):
        group, state = tie.rsplit("@", 1)
        if group not in marked:
            continue
        cells = results["tie_cells"][:, k]
        if results.attributes["group_homes"][group] == state or cells.max(initial=0.0) >= PRESENT:
            rows.append([group, state, _rounded(cells, 0)])
    return rows


def _pairs(results: Results) -> list[list[Any]]:
    """Return who fights whom: state, group or none, whether it counts at the start, share of runs that fight, mean ground held."""
    if "fought" not in results.variables:  # a run of an earlier version
        return [[state, group, 1, [], []] for state, group in results.wars_at_start]
    fought, started = results["fought"], results["initial_conflicts"]
    often = fought.max(axis=0, initial=0.0)
    shown = np.flatnonzero((often >= LEAST_FOUGHT) | (started == 1)).tolist()
    rows = []
    for c in sorted(shown, key=lambda c: (-started[c], -often[c], c))[: max(MOST_PAIRS, int(started.sum()))]:
        state, rebels = results.coords["conflict"][c].split("/", 1)
        group = "" if rebels.startswith("#") else rebels
        rows.append([state, group, int(started[c]), _rounded(fought[:, c], 4), _rounded(results["ground"][:, c], 4)])
    return rows


def _supports(results: Results) -> list[list[Any]]:
    """Return who supports whom: supporter, supported, and by month thousands of troops, arms, funds, sanctuary."""
    rows = []
    for k, label in enumerate(results.coords.get("support", [])):
        kinds = [results[kind][:, k] for kind in SUPPORTS]
        if any(float(values.max(initial=0.0)) > 0.0 for values in kinds):
            rows.append([*label.split(">", 1), *(_rounded(values, 3) for values in kinds)])
    return rows


def _links(results: Results) -> list[list[Any]]:
    """Return who destabilised whom: channel, source, target, onsets a run; the largest first."""
    onsets = results["transmissions"]
    places = [tuple(int(i) for i in place) for place in np.argwhere(onsets >= LEAST_LINK)]
    ordered = sorted(places, key=lambda place: (-onsets[place], place))
    channels, states = results.coords["channel"], results.coords["state"]
    return [[channels[c], states[i], states[j], round(float(onsets[c, i, j]), 4)] for c, i, j in ordered[:400]]


def _variant(run: Run, replicates: list[tuple[int, str]]) -> dict[str, Any]:
    results, attributes = run.results, run.results.attributes
    return {
        "name": run.name or ("as the file says" if attributes["variant"] == "base" else attributes["variant"]),
        "variant": attributes["variant"],
        "note": run.note,
        "seed": attributes["seed"],
        "replicates": attributes["replicates"],
        "firstReplicate": results.coords["replicate"][0],
        "states": results.coords["state"],
        "atWar": [int(value) for value in results["initial_conflict"]],
        "risk": _shares(results["risk"]),
        "incidence": _shares(results["incidence"]),
        "ever": [round(float(value), 4) for value in results["ever_onset"]],
        "fan": {name: _rounded(results["fan"][:, k], 1) for k, name in enumerate(results.coords["outcome_series"])},
        "outcomes": [list(row) for row in outcome_rows(results)],
        "hazard": _rounded(results["hazard"] * (12.0 / len(results.coords["month"])), 6),
        "links": _links(results),
        "flows": _flows(results),
        "presence": _presence(results),
        "pairs": _pairs(results),
        "supports": _supports(results),
        "alliances": attributes["alliances"],
        "scheduled": scheduled(run.scenario),
        "triggered": triggered(run.scenario),
        "runs": [{"replicate": k, "events": logged(results, k)} for k, _ in replicates],
        "manifest": run.manifest,
        "yaml": dump(run.scenario),
    }


def _card(results: Results) -> list[list[Any]]:
    """Return what happened against the runs: what, observed, what the runs say, share of runs that fit, inside or not, source."""
    rows = card(results)
    return [[row.what, observed(row), engine(row), probability(row), verdict(row), row.source] for row in rows]


def _contrast_row(contrast: Contrast) -> list[Any]:
    return [contrast.name, *(float(f"{value:.5g}") for value in contrast[1:])]


def check_pair(runs: Sequence[Run]) -> str:
    """Return why two runs cannot be shown side by side, or an empty text."""
    if not 1 <= len(runs) <= 2:
        return f"a page shows one run or two, not {len(runs)}"
    a, b = runs[0].results, runs[-1].results
    if a.attributes["scenario"] != b.attributes["scenario"]:
        return f"the runs are of two scenarios, {a.attributes['scenario']} and {b.attributes['scenario']}: compare two of one"
    if a.coords["month"] != b.coords["month"]:
        return "the runs cover different months: run them over the same ones"
    return ""


def build(runs: Sequence[Run]) -> dict[str, Any]:
    """Return what the page shows of one run, or of two as A and B; ValueError if they cannot stand side by side.

    Parameters
    ----------
    runs : sequence of Run
        A, and B if there are two; differences are shown if both have the same draws.
    """
    wrong = check_pair(runs)
    if wrong:
        raise ValueError(wrong)
    results, scenario = [run.results for run in runs], runs[0].scenario
    first, attributes = results[0], results[0].attributes
    same_dice = len(runs) == 2 and are_paired(*results)
    replicates = chosen(results) if len(runs) == 1 or same_dice else chosen(results[:1])
    return {
        "format": FORMAT,
        "scenario": scenario.scenario,
        "title": attributes["title"],
        "question": scenario.question,
        "about": scenario.about,
        "happened": scenario.happened,
        "against": scenario.against,
        "sources": list(scenario.sources),
        "conditional": CONDITIONAL,
        "months": first.coords["month"],
        "names": {**results[-1].attributes["names"], **attributes["names"]},
        "groups": {**results[-1].attributes["group_names"], **attributes["group_names"]},
        "groupHomes": {**results[-1].attributes["group_homes"], **attributes["group_homes"]},
        "allianceNames": {**results[-1].attributes["alliance_names"], **attributes["alliance_names"]},
        "channels": first.coords["channel"],
        "map": drawing(first, {**results[-1].attributes["alliances"], **attributes["alliances"]}),
        "replicates": [[k, why] for k, why in replicates],
        "paired": same_dice,
        "contrasts": [_contrast_row(contrast) for contrast in paired(*results)] if same_dice else [],
        "stateContrasts": [_contrast_row(contrast) for contrast in paired_by_state(*results)] if same_dice else [],
        "assumptions": assumptions([run.scenario for run in runs]),
        "limits": list(LIMITS),
        "card": _card(first),
        "variants": [_variant(run, replicates) for run in runs],
    }


def to_json(bundle: dict[str, Any]) -> str:
    """Return a bundle as JSON that can stand inside an HTML script element."""
    text = json.dumps(bundle, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(sign, code)
    return text


__all__ = ["FORMAT", "Contrast", "Run", "build", "paired", "to_json"]
