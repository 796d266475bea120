"""A layout for states without geography: neighbours close to each other, the same each time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def network_layout(codes: Sequence[str], edges: Iterable[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return a place in the unit square for each state, from who borders whom."""
    if len(codes) < 2:  # noqa: PLR2004
        return dict.fromkeys(codes, (0.5, 0.5))
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(codes)
    graph.add_edges_from(edges)
    n = len(codes)
    circle = {code: (math.cos(2 * math.pi * k / n), math.sin(2 * math.pi * k / n)) for k, code in enumerate(codes)}
    spring = networkx.spring_layout(graph, pos=circle, seed=1, iterations=200, k=1.6 / math.sqrt(n))
    xs, ys = ([float(spring[code][k]) for code in codes] for k in range(2))
    span = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
    middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    return {
        code: (0.5 + 0.9 * (x - middle[0]) / span, 0.5 + 0.9 * (y - middle[1]) / span)
        for code, x, y in zip(codes, xs, ys, strict=True)
    }
