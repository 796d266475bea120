"""A valid file with something spoilt is still valid, or refused with file, line and column: never anything else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conftest import SMALL
from nudged.rich import RICH
from properties import examples
from properties.strategies import documents
from stability_sim.scenario import InvalidScenario, dump, loads, resolve, variant_scenarios
from stability_sim.scenario.load import shipped

Place = tuple[Any, ...]
MESSY = st.sampled_from(
    [
        None, True, False, 0, -1, 1, 2**31, 2**63, 10**300, -(10**400), 1e308, 5e-324, 1e400, float("nan"), -0.0, "", " ", "0",
        "true", "A", "A-B", "A>A", "-", ">", "states", "states.A.capacity", "=1+1", "\x00", "\u202e", "\ufeff", "é", "🙂" * 50,
        "x" * 5000, "2020-01", "2020-13", "9999-12", "2020-02-31", "0000-00", [], {}, [[]], [None], {"": {}}, {"value": 1},
        {"value": "x"}, {"value": 1, "range": [0]}, {"value": 1, "range": [2, 0]}, {"value": None}, {"range": [0, 1]}, [1] * 500,
        "incidents(A-B) >= 1 in 3 months", "month() >= 1e999", "cells(,) > 1", "a and b and c and d", "__class__", "../x",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    ["value", "A", "on", "when", "set", "", "states", "A-B", "B>A", "x.y", "0", "<<", "é", "__init__", "\x00", "k" * 300]
)
KINDS = ["drop", "double", "rename", "replace", "add", "deepen", "swap"]


def _deep() -> Any:
    value: Any = 1
    for k in range(80):
        value = [value] if k % 2 else {"a": value}
    return value


@cache
def _corpus() -> list[dict[str, Any]]:
    """Return the shipped scenarios and those of other tests."""
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    files = [reader.load(path.read_text(encoding="utf-8")) for path in shipped().values()]
    rich = RICH | {"parameters": {}}  # some of its numbers are beyond what a file may say
    return [*json.loads(json.dumps([SMALL, rich])), *json.loads(json.dumps(files, default=str))]


def places(part: Any, here: Place = ()) -> Iterator[Place]:
    """Yield the path of everything in a document."""
    pairs = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, inner in pairs:
        yield (*here, key)
        yield from places(inner, (*here, key))


def _at(document: Any, place: Place) -> Any:
    for step in place:
        document = document[step]
    return document


def _put(parent: Any, key: Any, value: Any) -> None:
    if isinstance(parent, list):
        parent.insert(len(parent), value)
    else:
        parent[key] = value


def spoil(draw: Any, document: dict[str, Any]) -> None:
    """Spoil one thing in a document."""
    every = list(places(document))
    if not every:
        return
    *above, key = draw(st.sampled_from(every))
    parent = _at(document, tuple(above))
    match draw(st.sampled_from(KINDS)):
        case "drop":
            del parent[key]
        case "double":
            _put(parent, draw(NAMES), copy.deepcopy(parent[key]))
        case "rename":
            _put(parent, draw(NAMES), parent.pop(key))
        case "replace":
            parent[key] = copy.deepcopy(draw(MESSY))  # what is drawn once must not be spoilt for the next
        case "add":
            _put(parent[key] if isinstance(parent[key], dict | list) else parent, draw(NAMES), copy.deepcopy(draw(MESSY)))
        case "deepen":
            parent[key] = _deep()
        case "swap":
            parent[key] = copy.deepcopy(_at(document, draw(st.sampled_from(every[:1] + list(places(document))))))


@st.composite
def spoilt(draw: Any) -> str:
    """Return the text of a document with up to three things spoilt, and sometimes of its text too."""
    documents_ = st.integers(0, len(_corpus()) - 1).map(lambda k: copy.deepcopy(_corpus()[k])) | documents()
    document = draw(documents_)
    for _ in range(draw(st.integers(1, 3))):
        spoil(draw, document)
    text = json.dumps(document, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
    if draw(st.integers(0, 3)):
        return text
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(["", "\x00", "\n", ":", "&a ", "*a", "!!python/object:os.system ", "#", "\t", "'", "%", "---\n", "\ufeff", "\ud800"])) + text[at + draw(st.integers(0, 3)) :]  # fmt: skip


def valid_or_refused(text: str) -> bool:
    """Return whether a text is a scenario; if not, it is refused with positions in words."""
    try:
        loaded = loads(text, "file.yaml")
        for variant in (None, *loaded.scenario.variants):
            variant_scenarios(loaded, variant=variant)
    except InvalidScenario as error:
        assert error.problems
        n_lines = text.count("\n") + text.count("\r") + 1
        for problem in error.problems:
            assert problem.message
            assert 0 <= problem.line <= n_lines + 1
            assert problem.column >= (1 if problem.line else 0)
            assert str(problem).startswith(f"file.yaml:{problem.line}:{problem.column}: " if problem.line else "file.yaml: ")
        assert "\x00" not in str(error)
        str(error).encode()
        return False
    dump(resolve(loaded.scenario)).encode()
    return True


@examples(300)
@given(spoilt())
def test_spoilt_scenarios_are_valid_or_refused_with_a_position(text: str) -> None:
    valid_or_refused(text)


def test_most_that_is_spoilt_is_refused() -> None:
    """The mutations do bite: what is replaced by a list is refused wherever it is."""
    refused = [not valid_or_refused(json.dumps(SMALL | {name: [[]]})) for name in SMALL]
    assert all(refused)


def test_the_corpus_is_valid() -> None:
    for document in _corpus():
        assert valid_or_refused(json.dumps(document))
