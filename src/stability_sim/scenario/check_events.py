"""Do the events of a document make sense: dates within the run, conditions that can be read, parties that differ."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from typing import Any

from stability_sim.scenario.borders import parse_way
from stability_sim.scenario.document import MEMBERS, Document, members, number, section, words
from stability_sim.scenario.events import SETTABLE, StanceChange, event_kind
from stability_sim.scenario.problems import Finding, Loc, closest, quoted
from stability_sim.scenario.quantity import bounds_of
from stability_sim.scenario.references import Names, seat
from stability_sim.scenario.triggers import TriggerError, parse_trigger
from stability_sim.units import month_index, month_labels

_MONTH = re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])")
_SILENT = frozenset(("on", "when", "repeats", "note", "source", "stance", "to"))


def _span(document: Document) -> tuple[str, int] | None:
    """Return the first month and the number of months, or None while they are ill-formed."""
    start, months = document.get("start"), document.get("months", 36)
    if isinstance(start, str) and _MONTH.fullmatch(start) and type(months) is int and 1 <= months <= 1200:
        return start, months
    return None


def _date(loc: Loc, given: Any, span: tuple[str, int] | None) -> Iterator[Finding]:  # noqa: ANN401
    if not isinstance(given, str) or not _MONTH.fullmatch(given[:7]):
        return
    day = re.fullmatch(r"-([0-3][0-9])", given[7:])
    longest = calendar.monthrange(int(given[:4]), int(given[5:7]))[1]
    if day and not 1 <= int(day[1]) <= longest:
        yield Finding(loc, f"{given} is no day of the calendar: that month has {longest} days")
    if span and month_index(given, span[0]) < 0:
        yield Finding(loc, f"{given} is before the first month, {span[0]}")
    if span and month_index(given, span[0]) >= span[1]:
        yield Finding(loc, f"{given} is after the last month, {month_labels(*span)[-1]}")


def _summit(loc: Loc, event: dict[str, Any]) -> Iterator[Finding]:
    sitting = [word for _, word in words(event.get("parties"))]
    for k, code in words(event.get("absent")):
        if code in sitting:
            yield Finding((*loc, "absent", k), f"{code} cannot both sit in and stay away")
    for k, name in words(event.get("vetoes")):
        if name not in sitting:
            yield Finding((*loc, "vetoes", k), f"{name} has a veto but does not sit in", closest(name, sitting))
    for _, name in words(section(event, "rank")):
        if name not in sitting:
            yield Finding((*loc, "rank", name), f"{name} has a rank but does not sit in", closest(name, sitting), "key")


def _drill(loc: Loc, event: dict[str, Any], document: Document) -> Iterator[Finding]:
    alliance = section(section(document, "alliances"), str(event.get("drill")))
    bound = {word for _, word in words(alliance.get("members"))}
    place = event.get("at")
    if not isinstance(place, str) or not bound:
        return
    way = parse_way(place)
    states = section(document, "states")
    if not (way.pair & bound if way else place in bound or place not in states):
        yield Finding((*loc, "at"), f"{place} is neither a member of {event['drill']} nor a border of one")


def _settings(loc: Loc, paths: dict[str, Any]) -> Iterator[Finding]:
    for path, value in paths.items():
        at: Loc = (*loc, "set", path)
        steps = str(path).split(".")
        fields = SETTABLE.get(steps[0], ())
        if len(steps) != 3 or not fields:
            hint = closest(steps[0], SETTABLE) if not fields else "write it as states.AFG.capacity"
            yield Finding(at, f"an event can set states, groups, borders and corridors, not {quoted(path)}", hint, "key")
        elif steps[2] not in fields:
            hint = closest(steps[2], fields) or f"it can set {', '.join(fields)}"
            yield Finding(at, f"an event cannot set {quoted(steps[2])} of {steps[0]}", hint, "key")
        else:
            bounds = bounds_of(MEMBERS[steps[0]].model_fields[steps[2]])
            given = number(value)
            if bounds and given is not None and not bounds.low <= given <= bounds.high:
                yield Finding(at, f"{given:g} is outside {bounds.low:g} to {bounds.high:g}, the bounds of {steps[2]}")


def _stance(loc: Loc, event: dict[str, Any]) -> Iterator[Finding]:
    if set(event) <= _SILENT:
        fields = [name for name in StanceChange.model_fields if name not in _SILENT]
        yield Finding(loc, f"this event changes nothing of the stance: name one of {', '.join(fields)}")


def _attack(loc: Loc, event: dict[str, Any], document: Document) -> Iterator[Finding]:
    attacker, target = event.get("attack"), event.get("on_state")
    if isinstance(target, str) and seat(document, attacker) == target:
        yield Finding((*loc, "on_state"), f"{attacker} attacks from {target} itself: an outbreak says that")


def _deploy(loc: Loc, event: dict[str, Any]) -> Iterator[Finding]:
    if isinstance(event.get("to"), str) and event["to"] == event.get("deploy"):
        yield Finding((*loc, "to"), f"{event['to']} cannot deploy to itself")


def _displacement(loc: Loc, event: dict[str, Any], document: Document) -> Iterator[Finding]:
    state = section(section(document, "states"), str(event.get("displacement")))
    people, living = number(event.get("people")), number(state.get("population", 10.0))
    if state and people is not None and living is not None and people > living * 1e6:
        yield Finding((*loc, "people"), f"{people:g} leave {event['displacement']}, where {living:g} million live")


def _of_its_kind(loc: Loc, event: dict[str, Any], document: Document) -> Iterator[Finding]:
    match event_kind(event):
        case "summit":
            yield from _summit(loc, event)
        case "drill":
            yield from _drill(loc, event, document)
        case "set":
            yield from _settings(loc, section(event, "set"))
        case "stance":
            yield from _stance(loc, event)
        case "attack":
            yield from _attack(loc, event, document)
        case "deploy":
            yield from _deploy(loc, event)
        case "displacement":
            yield from _displacement(loc, event, document)


def check_events(document: Document, _: Names) -> Iterator[Finding]:
    """Yield what is wrong with the events of a document, apart from names that do not exist."""
    span = _span(document)
    for loc, event in members(document, "events"):
        yield from _date((*loc, "on"), event.get("on"), span)
        if isinstance(event.get("when"), str):
            try:
                parse_trigger(event["when"])
            except TriggerError as error:
                yield Finding((*loc, "when"), str(error), error.hint)
        if event.get("repeats") is True and "on" in event:
            yield Finding((*loc, "repeats"), "an event with a date happens once: only one with 'when' can repeat")
        yield from _of_its_kind(loc, event, document)
