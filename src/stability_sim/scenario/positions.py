"""From a path of the document to its spot in the file."""

from __future__ import annotations

from typing import Literal

from stability_sim.scenario.compose import Node, Spot
from stability_sim.scenario.problems import Loc


def spot_of(root: Node, loc: Loc, on: Literal["key", "value"] = "value") -> Spot:
    """Return the spot of the key or value at a path, or of the nearest part of the path that exists."""
    spot, node = root.spot, root
    for step in loc:
        if isinstance(node.value, dict) and step in node.value:
            key_spot, node = node.value[str(step)]
            spot = key_spot
        elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            spot = node.spot
        else:
            return spot
    return spot if on == "key" else node.spot
