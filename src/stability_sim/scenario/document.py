"""The document: a scenario as plain mappings, lists, words and numbers, valid or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from stability_sim.scenario.events import EVENT_KINDS, event_kind
from stability_sim.scenario.observed import Observation
from stability_sim.scenario.problems import Finding, Loc, closest, meant, quoted
from stability_sim.scenario.quantity import Quantity
from stability_sim.scenario.schema import (
    Alliance,
    Border,
    Conflict,
    Group,
    Map,
    Scenario,
    Stance,
    State,
    Support,
    Variant,
    Weights,
)

Document = dict[str, Any]
PAIRED = {
    "stances": ("of", "to"),
    "conflicts": ("state", "group"),
    "supports": ("of", "to"),
}  # lists whose members two names tell apart

MEMBERS: dict[str, type[BaseModel]] = {
    "states": State, "groups": Group, "borders": Border, "corridors": Border, "alliances": Alliance,
    "stances": Stance, "conflicts": Conflict, "supports": Support, "variants": Variant,
}  # fmt: skip


def plain(value: Any) -> Any:  # noqa: ANN401 - any part of a scenario
    """Return a record and all in it as plain values; what is None is left out, a bare quantity is its number."""
    if isinstance(value, Quantity) and value == Quantity(value=value.value):
        return value.value
    if isinstance(value, BaseModel):
        return {name: plain(part) for name, part in value if part is not None}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def section(document: Document, name: str) -> dict[str, Any]:
    """Return a section that maps names to members, empty if the document has none or something else."""
    content = document.get(name)
    return content if isinstance(content, dict) else {}


def members(document: Document, name: str) -> Iterator[tuple[Loc, dict[str, Any]]]:
    """Yield path and content of each well-formed member of a section."""
    entries = document.get(name)
    if isinstance(entries, dict):
        pairs: Iterator[tuple[Any, Any]] = iter(entries.items())
    else:
        pairs = enumerate(entries if isinstance(entries, list) else [])
    for key, content in pairs:
        if isinstance(content, dict):
            yield (name, key), content


def words(value: Any) -> Iterator[tuple[Any, str]]:  # noqa: ANN401 - whatever the file holds
    """Yield index and word of a list of words, or key and key of a mapping; nothing of anything else."""
    if isinstance(value, list):
        yield from ((k, word) for k, word in enumerate(value) if isinstance(word, str))
    elif isinstance(value, dict):
        yield from ((word, word) for word in value if isinstance(word, str))


def number(value: Any) -> float | None:  # noqa: ANN401 - whatever the file holds
    """Return the number of a quantity as a file writes it, or None if it is none."""
    amount = value.get("value") if isinstance(value, dict) else value
    return float(amount) if isinstance(amount, int | float) and not isinstance(amount, bool) else None


def record_at(loc: Loc, document: Document) -> type[BaseModel]:
    """Return the record whose fields are the keys at a path."""
    if not loc:
        return Scenario
    if loc == ("map",):
        return Map
    if len(loc) == 2 and loc[0] == "events":
        events = document.get("events")
        event = events[loc[1]] if isinstance(events, list) and isinstance(loc[1], int) else None
        kind = next((kind for kind in EVENT_KINDS if isinstance(event, dict) and kind in event), None)
        return EVENT_KINDS[kind] if kind else Quantity
    if len(loc) == 2 and loc[0] == "observed":
        return Observation
    if len(loc) == 2 and loc[0] in MEMBERS:
        return MEMBERS[str(loc[0])]
    return Weights if loc[-1] == "weights" else Quantity


# Validation errors of pydantic as messages for the author of a file.
_FORMS = {
    "^[12][0-9]{3}-(0[1-9]|1[0-2])$": "a month, written YYYY-MM",
    "^[12][0-9]{3}-(0[1-9]|1[0-2])(-[0-3][0-9])?$": "a month or a day, written YYYY-MM or YYYY-MM-DD",
    "^[a-z0-9][a-z0-9-]{0,59}$": "a short name of small letters, digits and hyphens",
    "^[A-Za-z0-9][A-Za-z0-9_]{0,59}$": "a code of a state: letters and digits",
    "^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$": "a name of letters, digits, '_' and '-'",
    "^[A-Za-z0-9_]{1,60}[->][A-Za-z0-9_]{1,60}$": "a border, written AAA-BBB or AAA>BBB",
}


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return quoted(value) if isinstance(value, str) else quoted(f"{value}")[1:-1]


def _needed(requirement: str) -> Callable[[Any, Any], str]:
    return lambda value, _: f"{requirement} is needed here, not {_shown(value)}"


_MESSAGES: dict[str, Callable[[Any, Any], str]] = {
    "string_type": _needed("text"),
    "int_type": _needed("a whole number"),
    "bool_type": _needed("true or false"),
    "float_type": _needed("a number"),
    "finite_number": _needed("a finite number"),
    "dict_type": _needed("a mapping of keys"),
    "model_type": _needed("a mapping of keys"),
    "model_attributes_type": _needed("a mapping of keys"),
    "list_type": _needed("a list"),
    "tuple_type": _needed("a list of two numbers"),
    "missing": lambda _, __: "the second number of the range is missing",
    "string_pattern_mismatch": lambda given, ctx: f"{_shown(given)} is not {_FORMS.get(ctx['pattern'], 'allowed')}",
    "string_too_long": lambda given, ctx: f"{len(given)} letters, but at most {ctx['max_length']} fit here",
    "too_long": lambda given, ctx: f"{len(given)} entries, but at most {ctx['max_length']} fit here",
    "too_short": lambda given, ctx: f"{len(given)} entries, but at least {ctx['min_length']} belong here",
    "greater_than_equal": lambda given, ctx: f"{_shown(given)} is less than {ctx['ge']}, the least allowed",
    "less_than_equal": lambda given, ctx: f"{_shown(given)} is more than {ctx['le']}, the most allowed",
    "literal_error": lambda given, ctx: f"{_shown(given)} is not one of {ctx['expected'].replace(' or ', ', ')}",
    "value_error": lambda _, ctx: str(ctx["error"]),
}


def _unknown(loc: Loc, document: Document) -> Finding:
    fields = list(record_at(loc[:-1], document).model_fields)
    hint = meant(loc[-1], fields, f"the keys here are {', '.join(fields)}")
    return Finding(loc, f"the key {quoted(loc[-1])} is not known here", hint, "key")


def _event(loc: Loc, event: Any) -> Finding:  # noqa: ANN401 - whatever the file holds
    kinds = ", ".join(EVENT_KINDS)
    if not isinstance(event, dict):
        return Finding(loc, f"an event is a mapping such as {{on: 2021-10, peace: AFG}}, not {_shown(event)}")
    hints = [hint for key in event if (hint := closest(key, EVENT_KINDS))]
    return Finding(loc, f"nothing happens in this event: it needs one of the keys {kinds}", "".join(hints[:1]))


def _finding(error: Any, document: Document) -> Finding:  # noqa: ANN401 - pydantic's error details
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    loc: Loc = tuple(error["loc"])
    if loc[:1] == ("events",):
        loc = loc[:2] + loc[3:]
    if loc[-1:] == ("[key]",):
        key = loc[-2]
        return Finding(loc[:-1], _MESSAGES.get(kind, lambda *_: error["msg"])(key, context), on="key")
    if kind == "extra_forbidden":
        return _unknown(loc, document)
    if kind.startswith("union_tag"):
        return _event(loc, value)
    if kind == "missing" and isinstance(loc[-1], str):
        return Finding(loc[:-1], f"the key {quoted(loc[-1])} is missing", on="key")
    message = _MESSAGES.get(kind, lambda *_: error["msg"])(value, context)
    expected = context.get("expected", "") if kind == "literal_error" else ""
    return Finding(loc, message, meant(value, expected.replace("'", "").replace(" or ", ", ").split(", ")))


def read_scenario(document: Document) -> tuple[Scenario | None, list[Finding]]:
    """Return the scenario of a document, or None and what is wrong with its types, keys and bounds."""
    try:
        return Scenario.model_validate(document), []
    except ValidationError as invalid:
        return None, [_finding(error, document) for error in invalid.errors(include_url=False)]


@cache
def _longest(record: type[BaseModel]) -> dict[str, int]:
    """Return the fields of a record whose length has a limit, texts among them."""
    lengths = {name: [getattr(part, "max_length", None) for part in info.metadata] for name, info in record.model_fields.items()}
    return {name: min(filter(None, known)) for name, known in lengths.items() if any(known)}


def _longer(record: type[BaseModel], loc: Loc, content: dict[str, Any]) -> Iterator[Finding]:
    for name, most in _longest(record).items():
        part = content.get(name)
        if isinstance(part, list | dict) and len(part) > most:
            yield Finding((*loc, name), f"{len(part)} entries, but at most {most} fit here")


def too_long(document: Document) -> list[Finding]:
    """Return the lists and mappings of a document that hold more than the schema allows, however ill-formed the rest is."""
    findings = list(_longer(Scenario, (), document))
    crowded = {finding.loc[0] for finding in findings}
    findings += _longer(Map, ("map",), section(document, "map"))
    for name, record in MEMBERS.items():
        if name not in crowded and _longest(record):
            for loc, content in members(document, name):
                findings += _longer(record, loc, content)
    if "events" not in crowded:
        for loc, event in members(document, "events"):
            kind = event_kind(event)
            if kind is not None:
                findings += _longer(EVENT_KINDS[kind], loc, event)
    return findings
