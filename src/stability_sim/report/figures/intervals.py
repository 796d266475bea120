"""Where the runs lie, and what that includes: luck alone, with the parameters, with rival rules as well."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from stability_sim.report.figures.style import GRID, INK, QUIET, footer, save, styled
from stability_sim.report.tables import outcome_label
from stability_sim.results import Results

_COLOURS = ("#8c8c94", "#0072b2", "#e69f00")  # as of luck, parameters and structure in the bars of shares
COLUMNS = 2


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == round(value) else f"{value:,.3g}"


def _panel(ax: Axes, rows: Any, *, contrast: bool) -> None:  # noqa: ANN401 - rows of a pandas table
    """Draw the intervals of one outcome, one below the other on the same axis."""
    for k, (row, colour) in enumerate(zip(rows.itertuples(), _COLOURS, strict=False)):
        ax.hlines(k, row.q05, row.q95, color=colour, linewidth=7, alpha=0.55)
        ax.plot(row.median, k, marker="|", markersize=15, markeredgewidth=2.6, color=colour)
        ax.plot(row.mean, k, marker="o", markersize=5, markerfacecolor="white", markeredgecolor=INK)
        told = f"{_number(row.q05)} to {_number(row.q95)}"
        ax.annotate(told, (1.0, k), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points", va="center",
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
    ax.grid(visible=True, axis="x", color=GRID)
    ax.set_axisbelow(True)


def interval_bars(
    base: Results,
    table: Any,  # noqa: ANN401 - a pandas table
    varied: str,
    folder: Path,
    formats: list[str],
    *,
    contrast: bool = False,
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
        figure = Figure(figsize=(7.2 * columns, 2.1 + 1.75 * rows), layout="constrained")
        bottom = 0.85 / figure.get_figheight()
        figure.get_layout_engine().set(rect=(0, bottom, 1, 1 - bottom), h_pad=0.12, w_pad=0.1)  # type: ignore[union-attr, call-arg]
        for k, name in enumerate(outcomes):
            _panel(figure.add_subplot(rows, columns, k + 1), table[table["outcome"] == name], contrast=contrast)
        what = "difference from the base" if contrast else "outcome of a run"
        figure.suptitle(f"{base.attributes['title']}: {what}, and what its interval includes", x=0.01, ha="left", weight="bold",
                        fontsize=13)  # fmt: skip
        text = (
            f"Bar: the middle nine tenths of runs; upright line: median; circle: mean. Luck: at the values of the file. Parameters: {varied}, whose\n"
            "middle may lie elsewhere, so that such a bar can be shorter. Structure: rival rules on drills, contagion, refugees and alliances. What nobody has thought of is in no interval."
        )
        figure.text(0.01, 0.34 / figure.get_figheight(), text, ha="left", va="bottom", fontsize=8, color=QUIET)
        footer(figure, base, bands=False)
        return save(figure, folder / "intervals", formats)
