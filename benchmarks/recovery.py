"""Whether calibration recovers the parameters of synthetic worlds: coverage, ranks, and how much narrower than the prior.

Twenty worlds of two dozen states on a ring, made by the engine with parameters drawn from the prior; each is then inferred
from its facts alone. Nominal coverage is 90 %; 80 to 97 % of the intervals must hold the truth.

Usage: python benchmarks/recovery.py [worlds] [pilot] [generations]
"""

from __future__ import annotations

import sys
import time

NAMES = ("onset_per_year", "restart_per_year", "ending_level", "level_sd")
STATES, YEARS, HISTORIES = 24, 15, 8


def ring():
    """Return a scenario of states on a ring, from poor to rich, a quarter of them in conflict."""
    from stability_sim.scenario import Scenario

    codes = [f"S{k:02d}" for k in range(STATES)]
    states = {}
    for k, code in enumerate(codes):
        wealth = (k * 7 % STATES) / (STATES - 1)
        states[code] = {
            "capacity": 0.15 + 0.7 * wealth, "hardship": 0.7 - 0.6 * wealth, "population": 5.0 + 3.0 * (k * 5 % STATES),
            "in_conflict": k % 4 == 0, "deaths_per_year": 400, "conflict_age": 30, "since_conflict": 40 + 15 * k,
        }  # fmt: skip
    return Scenario.model_validate(
        {
            "scenario": "ring", "question": "what made it", "start": "2000-01", "months": 12 * YEARS,
            "map": {"projection": "network", "neighbours": "listed"}, "states": states,
            "borders": {f"{codes[k]}-{codes[(k + 1) % STATES]}": {} for k in range(STATES)},
        }
    )  # fmt: skip


def blank_panel(scenario, start_year):
    """Return a panel that says no more than which states there are, who borders whom, and what they were at the start."""
    import numpy as np

    from stability_sim.panel import Panel

    codes = tuple(sorted(scenario.states))
    n, years = len(codes), 2
    near = np.zeros((years, n, n), dtype=bool)
    for key in scenario.borders:
        a, b = (codes.index(code) for code in key.split("-"))
        near[:, a, b] = near[:, b, a] = True
    at_war = np.array([[False, scenario.states[code].in_conflict] for code in codes])

    def column(value):
        return np.repeat(np.array([value(scenario.states[code]) for code in codes], dtype=float)[:, None], years, axis=1)

    flags = np.ones((n, years), dtype=bool)
    return Panel(
        states=codes, names=codes, years=np.array([start_year - 1, start_year]), exists=flags, incidence=at_war, onset=~flags,
        at_risk=~at_war, quiet_before=np.full(n, 10), deaths=np.where(at_war, 400.0, 0.0), monthly_deaths=np.zeros((n, 24)),
        neighbours=near, border_km=near * 300.0, refugees=np.zeros((years, n, n)), population=column(lambda s: s.population.value),
        gdp_per_capita=column(lambda s: 1000.0 * np.exp(4.0 * s.capacity.value)), infant_mortality=np.full((n, years), 40.0),
        wgi=np.full((n, years, 6), np.nan), elevation=np.full(n, 500.0), capital=np.zeros((n, 2)), last_year=np.full(n, 2100),
        rebels=(), blocs=(),
    )  # fmt: skip


def recovery(worlds: int = 20, pilot: int = 1000, generations: int = 1, histories: int = HISTORIES, workers: int | None = None):
    """Return the recovery of the parameters of some synthetic worlds."""
    from stability_sim.analysis.abc import Plan, recover
    from stability_sim.scenario import resolve
    from stability_sim.studies.calibrate import Simulator, prior_of, workers_map

    scenario = resolve(ring())
    simulate = Simulator(scenario, blank_panel(scenario, 1999), 1999, prior_of(NAMES), histories)
    plan = Plan(pilot=pilot, particles=max(pilot // 10, 80), generations=generations, most_proposals=4 * pilot)
    with workers_map(workers) as map_:
        return recover(simulate, simulate.prior, worlds, plan, map_=map_)


def main() -> None:
    """Run, and print what came out."""
    from stability_sim.analysis.abc import coverage, rank_histogram
    from stability_sim.ensemble.run import prepare
    from stability_sim.studies.calibrate import prior_of

    prepare()
    worlds, pilot, generations = (int(a) for a in (*sys.argv[1:], *("20", "1000", "1")[len(sys.argv) - 1 :]))
    clock = time.perf_counter()
    found = recovery(worlds, pilot, generations)
    prior = prior_of(NAMES)
    print(f"{worlds} worlds, {found.simulations:,} simulations, {time.perf_counter() - clock:.0f} s")
    print(f"90 % intervals hold the truth in {coverage(found):.0%} of {found.covered.size}")
    for k, name in enumerate(NAMES):
        width = (found.high[:, k] - found.low[:, k]).mean() / (0.9 * (prior.high[k] - prior.low[k]))
        ranks = rank_histogram(found, 5)[k].tolist()
        print(f"  {name:18s} {found.covered[:, k].mean():4.0%}, width {width:.2f} of the prior's, ranks in fifths {ranks}")


if __name__ == "__main__":
    main()
