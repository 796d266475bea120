"""Shapes as text: multipolygons in well-known text (OGC 06-103r4), checked, in one form whoever wrote them."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Sequence
from typing import Any

Position = tuple[float, float]
Rings = tuple[tuple[Position, ...], ...]
Shape = tuple[Rings, ...]

DIGITS = 6  # decimals of a degree that are kept: about 0.1 m
_FORM = re.compile(r"MULTIPOLYGON\s*(\(.*\))", re.DOTALL)
_ALLOWED = re.compile(r"[-+0-9.eE,()\s]*")


class BadShape(ValueError):  # noqa: N818 - reads as a statement where it is caught
    """A shape that cannot be drawn; its text says why."""


def _position(given: Any) -> Position:  # noqa: ANN401 - whatever a file holds
    """Return a longitude and latitude, rounded; a height after them is left out."""
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) < 2:
        raise BadShape("a position is a longitude and a latitude")
    lon, lat = given[0], given[1]
    for value in (lon, lat):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadShape("a position is a longitude and a latitude, both numbers")
        if isinstance(value, float) and not math.isfinite(value):
            raise BadShape("a coordinate is not a finite number")
    if not -180 <= lon <= 180 or not -90 <= lat <= 90:
        raise BadShape(f"{lon:.6g}, {lat:.6g} is not a place: longitudes are -180 to 180 and latitudes -90 to 90 degrees")
    return round(float(lon), DIGITS) + 0.0, round(float(lat), DIGITS) + 0.0


def _ring(given: Any) -> tuple[Position, ...]:  # noqa: ANN401
    """Return a closed ring without positions that repeat."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise BadShape("a ring is a list of positions")
    ring: list[Position] = []
    for place in map(_position, given):
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
    found = []
    for rings in polygons:
        if not isinstance(rings, Sequence) or isinstance(rings, str) or not rings:
            raise BadShape("a polygon is a list of rings")
        found.append(tuple(map(_ring, rings)))
    return tuple(found)


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
    found = _FORM.fullmatch(text.strip())
    if found is None or not _ALLOWED.fullmatch(found.group(1)):
        raise BadShape("a shape is written MULTIPOLYGON (((lon lat, ...)))")
    try:
        polygons = [
            [[[float(word) for word in place.split()] for place in _parts(ring, 1)] for ring in _parts(rings, 2)]
            for rings in _parts(found.group(1), 3)
        ]
    except ValueError as error:
        raise error if isinstance(error, BadShape) else BadShape("a coordinate is not a number") from None
    return checked(polygons)
