"""Every place of a scenario file that holds text, found in the schema, and texts that some program would take for its own."""

from __future__ import annotations

import copy
import functools
import itertools
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from nudged.rich import RICH
from stability_sim.scenario import InvalidScenario, Scenario, loads
from stability_sim.scenario.document import Document, plain

TITLE = "a [/x] b"  # rich takes it for the end of a style that never began
STATE = "Moldova [with Transnistria]"
WORDS = (
    "[link=http://x.example]y[/link]", "[red]", "$x$ $\\frac{$", "<b>{{x}}</b> ]]> -- &amp;", ":boom: `code` **bold**",
    "[y](javascript:x)", "| = | {0} %s", TITLE, "می\u200cخواهم क\u094d\u200dष",
)  # fmt: skip
CONTROLS = {
    "U+001B": "a\x1b[31mb", "U+0007": "\x07", "U+000D": "a\rb", "U+007F": "a\x7f", "U+0085": "a\x85b", "U+009B": "a\x9b31mb",
    "U+202E": "a\u202eb", "U+2066": "a\u2066", "U+200F": "\u200fa", "U+061C": "a\u061c", "U+2028": "a\u2028b", "U+2029": "a\u2029b",
    "U+FEFF": "a\ufeffb", "U+D800": "a\ud800b", "U+FFFE": "a\ufffe", "U+1FFFF": "a\U0001ffff", "U+FDD0": "a\ufdd0",
}  # fmt: skip


class Place(NamedTuple):
    """A field of a record of the schema, and a path in ``DOCUMENT`` that leads to one."""

    record: str
    field: str
    is_key: bool
    path: tuple[str | int, ...]

    def filled(self, document: Document, text: str) -> Document:
        """Return a document in which the text stands at this place."""
        changed = copy.deepcopy(document)
        inside: Any = changed
        for step in self.path[:-1]:
            inside = inside[step]
        last = self.path[-1]
        old = inside.get(last)
        if self.is_key:
            inside[last] = {**(old or {}), text: 1.0}
        else:
            inside[last] = [text] if isinstance(old, list) else text
        return changed


def _document() -> Document:
    document = copy.deepcopy(RICH)
    document["states"]["A"]["capacity"] = {"value": 0.2, "basis": "sourced", "source": "s", "note": "n"}
    document["observed"] = [{"what": "w", "measure": "onset(B)", "within": 12, "value": 0, "source": "s"}]
    document["variants"] = {"calm": {"note": "n", "set": {"borders.A-B.guard": 0.9}, "remove": ["stances.C.rulers"]}}
    document["parameters"] = {"kin_onset": 0.005}
    return {**plain(Scenario.model_validate(document)), "map": document["map"]}


DOCUMENT = _document()


def _holds_text(spec: dict[str, Any]) -> bool:
    """Return whether a property of the JSON Schema is text that no pattern or list of words binds."""
    if spec.get("type") == "string":
        return not {"pattern", "enum", "const"} & set(spec)
    inner = [*spec.get("anyOf", ()), *(spec[key] for key in ("items", "additionalProperties") if isinstance(spec.get(key), dict))]
    return any(map(_holds_text, inner))


def _has_free_keys(spec: dict[str, Any]) -> bool:
    return spec.get("type") == "object" and not {"propertyNames", "patternProperties"} & set(spec)


@functools.cache
def fields() -> frozenset[tuple[str, str, bool]]:
    """Return record, field, and whether its keys are meant, for all text of the schema."""
    schema = Scenario.model_json_schema()
    records = {"Scenario": schema, **schema["$defs"]}
    return frozenset(
        (name, field, is_key)
        for name, record in records.items()
        for field, spec in record.get("properties", {}).items()
        for is_key in (False, True)
        if (_has_free_keys(spec) if is_key else _holds_text(spec))
    )


def _walk(value: Any, document: Any, path: tuple[str | int, ...]) -> Iterator[Place]:
    """Yield the places in a part of a scenario that its document writes out."""
    if isinstance(value, BaseModel) and isinstance(document, dict):
        name = type(value).__name__
        for field in type(value).model_fields:
            for is_key in (False, True):
                if (name, field, is_key) in fields():
                    yield Place(name, field, is_key, (*path, field))
            yield from _walk(getattr(value, field), document.get(field), (*path, field))
    elif isinstance(value, dict) and isinstance(document, dict):
        for key, part in value.items():
            yield from _walk(part, document.get(key), (*path, key))
    elif isinstance(value, list) and isinstance(document, list):
        for k, (part, written) in enumerate(zip(value, document, strict=True)):
            yield from _walk(part, written, (*path, k))


@functools.cache
def places() -> tuple[Place, ...]:
    """Return one place for each field that holds text."""
    found: dict[tuple[str, str, bool], Place] = {}
    for place in _walk(Scenario.model_validate(DOCUMENT), DOCUMENT, ()):
        found.setdefault(place[:3], place)
    return tuple(found.values())


def written(document: Document) -> str:
    """Return a document as a file: JSON is YAML, and what is not ASCII stands there as an escape."""
    return json.dumps(document, indent=1)


def accepts(document: Document) -> bool:
    """Return whether a document can be loaded; any error but the one for authors is a failure."""
    try:
        loads(written(document), "file.yaml")
    except InvalidScenario as error:
        assert "\x1b" not in str(error)
        return False
    return True


def evil() -> Document:
    """Return a scenario with a text that means something to some program wherever there may be any."""
    document = DOCUMENT
    words = itertools.cycle(WORDS)
    for place in places():
        changed = place.filled(document, next(words))
        document = changed if accepts(changed) else document
    document["title"] = TITLE
    document["observed"] = [{**document["observed"][0], "what": word} for word in WORDS]
    document["states"]["A"]["name"] = STATE
    for k, section in enumerate(("states", "groups", "alliances")):
        for n, thing in enumerate(document[section].values()):
            thing["name"] = STATE if thing.get("name") == STATE else WORDS[(k + n) % len(WORDS)]
    return document
