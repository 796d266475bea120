"""Events of the file as rows of operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from stability_sim.kernels.randomness import entity_id
from stability_sim.scenario import Condition, Scenario, parse_trigger
from stability_sim.scenario import events as file_events
from stability_sim.scenario.events import SETTABLE, month_index
from stability_sim.world import vocabulary as v

USUAL_RANK = 0.6


class Row(NamedTuple):
    """One operation: what, on whom, how much; of a summit the ties at which a listing matters, and the seats of groups."""

    operation: int
    a: int = 0
    b: int = 0
    c: int = 0
    value: float = 0.0
    parties: tuple[int, ...] = ()
    d: int = 0
    seats: tuple[int, ...] = ()


class Directory(NamedTuple):
    """Names to indices."""

    states: dict[str, int]
    groups: dict[str, int]
    dyads: dict[tuple[str, str], int]
    borders: dict[tuple[str, str], int]
    ties: dict[tuple[str, str], int]
    pacts: dict[tuple[str, str, str], int]
    supports: dict[tuple[str, str], int]
    alliances: dict[str, int]

    def both_ways(self, key: str) -> list[int]:
        """Return the dyads that a border key of the file names: two for ``A-B``, one for ``A>B``."""
        if ">" in key:
            source, target = key.split(">")
            return [self.dyads[source, target]]
        a, b = key.split("-")
        return [self.dyads[a, b], self.dyads[b, a]]

    def border(self, key: str) -> int:
        """Return the border that a key names, in either order."""
        a, b = key.replace(">", "-").split("-")
        return self.borders[(a, b) if (a, b) in self.borders else (b, a)]


def _summit(event: file_events.Summit, at: Directory) -> Iterator[Row]:
    ranks = [event.rank[party].value if party in event.rank else USUAL_RANK for party in event.parties]
    ties = [at.ties[group, state] for state in event.parties for group in event.parties if (group, state) in at.ties]
    seats = tuple(at.ties[party, event.about] for party in event.parties if (party, event.about) in at.ties)
    host, about = at.states[event.host], at.states[event.about]
    yield Row(v.OP_SUMMIT, host, about, len(event.absent), min(ranks), tuple(ties), len(event.vetoes), seats)


def _drill(event: file_events.Drill, at: Directory) -> Iterator[Row]:
    ends = [at.states[code] for code in event.at.replace(">", "-").split("-")]
    yield Row(v.OP_DRILL, at.alliances[event.drill], ends[0], ends[-1], event.size.value)


def _stance(event: file_events.StanceChange, at: Directory) -> Iterator[Row]:
    tie = at.ties[event.to, event.stance]
    for operation, setting in (
        (v.OP_ENGAGE, event.engage),
        (v.OP_RECOGNISE, event.recognise),
        (v.OP_LISTED, event.listed),
        (v.OP_EMBASSY, event.embassy),
    ):
        if setting is not None:
            yield Row(operation, tie, value=float(setting))
    for operation, quantity in ((v.OP_SANCTION, event.sanction), (v.OP_AID, event.aid)):
        if quantity is not None:
            yield Row(operation, tie, value=quantity.value)


def _setting(event: file_events.Setting, at: Directory) -> Iterator[Row]:
    for path, quantity in event.set.items():
        section, _, target = path.partition(".")
        key, _, name = target.rpartition(".")
        if section == "groups" and key.count("."):  # members of a group in a state
            group, _, which = key.partition(".")
            yield Row(v.OP_SET_MEMBERS, at.ties[group, name], c=v.MEMBERS.index(which), value=quantity.value)
            continue
        code = SETTABLE[section].index(name)
        if section == "states":
            yield Row(v.OP_SET_STATE, at.states[key], c=code, value=quantity.value)
        elif section == "groups":
            yield Row(v.OP_SET_GROUP, at.groups[key], c=code, value=quantity.value)
        else:
            for d in at.both_ways(key):
                yield Row(v.OP_SET_DYAD, d, c=code, value=quantity.value)


def _attack(event: file_events.Attack, scenario: Scenario, at: Directory) -> Iterator[Row]:
    attacker = event.attack
    if attacker in scenario.groups:
        group = scenario.groups[attacker]
        attacker = group.governs or group.home
    yield Row(v.OP_ATTACK, at.dyads[attacker, event.on_state])


def _deployment(event: file_events.Deployment, at: Directory) -> Iterator[Row]:
    pact = next(c for (_, helper, ally), c in at.pacts.items() if (helper, ally) == (event.deploy, event.to))
    yield Row(v.OP_DEPLOY, pact, round(event.months.value), value=event.forces.value)


def _withdrawal(event: file_events.Withdrawal, at: Directory) -> Iterator[Row]:
    pair = (event.withdraw, event.support_to)
    if pair in at.supports:
        yield Row(v.OP_WITHDRAW_SUPPORT, at.supports[pair], value=event.share.value)
    elif event.support_to in at.states:
        yield Row(v.OP_WITHDRAW_STATE, at.states[event.support_to], value=event.share.value)
    else:
        yield Row(v.OP_WITHDRAW_GROUP, at.groups[event.support_to], value=event.share.value)


def _support(event: file_events.SupportChange, at: Directory) -> Iterator[Row]:
    for code, name in enumerate(v.SUPPORTS):
        if (quantity := getattr(event, name)) is not None:
            yield Row(v.OP_SUPPORT, at.supports[event.support, event.to], c=code, value=quantity.value)


def _rows(event: file_events.Happening, scenario: Scenario, at: Directory) -> Iterator[Row]:
    """Return the operations of one event."""
    match event:
        case file_events.Summit():
            return _summit(event, at)
        case file_events.StanceChange():
            return _stance(event, at)
        case file_events.Setting():
            return _setting(event, at)
        case file_events.Attack():
            return _attack(event, scenario, at)
        case file_events.Deployment():
            return _deployment(event, at)
        case file_events.SupportChange():
            return _support(event, at)
        case file_events.Withdrawal():
            return _withdrawal(event, at)
        case file_events.Drill():
            return _drill(event, at)
        case file_events.Displacement():
            return iter([Row(v.OP_DISPLACEMENT, at.states[event.displacement], value=event.people.value)])
        case file_events.Outbreak():
            return iter([Row(v.OP_OUTBREAK, at.states[event.outbreak], value=event.deaths_per_year.value)])
        case file_events.Peace():
            return iter([Row(v.OP_PEACE, at.states[event.peace])])
    raise TypeError(f"no operation for the event {event!r}")


def _condition(condition: Condition, at: Directory) -> tuple[int, int, int, int, float, int]:
    metric = v.METRICS.index(condition.metric)
    arguments = condition.arguments
    a = b = 0
    if metric == v.IS_INCIDENTS:
        a = at.border(arguments[0])
    elif metric == v.IS_CELLS:
        a = at.ties.get((arguments[0], arguments[1]), -1)  # out of reach: it never has cells there
    elif metric == v.IS_CROSSINGS:
        a = at.groups[arguments[0]]
    elif arguments:
        a = at.states[arguments[0]]
    window = condition.window_months or 1
    return metric, a, b, v.COMPARISONS.index(condition.comparison), condition.threshold, window


def _identity(event: file_events.Happening, number: int) -> str:
    kind = file_events.event_kind(event)
    name = getattr(event, kind or "", "")
    return f"{kind}:{name}@{event.on or event.when}#{number}"


def compile_events(
    scenario: Scenario,
    states: list[str],
    groups: list[str],
    dyads: list[tuple[str, str]],
    borders: list[tuple[str, str]],
    ties: list[tuple[str, str]],
    pacts: list[tuple[str, str, str]],
    supports: list[tuple[str, str]],
) -> dict[str, object]:
    """Return the columns of the frame that describe events and their conditions."""
    at = Directory(  # type: ignore[call-arg]
        *({name: k for k, name in enumerate(names)} for names in (states, groups, dyads, borders, ties, pacts, supports)),  # type: ignore[arg-type]
        {name: k for k, name in enumerate(scenario.alliances)},
    )
    months: list[int] = []
    triggers: list[int] = []
    rows: list[Row] = []
    ids: list[int] = []
    repeats: list[bool] = []
    conditions: list[list[tuple[int, int, int, int, float, int]]] = []
    occurrences: dict[str, int] = {}
    for event in scenario.events:
        key = _identity(event, 0)
        occurrences[key] = occurrences.get(key, -1) + 1
        number = v.NO_TRIGGER
        if event.when is not None:
            number = len(conditions)
            conditions.append([_condition(c, at) for c in parse_trigger(event.when)])
        for k, row in enumerate(_rows(event, scenario, at)):
            rows.append(row)
            ids.append(entity_id(f"event:{_identity(event, occurrences[key])}:{k}"))
            months.append(month_index(event.on, scenario.start) if event.on else -1)
            triggers.append(number if k == 0 or number == v.NO_TRIGGER else v.SAME_AS_BEFORE)
            repeats.append(event.repeats)
    flat = [condition for group in conditions for condition in group]
    return _columns(rows, ids, months, triggers, repeats) | _conditions(flat, [len(c) for c in conditions])


def _columns(rows: list[Row], ids: list[int], months: list[int], triggers: list[int], repeats: list[bool]) -> dict[str, object]:
    return {
        "event_id": np.array(ids, dtype=np.uint64),
        "event_month": np.array(months, dtype=np.int64),
        "event_trigger": np.array(triggers, dtype=np.int64),
        "event_repeats": np.array(repeats, dtype=np.int8),
        "event_operation": np.array([row.operation for row in rows], dtype=np.int64),
        "event_a": np.array([row.a for row in rows], dtype=np.int64),
        "event_b": np.array([row.b for row in rows], dtype=np.int64),
        "event_c": np.array([row.c for row in rows], dtype=np.int64),
        "event_d": np.array([row.d for row in rows], dtype=np.int64),
        "event_value": np.array([row.value for row in rows], dtype=np.float64),
        "party_start": np.cumsum([0, *(len(row.parties) for row in rows)], dtype=np.int64),
        "party_ties": np.array([tie for row in rows for tie in row.parties], dtype=np.int64),
        "seat_start": np.cumsum([0, *(len(row.seats) for row in rows)], dtype=np.int64),
        "seat_ties": np.array([tie for row in rows for tie in row.seats], dtype=np.int64),
    }


def _conditions(flat: list[tuple[int, int, int, int, float, int]], sizes: list[int]) -> dict[str, object]:
    names = ("metric", "a", "b", "comparison", "threshold", "window")
    columns: dict[str, object] = {"condition_start": np.cumsum([0, *sizes], dtype=np.int64)}
    for k, name in enumerate(names):
        kind = np.float64 if name == "threshold" else np.int64
        columns[f"condition_{name}"] = np.array([condition[k] for condition in flat], dtype=kind)
    return columns
