"""A sweep on paper: a line with bands for one factor, heat maps with contours for two."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from stability_sim.report.figures.style import BLUE, GRID, INK, QUIET, footer, save, styled
from stability_sim.report.tables import LABELS
from stability_sim.results import Results

HEADLINES = ("onsets", "cross_border_onsets", "attacks_on_allies", "incidents", "crossed", "deaths")
FEWER = 4  # heat maps on a page
LONGEST = 60
_TEXT = (
    "line: mean of the runs\ndark band: two standard errors of the paired\ndifference from the scenario as it is\n"
    "light band: two standard errors of the mean\n\nAll points run on the same draws: the shape\nis surer than the level.\n"
    "Dashed: the value in the file."
)


def drawable(results: Results) -> bool:
    """Return whether there is a figure for a sweep: a grid over one or two factors."""
    return results.attributes["design"] == "grid" and len(results.attributes["factors"]) <= 2


def _label(name: str) -> str:
    return LABELS.get(name, name).removeprefix("... of these ")


def _numbers(labels: list[float] | list[str]) -> NDArray[np.float64] | None:
    """Return the levels of a factor, or None if they are words."""
    return None if any(isinstance(label, str) for label in labels) else np.array(labels, dtype=np.float64)


def _short(path: str) -> str:
    return path if len(path) <= LONGEST else path[: LONGEST - 1] + "…"


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
        ax.set_xticks(x, [str(level) for level in levels], rotation=20, ha="right", fontsize=8.5, parse_math=False)
        ax.margins(x=0.12)
    else:
        ax.fill_between(x, mean - 2 * own, mean + 2 * own, color=BLUE, alpha=0.14, linewidth=0)
        ax.fill_between(x, mean - 2 * paired, mean + 2 * paired, color=BLUE, alpha=0.35, linewidth=0)
        ax.plot(x, mean, color=BLUE, linewidth=2, marker="o", markersize=3.5)
        here = results.attributes["reference"].get(path)
        if here is not None and x.min() <= here <= x.max():
            ax.axvline(here, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6))
    ax.set_title(_label(name), fontsize=11)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6))
    ax.tick_params(labelsize=8.5, length=3)
    ax.grid(visible=True, axis="y", color=GRID)
    ax.set_axisbelow(True)


def _edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    middles = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - middles[0]], middles, [2 * centres[-1] - middles[-1]]])


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
    if given[0] is not None and given[1] is not None and min(mean.shape) > 1 and high > low:
        lines = ax.contour(x, y, mean, levels=6, colors="white", linewidths=0.9)
        ax.clabel(lines, fontsize=7.5, fmt=lambda value: f"{value:,.4g}")
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
    ax.set_title(_label(name), fontsize=11)


def _panels(n: int) -> tuple[int, int]:
    columns = min(n, 3) if n != 4 else 2
    return math.ceil(n / columns), columns


def sweep_figure(results: Results, folder: Path, outcomes: list[str], formats: list[str]) -> list[Path]:
    """Draw a sweep over one or two factors; the outcomes of the headline if none are named."""
    paths = results.attributes["factors"]
    two = len(paths) == 2
    names = outcomes or list(HEADLINES[:FEWER] if two else HEADLINES)
    rows, columns = _panels(len(names))
    folder.mkdir(parents=True, exist_ok=True)
    with styled():
        figure = Figure(figsize=(max(8.6, 4.4 * columns), 1.9 + (3.6 if two else 2.7) * rows), layout="constrained")
        height = figure.get_figheight()
        figure.get_layout_engine().set(rect=(0, 0.45 / height, 1, 1 - 0.45 / height), w_pad=0.1, h_pad=0.1)  # type: ignore[union-attr, call-arg]
        for k, name in enumerate(names):
            ax = figure.add_subplot(rows, columns, k + 1)
            if two:
                _heat(ax, figure, results, paths, name)
            else:
                _line(ax, results, paths[0], name)
        figure.supxlabel(_short(paths[-1]), fontsize=10.5, parse_math=False)
        if two:
            figure.supylabel(_short(paths[0]), fontsize=10.5, parse_math=False)
        figure.suptitle(f"{results.attributes['title']}: what changes with {' and '.join(map(_short, paths))}",
                        x=0.01, ha="left", weight="bold", fontsize=13, parse_math=False)  # fmt: skip
        note = (
            "Mean of the runs at each point; + is the scenario as it is."
            if two
            else _TEXT.replace("\n\n", " ").replace("\n", " ")
        )
        figure.text(0.01, 0.008, note, ha="left", va="bottom", fontsize=7.5, color=QUIET)
        footer(figure, results)
        return save(figure, folder / "sweep", formats)
