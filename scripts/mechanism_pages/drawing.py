"""From panels to a picture in the style of all figures."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter
from PIL import Image

from mechanism_pages.panel import Panel
from stability_sim.report.figures.canvas import GRID, GROUP_COLOURS, QUIET, styled

_STEPS = [1, 2, 2.5, 5, 10]


def _plain(value: float, _: object = None) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _percent(value: float, _: object = None) -> str:
    return f"{100 * value:.4g} %"


def _axes(ax: Axes, panel: Panel) -> None:
    if "x" in panel.logs:
        ax.set_xscale("log")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=_STEPS))
    if "y" in panel.logs:
        ax.set_yscale("log")
    else:
        ax.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=_STEPS))
        lines = [*(value for line in panel.lines for value in line.y), *(panel.band.low if panel.band else ())]
        ax.set_ylim(bottom=0 if min(lines) >= 0 else None)
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_formatter(FuncFormatter(_plain))
    ax.yaxis.set_major_formatter(FuncFormatter(_percent if panel.percent else _plain))
    ax.set_xlim(min(panel.x), max(panel.x))


def _panel(ax: Axes, panel: Panel) -> None:
    if panel.bars:
        ax.bar(panel.x, panel.bars.y, color="#b9c7d6", width=0.8, label=panel.bars.label)
    for k, line in enumerate(panel.lines):
        colour = GROUP_COLOURS[k if line.colour < 0 else line.colour]
        ax.plot(panel.x, line.y, line.style, color=colour, lw=2.0, ms=5, label=line.label, clip_on=False, zorder=3)
    if panel.band:
        ax.fill_between(
            panel.x, panel.band.low, panel.band.high, color=GROUP_COLOURS[0], alpha=0.16, lw=0, label=panel.band.label
        )
    _axes(ax, panel)
    ax.set_title(panel.title, fontsize=11)
    ax.set_xlabel(panel.x_label, fontsize=9.5)
    ax.set_ylabel(panel.y_label, fontsize=9.5)
    ax.tick_params(labelsize=8.5, length=3)
    ax.grid(visible=True, color=GRID)
    ax.set_axisbelow(True)
    if len(panel.lines) + bool(panel.band) + bool(panel.bars) > 1:
        ax.legend(fontsize=8.5, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=1 if _long(panel) else 2)


def _long(panel: Panel) -> bool:
    labels = [line.label for line in panel.lines] + ([panel.band.label] if panel.band else [])
    return max(len(label) for label in labels) > 24


def _write(figure: Figure, path: Path) -> None:
    """Write a figure in few colours, so that a page with its picture loads at once."""
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=120, metadata={"Software": None})
    Image.open(drawn).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def draw(panels: Sequence[Panel], path: Path) -> None:
    """Draw panels side by side, two in a row, and write them as PNG."""
    rows = (len(panels) + 1) // 2
    columns = min(len(panels), 2)
    below = 0.25 / (4.1 * rows + 0.25)
    with styled():
        figure = Figure(figsize=(4.9 * columns, 4.1 * rows + 0.25), layout="constrained")
        figure.get_layout_engine().set(rect=(0, below, 1, 1 - below), w_pad=0.1, h_pad=0.08)  # type: ignore[union-attr, call-arg]
        for k, panel in enumerate(panels):
            _panel(figure.add_subplot(rows, columns, k + 1), panel)
        note = "All else at the documented defaults. A curve of the model, not of data."
        figure.text(0.995, 0.004, note, ha="right", va="bottom", fontsize=7.5, color=QUIET)
        _write(figure, path)
