"""Every scenario that ships: loads, runs in all its variants, draws without a warning, and shows what it is there to show."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

from stability_sim.analysis.observed_card import CardRow, card
from stability_sim.ensemble.run import run
from stability_sim.report.figures import draw_all
from stability_sim.report.observed_card import cells
from stability_sim.results.results import Results
from stability_sim.scenario import Loaded, load, quantities, variant_scenarios
from stability_sim.scenario.load import shipped

SHIPPED = (
    "balkans-1991", "central-asia-2021", "four-rivers", "great-lakes-1994", "horn-of-africa", "kabul-2021", "mano-river-1989",
    "nato-article-5", "sahel-2012", "syria-iraq-2011", "tajikistan-1992",
)  # fmt: skip
N = 200


@functools.cache
def _loaded(name: str) -> Loaded:
    return load(shipped()[name])


@functools.cache
def _run(name: str, variant: str | None = None) -> Results:
    return run(variant_scenarios(_loaded(name), variant=variant), replicates=N)


def _rows(name: str) -> dict[str, CardRow]:
    return {row.measure: row for row in card(_run(name))}


def _onset(name: str, state: str, variant: str | None = None) -> float:
    results = _run(name, variant)
    return float(results["ever_onset"][results.index("state", state)])


def _mean(name: str, outcome: str, variant: str | None = None) -> float:
    results = _run(name, variant)
    return float(results["outcome_per_replicate"][:, results.index("outcome", outcome)].mean())


def test_these_ship_and_no_others() -> None:
    assert tuple(shipped()) == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_it_says_what_it_asks_and_what_would_refute_it(name: str) -> None:
    scenario = _loaded(name).scenario
    assert scenario.scenario == name
    for text in (scenario.title, scenario.question, scenario.about, scenario.happened, scenario.against):
        assert len(text) > 10
    assert len(scenario.sources) >= 4 or name == "four-rivers"
    assert 4 <= len(scenario.variants) <= 9
    assert all(variant.note.endswith(("?", ".")) for variant in scenario.variants.values())
    assert len(scenario.observed) >= 2 or name == "four-rivers"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_that_matters_says_where_it_comes_from(name: str) -> None:
    scenario = _loaded(name).scenario
    told = [number for _, number in quantities(scenario) if number.source or number.note or number.range]
    assert len(told) > 40 or name == "four-rivers"
    for path, number in quantities(scenario):
        assert number.basis != "sourced" or len(number.source or "") > 5, path


@pytest.mark.parametrize("name", SHIPPED)
def test_every_variant_runs_and_changes_something(name: str) -> None:
    base = run(variant_scenarios(_loaded(name)), replicates=12).hash()
    for variant in _loaded(name).scenario.variants:
        results = run(variant_scenarios(_loaded(name), variant=variant), replicates=12)
        assert results.hash() != base, variant
        assert np.isfinite(results["outcome_per_replicate"]).all(), variant


@pytest.mark.parametrize("name", SHIPPED)
def test_it_draws(name: str, tmp_path: Path) -> None:
    results = _run(name)
    drawn = {path.stem for path in draw_all(results, tmp_path, ["map", "cascade", "card"], ["png"], None)}
    assert drawn == {"map", "cascade"} | ({"card"} if results.attributes["observed"] else set())
    long = [label for label in results.attributes["group_names"].values() if len(label) > 26]
    assert not long, "cut in the legend of the map"


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "four-rivers"])
def test_its_card_can_be_read(name: str) -> None:
    rows = card(_run(name))
    assert len(cells(rows)) == len(_loaded(name).scenario.observed)
    for row in rows:
        assert np.isfinite(row.median), row.measure
        assert row.basis != "replicates" or row.n == N, row.measure


def test_central_asia_stays_at_peace_and_refugees_go_south() -> None:
    rows = _rows("central-asia-2021")
    assert rows["attacks_on(CSTO)"].probability > 0.9
    assert rows["refuge_share(AFG, IRN, PAK)"].inside


def test_the_war_of_tajikistan_mostly_stays_there_and_ends() -> None:
    rows = _rows("tajikistan-1992")
    assert rows["ended(TJK)"].probability > 0.5
    assert 50 <= rows["conflict(TJK)"].median <= 80  # five years and what was left of it
    assert all(_onset("tajikistan-1992", state) < 0.35 for state in ("UZB", "KGZ", "TKM", "KAZ"))
    assert rows["attacks_on(TJK)"].probability > 0.9


def test_the_republic_in_kabul_falls_when_its_patron_leaves_and_seldom_while_it_stays() -> None:
    def falls(variant: str | None = None) -> float:
        (row,) = (r for r in card(_run("kabul-2021", variant)) if (r.measure, r.within) == ("takeover(AFG)", 12))
        assert row.probability is not None
        return row.probability

    assert falls() > 0.2
    assert falls("support-stays") < 0.5 * falls()
    assert falls("ten-times-the-army") < 0.2 * falls()
    assert falls("believed-government") < falls()


def test_the_weak_neighbours_of_mali_are_more_at_risk_than_ghana() -> None:
    assert min(_onset("sahel-2012", state) for state in ("NER", "BFA")) > _onset("sahel-2012", "GHA")
    assert _rows("sahel-2012")["refuge_share(MLI, MRT, NER, BFA)"].median > 0.6
    assert _onset("sahel-2012", "BFA", "stronger-burkina") < _onset("sahel-2012", "BFA")


def test_zaire_is_more_at_risk_than_its_calmer_neighbours_and_less_so_without_armed_men() -> None:
    assert _onset("great-lakes-1994", "COD") > max(_onset("great-lakes-1994", state) for state in ("TZA", "KEN", "ZMB"))
    assert _rows("great-lakes-1994")["hosted_share(COD, TZA)"].median > 0.6
    hazards = [
        results["hazard"][results.index("state", "COD"), 1:3].sum()
        for results in (_run("great-lakes-1994"), _run("great-lakes-1994", "armed-men-kept-out"))
    ]
    assert hazards[1] < 0.7 * hazards[0]


def test_sierra_leone_is_hit_from_liberia_more_than_anybody_else() -> None:
    results = _run("mano-river-1989")
    liberia = results.index("state", "LBR")
    abroad = dict(zip(results.coords["state"], results["transmissions"][:, liberia].sum(axis=0), strict=True))
    abroad.pop("LBR")
    assert max(abroad, key=lambda state: abroad[state]) in ("SLE", "GIN")
    assert abroad["SLE"] > 0.05
    assert _onset("mano-river-1989", "SLE") > _onset("mano-river-1989", "GHA")


def test_syrians_go_to_turkey_lebanon_and_jordan_and_part_of_the_onsets_come_over_a_border() -> None:
    rows = _rows("syria-iraq-2011")
    assert rows["refuge_share(SYR, TUR, LBN, JOR)"].median > 0.75
    assert _mean("syria-iraq-2011", "cross_border_onsets") > 0.1 * _mean("syria-iraq-2011", "onsets")
    assert _onset("syria-iraq-2011", "LBN") > _onset("syria-iraq-2011", "JOR")


def test_bosnia_is_the_most_endangered_republic_and_the_preventive_force_helps() -> None:
    at_peace = ("SVN", "BIH", "XKX", "MNE", "MKD", "HUN", "BGR")
    assert max(at_peace, key=lambda state: _onset("balkans-1991", state)) == "BIH"
    assert _rows("balkans-1991")["refuge_share(BIH, SRB, MNE, HRV)"].median > 0.7


def test_kenya_takes_the_people_in_and_stays_at_peace_in_most_runs() -> None:
    results = _run("horn-of-africa")
    hosted = dict(zip(results.coords["state"], results["refugees_hosted"][-1], strict=True))
    assert max(hosted, key=lambda state: hosted[state]) == "KEN"
    assert _onset("horn-of-africa", "KEN") < 0.4
    assert _rows("horn-of-africa")["raids_on(KEN)"].q95 >= 1


def test_the_pledge_is_called_and_kept_as_the_word_and_the_scope_say() -> None:
    name = "nato-article-5"
    assert _rows(name)["honoured(NATO)"].n == N
    kept = [_mean(name, "calls_honoured", variant) for variant in ("weak-word", None, "strong-word")]
    assert kept[0] < kept[1] < kept[2]
    assert _mean(name, "calls_honoured", "lead-without-standing") < kept[1]
    called = [
        _mean(name, "calls_honoured", variant) + _mean(name, "calls_abandoned", variant)
        for variant in ("unmarked-men", "unmarked-men-in-scope")
    ]
    assert called[0] == 0 < called[1]
