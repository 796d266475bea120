"""Over time: fans of quantiles, and the carpet of conflict by state and month."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from stability_sim.report.figures.canvas import (
    BLUE,
    NORM,
    QUIET,
    SHARES,
    date_ticks,
    footer,
    frameless,
    heading,
    ruled,
    save,
    share_bar,
    sheet,
    styled,
)
from stability_sim.report.observed_card import amount
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import SERIES

MOST_ROWS = 60


def _fan(ax: Axes, results: Results, name: str) -> None:
    """Draw one series: median, and the bands that hold 50 and 90 % of the runs."""
    k = results.index("outcome_series", name)
    low, lower, middle, upper, high = results["fan"][:, k].T
    months = results.coords["month"]
    t = np.arange(len(months))
    ax.fill_between(t, low, high, color=BLUE, alpha=0.16, linewidth=0)
    ax.fill_between(t, lower, upper, color=BLUE, alpha=0.3, linewidth=0)
    ax.plot(t, middle, color=BLUE, linewidth=2.2)
    title, unit = SERIES.get(name, (name, ""))
    ax.set_title(title, fontsize=11.5)
    ax.set_xticks(*date_ticks(months, 12 if len(months) > 24 else 6, most=6))
    ax.tick_params(length=3, labelsize=8.5)
    ax.yaxis.set_major_formatter(lambda value, _: amount(value))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    ruled(ax, "y")
    ax.set_xlim(0, len(months) - 1 if len(months) > 1 else 1)
    ax.set_ylim(bottom=0 if low.min() < 0.6 * max(high.max(), 1e-9) else None)
    end = f"{amount(middle[-1])}\n{unit}\n({amount(low[-1])} to {amount(high[-1])})"
    ax.annotate(end, (1.0, middle[-1]), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
                va="center", fontsize=8.5, color=BLUE, weight="bold")  # fmt: skip


def fan(results: Results, folder: Path, formats: list[str]) -> list[Path]:
    """Draw the fans of all series of the region."""
    with styled():
        figure = sheet(13.2, 7.2, 0.04, w_pad=0.12, h_pad=0.1)
        names = results.coords["outcome_series"]
        for k, name in enumerate(names):
            _fan(figure.add_subplot(2, 3, k + 1), results, name)
        ax = figure.add_subplot(2, 3, 6)
        ax.axis("off")
        attributes = results.attributes
        text = (
            f"{attributes['replicates']:,} runs of\nthe same assumptions\n\nline: the median run\ndark band: half of the runs\n"
            "light band: nine of ten runs\n\nThe bands show luck only:\nwhat is not known of the numbers\nand of the model is not in them."
        )
        ax.text(0.02, 0.95, text, va="top", fontsize=10.5, color=QUIET, linespacing=1.35)
        heading(figure, f"{attributes['title']}: what may come of it", 14)
        footer(figure, results)
        return save(figure, folder / "fan", formats)


def carpet(results: Results, folder: Path, formats: list[str]) -> list[Path]:
    """Draw the share of runs in conflict, by state and month."""
    incidence = results["incidence"]
    order = np.argsort(-incidence.mean(axis=0), kind="stable")[:MOST_ROWS]
    codes = [results.coords["state"][i] for i in order]
    names = results.attributes["names"]
    months = results.coords["month"]
    with styled():
        figure = sheet(11, 1.9 + 0.34 * len(codes), 0.05)
        ax = figure.add_subplot()
        ax.pcolormesh(np.arange(len(months) + 1) - 0.5, np.arange(len(codes) + 1) - 0.5, incidence[:, order].T,
                      cmap=SHARES, norm=NORM, edgecolors="white", linewidth=0.4)  # fmt: skip
        ax.invert_yaxis()
        ax.set_yticks(range(len(codes)), [names.get(code, code)[:30] for code in codes], fontsize=10)
        ax.set_xticks(*date_ticks(months, 6))
        ax.tick_params(length=0)
        frameless(ax)
        share_bar(figure, [ax], "share of runs in conflict")
        ax.set_title(f"{results.attributes['title']}: where and when")
        footer(figure, results, bands=False)
        return save(figure, folder / "carpet", formats)
