"""Who destabilised whom, when, and by which channel, in one run."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from stability_sim.report.figures.canvas import INK, QUIET, date_ticks, footer, ruled, save, styled
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import CHANNEL_COLOURS, CHANNEL_NAMES, UNNAMED

MOST_BARS = 40
INDENT = 0.02


class Episode(NamedTuple):
    """A conflict of a state with a group, or with rebels without a name: from month to month, how it came, and from which episode."""

    state: str
    group: str  # empty without a name
    begins: int
    ends: int
    channel: str
    source: str
    parent: int  # index of the episode, or -1


def replicate_with_most_spread(results: Results) -> int:
    """Return the replicate with most onsets from abroad among those logged; the one with most onsets, then the first."""
    abroad, onsets = results.outcome("cross_border_onsets"), results.outcome("onsets")
    best = max(range(min(results.attributes["replicates_logged"], len(onsets))), key=lambda k: (abroad[k], onsets[k], -k))
    return int(results.coords["replicate"][best])


def episodes(results: Results, replicate: int) -> list[Episode]:
    """Return the conflicts of one replicate in the order in which they began, each with the one that it came from."""
    last = len(results.coords["month"])
    rows = results.log.where(replicate=replicate).rows()
    conflicts: list[Episode] = []
    running: dict[tuple[str, str], list[int]] = {}  # those without a name in the order in which they began
    latest: dict[str, int] = {}

    def begin(episode: Episode) -> None:
        running.setdefault(episode[:2], []).append(len(conflicts))
        latest[episode.state] = len(conflicts)
        conflicts.append(episode)

    for pair in results.wars_at_start:
        begin(Episode(*pair, 0, last, "start", "", -1))
    for row in sorted(rows, key=lambda row: (row["month"], row["kind"] == "onset")):
        pair = row["state"], row["group"]
        if row["kind"] == "ending" and running.get(pair):
            k = running[pair].pop(0)
            conflicts[k] = conflicts[k]._replace(ends=row["month"] + 1)
        elif row["kind"] == "onset":
            source = row["source"] if row["source"] != row["state"] else ""
            parent = latest.get(source, -1) if source else -1
            file = "event" if row["source"] else "start"  # of an event, or fought with few deaths from the start
            begin(Episode(*pair, row["month"], last, row["channel"] or file, source, parent))
    return conflicts


def _in_order(conflicts: list[Episode]) -> list[tuple[int, int]]:
    """Return the episodes as a tree, each with its depth: children below their parent, in their order."""
    children: dict[int, list[int]] = {}
    for k, episode in enumerate(conflicts):
        children.setdefault(episode.parent, []).append(k)
    ordered: list[tuple[int, int]] = []
    stack = [(k, 0) for k in reversed(children.get(-1, []))]
    while stack:
        k, depth = stack.pop()
        ordered.append((k, depth))
        stack += [(child, depth + 1) for child in reversed(children.get(k, []))]
    return ordered


def _bars(ax: Axes, results: Results, conflicts: list[Episode], ordered: list[tuple[int, int]]) -> None:
    names, groups = results.attributes["names"], results.attributes["group_names"]
    rows = {k: row for row, (k, _) in enumerate(ordered)}
    width = len(results.coords["month"])
    for k, depth in ordered:
        episode, row = conflicts[k], rows[k]
        colour = CHANNEL_COLOURS.get(episode.channel, INK)
        ends = max(episode.ends, episode.begins + 0.4)
        ax.plot([episode.begins, ends], [row, row], color=colour, linewidth=8.5, solid_capstyle="butt", zorder=2)
        if episode.parent in rows:
            ax.plot([episode.begins] * 2, [rows[episode.parent], row], color="#43405f", linewidth=1.3, zorder=1)
        ax.plot(episode.begins, row, "o", color=colour, markerfacecolor="white", markersize=8.5, markeredgewidth=2, zorder=3)
        who = groups.get(episode.group, episode.group) or UNNAMED
        for text, line, size, colour_ in ((names.get(episode.state, episode.state), -0.14, 10, INK), (who, 0.24, 8, QUIET)):
            ax.text(-0.035 - 0.26 + INDENT * depth, row + line, text[:28], va="center", fontsize=size, color=colour_,
                    transform=ax.get_yaxis_transform(), clip_on=False)  # fmt: skip
        channel = CHANNEL_NAMES.get(episode.channel, episode.channel)
        origin = f", from {names.get(episode.source, episode.source)[:20]}" if episode.source else ""
        ax.text(ends + width * 0.008, row, f"{channel}{origin}", va="center", fontsize=8.5, color=QUIET,
                path_effects=[withStroke(linewidth=2.6, foreground="white")])  # fmt: skip


def cascade(results: Results, folder: Path, formats: list[str]) -> list[Path]:
    """Draw the tree of one run: the one in which most came from abroad."""
    replicate = replicate_with_most_spread(results)
    conflicts = episodes(results, replicate)
    ordered = _in_order(conflicts)[:MOST_BARS]
    with styled():
        figure = Figure(figsize=(12.4, 2.2 + 0.4 * max(len(ordered), 3)))
        height = figure.get_figheight()
        ax = figure.add_axes((0.2, 1.1 / height, 0.58, 1 - 1.9 / height))
        _bars(ax, results, conflicts, ordered)
        months = results.coords["month"]
        ax.set_xticks(*date_ticks(months, 6))
        ax.set_xlim(-0.5, len(months) + 0.5)
        ax.set_ylim(len(ordered) - 0.4, -0.7)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ruled(ax, "x")
        used = [name for name in CHANNEL_COLOURS if name in {conflicts[k].channel for k, _ in ordered}]
        handles = [Line2D([], [], color=CHANNEL_COLOURS[name], linewidth=6, label=CHANNEL_NAMES[name]) for name in used]
        corner = (0.995, 1 - 0.12 / height)
        figure.legend(handles=handles, loc="upper right", bbox_to_anchor=corner, fontsize=8.5, frameon=False, ncols=len(handles))
        abroad = results.outcome("cross_border_onsets")
        figure.text(0.012, 1 - 0.36 / height, f"Who destabilised whom: run {replicate}", weight="bold", fontsize=14)
        picked = "the run in which most came from abroad" if abroad.max() >= 1 else "no conflict came from abroad in any run"
        shown = f"{picked}; in {np.mean(abroad > 0):.0%} of all runs at least one conflict did"
        figure.text(0.012, 1 - 0.62 / height, shown, fontsize=9.5, color=QUIET)
        footer(figure, results, bands=False)
        return save(figure, folder / "cascade", formats)
