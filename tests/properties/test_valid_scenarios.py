"""Whatever valid scenario there is: it runs with every invariant, and can be written and read again."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from properties import examples
from properties.invariants import checked_month
from properties.strategies import TEXTS, documents
from stability_sim.engine.run import start
from stability_sim.scenario import content_hash, dump, loads, resolve
from stability_sim.world.initial import begin


@examples(100)
@given(documents())
def test_generated_scenarios_run_with_all_invariants(document: dict[str, Any]) -> None:
    scenario = resolve(loads(json.dumps(document)).scenario)
    batch = start(begin(scenario), scenario.seed, 0, 2)
    for _ in range(scenario.months):
        checked_month(batch)


@examples(25, 500)
@given(documents())
def test_generated_scenarios_are_read_as_they_were_written(document: dict[str, Any]) -> None:
    scenario = resolve(loads(json.dumps(document)).scenario)
    assert content_hash(loads(dump(scenario)).scenario) == content_hash(scenario)


@examples(60, 1000)
@given(TEXTS)
def test_any_words_are_read_as_they_were_written(text: str) -> None:
    plain = {"scenario": "s", "question": text, "start": "2000-01", "map": {"projection": "network"}, "states": {"A": {}}}
    scenario = loads(json.dumps(plain)).scenario
    assert loads(dump(scenario)).scenario.question == text


def test_a_condition_on_cells_out_of_reach_reads_none() -> None:
    """Found by the strategies: the group has no tie to that state, so there are no cells to count."""
    far = {
        "scenario": "s", "question": "q", "start": "2000-01", "months": 3, "map": {"projection": "network"},
        "states": {"A": {}, "B": {"capacity": 0.2}}, "groups": {"g": {"home": "A"}},
        "events": [{"when": "cells(g, B) < 1", "set": {"states.B.capacity": 0.9}}, {"when": "cells(g, B) > 0", "peace": "A"}],
    }  # fmt: skip
    batch = start(begin(resolve(loads(json.dumps(far)).scenario)), 1, 0, 1)
    checked_month(batch)
    assert batch.now.capacity_level[0, 1] == 0.9
    assert batch.now.fired.tolist() == [[1, 0]]


def test_rebels_without_a_name_who_take_a_state_unseen_leave_others_to_count() -> None:
    """Found by the strategies: fighting that does not count takes the state, another conflict without a name counts on."""
    conflicts = [{"state": "A", "deaths_per_year": 0, "ground": 1}, {"state": "A", "deaths_per_year": 5000}]
    plain = {"scenario": "s", "question": "q", "start": "2000-01", "map": {"projection": "network"}, "states": {"A": {}}}
    batch = start(begin(resolve(loads(json.dumps(plain | {"conflicts": conflicts})).scenario)), 1, 0, 50)
    checked_month(batch)
    assert (batch.now.fought[:, 0] == 0).all()
    assert (batch.now.counted[:, 1] == 1).any()
