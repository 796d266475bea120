"""A layout for states without geography: neighbours close to each other, the same each time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def network_layout(codes: Sequence[str], edges: Iterable[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return a place in the unit square for each state, from who borders whom."""
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
