"""Dotted paths such as ``borders.AFG-TJK.guard``: which places of a document they mean."""

from __future__ import annotations

import itertools
from typing import Any

from stability_sim.scenario.document import MEMBERS, PAIRED, Document, record_at, section
from stability_sim.scenario.events import EVENT_KINDS, event_kind
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.problems import Hint, HintedError, Loc, meant, quoted
from stability_sim.scenario.quantity import Quantity
from stability_sim.scenario.resolve import NUMBERS, find_key, parse_way
from stability_sim.scenario.rules import Rules
from stability_sim.scenario.schema import Map, Scenario
from stability_sim.scenario.yaml_reader import Composer, Unreadable

NAMED = ("states", "groups", "borders", "corridors", "alliances", *PAIRED, "events", "parameters")
_EXAMPLES = {"stances": "listed", "conflicts": "deaths_per_year", "supports": "arms"}
FIXED = ("schema_version", "scenario", "observed", "variants")
SCALARS = tuple(name for name in Scenario.model_fields if name not in (*NAMED, *FIXED, "map"))


class PathError(HintedError):
    """A path that leads nowhere."""


def _events(document: Document, steps: list[str]) -> list[Loc]:
    """Return the events that ``events.moscow``, ``events.drill``, ``events.drill.CSTO`` or ``events.0`` means."""
    events = [event if isinstance(event, dict) else {} for event in document.get("events", [])]
    word = steps[1]
    kinds = [event_kind(event) for event in events]
    used = 2
    chosen = [k for k, event in enumerate(events) if event.get("summit") == word or str(k) == word]
    if not chosen:
        chosen = [k for k, kind in enumerate(kinds) if kind == word]
        named = [k for k in chosen if len(steps) > 2 and events[k][word] == steps[2]]
        chosen, used = (named, 3) if named else (chosen, 2)
    if not chosen:
        names = [str(event["summit"]) for event in events if "summit" in event]
        raise PathError(f"no event is meant by {quoted(word)}", meant(word, [*names, *EVENT_KINDS]))
    return [("events", k, *steps[used:]) for k in chosen]


def _paired(document: Document, steps: list[str]) -> list[Loc]:
    """Return the member that ``stances.TJK.taliban`` means, the one after the last if there is none yet.

    The second name may be empty: ``conflicts.PAK..deaths_per_year`` is of rebels without a name.
    """
    name = steps[0]
    first, second = PAIRED[name]
    if len(steps) < 3:
        raise PathError(
            f"a member of {name} is named by {first} and {second}", f"write it as {name}.TJK.taliban.{_EXAMPLES[name]}"
        )
    listed = document.setdefault(name, [])
    of, to = steps[1:3]
    for k, member in enumerate(listed):
        if member.get(first) == of and (member.get(second) or "") == to:
            return [(name, k, *steps[3:])]
    for word, known in (
        (of, section(document, "states")),
        (to, {"": None} | section(document, "groups") | section(document, "states")),
    ):
        if word not in known:
            raise PathError(f"{name} have none of {quoted(of)} and {quoted(to)}", meant(word, known))
    return [(name, len(listed), *steps[3:])]


def _borders(document: Document, steps: list[str]) -> list[Loc]:
    """Return the entries of a border that a key covers: all of the pair, or the one of a direction."""
    name, key = steps[:2]
    known = section(document, name)
    way = parse_way(key)
    matches = [entry for entry in known if (other := parse_way(entry)) and way and way.covers(other)]
    if not matches and way and way.one_way and (pair := find_key(known, f"{way.source}-{way.target}")):
        matches = [key]
        known[key] = copied(known[pair])
    if not matches:
        other_section = "corridors" if name == "borders" else "borders"
        ways = [entry for entry in section(document, other_section) if (w := parse_way(entry)) and way and w.pair == way.pair]
        turned = [f"{w.target}{'>' if w.one_way else '-'}{w.source}" for w in map(parse_way, known) if w]
        hint: Hint = f"it is one of the {other_section}" if ways else meant(key, [*known, *turned])
        raise PathError(f"there is no {name[:-1]} {quoted(key)}", hint)
    return [(name, entry, *steps[2:]) for entry in matches]


def _member(document: Document, steps: list[str]) -> list[Loc]:
    name, key = steps[:2]
    known = PARAMETERS if name == "parameters" else section(document, name)
    if key not in known:
        raise PathError(f"{name} has no {quoted(key)}", meant(key, known))
    return [tuple(steps)]


def _check_field(document: Document, loc: Loc) -> None:
    """Raise PathError if the first step below a member is no field of its record."""
    if loc[0] == "parameters" or len(loc) < 3:
        return
    fields = MEMBERS[str(loc[0])].model_fields if loc[0] in PAIRED else record_at(loc[:2], document).model_fields
    if loc[2] not in fields:
        known = NUMBERS if loc[0] in ("borders", "corridors") else tuple(fields)
        hint = meant(loc[2], known, f"its fields are {', '.join(known)}")
        raise PathError(f"{loc[0]} have no field {quoted(loc[2])}", hint)


