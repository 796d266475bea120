"""A figure for each fact: engine against data, with what is accepted."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, StrMethodFormatter

from stability_sim.analysis.facts import CASE_ACCEPTED, Comparison, Fact, Yearly
from stability_sim.analysis.facts.measures import beyond, difference_by_income, dose_response, onsets_of, returned, survival
from stability_sim.panel.panel import Floats
from stability_sim.report.figures.canvas import BLUE, GRID, INK, ORANGE, QUIET, heading, ruled, save, sheet, styled

DATA, ACCEPTED = ORANGE, "#cfe8dc"
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
    observed = compared.observed.get(fact.key)
    data = observed.value if observed is not None else math.nan
    margin = compared.margins.get(fact.key, 0.0)
    published = fact.band.published if fact.band.published is not None else math.nan
    values = (fact.value, low, high, data - margin, data + margin, published, fact.band.low, fact.band.high)
    marked = [value for value in values if math.isfinite(value)]
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
    figure = sheet(8.0, height, 0.62 / height)  # with room for the legend, and what the figure is conditional on
    axes = figure.subplots(len(keys), 1, squeeze=False)[:, 0]
    for ax, key in zip(axes, keys, strict=True):
        _row(ax, compared, compared.facts[key])
    heading(figure, title, 14)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower left", ncols=len(labels), frameon=False, fontsize=9,
                  bbox_to_anchor=(0, 0.24 / height), markerscale=0.6)  # fmt: skip
    return figure


MOST_BANDS = 100  # replicates behind a band
SIZE = (8.0, 4.6)
SHORT = {
    "onset_rate": "onsets a country-year", "dispersion": "dispersion", "dose_rises": "steps up", "dose_many": "with 4+",
    "income_difference": "poorest ÷ richest", "duration_shape": "shape", "duration_median": "median",
    "duration_mean": "mean", "one_year": "one year only", "recurrence": "within 10 years", "deaths_log_sd": "log sd",
    "deaths_large": "1,000 or more", "deaths_tail": "tail", "deaths_top": "top tenth",
}  # fmt: skip


def _band(compared: Comparison, curve: Callable[[Yearly], Floats]) -> tuple[Floats, Floats]:
    """Return the 5th and 95th percentile of a curve over single runs."""
    runs = compared.engine.n_replicates
    chosen = range(0, runs, max(runs // MOST_BANDS, 1))
    with np.errstate(all="ignore"):
        curves = np.array([curve(compared.engine.replicate(r)) for r in chosen])
    defined = ~np.isnan(curves).all(axis=0)
    low, high = np.full((2, curves.shape[1]), np.nan)
    low[defined], high[defined] = np.nanquantile(curves[:, defined], (0.05, 0.95), axis=0)
    return low, high


def _lines(ax: Axes, compared: Comparison, x: Floats, curve: Callable[[Yearly], Floats], *, step: bool = False) -> None:
    low, high = _band(compared, curve)
    style = {"drawstyle": "steps-post"} if step else {}
    ax.fill_between(
        x, low, high, color=BLUE, alpha=0.18, linewidth=0, step="post" if step else None, label="engine, 90 % of runs"
    )
    ax.plot(x, curve(compared.engine), color=BLUE, linewidth=2.2, label="engine, all runs", **style)  # type: ignore[arg-type]
    ax.plot(x, curve(compared.data), color=DATA, linewidth=2.2, label="data", **style)  # type: ignore[arg-type]
    ax.grid(axis="y", color=GRID)
    ax.legend(frameon=False, fontsize=9.5)


def _bars(
    ax: Axes, compared: Comparison, names: tuple[str, ...], curve: Callable[[Yearly], Floats], published: Floats | None
) -> None:
    x = np.arange(len(names))
    low, high = _band(compared, curve)
    value = curve(compared.engine)
    ax.bar(x - 0.18, 100 * value, 0.34, color=BLUE, label="engine")
    ax.vlines(x - 0.18, 100 * low, 100 * high, color=INK, linewidth=1.2, label="90 % of runs")
    ax.bar(x + 0.18, 100 * curve(compared.data), 0.34, color=DATA, label="data")
    if published is not None:
        ax.plot(x, 100 * published, "D", color=INK, markersize=5, label="published, 1950–2024")
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.set_xticks(x, names)
    ruled(ax, "y")
    ax.legend(frameon=False, fontsize=9.5)


def _onsets(ax: Axes, compared: Comparison) -> None:
    years = compared.engine.years[compared.engine.counted :].astype(float)
    by_run = onsets_of(compared.engine).by_year
    low, high = np.quantile(by_run, (0.05, 0.95), axis=0)
    observed = onsets_of(compared.data).by_year[0]
    n = min(len(years), len(observed))
    ax.fill_between(years, low, high, color=BLUE, alpha=0.18, linewidth=0, label="engine, 90 % of runs")
    ax.plot(years, by_run.mean(axis=0), color=BLUE, linewidth=2.2, label="engine, mean of runs")
    ax.plot(years[:n], observed[:n], color=DATA, linewidth=1.4, marker="o", markersize=4, label="data")
    ax.set_ylim(0)
    ax.set_ylabel("conflicts that begin in the year")
    ax.grid(axis="y", color=GRID)
    ax.legend(frameon=False, fontsize=9.5)


def _dose(ax: Axes, compared: Comparison) -> None:
    _bars(
        ax,
        compared,
        ("0", "1", "2", "3", "4+"),
        lambda years: dose_response(onsets_of(years)),
        np.array([1.6, 3.2, 5.2, 7.6, 10.8]) / 100,
    )
    ax.set_xlabel("land neighbours in conflict in the year before")
    ax.set_ylabel("onset in the year, %")


def _income(ax: Axes, compared: Comparison) -> None:
    thirds = ("poorest third", "middle third", "richest third")
    _bars(ax, compared, thirds, lambda years: difference_by_income(onsets_of(years)), None)
    ax.set_ylabel("risk with a neighbour in conflict\nless risk with none, points")


def _survival(ax: Axes, compared: Comparison) -> None:
    _lines(ax, compared, np.arange(21.0), survival, step=True)
    ax.set_xlim(0, 20)
    ax.set_xticks(range(0, 21, 2))
    ax.set_xlabel("calendar years")
    ax.set_ylabel("share of episodes that last longer")
    ax.set_ylim(0, 1.02)


def _returned(ax: Axes, compared: Comparison) -> None:
    _lines(ax, compared, np.arange(11.0), lambda years: returned(years, 2), step=True)
    ax.set_xlim(0, 10)
    ax.set_xticks(range(11))
    ax.set_xlabel("years since the last year of conflict")
    ax.set_ylabel("share in conflict again")
    ax.set_ylim(0, 1)


def _deaths(ax: Axes, compared: Comparison) -> None:
    at = np.geomspace(25, 60000, 60)
    _lines(ax, compared, at, lambda years: beyond(years, at))
    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis, form in ((ax.xaxis, "{x:,.0f}"), (ax.yaxis, "{x:g}")):  # powers of ten as such are written as mathematics
        axis.set_major_formatter(StrMethodFormatter(form))
        axis.set_minor_formatter(NullFormatter())
    ax.set_ylim(5e-4, 1.3)
    ax.set_xlabel("battle deaths in the year")
    ax.set_ylabel("share of country-years with so many")


DRAWN: dict[str, tuple[str, Callable[[Axes, Comparison], None], tuple[str, ...]]] = {
    "fact-01-onsets": ("Conflicts that begin, by year", _onsets, ("onset_rate", "dispersion")),
    "fact-03-dose": ("Risk by neighbours in conflict", _dose, ("dose_rises", "dose_many")),
    "fact-05-income": ("What neighbours in conflict add, by income", _income, ("income_difference",)),
    "fact-07-duration": ("How long episodes last", _survival, ("duration_shape", "duration_median", "duration_mean", "one_year")),
    "fact-08-recurrence": ("How many come back", _returned, ("recurrence",)),
    "fact-09-deaths": (
        "Deaths in a country-year of conflict",
        _deaths,
        ("deaths_log_sd", "deaths_large", "deaths_tail", "deaths_top"),
    ),
}


def _verdicts(compared: Comparison, keys: tuple[str, ...]) -> str:
    """Return the verdicts of some facts in a line."""
    facts = [compared.facts[key] for key in keys if key in compared.facts]
    return "  ·  ".join(f"{SHORT[fact.key]} {fact.write(fact.value)}: {fact.verdict}" for fact in facts)


def _finish(figure: Figure, conditional: str, path: Path, formats: list[str]) -> list[Path]:
    figure.text(0.995, 0.008, conditional, ha="right", va="bottom", fontsize=7.5, color=QUIET)
    return save(figure, path, formats)


def draw_facts(compared: Comparison, folder: Path, formats: list[str], world: str, case: str) -> list[Path]:
    """Draw a figure for each fact into a folder; return the files that were written.

    ``world`` and ``case`` are what facts of the world and of the seed case are conditional on, in words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with styled():
        for name, (title, draw, keys) in DRAWN.items():
            figure = sheet(*SIZE, 0.045)
            ax = figure.add_subplot()
            draw(ax, compared)
            ax.set_title(f"{title}\n", fontsize=14)
            ax.text(0, 1.025, _verdicts(compared, keys), transform=ax.transAxes, fontsize=9.5, color=QUIET)
            written += _finish(figure, world, folder / name, formats)
        for name, (title, keys) in NUMBERS.items():
            present = [key for key in keys if key in compared.facts]
            if present:
                conditional = case if set(present) <= set(CASE_ACCEPTED) else world
                written += _finish(numbers(compared, title, present), conditional, folder / name, formats)
    return written
