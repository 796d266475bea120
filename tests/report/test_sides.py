"""Who fights whom, what they hold and who helps whom, as figures and page take it from results."""

from __future__ import annotations

import numpy as np
import pytest

from stability_sim.ensemble.run import run
from stability_sim.report.figures.cascade import episodes
from stability_sim.report.figures.sides import marker_area, pairs_of, sector, supports_of
from stability_sim.report.page.bundle import Run, build
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import UNNAMED
from stability_sim.scenario import Scenario, resolve

N = 60


@pytest.fixture(scope="module")
def war() -> Scenario:
    """Two wars in one state, two friends, of whom one leaves, and a guest who hosts a summit."""
    return resolve(
        Scenario.model_validate(
            {
                "scenario": "war", "question": "q", "start": "2020-01", "months": 24, "map": {"projection": "network"},
                "states": {"A": {"forces": 40}, "B": {}, "C": {}, "HOST": {}},
                "borders": {"A-B": {}},
                "groups": {"rebels": {"name": "The Rebels", "home": "A", "fighters": {"A": 9000}}},
                "conflicts": [
                    {"state": "A", "group": "rebels", "deaths_per_year": 900, "age": 30, "ground": 0.4},
                    {"state": "A", "deaths_per_year": 100, "age": 200},
                ],
                "supports": [{"of": "B", "to": "rebels", "sanctuary": 0.5}, {"of": "C", "to": "A", "troops": 2.0, "arms": 0.25}],
                "events": [
                    {"on": "2020-07", "withdraw": "C", "support_to": "A"},
                    {"on": "2020-03", "summit": "talks", "host": "HOST", "about": "A", "parties": ["C"]},
                ],
            }
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def results(war: Scenario) -> Results:
    return run(war, replicates=N)


def test_pairs_say_how_often_they_fight_and_what_they_hold_then(results: Results) -> None:
    pairs = {(pair.state, pair.rebels): pair for pair in pairs_of(results, t=0)}
    assert {("A", "The Rebels"), ("A", UNNAMED)} <= pairs.keys()
    named, c = pairs["A", "The Rebels"], results.index("conflict", "A/rebels")
    assert named.fought == results["fought"][0, c]
    assert named.ground == pytest.approx(results["ground"][0, c] / named.fought)
    assert 0.2 < named.ground < 0.7  # it began at 0.4, and a mean with those who do not fight would be lower
    assert [pair.fought for pair in pairs_of(results)] == sorted((pair.fought for pair in pairs_of(results)), reverse=True)


def test_supports_say_what_is_given_and_until_when(results: Results) -> None:
    first, second = supports_of(results)
    assert first[:3] == ("C", "A", "A")
    assert (first.gives, first.ended) == ("2 thousand troops, arms 25%", "2020-07")
    assert second[:3] == ("B", "rebels", "A")
    assert (second.gives, second.ended) == ("sanctuary 50%", "")


def test_two_wars_of_a_state_are_two_episodes(results: Results) -> None:
    assert results.wars_at_start == [("A", "rebels"), ("A", "")]
    for replicate in range(N):
        tree = episodes(results, replicate)
        assert [one[:2] for one in tree[:2]] == results.wars_at_start
        for group in ("rebels", ""):
            rows = results.log.where(replicate=replicate, state="A", group=group).rows()
            ends = [row["month"] + 1 for row in rows if row["kind"] == "ending"]
            first = next(one for one in tree if one.state == "A" and one.group == group)
            assert first.ends == (ends[0] if ends else 24)


def test_who_only_hosts_or_helps_is_not_on_the_map(results: Results) -> None:
    assert results.attributes["map"]["states"] == ["A", "B"]


def test_the_page_has_pairs_and_supports(war: Scenario, results: Results) -> None:
    variant = build([Run(results, war, {})])["variants"][0]
    assert sorted(row[:3] for row in variant["pairs"][:2]) == [["A", "", 1], ["A", "rebels", 1]]
    assert {tuple(row[:2]) for row in variant["supports"]} == {("B", "rebels"), ("C", "A")}
    troops = next(row for row in variant["supports"] if row[0] == "C")[2]
    assert troops[:6] == [2.0] * 6
    assert troops[6:] == [0.0] * 18


@pytest.mark.parametrize("share", [0.03, 0.25, 0.6, 1.0])
def test_a_part_of_a_ring_has_the_size_of_the_whole(share: float) -> None:
    part = sector(share, 0.7)
    scale = np.sqrt(marker_area(18.0, part)) / 2 / np.abs(part.vertices).max()  # as matplotlib does it
    assert scale == pytest.approx(18.0)
    assert np.hypot(*part.vertices.T).max() == pytest.approx(1.0)
