"""Figures of a sweep: a line with bands for one factor, heat maps with contours for two, a matrix of panels for many."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from stability_sim.analysis.outcomes import Marginal, marginal
from stability_sim.analysis.prim import Box, find_boxes
from stability_sim.report.figures.canvas import (
    BLUE,
    INK,
    QUIET,
    footer,
    frameless,
    heading,
    note,
    panel_grid,
    plain_bar,
    ruled,
    save,
    sheet,
    short_number,
    styled,
)
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import outcome_label
from stability_sim.storage.run_folder import write_table

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


def _mark_file(ax: Axes, x: NDArray[np.float64], value: float | None) -> None:
    """Draw a dashed line at the value in the file, if it is within the design."""
    if value is not None and x.min() <= value <= x.max():
        ax.axvline(value, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))


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
        _mark_file(ax, x, results.attributes["reference"].get(path))
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6))
    ax.set_title(outcome_label(name), fontsize=11)
    if mean.min() == mean.max():
        _same(ax, float(mean[0]))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6))
    ax.tick_params(labelsize=8.5, length=3)
    ruled(ax, "y")


def _edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(centres) == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
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
    levels = [_numbers(results.coords[path]) for path in paths]
    lengths = [len(results.coords[path]) for path in paths]
    y, x = (np.arange(n, dtype=np.float64) if g is None else g for g, n in zip(levels, lengths, strict=True))
    order_y, order_x = np.argsort(y), np.argsort(x)
    y, x, mean = y[order_y], x[order_x], mean[np.ix_(order_y, order_x)]
    low, high = float(mean.min()), float(mean.max())
    image = ax.pcolormesh(_edges(x), _edges(y), mean, cmap="cividis", vmin=low, vmax=high if high > low else low + 1)
    error = float(np.nanmedian(results["difference_standard_error"][..., results.index("outcome", name)]))
    if high == low:
        _same(ax, low, "white")
    elif levels[0] is not None and levels[1] is not None and min(mean.shape) > 1:
        _contours(ax, x, y, mean, error)
    for axis, path, numbers in ((ax.yaxis, paths[0], levels[0]), (ax.xaxis, paths[1], levels[1])):
        if numbers is None:
            axis.set_ticks(range(len(results.coords[path])), [str(level) for level in results.coords[path]], fontsize=8)
    in_file = [results.attributes["reference"].get(path) for path in paths]
    if None not in in_file and y.min() <= in_file[0] <= y.max() and x.min() <= in_file[1] <= x.max():
        for size, width, colour in ((13, 2.2, "white"), (11, 1.1, INK)):
            ax.plot(*in_file[::-1], marker="+", markersize=size, markeredgewidth=width, color=colour, clip_on=False)
    ax.tick_params(labelsize=8.5, length=0)
    frameless(ax)
    bar = figure.colorbar(image, ax=ax, fraction=0.045, pad=0.02)
    plain_bar(bar, 8)
    bar.locator = MaxNLocator(nbins=5)
    bar.formatter = FuncFormatter(lambda value, _: f"{value:,.6g}")
    bar.update_ticks()
    ax.set_title(outcome_label(name), fontsize=11)


def _draw(figure: Figure, results: Results, names: list[str]) -> None:
    """Draw each outcome in a panel; the outer ones name the factors."""
    paths = results.attributes["factors"]
    rows, columns = panel_grid(len(names))
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
    rows, columns = panel_grid(len(names))
    folder.mkdir(parents=True, exist_ok=True)
    with styled():
        height = 2.2 + (3.5 if two else 2.7) * rows
        figure = sheet(max(10.4, 4.4 * columns), height, 0.72 / height, w_pad=0.12, h_pad=0.1)
        _draw(figure, results, names)
        title = f"{results.attributes['title']}: what changes with\n{' and '.join(_short(path) for path in paths)}"
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=13, linespacing=1.3)
        note(figure, _MAPS if two else _LINES, 0.3)
        footer(figure, results)
        return save(figure, folder / "sweep", formats)


SHOWN = ("onsets", "cross_border_onsets", "crossed")
MOST_FACTORS, MOST_BARS = 4, 10
FEWEST_FOR_A_BOX = 20
SHADE = "#e69f00"
TABLE = "sweep-marginals.csv"
_CAPTION = (
    "Grey: a point of the design, mean of its runs. Blue: mean of the points of a bin, with two standard errors over these points (all other "
    "numbers vary as well; luck is in the scatter).\nDashed: the value in the file. Right: the outcome in the highest bin of a number less that in the lowest, "
    "with two standard errors; faint: not told from nought.\nShaded: the box of points where the outcome is in its upper quarter "
    "most often (PRIM; as of discover). Associations in a sample of assumptions, not causes in the world."
)


class Axis(NamedTuple):
    """One number of a design: its value at each point, the words that the values stand for, the value in the file."""

    path: str
    values: NDArray[np.float64]
    words: list[str]
    in_file: float | None


def axes_of(results: Results) -> list[Axis]:
    """Return the numbers of a sweep with their values at each point, in the order of the points."""
    attributes = results.attributes
    paths = list(attributes["factors"])
    if attributes["design"] == "grid":
        labels = [results.coords[path] for path in paths]
        numbers = [_numbers(levels) for levels in labels]
        words = [[str(level) for level in levels] if x is None else [] for levels, x in zip(labels, numbers, strict=True)]
        ticks = [np.arange(len(levels), dtype=float) if x is None else x for levels, x in zip(labels, numbers, strict=True)]
        values = [grid.ravel() for grid in np.meshgrid(*ticks, indexing="ij")]
    else:
        values = [np.asarray(results[path], dtype=float) for path in paths]
        words = [[str(level) for level in results.coords.get(f"{path} levels", [])] for path in paths]
    return [Axis(p, v, w, attributes["reference"].get(p)) for p, v, w in zip(paths, values, words, strict=True)]


def _tail(path: str, most: int = 30) -> str:
    return path if len(path) <= most else "…" + path[1 - most :]


def _box(axes: list[Axis], y: NDArray[np.float64]) -> Box | None:
    """Return the first box in which an outcome is in its upper quarter; None if chance would do as well."""
    numbers = [axis for axis in axes if not axis.words]
    if len(y) < FEWEST_FOR_A_BOX or not numbers:
        return None
    high = y >= np.quantile(y, 0.75)
    if high.all() or not high.any():
        return None
    boxes = find_boxes(np.column_stack([axis.values for axis in numbers]), high, [axis.path for axis in numbers], most=1)
    return boxes[0] if boxes else None


def _scatter(ax: Axes, axis: Axis, y: NDArray[np.float64], bins: Marginal, box: Box | None) -> None:
    """Draw an outcome over one number: the points, the means of bins, the sides of the box."""
    for side in box.restrictions if box else []:
        if side.factor == axis.path:
            low, high = max(side.low, float(axis.values.min())), min(side.high, float(axis.values.max()))
            ax.axvspan(low, high, color=SHADE, alpha=0.16, linewidth=0)
    ax.plot(axis.values, y, linestyle="none", marker="o", markersize=3, color="#9aa0a8", alpha=0.55, markeredgewidth=0)
    ax.errorbar(bins.centre, bins.mean, np.nan_to_num(bins.half), color=BLUE, linewidth=0 if axis.words else 1.8, elinewidth=1.6,
                marker="o", markersize=4.5)  # fmt: skip
    _mark_file(ax, axis.values, axis.in_file)
    if axis.words:
        ax.set_xticks(range(len(axis.words)), axis.words, rotation=20, ha="right", fontsize=8)
        ax.margins(x=0.15)
    else:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=4))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    ax.tick_params(labelsize=8, length=3)
    ruled(ax, "y")


def _swings(ax: Axes, axes: list[Axis], effects: list[Marginal], box: Box | None) -> None:
    """Draw what each number swings, the largest on top; what chance could do is faint."""
    order = sorted(range(len(axes)), key=lambda k: (-abs(effects[k].swing), axes[k].path))[:MOST_BARS]
    for place, k in enumerate(order):
        effect = effects[k]
        clear = abs(effect.swing) > effect.swing_half
        ax.barh(place, effect.swing, color=BLUE, height=0.6, alpha=0.9 if clear else 0.3)
        if math.isfinite(effect.swing_half):
            ax.errorbar(effect.swing, place, xerr=effect.swing_half, color=INK, elinewidth=1.2, capsize=2)
    ax.axvline(0, color=INK, linewidth=1)
    ax.set_yticks(range(len(order)), [_tail(axes[k].path, 34) for k in order], fontsize=8)
    ax.yaxis.tick_right()
    ax.set_ylim(max(len(order), 3) - 0.4, -0.6)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    ax.tick_params(axis="x", labelsize=8, length=3)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ruled(ax, "x")
    caption = "no box does better than chance" if box is None else (
        f"shaded: {box.n_points} points, {box.density:.0%} of them in the upper\nquarter; {box.coverage:.0%} of all that are in it")  # fmt: skip
    ax.set_title(caption, fontsize=8, color=QUIET, weight="normal", loc="left")


def _write(folder: Path, axes: list[Axis], names: list[str], effects: dict[str, list[Marginal]]) -> Path:
    import pandas as pd

    rows: list[tuple[object, ...]] = []
    for name in names:
        for axis, effect in zip(axes, effects[name], strict=True):
            for k, centre in enumerate(effect.centre.tolist()):
                label = axis.words[round(centre)] if axis.words else centre
                rows.append(
                    (name, axis.path, k, label, effect.n[k], effect.mean[k], effect.half[k], effect.swing, effect.swing_half)
                )
    columns = [
        "outcome",
        "factor",
        "bin",
        "centre",
        "points",
        "mean",
        "two_standard_errors",
        "swing",
        "swing_two_standard_errors",
    ]
    write_table(pd.DataFrame(rows, columns=columns), folder / TABLE)
    return folder / TABLE


def hypercube_figure(results: Results, folder: Path, outcomes: list[str], formats: list[str]) -> list[Path]:
    """Draw a sweep of any design over any numbers of the scenario; a few outcomes of the headline if none are named."""
    axes, names = axes_of(results), outcomes or list(SHOWN)
    n = len(axes[0].values)
    values = {name: results["mean"].reshape(n, -1)[:, results.index("outcome", name)] for name in names}
    effects = {name: [marginal(axis.values, values[name], words=bool(axis.words)) for axis in axes] for name in names}
    spread = {name: max(float(np.ptp(values[name])), 1e-300) for name in names}
    reach = [max(abs(effects[name][k].swing) / spread[name] for name in names) for k in range(len(axes))]
    chosen = sorted(sorted(range(len(axes)), key=lambda k: -reach[k])[:MOST_FACTORS])
    columns = len(chosen) + 1
    folder.mkdir(parents=True, exist_ok=True)
    with styled():
        height = 2.3 + 2.35 * len(names)
        figure = sheet(2.9 * len(chosen) + 5.2, height, 1.02 / height, w_pad=0.08, h_pad=0.1)
        panels = figure.subplots(len(names), columns, squeeze=False, width_ratios=[1.0] * len(chosen) + [1.15])
        for row, name in enumerate(names):
            box = _box(axes, values[name])
            for column, k in enumerate(chosen):
                ax = panels[row, column]
                _scatter(ax, axes[k], values[name], effects[name][k], box)
                if column == 0:
                    ax.set_ylabel("\n".join(_wrapped(outcome_label(name))), fontsize=9)
                if row == len(names) - 1:
                    ax.set_xlabel(_tail(axes[k].path), fontsize=8.5)
            _swings(panels[row, -1], axes, effects[name], box)
        panels[-1, -1].set_xlabel("highest less lowest bin, a run", fontsize=8.5)
        more = f", the {len(chosen)} that move most of {len(axes)}" if len(axes) > len(chosen) else ""
        title = f"{results.attributes['title']}: {len(axes)} numbers at once, {n} points{more}"
        heading(figure, title)
        note(figure, _CAPTION, 0.3)
        footer(figure, results, bands=False)
        return [*save(figure, folder / "sweep", formats), _write(folder, axes, names, effects)]


def _wrapped(text: str) -> list[str]:
    """Return a label on two lines if it is long."""
    words = text.split()
    if len(text) <= 24:
        return [text]
    cut = min(range(1, len(words)), key=lambda k: abs(len(" ".join(words[:k])) - len(text) / 2))
    return [" ".join(words[:cut]), " ".join(words[cut:])]
