"""Every place of a document that names something: one table, read by the check and by removal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from stability_sim.scenario.document import Document, members, section, words
from stability_sim.scenario.events import METRICS, SETTABLE, TriggerError, event_kind, parse_trigger
from stability_sim.scenario.observed import MeasureError, kinds_of, parse_measure
from stability_sim.scenario.problems import Loc
from stability_sim.scenario.resolve import pairs, parse_way

Kind = Literal["state", "group", "alliance", "border", "corridor", "way", "pact"]
STATE: tuple[Kind, ...] = ("state",)
GROUP: tuple[Kind, ...] = ("group",)
PARTY: tuple[Kind, ...] = ("state", "group")

Row = tuple[str, tuple[Kind, ...]]
OPTIONAL = frozenset(("governs", "lead"))  # what goes alone when the one it names is removed
BY_SECTION: dict[str, tuple[Row, ...]] = {
    "groups": (("home", STATE), ("governs", STATE), ("fighters", STATE), ("cells", STATE), ("kin", STATE)),
    "alliances": (("members", STATE), ("lead", STATE), ("reliability", STATE)),
    "stances": (("of", STATE), ("to", GROUP)),
    "conflicts": (("state", STATE), ("group", GROUP)),
    "supports": (("of", STATE), ("to", PARTY)),
}
BY_EVENT: dict[str, tuple[Row, ...]] = {
    "summit": (("host", STATE), ("about", STATE), ("parties", PARTY), ("absent", STATE), ("vetoes", PARTY), ("rank", PARTY)),
    "drill": (("drill", ("alliance",)), ("at", ("state", "border"))),
    "stance": (("stance", STATE), ("to", GROUP)),
    "support": (("support", STATE), ("to", PARTY)),
    "withdraw": (("withdraw", STATE), ("support_to", PARTY)),
    "set": (),
    "displacement": (("displacement", STATE),),
    "outbreak": (("outbreak", STATE),),
    "peace": (("peace", STATE),),
    "attack": (("attack", PARTY), ("on_state", STATE)),
    "deploy": (("deploy", STATE), ("to", STATE)),
}
_SECTION_KIND: dict[str, Kind] = {"states": "state", "groups": "group", "borders": "border", "corridors": "corridor"}


class Reference(NamedTuple):
    """A name at a path: the kinds of thing it may name, and what goes when that thing is removed."""

    loc: Loc
    kinds: tuple[Kind, ...]
    name: str
    goes: Loc
    on: Literal["key", "value"] = "value"


class Names:
    """What a document declares; ``land`` are pairs of states that the map adds to its borders."""

    def __init__(self, document: Document, land: frozenset[frozenset[str]] = frozenset()) -> None:
        self.states = list(section(document, "states"))
        self.groups = list(section(document, "groups"))
        self.alliances = list(section(document, "alliances"))
        self.corridors = pairs(section(document, "corridors"))
        self.borders = pairs(section(document, "borders")) | (land - self.corridors)
        self.bound = [{word for _, word in words(alliance.get("members"))} for _, alliance in members(document, "alliances")]
        self._of_kinds: dict[tuple[Kind, ...], tuple[str, ...]] = {}
        self._by_kind = {"state": set(self.states), "group": set(self.groups), "alliance": set(self.alliances)}

    def _has(self, kind: Kind, name: str) -> bool:
        if kind in ("state", "group", "alliance"):
            return name in self._by_kind[kind]
        way = parse_way(name)
        if kind == "pact":
            return way is not None and any(way.pair <= bound for bound in self.bound)
        known = {"border": self.borders, "corridor": self.corridors}
        return way is not None and way.pair in known.get(kind, self.borders | self.corridors)

    def know(self, reference: Reference) -> bool:
        """Return whether the reference names something that exists."""
        return any(self._has(kind, reference.name) for kind in reference.kinds)

    def of_kinds(self, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        """Return all names of some kinds, for a hint; they are gathered once."""
        if kinds not in self._of_kinds:
            self._of_kinds[kinds] = tuple(name for kind in kinds for name in self._of_kind(kind))
        return self._of_kinds[kinds]

    def _of_kind(self, kind: Kind) -> list[str]:
        listed = {"state": self.states, "group": self.groups, "alliance": self.alliances}
        if kind in listed:
            return listed[kind]
        known = {"border": self.borders, "corridor": self.corridors}.get(kind, set())
        return sorted("-".join(order) for pair in known for order in (sorted(pair), sorted(pair)[::-1]))


def _fields(loc: Loc, content: dict[str, Any], rows: tuple[Row, ...]) -> Iterator[Reference]:
    for field, kinds in rows:
        value = content.get(field)
        at: Loc = (*loc, field)
        if isinstance(value, str):
            yield Reference(at, kinds, value, at if field in OPTIONAL else loc)
        for key, word in words(value):
            yield Reference((*at, key), kinds, word, (*at, key), "key" if isinstance(value, dict) else "value")


def _settings(loc: Loc, paths: Any) -> Iterator[Reference]:  # noqa: ANN401 - whatever the file holds
    for _, path in words(paths if isinstance(paths, dict) else None):
        steps = path.split(".")
        if len(steps) == 4 and steps[0] == "groups":
            at = (*loc, "set", path)
            yield Reference(at, STATE, steps[3], at, "key")
        if len(steps) in (3, 4) and steps[0] in SETTABLE:
            at = (*loc, "set", path)
            yield Reference(at, (_SECTION_KIND[steps[0]],), steps[1], at, "key")


def _trigger(loc: Loc, text: Any) -> Iterator[Reference]:  # noqa: ANN401 - whatever the file holds
    try:
        conditions = parse_trigger(text) if isinstance(text, str) else ()
    except TriggerError:
        return
    for condition in conditions:
        for kind, name in zip(METRICS[condition.metric].arguments, condition.arguments, strict=True):
            yield Reference((*loc, "when"), (kind,), name, loc)


def _measured(loc: Loc, text: Any) -> Iterator[Reference]:  # noqa: ANN401 - whatever the file holds
    try:
        named = kinds_of(parse_measure(text)) if isinstance(text, str) else []
    except MeasureError:
        return
    for kinds, name in named:
        yield Reference((*loc, "measure"), kinds, name, loc)


def seat(document: Document, attacker: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return the state from which a state or group attacks."""
    group = section(document, "groups").get(attacker) if isinstance(attacker, str) else None
    return (group.get("governs") or group.get("home")) if isinstance(group, dict) else attacker


