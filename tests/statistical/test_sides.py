"""What anybody would expect of the two sides of a war: paired runs, wide limits.

The same dice fall in both runs of a pair. Limits are far from what the model gives, so that they hold whatever is estimated anew, and
a model in which strength, support or the number of states does nothing, or the wrong thing, fails.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from stability_sim.engine.run import step
from stability_sim.ensemble.run import run
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_variant, loads, resolve
from stability_sim.scenario.quantity import quantity
from statistical.cases import batch, p

N = 400
FIGHTERS = 75_000
KABUL = """
scenario: kabul-2021
question: Does the republic fall, and when?
start: 2021-05
months: 24
map: {projection: network}
states:
  AFG: {population: 40, capacity: 0.35, legitimacy: 0.3, forces: 180, hardship: 0.6}
  PAK: {population: 220, capacity: 0.45, forces: 650, decides: scripted}
  USA: {population: 330, capacity: 0.9, forces: 1390, decides: scripted}
groups:
  taliban: {home: AFG, control: 0.6, fighters: {AFG: 75000}, decides: scripted}
conflicts:
  - {state: AFG, group: taliban, deaths_per_year: 25000, age: 190, ground: 0.45}
supports:
  - {of: PAK, to: taliban, sanctuary: 0.5, arms: 0.2}
  - {of: USA, to: AFG, troops: 2.5, arms: 0.5, funds: 0.8}
events:
  - {on: 2021-06, withdraw: USA, support_to: AFG}
variants:
  stays: {remove: [events.withdraw]}
  no-army: {set: {states.AFG.forces: 0}}
  army: {set: {states.AFG.forces: 1800}}
  tenth: {set: {groups.taliban.fighters.AFG: 7500}}
  no-sanctuary: {remove: [supports.PAK.taliban]}
