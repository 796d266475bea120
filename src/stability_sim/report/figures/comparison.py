"""What a variant changes: a map of differences, dots with paired intervals, and when the futures part."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from stability_sim.report.figures.canvas import (
    GROUP_COLOURS,
    GROUP_MARKERS,
    INK,
    QUIET,
    Canvas,
    date_ticks,
    footer,
    heading,
    month_name,
    panel_grid,
    plain_bar,
    ruled,
    save,
    sheet,
    styled,
)
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import KIND_COLOURS, KIND_NAMES

if TYPE_CHECKING:
    import pandas as pd

# less (blue) and more (orange): told apart by the colour-blind, and by lightness from the middle
_DIVERGING = ("#08519c", "#3182bd", "#9ecae1", "#f4f4f2", "#fdbe85", "#e6550d", "#a63603")
DIFFERENCES: Colormap = ListedColormap(_DIVERGING, name="differences")
MOST_PANELS = 6
MOST_ROWS = 24
SEEN = 0.002  # standard deviations below which a difference is not drawn


def _steps(largest: float) -> list[float]:
    """Return symmetrical steps of a scale, in round numbers, the outermost at or above the largest difference."""
    size = 10.0 ** math.floor(math.log10(largest)) if largest > 0 else 0.01
    top = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= largest * (1 - 1e-12))
    return [-top, -top / 2, -top / 5, -top / 20, top / 20, top / 5, top / 2, top]


def _state_panel(ax: Axes, canvas: Canvas, mine: pd.DataFrame, norm: BoundaryNorm, size: float) -> None:
    """Paint the differences of one variant; hatch where the interval covers zero."""
    values = dict.fromkeys(canvas.states, 0.0) | {str(code): float(value) for code, value in mine["difference"].items()}
    unsure = [str(code) for code, row in mine.iterrows() if row["low"] <= 0 <= row["high"]]
    canvas.prepare(ax)
    canvas.paint(ax, values, colours=lambda value: DIFFERENCES(norm(value)))
    canvas.hatch(ax, unsure)
    canvas.name(ax, size=size)


def difference_map(base: Results, differences: pd.DataFrame, folder: Path, formats: list[str]) -> list[Path]:
    """Draw how each variant changes the risk of each state at the end of the run; hatched where zero is inside.

    Parameters
    ----------
    base : Results
        The base: its states, names and map.
    differences : pandas table
        ``variant``, ``scope`` (state), ``difference``, ``low``, ``high``; from ``analysis.contrasts.batch_differences``.
    """
    canvas = Canvas(base)
    variants = list(dict.fromkeys(differences["variant"]))[:MOST_PANELS]
    drawn = differences[differences["scope"].isin(canvas.states) & differences["variant"].isin(variants)]
    steps = _steps(float(drawn["difference"].abs().max()) if len(drawn) else 0.0)
    norm = BoundaryNorm(steps, DIFFERENCES.N, extend="neither")
    rows, columns = panel_grid(len(variants))
    with styled():
        width = min(13.5, max(8.6, 7.4 * columns * canvas.shape / rows))
        height = min(11.0, 1.7 + rows * ((width - 1.6) / columns / canvas.shape + 0.3))
        figure = sheet(width, height, 0.45 / height)
        axes = [figure.add_subplot(rows, columns, k + 1) for k in range(len(variants))]
        for ax, variant in zip(axes, variants, strict=True):
            mine = drawn[drawn["variant"] == variant].set_index("scope")
            _state_panel(ax, canvas, mine, norm, 10 if len(variants) == 1 else 8)
            ax.set_title(str(variant), fontsize=11.5)
        bar = figure.colorbar(ScalarMappable(norm, DIFFERENCES), ax=axes, fraction=0.03, pad=0.015, shrink=0.86, aspect=26)
        bar.set_ticks(steps, labels=[f"{100 * step:+.2g}" for step in steps])
        plain_bar(bar, 9)
        bar.set_label("points of risk: less (blue), more (orange) than in the base", fontsize=9.5)
        handles = [Patch(facecolor="white", edgecolor="#6b7280", hatch="....", label="95 % interval covers zero")]
        axes[0].legend(handles=handles, loc="upper right", fontsize=8.5, framealpha=0.92, edgecolor="#b8c4d0").set_zorder(9)
        heading(figure, f"{base.attributes['title']}\nRisk in {month_name(base.coords['month'][-1])}, difference from the base")
        footer(figure, base, geography=canvas.on_map, paired=True)
        return save(figure, folder / "difference-map", formats)


def _number(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) < 0.001:
        return f"{value:+.0e}".replace("e-0", "e-")
    return f"{value:+,.0f}" if abs(value) >= 99.5 else f"{value:+.2g}"


def _dot(ax: Axes, place: float, row: pd.Series[float], v: int) -> None:
    """Draw one difference with its interval, and write it at the right in its own unit."""
    effect, difference = row["effect_in_sd"], row["difference"]
    reach = abs(effect / difference) * (row["high"] - row["low"]) / 2 if difference else 0.0
    colour = GROUP_COLOURS[v]
    ax.plot([effect - reach, effect + reach], [place] * 2, color=colour, linewidth=2.2)
    ax.plot(effect, place, GROUP_MARKERS[v], color=colour, markersize=6.5, markeredgecolor="white")
    ax.text(1.01, place, _number(difference), transform=ax.get_yaxis_transform(), va="center", fontsize=8.5, color=colour)


def _rows_of_dots(ax: Axes, labels: list[str]) -> None:
    for k in range(0, len(labels), 2):
        ax.axhspan(k - 0.5, k + 0.5, color="#f5f6f8", zorder=0)
    if not labels:
        ax.text(0.5, 0.5, "no outcome differs", transform=ax.transAxes, ha="center", fontsize=12, color=QUIET)
    ax.set_ylim(max(len(labels), 1) - 0.5, -0.5)
    ax.set_yticks(range(len(labels)), labels, fontsize=9.5)
    ax.tick_params(axis="y", length=0)
    ruled(ax, "x")


def dots(base: Results, contrasts: pd.DataFrame, folder: Path, formats: list[str]) -> list[Path]:
    """Draw the paired difference of each outcome with its interval, in standard deviations of the base."""
    table = contrasts[(contrasts["outcome"] != "ever_onset") & np.isfinite(contrasts["effect_in_sd"])]
    variants = list(dict.fromkeys(contrasts["variant"]))[: len(GROUP_COLOURS)]
    largest = table[table["share_differs"] > 0].groupby("label", sort=False)["effect_in_sd"].agg(lambda x: x.abs().max())
    largest = largest[largest >= SEEN].sort_values(ascending=False, kind="stable")
    labels = list(largest.index)[:MOST_ROWS]
    with styled():
        height = 2.1 + len(labels) * (0.2 + 0.13 * len(variants))
        figure = sheet(12.5, height, 0.45 / height)
        ax = figure.add_subplot()
        ax.axvline(0, color=INK, linewidth=1)
        for v, variant in enumerate(variants):
            mine = table[table["variant"] == variant].set_index("label")
            for k, label in enumerate(labels):
                if label in mine.index:
                    _dot(ax, k + 0.72 * ((v + 0.5) / len(variants) - 0.5), mine.loc[label], v)
            ax.plot([], [], f"{GROUP_MARKERS[v]}-", color=GROUP_COLOURS[v], label=str(variant))
        _rows_of_dots(ax, labels)
        ax.set_xlabel(
            "difference from the base, in standard deviations of the base (right: in its own unit, a run)", fontsize=9.5
        )
        ax.legend(
            loc="upper center", bbox_to_anchor=(0.4, -0.9 / height), ncols=min(4, len(variants)), frameon=False, fontsize=9.5
        )
        ax.set_title(f"{base.attributes['title']}: paired differences, 95 % intervals")
        footer(figure, base, paired=True)
        return save(figure, folder / "contrasts", formats)


def _months_panel(ax: Axes, counts: pd.DataFrame, months: list[str], n: int) -> float:
    """Draw the share of replicates that part in each month, by kind; return the share that part at all."""
    t, bottom = np.arange(len(months)), np.zeros(len(months))
    for kind in KIND_COLOURS:
        if kind in counts.columns:
            values = counts[kind].to_numpy() / n
            ax.bar(t, values, bottom=bottom, color=KIND_COLOURS[kind], width=0.85)
            bottom = bottom + values
    ax.set_xticks(*date_ticks(months, 12 if len(months) > 24 else 6))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_xlim(-0.6, len(months) - 0.4)
    ruled(ax, "y")
    return float(bottom.sum())


def divergence_timeline(
    base: Results,
    counts: dict[str, pd.DataFrame],
    wars: dict[str, NDArray[np.int64]],
    replicates: int,
    folder: Path,
    formats: list[str],
) -> list[Path]:
    """Draw in how many replicates the futures part in each month, by what happens first, and how many wars differ by then.

    Parameters
    ----------
    counts : dict of pandas tables
        By variant: months × kinds, from ``analysis.divergence.timeline``.
    wars : dict of arrays
        By variant: the months in which the wars begin to differ, one a replicate in which they do.
    replicates : int
        Replicates that were looked at.
    """
    variants = list(counts)[:MOST_PANELS]
    months = base.coords["month"]
    rows, columns = panel_grid(len(variants))

    with styled():
        figure = sheet(max(8.6, 6.2 * columns), 1.5 + 3.7 * rows, 0.06, w_pad=0.12)
        kinds = [kind for kind in KIND_COLOURS if any(kind in counts[v].columns for v in variants)]
        for k, variant in enumerate(variants):
            ax = figure.add_subplot(rows, columns, k + 1)
            parted = _months_panel(ax, counts[variant], months, replicates)
            shares = f"{parted:.0%} of {replicates:,} replicates part;\nthe wars differ in {len(wars[variant]) / replicates:.1%}"
            ax.text(0.98, 0.95, shares, transform=ax.transAxes, ha="right", va="top", fontsize=9.5, color=QUIET)
            ax.set_title(str(variant), fontsize=11.5)
            if k % columns == 0:
                ax.set_ylabel("replicates that part this month", fontsize=9.5)
        handles = [Patch(color=KIND_COLOURS[kind], label=KIND_NAMES[kind]) for kind in kinds]
        if handles:
            figure.legend(handles=handles, loc="outside right center", frameon=False, fontsize=9, title="what comes first")
        heading(figure, f"{base.attributes['title']}: where the futures part")
        footer(figure, base, bands=False, paired=True)
        return save(figure, folder / "divergence", formats)
