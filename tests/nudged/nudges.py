"""What to change: a walk over the schema, field by field, with the places of the rich scenario where each one stands."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from nudged.rich import RICH
from stability_sim.scenario import Scenario, resolve
from stability_sim.scenario.events import EVENT_KINDS, MEMBERS_SETTABLE, SETTABLE, event_kind
from stability_sim.scenario.quantity import Quantity, bounds_of
from stability_sim.scenario.schema import Alliance, Border, Conflict, Group, Stance, State, Support, Weights

Place = tuple[str | int, ...]
Change = tuple[Place, Any]

# What only says, names or draws; that a file is drawn otherwise is a matter of the figures.
DESCRIPTIVE = {
    "Scenario": {
        "schema_version",
        "scenario",
        "title",
        "question",
        "about",
        "happened",
        "against",
        "sources",
        "map",
        "variants",
        "observed",
    },
    "State": {"name"},
    "Group": {"name"},
    "Alliance": {"name"},
    "Happening": {"note", "source"},
    "Summit": {"summit"},
}
# What names something else: another name, or one fewer, must matter too.
REFERENCES: dict[str, dict[str, list[Change]]] = {
    "Group": {"home": [(("groups", "junta", "home"), "D")], "governs": [(("groups", "rulers", "governs"), None)]},
    "Alliance": {
        "members": [(("alliances", "P", "members"), ["B", "C"])],
        "lead": [(("alliances", "P", "lead"), None)],
        "covers": [(("alliances", "P", "covers"), ["infiltration"])],
    },
    "Stance": {"of": [(("stances", 2, "of"), "E")], "to": [(("stances", 2, "to"), "ghosts")]},
    "Conflict": {
        "state": [(("conflicts", 2, "state"), "D")],
        "group": [(("conflicts", 0, "group"), "ghosts"), (("conflicts", 0, "group"), None)],
        "ended": [(("conflicts", 1, "ended"), how) for how in (None, "government", "takeover", "fades")],
    },
    "Support": {"of": [(("supports", 0, "of"), "C")], "to": [(("supports", 0, "to"), "junta"), (("supports", 1, "to"), "D")]},
    "SupportChange": {"support": [(("events", 13, "support"), "E")], "to": [(("events", 13, "to"), "junta")]},
    "Summit": {
        "host": [(("events", 0, "host"), "D")],
        "about": [(("events", 0, "about"), "E")],
        "parties": [(("events", 0, "parties"), ["C"])],
        "absent": [(("events", 0, "absent"), [])],
        "vetoes": [(("events", 0, "vetoes"), [])],
    },
    "Drill": {"drill": [(("events", 1, "drill"), "Q")], "at": [(("events", 1, "at"), "C"), (("events", 1, "at"), "C-D")]},
    "StanceChange": {"stance": [(("events", 4, "stance"), "B")], "to": [(("events", 4, "to"), "rebels")]},
    "Withdrawal": {
        "withdraw": [(("events", 14, "withdraw"), "D")],
        "support_to": [(("events", 2, "support_to"), "D"), (("events", 3, "support_to"), "junta")],
    },
    "Setting": {"set": [(("events", 6, "set"), {"borders.A-B.openness": 0.0})]},
    "Displacement": {"displacement": [(("events", 5, "displacement"), "B")]},
    "Outbreak": {"outbreak": [(("events", 8, "outbreak"), "C")]},
    "Peace": {"peace": [(("events", 9, "peace"), "A")]},
    "Attack": {"attack": [(("events", 11, "attack"), "B")], "on_state": [(("events", 11, "on_state"), "E")]},
    "Deployment": {"deploy": [(("events", 12, "deploy"), "E")], "to": [(("events", 12, "to"), "E")]},
    "Happening": {
        "on": [(("events", 5, "on"), "2020-09")],
        "when": [(("events", 6, "when"), "incidents(A-B) >= 3 in 3 months")],
        "repeats": [(("events", 7, "repeats"), False)],
    },
}


def places(model: type[BaseModel]) -> list[Place]:
    """Return where the rich scenario has records of a kind."""
    keyed = {State: "states", Group: "groups", Alliance: "alliances"}
    if model in keyed:
        return [(keyed[model], name) for name in RICH[keyed[model]]]
    if model is Weights:
        return [("states", name, "weights") for name in RICH["states"]]
    if model is Border:
        return [(section, key) for section in ("borders", "corridors") for key in RICH[section]]
    listed = {Stance: "stances", Conflict: "conflicts", Support: "supports"}
    if model in listed:
        return [(listed[model], k) for k in range(len(RICH[listed[model]]))]
    return [("events", k) for k, event in enumerate(RICH["events"]) if EVENT_KINDS[event_kind(event) or ""] is model]


def at(thing: Any, place: Place) -> Any:
    """Return what stands at a place of a scenario or of a document; None if nothing does."""
    for step in place:
        thing = getattr(thing, str(step), None) if isinstance(thing, BaseModel) else _item(thing, step)
    return thing


def _item(thing: Any, step: str | int) -> Any:
    if isinstance(thing, list):
        return thing[int(step)]
    return thing.get(step) if isinstance(thing, dict) else None


def changed(place: Place, value: Any) -> dict[str, Any]:
    """Return the rich scenario with another value at a place."""
    document = copy.deepcopy(RICH)
    here: Any = document
    for step in place[:-1]:
        here = here[step] if isinstance(here, list) else here.setdefault(step, {})
    here[place[-1]] = value
    return document


def numbers(value: float, field: FieldInfo) -> Iterator[float]:
    """Yield other numbers that the field can have."""
    bounds = bounds_of(field)
    if bounds is not None and bounds.high <= 1.0:
        yield from (other for other in (bounds.low, bounds.high) if other != value)
        return
    yield 3.0 * value + 1.0
    yield 0.3 * value


def others(field: FieldInfo, value: Any) -> Iterator[Any]:
    """Yield other values of a field: numbers, the opposite flag, the other words."""
    if isinstance(value, Quantity):
        yield from numbers(value.value, field)
    elif isinstance(value, bool):
        yield not value
    elif get_origin(field.annotation) is Literal:
        yield from (word for word in get_args(field.annotation) if word != value)


def nudges(model: type[BaseModel], name: str) -> Iterator[Change]:
    """Yield changes of a field of a kind of record, wherever the rich scenario has one."""
    base = resolve(Scenario.model_validate(RICH))
    field = model.model_fields[name]
    for place in places(model):
        value = at(base, (*place, name))
        if isinstance(value, dict):
            for key, quantity in value.items():
                yield from (((*place, name, key), other) for other in numbers(quantity.value, field))
        else:
            yield from (((*place, name), other) for other in others(field, value))


def settings() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each path that an event can set, with scenarios in which it is set to one thing or to another."""
    keys = {"states": "ABCDE", "groups": list(RICH["groups"]), "borders": ["A-B", "C-D"], "corridors": ["A-C", "B-D"]}
    for section, fields in SETTABLE.items():
        for field in fields:
            low, high = (1.0, 400.0) if field == "forces" else (0.0, 1.0)
            made = []
            for key in keys[section]:
                for value in (low, high):
                    document = copy.deepcopy(RICH)
                    document["events"].append({"on": "2020-02", "set": {f"{section}.{key}.{field}": value}})
                    made.append(document)
            yield f"{section}.{field}", made
    for who in MEMBERS_SETTABLE:
        made = []
        for group in RICH["groups"]:
            for amount in (0.0, 9000.0):
                document = copy.deepcopy(RICH)
                document["events"].append({"on": "2020-02", "set": {f"groups.{group}.{who}.A": amount}})
                made.append(document)
        yield f"groups.{who}", made