def locate(document: Document, path: str) -> list[Loc]:
    """Return the places that a path means; PathError if there are none.

    A direction of a border that has no entry of its own gets one, a copy of the pair's.
    """
    steps = path.split(".")
    first = steps[0]
    if first == "map":
        if len(steps) < 2 or steps[1] not in Map.model_fields:
            raise PathError(f"the map has no {quoted('.'.join(steps[1:]))}", meant(steps[-1], Map.model_fields))
        return [tuple(steps)]
    if first == "rules" and len(steps) > 1:
        if len(steps) != 2 or steps[1] not in Rules.model_fields:
            raise PathError(f"there is no rule {quoted('.'.join(steps[1:]))}", meant(steps[1], Rules.model_fields))
        return [tuple(steps)]
    if first == "mechanisms" and len(steps) > 1:  # which there are is known where they run
        if len(steps) > 3:
            raise PathError(f"a mechanism has no {quoted('.'.join(steps[2:]))}", "write it as mechanisms.tipping-point.factor")
        return [tuple(steps)]
    if first in SCALARS and len(steps) == 1:
        return [(first,)]
    if first in FIXED:
        raise PathError(f"{first} stays as it is")
    if first not in NAMED:
        raise PathError(f"no section is called {quoted(first)}", meant(first, [*NAMED, "map", *SCALARS]))
    if len(steps) < 2:
        raise PathError(f"{quoted(path)} names a whole section: name a member of it")
    by_section = {"events": _events, **dict.fromkeys(PAIRED, _paired), "borders": _borders, "corridors": _borders}
    locations = by_section.get(first, _member)(document, steps)
    for loc in locations:
        _check_field(document, loc)
    return locations


def _child(container: Any, step: str | int) -> Any:  # noqa: ANN401 - any part of a document
    if isinstance(container, dict):
        return container.get(step)
    if isinstance(container, list):
        place = int(step) if str(step).isdigit() else -1
        return container[place] if 0 <= place < len(container) else None
    return None


def copied(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Return a copy of plain mappings and lists, with copies of those in them."""
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    return [copied(part) for part in value] if isinstance(value, list) else value


def sections_of(document: Document) -> Document:
    """Return a document whose sections are its own, and share their members with another until ``put`` or ``take`` change them."""
    return {
        name: dict(part) if isinstance(part, dict) else list(part) if isinstance(part, list) else part
        for name, part in document.items()
    }


def _own(document: Document, loc: Loc) -> None:
    """Let a document have the member around a place to itself, which it may share with the one that it was made from."""
    if len(loc) > 2 and (member := _child(document.get(str(loc[0])), loc[1])) is not None:
        document[str(loc[0])][loc[1]] = copied(member)


def put(document: Document, loc: Loc, value: Any) -> None:  # noqa: ANN401 - any value of a file
    """Write a value at a place; a bare number keeps basis and source of the quantity that was there."""
    _own(document, loc)
    if loc[0] in PAIRED and loc[1] == len(document[str(loc[0])]):
        raise PathError(f"a new member of {loc[0]} needs its {' and '.join(PAIRED[str(loc[0])])}")
    parent: Any = document
    for step, following in itertools.pairwise(loc):
        inner = _child(parent, step)
        if not isinstance(inner, dict | list):
            inner = {"value": inner} if following in Quantity.model_fields and inner is not None else {}
            if not isinstance(parent, dict):
                raise PathError(f"nothing is at {quoted('.'.join(map(str, loc)))}")
            parent[step] = inner
        parent = inner
    last = loc[-1]
    if isinstance(parent, list):
        if not str(last).isdigit() or int(last) >= len(parent):
            raise PathError(f"the list at {quoted('.'.join(map(str, loc[:-1])))} has no place {quoted(last)}")
        parent[int(last)] = value
    else:
        parent[last] = _revalued(parent.get(last), value)


def _revalued(old: Any, value: Any) -> Any:  # noqa: ANN401 - any value of a file
    """Return a quantity with another number: its basis and source stay, a range that it leaves goes."""
    if not isinstance(old, dict) or "value" not in old or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    record = {name: entry for name, entry in old.items() if (name, entry) != ("note", "default")}
    span = record.get("range")
    if span is not None and not span[0] <= value <= span[1]:
        record.pop("range")
    record["value"] = value
    return value if record == {"value": value, "basis": "assumed"} else record


def take(document: Document, loc: Loc) -> None:
    """Remove what is at a place: a key, an item of a list by its place or, for words, by the word itself."""
    _own(document, loc)
    parent: Any = document
    for step in loc[:-1]:
        parent = _child(parent, step)
    last = loc[-1]
    if isinstance(parent, dict) and last in parent:
        del parent[last]
    elif isinstance(parent, list) and last in parent:
        parent.remove(last)
    elif isinstance(parent, list) and str(last).isdigit() and int(last) < len(parent):
        del parent[int(last)]
    else:
        raise PathError(f"there is nothing to remove at {quoted('.'.join(map(str, loc)))}")


def read_setting(text: str) -> tuple[str, Any]:
    """Return path and value of a setting; the value is read as a file would read it. PathError if it is ill-formed."""
    path, sign, written = text.partition("=")
    if not sign or not path.strip():
        raise PathError("a setting is a path, '=' and a value", "such as states.TJK.capacity=0.4")
    composer = Composer()
    try:
        node = composer.read(written)
    except Unreadable as error:
        raise PathError(error.mistake.message, error.mistake.hint) from None
    if composer.mistakes:
        raise PathError(composer.mistakes[0].message, composer.mistakes[0].hint)
    return path.strip(), None if node is None else node.plain()
