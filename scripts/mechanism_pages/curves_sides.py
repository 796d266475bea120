"""Response curves of the two sides of a conflict: how strong they are, who holds the ground, what support does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mechanism_pages.bench import Bench, Many, numbers
from mechanism_pages.panel import Line, Panel, grid, over_range, powers
from stability_sim.dynamics.ending import ending as end_conflicts
from stability_sim.dynamics.strength import balance_of, cohesion, government_strength, group_backing, rebel_strength
from stability_sim.dynamics.war import states_at_war
from stability_sim.dynamics.war import war as fight
from stability_sim.world.vocabulary import TAKEOVER

N_RUNS = 2000
SEEN = (-2.95, -1.45, -0.05, 1.2, 2.2)  # balance at the middle of much weaker, weaker, parity, stronger, much stronger
RATES_SEEN = (0.002, 0.011, 0.048, 0.63, 1.35)  # rebel victories a year of NSA 3.4 in these classes


def _file(fighters: float = 10000.0, ground: float = 0.05, **government: Any) -> dict[str, Any]:
    """Return a world of one state at war with a group that a neighbour may support, and a friend of the government."""
    return {
        "scenario": "sides", "question": "q", "start": "2020-01", "map": {"projection": "network"},
        "states": {"TGT": {"population": 30, "forces": 30, **government}, "NXT": {}, "FAR": {}},
        "groups": {"rebels": {"home": "TGT", "control": 0.8, "fighters": {"TGT": fighters}}},
        "borders": {"NXT-TGT": {}},
        "conflicts": [{"state": "TGT", "group": "rebels", "deaths_per_year": 1500, "age": 24, "ground": ground}],
        "supports": [{"of": "NXT", "to": "rebels"}, {"of": "FAR", "to": "TGT"}],
    }  # fmt: skip


def _balance(bench: Bench, p: Any) -> float:
    c, i = bench.conflict("TGT", "rebels"), bench.state("TGT")
    return float(
        balance_of(rebel_strength(bench.frame, p, bench.now, 0, c), government_strength(bench.frame, p, bench.now, 0, i))
    )


def sides() -> list[Panel]:
    """Return what legitimacy, numbers and help make of the two sides, and how a government divides its forces."""
    shares = grid(0.0, 1.0)
    melts = [
        Line(f"support to the government {s:g}", [float(cohesion(numbers(), x, s)) for x in shares]) for s in (0.0, 0.5, 1.0)
    ]
    bench = Bench(_file())
    tie, far = bench.tie("rebels", "TGT"), bench.support("FAR", "TGT")
    fighters = powers(1000.0, 1e6)
    lines = []
    for troops, arms, words in (
        (0.0, 0.0, "nobody helps"),
        (0.0, 1.0, "arms to the government"),
        (20.0, 1.0, "arms and 20 thousand troops"),
    ):
        bench.set("troops", far, troops)
        bench.set("arms", far, arms)
        ratios = []
        for people in fighters:
            bench.set("fighters", tie, people)
            ratios.append(_balance(bench, numbers()))
        lines.append(Line(words, ratios))
    times = powers(1.0, 100.0)

    def share(p: Any, ratio: float) -> float:
        return float(ratio**p.front_division / (1.0 + ratio**p.front_division))

    fronts = [Line("default", [share(numbers(), ratio) for ratio in times])]
    p = numbers()
    spread = grid(-6.0, 2.0, 81)
    density = [
        math.exp(-0.5 * ((b - p.rising_balance) / p.rising_balance_sd) ** 2) / (p.rising_balance_sd * math.sqrt(2 * math.pi))
        for b in spread
    ]
    return [
        Panel("An army that few believe in melts", "legitimacy, L", "part of the army that stands", shares, melts, percent=True),
        Panel("The balance", "fighters", "b: log strength of rebels over government", fighters, lines, logs="x"),
        Panel("Two conflicts at once", "strength of the rebels here, over that of the others", "part of the forces that is here", times, fronts,
              over_range("front_division", times, share), percent=True, logs="x"),
        Panel("Rebels without a name", "balance b when they rise", "density", spread, [Line("b is drawn", density)]),
    ]  # fmt: skip


def _falls(bench: Bench, p: Any, n_months: int, changes: dict[int, dict[str, tuple[int, float]]] | None = None) -> dict[str, Any]:
    """Return months of the war of ``TGT`` in many runs: who fell, who still fights, ground, deaths; with changes at months."""
    many = Many(bench, N_RUNS, p)
    many.batch.month.shock[:] = 1.0
    c = bench.conflict("TGT", "rebels")
    fell = np.zeros(N_RUNS, dtype=bool)
    series: dict[str, list[Any]] = {name: [] for name in ("fell", "fought", "ground", "killed")}
    for t in range(n_months):
        for name, (where, value) in (changes or {}).get(t, {}).items():
            for world in (many.batch.now, many.batch.after):
                getattr(world, name)[:, where] = value
        for process in (fight, end_conflicts, states_at_war):
            many.process(process, t)
        many.next_month()
        many.batch.month.shock[:] = 1.0
        now = many.batch.now
        fell |= (now.fought[:, c] == 0) & (now.outcome[:, c] == TAKEOVER)
        for name, values in zip(series, (fell, now.fought[:, c], now.ground[:, c], now.killed[:, c]), strict=True):
            series[name].append(values.astype(float).copy())
    return {name: np.array(values) for name, values in series.items()}


def _with_balance(balance: float, ground: float) -> Bench:
    """Return a war of this balance between a named group and a government that nobody helps."""
    bench = Bench(_file(ground=ground))
    people = 10000.0 * math.exp(balance - _balance(bench, numbers()))
    return Bench(_file(fighters=people, ground=ground))


def _yearly(balance: float) -> float:
    """Return rebel victories a year of fighting, in wars that begin at this balance and are followed for ten years."""
    paths = _falls(_with_balance(balance, numbers().ground_at_onset), numbers(), 120)
    return float(paths["fell"][-1].sum() / (paths["fought"].sum() / 12.0 + paths["fell"][-1].sum() / 24.0))


def ground() -> list[Panel]:
    """Return the ground that rebels hold, and how often the capital falls, by the balance; with the rates that were seen."""
    months = [float(t + 1) for t in range(60)]
    held, fallen = [], []
    for balance, words in (
        (-2.0, "much weaker, b = −2"),
        (-1.0, "weaker, b = −1"),
        (0.0, "parity, b = 0"),
        (1.0, "stronger, b = 1"),
    ):
        paths = _falls(_with_balance(balance, 0.2), numbers(), 60)
        fallen.append(Line(words, paths["fell"].mean(axis=1).tolist()))
        still = paths["fought"] == 1
        held.append(
            Line(
                words,
                [float(g[s].mean()) if s.sum() > N_RUNS // 50 else math.nan for g, s in zip(paths["ground"], still, strict=True)],
            )
        )
    rates = [Line("the model", [_yearly(b) for b in SEEN], "o-"), Line("399 dyads, 1946–2011", RATES_SEEN, "s--")]
    return [
        Panel("Who holds the ground, where it is still fought", "months, from a fifth of the ground", "ground of the rebels, θ", months,
              [line for line in held if not any(math.isnan(y) for y in line.y)], percent=True),
        Panel("The government falls", "months, from a fifth of the ground", "share of 2,000 runs", months, fallen, percent=True),
        Panel("How often rebels win", "balance b", "victories per year of fighting", SEEN, rates, logs="y"),
    ]  # fmt: skip


def support() -> list[Panel]:
    """Return what support does to the strength of a group, and what happens when it stops, on either side."""
    bench = Bench(_file())
    g, s = bench.group("rebels"), bench.support("NXT", "rebels")
    amounts = grid(0.0, 1.0, 11)

    def backed(kinds: tuple[str, ...]) -> list[float]:
        values = []
        for amount in amounts:
            for kind in ("arms", "funds", "sanctuary"):
                bench.set(kind, s, amount if kind in kinds else 0.0)
            values.append(float(group_backing(bench.frame, numbers(), bench.now, 0, g)))
        return values

    kinds = [Line("arms, or funds", backed(("arms",))), Line("sanctuary", backed(("sanctuary",)), "--"),
             Line("arms and funds", backed(("arms", "funds"))), Line("all three", backed(("arms", "funds", "sanctuary")))]  # fmt: skip
    months = [float(t + 1) for t in range(60)]
    file = _file(fighters=12000.0, ground=0.2, legitimacy=0.6)
    file["supports"][0] |= {"arms": 0.6, "troops": 4}
    war = Bench(file)
    s = war.support("NXT", "rebels")
    stop = {24: {"arms": (s, 0.0), "troops": (s, 0.0)}}
    home = {24: {"troops": (s, 0.0)}}
    held, killed = [], []
    for changes, words in (
        ({}, "support goes on"),
        (home, "troops go home after two years"),
        (stop, "all stops after two years"),
    ):
        paths = _falls(war, numbers(), 60, changes)
        still = paths["fought"] == 1
        held.append(Line(words, [float(g[m].mean()) for g, m in zip(paths["ground"], still, strict=True)]))
        killed.append(Line(words, [12.0 * float(np.median(k[m])) for k, m in zip(paths["killed"], still, strict=True)]))
    army = _file(fighters=75000.0, ground=0.45, forces=180, legitimacy=0.3, capacity=0.35, population=38)
    army["groups"]["rebels"]["external_support"] = 0.4
    army["supports"][1] |= {"arms": 0.9, "funds": 0.9, "troops": 5}
    paid = Bench(army)
    s = paid.support("FAR", "TGT")
    fallen = [
        Line(words, _falls(paid, numbers(), 60, changes)["fell"].mean(axis=1).tolist())
        for changes, words in (
            ({}, "support goes on"),
            ({24: {"troops": (s, 0.0)}}, "troops go home after two years"),
            ({24: {"troops": (s, 0.0), "arms": (s, 0.0), "funds": (s, 0.0)}}, "all stops after two years"),
        )
    ]
    return [
        Panel("What a supporter gives", "amount", "support to a group", amounts, kinds),
        Panel("The ground of supported rebels", "months", "mean ground, where it is still fought", months, held, percent=True),
        Panel("Their war", "months", "median deaths, at a yearly rate", months, killed),
        Panel("A government that others pay falls without them", "months", "fallen, of 2,000 runs", months, fallen, percent=True),
    ]
