"""Pictures of a lesson as shapes that a template draws: answers that a back row can read, and the map of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from stability_sim.report.figures.canvas import BLOC, EDGE, INK, LAND, LESS, MORE, QUIET, SAME, SEA, VARIANT_TEXT

STATE, STATE_EDGE, BORDER = "#fffdf0", "#7d838c", "#9aa3ad"
WIDTH = 620
ROW = 44
LETTER = 10.6  # upper estimate of the width of a letter of size 20


class Shape(NamedTuple):
    """An element of SVG: its tag, its attributes, and the words in it."""

    tag: str
    attributes: Mapping[str, object]
    words: str = ""


class Picture(NamedTuple):
    """An SVG: attributes of the whole, among them what it shows in words, and its shapes from back to front."""

    attributes: Mapping[str, str]
    shapes: list[Shape]


def _answer(height: float, label: str, shapes: list[Shape]) -> Picture:
    box = f"0 0 {WIDTH} {height:g}"
    return Picture({"class": "answer-picture", "viewBox": box, "role": "img", "aria-label": label}, shapes)


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK, bold: bool = False) -> Shape:
    attributes = {"x": f"{x:g}", "y": f"{y:g}", "font-size": "20", "fill": fill, "text-anchor": anchor}
    return Shape("text", attributes | ({"font-weight": "700"} if bold else {}), words)


def squares(n: int, total: int, label: str) -> Picture:
    """Return ``total`` squares, the first ``n`` of them filled."""
    across = 50 if total >= 500 else 20
    step = WIDTH / across
    side = step * 0.82
    paths = ["", ""]
    for k in range(total):
        row, column = divmod(k, across)
        paths[int(k < n)] += f"M{column * step:.1f},{row * step:.1f}h{side:.1f}v{side:.1f}h-{side:.1f}z"
    shapes = [Shape("path", {"d": path, "fill": fill}) for path, fill in zip(paths, (SAME, VARIANT_TEXT[1]), strict=True) if path]
    return _answer(-(-total // across) * step, label, shapes)


def bars(rows: Sequence[tuple[str, float, str]], label: str, colours: Sequence[str] = (VARIANT_TEXT[0],)) -> Picture:
    """Return a bar for each row of label, value and the text behind the bar; bars begin at zero."""
    longest = max([abs(value) for _, value, _ in rows] + [1e-12])
    left = 24 + LETTER * max(len(name) for name, _, _ in rows)
    room = WIDTH - left - 20 - 1.25 * LETTER * max(len(words) for _, _, words in rows)
    shapes = []
    for k, (name, value, words) in enumerate(rows):
        y, wide = k * ROW, abs(value) / longest * room
        bar = {"x": f"{left:.0f}", "y": y + 6, "width": f"{wide:.1f}", "height": ROW - 14, "fill": colours[k % len(colours)]}
        shapes += [
            _text(left - 14, y + 27, name, anchor="end"),
            Shape("rect", bar),
            _text(left + wide + 10, y + 27, words, bold=True),
        ]
    return _answer(len(rows) * ROW, label, shapes)


def pairs(less: int, same: int, more: int, label: str) -> Picture:
    """Return a strip of all pairs of runs: fewer in B, the same, more in B."""
    total = max(1, less + same + more)
    shapes, x = [], 0.0
    for n, fill in ((less, LESS), (same, SAME), (more, MORE)):
        wide = n / total * WIDTH
        shapes.append(Shape("rect", {"x": f"{x:.1f}", "y": 0, "width": f"{wide:.1f}", "height": 34, "fill": fill}))
        x += wide
    labels = ((0, "start", less, "fewer in B"), (WIDTH / 2, "middle", same, "the same"), (WIDTH, "end", more, "more in B"))
    for place, anchor, n, words in labels:
        shapes.append(_text(place, 62, f"{n:,} {words}", anchor=anchor, fill=INK if n else QUIET))
    return _answer(72, label, shapes)


def _paths(drawing: dict[str, Any], layer: str) -> list[str]:
    arcs = []
    for arc in drawing["topology"]["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append(f"{x},{y}")
        arcs.append(points)
    paths = []
    for shape in drawing["topology"]["objects"][layer]["geometries"]:
        closed = shape["type"] == "MultiPolygon"
        lines = [ring for polygon in shape["arcs"] for ring in polygon] if closed else shape["arcs"]
        parts = [" ".join(point for k in line for point in (arcs[k] if k >= 0 else arcs[~k][::-1])) for line in lines]
        paths.append("".join(f"M{part}{'Z' if closed else ''}" for part in parts))
    return paths


def case_map(drawing: dict[str, Any], names: Mapping[str, str], title: str) -> Picture:
    """Return a drawing of the page as a still picture: states, outlines of blocs, names; or the network of borders."""
    width, height = drawing["width"], drawing["height"]
    shapes = []
    if drawing["kind"] == "map":
        shapes.append(Shape("rect", {"width": width, "height": height, "fill": SEA}))
        for layer, fill, edge in (("others", LAND, EDGE), ("states", STATE, STATE_EDGE)):
            style = {"fill": fill, "stroke": edge, "stroke-width": 2}
            shapes += [Shape("path", {"d": path, **style}) for path in _paths(drawing, layer)]
        bloc = {"fill": "none", "stroke": BLOC, "stroke-width": 7}
        shapes += [Shape("path", {"d": path, **bloc}) for path in _paths(drawing, "blocs")]
    else:
        at = [drawing["labels"][code] for code in drawing["states"]]
        for a, b in drawing["links"]:
            line = f"M{at[a][0]},{at[a][1]}L{at[b][0]},{at[b][1]}"
            shapes.append(Shape("path", {"d": line, "stroke": BORDER, "stroke-width": 5}))
        circle = {"r": 52, "fill": STATE, "stroke": INK, "stroke-width": 4}
        shapes += [Shape("circle", {"cx": x, "cy": y, **circle}) for x, y in at]
    down = 0 if drawing["kind"] == "map" else 100
    letters = {"font-size": 44, "font-weight": 700, "fill": INK, "stroke": "#fff", "stroke-width": 9, "paint-order": "stroke", "text-anchor": "middle"}  # fmt: skip
    for code, (x, y) in drawing["labels"].items():
        shapes.append(Shape("text", {"x": x, "y": y + down, **letters}, names.get(code, code)[:24]))
    return Picture({"viewBox": f"0 0 {width} {height}", "role": "img", "aria-label": title}, shapes)
