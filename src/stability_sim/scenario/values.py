"""A valid scenario with other numbers: the one way in which studies, fits and hindcasts change what runs.

Only what is given is looked at, because a study asks for thousands of points; what comes out is as valid as a file that says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from numbers import Real
from typing import Any

import numpy as np
from pydantic import BaseModel

from stability_sim.scenario.checks import check_people
from stability_sim.scenario.document import plain
from stability_sim.scenario.event_checks import bounds_of_setting
from stability_sim.scenario.explain import quantities
from stability_sim.scenario.parameters import PARAMETERS, outside_range
from stability_sim.scenario.paths import PathError
from stability_sim.scenario.problems import InvalidScenario, Problem, closest, quoted
from stability_sim.scenario.quantity import Quantity, Within, bounds_of
from stability_sim.scenario.resolve import parse_way
from stability_sim.scenario.rules import RULES_SET, Rules
from stability_sim.scenario.schema import Scenario

_PEOPLE = frozenset(("population", "fighters", "cells", "people"))  # numbers that limit each other


def _number(value: Any) -> float:  # noqa: ANN401 - whatever the caller has
    """Return a value as a finite number; PathError if it is none."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise PathError(f"a number is needed here, not {quoted(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise PathError(f"a finite number is needed here, not {quoted(number)}")
    return number


@cache
def _bounds(record: type[BaseModel], field: str) -> Within:
    return bounds_of(record.model_fields[field]) or Within()


def _with_number(node: Any, steps: list[str], value: float, bounds: Within) -> Any:  # noqa: ANN401 - any part of a scenario
    """Return a part of a scenario with the quantity at the end of some steps given another number."""
    if not steps:
        if not isinstance(node, Quantity):
            raise PathError("there is no number here")
        if error := bounds.outside(value):
            raise PathError(error)
        return node.model_copy(update={"value": value, "range": None})
    head, rest = steps[0], steps[1:]
    if isinstance(node, BaseModel) and head in type(node).model_fields:
        part = _with_number(getattr(node, head), rest, value, _bounds(type(node), head))
        return node.model_copy(update={head: part})
    if isinstance(node, dict):
        whole = ".".join(steps)
        if head not in node and whole in node:  # what an event sets is itself a path
            return {**node, whole: _with_number(node[whole], [], value, bounds_of_setting(whole) or bounds)}
        if head in node:
            return {**node, head: _with_number(node[head], rest, value, bounds)}
    if isinstance(node, list) and head in map(str, range(len(node))):
        place = int(head)
        return [_with_number(part, rest, value, bounds) if k == place else part for k, part in enumerate(node)]
    raise PathError("there is no number here")


def twins(scenario: Scenario, path: str) -> list[str]:
    """Return the entries of single directions that have a number of their border from the border itself."""
    section, _, rest = path.partition(".")
    key, _, name = rest.partition(".")
    if section not in ("borders", "corridors") or ">" in key:
        return []
    entries: dict[str, Any] = getattr(scenario, section)
    whole, way = entries.get(key), parse_way(key)
    if whole is None or way is None:
        return []
    alike = []
    for other, entry in entries.items():
        turned = parse_way(other) if ">" in other else None
        if turned is not None and turned.pair == way.pair and getattr(entry, name, None) == getattr(whole, name, None):
            alike.append(f"{section}.{other}.{name}")
    return alike


def _parameter(name: str, value: float) -> Quantity:
    if name not in PARAMETERS:
        raise PathError(f"no parameter is called {quoted(name)}")
    if error := outside_range(name, value):
        raise PathError(error)
    return Quantity(value=value)


def _people(scenario: Scenario) -> list[str]:
    """Return which groups have more men than a state has inhabitants, and where more people leave than live."""
    document = {
        "states": {code: {"population": state.population.value} for code, state in scenario.states.items()},
        "groups": {
            name: {"fighters": plain(group.fighters), "cells": plain(group.cells)} for name, group in scenario.groups.items()
        },
        "events": plain(scenario.events),
    }
    return [f"{'.'.join(map(str, finding.loc))}: {finding.message}" for finding in check_people(document)]


def _hint(scenario: Scenario, path: str) -> str:
    known = [name for name, _ in quantities(scenario)]
    return "" if path in known else closest(path, known)


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return a scenario with other numbers at some paths, such as ``states.TJK.capacity`` or ``parameters.kin_onset``.

    A rule of the file that sets a parameter which is among them is taken out, and a direction of a border that has its number from the
    border goes with it. Basis and source of a number of the file stay; its range goes, which may be left as far as the field allows.

    Parameters
    ----------
    scenario : Scenario
        Valid; resolved or not.
    values : mapping of str to float
        Paths, as ``quantities`` names them, and the numbers there.

    Raises
    ------
    InvalidScenario
        A path leads to no number, or a number is none, is not finite, or is outside the bounds of its field or parameter.
    """
    parameters, changed, problems = dict(scenario.parameters), scenario, []
    for path, value in values.items():
        steps = str(path).split(".")
        try:
            number = _number(value)
            if steps[0] == "parameters":
                name = ".".join(steps[1:])
                parameters[name] = _parameter(name, number)
                continue
            for each in [path, *twins(scenario, path)]:
                changed = _with_number(changed, each.split("."), number, Within())
        except PathError as error:
            problems.append(Problem(scenario.scenario, 0, 0, f"{path}: {error}", str(error.hint) or _hint(scenario, str(path))))
    if not problems and any(not _PEOPLE.isdisjoint(path.split(".")) for path in values):
        problems = [Problem(scenario.scenario, 0, 0, message) for message in _people(changed)]
    if problems:
        raise InvalidScenario(problems)
    names = {path.removeprefix("parameters.") for path in values if path.startswith("parameters.")}
    named = {field: getattr(scenario.rules, field) for field in Rules.model_fields}
    rules = {field: None if name and names & set(RULES_SET[field, name]) else name for field, name in named.items()}
    return changed.model_copy(update={"parameters": parameters, "rules": scenario.rules.model_copy(update=rules)})


def with_rules(scenario: Scenario, answers: Mapping[str, str | None]) -> Scenario:
    """Return a scenario under other rival rules, without the parameters of the file that these set.

    Parameters
    ----------
    scenario : Scenario
        Valid.
    answers : mapping of str to str
        Disputes, such as ``drills``, with the name of the rule; the other rules of the file stay.
    """
    rules = Rules(**{**scenario.rules.model_dump(), **answers})
    ruled = {name for field, answer in answers.items() if answer for name in RULES_SET[field, answer]}
    parameters = {name: value for name, value in scenario.parameters.items() if name not in ruled}
    return scenario.model_copy(update={"rules": rules, "parameters": parameters})
