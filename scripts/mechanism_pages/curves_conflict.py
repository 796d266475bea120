"""Response curves of conflicts once they are on: intensity, ending, refugees, cells, slow variables."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechanism_pages.bench import Bench, Many, numbers
from mechanism_pages.panel import Band, Line, Panel, grid, over_range, powers
from stability_sim.dynamics.conflict import _how, _multiplier, government_holds, probability_of_ending
from stability_sim.dynamics.conflict import intensity as move_intensity
from stability_sim.dynamics.recovery import recovery
from stability_sim.world.vocabulary import ENDINGS

MONTHS = 120


def intensity() -> list[Panel]:
    """Return battle deaths of conflicts that go on: single paths, and where most of many lie."""
    bench = Bench()
    j = bench.state("TGT")
    bench.set("in_conflict", j, 1)
    bench.set("log_deaths", j, math.log(1000.0))
    many = Many(bench, 800, numbers())
    paths = []
    for t in range(MONTHS + 1):
        paths.append(np.exp(many.batch.now.log_deaths[:, j]))
        many.process(move_intensity, t)
        many.next_month()
    deaths = np.array(paths)
    years = [t / 12.0 for t in range(MONTHS + 1)]
    ordered = np.sort(deaths, axis=1)
    low, middle, high = (ordered[:, int(q * 799)].tolist() for q in (0.05, 0.5, 0.95))
    single = [Line(f"run {k + 1}", deaths[:, k].tolist()) for k in range(3)]
    x_label, y_label = "years", "battle deaths a year"
    return [
        Panel("Three conflicts that began alike", x_label, y_label, years, single, logs="y"),
        Panel(
            "Eight hundred of them", x_label, y_label, years, [Line("median", middle)], Band("nine in ten", low, high), logs="y"
        ),
    ]


def _survival(bench: Bench, p: Any, n_months: int) -> list[float]:
    """Return the share of conflicts that still go on, month by month."""
    j = bench.state("N1")
    going = [1.0]
    for months in range(n_months):
        going.append(going[-1] * (1.0 - probability_of_ending(p, months, _multiplier(p, bench.now, 0, j))))
    return going


def _conflict_with_rebels() -> Bench:
    bench = Bench()
    j = bench.state("N1")
    bench.set("in_conflict", j, 1)
    bench.set("log_deaths", j, numbers().log_deaths_mean)
    bench.set("rebels", j, bench.group("rebels"))
    return bench


def _durations() -> list[Panel]:
    """Return share of conflicts still going on by age: by how bloody they are, and by what is done about them."""
    bench = _conflict_with_rebels()
    j = bench.state("N1")
    years = [months / 12.0 for months in range(MONTHS + 1)]
    by_size = []
    for deaths in (50.0, 300.0, 3000.0):
        bench.set("log_deaths", j, math.log(deaths))
        by_size.append(Line(f"{deaths:,.0f} deaths a year", _survival(bench, numbers(), MONTHS)))
    bench = _conflict_with_rebels()
    treated = [Line("nothing is done", _survival(bench, numbers(), MONTHS))]
    for name, where, value, words in (
        ("talks_left", j, 1, "talks all the time"),
        ("peacekeeping", j, 1.0, "full peacekeeping"),
        ("group_support", bench.group("rebels"), 1.0, "full support to the rebels"),
    ):
        before = float(getattr(bench.now, name)[0, where])
        bench.set(name, where, value)
        treated.append(Line(words, _survival(bench, numbers(), MONTHS)))
        bench.set(name, where, before)
    return [
        Panel("Small conflicts end, large ones last", "years", "still going on", years, by_size, percent=True),
        Panel("What shortens a conflict, and what prolongs it", "years", "still going on", years, treated, percent=True),
    ]


def ending() -> list[Panel]:
    """Return how long conflicts last, who wins a fight to the end, and how conflicts end."""
    bench = _conflict_with_rebels()
    j = bench.state("N1")
    bench.set("forces", j, 10.0)
    ratios = powers(0.1, 100.0)

    def by_ratio(p: Any, ratio: float) -> float:
        bench.set("fighters", bench.tie("rebels", "N1"), 10000.0 / ratio)
        return float(government_holds(bench.frame, p, bench.now, 0, j))

    holds = [Line("default", [by_ratio(numbers(), ratio) for ratio in ratios])]
    contest = Panel("Who wins a fight to the end", "forces of the government per rebel fighter", "the government holds", ratios, holds,
                    over_range("contest_exponent", ratios, by_ratio), percent=True, logs="x")  # fmt: skip
    shares = grid(0.0, 1.0, 11)
    quantiles = [(k + 0.5) / 60 for k in range(60)]
    how = {held: [_how(numbers(), held, False, u, v) for u in quantiles for v in quantiles] for held in shares}
    lines = [Line(name, [how[held].count(k) / 3600 for held in shares], "o-") for k, name in enumerate(ENDINGS)]
    outcome = Panel("How conflicts end", "probability that the government holds", "share of endings", shares, lines, percent=True)
    return [*_durations(), contest, outcome]


def _years(bench: Bench, name: str, where: int, n_months: int, p: Any) -> list[float]:
    values = []
    for _ in range(n_months):
        values.append(float(getattr(bench.now, name)[0, where]))
        bench.process(recovery, p)
        bench.next_month()
    return values


def slow_variables() -> list[Panel]:
    """Return five years of conflict and fifteen of peace; and a group that is recognised."""
    n_months, war = 240, 60
    lines = []
    for name, words in (("hardship", "hardship, H"), ("legitimacy", "legitimacy, L"), ("capacity", "capacity, K")):
        bench = Bench()
        j = bench.state("TGT")
        bench.set("in_conflict", j, 1)
        first = _years(bench, name, j, war, numbers())
        bench.set("in_conflict", j, 0)
        lines.append(Line(words, first + _years(bench, name, j, n_months - war, numbers())))
    years = [t / 12.0 for t in range(n_months)]
    groups = []
    for recognised, aid, words in ((0, 0.0, "alone"), (1, 0.0, "recognised by all"), (1, 0.8, "recognised, and aided")):
        bench = Bench()
        g = bench.group("rulers")
        for tie in range(bench.frame.tie_start[g], bench.frame.tie_start[g + 1]):
            bench.set("recognise", tie, recognised)
            bench.set("engage", tie, recognised)
        bench.set("aid", bench.tie("rulers", "TGT"), aid)
        groups.append(Line(words, _years(bench, "stake", g, n_months, numbers())))
    return [
        Panel("Five years of conflict, then peace", "years", "level", years, lines),
        Panel("What a group that governs has to lose", "years", "stake, E", years, groups),
    ]
