"""From a resolved scenario to the first moment of a world."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from stability_sim.scenario import Scenario, parameters_of
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.variables import FIELDS, Kind, fields_of
from stability_sim.world.entities import Names, build_frame, name_entities
from stability_sim.world.fields import ARRAYS, SHARED, Frame, Log, World, as_numbers
from stability_sim.world.vocabulary import ENDINGS, FEWEST_COUNTED

FEWEST_DEATHS = 1.0


@dataclass(frozen=True)
class Beginning:
    """All that a run needs: names, frame, parameters, and the first world of one replicate."""

    scenario: Scenario
    names: Names
    frame: Frame
    parameters: Any
    world: World

    @property
    def mechanisms(self) -> dict[str, dict[str, float]]:
        """The mechanisms from outside that the scenario asks for, with their settings."""
        return {
            name: {key: number.value for key, number in settings.items()} for name, settings in self.scenario.mechanisms.items()
        }


def _number(record: Any, key: str) -> float:  # noqa: ANN401 - a record of the file, or None for one it lacks
    """Return a number of a record of the file; 0 where there is no record."""
    value = getattr(record, key) if record is not None else 0.0
    return float(getattr(value, "value", value))


def _as_in_the_file(scenario: Scenario, names: Names) -> dict[str, list[float]]:
    """Return the variables that begin at a number of the file, or at 0: by name, entity by entity."""
    stances = {(stance.to, stance.of): stance for stance in scenario.stances}
    supports = {(support.of, support.to): support for support in scenario.supports}
    records: dict[Kind, list[Any]] = {
        "state": list(scenario.states.values()), "group": list(scenario.groups.values()),
        "dyad": [names.dyad_numbers[pair] for pair in names.dyads], "tie": [stances.get(pair) for pair in names.ties],
        "support": [supports.get(pair) for pair in names.supports], "member": names.members, "pact": names.pacts,
    }  # fmt: skip
    columns: dict[str, list[float]] = {}
    for field in FIELDS:
        if field.of in records:
            key = field.file_key
            column = [_number(record, key) if key else 0.0 for record in records[field.of]]
            columns |= dict.fromkeys(field.arrays, column)
    return columns


LEAST = 1e-3  # ground of who is said to hold none: its log odds are defined
LONG_QUIET = 1200  # months: of a conflict that nobody remembers
NO_OUTCOME = -1


def _states(scenario: Scenario) -> dict[str, list[Any]]:
    return {"governed_by": [_governing(scenario, code) for code in scenario.states]}


def _governing(scenario: Scenario, code: str) -> int:
    return next((g for g, group in enumerate(scenario.groups.values()) if group.governs == code), -1)


def _rebels(scenario: Scenario, code: str) -> str:
    """Return who fights the government of a state, or did so last: its strongest group at home, or rebels without a name."""
    at_home = [
        (group.fighters[code].value if code in group.fighters else 0.0, -g, name)
        for g, (name, group) in enumerate(scenario.groups.items())
        if group.home == code and group.governs != code
    ]
    return max(at_home)[2] if at_home else "#1"


class _Known(NamedTuple):
    """What the file says of a conflict at the start."""

    fought: bool
    deaths: float
    age: float
    since: float
    usual: float | None = None
    ground: float | None = None
    outcome: int = NO_OUTCOME


def _known(scenario: Scenario) -> dict[tuple[str, str], _Known]:
    """Return the conflicts that the file knows: those that it lists; where it lists none of a state, what the state says."""
    known: dict[tuple[str, str], _Known] = {}
    listed = {conflict.state for conflict in scenario.conflicts}
    for code, state in scenario.states.items():
        if code not in listed:
            past = state.deaths_per_year.value, state.conflict_age.value, state.since_conflict.value
            known[code, _rebels(scenario, code)] = _Known(state.in_conflict, *past)
    unnamed = dict.fromkeys(scenario.states, 0)
    for conflict in scenario.conflicts:
        rebels = conflict.group
        if rebels is None:
            unnamed[conflict.state] += 1
            rebels = f"#{unnamed[conflict.state]}"
        ground = conflict.ground.value if conflict.ground else None
        outcome = ENDINGS.index(conflict.ended) if conflict.ended else NO_OUTCOME
        past = conflict.deaths_per_year.value, conflict.age.value, conflict.since.value
        usual = conflict.usual_deaths.value if conflict.usual_deaths else None
        known[conflict.state, rebels] = _Known(conflict.fought, *past, usual, ground, outcome)
    return known


def _remembered(conflict: _Known, months: float) -> float:
    """Return which part of the past a conflict was fought in, if what is past fades with a mean of some months."""
    fought = 1.0 - math.exp(-conflict.age / months)
    return fought if conflict.fought else fought * math.exp(-conflict.since / months)


def _conflicts(scenario: Scenario, names: Names, p: dict[str, float]) -> dict[str, list[Any]]:
    """Return the conflicts at the start, and how far neighbours remember war in each state."""
    columns: dict[str, list[Any]] = {field.name: [] for field in fields_of("conflict")}
    known = _known(scenario)
    passed = ((int(scenario.start[5:7]) - 2) % 12 + 1) / 12.0  # of the calendar year of the month before the first
    never = _Known(fought=False, deaths=0.0, age=0.0, since=LONG_QUIET)
    for pair in names.conflicts:
        conflict = known.get(pair, never)
        fought = conflict.fought
        yearly = max(conflict.deaths, FEWEST_DEATHS)
        level = math.log(yearly)
        own = level if conflict.usual is None else math.log(max(conflict.usual, FEWEST_DEATHS))
        since = 0 if fought else round(conflict.since)
        months = 0 if conflict is never else round(conflict.age)
        first = {
            "fought": int(fought), "fought_months": round(conflict.age) if fought else 0,
            "quiet_months": since, "outcome": conflict.outcome,
            "known_months": 0 if conflict is never else months + since, "months_fought": months,
            "own_level": own, "swing": level - own if fought else 0.0, "level": level,
            "killed": yearly / 12.0 if fought else 0.0, "began_by": -1, "began_from": -1, "began_over": -1,
            "year_killed": yearly * passed if fought else 0.0, "last_year_killed": yearly if fought else 0.0,
            "counted": int(fought and yearly >= FEWEST_COUNTED),
            "ground": p["ground_at_onset"] if conflict.ground is None else min(max(conflict.ground, LEAST), 1.0 - LEAST),
        }  # fmt: skip
        for name, column in columns.items():
            column.append(first.get(name, 0.0))
    memory = dict.fromkeys(scenario.states, 0.0)
    for (code, _), conflict in known.items():
        if conflict.deaths < FEWEST_COUNTED:
            continue
        memory[code] = max(memory[code], _remembered(conflict, 12.0 * p["war_remembered_years"]))
    columns["war_memory"] = list(memory.values())
    at_war = {code for (code, _), conflict in known.items() if conflict.fought and conflict.deaths >= FEWEST_COUNTED}
    columns["in_conflict"] = [int(code in at_war) for code in scenario.states]
    return columns


def _groups(scenario: Scenario, names: Names) -> dict[str, list[Any]]:
    order = {code: i for i, code in enumerate(names.states)}
    ties = [(scenario.groups[name], code) for name, code in names.ties]
    return {
        "governs": [order[group.governs] if group.governs else -1 for group in scenario.groups.values()],
        "fighters": [group.fighters[code].value if code in group.fighters else 0.0 for group, code in ties],
        "cells": [group.cells[code].value if code in group.cells else 0.0 for group, code in ties],
    }


def _alliances(scenario: Scenario, names: Names, p: dict[str, float]) -> dict[str, list[float]]:
    expected = []
    for name, code in names.members:
        reliability = scenario.alliances[name].reliability.get(code)
        share = reliability.value if reliability else p["honour_rate"]
        expected.append(min(max(share, 0.01), 0.99))  # a member known for certain would leave nothing to learn
    weight = p["honour_weight"]
    return {"honoured": [weight * share for share in expected], "abandoned": [weight * (1.0 - share) for share in expected]}


def begin(scenario: Scenario) -> Beginning:
    """Return names, frame, parameters and the first world, of one replicate, of a resolved scenario."""
    p = {name: spec.value for name, spec in PARAMETERS.items()}
    p |= {name: quantity.value for name, quantity in scenario.parameters.items()}
    p |= parameters_of(scenario.rules)
    names = name_entities(scenario)
    frame = build_frame(scenario, names, p)
    columns: dict[str, Any] = _as_in_the_file(scenario, names) | _states(scenario) | _groups(scenario, names)
    columns |= _alliances(scenario, names, p) | _conflicts(scenario, names, p)
    columns["fired"] = [0] * len(frame.event_operation)
    longest = int(frame.condition_window.max()) if len(frame.condition_window) else 1
    columns["history"] = np.zeros((len(frame.condition_metric), longest))
    arrays = {name: np.array([columns[name]], dtype=kind) for name, kind in ARRAYS.items()}
    return Beginning(scenario, names, frame, as_numbers(p), World(**arrays))


def repeat(world: World, n_replicates: int) -> World:
    """Return a world of ``n_replicates`` equal copies of a world of one."""
    return World(*(np.repeat(values, n_replicates, axis=0) for values in world))


def both_worlds(world: World, n_replicates: int) -> tuple[World, World]:
    """Return the world now and the world after of ``n_replicates`` equal copies; they have in common what events alone change."""
    now = repeat(world, n_replicates)
    return now, repeat(world, n_replicates)._replace(**{name: getattr(now, name) for name in SHARED})


def empty_log(n_replicates: int, capacity: int) -> Log:
    """Return a log with room for ``capacity`` rows a replicate."""
    return Log(
        count=np.zeros(n_replicates, dtype=np.int64),
        rows=np.zeros((n_replicates, capacity, 7), dtype=np.int32),
        values=np.zeros((n_replicates, capacity)),
    )


def most_rows_in_a_month(frame: Frame) -> int:
    """Return a bound on the rows that one month can add to the log of a replicate."""
    places = 3 * len(frame.state_id) + 2 * len(frame.conflict_id) + len(frame.dyad_id) + len(frame.group_id)
    return places + 4 * len(frame.pact_id) + 3 * len(frame.event_operation) + 8


def grown(log: Log, frame: Frame) -> Log:
    """Return the log, with more room if another month might not fit."""
    needed = int(log.count.max(initial=0)) + most_rows_in_a_month(frame)
    if needed <= log.rows.shape[1]:
        return log
    n_replicates, old = log.rows.shape[:2]
    larger = empty_log(n_replicates, 2 * max(needed, old))
    used = int(log.count.max(initial=0))
    larger.rows[:, :used] = log.rows[:, :used]
    larger.values[:, :used] = log.values[:, :used]
    np.copyto(larger.count, log.count)
    return larger
