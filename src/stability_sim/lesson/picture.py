"""The map of a case as a still picture inside an HTML page."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from stability_sim.report.figures.style import BLOC, EDGE, INK, LAND, SEA


def _paths(drawing: dict[str, Any], layer: str) -> list[str]:
    arcs = []
    for arc in drawing["topology"]["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append(f"{x},{y}")
        arcs.append(points)
    found = []
    for shape in drawing["topology"]["objects"][layer]["geometries"]:
        closed = shape["type"] == "MultiPolygon"
        lines = [ring for polygon in shape["arcs"] for ring in polygon] if closed else shape["arcs"]
        parts = [" ".join(point for k in line for point in (arcs[k] if k >= 0 else arcs[~k][::-1])) for line in lines]
        found.append("".join(f"M{part}{'Z' if closed else ''}" for part in parts))
    return found


def picture(drawing: dict[str, Any], names: Mapping[str, str], title: str) -> str:
    """Return a drawing as SVG: states, outlines of blocs, names; or the network of borders."""
    width, height = drawing["width"], drawing["height"]
    parts = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(title, quote=True)}">']
    if drawing["kind"] == "map":
        parts.append(f'<rect width="{width}" height="{height}" fill="{SEA}"/>')
        for layer, fill, edge in (("others", LAND, EDGE), ("states", "#fffdf0", "#7d838c")):
            parts += [f'<path d="{path}" fill="{fill}" stroke="{edge}" stroke-width="2"/>' for path in _paths(drawing, layer)]
        parts += [f'<path d="{path}" fill="none" stroke="{BLOC}" stroke-width="7"/>' for path in _paths(drawing, "blocs")]
    else:
        at = [drawing["labels"][code] for code in drawing["states"]]
        for a, b in drawing["links"]:
            parts.append(f'<path d="M{at[a][0]},{at[a][1]}L{at[b][0]},{at[b][1]}" stroke="#9aa3ad" stroke-width="5"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="52" fill="#fffdf0" stroke="{INK}" stroke-width="4"/>' for x, y in at]
    down = 0 if drawing["kind"] == "map" else 100
    for code, (x, y) in drawing["labels"].items():
        text = html.escape(names.get(code, code)[:24])
        style = f'font-size="44" font-weight="700" fill="{INK}" stroke="#fff" stroke-width="9" paint-order="stroke" text-anchor="middle"'
        parts.append(f'<text x="{x}" y="{y + down}" {style}>{text}</text>')
    return "".join(parts) + "</svg>"


def caption(drawing: dict[str, Any], alliances: Sequence[str]) -> str:
    """Return what the lines of the picture mean."""
    if drawing["kind"] != "map":
        return "<figcaption>Circles are states, lines are borders between them.</figcaption>"
    names = html.escape(", ".join(alliances))
    return f"<figcaption>Bold outline: {names}.</figcaption>" if names else ""
