"""Facts that are one number: where the engine is, where its runs scatter, what is accepted, what data say."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from stability_sim.analysis.facts import Comparison, Fact
from stability_sim.report.figures.style import BLUE, INK

DATA, ACCEPTED = "#d55e00", "#cfe8dc"
ENGINE = "engine (line: 90 % of runs)"
NUMBERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "fact-02-neighbours": ("A land neighbour in conflict", ("relative_risk",)),
    "fact-10-refugees": ("Refugees in land neighbours", ("refugees_near",)),
    "fact-11-traced": ("Onsets that trace to a neighbour", ("traced", "traced_tree", "reproduction", "reproduction_tree")),
    "fact-14-calls": ("Alliance calls honoured", ("case_honoured",)),
    "fact-15-central-asia": ("Central Asia, 24 months", ("case_attack", "case_incidents", "case_attempts", "case_refugees")),
    "fact-16-pairing": ("What pairing the draws is worth", ("paired_variance",)),
}


def _row(ax: Axes, compared: Comparison, fact: Fact) -> None:
    """Draw one fact on an axis of its own."""
    low, high = compared.scatter.get(fact.key, (math.nan, math.nan))
    seen = compared.observed.get(fact.key)
    data = seen.value if seen is not None else math.nan
    margin = compared.margins.get(fact.key, 0.0)
    published = fact.band.published if fact.band.published is not None else math.nan
    marked = [
        v
        for v in (fact.value, low, high, data - margin, data + margin, published, fact.band.low, fact.band.high)
        if math.isfinite(v)
    ]
    left, right = min([0.0, *marked]), max(marked)
    room = 0.04 * (right - left)
    top = fact.band.high if math.isfinite(fact.band.high) else right + room
    ax.axvspan(fact.band.low, top, color=ACCEPTED, linewidth=0, label="accepted")
    if not math.isnan(low):
        ax.hlines(0.28, low, high, color=BLUE, linewidth=2)
    ax.plot(fact.value, 0.28, "o", color=BLUE, markersize=10, zorder=4, label=ENGINE if not math.isnan(low) else "engine")
    if not math.isnan(data):
        ax.hlines(-0.28, data - margin, data + margin, color=DATA, linewidth=2)
        ax.plot(data, -0.28, "D", color=DATA, markersize=8, zorder=3, label="data (line: 90 %)")
    if not math.isnan(published):
        ax.plot(published, 0, "|", color=INK, markersize=22, markeredgewidth=2, zorder=3, label="published, 1946–2024")
    ax.set_xlim(left - room, right + room)
    ax.set_ylim(-1, 1)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    if fact.band.percent:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    ax.set_title(f"{fact.band.meaning}: {fact.write(fact.value)}, {fact.verdict}", fontsize=10.5, weight="normal")


def numbers(compared: Comparison, title: str, keys: list[str]) -> Figure:
    """Return a figure of facts that are one number each, a row for each."""
    height = 1.7 + 0.98 * len(keys)
    figure = Figure(figsize=(8.0, height), layout="constrained")
    below = 0.62 / height  # for the legend, and what the figure is conditional on
    figure.get_layout_engine().set(rect=(0, below, 1, 1 - below))  # type: ignore[union-attr, call-arg]
    axes = figure.subplots(len(keys), 1, squeeze=False)[:, 0]
    for ax, key in zip(axes, keys, strict=True):
        _row(ax, compared, compared.facts[key])
    figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=14)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="lower left",
        ncols=len(labels),
        frameon=False,
        fontsize=9,
        bbox_to_anchor=(0, 0.24 / height),
        markerscale=0.6,
    )
    return figure
