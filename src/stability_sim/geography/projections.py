"""States on paper: a projection, a frame around those in focus, and shapes cut to it."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from stability_sim.geography.atlas import EARTH_KM, Atlas, Points, Polygon, area, at_antimeridian, clip_ring, innermost

Box = tuple[float, float, float, float]
Forward = Callable[[Points], Points]

FAR = 0.1  # cosine of the angle beyond which a point is on the far side
MINOR = 0.12  # polygons smaller than this share of the largest do not widen the frame
GIANT = 3.0  # states this many times as wide as the median are cut if no focus is given
WIDEST, NARROWEST = 1.6, 0.9  # width over height
WORLD = 2.05  # width over height of Equal Earth
CONTEXT = 0.16  # of the width of what is in focus, shown around it
_A = (1.340264, -0.081106, 0.000893, 0.003796)  # Šavrič, Patterson and Jenny 2018


def lambert(lon0: float, lat0: float) -> Forward:
    """Return Lambert's azimuthal equal-area projection around a point: degrees to km; NaN on the far side."""
    cos0, sin0 = np.cos(np.radians(lat0)), np.sin(np.radians(lat0))

    def forward(points: Points) -> Points:
        lon, lat = np.radians(points[:, 0] - lon0), np.radians(points[:, 1])
        towards = sin0 * np.sin(lat) + cos0 * np.cos(lat) * np.cos(lon)
        k = np.sqrt(2.0 / np.maximum(1.0 + towards, 1e-9))
        x = k * np.cos(lat) * np.sin(lon)
        y = k * (cos0 * np.sin(lat) - sin0 * np.cos(lat) * np.cos(lon))
        flat = EARTH_KM * np.column_stack([x, y])
        flat[towards < FAR] = np.nan
        return flat

    return forward


def equal_earth(points: Points) -> Points:
    """Return points in the Equal Earth projection: degrees to km."""
    lon, lat = np.radians(points[:, 0]), np.radians(points[:, 1])
    t = np.arcsin(np.sqrt(3) / 2 * np.sin(lat))
    a1, a2, a3, a4 = _A
    slope = a1 + 3 * a2 * t**2 + t**6 * (7 * a3 + 9 * a4 * t**2)
    x = 2 * np.sqrt(3) * lon * np.cos(t) / (3 * slope)
    y = t * (a1 + a2 * t**2 + t**6 * (a3 + a4 * t**2))
    return EARTH_KM * np.column_stack([x, y])


def _middle(atlas: Atlas, codes: Sequence[str]) -> tuple[float, float]:
    """Return the longitude and latitude in the middle of some states."""
    lon, lat = np.radians(np.array([atlas.label_point(code) for code in codes])).T
    x, y, z = (np.cos(lat) * np.cos(lon)).mean(), (np.cos(lat) * np.sin(lon)).mean(), np.sin(lat).mean()
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


