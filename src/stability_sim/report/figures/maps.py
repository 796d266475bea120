"""The map of risk: one month large, several months small, and all of them moving."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch

from stability_sim.report.figures.canvas import (
    BLOC,
    GROUP_COLOURS,
    GROUP_MARKERS,
    INK,
    NORM,
    SHARES,
    Canvas,
    Point,
    footer,
    heading,
    month_name,
    save,
    share_bar,
    sheet,
    styled,
)
from stability_sim.report.figures.sides import marker_area, pairs_of, sector
from stability_sim.results.results import Results

if TYPE_CHECKING:
    from PIL import Image

RISK = "risk: P(fighting breaks out within 12 months)"
FLOWS = 7  # arrows on a map: more are a tangle
MOVED = 1.0  # hidden fighters from which an arrow is drawn
OFTEN = 0.2  # share of runs that fight from which a map shows who holds the ground
PRESENT = 10.0  # hidden members from which a group is marked in a state


def _values(results: Results, t: int) -> dict[str, float]:
    return dict(zip(results.coords["state"], results["risk"][t].tolist(), strict=True))


def _flows(results: Results, canvas: Canvas, t: int) -> list[tuple[str, str, float]]:
    """Return the largest flows of hidden fighters up to a month: source, target, persons."""
    total = (results["crossings"] + results["hidden_refugees"])[: t + 1].sum(axis=0)
    flows = []
    for k in np.argsort(-total, kind="stable"):
        source, target = results.coords["dyad"][k].split(">")
        if total[k] >= MOVED and source in canvas.places and target in canvas.places:
            flows.append((source, target, float(total[k])))
    return flows[:FLOWS]


def _ends(canvas: Canvas, source: str, target: str) -> tuple[Point, Point]:
    """Return where an arrow begins and ends: it leaves room for the names."""
    (x0, y0), (x1, y1) = canvas.places[source], canvas.places[target]
    return (x0 + 0.14 * (x1 - x0), y0 + 0.14 * (y1 - y0)), (x0 + 0.84 * (x1 - x0), y0 + 0.84 * (y1 - y0))


def _arrows(ax: Axes, canvas: Canvas, flows: list[tuple[str, str, float]]) -> None:
    largest = max((size for *_, size in flows), default=1.0)
    for source, target, size in flows:
        width = 0.9 + 3.4 * math.sqrt(size / largest)
        start, end = _ends(canvas, source, target)
        arrow = FancyArrowPatch(
            start, end, connectionstyle="arc3,rad=0.22", arrowstyle="-|>", mutation_scale=9 + 2.4 * width, linewidth=width,
            color="#2b1a45", zorder=5, alpha=0.9, shrinkA=0, shrinkB=0,
        )  # fmt: skip
        ax.add_patch(arrow)


def _groups(ax: Axes, results: Results, canvas: Canvas, t: int) -> list[Line2D]:
    """Mark where each group is: large at home, small where it has hidden members; return what the legend shows."""
    handles = []
    step = abs(canvas.size) * 0.038
    marked = results.coords["group"][: len(GROUP_COLOURS)]
    for k, group in enumerate(marked):
        style = {"marker": GROUP_MARKERS[k], "color": GROUP_COLOURS[k]}
        for j, tie in enumerate(results.coords["tie"]):
            name, state = tie.rsplit("@", 1)
            home = results.attributes["group_homes"][group] == state
            if name != group or state not in canvas.places or not (home or results["tie_cells"][t, j] >= PRESENT):
                continue
            x, y = canvas.places[state]
            place = (x + step * (k - 0.5 * (len(results.coords["group"]) - 1)) * 1.2, y - 1.15 * step)
            if not canvas.on_map:
                place = (x + 1.35 * step + 0.9 * step * k, y + 0.6 * step)
            size = 120 if home else 52
            ax.scatter(*place, s=size, marker=style["marker"], color=style["color"], edgecolor="white", linewidth=1.3, zorder=6)
        title = results.attributes["group_names"][group][:28]
        title += " (large: at home; small: hidden members)" if group == marked[-1] else ""
        handles.append(Line2D([], [], linestyle="", markersize=8, markeredgecolor="white", label=title, **style))  # type: ignore[arg-type]
    return handles


def _ground(ax: Axes, results: Results, canvas: Canvas, t: int, flows: list[tuple[str, str, float]]) -> list[Line2D]:
    """Draw what the rebels of a state hold as the dark part of a disc, where they fight in many runs; return what the legend shows."""
    step, drawn = abs(canvas.size) * 0.038, set()
    ends = [end for source, target, _ in flows for end in _ends(canvas, source, target)]
    for pair in pairs_of(results, t, OFTEN):
        if pair.state in drawn or pair.state not in canvas.places:
            continue
        drawn.add(pair.state)
        x, y = canvas.places[pair.state]
        above = [(x + across * step, y + 1.2 * step) for across in (0.0, 1.4, -1.4)]
        free = max(above, key=lambda spot: min((round(math.dist(spot, end) / step, 1) for end in ends), default=0.0))
        place = free if canvas.on_map else (x - 1.35 * step, y + 0.6 * step)
        ax.scatter(*place, s=240, color="white", edgecolor=INK, linewidth=1.2, zorder=6)
        piece = sector(pair.ground)
        ax.scatter(*place, s=marker_area(6.6, piece), marker=piece, color=INK, linewidth=0, zorder=6.1)
    text = "dark: ground that rebels hold where they fight"
    disc = Line2D(
        [], [], linestyle="", marker="o", markersize=9, color=INK, fillstyle="right", markerfacecoloralt="white", label=text
    )
    return [disc] if drawn else []


def _legend(ax: Axes, results: Results, groups: list[Line2D], flows: list[tuple[str, str, float]], ground: list[Line2D]) -> None:
    entries: list[Line2D | Patch] = [*groups]
    entries += ground
    for name in results.attributes["alliances"]:
        title = results.attributes["alliance_names"][name]
        entries.append(Patch(facecolor="white", edgecolor=BLOC, hatch="///", linewidth=1.6, label=title[:28]))
    if flows:
        widest = f"hidden fighters who crossed so far (widest: {flows[0][2]:,.0f} a run)"
        entries.append(Line2D([], [], color="#2b1a45", linewidth=2.4, label=widest))
    if entries:
        legend = ax.legend(handles=entries, loc="lower left", fontsize=8.5, framealpha=0.92, edgecolor="#b8c4d0", fancybox=True)
        legend.set_zorder(9)


def hero(results: Results, folder: Path, formats: list[str], month: str | None = None) -> list[Path]:
    """Draw the map of one month: risk, blocs, groups, flows."""
    months = results.coords["month"]
    t = len(months) - 1 if month is None else months.index(month)
    canvas = Canvas(results)
    with styled():
        height = 8.0
        figure = sheet(min(max(height * canvas.shape * 0.95 + 1.4, 8.5), 13.5), height, 0.045)
        ax = figure.add_subplot()
        canvas.prepare(ax)
        canvas.paint(ax, _values(results, t))
        for members in results.attributes["alliances"].values():
            canvas.bloc(ax, members)
        flows = _flows(results, canvas, t)
        _arrows(ax, canvas, flows)
        _legend(ax, results, _groups(ax, results, canvas, t), flows, _ground(ax, results, canvas, t, flows))
        canvas.name(ax)
        attributes = results.attributes
        variant = "" if attributes["variant"] == "base" else f" · {attributes['variant']}"
        ax.set_title(f"{attributes['title']}{variant}: {month_name(months[t])}")
        share_bar(figure, [ax], f"{RISK}; 100 % is at war in every run", 0.72)
        footer(figure, results, geography=canvas.on_map)
        return save(figure, folder / "map", formats)


def small_multiples(results: Results, folder: Path, formats: list[str]) -> list[Path]:
    """Draw six months side by side."""
    months = results.coords["month"]
    chosen = sorted({round(k * (len(months) - 1) / 5) for k in range(6)})
    canvas = Canvas(results)
    with styled():
        rows = 2 if len(chosen) > 3 else 1
        columns = -(-len(chosen) // rows)
        figure = sheet(12.5, min(max(4.1 * columns / canvas.shape * rows / 3 + 1.1, 5), 10), 0.05)
        axes = [figure.add_subplot(rows, columns, k + 1) for k in range(len(chosen))]
        for ax, t in zip(axes, chosen, strict=True):
            canvas.prepare(ax)
            canvas.paint(ax, _values(results, t), line=0.5)
            for members in results.attributes["alliances"].values():
                canvas.bloc(ax, members, width=1.2)
            ax.set_title(month_name(months[t]), fontsize=10.5, weight="normal", loc="center")
        share_bar(figure, axes, RISK, 0.72)
        heading(figure, results.attributes["title"], 14)
        footer(figure, results, geography=canvas.on_map)
        return save(figure, folder / "months", formats)


def _save_animation(frames: list[Image.Image], target: Path) -> list[Path]:
    """Write pictures as a GIF that stays on the last one for a while."""
    lasting = [180] * (len(frames) - 1) + [1800]
    frames[0].save(target, save_all=True, append_images=frames[1:], duration=lasting, loop=0, optimize=False)
    return [target]


def animation(results: Results, folder: Path, formats: list[str]) -> list[Path]:  # noqa: ARG001 - of every kind of figure
    """Write the map month by month as a GIF."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    months = results.coords["month"]
    step = max(1, len(months) // 60)
    canvas = Canvas(results)
    frames = []
    with styled():
        figure = sheet(min(max(5.4 * canvas.shape * 0.95 + 1.2, 6.5), 9.5), 5.7, 0.085)
        figure.set_dpi(100)
        agg = FigureCanvasAgg(figure)
        ax = figure.add_subplot()
        canvas.prepare(ax)
        painted = canvas.paint(ax, _values(results, 0))
        for members in results.attributes["alliances"].values():
            canvas.bloc(ax, members, width=1.4)
        canvas.name(ax, size=8.5)
        share_bar(figure, [ax], RISK, 0.72)
        footer(figure, results, geography=canvas.on_map)
        title = ax.set_title(month_name(months[0]), fontsize=13)
        clock = ax.text(0.99, 0.02, "", transform=ax.transAxes, ha="right", fontsize=9, color=INK)
        for t in range(0, len(months), step):
            values = _values(results, t)
            for code, patch in painted.items():
                patch.set_facecolor(SHARES(NORM(values[code])))
            title.set_text(month_name(months[t]))
            clock.set_text(f"month {t + 1} of {len(months)}")
            agg.draw()
            if t == 0:
                figure.set_layout_engine("none")
            picture = Image.fromarray(np.asarray(agg.buffer_rgba())[..., :3].copy())
            frames.append(picture.quantize(colors=96, dither=Image.Dither.NONE))
    return _save_animation(frames, folder / "animation.gif")
