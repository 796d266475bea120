"""Text as a tree of nodes that know where they stand: no tags, no objects, and limits on depth and size."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml import events as y
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from stability_sim.scenario.problems import Hint, Loc, closest, quoted
from stability_sim.terminal import HINT, forbidden

# Plain words of a file as values, by the core schema of YAML 1.2: ``NO`` and ``2021-08`` stay text.
Scalar = str | int | float | bool | None

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_OCTAL = re.compile(r"0o[0-7]{1,100}")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,100}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(?:inf|Inf|INF)")


def plain_scalar(text: str) -> Scalar:
    """Return the value of an unquoted word."""
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITY.fullmatch(text):
        return math.copysign(math.inf, -1 if text.startswith("-") else 1)
    return math.nan if text in (".nan", ".NaN", ".NAN") else text


DEEPEST = 40
MOST_NODES = 500_000
MOST_ALIASES = 10_000
MERGE = "<<"


class Spot(NamedTuple):
    """A place in a text; line and column count from 1."""

    line: int
    column: int


class Mistake(NamedTuple):
    """A problem of the text itself, at a spot."""

    spot: Spot
    message: str
    hint: Hint = ""


class Unreadable(Exception):  # noqa: N818 - reads as a statement where it is caught
    """A mistake after which the rest of the text cannot be read."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


@dataclass(slots=True)
class Node:
    """A value of the text: a scalar, a list of nodes, or a mapping of keys with the spots of the keys."""

    spot: Spot
    value: Scalar | list[Node] | dict[str, tuple[Spot, Node]]
    size: int = 1
    depth: int = 1

    def plain(self) -> Any:  # noqa: ANN401 - whatever the text holds
        """Return the value without its spots."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, (_, node) in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def take(self, part: Node) -> None:
        """Count a part that was put into this node."""
        self.size += part.size
        self.depth = max(self.depth, part.depth + 1)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being read."""

    node: Node
    anchor: str | None
    key: tuple[Spot, str] | None = None
    merged: list[tuple[Spot, Node]] = field(default_factory=list)


def _spot(mark: Any) -> Spot:  # noqa: ANN401 - ruamel's marks have no common type
    return Spot(mark.line + 1, mark.column + 1)


