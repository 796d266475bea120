"""Where the page draws states: on a map, or as a network if they have no geography."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from stability_sim.geography import DISCLAIMER, OWN_DISCLAIMER, Atlas, atlas_for, network_layout, projected
from stability_sim.geography.topology import topology
from stability_sim.results import Results

Codes = tuple[str, ...]

WIDTH, HEIGHT, MARGIN = 2000, 1400, 170
NARROWEST = 1.45  # width over height: two maps side by side leave room for what is below them


def _network(results: Results, codes: list[str]) -> dict[str, Any]:
    edges = [border.split("-", 1) for border in results.coords["border"]]
    inside = [(a, b) for a, b in edges if a in codes and b in codes]
    places = network_layout(codes, inside)
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    labels = {code: [round(MARGIN + x * wide), round(MARGIN + (1 - y) * high)] for code, (x, y) in places.items()}
    order = {code: k for k, code in enumerate(codes)}
    links = [[order[a], order[b]] for a, b in inside]
    return {"kind": "network", "width": WIDTH, "height": HEIGHT, "labels": labels, "links": links, "disclaimer": ""}


def drawing(results: Results, blocs: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return shapes, outlines of blocs and places of names of a run."""
    told = results.attributes["map"]
    codes = [code for code in told["states"] if code in results.coords["state"]]
    atlas = None if told["projection"] == "network" else atlas_for(told.get("shapes"))
    if atlas is None or not any(code in atlas for code in codes):
        return {**_network(results, codes), "states": codes}
    members = tuple((name, tuple(states)) for name, states in blocs.items())
    found = _map(atlas, tuple(codes), tuple(told["focus"]), told["projection"], members)
    return {**found, "disclaimer": OWN_DISCLAIMER if told.get("shapes") else DISCLAIMER}


@functools.lru_cache(maxsize=16)
def _map(atlas: Atlas, codes: Codes, focus: Codes, projection: str, blocs: tuple[tuple[str, Codes], ...]) -> dict[str, Any]:
    """Return the map of some states; the same one is asked for at every change of a lever."""
    drawn = projected(atlas, codes, focus, projection, NARROWEST)
    return {"kind": "map", **topology(drawn, dict(blocs)), "links": [], "states": drawn.codes}
