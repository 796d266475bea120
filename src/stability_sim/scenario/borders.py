"""The two ways to name a border: ``AAA-BBB`` for both directions, ``AAA>BBB`` for the one from AAA into BBB."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from stability_sim.scenario.schema import Border, Scenario

_FORM = re.compile(r"([A-Za-z0-9_]+)([->])([A-Za-z0-9_]+)")
NUMBERS = tuple(Border.model_fields)


class Way(NamedTuple):
    """A border key, taken apart."""

    source: str
    target: str
    one_way: bool

    @property
    def pair(self) -> frozenset[str]:
        """Return the two states, in no order."""
        return frozenset((self.source, self.target))

    def covers(self, other: Way) -> bool:
        """Return whether setting this key sets what the other one names."""
        if self.one_way:
            return other == self
        return other.pair == self.pair


class DirectedBorder(NamedTuple):
    """The numbers of one direction of a border or corridor: shares, persons and km, as in the schema."""

    guard: float
    ruggedness: float
    openness: float
    hostility: float
    kin: float
    trade: float
    refugees: float
    length_km: float
    distance_km: float
    is_corridor: bool


def parse_way(key: str) -> Way | None:
    """Return the parts of a border key, or None if it is not one."""
    match = _FORM.fullmatch(key)
    return Way(match[1], match[3], match[2] == ">") if match else None


def pairs(keys: Iterable[str]) -> set[frozenset[str]]:
    """Return the pairs of states that border keys name."""
    return {way.pair for way in map(parse_way, keys) if way}


def find_key(section: Mapping[str, Any], key: str) -> str | None:
    """Return the key of a section that names the same as ``key``, in either order of the states."""
    way = parse_way(key)
    if key in section or way is None or way.one_way:
        return key if key in section else None
    turned = f"{way.target}-{way.source}"
    return turned if turned in section else None


def _numbers(border: Border, key: str, *, is_corridor: bool) -> DirectedBorder:
    values = []
    for name in NUMBERS:
        quantity = getattr(border, name)
        if quantity is None:
            raise ValueError(f"{key}.{name} has no value: resolve the scenario first")
        values.append(quantity.value)
    return DirectedBorder(*values, is_corridor=is_corridor)  # type: ignore[misc]


def directed(scenario: Scenario) -> dict[tuple[str, str], DirectedBorder]:
    """Return both directions of every border and corridor of a resolved scenario; ValueError if it is not resolved."""
    ways: dict[tuple[str, str], DirectedBorder] = {}
    for section, is_corridor in ((scenario.borders, False), (scenario.corridors, True)):
        parsed = [(way, key, border) for key, border in section.items() if (way := parse_way(key))]
        for way, key, border in sorted(parsed, key=lambda entry: entry[0].one_way):
            numbers = _numbers(border, key, is_corridor=is_corridor)
            ways[way.source, way.target] = numbers
            if not way.one_way:
                ways[way.target, way.source] = numbers
    return ways