def _between(document: Document, loc: Loc, event: dict[str, Any], kind: str | None) -> Iterator[Reference]:
    """Yield what must link the two states of an event: a way for an attack, an alliance for a deployment."""
    if kind == "attack":
        ends, link, field = (seat(document, event.get("attack")), event.get("on_state")), "way", "on_state"
    elif kind == "deploy":
        ends, link, field = (event.get("deploy"), event.get("to")), "pact", "to"
    else:
        return
    states = section(document, "states")
    if all(isinstance(end, str) and end in states for end in ends) and ends[0] != ends[1]:
        kinds: tuple[Kind, ...] = ("way",) if link == "way" else ("pact",)
        yield Reference((*loc, field), kinds, "-".join(ends), loc)  # type: ignore[arg-type]


def references(document: Document) -> Iterator[Reference]:
    """Yield every name in a document that refers to a state, group, alliance, border or corridor."""
    for field in ("states", "focus"):
        yield from _fields(("map",), {field: section(document, "map").get(field)}, ((field, STATE),))
    for name, rows in BY_SECTION.items():
        for loc, content in members(document, name):
            yield from _fields(loc, content, rows)
    for name in ("borders", "corridors"):
        for key in section(document, name):
            for code in re.split("[->]", key) if parse_way(key) else ():
                yield Reference((name, key), STATE, code, (name, key), "key")
    for loc, event in members(document, "events"):
        kind = event_kind(event)
        yield from _fields(loc, event, BY_EVENT.get(kind or "", ()))
        yield from _settings(loc, event.get("set"))
        yield from _trigger(loc, event.get("when"))
        yield from _between(document, loc, event, kind)
    for loc, observation in members(document, "observed"):
        yield from _measured(loc, observation.get("measure"))
