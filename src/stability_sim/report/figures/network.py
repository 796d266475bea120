"""From whom to whom, over all runs: the network of spread, and the channels of risk by state."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.patheffects import withStroke

from stability_sim.geography import network_layout
from stability_sim.report.figures.canvas import GRID, INK, NORM, QUIET, SHARES, footer, horizontal_rows, save, sheet, styled
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import CHANNEL_COLOURS, CHANNEL_NAMES

MOST_ARROWS = 24
MOST_ROWS = 40


def _links(results: Results) -> list[tuple[int, int, int, float]]:
    """Return the largest transmissions between states: source, target, main channel, onsets a run."""
    onsets = results["transmissions"]
    total = onsets.sum(axis=0)
    np.fill_diagonal(total, 0.0)
    links = [(i, j, int(onsets[:, i, j].argmax()), float(total[i, j])) for i, j in np.argwhere(total > 0)]
    return sorted(links, key=lambda link: (-link[3], link[0], link[1]))[:MOST_ARROWS]


def _legend(figure: Figure, names: list[str]) -> None:
    """Say which colour is which channel."""
    handles = [Line2D([], [], color=CHANNEL_COLOURS[name], linewidth=4, label=CHANNEL_NAMES[name]) for name in names]
    if handles:
        figure.legend(
            handles=handles, title="main channel", loc="upper right", bbox_to_anchor=(0.99, 0.9), fontsize=9, frameon=False,
            alignment="left",
        )  # fmt: skip


def network(results: Results, folder: Path, formats: list[str]) -> list[Path]:
    """Draw who destabilises whom on average: arrows by channel, states by how often they are in conflict."""
    states = results.coords["state"]
    borders = [tuple(border.split("-")) for border in results.coords["border"]]
    links = _links(results)
    pairs = borders + [(states[i], states[j]) for i, j, *_ in links]
    near = [code for code in states if any(code in pair for pair in pairs)] or states
    places = network_layout(near, pairs)
    incidence = results["incidence"].mean(axis=0)
    names = results.attributes["names"]
    with styled():
        figure = Figure(figsize=(11, 8))
        ax = figure.add_axes((0.02, 0.07, 0.78, 0.84))
        ax.axis("off")
        for a, b in borders:
            ax.plot(*zip(places[a], places[b], strict=True), color=GRID, linewidth=1.2, zorder=0)
        largest = max((size for *_, size in links), default=1.0)
        for i, j, channel, size in links:
            colour = CHANNEL_COLOURS[results.coords["channel"][channel]]
            arrow = FancyArrowPatch(
                places[states[i]], places[states[j]], connectionstyle="arc3,rad=0.16", arrowstyle="-|>", mutation_scale=16,
                linewidth=0.8 + 5 * math.sqrt(size / largest), color=colour, shrinkA=17, shrinkB=19, zorder=2, alpha=0.85,
            )  # fmt: skip
            ax.add_patch(arrow)
        for code in near:
            share = incidence[states.index(code)]
            ax.scatter(*places[code], s=720, color=SHARES(NORM(share)), edgecolor=INK, linewidth=1.0, zorder=3)
            ax.text(places[code][0], places[code][1] - 0.052, names.get(code, code)[:22], ha="center", fontsize=9.5, weight="bold",
                    zorder=4, path_effects=[withStroke(linewidth=2.6, foreground="white")])  # fmt: skip
        ax.set_xlim(-0.03, 1.03)
        ax.set_ylim(-0.05, 1.03)
        used = sorted({channel for _, _, channel, _ in links})
        _legend(figure, [results.coords["channel"][c] for c in used])
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
        ax.set_xlabel("hazard of a conflict, per year of the run")
        ax.legend(loc="lower right", fontsize=8.5, frameon=True, edgecolor="#b8c4d0")
        ax.set_title(f"{results.attributes['title']}: what the risk is made of")
        if left_out := [names.get(code, code) for k, code in enumerate(results.coords["state"]) if k not in set(peace)]:
            note = f"Mean over all runs. Without those at war from the start: {', '.join(left_out)[:110]}."
            figure.text(0.005, 0.008, note, ha="left", va="bottom", fontsize=7.5, color=QUIET)
        footer(figure, results, bands=False)
        return save(figure, folder / "channels", formats)
