"""From what the author wrote to what runs: borders, lengths, distances and names from the map, defaults for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from stability_sim.geography import atlas_for
from stability_sim.scenario.borders import find_key, pairs, parse_way
from stability_sim.scenario.quantity import Quantity
from stability_sim.scenario.schema import BORDER_DEFAULTS, CORRIDOR_DEFAULTS, Border, Map, Scenario

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
    return None if projection == "network" else atlas_for(shapes)  # the map takes time to read, and networks need none


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
        found = {"distance_km": self.atlas.distance_km(source, target)}
        if frozenset((source, target)) in self.lengths:
            found["length_km"] = self.lengths[frozenset((source, target))]
        return {name: Quantity(value=round(km, 1), basis="sourced", source=self.source) for name, km in found.items()}

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
    given = pairs([*scenario.borders, *scenario.corridors])
    codes = [code for code in scenario.states if code in atlas]
    for a, b in atlas.neighbours(codes):
        if frozenset((a, b)) not in given:
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
    drawn = Map(**{**dict(scenario.map), "neighbours": "listed"})
    return scenario.model_copy(
        update={
            "states": states,
            "map": drawn,
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
