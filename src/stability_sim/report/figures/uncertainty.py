"""Figures of uncertainty: tornado, shares of the variance, and intervals by what they include."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from stability_sim.report.figures.canvas import (
    BLUE,
    INK,
    QUIET,
    footer,
    heading,
    horizontal_rows,
    note,
    ruled,
    save,
    sheet,
    short_number,
    styled,
)
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import outcome_label

if TYPE_CHECKING:
    import pandas as pd

_BASIS = {"assumed": "#d55e00", "sourced": BLUE, "fitted": "#cc79a7", "elicited": "#009e73"}
_PARTS = {"luck": "#8c8c94", "parameters": "#0072b2", "structure": "#e69f00"}
LONGEST = 46


def tornado(base: Results, swings: pd.DataFrame, outcome: str, folder: Path, formats: list[str], most: int = 12) -> list[Path]:
    """Draw what each number alone does to an outcome from one end of its range to the other, the largest on top."""
    rows = swings[swings["outcome"] == outcome].copy()
    rows["reach"] = (rows["at_high"] - rows["at_low"]).abs()
    rows = rows.sort_values(["reach", "factor"], ascending=[False, True], kind="stable").head(most)
    middle = float(rows["at_base"].iloc[0])
    place = np.arange(len(rows))
    with styled():
        figure = sheet(11.5, 2.2 + 0.42 * len(rows), 0.05)
        ax = figure.add_subplot()
        for k, row in enumerate(rows.to_dict("records")):
            colour = _BASIS.get(str(row["basis"]), QUIET)
            ax.barh(k, row["at_low"] - middle, left=middle, height=0.62, color=colour, alpha=0.45)
            ax.barh(k, row["at_high"] - middle, left=middle, height=0.62, color=colour)
            for value, end in ((row["at_low"], row["low"]), (row["at_high"], row["high"])):
                right = value > middle or (value == middle and end == row["high"])
                ax.annotate(short_number(end), (value, k), xytext=(4 if right else -4, 0), textcoords="offset points", va="center",
                            ha="left" if right else "right", fontsize=8, color=QUIET)  # fmt: skip
        ax.axvline(middle, color=INK, linewidth=1)
        ax.set_yticks(place, [str(name)[-LONGEST:] for name in rows["factor"]], fontsize=9.5)
        horizontal_rows(ax)
        ax.margins(x=0.12)
        meaning = "mean a run (line: the value that runs; full colour: the upper end of the range)"
        ax.set_xlabel(f"{outcome_label(outcome)}, {meaning}", fontsize=9.5)
        handles = [Patch(color=colour, label=basis) for basis, colour in _BASIS.items() if basis in set(rows["basis"])]
        ax.legend(handles=handles, loc="lower right", fontsize=9, title="the number is")
        ax.set_title(f"{base.attributes['title']}: which number moves {outcome_label(outcome)}", fontsize=13)
        footer(figure, base, bands=False)
        return save(figure, folder / f"tornado-{outcome}", formats)


def uncertainty_bars(
    base: Results, table: pd.DataFrame, folder: Path, formats: list[str], *, contrast: bool = False, varied: str = ""
) -> list[Path]:
    """Draw, for each headline number, how much of its variance is luck, parameters and structure; ``varied``: of which numbers."""
    outcomes = list(dict.fromkeys(table["outcome"]))
    place = np.arange(len(outcomes))
    with styled():
        figure = sheet(11.5, 2.6 + 0.52 * len(outcomes), 0.06)
        ax = figure.add_subplot()
        left = np.zeros(len(outcomes))
        for part, colour in _PARTS.items():
            mine = table[table["part"] == part].set_index("outcome").loc[outcomes]
            share = mine["share"].to_numpy()
            ax.barh(place, share, left=left, color=colour, height=0.6, label=part)
            for k, (value, low, high) in enumerate(zip(share, mine["share_low"], mine["share_high"], strict=True)):
                if value > 0.11:
                    ax.text(left[k] + value / 2, k, f"{value:.0%}\n({low:.0%} to {high:.0%})", ha="center", va="center",
                            fontsize=8, color="white" if part != "structure" else INK, linespacing=1.15)  # fmt: skip
            left = left + share
        ax.set_yticks(place, [outcome_label(name) for name in outcomes])
        ax.invert_yaxis()
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        ax.tick_params(axis="y", length=0)
        what = "difference from the base" if contrast else "outcome"
        ax.set_xlabel(f"share of the variance of one run's {what} (95 % intervals)", fontsize=9.5)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)
        heading(figure, f"{base.attributes['title']}: what is not known, and why")
        if varied:
            figure.text(0.01, 0.008, f"Parameters: {varied}.", ha="left", va="bottom", fontsize=7.5, color=QUIET)
        footer(figure, base, bands=False)
        return save(figure, folder / "uncertainty", formats)


COLUMNS = 2


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == round(value) else f"{value:,.3g}"


def _panel(ax: Axes, rows: pd.DataFrame, *, contrast: bool) -> None:
    """Draw the intervals of one outcome, one below the other on the same axis."""
    for k, (row, colour) in enumerate(zip(rows.to_dict("records"), _PARTS.values(), strict=False)):
        ax.hlines(k, row["q05"], row["q95"], color=colour, linewidth=7, alpha=0.55)
        ax.plot(row["median"], k, marker="|", markersize=15, markeredgewidth=2.6, color=colour)
        ax.plot(row["mean"], k, marker="o", markersize=5, markerfacecolor="white", markeredgecolor=INK)
        interval = f"{_number(row['q05'])} to {_number(row['q95'])}"
        ax.annotate(interval, (1.0, k), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points", va="center",
                    fontsize=8.5, color=INK, annotation_clip=False)  # fmt: skip
    ax.set_yticks(range(len(rows)), list(rows["includes"]), fontsize=9)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_title(outcome_label(str(rows["outcome"].iloc[0])), fontsize=11)
    if contrast:
        ax.axvline(0, color=INK, linewidth=1)
    ax.margins(x=0.06)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", labelsize=8.5)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"))
    ruled(ax, "x")


def interval_bars(
    base: Results, table: pd.DataFrame, varied: str, folder: Path, formats: list[str], *, contrast: bool = False
) -> list[Path]:
    """Draw, for each outcome, where nine tenths of the runs lie, by what is varied.

    Parameters
    ----------
    base : Results
        A run of the scenario, for its title and what the figure is conditional on.
    table : pandas.DataFrame
        Of ``studies.intervals``.
    varied : str
        How the numbers were varied, in words.
    contrast : bool
        Whether the runs are differences of a variant from its base.
    """
    outcomes = list(dict.fromkeys(table["outcome"]))
    columns = min(COLUMNS, len(outcomes))
    rows = math.ceil(len(outcomes) / columns)
    with styled():
        height = 2.1 + 1.75 * rows
        figure = sheet(7.2 * columns, height, 0.85 / height, h_pad=0.12, w_pad=0.1)
        for k, name in enumerate(outcomes):
            _panel(figure.add_subplot(rows, columns, k + 1), table[table["outcome"] == name], contrast=contrast)
        what = "difference from the base" if contrast else "outcome of a run"
        heading(figure, f"{base.attributes['title']}: {what}, and what its interval includes")
        text = (
            f"Bar: the middle nine tenths of runs; upright line: median; circle: mean. Luck: at the values of the file. Parameters: {varied}, whose\n"
            "middle may lie elsewhere, so that such a bar can be shorter. Structure: rival rules on drills, contagion, refugees and alliances. What nobody has thought of is in no interval."
        )
        note(figure, text, 0.34)
        footer(figure, base, bands=False)
        return save(figure, folder / "intervals", formats)
