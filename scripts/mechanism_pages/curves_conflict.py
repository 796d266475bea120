"""Response curves of conflicts once they are on: deaths, endings, and what they leave behind in a state."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechanism_pages.bench import Bench, Many, numbers
from mechanism_pages.panel import Band, Line, Panel, grid, over_range, powers
from stability_sim.dynamics.ending import clock, ending_rates
from stability_sim.dynamics.ending import ending as end_conflicts
from stability_sim.dynamics.formulas import probability_in_step
from stability_sim.dynamics.recovery import recovery
from stability_sim.dynamics.war import probability_of_silence, states_at_war
from stability_sim.dynamics.war import war as fight

MONTHS = 120
N_RUNS = 800
YEARS = "years"


def _at_war(deaths: float, **state: Any) -> Bench:
    """Return a world with one state, at war with rebels without a name, for two years at the start."""
    home = {"population": 9, "in_conflict": True, "deaths_per_year": deaths, "conflict_age": 24, **state}
    return Bench(
        {"scenario": "war", "question": "q", "start": "2020-01", "map": {"projection": "network"}, "states": {"TGT": home}}
    )


def _wars(bench: Bench, n_months: int, p: Any, ends: bool = False) -> dict[str, Any]:
    """Return what becomes of the war of ``TGT`` month by month, run by run: deaths, level, ground, fought, counted."""
    many = Many(bench, N_RUNS, p)
    many.batch.month.shock[:] = 1.0
    c = bench.conflict("TGT")
    series: dict[str, list[Any]] = {name: [] for name in ("killed", "level", "ground", "fought", "counted")}
    for t in range(n_months):
        many.process(fight, t)
        if ends:
            many.process(end_conflicts, t)
        many.process(states_at_war, t)
        many.next_month()
        many.batch.month.shock[:] = 1.0
        for name, values in series.items():
            values.append(getattr(many.batch.now, name)[:, c].copy())
    return {name: np.array(values) for name, values in series.items()}


def deaths() -> list[Panel]:
    """Return the months of one conflict, where most of many are, and how often a month is silent."""
    paths = _wars(_at_war(150.0), MONTHS, numbers())
    months = [float(t) for t in range(60)]
    one = Panel("Months of one conflict", "month", "battle deaths", months,
                [Line("its rate for the time being", (np.exp(paths["level"][:60, 3]) / 12).tolist())],
                bars=Line("deaths of the month", paths["killed"][:60, 3].tolist()))  # fmt: skip
    ordered = np.sort(np.exp(paths["level"]), axis=1)
    low, middle, high = (ordered[:, int(q * (N_RUNS - 1))].tolist() for q in (0.05, 0.5, 0.95))
    years = [t / 12.0 for t in range(MONTHS)]
    tolls = powers(10.0, 10000.0)

    def silent(p: Any, toll: float) -> float:
        return float(probability_of_silence(p, math.log(toll)))

    share = [silent(numbers(), toll) for toll in tolls]
    lasts = numbers().silence_lasts
    months_without = Panel(
        "Silent months", "battle deaths a year", "share of months without deaths", tolls,
        [Line("any month", share), Line("after a silent one", [s + lasts * (1 - s) for s in share], "--"),
         Line("after a loud one", [s * (1 - lasts) for s in share], ":")],
        over_range("silence", tolls, silent), percent=True, logs="x",
    )  # fmt: skip
    return [
        one,
        Panel("Eight hundred that began at 150 a year", YEARS, "battle deaths a year", years, [Line("median", middle)],
              Band("nine in ten", low, high), logs="y"),
        months_without,
    ]  # fmt: skip


def _survival(
    p: Any, deaths_per_year: float, balance: float, rebels: float, government: float, talks: bool, keepers: float
) -> list[float]:
    """Return the share of conflicts that are still fought, month by month, by the formula for endings alone."""
    going = [1.0]
    for months in range(MONTHS):
        rate = clock(p, months, math.log(deaths_per_year), math.log(p.population_reference)) * math.exp(
            p.peacekeeping_ends * keepers
        )
        wins, settled, fades = ending_rates(p, rate, balance, rebels, government)
        total = wins + settled * (p.talks_settle if talks else 1.0) + fades
        going.append(going[-1] * (1.0 - probability_in_step(total, 1.0 / 12.0)))
    return going


def _durations() -> list[Panel]:
    """Return how long fighting goes on: by how deadly it is, and by what is done about it."""
    years = [months / 12.0 for months in range(MONTHS + 1)]
    p = numbers()
    usual = p.rising_balance
    by_size = [Line(f"{toll:,.0f} deaths a year", _survival(p, toll, usual, 0, 0, False, 0)) for toll in (50.0, 300.0, 3000.0)]
    treated = [
        Line("nothing is done", _survival(p, 150.0, usual, 0, 0, False, 0)),
        Line("talks all the time", _survival(p, 150.0, usual, 0, 0, True, 0)),
        Line("full peacekeeping", _survival(p, 150.0, usual, 0, 0, False, 1)),
        Line("rebels fully supported", _survival(p, 150.0, usual, 1, 0, False, 0)),
        Line("both sides fully supported", _survival(p, 150.0, usual, 1, 1, False, 0)),
    ]
    return [
        Panel("Deadly wars last", YEARS, "still fought", years, by_size, percent=True),
        Panel("What shortens the fighting, and what prolongs it", YEARS, "still fought", years, treated, percent=True),
    ]


def ending() -> list[Panel]:
    """Return how long fighting lasts, how it ends by the balance, and how often a conflict slides under 25 deaths instead."""
    balances = grid(-5.0, 3.0)

    def at(p: Any, balance: float) -> tuple[float, float, float]:
        rate = clock(p, 12, 5.0, math.log(p.population_reference))
        wins, settled, fades = ending_rates(p, rate, balance, 0.0, 0.0)
        return float(wins), float(settled), float(fades)

    ways = [at(numbers(), b) for b in balances]
    names = ("the government wins", "settlement", "it fades")
    by_balance = Panel("How the fighting ends, after a year", "balance b: log strength of rebels over government", "rate per year", balances,
                       [Line(name, [row[k] for row in ways]) for k, name in enumerate(names)],
                       over_range("government_wins_balance", balances, lambda p, b: at(p, b)[0]))  # fmt: skip
    paths = _wars(_at_war(150.0), MONTHS, numbers(), ends=True)
    years = [(t + 1) / 12.0 for t in range(MONTHS)]
    counted = [Line("still fought", paths["fought"].mean(axis=1).tolist()),
               Line("still counted: 25 deaths a year", paths["counted"].mean(axis=1).tolist())]  # fmt: skip
    return [
        *_durations(),
        by_balance,
        Panel("Fought, and counted", YEARS, "share of 800 conflicts", years, counted, percent=True),
    ]


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
        Panel("Five years of conflict, then peace", YEARS, "level", years, lines),
        Panel("What a group that governs has to lose", YEARS, "stake, E", years, groups),
    ]