"""


def war(months: int = 36, **changed: Any) -> Scenario:
    """Return a war of a state of middling worth with a group; what is not about the two sides is off."""
    said: dict[str, Any] = {"forces": 50, "fighters": 10_000, "for_rebels": 0.0, "for_government": 0.0, "ground": 0.2} | changed
    return resolve(Scenario.model_validate({
        "scenario": "war", "question": "q", "start": "2000-01", "months": months, "map": {"projection": "network"},
        "states": {
            "A": {"forces": said["forces"], "population": 40, "decides": "scripted"},
            "X": {"decides": "scripted"}, "Y": {"decides": "scripted"},
        },
        "groups": {"g": {"home": "A", "control": 1.0, "fighters": {"A": said["fighters"]}, "decides": "scripted"}},
        "conflicts": [{"state": "A", "group": "g", "deaths_per_year": 3000, "age": 12, "ground": said["ground"]}],
        "supports": [{"of": "X", "to": "g", "arms": said["for_rebels"]}, {"of": "Y", "to": "A", "arms": said["for_government"]}],
        "events": said.get("events", []),
    }))  # fmt: skip


def ended(results: Results, way: str, state: str, before: int) -> float:
    """Return the share of replicates in which a war of a state ends so before a month."""
    rows = results.log.where(kind="ending", channel=way, state=state).columns
    return len(set(rows["replicate"][rows["month"] < before].tolist())) / results.n_replicates


@cache
def kabul(variant: str | None) -> Results:
    return run(resolve(loads(KABUL).scenario), variant=variant, replicates=N, seed=3)


def test_who_has_no_army_falls_within_a_year() -> None:
    assert ended(kabul("no-army"), "takeover", "AFG", 12) >= 0.5


def test_a_republic_whose_support_is_withdrawn_falls_twice_as_often() -> None:
    left, stayed = (ended(kabul(variant), "takeover", "AFG", 24) for variant in (None, "stays"))
    assert left >= 2.0 * stayed
    assert left >= 0.3


@pytest.mark.parametrize("variant", ["army", "tenth"])
def test_ten_times_the_soldiers_or_a_tenth_of_the_rebels_shows(variant: str) -> None:
    assert ended(kabul(variant), "takeover", "AFG", 24) <= 0.5 * ended(kabul(None), "takeover", "AFG", 24)


def test_a_group_without_a_refuge_takes_over_less_often() -> None:
    assert ended(kabul("no-sanctuary"), "takeover", "AFG", 24) < ended(kabul(None), "takeover", "AFG", 24)


def outcomes(scenario: Scenario, replicates: int = 1000) -> tuple[dict[str, float], float, float]:
    """Return how often a war ends in each way, in how many months it is fought, and how many die."""
    b = batch(scenario, replicates)
    months = killed = np.zeros(replicates)
    frame = b.beginning.frame
    c = b.beginning.names.conflicts.index(("A", "g"))
    assert frame.conflict_state[c] == b.beginning.names.states.index("A")
    ways = dict.fromkeys(("government", "takeover", "settlement", "fades"), 0.0)
    on = np.ones(replicates, dtype=bool)
    for _ in range(scenario.months):
        step(b)
        killed = killed + np.where(on, b.now.killed[:, c], 0.0)
        months = months + on
        for k, way in enumerate(ways):
            ways[way] += float((on & (b.now.fought[:, c] == 0) & (b.now.outcome[:, c] == k)).mean())
        on &= b.now.fought[:, c] == 1
    return ways, float(months.mean()), float(killed.mean())


def test_the_stronger_the_rebels_the_more_often_they_win() -> None:
    """Six ratios of strength, from a twentieth to five times the army: takeovers rise, and far."""
    wins = [outcomes(war(fighters=fighters))[0]["takeover"] for fighters in (2_500, 6_000, 14_000, 35_000, 85_000, 200_000)]
    assert all(more >= less for less, more in pairwise(wins)), wins
    assert wins[-1] - wins[0] > 0.4


def test_a_government_wins_less_often_as_it_is_weaker() -> None:
    wins = [outcomes(war(forces=forces))[0]["takeover"] for forces in (5, 50, 500)]
    assert wins[0] > wins[1] > wins[2]


@pytest.mark.parametrize(("side", "sign"), [("for_rebels", 1.0), ("for_government", -1.0)])
def test_support_tells_step_by_step(side: str, sign: float) -> None:
    wins = [sign * outcomes(war(36, fighters=30_000, **{side: level}))[0]["takeover"] for level in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(more >= less for less, more in pairwise(wins)), wins
    assert wins[-1] - wins[0] > 0.03


SPONSORED = war(months=120, for_rebels=1.0)
LEFT = war(months=120, for_rebels=1.0, events=[{"on": "2000-02", "support": "X", "to": "g", "arms": 0.0}])


def test_a_sponsor_who_stops_leaves_rebels_who_win_less_and_a_less_deadly_war() -> None:
    with_it, _, deadlier = outcomes(SPONSORED)
    without, _, milder = outcomes(LEFT)
    assert without["takeover"] < 0.7 * with_it["takeover"]
    assert without["government"] > 1.3 * with_it["government"]
    assert milder < 0.8 * deadlier


def test_where_no_capital_can_fall_that_war_is_shorter_too() -> None:
    """Rebels with a sponsor win sooner; what support puts off are all other ends."""
    longer, shorter = (
        outcomes(case.model_copy(update={"parameters": case.parameters | {"capital_falls": quantity(1e9)}}))
        for case in (SPONSORED, LEFT)
    )
    assert longer[0]["takeover"] == shorter[0]["takeover"] == 0.0
    assert shorter[1] < 0.9 * longer[1]


def test_an_isolated_state_changes_nothing() -> None:
    base = war(events=[{"on": "2000-06", "withdraw": "Y", "support_to": "A"}])
    more = resolve(Scenario.model_validate(
        base.model_dump(mode="json") | {"states": base.model_dump(mode="json")["states"] | {"Z": {"in_conflict": True}}}
    ))  # fmt: skip
    assert outcomes(base) == outcomes(more)


def test_names_swapped_swap_everything() -> None:
    """Two alike states with a war each: what is said of one comes to the other when the names change places."""
    strong, weak = (
        {"forces": 300, "population": 40, "decides": "scripted"},
        {"forces": 5, "population": 40, "decides": "scripted"},
    )

    def case(first: dict[str, Any], second: dict[str, Any]) -> Results:
        return run(resolve(Scenario.model_validate({
            "scenario": "two", "question": "q", "start": "2000-01", "months": 24, "map": {"projection": "network"},
            "states": {"A": first, "B": second},
            "groups": {name: {"home": home, "fighters": {home: 20000}, "control": 1.0, "decides": "scripted"} for name, home in (("a", "A"), ("b", "B"))},
            "conflicts": [{"state": "A", "group": "a", "age": 12, "ground": 0.3}, {"state": "B", "group": "b", "age": 12, "ground": 0.3}],
        })), replicates=2000, seed=1)  # fmt: skip

    one, other = case(strong, weak), case(weak, strong)
    for way in ("takeover", "government", "settlement"):
        error = 5.0 * (0.5 / 2000) ** 0.5
        assert abs(ended(one, way, "A", 24) - ended(other, way, "B", 24)) < error, way
        assert abs(ended(one, way, "B", 24) - ended(other, way, "A", 24)) < error, way
    assert ended(one, "takeover", "B", 24) > ended(one, "takeover", "A", 24) + 0.1


def test_the_books_balance() -> None:
    """Nobody is below none, no more die than live there, and what dies by month is what dies by year."""
    case = resolve(loads(KABUL).scenario)
    b = batch(apply_variant(case, "no-army"), N)
    people = np.array([state.population.value for state in case.states.values()]) * 1e6
    of_the_year = np.zeros_like(b.now.killed)
    for month in range(case.months):
        step(b)
        calendar = (month + 4) % 12
        of_the_year = b.now.killed + (0.0 if calendar == 0 else of_the_year)
        for name in ("fighters", "cells", "refugees", "killed", "rising", "troops"):
            assert (getattr(b.now, name) >= 0.0).all(), name
        assert (b.now.deaths <= people).all()
        if month >= 8:  # from the first January on
            np.testing.assert_allclose(b.now.year_killed, of_the_year)
    assert p("most_killed_per_month") < 1.0
