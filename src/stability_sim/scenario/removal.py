"""What goes with a thing that is removed: all that refers to it, and what then refers to that."""

from __future__ import annotations

import re
from typing import Any

from stability_sim.scenario.document import Document, members, section
from stability_sim.scenario.events import event_kind
from stability_sim.scenario.paths import PathError, locate, take
from stability_sim.scenario.problems import Finding, Loc
from stability_sim.scenario.references import Names, references


def _places_last(loc: Loc) -> tuple[Any, ...]:
    """Order places so that those in lists are taken from the end, which leaves the others where they are."""
    return tuple((1, step, "") if isinstance(step, int) else (0, 0, step) for step in loc)


def take_all(document: Document, places: set[Loc]) -> None:
    """Remove several places of a document; one inside another goes with it."""
    outer = {loc for loc in places if not any(loc[:k] in places for k in range(1, len(loc)))}
    for loc in sorted(outer, key=_places_last, reverse=True):
        take(document, loc)


def _hollow(document: Document) -> set[Loc]:
    """Return what has lost too much to go on: alliances of one, meetings of nobody, settings of nothing."""
    gone = {loc for loc, alliance in members(document, "alliances") if len(alliance.get("members", [])) < 2}
    for loc, event in members(document, "events"):
        kind = event_kind(event)
        if (kind == "summit" and not event.get("parties")) or (kind == "set" and not event.get("set")):
            gone.add(loc)
    return gone


def _dangling(document: Document) -> set[Loc]:
    names = Names(document)
    gone = {reference.goes for reference in references(document) if not names.know(reference)}
    for loc, alliance in members(document, "alliances"):
        bound = alliance.get("members", [])
        if alliance.get("lead", bound[0] if bound else None) not in bound:
            gone.add((*loc, "lead"))
        gone |= {(*loc, "reliability", code) for code in section(alliance, "reliability") if code not in bound}
    for loc, event in members(document, "events"):
        sitting = event.get("parties", [])
        gone |= {(*loc, "rank", name) for name in section(event, "rank") if name not in sitting}
        gone |= {(*loc, "vetoes", k) for k, name in enumerate(event.get("vetoes", [])) if name not in sitting}
        if event_kind(event) == "drill" and not re.search("[->]", str(event["at"])):
            pact = section(section(document, "alliances"), event["drill"])
            if event["at"] not in pact.get("members", []):
                gone.add(loc)
    return gone


def prune(document: Document) -> None:
    """Remove all that refers to what is not there any more, until nothing does."""
    while gone := _dangling(document) | _hollow(document):
        take_all(document, gone)


def remove(document: Document, paths: list[Any], *, well_formed: bool = True) -> list[Finding]:
    """Remove what paths name and all that refers to it; return what is wrong with the paths.

    Of a document that is not well-formed nothing else is removed: what refers to what cannot be told.
    """
    findings: list[Finding] = []
    places: set[Loc] = set()
    for k, path in enumerate(paths):
        loc: Loc = ("remove", k)
        if not isinstance(path, str):
            continue
        try:
            found = locate(document, path)
            if len(found[0]) == 1:
                raise PathError(f"{path} cannot be removed: set it")
            if found[0][0] in ("borders", "corridors") and ">" in path:
                raise PathError(f"a border goes in both directions: write it as {path.replace('>', '-')}")
            absent = [place for place in found if not exists(document, place)]
            if absent:
                raise PathError(f"there is nothing to remove at {path}")
        except PathError as error:
            findings.append(Finding(loc, str(error), error.hint))
        else:
            places.update(found)
    take_all(document, places)
    if not findings and well_formed:
        prune(document)
    return findings


def exists(document: Document, loc: Loc) -> bool:
    """Return whether a document has something at a place; in a list of words the word itself is a place."""
    found: Any = document
    for step in loc:
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list) and (isinstance(step, int) or str(step).isdigit()) and int(step) < len(found):
            found = found[int(step)]
        elif isinstance(found, list) and step in found:
            found = step
        else:
            return False
    return True
