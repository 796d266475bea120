"""The shapes of states, and what follows from them: land borders, lengths, distances, outlines of blocs."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from stability_sim.geography.shapes import Points, Polygon, area, centre, great_circle_km, innermost, length_km

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
        found = [[self._ring(ring) for ring in polygon] for polygon in self._shapes[code]]
        return sorted(found, key=lambda polygon: -_area_on_earth(polygon[0]))

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
    told = json.loads(text)
    scale, translate = np.array(told["scale"]), np.array(told["translate"])
    arcs = [np.cumsum(np.array(arc, dtype=np.int64), axis=0) * scale + translate for arc in told["arcs"]]
    shapes = {code: state["polygons"] for code, state in told["states"].items()}
    return Atlas(arcs, shapes, {code: state["name"] for code, state in told["states"].items()})
