"""The shapes of states, and what follows from them: land borders, lengths, distances, outlines of blocs."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (n, 2)
Polygon = list[Points]  # outer ring, then holes
EARTH_KM = 6371.0088
GRID = 28


def great_circle_km(a: Points, b: Points) -> NDArray[np.float64]:
    """Return the distances in km between points given as longitude and latitude in degrees."""
    lon1, lat1, lon2, lat2 = (np.radians(values) for values in (a[:, 0], a[:, 1], b[:, 0], b[:, 1]))
    h = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    result: NDArray[np.float64] = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return result


def length_km(line: Points) -> float:
    """Return the length of a line of longitudes and latitudes in km."""
    return float(great_circle_km(line[:-1], line[1:]).sum())


def area(ring: Points) -> float:
    """Return the area of a closed ring, in the square of its unit; positive whichever way it turns."""
    x, y = ring[:, 0], ring[:, 1]
    return abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())) / 2


def centre(ring: Points) -> tuple[float, float]:
    """Return the centroid of a closed ring; the mean of its points if it has no area."""
    x, y = ring[:, 0], ring[:, 1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    total = cross.sum()
    if abs(total) < 1e-12:
        return float(x.mean()), float(y.mean())
    return float(((x[:-1] + x[1:]) * cross).sum() / (3 * total)), float(((y[:-1] + y[1:]) * cross).sum() / (3 * total))


def inside(points: Points, polygon: Polygon) -> NDArray[np.bool_]:
    """Return which points lie in a polygon: inside an odd number of its rings."""
    odd = np.zeros(len(points), dtype=bool)
    px, py = points[:, 0], points[:, 1]
    for ring in polygon:
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            if y1 == y2:
                continue
            crosses = (y1 > py) != (y2 > py)
            odd ^= crosses & (px < (x2 - x1) * (py - y1) / (y2 - y1) + x1)
    return odd


def innermost(polygon: Polygon) -> tuple[float, float]:
    """Return a point far from all edges of a polygon: where a label fits best."""
    outer = polygon[0]
    low, high = outer.min(axis=0), outer.max(axis=0)
    xs, ys = (np.linspace(low[k], high[k], GRID + 2)[1:-1] for k in range(2))
    points = np.array([(x, y) for y in ys for x in xs])
    points = points[inside(points, polygon)]
    if not len(points):
        return centre(outer)
    edges = np.concatenate([_dense(ring, float((high - low).max()) / 40) for ring in polygon])
    # Labels are wide: the distance to the left and right counts less than up and down.
    away = (points[:, None, :] - edges[None, :, :]) * np.array([0.6, 1.0])
    best = points[np.argmax((away**2).sum(axis=2).min(axis=1))]
    return float(best[0]), float(best[1])


def _dense(ring: Points, step: float) -> Points:
    """Return points along a ring, no further apart than a step."""
    parts = []
    for start, end in itertools.pairwise(ring):
        n = max(1, int(np.ceil(np.abs(end - start).max() / step))) if step > 0 else 1
        parts.append(start + (end - start) * (np.arange(n) / n)[:, None])
    return np.concatenate(parts)


def at_antimeridian(ring: Points) -> list[Points]:
    """Return the parts of a closed ring between longitudes −180 and 180; the ring itself if it does not cross them."""
    steps = np.diff(ring[:, 0])
    if np.abs(steps).max(initial=0.0) <= 180.0:
        return [ring]
    turns = np.concatenate([[0.0], np.cumsum(np.where(steps < -180.0, 360.0, np.where(steps > 180.0, -360.0, 0.0)))])
    whole = np.column_stack([ring[:, 0] + turns, ring[:, 1]])
    if abs(turns[-1]) > 0.0:  # around a pole
        return [ring]
    parts = []
    for shift in (-360.0, 0.0, 360.0):
        part = clip_ring(whole, (-180.0 + shift, 180.0 + shift, -90.0, 90.0))
        if len(part):
            parts.append(part - np.array([shift, 0.0]))
    return parts


def clip_ring(ring: Points, box: tuple[float, float, float, float]) -> Points:
    """Return the part of a closed ring inside a box (xmin, xmax, ymin, ymax), closed; empty if there is none."""
    for axis, bound, sign in ((0, box[0], 1), (0, box[1], -1), (1, box[2], 1), (1, box[3], -1)):
        ring = _clip_side(ring, axis, bound, sign)
        if len(ring) < 4:
            return np.empty((0, 2))
    return ring


def _clip_side(ring: Points, axis: int, bound: float, sign: int) -> Points:
    """Cut a closed ring along one side of a box (Sutherland and Hodgman 1974)."""
    keeps = sign * (ring[:, axis] - bound) >= 0
    if keeps.all():
        return ring
    clipped: list[Points] = []
    for k in range(len(ring) - 1):
        start, end = ring[k], ring[k + 1]
        if keeps[k]:
            clipped.append(start)
        if keeps[k] != keeps[k + 1]:
            clipped.append(start + (end - start) * ((bound - start[axis]) / (end[axis] - start[axis])))
    if not clipped:
        return np.empty((0, 2))
    return np.array([*clipped, clipped[0]])


DISCLAIMER = "Boundaries: Natural Earth 1:50m via visionscarto. No endorsement implied."
SHORTEST_BORDER_KM = 0.5  # states that touch in a point are no neighbours


def _arcs_of(shape: Any) -> Iterable[int]:  # noqa: ANN401 - nested lists of arc numbers
    for part in shape:
        if isinstance(part, list):
            yield from _arcs_of(part)
        else:
            yield part if part >= 0 else ~part


class Atlas:
    """A topology: arcs, each once, and states made of them, so that neighbours share theirs.

    Parameters
    ----------
    arcs : list of (n, 2) arrays
        Longitude and latitude in degrees.
    shapes : dict
        For each code: polygons, each a list of rings, each a list of arc numbers; ``~k`` is arc k backwards.
    names : dict
        Display names by code.
    """

    def __init__(self, arcs: list[Points], shapes: dict[str, list[list[list[int]]]], names: dict[str, str]) -> None:
        self._arcs = arcs
        self._shapes = shapes
        self._names = names
        self.codes: tuple[str, ...] = tuple(shapes)

    def __contains__(self, code: object) -> bool:
        return code in self._shapes

    def name(self, code: str) -> str:
        """Return the display name of a state."""
        return self._names[code]

    def arc(self, k: int) -> Points:
        """Return the longitudes and latitudes of an arc."""
        return self._arcs[k]

    def rings(self, code: str) -> list[list[list[int]]]:
        """Return the polygons of a state as rings of arc numbers; ``~k`` is arc k backwards."""
        return self._shapes[code]

    def outline_arcs(self, codes: Sequence[str]) -> list[int]:
        """Return the numbers of the arcs that a set of states uses once."""
        wanted = set(codes)
        return [arc for arc, users in self._users.items() if sum(code in wanted for code in users) == 1]

    @functools.cached_property
    def _users(self) -> dict[int, list[str]]:
        """For each arc, the states that use it, once for each use."""
        users: dict[int, list[str]] = {}
        for code, shape in self._shapes.items():
            for arc in _arcs_of(shape):
                users.setdefault(arc, []).append(code)
        return users

    @functools.cached_property
    def _shared(self) -> dict[tuple[str, str], list[int]]:
        shared: dict[tuple[str, str], list[int]] = {}
        for arc, codes in self._users.items():
            a, *others = sorted(set(codes))
            for b in others:
                shared.setdefault((a, b), []).append(arc)
        return shared

    def boundary_between(self, a: str, b: str) -> list[Points]:
        """Return the lines along which two states meet."""
        pair = (a, b) if a < b else (b, a)
        return [self._arcs[arc] for arc in self._shared.get(pair, [])]

    def neighbours(self, codes: Sequence[str]) -> dict[tuple[str, str], float]:
        """Return the pairs of states, in alphabetical order, that share a land border, with its length in km."""
        wanted = set(codes)
        lengths = {
            pair: sum(length_km(self._arcs[arc]) for arc in arcs)
            for pair, arcs in sorted(self._shared.items())
            if wanted.issuperset(pair)
        }
        return {pair: length for pair, length in lengths.items() if length >= SHORTEST_BORDER_KM}

    def outline(self, codes: Sequence[str]) -> list[Points]:
        """Return the arcs that a set of states uses once: its outline, without the borders inside."""
        return [self._arcs[arc] for arc in self.outline_arcs(codes)]

    def _ring(self, arcs: list[int]) -> Points:
        parts = [self._arcs[k] if k >= 0 else self._arcs[~k][::-1] for k in arcs]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    @functools.cache  # noqa: B019 - an atlas lives as long as the process
    def polygons(self, code: str) -> list[Polygon]:
        """Return the polygons of a state, the largest first: lists of closed rings of longitude and latitude."""
        polygons = [[self._ring(ring) for ring in polygon] for polygon in self._shapes[code]]
        return sorted(polygons, key=lambda polygon: -_area_on_earth(polygon[0]))

    @functools.cache  # noqa: B019
    def label_point(self, code: str) -> tuple[float, float]:
        """Return a longitude and latitude well inside the largest polygon of a state."""
        return innermost(self.polygons(code)[0])

    @functools.cache  # noqa: B019
    def centre(self, code: str) -> tuple[float, float]:
        """Return the longitude and latitude of the centre of the largest polygon of a state."""
        return centre(self.polygons(code)[0][0])

    def distance_km(self, a: str, b: str) -> float:
        """Return the great-circle distance between the centres of two states in km."""
        return float(great_circle_km(np.array([self.centre(a)]), np.array([self.centre(b)]))[0])


def _area_on_earth(ring: Points) -> float:
    shrunk = ring * np.array([np.cos(np.radians(ring[:, 1].mean())), 1.0])
    return area(shrunk)


@functools.cache
def world() -> Atlas:
    """Return the atlas of the world that ships with the package."""
    text = files("stability_sim.geography").joinpath("data", "world-50m.json").read_text(encoding="utf-8")
    record = json.loads(text)
    scale, translate = np.array(record["scale"]), np.array(record["translate"])
    arcs = [np.cumsum(np.array(arc, dtype=np.int64), axis=0) * scale + translate for arc in record["arcs"]]
    shapes = {code: state["polygons"] for code, state in record["states"].items()}
    return Atlas(arcs, shapes, {code: state["name"] for code, state in record["states"].items()})
