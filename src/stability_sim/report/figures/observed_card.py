"""The card as a figure: what happened, and the share of runs in which it did."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stability_sim.analysis.observed_card import CardRow, card
from stability_sim.report.figures.canvas import BLUE, GRID, INK, ORANGE, QUIET, footer, save, styled
from stability_sim.report.observed_card import engine, observed, probability, verdict
from stability_sim.results.results import Results

WIDEST = 52  # letters
_WHAT, _SEEN, _RUNS, _BAR, _BAR_END = 0.0, 0.40, 0.565, 0.735, 0.955


def _text(ax: Axes, x: float, y: float, text: str, **style: str | float) -> None:
    ax.text(x, y, text, va="center", **style)  # type: ignore[arg-type]


def _draw_row(ax: Axes, y: float, row: CardRow) -> None:
    what = textwrap.shorten(row.what, 2 * WIDEST - 6, placeholder=" …")
    _text(ax, _WHAT, y, textwrap.fill(what, WIDEST), fontsize=9.5, color=INK)
    _text(ax, _SEEN, y, textwrap.fill(observed(row), 22), fontsize=9.5, color=INK)
    colour = INK if row.inside else ORANGE
    _text(ax, _RUNS, y, textwrap.fill(engine(row), 24) or "–", fontsize=9.5, color=colour)
    width = _BAR_END - _BAR
    ax.barh(y, width, height=0.34, left=_BAR, color=GRID, linewidth=0)
    if math.isnan(row.probability):
        stored = "only the mean is kept" if row.basis == "mean" else "only quantiles are kept"
        _text(ax, _BAR + 0.004, y, stored, fontsize=8, color=QUIET)
    else:
        ax.barh(y, width * row.probability, height=0.34, left=_BAR, color=BLUE if row.inside else ORANGE, linewidth=0)
        _text(ax, _BAR_END + 0.006, y, probability(row), fontsize=9.5, color=colour, weight="bold")


def _draw(results: Results, rows: list[CardRow]) -> Figure:
    height = 1.75 + 0.5 * len(rows)
    figure = Figure(figsize=(12.6, height))
    ax = figure.add_axes((0.025, 0.62 / height, 0.955, 1.0 - 1.55 / height))
    ax.set_xlim(0, 1)
    ax.set_ylim(len(rows) - 0.4, -1.0)
    ax.axis("off")
    heads = ((_WHAT, "What happened"), (_SEEN, "Observed"), (_RUNS, "Runs: median (5 to 95 %)"), (_BAR, "Share of runs that fit"))
    for x, head in heads:
        _text(ax, x, -0.78, head, fontsize=9.5, color=QUIET, weight="bold")
    for k, row in enumerate(rows):
        ax.axhline(k - 0.5, color=GRID, linewidth=0.8, zorder=0)
        _draw_row(ax, k, row)
    n_outside = sum(verdict(row) == "outside" for row in rows)
    rarest = min((row for row in rows if not math.isnan(row.probability)), key=lambda row: row.probability, default=None)
    least = f" The least probable of what happened: {probability(rarest)}." if rarest else ""
    figure.text(0.025, 1.0 - 0.42 / height, f"What happened, and what the runs say: {results.attributes['title']}",
                fontsize=14, weight="bold", va="center")  # fmt: skip
    figure.text(0.025, 1.0 - 0.74 / height, f"{n_outside} of {len(rows)} outside the middle nine tenths of the runs.{least} One case proves little.",
                fontsize=9.5, color=QUIET, va="center")  # fmt: skip
    return figure


def card_figure(results: Results, folder: Path, formats: list[str]) -> list[Path]:
    """Draw the card of a run; nothing if its scenario says nothing of what happened."""
    rows = card(results)
    if not rows:
        return []
    with styled():
        figure = _draw(results, rows)
        footer(figure, results)
        return save(figure, folder / "card", formats)
