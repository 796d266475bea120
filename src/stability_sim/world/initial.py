"""From a resolved scenario to the first moment of a world."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from stability_sim.scenario import Scenario, parameters_of
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.world.entities import Names, build_frame, name_entities
from stability_sim.world.fields import SHARED, Frame, Log, World, as_numbers

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
        return {name: {key: number.value for key, number in given.items()} for name, given in self.scenario.mechanisms.items()}


def _states(scenario: Scenario) -> dict[str, list[Any]]:
    states = list(scenario.states.values())

    def column(name: str) -> list[float]:
        return [getattr(state, name).value for state in states]

    drifting = {
        f"{name}{suffix}": column(name)
        for name in ("capacity", "legitimacy", "hardship", "prestige")
        for suffix in ("", "_level")
    }
    return drifting | {
        "forces": column("forces"),
        "state_support": column("external_support"),
        "screening": column("screening"),
        "managed_refugees": column("managed_refugees"),
        "peacekeeping": column("peacekeeping"),
        "state_export_aim": column("export_aim"),
        "in_conflict": [s.in_conflict for s in states],
        "log_deaths": [math.log(max(s.deaths_per_year.value, FEWEST_DEATHS)) for s in states],
        "conflict_age": [round(s.conflict_age.value) if s.in_conflict else 0 for s in states],
        "since_conflict": [0 if s.in_conflict else round(s.since_conflict.value) for s in states],
        "talks_left": [0] * len(states),
        "mediated": [0] * len(states),
        "rebels": [_rebels(scenario, code) for code in scenario.states],
        "governed_by": [_governing(scenario, code) for code in scenario.states],
    }


def _governing(scenario: Scenario, code: str) -> int:
    return next((g for g, group in enumerate(scenario.groups.values()) if group.governs == code), -1)


def _rebels(scenario: Scenario, code: str) -> int:
    """Return the strongest group at home in a state in conflict that does not govern it, or -1."""
    if not scenario.states[code].in_conflict:
        return -1
    at_home = [
        (group.fighters[code].value if code in group.fighters else 0.0, -g)
        for g, group in enumerate(scenario.groups.values())
        if group.home == code and group.governs != code
    ]
    return -max(at_home)[1] if at_home else -1


def _dyads(names: Names) -> dict[str, list[float]]:
    numbers = [names.dyad_numbers[pair] for pair in names.dyads]
    return {
        "guard": [x.guard for x in numbers],
        "guard_level": [x.guard for x in numbers],
        "openness": [x.openness for x in numbers],
        "hostility": [x.hostility for x in numbers],
        "hostility_level": [x.hostility for x in numbers],
        "refugees": [x.refugees for x in numbers],
        "by_crossing": [0.0] * len(numbers),
        "by_refugees": [0.0] * len(numbers),
    }


def _groups(scenario: Scenario, names: Names) -> dict[str, list[Any]]:
    order = {code: i for i, code in enumerate(names.states)}
    groups = list(scenario.groups.values())
    stances = {(stance.to, stance.of): stance for stance in scenario.stances}
    ties = [(scenario.groups[name], code, stances.get((name, code))) for name, code in names.ties]
    return {
        "group_export_aim": [g.export_aim.value for g in groups],
        "control": [g.control.value for g in groups],
        "stake": [g.stake.value for g in groups],
        "credibility": [g.credibility.value for g in groups],
        "group_support": [g.external_support.value for g in groups],
        "governs": [order[g.governs] if g.governs else -1 for g in groups],
        "fighters": [g.fighters[code].value if code in g.fighters else 0.0 for g, code, _ in ties],
        "cells": [g.cells[code].value if code in g.cells else 0.0 for g, code, _ in ties],
        "threat": [0.0] * len(ties),
        "engage": [bool(s and s.engage) for _, _, s in ties],
        "recognise": [bool(s and s.recognise) for _, _, s in ties],
        "listed": [bool(s and s.listed) for _, _, s in ties],
        "embassy": [bool(s and s.embassy) for _, _, s in ties],
        "sanction": [s.sanction.value if s else 0.0 for _, _, s in ties],
        "aid": [s.aid.value if s else 0.0 for _, _, s in ties],
    }


def _alliances(scenario: Scenario, names: Names, p: dict[str, float]) -> dict[str, list[float]]:
    expected = []
    for name, code in names.members:
        given = scenario.alliances[name].reliability.get(code)
        share = given.value if given else p["honour_rate"]
        expected.append(min(max(share, 0.01), 0.99))  # a member of whom all is certain would leave nothing to learn
    weight = p["honour_weight"]
    n_pacts = len(names.pacts)
    return {
        "honoured": [weight * share for share in expected],
        "abandoned": [weight * (1.0 - share) for share in expected],
        "drill": [0.0] * len(names.members),
        "deployed": [0.0] * n_pacts,
        "deploy_wait": [0] * n_pacts,
        "deploy_left": [0] * n_pacts,
    }


_INTEGERS = {"conflict_age", "since_conflict", "talks_left", "rebels", "governed_by", "governs", "deploy_wait", "deploy_left"}
_FLAGS = {"in_conflict", "mediated", "engage", "recognise", "listed", "embassy", "fired"}


def _kind(name: str) -> type:
    if name in _INTEGERS:
        return np.int64
    return np.int8 if name in _FLAGS else np.float64


def begin(scenario: Scenario) -> Beginning:
    """Return names, frame, parameters and the first world, of one replicate, of a resolved scenario."""
    p = {name: spec.value for name, spec in PARAMETERS.items()}
    p |= {name: quantity.value for name, quantity in scenario.parameters.items()}
    p |= parameters_of(scenario.rules)
    names = name_entities(scenario)
    frame = build_frame(scenario, names, p)
    columns: dict[str, Any] = {}
    columns |= _states(scenario)
    columns |= _dyads(names)
    columns |= _groups(scenario, names)
    columns |= _alliances(scenario, names, p)
    columns["fired"] = [0] * len(frame.event_operation)
    longest = int(frame.condition_window.max()) if len(frame.condition_window) else 1
    arrays = {name: np.array([columns[name]], dtype=_kind(name)) for name in columns}  # type: ignore[var-annotated]
    arrays["history"] = np.zeros((1, len(frame.condition_metric), longest))
    return Beginning(scenario, names, frame, as_numbers(p), World(**arrays))


def repeat(world: World, n_replicates: int) -> World:
    """Return a world of ``n_replicates`` equal copies of a world of one."""
    return World(*(np.repeat(values, n_replicates, axis=0) for values in world))  # type: ignore[arg-type]


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
    places = 4 * len(frame.state_id) + len(frame.dyad_id) + len(frame.group_id)
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
