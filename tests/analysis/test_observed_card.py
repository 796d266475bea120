"""The card against a slow count of the same log, one replicate at a time."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from stability_sim.analysis.observed_card import CardRow, card
from stability_sim.ensemble.run import run
from stability_sim.report.figures.observed_card import card_figure
from stability_sim.report.observed_card import LUCK, cells, markdown, write_card
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_settings
from stability_sim.scenario.observed import MEASURES, Observation

WITHIN = 20
ASKED = {
    "onset": "onset(B)", "ended": "ended(A)", "takeover": "takeover(B)", "conflict": "conflict(A)", "onsets": "onsets()",
    "spread": "spread(A>B)", "spread_from": "spread_from(A)", "attacks_on": "attacks_on(P)", "raids_on": "raids_on(B)",
    "raids_by": "raids_by(rebels)", "attempts": "attempts()", "incidents": "incidents()", "incidents_on": "incidents_on(B-A)",
    "calls": "calls(P)", "honoured": "honoured(P)", "deployments": "deployments(P)", "deaths": "deaths()",
    "refugees": "refugees()", "hosted": "hosted(B)", "hosted_share": "hosted_share(B, C)",
    "refuge_share": "refuge_share(A, B)", "moved": "moved(A-B)",
}  # fmt: skip


def _observation(measure: str, within: int, low: float, high: float) -> Observation:
    return Observation(what=measure, measure=measure, within=within, range=(low, high), source="a test")


HOT = [
    "parameters.kin_onset=0.008", "parameters.onset_per_year=0.0123", "parameters.infiltration_onset=0.008",
    "parameters.rising_balance=-1.7", "parameters.ground_speed=3", "borders.A-B.kin=10", "states.B.capacity=0.02",
    "states.B.forces=1", "states.B.in_conflict=true", "groups.rebels.home=B", "groups.rebels.fighters.B=90000",
    "groups.rebels.clandestine=false",
]  # fmt: skip


@pytest.fixture(scope="module")
def results(small: Scenario) -> Results:
    small = apply_settings(small, HOT)
    observed = [_observation(text, small.months if MEASURES[name].whole else WITHIN, 1, 3) for name, text in ASKED.items()]
    return run(small.model_copy(update={"observed": observed}), replicates=60)


@pytest.fixture(scope="module")
def rows(results: Results) -> dict[str, CardRow]:
    return {row.measure.partition("(")[0]: row for row in card(results)}


def _months_at_war(results: Results, replicate: int, state: str) -> int:
    at_war = bool(results["initial_conflict"][results.index("state", state)])
    changes = {row["month"]: row["kind"] for row in results.log.where(replicate=replicate, state=state).rows()
               if row["kind"] in ("onset", "ending")}  # fmt: skip
    months = 0
    for month in range(WITHIN):
        at_war = {"onset": True, "ending": False}.get(changes.get(month, ""), at_war)
        months += at_war
    return months


def _count(results: Results, replicate: int, **equals: str) -> int:
    return sum(row["month"] < WITHIN for row in results.log.where(replicate=replicate, **equals).rows())


def _slowly(results: Results, name: str, k: int) -> float:
    of_p = {"group": "P"}
    honoured = _count(results, k, kind="call_honoured", **of_p)
    calls = honoured + _count(results, k, kind="call_abandoned", **of_p)
    onsets = [row for row in results.log.where(replicate=k, kind="onset").rows() if row["month"] < WITHIN]
    attacks = results.log.where(replicate=k, kind="attack").rows()
    outsiders = [row for row in attacks if row["month"] < WITHIN and row["state"] in "BC" and row["source"] not in "BC"]
    return {
        "onset": float(0 <= results["onset_month"][k, results.index("state", "B")] < WITHIN),
        "ended": float(_count(results, k, kind="ending", state="A") > 0),
        "takeover": float(_count(results, k, kind="ending", state="B", channel="takeover") > 0),
        "conflict": _months_at_war(results, k, "A"),
        "onsets": len(onsets),
        "spread": sum(row["source"] == "A" and row["state"] == "B" for row in onsets),
        "spread_from": sum(row["source"] == "A" and row["state"] != "A" for row in onsets),
        "attacks_on": len(outsiders),
        "raids_on": _count(results, k, kind="raid", state="B"),
        "raids_by": _count(results, k, kind="raid", group="rebels"),
        "calls": calls,
        "honoured": honoured / calls if calls else math.nan,
        "deployments": _count(results, k, kind="deployment", **of_p),
        "attempts": results["outcome_per_replicate"][k, results.index("outcome", "crossing_attempts")],
        "deaths": results["outcome_per_replicate"][k, results.index("outcome", "deaths")],
    }[name]


PER_REPLICATE = [
    "onset", "ended", "takeover", "conflict", "onsets", "spread", "spread_from", "attacks_on", "raids_on", "raids_by", "calls",
    "honoured", "deployments", "attempts", "deaths",
]  # fmt: skip


@pytest.mark.parametrize("name", PER_REPLICATE)
def test_each_replicate_is_counted(results: Results, rows: dict[str, CardRow], name: str) -> None:
    every = np.array([_slowly(results, name, k) for k in range(60)])
    every = np.sort(every[~np.isnan(every)])
    row = rows[name]
    assert row.basis == "replicates"
    assert row.n == len(every) > 0
    assert row.probability == ((every >= 1) & (every <= 3)).mean()
    assert (row.q05, row.median, row.q95) == tuple(every[[max(0, math.ceil(q * len(every)) - 1) for q in (0.05, 0.5, 0.95)]])
    assert row.inside == (row.q05 <= 3 and row.q95 >= 1)


def test_no_measure_is_idle(rows: dict[str, CardRow]) -> None:
    idle = [name for name in PER_REPLICATE if rows[name].q95 == 0 and not rows[name].probability]
    assert not idle, f"the test scenario never does {idle}"


def test_of_some_only_the_mean_or_quantiles_are_known(results: Results, rows: dict[str, CardRow]) -> None:
    assert {name for name, row in rows.items() if row.basis != "replicates"} == set(ASKED) - set(PER_REPLICATE)
    flow = results["refugee_flow"][:WITHIN]
    dyads = results.coords["dyad"]
    from_a = {label: flow[:, k].sum() for k, label in enumerate(dyads) if label.startswith("A>")}
    assert rows["moved"].median == pytest.approx(from_a["A>B"])
    assert rows["refuge_share"].median == pytest.approx(from_a["A>B"] / sum(from_a.values()))
    hosted = results["refugees_hosted"][WITHIN - 1]
    assert rows["hosted_share"].median == pytest.approx(hosted[1:3].sum() / hosted.sum())
    assert rows["incidents_on"].median == pytest.approx(results["incidents"][:WITHIN, results.index("border", "A-B")].sum())
    assert rows["incidents"].basis == rows["refugees"].basis == "quantiles"
    assert math.isnan(rows["incidents"].probability)


def test_over_the_whole_run_skirmishes_are_counted_too(small: Scenario) -> None:
    asked = small.model_copy(update={"observed": [_observation("incidents()", small.months, 0, 40)]})
    results = run(asked, replicates=30)
    (row,) = card(results)
    column = results["outcome_per_replicate"][:, results.index("outcome", "incidents")]
    assert (row.basis, row.n) == ("replicates", 30)
    assert row.probability == (column <= 40).mean()


def test_it_uses_only_replicates_whose_log_is_whole(results: Results) -> None:
    columns = {name: values[results.log.columns["replicate"] < 25] for name, values in results.log.columns.items()}
    cut = Results(results.coords, results.variables, type(results.log)(columns), results.attributes | {"replicates_logged": 25})
    rows = {row.measure.partition("(")[0]: row for row in card(cut)}
    assert rows["raids_by"].n == 25
    assert rows["deaths"].n == rows["onset"].n == 60
    assert "event by event: the first 25" in markdown(cut, card(cut))


def test_the_first_replicate_may_be_a_later_one(small: Scenario, results: Results) -> None:
    asked = apply_settings(small, HOT).model_copy(update={"observed": [_observation("conflict(A)", WITHIN, 0, WITHIN)]})
    (later,) = card(run(asked, replicates=10, first=50))
    whole = np.sort([_months_at_war(results, k, "A") for k in range(50, 60)])
    assert (later.q05, later.median, later.q95) == (whole[0], whole[4], whole[9])


def test_nothing_observed_makes_no_card(small: Scenario, tmp_path: Path) -> None:
    results = run(small, replicates=2)
    assert card(results) == []
    assert write_card(results, tmp_path) == []
    assert card_figure(results, tmp_path, ["png"]) == []


def test_it_is_written_as_tables(results: Results, tmp_path: Path) -> None:
    paths = write_card(results, tmp_path)
    assert [path.name for path in paths] == ["card.csv", "card.md"]
    lines = paths[0].read_text().splitlines()
    assert len(lines) == 1 + len(ASKED)
    assert lines[0].startswith("what,measure,within,low,high")
    assert LUCK in paths[1].read_text()
    assert all(text for row in cells(card(results)) for text in (row[0], row[1], row[3], row[4]))