class ProjectedMap:
    """A frame in km, and the shapes of states in it."""

    def __init__(
        self, atlas: Atlas, codes: Sequence[str], focus: Sequence[str], projection: str, narrowest: float = NARROWEST
    ) -> None:
        self.atlas = atlas
        self.codes = [code for code in codes if code in atlas]
        inner = [code for code in focus if code in atlas] or self.codes
        self.tears = projection == "equal-earth"  # cuts shapes at the antimeridian, so that their arcs cannot be shared
        self._narrowest = narrowest
        self._forward = equal_earth if self.tears else lambert(*_middle(atlas, inner))
        self.extent = self._frame(inner, grow=CONTEXT if focus else 0.04, cut=not focus)
        width, height = self.extent[1] - self.extent[0], self.extent[3] - self.extent[2]
        self._box = (
            self.extent[0] - 0.05 * width, self.extent[1] + 0.05 * width,
            self.extent[2] - 0.05 * height, self.extent[3] + 0.05 * height,
        )  # fmt: skip

    def _main_box(self, code: str) -> Box:
        """Return the box around the larger polygons of a state."""
        rings = [self._forward(polygon[0]) for polygon in self.atlas.polygons(code)]
        rings = [ring for ring in rings if not np.isnan(ring).any()]
        largest = max((area(ring) for ring in rings), default=0.0)
        points = np.concatenate([ring for ring in rings if area(ring) >= MINOR * largest] or [np.zeros((1, 2))])
        return (points[:, 0].min(), points[:, 0].max(), points[:, 1].min(), points[:, 1].max())

    def _frame(self, codes: Sequence[str], *, grow: float, cut: bool) -> Box:
        boxes = np.array([self._main_box(code) for code in codes])
        sizes = np.maximum(boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2])
        if cut and len(codes) > 2:
            boxes = boxes[sizes <= GIANT * np.median(sizes)]
        x0, x1, y0, y1 = boxes[:, 0].min(), boxes[:, 1].max(), boxes[:, 2].min(), boxes[:, 3].max()
        margin = grow * max(x1 - x0, y1 - y0)
        x0, x1, y0, y1 = x0 - margin, x1 + margin, y0 - margin, y1 + margin
        wide, high = x1 - x0, y1 - y0
        more_high = max(wide / (WORLD if self.tears else WIDEST) - high, 0.0) / 2
        more_wide = max(high * self._narrowest - wide, 0.0) / 2
        return (float(x0 - more_wide), float(x1 + more_wide), float(y0 - more_high), float(y1 + more_high))

    @functools.cache  # noqa: B019 - a map lives as long as its figure
    def shapes(self, code: str) -> list[Polygon]:
        """Return the polygons of a state inside the frame, in km: lists of closed rings."""
        projected = []
        for polygon in self._pieces(code):
            rings = [self._forward(ring) for ring in polygon]
            rings = [ring[~np.isnan(ring).any(axis=1)] for ring in rings]
            rings = [np.concatenate([ring, ring[:1]]) for ring in rings if len(ring) > 2]
            if not rings or not _touches(rings[0], self._box):
                continue
            cut = [clip_ring(ring, self._box) for ring in rings]
            if len(cut[0]):
                projected.append([ring for ring in cut if len(ring)])
        return projected

    def _pieces(self, code: str) -> list[Polygon]:
        """Return the polygons of a state, cut at the antimeridian if the projection tears there."""
        polygons = self.atlas.polygons(code)
        if not self.tears:
            return polygons
        pieces: list[Polygon] = []
        for polygon in polygons:
            parts = at_antimeridian(polygon[0])
            pieces += [polygon] if len(parts) == 1 else [[part] for part in parts]
        return pieces

    def lines(self, lines: Sequence[Points]) -> list[Points]:
        """Return lines of longitude and latitude in km, cut where they leave the frame."""
        projected = []
        x0, x1, y0, y1 = self._box
        for line in lines:
            flat = self._forward(line)
            if self.tears:
                flat[1:][np.abs(np.diff(line[:, 0])) > 180.0] = np.nan
            with np.errstate(invalid="ignore"):
                seen = (flat[:, 0] >= x0) & (flat[:, 0] <= x1) & (flat[:, 1] >= y0) & (flat[:, 1] <= y1)
            runs = np.split(np.arange(len(flat)), np.flatnonzero(np.diff(seen)) + 1)
            projected += [flat[max(run[0] - 1, 0) : run[-1] + 2] for run in runs if seen[run[0]] and len(run) > 1]
        return [line[~np.isnan(line).any(axis=1)] for line in projected]

    def flat(self, points: Points) -> Points:
        """Return places of longitudes and latitudes in km; NaN on the far side."""
        return self._forward(points)

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the place of a longitude and latitude, in km."""
        x, y = self._forward(np.array([[lon, lat]]))[0]
        return float(x), float(y)

    @functools.cache  # noqa: B019
    def label(self, code: str) -> tuple[float, float] | None:
        """Return a place well inside the visible part of a state, or None if too little of it is visible."""
        cut = [[clip_ring(ring, self.extent) for ring in polygon] for polygon in self.shapes(code)]
        cut = [[ring for ring in polygon if len(ring)] for polygon in cut if len(polygon[0])]
        if not cut:
            return None
        largest = max(cut, key=lambda polygon: area(polygon[0]))
        frame = (self.extent[1] - self.extent[0]) * (self.extent[3] - self.extent[2])
        return innermost(largest) if area(largest[0]) > 1e-4 * frame else None

    @functools.cached_property
    def background(self) -> list[str]:
        """All other states that are visible in the frame."""
        return [code for code in self.atlas.codes if code not in self.codes and self.shapes(code)]


def _touches(ring: Points, box: Box) -> bool:
    low, high = ring.min(axis=0), ring.max(axis=0)
    return bool(low[0] <= box[1] and high[0] >= box[0] and low[1] <= box[3] and high[1] >= box[2])


def projected(
    atlas: Atlas,
    codes: Sequence[str],
    focus: Sequence[str] = (),
    projection: str = "lambert",
    narrowest: float = NARROWEST,
) -> ProjectedMap:
    """Return a map of states in which those in focus, or those not much larger than the others, are wholly visible.

    Its width is at least ``narrowest`` times its height.
    """
    return ProjectedMap(atlas, codes, focus, projection, narrowest)


def network_layout(codes: Sequence[str], edges: Iterable[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return a place in the unit square for each state, from who borders whom: the same each time."""
    if len(codes) < 2:
        return dict.fromkeys(codes, (0.5, 0.5))
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(codes)
    graph.add_edges_from(edges)
    n = len(codes)
    circle = {code: (math.cos(2 * math.pi * k / n), math.sin(2 * math.pi * k / n)) for k, code in enumerate(codes)}
    spring = networkx.spring_layout(graph, pos=circle, seed=1, iterations=300, k=2.4 / math.sqrt(n))
    xs, ys = ([float(spring[code][k]) for code in codes] for k in range(2))
    return {code: (x, y) for code, x, y in zip(codes, _spread(xs), _spread(ys), strict=True)}


def _spread(values: list[float]) -> list[float]:
    """Return values moved and stretched so that they go from 0.05 to 0.95."""
    low, high = min(values), max(values)
    if high - low < 1e-9:
        return [0.5] * len(values)
    return [0.05 + 0.9 * (value - low) / (high - low) for value in values]
