"""From what the author wrote to what runs: borders, lengths, distances and names from the map, defaults for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from stability_sim.scenario.quantity import Quantity
from stability_sim.scenario.schema import BORDER_DEFAULTS, CORRIDOR_DEFAULTS, Border, Map, Scenario

# The two ways to name a border: ``AAA-BBB`` for both directions, ``AAA>BBB`` for the one from AAA into BBB.
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


MAP_SOURCE = "Natural Earth 1:50m"
OWN_SOURCE = "the map of the scenario"


class Atlas(Protocol):
    """What this room asks of the geography room; lengths and distances in km."""

    def __contains__(self, code: str) -> bool: ...
    def name(self, code: str) -> str: ...  # noqa: D102
    def neighbours(self, codes: list[str]) -> Mapping[tuple[str, str], float]: ...  # noqa: D102
    def distance_km(self, a: str, b: str) -> float: ...  # noqa: D102


def atlas_of(projection: str, shapes: Mapping[str, str] | None) -> Atlas | None:
    """Return the atlas that a projection draws on, the scenario's own if it has shapes, or None for a network."""
    if projection == "network":
        return None
    from stability_sim.geography import atlas_for  # here: the map takes time to read, and networks need none

    return atlas_for(shapes)


def land_borders(atlas: Atlas, states: list[str]) -> dict[frozenset[str], float]:
    """Return the pairs of states that share a land border on the map, with its length in km."""
    known = [code for code in states if code in atlas]
    return {frozenset(pair): length for pair, length in atlas.neighbours(known).items()}


class _Numbers:
    """Where the numbers of a border come from, if the file does not give them."""

    def __init__(self, atlas: Atlas | None, states: list[str], defaults: dict[str, float], source: str) -> None:
        self.atlas, self.source = atlas, source
        self.lengths = land_borders(atlas, states) if atlas else {}
        self.defaults = {name: Quantity(value=value, note="default") for name, value in defaults.items()}

    def _mapped(self, source: str, target: str) -> dict[str, Quantity]:
        if self.atlas is None or source not in self.atlas or target not in self.atlas:
            return {}
        lengths = {"distance_km": self.atlas.distance_km(source, target)}
        if frozenset((source, target)) in self.lengths:
            lengths["length_km"] = self.lengths[frozenset((source, target))]
        return {name: Quantity(value=round(km, 1), basis="sourced", source=self.source) for name, km in lengths.items()}

    def fill(self, border: Border, base: Border | None, source: str, target: str) -> Border:
        """Return the border with every number: its own, those of the pair, the map's, the defaults."""
        if all(getattr(border, name) is not None for name in self.defaults):
            return border
        fallback = self.defaults | self._mapped(source, target)
        numbers = {
            name: getattr(border, name) or (getattr(base, name) if base else None) or fallback[name] for name in self.defaults
        }
        return Border(**numbers)

    def fill_all(self, section: Mapping[str, Border]) -> dict[str, Border]:
        """Return the section with every number, and with both directions of every border."""
        whole = dict(section)
        for key in section:
            way = parse_way(key)
            if way and way.one_way:
                pair, back = f"{way.source}-{way.target}", f"{way.target}>{way.source}"
                if back not in whole and find_key(whole, pair) is None:
                    whole[pair] = Border()
        filled = {}
        for key, border in whole.items():
            way = parse_way(key)
            if way is None:
                raise ValueError(f"{key} does not name a border")
            pair_key = find_key(section, f"{way.source}-{way.target}") if way.one_way else None
            base = section[pair_key] if pair_key else None
            filled[key] = self.fill(border, base, way.source, way.target)
        return filled


def with_land_borders(scenario: Scenario, atlas: Atlas | None) -> dict[str, Border]:
    """Return the borders of the file and those of the map that it does not name."""
    borders = dict(scenario.borders)
    if atlas is None or scenario.map.neighbours == "listed":
        return borders
    listed = pairs([*scenario.borders, *scenario.corridors])
    codes = [code for code in scenario.states if code in atlas]
    for a, b in atlas.neighbours(codes):
        if frozenset((a, b)) not in listed:
            borders[f"{a}-{b}"] = Border()
    return borders


def resolve(scenario: Scenario) -> Scenario:
    """Return the scenario with every border and number stated; resolving it again changes nothing.

    The map's neighbours become ``listed``, so that a border which a variant takes away stays away.
    """
    atlas = atlas_of(scenario.map.projection, scenario.map.shapes)
    states = scenario.states
    if atlas is not None:
        states = {
            code: state if state.name or code not in atlas else state.model_copy(update={"name": atlas.name(code)})
            for code, state in states.items()
        }
    codes, source = list(states), OWN_SOURCE if scenario.map.shapes else MAP_SOURCE
    settings = Map(**{**dict(scenario.map), "neighbours": "listed"})
    return scenario.model_copy(
        update={
            "states": states,
            "map": settings,
            "borders": _Numbers(atlas, codes, BORDER_DEFAULTS, source).fill_all(with_land_borders(scenario, atlas)),
            "corridors": _Numbers(atlas, codes, CORRIDOR_DEFAULTS, source).fill_all(scenario.corridors),
        }
    )


def is_resolved(scenario: Scenario) -> bool:
    """Return whether every border is listed with all its numbers."""
    ways = [*scenario.borders.values(), *scenario.corridors.values()]
    return scenario.map.neighbours == "listed" and all(
        getattr(border, name) is not None for border in ways for name in BORDER_DEFAULTS
    )
