"""A projected map as TopoJSON: whole numbers in a frame of fixed width, arcs shared by neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.geography.atlas import Points, area
from stability_sim.geography.projections import ProjectedMap

WIDTH = 2000  # units of the frame: about half a pixel on a page
BEYOND = 0.6  # of the frame's width: what is further outside is moved to this line
SMALLEST = 3.0  # square units: smaller islands are left out, but for a state's largest
Whole = NDArray[np.int64]


class _Frame:
    """Places in km turned into whole units from the upper left corner."""

    def __init__(self, extent: tuple[float, float, float, float]) -> None:
        self.x0, x1, y0, self.y1 = extent
        self.scale = WIDTH / (x1 - self.x0)
        self.height = round((self.y1 - y0) * self.scale)

    def place(self, flat: Points) -> Whole:
        """Return points as whole numbers, without repetitions and without what lies far outside."""
        flat = flat[~np.isnan(flat).any(axis=1)]
        x = np.clip((flat[:, 0] - self.x0) * self.scale, -BEYOND * WIDTH, (1 + BEYOND) * WIDTH)
        y = np.clip((self.y1 - flat[:, 1]) * self.scale, -BEYOND * WIDTH, self.height + BEYOND * WIDTH)
        return _thinned(np.rint(np.column_stack([x, y])).astype(np.int64))


def _thinned(points: Whole) -> Whole:
    """Return a line without points that repeat and, twice, without every other one that hardly bends it."""
    for _ in range(2):
        if len(points) > 1:
            moved = np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])
            moved[-1] = True
            points = points[moved]
        if len(points) < 5:
            return points
        a, b, c = points[:-2], points[1:-1], points[2:]
        bend = np.abs((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]))
        keep = np.ones(len(points), dtype=bool)
        keep[1:-1] = (bend > 2) | (np.arange(len(bend)) % 2 == 0)
        points = points[keep]
    return points


def _deltas(points: Whole) -> list[list[int]]:
    steps: list[list[int]] = np.concatenate([points[:1], np.diff(points, axis=0)]).tolist()
    return steps


class _Arcs:
    """The arcs in use, each once, in the order of their first use."""

    def __init__(self) -> None:
        self.lines: list[list[list[int]]] = []
        self._numbers: dict[int, int | None] = {}

    def add(self, line: Whole) -> int | None:
        """Keep a line; return its number, or None if too little is left of it."""
        if len(line) < 2:
            return None
        self.lines.append(_deltas(line))
        return len(self.lines) - 1

    def shared(self, k: int, line: Whole) -> int | None:
        """Keep arc k of the atlas once; return its number."""
        if k not in self._numbers:
            self._numbers[k] = self.add(line)
        return self._numbers[k]


def _ring_in_frame(ring: Whole, height: int) -> bool:
    low, high = ring.min(axis=0), ring.max(axis=0)
    return bool(low[0] <= WIDTH and high[0] >= 0 and low[1] <= height and high[1] >= 0)


class _Builder:
    """Puts states and blocs of a map into a topology."""

    def __init__(self, projected: ProjectedMap) -> None:
        self.projected, self.frame, self.arcs = projected, _Frame(projected.extent), _Arcs()
        self._placed: dict[int, Whole] = {}

    def _arc(self, k: int) -> Whole:
        if k not in self._placed:
            self._placed[k] = self.frame.place(self.projected.flat(self.projected.atlas.arc(k)))
        return self._placed[k]

    def _numbered(self, ring: list[int]) -> list[int]:
        numbers = []
        for k in ring:
            own = k if k >= 0 else ~k
            number = self.arcs.shared(own, self._arc(own))
            if number is not None:
                numbers.append(number if k >= 0 else ~number)
        return numbers

    def _whole_ring(self, ring: list[int]) -> Whole:
        parts = [self._arc(k) if k >= 0 else self._arc(~k)[::-1] for k in ring]
        return np.concatenate(parts)

    def _shared(self, code: str) -> list[list[list[int]]]:
        sized: list[tuple[float, list[list[int]]]] = []
        for polygon in self.projected.atlas.rings(code):
            outer = self._whole_ring(polygon[0])
            if len(outer) > 3 and _ring_in_frame(outer, self.frame.height):
                sized.append((area(np.concatenate([outer, outer[:1]]).astype(float)), polygon))
        largest = max((size for size, _ in sized), default=0.0)
        chosen = [polygon for size, polygon in sized if size >= SMALLEST or size == largest]
        polygons = [[numbers for ring in polygon if (numbers := self._numbered(ring))] for polygon in chosen]
        return [polygon for polygon in polygons if polygon]

    def _own(self, code: str) -> list[list[list[int]]]:
        polygons = []
        for polygon in self.projected.shapes(code):
            numbers = [self.arcs.add(self.frame.place(ring)) for ring in polygon]
            polygons.append([[k] for k in numbers if k is not None])
        return [polygon for polygon in polygons if polygon]

    def state(self, code: str) -> dict[str, Any]:
        """Return the geometry of a state."""
        polygons = self._own(code) if self.projected.tears else self._shared(code)
        return {"type": "MultiPolygon", "id": code, "arcs": polygons}

    def bloc(self, name: str, members: Sequence[str]) -> dict[str, Any]:
        """Return the outline of some states."""
        atlas = self.projected.atlas
        if self.projected.tears:
            lines = [self.arcs.add(self.frame.place(line)) for line in self.projected.lines(atlas.outline(members))]
            return {"type": "MultiLineString", "id": name, "arcs": [[k] for k in lines if k is not None]}
        chosen = [k for k in atlas.outline_arcs(members) if len(self._arc(k)) and _ring_in_frame(self._arc(k), self.frame.height)]
        numbers = [self.arcs.shared(k, self._arc(k)) for k in chosen]
        return {"type": "MultiLineString", "id": name, "arcs": [[k] for k in numbers if k is not None]}

    def labels(self, codes: Sequence[str]) -> dict[str, list[int]]:
        """Return where the name of each visible state goes."""
        places = {code: place for code in codes if (place := self.projected.label(code))}
        return {code: self.frame.place(np.array([place]))[0].tolist() for code, place in places.items()}


def topology(projected: ProjectedMap, blocs: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return a projected map as a TopoJSON topology, with its size and the places of names.

    Parameters
    ----------
    projected : ProjectedMap
        The map; states of the scenario and all others in its frame are included.
    blocs : mapping
        Members of each bloc whose outline is wanted.
    """
    builder = _Builder(projected)
    states = [builder.state(code) for code in projected.codes]
    others = [builder.state(code) for code in projected.background]
    known = {name: [code for code in members if code in projected.codes] for name, members in blocs.items()}
    outlines = [builder.bloc(name, members) for name, members in known.items() if members]
    objects = {"states": states, "others": others, "blocs": outlines}
    return {
        "width": WIDTH,
        "height": builder.frame.height,
        "labels": builder.labels(projected.codes),
        "topology": {
            "type": "Topology",
            "transform": {"scale": [1, 1], "translate": [0, 0]},
            "objects": {name: {"type": "GeometryCollection", "geometries": geometries} for name, geometries in objects.items()},
            "arcs": builder.arcs.lines,
        },
    }
