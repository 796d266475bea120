"""Plane and sphere geometry of rings and lines, in numpy."""

from __future__ import annotations

import itertools

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
    kept: list[Points] = []
    for k in range(len(ring) - 1):
        start, end = ring[k], ring[k + 1]
        if keeps[k]:
            kept.append(start)
        if keeps[k] != keeps[k + 1]:
            kept.append(start + (end - start) * ((bound - start[axis]) / (end[axis] - start[axis])))
    if not kept:
        return np.empty((0, 2))
    return np.array([*kept, kept[0]])
