"""Every field of the schema, every parameter and every rule, nudged, changes some outcome: nothing is there for show."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

from nudged.nudges import DESCRIPTIVE, REFERENCES, changed, nudges, settings
from nudged.rich import RICH
from stability_sim.ensemble.run import run
from stability_sim.scenario import Scenario
from stability_sim.scenario.events import EVENT_KINDS, Happening
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.rules import RULES_SET
from stability_sim.scenario.schema import Alliance, Border, Conflict, Group, Stance, State, Support, Weights

RECORDS: tuple[type[BaseModel], ...] = (
    State, Weights, Group, Border, Alliance, Stance, Conflict, Support, *EVENT_KINDS.values(),
)  # fmt: skip
SHARED = tuple(Happening.model_fields)


def outcome(document: dict[str, Any]) -> str:
    """Return a hash over all results of a scenario, which tell nothing of its numbers but what came of them."""
    return run(Scenario.model_validate(document), workers=1).hash()


@cache
def base() -> str:
    """Return the outcome of the rich scenario as it is."""
    return outcome(RICH)


def matters(changes: list[tuple[Any, Any]]) -> bool:
    """Return whether one of the changes changes the outcome."""
    assert changes, "the rich scenario has no place for it"
    return any(outcome(changed(place, value)) != base() for place, value in changes)


def fields() -> list[tuple[type[BaseModel], str]]:
    """Return every field of every kind of record that is not descriptive."""
    found: list[tuple[type[BaseModel], str]] = [(Happening, name) for name in SHARED]
    found += [
        (model, name) for model in RECORDS for name in model.model_fields if not (name in SHARED and model not in RECORDS[:8])
    ]
    found = [(model, name) for model, name in found if name not in DESCRIPTIVE.get(model.__name__, ())]
    return [(model, name) for model, name in found if (model, name) != (State, "weights")]  # a record of its own


@pytest.mark.parametrize(("model", "name"), fields(), ids=lambda value: getattr(value, "__name__", value))
def test_every_field_changes_something(model: type[BaseModel], name: str) -> None:
    named = REFERENCES.get(model.__name__, {}).get(name)
    assert matters(named or list(nudges(model, name)))


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_every_parameter_changes_something(name: str) -> None:
    spec, value = PARAMETERS[name], RICH["parameters"].get(name, PARAMETERS[name].value)
    assert matters([(("parameters", name), other) for other in (spec.high, spec.low) if other != value])


@pytest.mark.parametrize("rule", sorted({rule for rule, _ in RULES_SET}))
def test_every_rule_changes_something(rule: str) -> None:
    names = [name for where, name in RULES_SET if where == rule]
    outcomes = {outcome(changed(("rules", rule), name)) for name in names}
    assert len(outcomes) == len(names)


@pytest.mark.parametrize(("path", "documents"), list(settings()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_path_that_an_event_can_set_changes_something(path: str, documents: list[dict[str, Any]]) -> None:
    pairs = zip(documents[::2], documents[1::2], strict=True)
    assert any(outcome(low) != outcome(high) for low, high in pairs), path


RUN = {"months", "replicates", "seed", "start"}
SECTIONS = ("groups", "borders", "corridors", "alliances", "stances", "conflicts", "supports", "events")


def test_no_part_of_a_file_is_forgotten() -> None:
    """Whoever adds a section says here how it is nudged; what other packages bring with ``mechanisms`` they test."""
    nudged = RUN | set(SECTIONS) | {"states", "rules", "parameters", "mechanisms"}
    assert set(Scenario.model_fields) == nudged | DESCRIPTIVE["Scenario"]


@pytest.mark.parametrize(("name", "value"), [("months", 35), ("replicates", 23), ("seed", 12), ("start", "2019-12")])
def test_the_run_changes_with_its_length_seed_and_dates(name: str, value: Any) -> None:
    assert matters([((name,), value)])


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_matters(section: str) -> None:
    if section in ("stances", "conflicts", "supports", "events"):
        assert matters([((section,), [])])
        return
    alone = {**RICH, "stances": [], "events": []}  # what would refer to it
    assert outcome({**alone, section: {}}) != outcome(alone)


def test_descriptive_fields_change_nothing() -> None:
    """What is listed as descriptive is checked, too: it would be odd if a title changed the dice."""
    for place, value in (
        (("title",), "T"), (("question",), "another"), (("states", "A", "name"), "Aland"), (("groups", "rulers", "name"), "R"),
        (("alliances", "P", "name"), "Pact"), (("events", 1, "note"), "n"), (("events", 1, "source"), "s"),
        (("events", 2, "withdraw"), "D"),
    ):  # fmt: skip
        assert outcome(changed(place, value)) == base(), place


def test_the_map_gives_borders_unless_they_are_listed(central_asia: Scenario) -> None:
    from stability_sim.scenario import load
    from stability_sim.scenario.load import shipped

    scenario = load(shipped()["central-asia-2021"]).scenario
    listed = scenario.model_copy(update={"map": scenario.map.model_copy(update={"neighbours": "listed"}), "events": []})
    assert run(listed, replicates=2).hash() != run(scenario.model_copy(update={"events": []}), replicates=2).hash()
