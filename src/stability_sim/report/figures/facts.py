"""A figure for each fact: engine against data, with what is accepted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stability_sim.analysis.facts import Fact, Yearly
from stability_sim.analysis.facts.curves import added_by_income, beyond, doses, onsets_by_year, survival
from stability_sim.analysis.facts.durations import returned
from stability_sim.panel.panel import Floats
from stability_sim.report.figures.style import BLUE, GRID, INK, QUIET, save, styled

DATA, ACCEPTED = "#d55e00", "#cfe8dc"
MOST_BANDS = 100  # replicates behind a band
SIZE = (8.0, 4.6)


@dataclass(frozen=True)
class Compared:
    """What a figure of a fact shows: both tables, the facts of both, how single runs scatter, what to say below."""

    engine: Yearly
    data: Yearly
    facts: dict[str, Fact]
    observed: dict[str, Fact]
    scatter: dict[str, tuple[float, float]]
    conditional: str


def _band(compared: Compared, curve: Callable[[Yearly], Floats]) -> tuple[Floats, Floats]:
    """Return the 5th and 95th percentile of a curve over single runs."""
    runs = compared.engine.n_replicates
    chosen = range(0, runs, max(runs // MOST_BANDS, 1))
    with np.errstate(all="ignore"):
        curves = np.array([curve(compared.engine.replicate(r)) for r in chosen])
    known = ~np.isnan(curves).all(axis=0)
    low, high = np.full((2, curves.shape[1]), np.nan)
    low[known], high[known] = np.nanquantile(curves[:, known], (0.05, 0.95), axis=0)
    return low, high


def _lines(ax: Axes, compared: Compared, x: Floats, curve: Callable[[Yearly], Floats], *, step: bool = False) -> None:
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
    ax: Axes, compared: Compared, names: tuple[str, ...], curve: Callable[[Yearly], Floats], published: Floats | None
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
    ax.grid(axis="y", color=GRID)
    ax.set_axisbelow(True)
    ax.legend(frameon=False, fontsize=9.5)


def _onsets(ax: Axes, compared: Compared) -> None:
    years = compared.engine.years[compared.engine.counted :].astype(float)
    by_run = onsets_by_year(compared.engine)
    low, high = np.quantile(by_run, (0.05, 0.95), axis=0)
    seen = onsets_by_year(compared.data)[0]
    n = min(len(years), len(seen))
    ax.fill_between(years, low, high, color=BLUE, alpha=0.18, linewidth=0, label="engine, 90 % of runs")
    ax.plot(years, by_run.mean(axis=0), color=BLUE, linewidth=2.2, label="engine, mean of runs")
    ax.plot(years[:n], seen[:n], color=DATA, linewidth=1.4, marker="o", markersize=4, label="data")
    ax.set_ylim(0)
    ax.set_ylabel("conflicts that begin in the year")
    ax.grid(axis="y", color=GRID)
    ax.legend(frameon=False, fontsize=9.5)


def _dose(ax: Axes, compared: Compared) -> None:
    _bars(ax, compared, ("0", "1", "2", "3", "4+"), doses, np.array([1.6, 3.2, 5.2, 7.6, 10.8]) / 100)
    ax.set_xlabel("land neighbours in conflict in the year before")
    ax.set_ylabel("onset in the year, %")


def _income(ax: Axes, compared: Compared) -> None:
    _bars(ax, compared, ("poorest third", "middle third", "richest third"), added_by_income, None)
    ax.set_ylabel("risk with a neighbour in conflict\nless risk with none, points")


def _survival(ax: Axes, compared: Compared) -> None:
    _lines(ax, compared, np.arange(21.0), survival, step=True)
    ax.set_xlabel("calendar years")
    ax.set_ylabel("share of episodes that last longer")
    ax.set_ylim(0, 1.02)


def _returned(ax: Axes, compared: Compared) -> None:
    _lines(ax, compared, np.arange(11.0), lambda years: returned(years, 2), step=True)
    ax.set_xlabel("years since the last year of conflict")
    ax.set_ylabel("share in conflict again")
    ax.set_ylim(0, 1)


def _deaths(ax: Axes, compared: Compared) -> None:
    at = np.geomspace(25, 60000, 60)
    _lines(ax, compared, at, lambda years: beyond(years, at))
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_ylim(5e-4, 1.3)
    ax.set_xlabel("battle deaths in the year")
    ax.set_ylabel("share of country-years with so many")


def _scalars(ax: Axes, compared: Compared, keys: list[str]) -> None:
    """Draw facts that are one number: where the engine is, where its runs scatter, what is accepted, what data say."""
    facts = [compared.facts[key] for key in keys]
    for row, fact in enumerate(facts):
        finite = [v for v in (fact.value, fact.band.low, fact.band.high) if math.isfinite(v)]
        scale = max(max((abs(v) for v in finite), default=1.0), 1e-9)
        top = fact.band.high if math.isfinite(fact.band.high) else 1.35 * scale
        ax.barh(
            row,
            (top - fact.band.low) / scale,
            left=fact.band.low / scale,
            height=0.62,
            color=ACCEPTED,
            label="accepted" if row == 0 else "",
        )
        low, high = compared.scatter.get(fact.key, (math.nan, math.nan))
        ax.hlines(row, max(low / scale, -0.4), min(high / scale, 2.4), color=BLUE, linewidth=1.6)
        ax.plot(fact.value / scale, row, "o", color=BLUE, markersize=9, label="engine (line: 90 % of runs)" if row == 0 else "")
        seen = compared.observed.get(fact.key)
        told = f"engine {fact.write(fact.value)} · accepted {fact.write(fact.band.low)} to {fact.write(fact.band.high)}"
        if seen is not None and not math.isnan(seen.value):
            ax.plot(min(seen.value / scale, 2.4), row, "D", color=DATA, markersize=8, label="data" if row == 0 else "")
            told += f" · data {seen.write(seen.value)}"
        ax.text(-0.42, row - 0.36, f"{fact.band.meaning}: {told}", fontsize=8.6, color=INK, va="bottom")
    ax.set_xlim(-0.45, 2.5)
    ax.set_ylim(len(facts) - 0.4, -0.75)
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.legend(frameon=False, fontsize=9, loc="lower right")


DRAWN: dict[str, tuple[str, Callable[[Axes, Compared], None], tuple[str, ...]]] = {
    "fact-01-onsets": ("Conflicts that begin, by year", _onsets, ("onset_rate", "dispersion")),
    "fact-03-dose": ("Risk by neighbours in conflict", _dose, ("relative_risk", "dose_many")),
    "fact-05-income": ("What neighbours in conflict add, by income", _income, ("income_difference",)),
    "fact-07-duration": ("How long episodes last", _survival, ("duration_shape", "duration_median", "duration_mean", "one_year")),
    "fact-08-recurrence": ("How many come back", _returned, ("recurrence",)),
    "fact-09-deaths": (
        "Deaths in a country-year of conflict",
        _deaths,
        ("deaths_log_sd", "deaths_large", "deaths_tail", "deaths_top"),
    ),
}
NUMBERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "fact-02-neighbours": ("A land neighbour in conflict", ("relative_risk", "dose_rises")),
    "fact-10-refugees": ("Refugees in land neighbours", ("refugees_near",)),
    "fact-11-traced": ("Onsets that trace to a neighbour", ("traced", "traced_tree", "reproduction", "reproduction_tree")),
    "fact-14-calls": ("Alliance calls honoured", ("case_honoured",)),
    "fact-15-central-asia": ("Central Asia, 24 months", ("case_attack", "case_incidents", "case_attempts", "case_refugees")),
    "fact-16-pairing": ("What pairing the draws is worth", ("paired_variance",)),
}


def _said(compared: Compared, keys: tuple[str, ...]) -> str:
    """Return the verdicts of some facts in a line."""
    facts = [compared.facts[key] for key in keys if key in compared.facts]
    return "   ".join(f"{fact.key.replace('_', ' ')} {fact.write(fact.value)} ({fact.verdict})" for fact in facts)


def _finish(figure: Figure, compared: Compared, path: Path, formats: list[str]) -> list[Path]:
    figure.text(0.995, 0.008, compared.conditional, ha="right", va="bottom", fontsize=7.5, color=QUIET)
    return save(figure, path, formats)


def draw_facts(compared: Compared, folder: Path, formats: list[str]) -> list[Path]:
    """Draw a figure for each fact into a folder; return the files that were written."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with styled():
        for name, (title, draw, keys) in DRAWN.items():
            figure = Figure(figsize=SIZE, layout="constrained")
            figure.get_layout_engine().set(rect=(0, 0.045, 1, 0.955))  # type: ignore[union-attr, call-arg]
            ax = figure.add_subplot()
            draw(ax, compared)
            ax.set_title(f"{title}\n", fontsize=14)
            ax.text(0, 1.025, _said(compared, keys), transform=ax.transAxes, fontsize=9.5, color=QUIET)
            written += _finish(figure, compared, folder / name, formats)
        for name, (title, keys) in NUMBERS.items():
            shown = [key for key in keys if key in compared.facts]
            if shown:
                figure = Figure(figsize=(8.0, 1.6 + 0.85 * len(shown)), layout="constrained")
                figure.get_layout_engine().set(rect=(0, 0.07, 1, 0.93))  # type: ignore[union-attr, call-arg]
                ax = figure.add_subplot()
                _scalars(ax, compared, shown)
                ax.set_title(title)
                written += _finish(figure, compared, folder / name, formats)
    return written
