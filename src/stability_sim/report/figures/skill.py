"""The figure of a hindcast: skill by horizon with intervals, and a reliability diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from stability_sim.analysis.scores import Bin
from stability_sim.analysis.verification import ENGINE, UNCOUPLED, Score
from stability_sim.report.figures.canvas import BLUE, QUIET, heading, ruled, save, sheet, styled

COLOURS = {
    ENGINE: BLUE, UNCOUPLED: "#56b4e9", "logit chain with neighbours": "#d55e00", "logit chain": "#e69f00",
    "country history": "#009e73", "persistence": "#8c8c94", "climatology": "#c9c6bd",
}  # fmt: skip
MARKS = {
    ENGINE: "o", UNCOUPLED: "o", "logit chain with neighbours": "s", "logit chain": "s", "country history": "^",
    "persistence": "D", "climatology": "v",
}  # fmt: skip
PANELS = (
    ("incidence", "auc", "All states: AUC", "more is better"),
    ("incidence", "brier", "All states: Brier score", "less is better"),
    ("at_peace", "auc", "States at peace: AUC", "more is better"),
)
LEFT_OUT = {
    ("incidence", "auc"): ("climatology",),
    ("incidence", "brier"): ("climatology",),
    ("at_peace", "auc"): ("climatology", "persistence"),
}


def _title(ax: Axes, title: str, below: str) -> None:
    ax.text(0.0, 1.0, below, transform=ax.transAxes, fontsize=8.5, color=QUIET, va="bottom")
    ax.set_title(title, fontsize=12, pad=18)


def _panel(ax: Axes, scores: Sequence[Score], target: str, metric: str, title: str, better: str) -> None:
    horizons = sorted({s.horizon for s in scores})
    names = [name for name in COLOURS if name not in LEFT_OUT[target, metric]]
    for k, name in enumerate(names):
        selected = [s for h in horizons for s in scores if s[:4] == (h, target, metric, name)]
        x = [j + 0.11 * (k - (len(names) - 1) / 2) for j in range(len(horizons))]
        y = [s.value for s in selected]
        spread = [[s.value - s.low for s in selected], [s.high - s.value for s in selected]]
        hollow = name == UNCOUPLED
        ax.errorbar(
            x, y, yerr=spread, fmt=MARKS[name], color=COLOURS[name], markersize=6.5, linewidth=1.3, label=name,
            markerfacecolor="white" if hollow else COLOURS[name], markeredgewidth=1.5,
        )  # fmt: skip
    ax.set_xticks(range(len(horizons)), [f"{h} year{'' if h == 1 else 's'}" for h in horizons])
    _title(ax, title, f"{better}; bars hold 90 % of samples of countries")
    ruled(ax, "y")


def _reliability(ax: Axes, reliability: Mapping[str, Sequence[Bin]], names: Sequence[str]) -> None:
    low = 0.003
    ax.plot([low, 1], [low, 1], color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
    for name in names:
        bins = [b for b in reliability[name] if b.rows >= 5]
        x = [max(b.forecast, low) for b in bins]
        y = [max(b.observed, low) for b in bins]
        spread = [[v - max(b.observed_low, low) if v > max(b.observed_low, low) else 0.0 for v, b in zip(y, bins, strict=True)],
                  [max(b.observed_high - v, 0.0) for v, b in zip(y, bins, strict=True)]]  # fmt: skip
        ax.errorbar(x, y, yerr=spread, fmt=f"{MARKS[name]}-", color=COLOURS[name], markersize=6.5, linewidth=1.3, label=name)
    for b in reliability[names[0]]:
        if b.rows >= 5:
            ax.annotate(f"{b.rows}", (max(b.forecast, low), 1.32), fontsize=7.5, color=QUIET, ha="center", va="center")
    ticks = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
    for axis, limits in ((ax.xaxis, ax.set_xlim), (ax.yaxis, ax.set_ylim)):
        axis.axes.set_xscale("log") if axis is ax.xaxis else axis.axes.set_yscale("log")
        limits(low, 1.6 if axis is ax.yaxis else 1.15)
        axis.set_ticks(ticks, labels=["0", *(f"{t:.0%}" for t in ticks[1:])])
        axis.set_minor_locator(NullLocator())
    ax.set_xlabel("said: P(conflict in the year)")
    ax.set_ylabel("happened")
    _title(ax, "Reliability, all horizons", "on the broken line: as often as said; grey: country-years of the engine")
    ruled(ax, "both")


def skill(
    scores: Sequence[Score], reliability: Mapping[str, Sequence[Bin]], about: str, folder: Path, formats: Sequence[str]
) -> list[Path]:
    """Draw skill by horizon and reliability; return the files.

    Parameters
    ----------
    scores : sequence of Score
    reliability : mapping of str to bins
    about : str
        A line below the figure: origins, replicates, seed, training.
    folder : Path
    formats : sequence of str
    """
    with styled():
        figure = sheet(13.2, 9.6, 0.035, w_pad=0.12, h_pad=0.12)
        axes = [figure.add_subplot(2, 2, k + 1) for k in range(4)]
        for ax, (target, metric, title, better) in zip(axes, PANELS, strict=False):
            _panel(ax, scores, target, metric, title, better)
        _reliability(axes[3], reliability, (ENGINE, "logit chain with neighbours"))
        handles, labels = axes[0].get_legend_handles_labels()
        heading(figure, "Hindcast: the engine against history and baselines", 15)
        figure.legend(handles, labels, loc="outside upper right", ncols=3, frameon=False, fontsize=9.5)
        figure.text(0.995, 0.008, about, ha="right", va="bottom", fontsize=7.5, color=QUIET)
        return save(figure, folder / "hindcast", list(formats))