class Composer:
    """One reading of a text; ``mistakes`` collects what is wrong but does not stop the reading."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.root: Node | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._escaped: list[Mistake] = []  # what no text may hold, written as an escape
        self._aliases = self._merged = 0

    def read(self, text: str) -> Node | None:
        """Return the root of the text, None if it holds nothing; Unreadable if it is not YAML or beyond a limit."""
        self._refuse([Mistake(Spot(line, column), message, HINT) for line, column, message in forbidden(text)])  # comments too
        for event in _events(text):
            spot = _spot(event.start_mark)
            if isinstance(event, y.ScalarEvent):
                self._check_tag(event, spot)
                self._close(Node(spot, self._scalar(event, spot)), event.anchor)
            elif isinstance(event, y.MappingStartEvent | y.SequenceStartEvent):
                self._check_tag(event, spot)
                self._start(Node(spot, {} if isinstance(event, y.MappingStartEvent) else []), event.anchor)
            elif isinstance(event, y.MappingEndEvent | y.SequenceEndEvent):
                self._end()
            elif isinstance(event, y.AliasEvent):
                self._put(self._aliased(event, spot), spot)
            elif isinstance(event, y.DocumentStartEvent):
                self._check_document(event, spot)
        self._refuse(self._escaped)
        return self.root

    def _refuse(self, letters: list[Mistake]) -> None:
        if letters:
            self.mistakes += letters
            raise Unreadable(letters[0])

    def _scalar(self, event: y.ScalarEvent, spot: Spot) -> Scalar:
        """Return a key as it is written, or a value; what no text may hold can still be in it as an escape."""
        if not event.style and not self._awaits_key():
            return plain_scalar(event.value)
        # Escapes such as \ud83d\ude00 are halves of one character; a half alone stays one.
        text = str(event.value).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        self._escaped += [Mistake(spot, letter.message, HINT) for letter in forbidden(text)]
        return text

    def _awaits_key(self) -> bool:
        """Return whether the next word is a key: keys are text as written, so that ``NO`` and ``1`` name states."""
        return bool(self._open) and isinstance(self._open[-1].node.value, dict) and self._open[-1].key is None

    def _check_document(self, event: y.DocumentStartEvent, spot: Spot) -> None:
        if self.root is not None:
            raise Unreadable(Mistake(spot, "a second document begins here: a file holds one scenario"))
        if event.version is not None and tuple(event.version) != (1, 2):
            raise Unreadable(Mistake(spot, "scenario files are YAML 1.2: take this directive away"))

    def _check_tag(self, event: Any, spot: Spot) -> None:  # noqa: ANN401 - any event that starts a node
        if event.ctag is not None:
            shown = str(event.ctag).replace("tag:yaml.org,2002:", "!!")
            self.mistakes.append(Mistake(spot, f"the tag {quoted(shown)} is not allowed: write the plain value"))

    def _start(self, node: Node, anchor: str | None) -> None:
        if len(self._open) >= DEEPEST:
            raise Unreadable(Mistake(node.spot, f"lists and mappings are nested more than {DEEPEST} deep"))
        if anchor is not None:
            self._anchors.pop(anchor, None)
        self._open.append(_Open(node, anchor))

    def _end(self) -> None:
        closed = self._open.pop()
        for spot, merged in closed.merged:
            self._merge(closed.node, merged, spot)
        self._close(closed.node, closed.anchor)

    def _close(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        self._put(node, node.spot)

    def _aliased(self, event: y.AliasEvent, spot: Spot) -> Node:
        self._aliases += 1
        if self._aliases > MOST_ALIASES:
            raise Unreadable(Mistake(spot, f"more than {MOST_ALIASES} aliases"))
        name = str(event.anchor)
        if name in self._anchors:
            return self._anchors[name]
        if any(part.anchor == name for part in self._open):
            raise Unreadable(Mistake(spot, f"the alias {quoted('*' + name)} stands inside what it refers to"))
        hint = closest(name, self._anchors)
        self.mistakes.append(Mistake(spot, f"no anchor is called {quoted('&' + name)}", hint))
        return Node(spot, None)

    def _put(self, node: Node, spot: Spot) -> None:
        """Put a finished node, which stands or is aliased at a spot, into the list or mapping around it."""
        if (self._open[-1].node.size if self._open else 0) + node.size > MOST_NODES:
            raise Unreadable(Mistake(spot, f"more than {MOST_NODES} values, aliases written out"))
        if not self._open:
            self.root = node
            return
        if len(self._open) + node.depth > DEEPEST:
            raise Unreadable(Mistake(spot, f"aliases nest lists and mappings more than {DEEPEST} deep"))
        around = self._open[-1]
        if isinstance(around.node.value, list):
            around.node.value.append(node)
            around.node.take(node)
        elif around.key is None:
            around.key = (spot, self._key(node, spot))
        else:
            self._put_value(around, node)

    def _key(self, node: Node, spot: Spot) -> str:
        if isinstance(node.value, list | dict):
            self.mistakes.append(Mistake(spot, "a key is a word, not a list or a mapping"))
            return ""
        return node.value if isinstance(node.value, str) else str(node.value)

    def _put_value(self, around: _Open, node: Node) -> None:
        entries = around.node.value
        if around.key is None or not isinstance(entries, dict):
            raise TypeError("a value without a key")
        spot, key = around.key
        around.key = None
        if key == MERGE:
            around.merged.append((spot, node))
        elif key in entries:
            first = entries[key][0]
            self.mistakes.append(Mistake(spot, f"the key {quoted(key)} is given twice, first on line {first.line}"))
        else:
            entries[key] = (spot, node)
            around.node.take(node)

    def _merge(self, into: Node, merged: Node, spot: Spot) -> None:
        """Add the entries of a merged mapping, or of a list of them, that are not there yet."""
        parts = merged.value if isinstance(merged.value, list) else [merged]
        for part in parts:
            if not isinstance(part.value, dict) or not isinstance(into.value, dict):
                self.mistakes.append(Mistake(spot, "'<<' merges mappings: give it the alias of one"))
                return
            self._merged += len(part.value)
            if self._merged > MOST_NODES:
                raise Unreadable(Mistake(spot, f"more than {MOST_NODES} keys are merged"))
            for key, (at, node) in part.value.items():
                if key not in into.value:
                    into.value[key] = (at, node)
                    into.take(node)


def _events(text: str) -> Iterator[Any]:
    """Yield the parser's events; Unreadable where the text is not YAML."""
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(Mistake(_spot(mark) if mark else Spot(1, 1), _in_words(error))) from None
    except (YAMLError, ValueError, IndexError, OverflowError, AssertionError) as error:
        raise Unreadable(Mistake(Spot(1, 1), f"this is not YAML: {error}")) from None


_PLAINER = {
    "mapping values are not allowed here": "a ':' here makes no sense: quote the text, or check the indentation",
    "found character '\\t' that cannot start any token": "a tab stands here: indent with spaces",
    "could not find expected ':'": "a ':' is missing after this key",
}


def _in_words(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "unknown").strip()
    context = f" {error.context.strip()}" if error.context and error.problem else ""
    return _PLAINER.get(problem) or f"this is not YAML: {problem}{context}"


def spot_of(root: Node, loc: Loc, on: Literal["key", "value"] = "value") -> Spot:
    """Return the spot of the key or value at a path, or of the nearest part of the path that exists."""
    spot, node = root.spot, root
    for step in loc:
        if isinstance(node.value, dict) and step in node.value:
            key_spot, node = node.value[str(step)]
            spot = key_spot
        elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            spot = node.spot
        else:
            return spot
    return spot if on == "key" else node.spot
