"""Response curves of conflicts once they are on: intensity, ending, refugees, cells, slow variables."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from mechanism_pages.bench import Bench, Many, ends, numbers
from mechanism_pages.panel import Band, Line, Panel, grid, over_range, powers

from stability_sim.dynamics.ending import _how, _multiplier, government_holds, probability_of_ending
from stability_sim.dynamics.exposure import exposure
from stability_sim.dynamics.formulas import detection
from stability_sim.dynamics.infiltration import infiltration as move_cells
from stability_sim.dynamics.intensity import intensity as move_intensity
from stability_sim.dynamics.recovery import recovery
from stability_sim.dynamics.refugees import leaving
from stability_sim.dynamics.refugees import refugees as move_refugees
from stability_sim.world.vocabulary import BUILD, ENDINGS

MONTHS = 120


def intensity() -> list[Panel]:
    """Battle deaths of conflicts that go on: single paths, and where most of many lie."""
    bench = Bench()
    j = bench.state("TGT")
    bench.set("in_conflict", j, 1)
    bench.set("log_deaths", j, math.log(1000.0))
    many = Many(bench, 800, numbers())
    paths = []
    for t in range(MONTHS + 1):
        paths.append(np.exp(many.chunk.now.log_deaths[:, j]))
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
        Panel("Eight hundred of them", x_label, y_label, years, [Line("median", middle)], Band("nine in ten", low, high), logs="y"),
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
    """Share of conflicts still going on by age: by how bloody they are, and by what is done about them."""
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
    """How long conflicts last, who wins a fight to the end, and how conflicts end."""
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
    how = {
        held: [_how(numbers(), held, False, u, v) for u in quantiles for v in quantiles]  # noqa: FBT003
        for held in shares
    }
    lines = [Line(name, [how[held].count(k) / 3600 for held in shares], "o-") for k, name in enumerate(ENDINGS)]
    outcome = Panel("How conflicts end", "probability that the government holds", "share of endings", shares, lines, percent=True)
    return [*_durations(), contest, outcome]


def _left_after(bench: Bench, rebels: bool) -> list[float]:
    d, i = bench.dyad("N1", "TGT"), bench.state("N1")
    bench.set("in_conflict", i, 1 if rebels else 0)
    bench.set("openness", slice(None), 0.0)
    bench.set("refugees", d, 100.0)
    kept = []
    for _ in range(MONTHS + 1):
        kept.append(float(bench.now.refugees[0, d]))
        bench.process(move_refugees, numbers())
        bench.next_month()
    return kept


def _refuge() -> list[tuple[float, float, float]]:
    """Return distance, gravity of a neighbour and of a state beyond, for states that differ in nothing else."""
    distances = powers(100.0, 5000.0, 25)
    states = {"HOME": {}, **{f"{kind}{k}": {} for k in range(len(distances)) for kind in ("N", "F")}}
    file = {
        "scenario": "refuge", "question": "q", "start": "2020-01", "map": {"projection": "network"}, "states": states,
        "borders": {f"HOME-N{k}": {"distance_km": km} for k, km in enumerate(distances)},
        "corridors": {f"HOME-F{k}": {"distance_km": km, "openness": 0.5} for k, km in enumerate(distances)},
    }  # fmt: skip
    bench = Bench(file)
    gravity = bench.frame.gravity
    base = float(gravity[bench.dyad("HOME", "N0")])
    return [
        (km, float(gravity[bench.dyad("HOME", f"N{k}")]) / base, float(gravity[bench.dyad("HOME", f"F{k}")]) / base)
        for k, km in enumerate(distances)
    ]


def refugees() -> list[Panel]:
    """How many flee, where they go, when they return."""
    bench = Bench()
    i = bench.state("N1")
    bench.set("in_conflict", i, 1)
    deaths = powers(10.0, 30000.0)

    def flee(p: Any, killed: float) -> float:
        bench.set("log_deaths", i, math.log(killed))
        return float(leaving(bench.frame, p, bench.now, bench.month, np.uint64(1), np.uint64(0), 0, 0, i))

    default = numbers()
    typical = numbers(refugees_sd=0.0)
    less, more = (numbers(refugees_sd=0.0, refugees_intercept=default.refugees_intercept + k * default.refugees_sd) for k in (-1, 1))
    out = [Line("typical year", [flee(typical, x) for x in deaths])]
    spread = Band("two years in three", [flee(less, x) for x in deaths], [flee(more, x) for x in deaths])
    refuge = _refuge()
    where = [Line("a neighbour", [near for _, near, _ in refuge]), Line("a state without a border", [far for _, _, far in refuge])]
    years = [months / 12.0 for months in range(MONTHS + 1)]
    back = [Line("the conflict goes on", _left_after(Bench(), True)), Line("it is over", _left_after(Bench(), False))]
    return [
        Panel("How many flee", "battle deaths a year", "refugees a month", deaths, out, spread, logs="xy"),
        Panel("Where they go", "distance, km", "pull, relative to a neighbour at 100 km", [km for km, _, _ in refuge], where, logs="xy"),
        Panel("When they return", "years", "still abroad, of 100", years, back),
    ]


def _built(capacity: float, guard: float) -> list[float]:
    """Return the cells in the target while the rebels behind its border send men every month."""
    bench = Bench()
    bench.set("capacity", bench.state("TGT"), capacity)
    bench.set("guard", bench.dyad("N1", "TGT"), guard)
    bench.set("fighters", bench.tie("rebels", "N1"), 2000.0)
    g, tie = bench.group("rebels"), bench.tie("rebels", "TGT")
    home = int(bench.frame.home_tie[g])
    ways = bench.frame.onward_dyad[bench.frame.onward_start[home] : bench.frame.onward_start[home + 1]]
    route = int(np.flatnonzero(ways == bench.dyad("N1", "TGT"))[0])
    inside = []
    for _ in range(61):
        inside.append(float(bench.now.cells[0, tie]))
        bench.month.group_action[0, g] = BUILD
        bench.month.group_target[0, g] = route
        bench.process(exposure, numbers())
        bench.process(move_cells, numbers())
        bench.next_month()
    return inside


def _hidden(p: Any, screening: float) -> float:
    """Return the fighters who arrive among a hundred thousand refugees."""
    bench = Bench()
    d = bench.dyad("N1", "TGT")
    bench.set("screening", bench.state("TGT"), screening)
    bench.set("fighters", bench.tie("rebels", "N1"), 2000.0)
    bench.month.refugee_flow[0, d] = 1e5
    bench.process(move_cells, p)
    return float(bench.month.hidden[0, d])


def cells() -> list[Panel]:
    """Who is seen at the border, how cells grow, who hides among refugees."""
    guards = grid(0.0, 1.0)
    seen = [Line(f"ruggedness {r}", [float(detection(b, r)) for b in guards]) for r in (0.0, 0.5, 1.0)]
    months = [float(t) for t in range(61)]
    grown = [
        Line(f"K = {k}, guard {b}", _built(k, b)) for k, b in ((0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8))
    ]
    screening = grid(0.0, 0.95, 20)
    most = ends("hidden_share")[1]
    hidden = [
        Line(f"hidden_share {share:g}, {words}", [_hidden(numbers(hidden_share=share), s) for s in screening])
        for share, words in ((most, "the top of its range"), (numbers().hidden_share, "default"))
    ]
    return [
        Panel("Who is seen at the border", "guard, b", "crossings seen", guards, seen, percent=True),
        Panel("2,000 fighters send men every month", "months", "hidden members in the target, X", months, grown),
        Panel("Hidden among 100,000 refugees", "screening", "fighters who arrive", screening, hidden, logs="y"),
    ]


def _years(bench: Bench, name: str, where: int, n_months: int, p: Any) -> list[float]:
    values = []
    for _ in range(n_months):
        values.append(float(getattr(bench.now, name)[0, where]))
        bench.process(recovery, p)
        bench.next_month()
    return values


def slow_variables() -> list[Panel]:
    """Five years of conflict and fifteen of peace; and a group that is recognised."""
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
