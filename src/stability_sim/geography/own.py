"""An atlas of shapes that somebody else drew: borders that two shapes share become arcs that both use."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from stability_sim.geography.atlas import Atlas, world
from stability_sim.geography.wkt import DIGITS, Position, Shape, from_wkt

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
    found = {}
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
            found[a, b] = [(float(x), float(y)) for x, y in places[first:last][on[np.argsort(at[on])]]]
    return found


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
def _own(told: tuple[tuple[str, str], ...]) -> Atlas:
    shapes: dict[str, Shape] = {code: from_wkt(text) for code, text in told}
    return atlas_from_shapes(shapes, {})


def atlas_for(shapes: Mapping[str, str] | None) -> Atlas:
    """Return the atlas of a scenario's own shapes, or the one of the world if it has none; the same each time.

    Parameters
    ----------
    shapes : mapping or None
        Well-known text of a multipolygon by code. BadShape if one is none.
    """
    return _own(tuple(shapes.items())) if shapes else world()
