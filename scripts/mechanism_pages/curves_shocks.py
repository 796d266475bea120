"""Response curves of the shock that all states share."""

from __future__ import annotations

from typing import Any

from mechanism_pages.bench import Bench, Many, numbers
from mechanism_pages.panel import Line, Panel, grid
from stability_sim.dynamics.onset import exposure, hazards, onset
from stability_sim.world.vocabulary import DOMESTIC


def _lonely(n: int) -> Bench:
    """Return a world of states without neighbours, all at peace."""
    states = {f"S{k}": {"since_conflict": 600} for k in range(n)}
    return Bench({"scenario": "lonely", "question": "q", "start": "2020-01", "map": {"projection": "network"}, "states": states})


def _dispersion(bench: Bench, p: Any, n: int) -> float:
    """Return the variance of the outbreaks of a year over their mean, in ``n`` runs of one year from peace."""
    many = Many(bench, n, p)
    total = 0
    for t in range(12):
        many.batch.month.outbreaks[:] = 0
        many.process(exposure, t)
        many.process(hazards, t)
        many.process(onset, t)
        total = total + many.batch.month.outbreaks.sum(axis=1)
    return float(total.var() / total.mean())  # type: ignore[attr-defined]


def common_shocks() -> list[Panel]:
    """Return years that are worse everywhere, and what they do to the spread of yearly counts."""
    one = _lonely(1)
    years = [float(k) for k in range(25)]
    lines = []
    quiet = Many(one, 1, numbers(common_shock_sd=0.0))
    quiet.process(exposure)
    quiet.process(hazards)
    base = float(quiet.batch.month.hazard[0, 0, DOMESTIC])
    for k, words in enumerate(("one run", "another run")):
        factors = []
        for year in years:
            many = Many(one, k + 1, numbers())
            many.process(exposure)
            many.process(hazards, 12 * int(year))
            factors.append(float(many.batch.month.hazard[k, 0, DOMESTIC]) / base)
        lines.append(Line(words, factors, "-"))
    spreads = grid(0.0, 0.6, 7)
    world = _lonely(150)
    ratio = [_dispersion(world, numbers(common_shock_sd=sd), 500) for sd in spreads]
    return [
        Panel("Good and bad years for all", "year of the run", "factor on the rate from within", years, lines),
        Panel("Why it matters: yearly counts spread out", "common_shock_sd", "variance of yearly outbreaks over their mean", spreads,
              [Line("150 states, 500 runs of a year", ratio, "o-"), Line("independent states", [1.0] * len(spreads), "--")]),
    ]  # fmt: skip
