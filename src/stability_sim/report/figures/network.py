"""From whom to whom, over all runs: the network of spread, and the channels of risk by state."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.patheffects import withStroke

from stability_sim.geography import network_layout
from stability_sim.report.figures.canvas import (
    GRID,
    INK,
    NORM,
    QUIET,
    SHARES,
    Point,
    footer,
    horizontal_rows,
    month_name,
    save,
    sheet,
    styled,
)
from stability_sim.report.figures.sides import Pair, Support, marker_area, pairs_of, sector, supports_of
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import CHANNEL_COLOURS, CHANNEL_NAMES

MOST_ARROWS = 24
MOST_ROWS = 40
MOST_RINGS = 2  # of a state: a third is told in no other way than in results
BEND, SUPPORT_BEND = 0.16, -0.3  # of arrows: those of support pass on the other side
WIDER = 1.23  # width of the network over its height
MOST_TOLD = 7  # lines of a list beside the network
WIDE = 34  # letters of a line beside the network


def _links(results: Results) -> list[tuple[int, int, int, float]]:
    """Return the largest transmissions between states: source, target, main channel, onsets a run."""
    onsets = results["transmissions"]
    total = onsets.sum(axis=0)
    np.fill_diagonal(total, 0.0)
    links = [(i, j, int(onsets[:, i, j].argmax()), float(total[i, j])) for i, j in np.argwhere(total > 0)]
    return sorted(links, key=lambda link: (-link[3], link[0], link[1]))[:MOST_ARROWS]


def _rings(ax: Axes, place: Point, pairs: list[Pair]) -> None:
    """Draw a ring around a state for each conflict: dark as far as the rebels hold what is fought over."""
    if pairs:
        ax.scatter(*place, s=(2 * (14.0 + 5.5 * min(len(pairs), MOST_RINGS))) ** 2, color="white", linewidth=0, zorder=2.9)
    for k, pair in enumerate(pairs[:MOST_RINGS]):
        radius = 18.0 + 5.5 * k  # points
        inner = 1.0 - 4.5 / radius
        for share, colour in ((1.0, GRID), (pair.ground, INK)):
            # a marker is scaled by the farthest of its corners, so that a whole ring must be among them
            ax.scatter(
                *place,
                s=marker_area(radius, sector(share, inner)),
                marker=sector(share, inner),
                color=colour,
                linewidth=0,
                zorder=3.5,
            )


def _keys(figure: Figure, names: list[str], supports: list[Support], rings: bool) -> None:
    """Say what colours, lines and rings mean."""
    handles = [Line2D([], [], color=CHANNEL_COLOURS[name], linewidth=4, label=CHANNEL_NAMES[name]) for name in names]
    above = 0.9
    if handles:
        legend = figure.legend(
            handles=handles, title="main channel", loc="upper left", bbox_to_anchor=(0.775, above), fontsize=9, frameon=False,
            alignment="left",
        )  # fmt: skip
        legend.get_title().set_fontweight("bold")
        above -= 0.055 + 0.027 * len(handles)
    homes = {support.to == support.home for support in supports}
    others = [Line2D([], [], color=INK, linewidth=1.8, label="helps a government")] if True in homes else []
    others += [Line2D([], [], color=INK, linewidth=1.8, linestyle=(0, (3, 2)), label="helps rebels")] if False in homes else []
    if rings:
        others.append(Line2D([], [], color=INK, linewidth=5, label="dark part of a ring:\nground that rebels hold"))
    if others:
        figure.legend(
            handles=others, loc="upper left", bbox_to_anchor=(0.775, above), fontsize=9, frameon=False, alignment="left"
        )


def _lists(figure: Figure, results: Results, pairs: list[Pair], supports: list[Support]) -> None:
    """Write beside the network who fights whom and who helps whom."""
    names = results.attributes["names"] | results.attributes["group_names"]
    fights = [
        f"{names.get(p.state, p.state)}: {p.rebels} hold {p.ground:.0%} while they fight ({p.fought:.0%} of all months)"
        for p in pairs
    ]
    helps = [
        f"{names.get(s.of, s.of)} to {names.get(s.to, s.to)}: {s.gives}" + (f", until {month_name(s.ended)}" if s.ended else "")
        for s in supports
    ]
    lines: list[tuple[str, bool]] = []
    for title, rows in (("Who holds ground", fights), ("Who helps whom, at its height", helps)):
        if rows:
            lines += [("", False)] if lines else []
            lines.append((title, True))
            lines += [(line, False) for row in rows[:MOST_TOLD] for line in textwrap.wrap(row, WIDE, subsequent_indent="  ")]
            lines += [(f"... and {len(rows) - MOST_TOLD} more", False)] if len(rows) > MOST_TOLD else []
    for k, (line, bold) in enumerate(reversed(lines)):
        figure.text(0.785, 0.07 + 0.0215 * k, line, fontsize=8.8, weight="bold" if bold else "normal", va="bottom")


def _arrow(places: Mapping[str, Point], a: str, b: str, bend: float, **style: Any) -> FancyArrowPatch:  # noqa: ANN401
    """Return an arrow from a state to another, which leaves room for both."""
    return FancyArrowPatch(
        places[a],
        places[b],
        connectionstyle=f"arc3,rad={bend}",
        arrowstyle="-|>",
        mutation_scale=16,
        shrinkB=24,
        zorder=2,
        **style,
    )


def _arrows(
    ax: Axes, results: Results, places: Mapping[str, Point], links: list[tuple[int, int, int, float]], supports: list[Support]
) -> None:
    """Draw from whom conflict came by which channel, and who helps whom."""
    states = results.coords["state"]
    largest = max((size for *_, size in links), default=1.0)
    for i, j, channel, size in links:
        colour, width = CHANNEL_COLOURS[results.coords["channel"][channel]], 0.8 + 5 * math.sqrt(size / largest)
        ax.add_patch(_arrow(places, states[i], states[j], BEND, linewidth=width, color=colour, shrinkA=17, alpha=0.85))
    for support in supports:
        if support.of != support.home:
            line = "-" if support.to == support.home else (0, (3, 2))
            ax.add_patch(
                _arrow(places, support.of, support.home, SUPPORT_BEND, linewidth=1.8, color=INK, linestyle=line, shrinkA=17)
            )


SIDES = {
    -90: ("center", "top"),
    90: ("center", "bottom"),
    0: ("left", "center"),
    180: ("right", "center"),
}  # of a state, by angle
ROOM = 50.0  # degrees between a name and the next arrow


def _directions(place: Point, arrows: list[tuple[Point, float]]) -> list[float]:
    """Return from where bent arrows come to a place, or leave it, in degrees: from the corner that bends them."""
    angles = []
    for (x, y), bend in arrows:  # the other end
        dx, dy = x - place[0], y - place[1]
        corner = (0.5 * dx + bend * dy, 0.5 * dy - bend * dx)
        angles.append(math.degrees(math.atan2(corner[1], WIDER * corner[0])))
    return angles


def _name(ax: Axes, name: str, place: Point, arrows: list[tuple[Point, float]], rings: int) -> None:
    """Write the name of a state on a side to which no arrow comes, below it if that is free."""
    angles = _directions(place, arrows)
    rooms = {side: min((abs((angle - side + 180) % 360 - 180) for angle in angles), default=180.0) for side in SIDES}
    side = next((side for side, room in rooms.items() if room >= ROOM), max(rooms, key=lambda side: rooms[side]))
    away = 17 + 5.5 * rings
    across, along = (away * round(math.cos(math.radians(side))), away * round(math.sin(math.radians(side))))
    ax.annotate(
        name[:22], place, (across, along), textcoords="offset points", ha=SIDES[side][0], va=SIDES[side][1], fontsize=9.5,
        weight="bold", zorder=4, path_effects=[withStroke(linewidth=2.6, foreground="white")],
    )  # fmt: skip


def _states(
    ax: Axes, results: Results, places: Mapping[str, Point], arrows: list[tuple[str, str, float]], fights: list[Pair]
) -> None:
    """Draw the states: how often they are at war, what rebels hold, and their names."""
    incidence, names = results["incidence"].mean(axis=0), results.attributes["names"]
    for code, place in places.items():
        own = [pair for pair in fights if pair.state == code]
        colour = SHARES(NORM(incidence[results.coords["state"].index(code)]))
        ax.scatter(*place, s=720, color=colour, edgecolor=INK, linewidth=1.0, zorder=3)
        _rings(ax, place, own)
        ends = [(places[b], bend) for a, b, bend in arrows if a == code]
        ends += [(places[a], -bend) for a, b, bend in arrows if b == code]
        _name(ax, names.get(code, code), place, ends, min(len(own), MOST_RINGS))


def network(results: Results, folder: Path, formats: list[str]) -> list[Path]:
    """Draw who destabilises whom on average, who helps whom, and what rebels hold; states by how often they are in conflict."""
    states = results.coords["state"]
    borders = [(border.split("-")[0], border.split("-")[1]) for border in results.coords["border"]]
    links, supports, fights = _links(results), supports_of(results), pairs_of(results)
    arrows = [(states[i], states[j], BEND) for i, j, *_ in links] + [(s.of, s.home, SUPPORT_BEND) for s in supports]
    edges = borders + [arrow[:2] for arrow in arrows]
    near = [code for code in states if any(code in pair for pair in edges)] or states
    places = network_layout(near, edges)
    with styled():
        figure = Figure(figsize=(11, 8))
        ax = figure.add_axes((0.02, 0.07, 0.75, 0.84))
        ax.axis("off")
        for a, b in borders:
            ax.plot(*zip(places[a], places[b], strict=True), color=GRID, linewidth=1.2, zorder=0)
        largest = max((size for *_, size in links), default=1.0)
        _arrows(ax, results, places, links, supports)
        _states(ax, results, places, arrows, fights)
        ax.set_xlim(-0.03, 1.03)
        ax.set_ylim(-0.05, 1.03)
        used = sorted({channel for _, _, channel, _ in links})
        _keys(figure, [results.coords["channel"][c] for c in used], supports, bool(fights))
        _lists(figure, results, fights, supports)
        top = f"thickest arrow: {largest:.3f} conflicts a run" if links else "no conflict came from abroad in any run"
        figure.text(0.02, 0.945, f"{results.attributes['title']}: from whom to whom", weight="bold", fontsize=14)
        below = f"mean over all runs; {top}; colour of a state: share of its months in conflict"
        figure.text(0.02, 0.915, below, fontsize=9.5, color=QUIET)
        footer(figure, results, bands=False)
        return save(figure, folder / "network", formats)


def channels(results: Results, folder: Path, formats: list[str]) -> list[Path]:
    """Draw what the risk of each state is made of."""
    hazard = np.maximum(results["hazard"], 0.0)
    years = len(results.coords["month"]) / 12.0
    peace = [i for i in range(len(hazard)) if not results["initial_conflict"][i]] or list(range(len(hazard)))
    order = sorted(peace, key=lambda i: -float(hazard[i].sum()))[:MOST_ROWS]
    names = results.attributes["names"]
    with styled():
        figure = sheet(11, 2.3 + 0.36 * len(order), 0.05)
        ax = figure.add_subplot()
        left = np.zeros(len(order))
        for c, name in enumerate(results.coords["channel"]):
            part = hazard[order, c] / years
            ax.barh(range(len(order)), part, left=left, color=CHANNEL_COLOURS[name], label=CHANNEL_NAMES[name], height=0.68)
            left += part
        ax.set_yticks(range(len(order)), [names.get(c, c)[:30] for c in (results.coords["state"][i] for i in order)])
        horizontal_rows(ax)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
        ax.set_xlabel("hazard that fighting breaks out, per year of the run")
        ax.legend(loc="lower right", fontsize=8.5, frameon=True, edgecolor="#b8c4d0")
        ax.set_title(f"{results.attributes['title']}: what the risk is made of")
        if left_out := [names.get(code, code) for k, code in enumerate(results.coords["state"]) if k not in set(peace)]:
            note = f"Mean over all runs. Without those at war from the start: {', '.join(left_out)[:110]}."
            figure.text(0.005, 0.008, note, ha="left", va="bottom", fontsize=7.5, color=QUIET)
        footer(figure, results, bands=False)
        return save(figure, folder / "channels", formats)
