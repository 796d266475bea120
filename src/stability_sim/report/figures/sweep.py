"""A sweep on paper: a line with bands for one factor, heat maps with contours for two."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from stability_sim.report.figures.style import BLUE, GRID, INK, QUIET, footer, save, styled
from stability_sim.report.tables import outcome_label
from stability_sim.results import Results

ON_LINES = ("onsets", "cross_border_onsets", "attacks_on_allies", "incidents", "crossed", "deaths")
ON_MAPS = ("onsets", "cross_border_onsets", "crossed", "deaths")
MOST_CONTOURS = 7
LONGEST = 60
_LINES = (
    "Line or points: mean of the runs. Dark: two standard errors of the paired difference from the scenario as it is; light: "
    "of the mean itself.\nAll points run on the same draws, so that the shape is surer than the level. Dashed: the value in the file."
)
_MAPS = "Colour: mean of the runs; white: equal means, no closer than two standard errors of the paired difference. +: the scenario as it is."


def drawable(results: Results) -> bool:
    """Return whether there is a figure for a sweep: a grid over one or two factors."""
    return results.attributes["design"] == "grid" and len(results.attributes["factors"]) <= 2


def _numbers(labels: list[float] | list[str]) -> NDArray[np.float64] | None:
    """Return the levels of a factor, or None if they are words."""
    return None if any(isinstance(label, str) for label in labels) else np.array(labels, dtype=np.float64)


def _short(path: str) -> str:
    return path if len(path) <= LONGEST else path[: LONGEST - 1] + "…"


def _same(ax: Axes, value: float, colour: str = QUIET) -> None:
    text = f"the same at every point: {value:,.4g}"
    ax.text(0.5, 0.93, text, transform=ax.transAxes, ha="center", va="top", fontsize=9, color=colour,
            bbox={"facecolor": "white" if colour == QUIET else "none", "edgecolor": "none", "alpha": 0.8, "pad": 2})  # fmt: skip


def _line(ax: Axes, results: Results, path: str, name: str) -> None:
    """Draw one outcome over one factor; words as points with bars."""
    k = results.index("outcome", name)
    mean, own, paired = (results[x][:, k] for x in ("mean", "standard_error", "difference_standard_error"))
    levels = results.coords[path]
    x = _numbers(levels)
    if x is None:
        x = np.arange(len(levels), dtype=np.float64)
        ax.errorbar(x, mean, 2 * own, fmt="none", ecolor=BLUE, alpha=0.3, elinewidth=5)
        ax.errorbar(x, mean, 2 * paired, fmt="o", color=BLUE, elinewidth=2, markersize=5)
        ax.set_xticks(x, [str(level) for level in levels], rotation=20, ha="right", fontsize=8.5)
        ax.margins(x=0.12)
    else:
        ax.fill_between(x, mean - 2 * own, mean + 2 * own, color=BLUE, alpha=0.14, linewidth=0)
        ax.fill_between(x, mean - 2 * paired, mean + 2 * paired, color=BLUE, alpha=0.35, linewidth=0)
        ax.plot(x, mean, color=BLUE, linewidth=2, marker="o", markersize=3.5)
        here = results.attributes["reference"].get(path)
        if here is not None and x.min() <= here <= x.max():
            ax.axvline(here, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6))
    ax.set_title(outcome_label(name), fontsize=11)
    if mean.min() == mean.max():
        _same(ax, float(mean[0]))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6))
    ax.tick_params(labelsize=8.5, length=3)
    ax.grid(visible=True, axis="y", color=GRID)
    ax.set_axisbelow(True)


def _edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    middles = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - middles[0]], middles, [2 * centres[-1] - middles[-1]]])


def _contours(ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], mean: NDArray[np.float64], error: float) -> None:
    """Draw lines of equal mean: round numbers, and no two that the standard error cannot tell apart."""
    low, high = float(mean.min()), float(mean.max())
    n = MOST_CONTOURS if error == 0 else min(MOST_CONTOURS, int((high - low) / (2 * error)))
    levels = [level for level in MaxNLocator(nbins=max(n, 1)).tick_values(low, high) if low < level < high]
    if n < 1 or not levels:
        return
    step = levels[1] - levels[0] if len(levels) > 1 else high - low
    digits = max(0, 1 - math.floor(math.log10(step)))
    lines = ax.contour(x, y, mean, levels=levels, colors="white", linewidths=1.1)
    ax.clabel(lines, fontsize=8, fmt=lambda value: f"{value:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}")


def _heat(ax: Axes, figure: Figure, results: Results, paths: list[str], name: str) -> None:
    """Draw one outcome over two factors: colour for the mean, lines of equal mean, a cross where the file stands."""
    mean = results["mean"][..., results.index("outcome", name)]
    given = [_numbers(results.coords[path]) for path in paths]
    lengths = [len(results.coords[path]) for path in paths]
    y, x = (np.arange(n, dtype=np.float64) if g is None else g for g, n in zip(given, lengths, strict=True))
    order_y, order_x = np.argsort(y), np.argsort(x)
    y, x, mean = y[order_y], x[order_x], mean[np.ix_(order_y, order_x)]
    low, high = float(mean.min()), float(mean.max())
    image = ax.pcolormesh(_edges(x) if len(x) > 1 else np.array([x[0] - 0.5, x[0] + 0.5]),
                          _edges(y) if len(y) > 1 else np.array([y[0] - 0.5, y[0] + 0.5]),
                          mean, cmap="cividis", vmin=low, vmax=high if high > low else low + 1)  # fmt: skip
    error = float(np.nanmedian(results["difference_standard_error"][..., results.index("outcome", name)]))
    if high == low:
        _same(ax, low, "white")
    elif given[0] is not None and given[1] is not None and min(mean.shape) > 1:
        _contours(ax, x, y, mean, error)
    for axis, path, numbers in ((ax.yaxis, paths[0], given[0]), (ax.xaxis, paths[1], given[1])):
        if numbers is None:
            axis.set_ticks(range(len(results.coords[path])), [str(level) for level in results.coords[path]], fontsize=8)
    here = [results.attributes["reference"].get(path) for path in paths]
    if None not in here and y.min() <= here[0] <= y.max() and x.min() <= here[1] <= x.max():
        ax.plot(here[1], here[0], marker="+", markersize=13, markeredgewidth=2.2, color="white", clip_on=False)
        ax.plot(here[1], here[0], marker="+", markersize=11, markeredgewidth=1.1, color=INK, clip_on=False)
    ax.tick_params(labelsize=8.5, length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    bar = figure.colorbar(image, ax=ax, fraction=0.045, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8, length=0)
    bar.locator = MaxNLocator(nbins=5)
    bar.formatter = FuncFormatter(lambda value, _: f"{value:,.6g}")
    bar.update_ticks()
    ax.set_title(outcome_label(name), fontsize=11)


def _panels(n: int) -> tuple[int, int]:
    columns = min(n, 3) if n != 4 else 2
    return math.ceil(n / columns), columns


def _draw(figure: Figure, results: Results, names: list[str]) -> None:
    """Draw each outcome in a panel; the outer ones name the factors."""
    paths = results.attributes["factors"]
    rows, columns = _panels(len(names))
    for k, name in enumerate(names):
        ax = figure.add_subplot(rows, columns, k + 1)
        if len(paths) == 2:
            _heat(ax, figure, results, paths, name)
        else:
            _line(ax, results, paths[0], name)
        if k + columns >= len(names):
            ax.set_xlabel(_short(paths[-1]), fontsize=9.5)
        if len(paths) == 2 and k % columns == 0:
            ax.set_ylabel(_short(paths[0]), fontsize=9.5)


def sweep_figure(results: Results, folder: Path, outcomes: list[str], formats: list[str]) -> list[Path]:
    """Draw a sweep over one or two factors; the outcomes of the headline if none are named."""
    paths = results.attributes["factors"]
    two = len(paths) == 2
    names = outcomes or list(ON_MAPS if two else ON_LINES)
    rows, columns = _panels(len(names))
    folder.mkdir(parents=True, exist_ok=True)
    with styled():
        figure = Figure(figsize=(max(10.4, 4.4 * columns), 2.2 + (3.5 if two else 2.7) * rows), layout="constrained")
        bottom = 0.72 / figure.get_figheight()
        figure.get_layout_engine().set(rect=(0, bottom, 1, 1 - bottom), w_pad=0.12, h_pad=0.1)  # type: ignore[union-attr, call-arg]
        _draw(figure, results, names)
        title = f"{results.attributes['title']}: what changes with\n{' and '.join(_short(path) for path in paths)}"
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=13, linespacing=1.3)
        figure.text(0.01, 0.3 / figure.get_figheight(), _MAPS if two else _LINES, ha="left", va="bottom", fontsize=8, color=QUIET)
        footer(figure, results)
        return save(figure, folder / "sweep", formats)
