"""Conflicts and supports of a file: what it may say of them, and the paths that name them."""

from __future__ import annotations

from typing import Any

import pytest

from stability_sim.scenario import InvalidScenario, Scenario, apply_settings, apply_variant, dump, loads, resolve
from stability_sim.scenario.paths import PathError, locate

TEXT = """scenario: sides
question: q
start: 2020-04
map: {projection: network}
states: {A: {}, B: {}, C: {}}
groups: {rebels: {home: A, fighters: {A: 3000}}, others: {home: A}}
conflicts:
  - {state: A, group: rebels, deaths_per_year: 2000, age: 50, ground: 0.3}
  - {state: A, fought: false, age: 12, since: 30, ended: settlement}
  - {state: B, deaths_per_year: 60}
  - {state: B, deaths_per_year: 70}
supports:
  - {of: B, to: rebels, arms: 0.4, sanctuary: 0.2}
  - {of: C, to: A, troops: 3, funds: 0.5}
events:
  - {on: 2020-06, support: C, to: A, troops: 0}
  - {on: 2020-07, support: C, to: others, arms: 0.1}
  - {on: 2020-08, set: {groups.rebels.fighters.A: 100, groups.rebels.cells.C: 5}}
  - {on: 2020-09, withdraw: B, support_to: rebels, share: 0.5}
"""


@pytest.fixture
def sides() -> Scenario:
    """A file with both lists."""
    return resolve(loads(TEXT).scenario)


def changed(scenario: Scenario, **settings: Any) -> Scenario:
    """Return it with other values at paths, whose dots are written as two underlines."""
    return apply_settings(scenario, [f"{path.replace('__', '.')}={value}" for path, value in settings.items()])


def test_what_is_not_said_of_a_conflict_has_its_default(sides: Scenario) -> None:
    told, *_, unnamed = sides.conflicts
    assert (told.deaths_per_year.value, told.age.value, told.fought) == (2000.0, 50.0, True)
    assert told.ground is not None
    assert told.ground.value == 0.3
    assert (unnamed.group, unnamed.age.value, unnamed.since.value, unnamed.ground, unnamed.ended) == (None, 24.0, 0.0, None, None)


def test_what_is_not_said_of_a_support_is_none_of_it(sides: Scenario) -> None:
    arms, troops = sides.supports
    assert [getattr(arms, key).value for key in ("troops", "arms", "funds", "sanctuary")] == [0.0, 0.4, 0.0, 0.2]
    assert [getattr(troops, key).value for key in ("troops", "arms", "funds", "sanctuary")] == [3.0, 0.0, 0.5, 0.0]


def test_what_is_written_out_reads_back_the_same(sides: Scenario) -> None:
    assert loads(dump(sides)).scenario == sides


def test_paths_name_a_conflict_by_its_two_sides(sides: Scenario) -> None:
    assert changed(sides, conflicts__A__rebels__age=90).conflicts[0].age.value == 90.0
    assert changed(sides, conflicts__A____since=200).conflicts[1].since.value == 200.0  # A..since: rebels without a name
    assert changed(sides, supports__B__rebels__arms=0.9).supports[0].arms.value == 0.9
    assert changed(sides, supports__C__A__troops=9).supports[1].troops.value == 9.0


def test_a_path_adds_what_the_file_does_not_list(sides: Scenario) -> None:
    more = changed(sides, conflicts__C__others__deaths_per_year=40)
    assert [(c.state, c.group, c.deaths_per_year.value) for c in more.conflicts[4:]] == [("C", "others", 40.0)]
    unnamed = changed(sides, conflicts__C____deaths_per_year=40)
    assert [(c.state, c.group) for c in unnamed.conflicts[4:]] == [("C", None)]
    helped = changed(sides, supports__C__others__funds=0.3)
    assert [(s.of, s.to, s.funds.value, s.arms.value) for s in helped.supports[2:]] == [("C", "others", 0.3, 0.0)]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("conflicts.Z.rebels.age", "conflicts have none of 'Z' and 'rebels'"),
        ("conflicts.A.rebel.age", "conflicts have none of 'A' and 'rebel'"),
        ("conflicts.A", "a member of conflicts is named by state and group"),
        ("supports.B", "a member of supports is named by of and to"),
        ("supports.B.rebels.arm", "supports have no field 'arm'"),
        ("conflicts.A.rebels.months", "conflicts have no field 'months'"),
        ("conflicts", "names a whole section"),
    ],
)
def test_a_path_that_leads_nowhere_says_so(sides: Scenario, path: str, message: str) -> None:
    document: dict[str, Any] = sides.model_dump(mode="json")
    with pytest.raises(PathError, match=message):
        locate(document, path)


def test_values_out_of_bounds_are_refused(sides: Scenario) -> None:
    with pytest.raises(InvalidScenario, match="outside 0 to 1"):
        changed(sides, supports__B__rebels__arms=1.5)
    with pytest.raises(InvalidScenario, match="outside 0 to 1"):
        changed(sides, conflicts__A__rebels__ground=-0.1)


VARIANTS = """variants:
  over: {set: {conflicts.A.rebels.fought: false}}
  more: {add: {supports: [{of: B, to: C, funds: 0.2}], conflicts: [{state: C, group: others}]}}
  without: {remove: [groups.rebels]}
  sponsorless: {remove: [states.C]}
"""


def test_variants_set_and_add_members_of_both_lists() -> None:
    scenario = resolve(loads(TEXT + VARIANTS).scenario)
    assert not apply_variant(scenario, "over").conflicts[0].fought
    more = apply_variant(scenario, "more")
    assert [(s.of, s.to) for s in more.supports] == [("B", "rebels"), ("C", "A"), ("B", "C")]
    assert (more.conflicts[-1].state, more.conflicts[-1].group) == ("C", "others")


def test_who_is_removed_takes_its_conflicts_supports_and_events_along() -> None:
    scenario = resolve(loads(TEXT + VARIANTS).scenario)
    without = apply_variant(scenario, "without")
    assert [conflict.group for conflict in without.conflicts] == [None, None, None]
    assert [(s.of, s.to) for s in without.supports] == [("C", "A")]
    assert [type(event).__name__ for event in without.events] == ["SupportChange", "SupportChange"]
    sponsorless = apply_variant(scenario, "sponsorless")
    assert [(s.of, s.to) for s in sponsorless.supports] == [("B", "rebels")]
    assert "SupportChange" not in [type(event).__name__ for event in sponsorless.events]


def test_a_support_is_removed_by_its_two_sides() -> None:
    text = TEXT + "variants:\n  alone: {remove: [supports.B.rebels]}\n"
    scenario = resolve(loads(text).scenario)
    assert [(s.of, s.to) for s in apply_variant(scenario, "alone").supports] == [("C", "A")]
