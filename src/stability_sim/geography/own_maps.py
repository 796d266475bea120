"""An atlas from the polygons of a scenario: borders that two polygons share become arcs that both use."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from stability_sim.geography.atlas import Atlas, world

# Shapes as text: multipolygons in well-known text (OGC 06-103r4), checked and normalised.
Position = tuple[float, float]
Rings = tuple[tuple[Position, ...], ...]
Shape = tuple[Rings, ...]

DIGITS = 6  # decimals of a degree that are kept: about 0.1 m
_FORM = re.compile(r"MULTIPOLYGON\s*(\(.*\))", re.DOTALL)
_ALLOWED = re.compile(r"[-+0-9.eE,()\s]*")


class BadShape(ValueError):  # noqa: N818 - reads as a statement where it is caught
    """A shape that cannot be drawn; its text says why."""


def _position(coordinates: Any) -> Position:  # noqa: ANN401 - whatever a file holds
    """Return a longitude and latitude, rounded; a height after them is left out."""
    if not isinstance(coordinates, Sequence) or isinstance(coordinates, str) or len(coordinates) < 2:
        raise BadShape("a position is a longitude and a latitude")
    lon, lat = coordinates[0], coordinates[1]
    for value in (lon, lat):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadShape("a position is a longitude and a latitude, both numbers")
        if isinstance(value, float) and not math.isfinite(value):
            raise BadShape("a coordinate is not a finite number")
    if not -180 <= lon <= 180 or not -90 <= lat <= 90:
        raise BadShape(f"{lon:.6g}, {lat:.6g} is not a place: longitudes are -180 to 180 and latitudes -90 to 90 degrees")
    return round(float(lon), DIGITS) + 0.0, round(float(lat), DIGITS) + 0.0


def _ring(coordinates: Any) -> tuple[Position, ...]:  # noqa: ANN401
    """Return a closed ring without positions that repeat."""
    if not isinstance(coordinates, Sequence) or isinstance(coordinates, str):
        raise BadShape("a ring is a list of positions")
    ring: list[Position] = []
    for place in map(_position, coordinates):
        if not ring or place != ring[-1]:
            ring.append(place)
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])
    if len(ring) < 4:
        raise BadShape("a ring is too short: it needs three different positions, and the first one again")
    x0, y0 = ring[0]  # near the ring, so that little is lost to rounding
    twice = sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in itertools.pairwise(ring))
    if abs(twice) < 10.0 ** (-2 * DIGITS):
        raise BadShape("a ring is too short: it encloses nothing")
    return tuple(ring)


def checked(polygons: Any) -> Shape:  # noqa: ANN401 - whatever a file holds
    """Return polygons, each a list of rings, each a list of positions in degrees, rounded; BadShape if they are none."""
    if not isinstance(polygons, Sequence) or isinstance(polygons, str) or not polygons:
        raise BadShape("a shape is a list of polygons")
    shape = []
    for rings in polygons:
        if not isinstance(rings, Sequence) or isinstance(rings, str) or not rings:
            raise BadShape("a polygon is a list of rings")
        shape.append(tuple(map(_ring, rings)))
    return tuple(shape)


def _plain(value: float) -> str:
    return f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")


def to_wkt(shape: Shape) -> str:
    """Return a shape as ``MULTIPOLYGON (((lon lat, ...)))``."""
    polygons = [
        "(" + ", ".join("(" + ", ".join(f"{_plain(x)} {_plain(y)}" for x, y in ring) + ")" for ring in rings) + ")"
        for rings in shape
    ]
    return f"MULTIPOLYGON ({', '.join(polygons)})"


def _parts(text: str, depth: int) -> list[str]:
    """Return what stands between commas inside the outer brackets; brackets at most ``depth`` deep."""
    text = text.strip()
    if not (text.startswith("(") and text.endswith(")")):
        raise BadShape("a shape is written MULTIPOLYGON (((lon lat, ...)))")
    inner = text[1:-1]
    if depth == 1:
        return inner.split(",")
    parts, level, start = [], 0, 0
    for mark in re.finditer(r"[(),]", inner):
        level += {"(": 1, ")": -1, ",": 0}[mark.group()]
        if level == 0 and mark.group() == ",":
            parts.append(inner[start : mark.start()])
            start = mark.end()
    return [*parts, inner[start:]]


@functools.lru_cache(maxsize=1024)
def from_wkt(text: str) -> Shape:
    """Return the shape of a text; BadShape if it is none."""
    match = _FORM.fullmatch(text.strip())
    if match is None or not _ALLOWED.fullmatch(match.group(1)):
        raise BadShape("a shape is written MULTIPOLYGON (((lon lat, ...)))")
    try:
        polygons = [
            [[[float(word) for word in place.split()] for place in _parts(ring, 1)] for ring in _parts(rings, 2)]
            for rings in _parts(match.group(1), 3)
        ]
    except ValueError as error:
        raise error if isinstance(error, BadShape) else BadShape("a coordinate is not a number") from None
    return checked(polygons)


OWN_DISCLAIMER = "Boundaries: as the scenario draws them."

NEAR = 1.5 * 10.0**-DIGITS  # degrees: a position this close to an edge lies on it
Line = tuple[Position, ...]


def _edges(ring: list[Position]) -> Iterator[tuple[Position, Position]]:
    return zip(ring, ring[1:] + ring[:1], strict=True)


def _closed(ring: Sequence[Sequence[float]]) -> list[Position]:
    """Return the positions of a ring, rounded, each once after another, without the last one that repeats the first."""
    line: list[Position] = []
    for x, y in ring:
        place = (round(float(x), DIGITS) + 0.0, round(float(y), DIGITS) + 0.0)
        if not line or place != line[-1]:
            line.append(place)
    return line[:-1] if len(line) > 1 and line[0] == line[-1] else line


def _lonely(rings: Sequence[list[Position]]) -> set[tuple[Position, Position]]:
    """Return the edges, each from its lesser end, that are used once."""
    users = Counter((a, b) if a < b else (b, a) for ring in rings for a, b in _edges(ring))
    return {edge for edge, n in users.items() if n == 1}


def _meeting(rings: Sequence[list[Position]]) -> dict[tuple[Position, Position], list[Position]]:
    """Return, for each edge, the positions of other edges that lie on it, in the order from its lesser end.

    Where one side of a border has positions that the other leaves out, only edges that are used once can meet.
    """
    lonely = _lonely(rings)
    places = np.array(sorted({place for edge in lonely for place in edge})).reshape(-1, 2)
    borders = {}
    for a, b in lonely:
        first, last = np.searchsorted(places[:, 0], (a[0] - NEAR, b[0] + NEAR))
        if last - first <= 2:
            continue
        near, along = places[first:last] - a, np.subtract(b, a)
        length = float(np.hypot(*along))
        aside = np.abs(near[:, 0] * along[1] - near[:, 1] * along[0]) / length
        at = near @ along / length
        on = np.flatnonzero((aside <= NEAR) & (at > NEAR) & (at < length - NEAR))
        if len(on):
            borders[a, b] = [(float(x), float(y)) for x, y in places[first:last][on[np.argsort(at[on])]]]
    return borders


def _filled(ring: list[Position], meeting: Mapping[tuple[Position, Position], list[Position]]) -> list[Position]:
    """Return a ring with the positions of others that lie on its edges."""
    line: list[Position] = []
    for a, b in _edges(ring):
        line += [a, *(meeting.get((a, b), []) if a < b else meeting.get((b, a), [])[::-1])]
    return line


def _junctions(rings: Sequence[list[Position]]) -> set[Position]:
    """Return where arcs begin and end: positions from which other than two edges lead.

    Where just two edges meet, every ring that comes by uses both, so both have the same owners.
    """
    beside: dict[Position, set[Position]] = {}
    for ring in rings:
        for a, b in _edges(ring):
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
    return {place for place, others in beside.items() if len(others) != 2}


def _runs(ring: list[Position], junctions: set[Position]) -> list[Line]:
    """Return a ring as runs from junction to junction; a ring without any as one run from its least position."""
    cuts = [k for k, place in enumerate(ring) if place in junctions] or [ring.index(min(ring))]
    turned = ring[cuts[0] :] + ring[: cuts[0]] + [ring[cuts[0]]]
    ends = [k - cuts[0] for k in cuts] + [len(ring)]
    return [tuple(turned[a : b + 1]) for a, b in itertools.pairwise(ends)]


class _Arcs:
    """Arcs, each kept once, in the direction in which it sorts first."""

    def __init__(self) -> None:
        self.numbers: dict[Line, int] = {}

    def number(self, run: Line) -> int:
        """Return the number of a run; ``~k`` if it is arc k backwards."""
        back = run[::-1]
        if back < run:
            return ~self.numbers.setdefault(back, len(self.numbers))
        return self.numbers.setdefault(run, len(self.numbers))


def atlas_from_shapes(shapes: Mapping[str, Sequence[Sequence[Sequence[Sequence[float]]]]], names: Mapping[str, str]) -> Atlas:
    """Return an atlas in which neighbours share the arcs along which they meet.

    Two shapes meet where their edges lie on each other to within 1e-6 degrees, whichever of them has more positions there.

    Parameters
    ----------
    shapes : mapping
        For each code: polygons, each a list of rings, each a list of longitudes and latitudes in degrees.
    names : mapping
        Display names by code; a code without one is its own name.
    """
    rings = {code: [[_closed(ring) for ring in polygon] for polygon in shape] for code, shape in shapes.items()}
    meeting = _meeting([ring for shape in rings.values() for polygon in shape for ring in polygon])
    if meeting:
        rings = {code: [[_filled(ring, meeting) for ring in polygon] for polygon in shape] for code, shape in rings.items()}
    junctions = _junctions([ring for shape in rings.values() for polygon in shape for ring in polygon])
    arcs = _Arcs()
    numbered = {
        code: [[[arcs.number(run) for run in _runs(ring, junctions)] for ring in polygon] for polygon in shape]
        for code, shape in rings.items()
    }
    return Atlas([np.array(line) for line in arcs.numbers], numbered, {code: names.get(code) or code for code in shapes})


@functools.lru_cache(maxsize=16)
def _own(texts: tuple[tuple[str, str], ...]) -> Atlas:
    shapes: dict[str, Shape] = {code: from_wkt(text) for code, text in texts}
    return atlas_from_shapes(shapes, {})


def atlas_for(shapes: Mapping[str, str] | None) -> Atlas:
    """Return the atlas of a scenario's own shapes, or the one of the world if it has none; the same each time.

    Parameters
    ----------
    shapes : mapping or None
        Well-known text of a multipolygon by code. BadShape if one is none.
    """
    return _own(tuple(shapes.items())) if shapes else world()
