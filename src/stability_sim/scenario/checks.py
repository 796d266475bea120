"""Checks of a whole document: references, events, observations, borders, groups and parameters."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from stability_sim.scenario.document import MEMBERS, Document, members, number, section, words
from stability_sim.scenario.events import (
    SETTABLE,
    StanceChange,
    TriggerError,
    event_kind,
    month_index,
    month_labels,
    parse_trigger,
)
from stability_sim.scenario.observed import MeasureError, Observation, misfit, parse_measure
from stability_sim.scenario.parameters import PARAMETERS, outside_range
from stability_sim.scenario.problems import Finding, Hint, Loc, meant, quoted
from stability_sim.scenario.quantity import Within, bounds_of
from stability_sim.scenario.references import Kind, Names, Reference, references, seat
from stability_sim.scenario.resolve import Atlas, atlas_of, land_borders, parse_way
from stability_sim.scenario.schema import RULES_SET

_MONTH = re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])")
_SILENT = frozenset(("on", "when", "repeats", "note", "source", "stance", "to"))


def _months(document: Document) -> int | None:
    months = document.get("months", 36)
    return months if type(months) is int and 1 <= months <= 1200 else None


def _span(document: Document) -> tuple[str, int] | None:
    """Return the first month and the number of months, or None while they are ill-formed."""
    start, months = document.get("start"), _months(document)
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
    settable = len(steps) == 3 and steps[2] in SETTABLE.get(steps[0], ())
    return bounds_of(MEMBERS[steps[0]].model_fields[steps[2]]) if settable else None


def _settings(loc: Loc, paths: dict[str, Any]) -> Iterator[Finding]:
    for path, value in paths.items():
        at: Loc = (*loc, "set", path)
        steps = str(path).split(".")
        fields = SETTABLE.get(steps[0], ())
        if len(steps) != 3 or not fields:
            hint: Hint = "write it as states.AFG.capacity" if fields else meant(steps[0], SETTABLE)
            yield Finding(at, f"an event can set states, groups, borders and corridors, not {quoted(path)}", hint, "key")
        elif steps[2] not in fields:
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


def _well_formed(observation: dict[str, Any]) -> bool:
    try:
        Observation.model_validate(observation)
    except ValidationError:  # reported where pydantic finds it
        return False
    return True


def check_observed(document: Document, _: Names) -> Iterator[Finding]:
    """Yield what is wrong with measures and their months, apart from names that do not exist."""
    months = _months(document)
    for loc, observation in members(document, "observed"):
        if not isinstance(observation.get("measure"), str):
            continue
        try:
            parse_measure(observation["measure"])
        except MeasureError as error:
            yield Finding((*loc, "measure"), str(error), error.hint)
            continue
        key, message = misfit(observation, months) if months and _well_formed(observation) else ("", "")
        if key:
            yield Finding((*loc, key), message)


def drop_unreachable_observations(document: Document) -> None:
    """Drop observations that a run of other months cannot be held against."""
    months = _months(document)
    observed = document.get("observed")
    if months is None or not isinstance(observed, list):
        return
    readable = [k for k, observation in enumerate(observed) if isinstance(observation, dict) and _well_formed(observation)]
    document["observed"] = [
        observation for k, observation in enumerate(observed) if k not in readable or not misfit(observation, months)[0]
    ]


BASE = "base"  # what a scenario is called when no variant is chosen
_MISSING: dict[Kind, str] = {
    "state": "no state is called {0}",
    "group": "no group is called {0}",
    "alliance": "no alliance is called {0}",
    "border": "no border of this scenario is {0}",
    "corridor": "no corridor of this scenario is {0}",
    "way": "no border or corridor leads from {1} to {2}",
    "pact": "{1} and {2} share no alliance, so no forces go from one to the other",
}


def document_atlas(document: Document) -> Atlas | None:
    """Return the atlas from which a document takes its borders, or None."""
    settings = section(document, "map")
    if settings.get("neighbours", "geography") != "geography":
        return None
    projection = settings.get("projection", "lambert")
    if projection not in ("lambert", "equal-earth"):
        return None
    shapes = settings.get("shapes")
    if shapes is None:
        return atlas_of(projection, None)
    from stability_sim.geography import BadShape, from_wkt

    try:
        for text in shapes.values():
            from_wkt(text)
        return atlas_of(projection, shapes)
    except (AttributeError, TypeError, BadShape):  # reported where it stands
        return None


def names_of(document: Document, atlas: Atlas | None) -> Names:
    """Return what a document declares, and the borders that the map adds."""
    land = land_borders(atlas, list(section(document, "states"))) if atlas else {}
    return Names(document, frozenset(land))


def _unknown(reference: Reference, names: Names) -> Finding:
    way = parse_way(reference.name)
    ends = (way.source, way.target) if way else ("", "")
    message = " and ".join(_MISSING[kind].format(quoted(reference.name), *ends) for kind in reference.kinds)
    hint: Hint = ""
    if reference.kinds not in (("way",), ("pact",)):
        hint = meant(reference.name, names.of_kinds(reference.kinds))
    return Finding(reference.loc, message, hint, reference.on)


def _references(document: Document, names: Names) -> Iterator[Finding]:
    for reference in references(document):
        if not names.know(reference):
            yield _unknown(reference, names)


def _borders(document: Document, _: Names) -> Iterator[Finding]:
    seen: dict[tuple[frozenset[str], str], tuple[str, str]] = {}
    for name in ("borders", "corridors"):
        for key in section(document, name):
            way = parse_way(key)
            if way is None:
                continue
            if way.source == way.target:
                yield Finding((name, key), f"{way.source} has no border with itself", on="key")
                continue
            first = seen.setdefault((way.pair, key if way.one_way else ""), (name, key))
            other = "corridors" if name == "borders" else "borders"
            crossed = {place[0] for (pair, _), place in seen.items() if pair == way.pair} if other == "borders" else set()
            if other in crossed:
                message = f"{key} is listed under borders, so it cannot be a corridor too"
                yield Finding((name, key), message, on="key")
            elif first != (name, key):
                yield Finding((name, key), f"this {name[:-1]} is given already, as {first[1]}", on="key")


def _groups(document: Document, _: Names) -> Iterator[Finding]:
    governed: dict[str, str] = {}
    states = section(document, "states")
    for loc, group in members(document, "groups"):
        name, state = str(loc[1]), group.get("governs")
        if name in states:
            yield Finding(loc, f"{quoted(name)} names a state already: parties of a summit could not be told apart", on="key")
        if isinstance(state, str):
            if state in governed:
                yield Finding((*loc, "governs"), f"{state} is governed by {governed[state]} already")
            governed.setdefault(state, name)
            if group.get("clandestine") is True:
                yield Finding((*loc, "clandestine"), f"{name} governs {state}, so it is not clandestine")
        yield from _men(loc, group, states)


def _men(loc: Loc, group: dict[str, Any], states: dict[str, Any]) -> Iterator[Finding]:
    """Yield the states in which a group is said to have more men than the state has inhabitants."""
    total: Counter[str] = Counter()
    for field in ("fighters", "cells"):
        for _, code in words(section(group, field)):
            total[code] += number(group[field][code]) or 0.0  # type: ignore[assignment]
            people = number(section(states, code).get("population", 10.0))
            if people is not None and total[code] > people * 1e6:
                message = f"{total[code]:g} members in {code}, which has {people:g} million inhabitants"
                yield Finding((*loc, field, code), message)


def check_people(document: Document) -> Iterator[Finding]:
    """Yield where a document has more members of a group, or more people who leave, than a state has inhabitants."""
    for loc, group in members(document, "groups"):
        yield from _men(loc, group, section(document, "states"))
    for loc, event in members(document, "events"):
        yield from displaced(loc, event, document)


def _alliances(document: Document, _: Names) -> Iterator[Finding]:
    for loc, alliance in members(document, "alliances"):
        bound = [word for _, word in words(alliance.get("members"))]
        lead = alliance.get("lead")
        if isinstance(lead, str) and lead not in bound:
            yield Finding((*loc, "lead"), f"the lead {quoted(lead)} is not a member of {loc[1]}", meant(lead, bound))
        for _, code in words(section(alliance, "reliability")):
            if code not in bound:
                path = (*loc, "reliability", code)
                yield Finding(path, f"{code} is not a member of {loc[1]}, so it has no reliability", on="key")


def _repeated(document: Document, _: Names) -> Iterator[Finding]:
    lists: list[tuple[Loc, Any]] = [(("map", name), section(document, "map").get(name)) for name in ("states", "focus")]
    lists += [((*loc, n), a.get(n)) for loc, a in members(document, "alliances") for n in ("members", "covers")]
    lists += [((*loc, n), e.get(n)) for loc, e in members(document, "events") for n in ("parties", "absent", "vetoes")]
    lists += [((*loc, "remove"), variant.get("remove")) for loc, variant in members(document, "variants")]
    for loc, entries in lists:
        seen: set[str] = set()
        for k, word in words(entries if isinstance(entries, list) else None):
            if word in seen:
                yield Finding((*loc, k), f"{quoted(word)} stands twice in this list")
            seen.add(word)


def _stances(document: Document, _: Names) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for loc, stance in members(document, "stances"):
        pair = (str(stance.get("of")), str(stance.get("to")))
        if pair in seen:
            yield Finding(loc, f"the stance of {pair[0]} to {pair[1]} is given already")
        seen.add(pair)


def _parameters(document: Document, _: Names) -> Iterator[Finding]:
    for name, setting in section(document, "parameters").items():
        loc: Loc = ("parameters", name)
        if name not in PARAMETERS:
            yield Finding(loc, f"no parameter is called {quoted(name)}", meant(name, PARAMETERS), "key")
            continue
        inner = setting.get("range") if isinstance(setting, dict) else None
        for value in (number(setting), *map(number, inner if isinstance(inner, list) else ())):
            if value is not None and (error := outside_range(name, value)):
                yield Finding(loc, error)


def _rules(document: Document, _: Names) -> Iterator[Finding]:
    for field, name in section(document, "rules").items():
        for parameter in RULES_SET.get((field, str(name)), {}):
            if parameter in section(document, "parameters"):
                message = f"the rule {field}: {name} sets {parameter}, and so does parameters: leave one of them out"
                yield Finding(("rules", field), message)


def _variants(document: Document, _: Names) -> Iterator[Finding]:
    if BASE in section(document, "variants"):
        yield Finding(("variants", BASE), f"{quoted(BASE)} is the scenario without a variant: choose another name", on="key")


def _on_the_map(document: Document, atlas: Atlas) -> Iterator[Finding]:
    states = list(section(document, "states"))
    land = land_borders(atlas, states)
    for code in states:
        if code not in atlas:
            own = "shapes" in section(document, "map")
            codes = "the id or properties.code of a feature of its file" if own else "a code of ISO 3166"
            message = f"{quoted(code)} is not on the map: use {codes}, or map.neighbours: listed"
            yield Finding(("states", code), message, on="key")
    for key in section(document, "borders"):
        way = parse_way(key)
        known = way is not None and way.source in atlas and way.target in atlas
        if way and known and way.source != way.target and way.pair <= set(states) and way.pair not in land:
            message = f"{way.source} and {way.target} share no land border on the map"
            yield Finding(("borders", key), message, "list it under corridors, or set map.neighbours: listed", "key")


RULES: tuple[Callable[[Document, Names], Iterator[Finding]], ...] = (
    _references, _borders, _groups, _alliances, _repeated, _stances, _parameters, _rules, _variants, check_events,
    check_observed,
)  # fmt: skip


def check(document: Document) -> list[Finding]:
    """Return what is wrong with a document as a whole, however ill-formed its parts are."""
    atlas = document_atlas(document)
    names = names_of(document, atlas)
    findings = [finding for rule in RULES for finding in rule(document, names)]
    return findings + (list(_on_the_map(document, atlas)) if atlas else [])
