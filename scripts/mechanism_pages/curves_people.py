"""Response curves of people on the move: refugees, and hidden members of groups."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechanism_pages.bench import Bench, ends, numbers
from mechanism_pages.panel import Band, Line, Panel, grid, powers
from stability_sim.dynamics.formulas import detection
from stability_sim.dynamics.infiltration import infiltration as move_cells
from stability_sim.dynamics.onset import exposure
from stability_sim.dynamics.refugees import leaving
from stability_sim.dynamics.refugees import refugees as move_refugees
from stability_sim.world.vocabulary import BUILD

MONTHS = 120


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
    states: dict[str, Any] = {"HOME": {}, **{f"{kind}{k}": {} for k in range(len(distances)) for kind in ("N", "F")}}
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
    """Return how many flee, where they go, when they return."""
    bench = Bench()
    i = bench.state("N1")
    bench.set("in_conflict", i, 1)
    deaths = powers(10.0, 30000.0)

    def flee(p: Any, killed: float) -> float:
        bench.set("log_deaths", i, math.log(killed))
        return float(leaving(bench.frame, p, bench.now, bench.month, (np.uint64(1), np.uint64(0), 0), 0, i))

    default = numbers()
    typical = numbers(refugees_sd=0.0)
    less, more = (
        numbers(refugees_sd=0.0, refugees_intercept=default.refugees_intercept + k * default.refugees_sd) for k in (-1, 1)
    )
    out = [Line("typical year", [flee(typical, x) for x in deaths])]
    spread = Band("two years in three", [flee(less, x) for x in deaths], [flee(more, x) for x in deaths])
    refuge = _refuge()
    where = [
        Line("a neighbour", [near for _, near, _ in refuge]),
        Line("a state without a border", [far for _, _, far in refuge]),
    ]
    years = [months / 12.0 for months in range(MONTHS + 1)]
    back = [Line("the conflict goes on", _left_after(Bench(), True)), Line("it is over", _left_after(Bench(), False))]
    return [
        Panel("How many flee", "battle deaths a year", "refugees a month", deaths, out, spread, logs="xy"),
        Panel(
            "Where they go",
            "distance, km",
            "pull, relative to a neighbour at 100 km",
            [km for km, _, _ in refuge],
            where,
            logs="xy",
        ),
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
    """Return who is seen at the border, how cells grow, who hides among refugees."""
    guards = grid(0.0, 1.0)
    seen = [Line(f"ruggedness {r}", [float(detection(numbers(), b, r)) for b in guards]) for r in (0.0, 0.5, 1.0)]
    months = [float(t) for t in range(61)]
    grown = [Line(f"K = {k}, guard {b}", _built(k, b)) for k, b in ((0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8))]
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
