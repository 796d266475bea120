"""The first moment of a world: what is on, what is over, what was counted, who may fight whom, who helps whom."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from stability_sim.engine.run import start, step
from stability_sim.scenario import Scenario, resolve
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.world.initial import LEAST, LONG_QUIET, Beginning, begin
from stability_sim.world.vocabulary import ENDINGS


def world(**sections: Any) -> Beginning:
    """Return the first moment of a scenario of two states and two groups at home in the first, one of which governs it."""
    usual = {
        "scenario": "s", "question": "q", "start": "2020-04", "map": {"projection": "network"}, "states": {"A": {}, "B": {}},
        "groups": {"rulers": {"home": "A", "governs": "A"}, "small": {"home": "A", "fighters": {"A": 10}}, "large": {"home": "A", "fighters": {"A": 90}}},
    }  # fmt: skip
    return begin(resolve(Scenario.model_validate(usual | sections)))


def of(beginning: Beginning, state: str, rebels: str) -> dict[str, Any]:
    """Return all that a conflict is at the first moment."""
    c = beginning.names.conflicts.index((state, rebels))
    named = {"fought", "fought_months", "quiet_months", "outcome", "known_months", "months_fought", "own_level", "swing", "level", "killed", "year_killed",
             "last_year_killed", "counted", "ground", "began_by", "began_from", "began_over"}  # fmt: skip
    return {name: getattr(beginning.world, name)[0, c].item() for name in named}


def test_each_group_with_a_tie_and_rebels_without_a_name_may_fight_a_government() -> None:
    names = world(borders={"A-B": {}}).names
    own = [(code, rebels) for code in ("A", "B") for rebels in ("rulers", "small", "large", "#1", "#2")]
    assert names.conflicts == own
    alone = world(groups={}).names
    assert alone.conflicts == [(code, rebels) for code in ("A", "B") for rebels in ("#1", "#2")]


def test_there_is_room_for_two_more_than_the_file_lists() -> None:
    listed = [{"state": "A"}, {"state": "A", "fought": False}, {"state": "A", "group": "large"}, {"state": "A"}]
    names = world(groups={"large": {"home": "A"}}, conflicts=listed).names
    assert names.conflicts == [("A", rebels) for rebels in ("large", "#1", "#2", "#3", "#4", "#5")] + [("B", "#1"), ("B", "#2")]


def test_a_conflict_gives_its_group_a_tie() -> None:
    names = world(conflicts=[{"state": "B", "group": "large"}]).names
    assert ("large", "B") in names.ties
    assert ("B", "large") in names.conflicts
    assert ("small", "B") not in names.ties


def test_so_does_an_event_that_sends_its_members_there() -> None:
    assert ("small", "B") in world(events=[{"on": "2020-05", "set": {"groups.small.cells.B": 5}}]).names.ties


def test_what_a_state_says_is_of_its_strongest_group_at_home() -> None:
    beginning = world(states={"A": {"in_conflict": True, "deaths_per_year": 480, "conflict_age": 36}, "B": {}})
    told = of(beginning, "A", "large")
    assert (told["fought"], told["fought_months"], told["counted"], told["quiet_months"]) == (1, 36, 1, 0)
    assert (told["own_level"], told["level"], told["killed"]) == pytest.approx((math.log(480.0), math.log(480.0), 40.0))
    assert (told["known_months"], told["months_fought"], told["swing"]) == (36, 36, 0.0)  # fought ever since it is known
    assert told["ground"] == PARAMETERS["ground_at_onset"].value
    assert [of(beginning, "A", rebels)["fought"] for rebels in ("rulers", "small", "#1", "#2")] == [0] * 4
    assert beginning.world.in_conflict.tolist() == [[1, 0]]


def test_or_of_rebels_without_a_name() -> None:
    beginning = world(states={"A": {}, "B": {"in_conflict": True, "deaths_per_year": 12}})
    assert of(beginning, "B", "#1")["fought"] == 1
    assert of(beginning, "B", "#1")["counted"] == 0  # fewer than 25 deaths a year are no war
    assert beginning.world.in_conflict.tolist() == [[0, 0]]


def test_a_state_at_peace_remembers_its_last_conflict() -> None:
    beginning = world(states={"A": {"since_conflict": 30, "conflict_age": 12}, "B": {}})
    told = of(beginning, "A", "large")
    assert (told["fought"], told["quiet_months"], told["outcome"]) == (0, 30, -1)
    assert (told["known_months"], told["months_fought"]) == (42, 12)
    other = of(beginning, "A", "#1")
    assert (other["quiet_months"], other["known_months"], other["months_fought"]) == (LONG_QUIET, 0, 0)


def test_what_the_file_lists_of_a_state_is_all_that_is_known_of_it() -> None:
    beginning = world(
        states={"A": {"in_conflict": True}, "B": {}},
        conflicts=[
            {"state": "A", "group": "small", "deaths_per_year": 60, "age": 5, "ground": 0.0},
            {"state": "A", "fought": False, "age": 48, "since": 24, "ended": "takeover", "deaths_per_year": 900},
            {"state": "A", "deaths_per_year": 30},
        ],
    )
    assert [of(beginning, "A", rebels)["fought"] for rebels in ("rulers", "small", "large", "#1", "#2")] == [0, 1, 0, 0, 1]
    assert of(beginning, "A", "small")["ground"] == LEAST
    assert (of(beginning, "A", "small")["known_months"], of(beginning, "A", "small")["months_fought"]) == (5, 5)
    over = of(beginning, "A", "#1")
    assert (over["quiet_months"], over["outcome"], over["killed"]) == (24, ENDINGS.index("takeover"), 0.0)
    assert over["own_level"] == pytest.approx(math.log(900.0))  # of its last fighting
    assert (over["known_months"], over["months_fought"]) == (72, 48)


def test_a_conflict_returns_to_its_usual_deaths() -> None:
    beginning = world(conflicts=[
        {"state": "A", "deaths_per_year": 600, "usual_deaths": 60},
        {"state": "A", "fought": False, "deaths_per_year": 600, "usual_deaths": 60},
    ])  # fmt: skip
    on, over = of(beginning, "A", "#1"), of(beginning, "A", "#2")
    assert (on["level"], on["own_level"], on["swing"]) == pytest.approx((math.log(600.0), math.log(60.0), math.log(10.0)))
    assert (over["own_level"], over["swing"]) == pytest.approx((math.log(60.0), 0.0))  # it begins again with a swing of its own


@pytest.mark.parametrize(("deaths", "remembered"), [(24, False), (25, True)])
def test_neighbours_remember_what_counted_as_a_war(deaths: int, remembered: bool) -> None:
    past = [{"state": "A", "fought": False, "age": 60, "since": 6, "deaths_per_year": deaths}]
    assert (world(conflicts=past).world.war_memory[0, 0] > 0.0) == remembered


@pytest.mark.parametrize(("first", "passed"), [("2020-02", 1), ("2020-04", 3), ("2020-12", 11), ("2020-01", 12)])
def test_deaths_of_the_year_so_far_are_those_of_its_months(first: str, passed: int) -> None:
    """Until the month before the first: in January those of the whole year before, which then is over."""
    told = of(world(start=first, conflicts=[{"state": "B", "deaths_per_year": 240}]), "B", "#1")
    assert told["year_killed"] == pytest.approx(20.0 * passed)
    assert told["last_year_killed"] == pytest.approx(240.0)


@pytest.mark.parametrize("first", ["2020-01", "2020-07"])
def test_a_small_war_that_is_on_counts_on(first: str) -> None:
    """Silent months at the start end nothing: the year before had its deaths."""
    beginning = world(
        start=first, parameters={"ending_level": 0.3}, conflicts=[{"state": "B", "deaths_per_year": 30, "age": 200}]
    )
    batch = start(beginning, 1, 0, 500)
    c = beginning.names.conflicts.index(("B", "#1"))
    step(batch)
    assert (batch.now.killed[:, c] == 0.0).mean() > 0.3
    assert np.array_equal(batch.now.counted[:, c], batch.now.fought[:, c])


def test_neighbours_remember_the_nearest_of_the_wars_of_a_state() -> None:
    past = [
        {"state": "A", "group": "small", "fought": False, "age": 60, "since": 60},
        {"state": "A", "fought": False, "age": 60, "since": 6},
    ]
    years = PARAMETERS["war_remembered_years"].value
    expected = (1.0 - math.exp(-5.0 / years)) * math.exp(-0.5 / years)
    assert world(conflicts=past).world.war_memory[0, 0] == pytest.approx(expected)


def test_who_supports_whom_at_the_start_or_later_has_a_place() -> None:
    beginning = world(
        supports=[{"of": "B", "to": "small", "arms": 0.4, "sanctuary": 0.1}, {"of": "B", "to": "A", "troops": 2, "funds": 0.3}],
        events=[{"on": "2020-06", "support": "A", "to": "B", "arms": 0.2}],
    )
    assert beginning.names.supports == [("A", "B"), ("B", "A"), ("B", "small")]
    now, frame = beginning.world, beginning.frame
    assert [getattr(now, name)[0].tolist() for name in ("troops", "arms", "funds", "sanctuary")] == [
        [0.0, 2.0, 0.0], [0.0, 0.0, 0.4], [0.0, 0.3, 0.0], [0.0, 0.0, 0.1],
    ]  # fmt: skip
    groups = beginning.names.groups
    assert frame.support_of.tolist() == [0, 1, 1]
    backed = [frame.backed_state_supports[frame.backed_state_start[i] : frame.backed_state_start[i + 1]].tolist() for i in (0, 1)]
    assert backed == [[1], [0]]
    small = groups.index("small")
    assert frame.backed_group_supports[frame.backed_group_start[small] : frame.backed_group_start[small + 1]].tolist() == [2]
