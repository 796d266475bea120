"""Checks of a whole document: references, events, observations, borders, groups and parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from stability_sim.scenario.document import PAIRED, Document, members, number, section, words
from stability_sim.scenario.event_checks import check_events, displaced, months_of
from stability_sim.scenario.observed import MeasureError, Observation, misfit, parse_measure
from stability_sim.scenario.parameters import PARAMETERS, outside_range
from stability_sim.scenario.problems import Finding, Hint, Loc, meant, quoted
from stability_sim.scenario.references import Kind, Names, Reference, references
from stability_sim.scenario.resolve import Atlas, atlas_of, land_borders, parse_way
from stability_sim.scenario.rules import RULES_SET
from stability_sim.scenario.schema import MOST_UNNAMED


def _well_formed(observation: dict[str, Any]) -> bool:
    try:
        Observation.model_validate(observation)
    except ValidationError:  # reported where pydantic finds it
        return False
    return True


def check_observed(document: Document, _: Names) -> Iterator[Finding]:
    """Yield what is wrong with measures and their months, apart from names that do not exist."""
    months = months_of(document)
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
    months = months_of(document)
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


def _repeated_pairs(document: Document, _: Names) -> Iterator[Finding]:
    for name, keys in PAIRED.items():
        seen: Counter[tuple[str, ...]] = Counter()
        for loc, member in members(document, name):
            pair = tuple(str(member.get(key) or "") for key in keys)
            seen[pair] += 1
            if seen[pair] > (MOST_UNNAMED if name == "conflicts" and not pair[1] else 1):
                several = "one" if pair[1] else f"{MOST_UNNAMED}"
                yield Finding(loc, f"{name} have {several} of {pair[0]} and {pair[1] or 'rebels without a name'} already")


def _sides(document: Document, _: Names) -> Iterator[Finding]:
    groups = section(document, "groups")
    for loc, conflict in members(document, "conflicts"):
        state, group = conflict.get("state"), groups.get(str(conflict.get("group")))
        if state is not None and isinstance(group, dict) and group.get("governs") == state:
            yield Finding((*loc, "group"), f"{conflict['group']} governs {state}: it cannot fight its own government")
        if conflict.get("fought", True) is True and (
            conflict.get("ended") is not None or (number(conflict.get("since")) or 0) > 0
        ):
            key = "ended" if conflict.get("ended") is not None else "since"
            yield Finding((*loc, key), "a conflict that is fought has not ended: write fought: false", on="key")
    for loc, support in members(document, "supports"):
        if support.get("of") is not None and support.get("of") == support.get("to"):
            yield Finding((*loc, "to"), f"{support['of']} cannot support itself")


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
    _references, _borders, _groups, _alliances, _repeated, _repeated_pairs, _sides, _parameters, _rules, _variants, check_events,
    check_observed,
)  # fmt: skip


def check(document: Document) -> list[Finding]:
    """Return what is wrong with a document as a whole, however ill-formed its parts are."""
    atlas = document_atlas(document)
    names = names_of(document, atlas)
    findings = [finding for rule in RULES for finding in rule(document, names)]
    return findings + (list(_on_the_map(document, atlas)) if atlas else [])
