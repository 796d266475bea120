"""Who exports conflict and who imports it, and how much each channel matters by three measures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stability_sim.analysis.shapley import CHANNELS
from stability_sim.analysis.spread import Spread
from stability_sim.report.figures.canvas import (
    BLUE,
    INK,
    ORANGE,
    QUIET,
    SHARES,
    footer,
    frameless,
    heading,
    horizontal_rows,
    plain_bar,
    ruled,
    save,
    sheet,
    styled,
)
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import PLAYER_COLOURS, PLAYER_NAMES

if TYPE_CHECKING:
    import pandas as pd

MOST = 14


def _bars(ax: Axes, rows: pd.DataFrame, column: str, colour: str, title: str) -> None:
    place = np.arange(len(rows))
    ax.barh(place, rows[column], color=colour, height=0.62)
    ax.errorbar(rows[column], place, xerr=rows[f"{column}_half"], fmt="none", ecolor=INK, elinewidth=1.1, capsize=2.5)
    ax.set_yticks(place, [str(name)[:24] for name in rows["name"]], fontsize=10)
    horizontal_rows(ax)
    ax.set_xlim(left=0)
    ax.set_title(title, fontsize=11)


def _matrix(ax: Axes, figure: Figure, spread: Spread, keep: list[int], names: list[str]) -> None:
    values = spread.matrix[np.ix_(keep, keep)]
    top = float(values.max()) or 1.0
    image = ax.imshow(values, cmap=SHARES, vmin=0, vmax=top, aspect="auto")
    for i in range(len(keep)):
        for j in range(len(keep)):
            if values[i, j] > 0:
                dark = values[i, j] > 0.6 * top
                ax.text(j, i, f"{values[i, j]:.2g}", ha="center", va="center", fontsize=7.5, color="white" if dark else INK)
    ax.set_xticks(range(len(keep)), names, rotation=40, ha="right", fontsize=9)
    ax.set_yticks(range(len(keep)), names, fontsize=9)
    ax.tick_params(length=0)
    frameless(ax)
    plain_bar(figure.colorbar(image, ax=ax, fraction=0.046, pad=0.02), 8.5)
    ax.set_xlabel("from one conflict in …", fontsize=9.5)
    ax.set_ylabel("conflicts in …", fontsize=9.5)
    interval = f"{spread.r0:.2f} ({spread.r0_low:.2f} to {spread.r0_high:.2f})"
    ax.set_title(f"next-generation matrix: R0 {interval}", fontsize=11)


def exporters_and_importers(results: Results, spread: Spread, folder: Path, formats: list[str]) -> list[Path]:
    """Draw who brings conflict about elsewhere, into whom it is brought, and the matrix behind it."""
    states = spread.states
    out = states[states["exports"] > 0].sort_values("exports", ascending=False, kind="stable").head(MOST)
    into = states[states["imports"] > 0].sort_values("imports", ascending=False, kind="stable").head(MOST)
    weight = spread.matrix.sum(axis=0) + spread.matrix.sum(axis=1)
    keep = sorted(np.argsort(-weight, kind="stable")[:MOST].tolist())
    keep = [k for k in keep if weight[k] > 0]
    with styled():
        figure = sheet(14, 7.4, 0.05, w_pad=0.12, h_pad=0.1)
        grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.35))
        _bars(
            figure.add_subplot(grid[0, 0]), out, "exports", ORANGE, "exporters: conflicts elsewhere from one of their own (95 %)"
        )
        _bars(figure.add_subplot(grid[1, 0]), into, "imports", BLUE, "importers: conflicts brought in, a run (95 %)")
        ax = figure.add_subplot(grid[:, 1])
        if keep:
            _matrix(ax, figure, spread, keep, [str(states["name"].iloc[k])[:16] for k in keep])
        else:
            ax.axis("off")
            ax.text(0.5, 0.5, "no conflict spread", ha="center", fontsize=12, color=QUIET)
        heading(figure, f"{results.attributes['title']}: exporters and importers of conflict", 13.5)
        footer(figure, results)
        return save(figure, folder / "exporters-importers", formats)


def importance_bars(results: Results, table: pd.DataFrame, outcome: str, folder: Path, formats: list[str]) -> list[Path]:
    """Draw the importance of each channel by three measures side by side, as shares of the whole effect."""
    rows = table[table["channel"].isin(list(CHANNELS))]
    place = np.arange(len(rows))
    total = float(rows["shapley"].sum())
    with styled():
        figure = sheet(11.5, 5.6, 0.07)
        axes = figure.subplots(1, 3, sharey=True)
        measures = (("hazard_share", None, "share of the hazard"), ("knock_out_share", "knock_out_se", "knocked out alone"),
                    ("shapley_share", "shapley_se", "Shapley value"))  # fmt: skip
        for ax, (column, error, title) in zip(axes, measures, strict=True):
            ax.barh(place, rows[column], color=[PLAYER_COLOURS[name] for name in rows["channel"]], height=0.66)
            if error is not None and total:
                ax.errorbar(
                    rows[column], place, xerr=1.96 * rows[error] / abs(total), fmt="none", ecolor=INK, elinewidth=1.1, capsize=2.5
                )
            ax.axvline(0, color=INK, linewidth=0.9)
            ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
            ax.tick_params(axis="y", length=0)
            ruled(ax, "x")
            ax.set_title(title, fontsize=11)
            ax.set_xlabel(f"sum {rows[column].sum():.0%}", fontsize=9.5, color=QUIET)
        axes[0].set_yticks(place, [PLAYER_NAMES[name] for name in rows["channel"]])
        axes[0].invert_yaxis()
        title = (
            f"{results.attributes['title']}: what each channel adds to {outcome.replace('_', ' ')} ({total:+.3g} a run in all)"
        )
        heading(figure, title, 12.5)
        footer(figure, results)
        return save(figure, folder / "channels-three-ways", formats)
