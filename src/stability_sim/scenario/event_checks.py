"""Checks of the events of a document: dates, conditions, and what each kind of event needs."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from typing import Any

from stability_sim.scenario.document import MEMBERS, Document, members, number, section, words
from stability_sim.scenario.events import (
    MEMBERS_SETTABLE,
    SETTABLE,
    StanceChange,
    SupportChange,
    TriggerError,
    event_kind,
    month_index,
    month_labels,
    parse_trigger,
)
from stability_sim.scenario.problems import Finding, Hint, Loc, meant, quoted
from stability_sim.scenario.quantity import PERSONS, Within, bounds_of
from stability_sim.scenario.references import Names, seat
from stability_sim.scenario.resolve import parse_way

_MONTH = re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])")
_SILENT = frozenset(("on", "when", "repeats", "note", "source", "stance", "to"))


def months_of(document: Document) -> int | None:
    """Return the number of months of a document, or None while it is ill-formed."""
    months = document.get("months", 36)
    return months if type(months) is int and 1 <= months <= 1200 else None


def _span(document: Document) -> tuple[str, int] | None:
    """Return the first month and the number of months, or None while they are ill-formed."""
    start, months = document.get("start"), months_of(document)
    return (start, months) if isinstance(start, str) and _MONTH.fullmatch(start) and months else None


def _date(loc: Loc, date: Any, span: tuple[str, int] | None) -> Iterator[Finding]:  # noqa: ANN401
    if not isinstance(date, str) or not _MONTH.fullmatch(date[:7]):
        return
    day = re.fullmatch(r"-([0-3][0-9])", date[7:])
    longest = calendar.monthrange(int(date[:4]), int(date[5:7]))[1]
    if day and not 1 <= int(day[1]) <= longest:
        yield Finding(loc, f"{date} is no day of the calendar: that month has {longest} days")
    if span and month_index(date, span[0]) < 0:
        yield Finding(loc, f"{date} is before the first month, {span[0]}")
    if span and month_index(date, span[0]) >= span[1]:
        yield Finding(loc, f"{date} is after the last month, {month_labels(*span)[-1]}")


def _summit(loc: Loc, event: dict[str, Any]) -> Iterator[Finding]:
    sitting = [word for _, word in words(event.get("parties"))]
    for k, code in words(event.get("absent")):
        if code in sitting:
            yield Finding((*loc, "absent", k), f"{code} cannot both sit in and stay away")
    for k, name in words(event.get("vetoes")):
        if name not in sitting:
            yield Finding((*loc, "vetoes", k), f"{name} has a veto but does not sit in", meant(name, sitting))
    for _, name in words(section(event, "rank")):
        if name not in sitting:
            yield Finding((*loc, "rank", name), f"{name} has a rank but does not sit in", meant(name, sitting), "key")


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


def bounds_of_setting(path: str) -> Within | None:
    """Return the bounds of what an event sets at a path, or None if it cannot set that."""
    steps = path.split(".")
    if len(steps) == 4 and steps[0] == "groups" and steps[2] in MEMBERS_SETTABLE:
        return PERSONS
    settable = len(steps) == 3 and steps[2] in SETTABLE.get(steps[0], ())
    return bounds_of(MEMBERS[steps[0]].model_fields[steps[2]]) if settable else None


def _settings(loc: Loc, paths: dict[str, Any]) -> Iterator[Finding]:
    for path, value in paths.items():
        at: Loc = (*loc, "set", path)
        steps = str(path).split(".")
        fields = SETTABLE.get(steps[0], ())
        if len(steps) == 4 and steps[0] == "groups" and steps[2] in MEMBERS_SETTABLE:
            amount = number(value)
            if amount is not None and (error := PERSONS.outside(amount)):
                yield Finding(at, f"{error}, the bounds of {steps[2]}")
        elif len(steps) != 3 or not fields:
            hint: Hint = "write it as states.AFG.capacity" if fields else meant(steps[0], SETTABLE)
            yield Finding(at, f"an event can set states, groups, borders and corridors, not {quoted(path)}", hint, "key")
        elif steps[2] not in fields:
            if steps[0] == "groups" and steps[2] in MEMBERS_SETTABLE:
                yield Finding(at, f"{steps[2]} are set by state", f"write it as groups.{steps[1]}.{steps[2]}.AFG", "key")
                continue
            hint = meant(steps[2], fields, f"it can set {', '.join(fields)}")
            yield Finding(at, f"an event cannot set {quoted(steps[2])} of {steps[0]}", hint, "key")
        else:
            bounds, amount = bounds_of_setting(path), number(value)
            if bounds and amount is not None and (error := bounds.outside(amount)):
                yield Finding(at, f"{error}, the bounds of {steps[2]}")


def _stance(loc: Loc, event: dict[str, Any]) -> Iterator[Finding]:
    if set(event) <= _SILENT:
        fields = [name for name in StanceChange.model_fields if name not in _SILENT]
        yield Finding(loc, f"this event changes nothing of the stance: name one of {', '.join(fields)}")


def _support(loc: Loc, event: dict[str, Any]) -> Iterator[Finding]:
    changes = [name for name in SupportChange.model_fields if name not in (*_SILENT, "support")]
    if not any(name in event for name in changes):
        yield Finding(loc, f"this event changes nothing of the support: name one of {', '.join(changes)}")
    if event.get("support") == event.get("to"):
        yield Finding((*loc, "to"), f"{event['to']} cannot support itself")


def _attack(loc: Loc, event: dict[str, Any], document: Document) -> Iterator[Finding]:
    attacker, target = event.get("attack"), event.get("on_state")
    if isinstance(target, str) and seat(document, attacker) == target:
        yield Finding((*loc, "on_state"), f"{attacker} attacks from {target} itself: an outbreak says that")


def _deploy(loc: Loc, event: dict[str, Any]) -> Iterator[Finding]:
    if isinstance(event.get("to"), str) and event["to"] == event.get("deploy"):
        yield Finding((*loc, "to"), f"{event['to']} cannot deploy to itself")


def displaced(loc: Loc, event: dict[str, Any], document: Document) -> Iterator[Finding]:
    """Yield that more people leave a state than live there."""
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
        case "support":
            yield from _support(loc, event)
        case "attack":
            yield from _attack(loc, event, document)
        case "deploy":
            yield from _deploy(loc, event)
        case "displacement":
            yield from displaced(loc, event, document)


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
