"""Other numbers in a valid scenario: one way to give them, which takes only what a file could say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from stability_sim.app.levers import edited
from stability_sim.ensemble.design import grid, make_plan, parse_factor
from stability_sim.scenario import (
    InvalidScenario,
    Scenario,
    apply_settings,
    content_hash,
    dump,
    loads,
    quantities,
    with_rules,
    with_values,
)

WRONG = [
    ("states.B.capacity", 1.7, "states.B.capacity: 1.7 is outside 0 to 1", ""),
    ("states.B.capacity", -1e-9, "states.B.capacity: -1e-09 is outside 0 to 1", ""),
    ("parameters.kin_onset", 9, "parameters.kin_onset: 9 is outside the documented range of kin_onset, 0 to 0.02 (per year)", ""),
    ("parameters.nonsense", 1.0, "parameters.nonsense: no parameter is called 'nonsense'", ""),
    (
        "parameters.kin_onst",
        0.0,
        "parameters.kin_onst: no parameter is called 'kin_onst'",
        "did you mean 'parameters.kin_onset'?",
    ),
    ("parameters", 0.0, "parameters: no parameter is called ''", ""),
    ("states.B.capcity", 0.5, "states.B.capcity: there is no number here", "did you mean 'states.B.capacity'?"),
    ("states.Z.capacity", 0.5, "states.Z.capacity: there is no number here", "did you mean 'states.D.capacity'?"),
    ("states.B", 0.5, "states.B: there is no number here", ""),
    ("states.B.in_conflict", 1.0, "states.B.in_conflict: there is no number here", ""),
    ("states.B.capacity.value", 0.5, "states.B.capacity.value: there is no number here", "did you mean 'states.B.capacity'?"),
    ("months", 12, "months: there is no number here", ""),
    ("", 1.0, ": there is no number here", ""),
    ("stances.9.aid", 0.5, "stances.9.aid: there is no number here", "did you mean 'stances.1.aid'?"),
    ("stances.-1.aid", 0.5, "stances.-1.aid: there is no number here", "did you mean 'stances.1.aid'?"),
    ("borders.A-Z.guard", 0.5, "borders.A-Z.guard: there is no number here", "did you mean 'borders.A-B.guard'?"),
    ("borders.A-B.length_km", 41001.0, "borders.A-B.length_km: 41001 is outside 0 to 41000", ""),
    ("states.B.capacity", math.nan, "states.B.capacity: a finite number is needed here, not 'nan'", ""),
    ("states.B.forces", math.inf, "states.B.forces: a finite number is needed here, not 'inf'", ""),
    ("states.B.forces", 10**400, "states.B.forces: a finite number is needed here, not 'inf'", ""),
    ("parameters.kin_onset", -math.inf, "parameters.kin_onset: a finite number is needed here, not '-inf'", ""),
    ("states.B.capacity", True, "states.B.capacity: a number is needed here, not 'True'", ""),
    ("states.B.capacity", np.bool_(True), "states.B.capacity: a number is needed here, not 'True'", ""),
    ("states.B.capacity", "0.5", "states.B.capacity: a number is needed here, not '0.5'", ""),
    ("states.B.capacity", None, "states.B.capacity: a number is needed here, not 'None'", ""),
]


@pytest.mark.parametrize(("path", "value", "message", "hint"), WRONG)
def test_what_a_file_could_not_say_is_refused(small: Scenario, path: str, value: Any, message: str, hint: str) -> None:
    with pytest.raises(InvalidScenario) as caught:
        with_values(small, {path: value})
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint if hint else "") == (message, hint)


def test_all_that_is_wrong_is_named_at_once(small: Scenario) -> None:
    with pytest.raises(InvalidScenario) as caught:
        with_values(small, {"states.B.capacity": 2, "parameters.kin_onset": 0.004, "parameters.nonsense": 1})
    assert [problem.message.split(":")[0] for problem in caught.value.problems] == ["states.B.capacity", "parameters.nonsense"]


def test_numbers_that_do_not_fit_together_are_refused(small: Scenario) -> None:
    with pytest.raises(
        InvalidScenario, match=r"groups.rebels.fighters.A: 3000 members in A, which has 0.001 million inhabitants"
    ):
        with_values(small, {"states.A.population": 0.001})
    with pytest.raises(InvalidScenario, match="members in B, which has 10 million"):
        with_values(small, {"groups.rebels.cells.B": 1e8})


def test_the_bounds_are_those_of_other_ways_to_give_a_number(small: Scenario) -> None:
    """The same value is refused in the same words by --set, by --vary, and by a lever of the page."""
    for path, value, message in (
        ("states.B.capacity", 1.7, "1.7 is outside 0 to 1"),
        ("parameters.kin_onset", 9, "9 is outside the documented range of kin_onset, 0 to 0.02"),
        ("parameters.nonsense", 1, "'nonsense'"),
    ):
        with pytest.raises(InvalidScenario, match=message):
            with_values(small, {path: value})
        with pytest.raises(InvalidScenario, match=message):
            apply_settings(small, [f"{path}={value}"])
        with pytest.raises(InvalidScenario, match=message) as caught:
            make_plan(small, grid([parse_factor(f"{path}={value}", small)]), variant=None, replicates=1, seed=1)
        assert caught.value.problems[0].file == "--vary"
    for wrong in (1.7, math.nan, True, "0.5", None):
        with pytest.raises(ValueError, match="is a share from 0 to 1"):
            edited(small, None, {"states.B.capacity": wrong}, 0)  # type: ignore[dict-item]


def test_a_number_may_leave_its_plausible_range_but_not_its_bounds(small: Scenario) -> None:
    ranged = apply_settings(small, ["states.B.capacity.range=[0.25, 0.35]"])
    for changed in (with_values(ranged, {"states.B.capacity": 0.9}), apply_settings(ranged, ["states.B.capacity=0.9"])):
        assert (changed.states["B"].capacity.value, changed.states["B"].capacity.range) == (0.9, None)


def test_basis_and_source_stay_and_directions_go_along(central_asia: Scenario) -> None:
    cited = next(path for path, one in quantities(central_asia) if one.source and path.startswith("states."))
    was = dict(quantities(central_asia))[cited]
    now = dict(quantities(with_values(central_asia, {cited: was.value})))[cited]
    assert (now.basis, now.source, now.note) == (was.basis, was.source, was.note)
    two = loads(
        "{scenario: s, question: q, start: 2020-01, map: {projection: network}, states: {A: {}, B: {}}, "
        "borders: {A-B: {guard: 0.4}, A>B: {guard: 0.4, kin: 2}}}"
    ).scenario
    both = with_values(two, {"borders.A-B.guard": 0.6})
    assert [border.guard.value for border in both.borders.values() if border.guard] == [0.6, 0.6]


def test_what_an_event_sets_has_the_bounds_of_what_it_sets(small: Scenario) -> None:
    path = next(path for path, _ in quantities(small) if ".set." in path)
    low = dict(quantities(with_values(small, {path: 0.125})))
    assert low[path].value == 0.125
    with pytest.raises(InvalidScenario, match=r"1.5 is outside 0 to 1"):
        with_values(small, {path: 1.5})


def test_numbers_of_numpy_are_numbers(small: Scenario) -> None:
    changed = with_values(small, {"states.B.capacity": np.float32(0.25), "states.B.forces": np.int64(3)})
    assert (type(changed.states["B"].capacity.value), changed.states["B"].forces.value) == (float, 3.0)
    assert content_hash(loads(dump(changed)).scenario) == content_hash(changed)


def test_a_rule_takes_the_place_of_the_parameters_that_it_sets(small: Scenario) -> None:
    numbers = with_values(small, {"parameters.refugee_onset": 0.002, "parameters.kin_onset": 0.004})
    ruled = with_rules(numbers, {"refugees": "lower"})
    assert (ruled.rules.refugees, set(ruled.parameters)) == ("lower", set(small.parameters) | {"kin_onset"})
    assert loads(dump(ruled)).scenario == ruled
    again = with_values(ruled, {"parameters.refugee_onset": 0.002})
    assert (again.rules.refugees, again.parameters["refugee_onset"].value) == (None, 0.002)
