"""Response curves of onset: from within, and channel by channel."""

from __future__ import annotations

from typing import Any

from mechanism_pages.bench import NEIGHBOURS, Bench, numbers
from mechanism_pages.panel import Line, Panel, grid, over_range
from stability_sim.dynamics.formulas import probability_in_step
from stability_sim.dynamics.onset import exposure, new_rate, pair_rate, susceptibility, write_hazards
from stability_sim.dynamics.war import states_at_war
from stability_sim.scenario.rules import RULES_SET
from stability_sim.world.vocabulary import CROSSING, DOMESTIC, ECONOMY, ENTANGLEMENT, FADES, GOVERNMENT, KIN, SETTLEMENT
from stability_sim.world.vocabulary import REFUGEES as BY_REFUGEES

CAPACITIES = (0.2, 0.5, 0.8)
YEARLY = "onset risk in a year"


def _channels(bench: Bench, p: Any) -> Any:
    """Return the hazards of the target by channel, from within first."""
    bench.process(exposure, p)
    bench.month.shock[:] = 1.0
    j = bench.state("TGT")
    write_hazards(bench.frame, p, bench.now, bench.month, 0, 1.0)
    return bench.month.hazard[0, j]


def _risk(bench: Bench, p: Any, channel: int) -> float:
    return float(probability_in_step(float(_channels(bench, p)[channel]), 1.0))


def _within(bench: Bench, p: Any) -> float:
    j = bench.state("TGT")
    prone = susceptibility(p, bench.now.capacity[0, j])
    rate = new_rate(p, bench.now, 0, j, bench.frame.log_population[j], prone, 1.0, bench.now.hardship[0, j])
    return float(probability_in_step(float(rate), 1.0))


def _again(bench: Bench, p: Any, years: float) -> float:
    """Return the chance in a year that a conflict that was fought for five years begins again, some years after."""
    c = bench.conflict("TGT")
    bench.set("quiet_months", c, round(12 * years))
    bench.set("months_fought", c, 60)
    bench.set("known_months", c, 60 + round(12 * years))
    return float(probability_in_step(float(pair_rate(bench.frame, p, bench.now, 0, c, 0.0)), 1.0))


def onset_from_within() -> list[Panel]:
    """Return risk of a new conflict by capacity and grievance, and of a known one by the time since it was fought."""
    bench = Bench()
    j = bench.state("TGT")

    def by_capacity(p: Any, capacity: float) -> float:
        bench.set("capacity", j, capacity)
        return _within(bench, p)

    shares = grid(0.0, 1.0)
    lines = []
    for hardship, legitimacy, words in ((0.4, 0.5, "G = 0.2"), (0.8, 0.2, "G = 0.64: poor and rejected")):
        bench.set("hardship", j, hardship)
        bench.set("legitimacy", j, legitimacy)
        lines.append(Line(words, [by_capacity(numbers(), capacity) for capacity in shares]))
    bench.set("hardship", j, 0.4)
    bench.set("legitimacy", j, 0.5)
    band = over_range("capacity_effect", shares, by_capacity)
    bench.set("capacity", j, 0.5)
    years = grid(0.0, 20.0, 121)
    after = []
    for peacekeeping, outcome, words, style in (
        (0.0, FADES, "it faded", "-"),
        (0.0, SETTLEMENT, "settled", "-"),
        (0.0, GOVERNMENT, "the government won", "-"),
        (1.0, FADES, "faded, peacekeepers", "--"),
    ):
        bench.set("peacekeeping", j, peacekeeping)
        bench.set("outcome", bench.conflict("TGT"), outcome)
        after.append(Line(words, [_again(bench, numbers(), year) for year in years], style))
    return [
        Panel("A new conflict: capacity keeps the peace", "capacity, K", YEARLY, shares, lines, band, percent=True),
        Panel(
            "A known one: how it ended, and how long ago",
            "years since it was fought, τ",
            "begins again in a year",
            years,
            after,
            percent=True,
        ),
    ]


def infiltration() -> list[Panel]:
    """Return risk by hidden cells, by capacity, and as the two most uncertain numbers move."""
    bench = Bench()
    j = bench.state("TGT")
    cells = grid(0.0, 1000.0)

    def by_cells(p: Any, inside: float) -> float:
        bench.month.cells_before[0, j] = inside
        return _risk(bench, p, CROSSING)

    lines = []
    for capacity in CAPACITIES:
        bench.set("capacity", j, capacity)
        lines.append(Line(f"K = {capacity}", [by_cells(numbers(), inside) for inside in cells]))
    bench.set("capacity", j, 0.5)
    middle = [Line("default, K = 0.5", [by_cells(numbers(), inside) for inside in cells])]
    return [
        Panel("More cells, more risk, up to a limit", "hidden members from abroad, X", YEARLY, cells, lines, percent=True),
        Panel("How much is not known", "hidden members from abroad, X", YEARLY, cells, middle,
              over_range("infiltration_onset", cells, by_cells), percent=True),
    ]  # fmt: skip


def kin_and_ideas() -> list[Panel]:
    """Return risk by the number of neighbours at war, through kin alone and in all, and while one is at war and after."""
    bench = Bench()
    j = bench.state("TGT")

    def by_neighbours(p: Any, n: float, channel: int | None = KIN) -> float:
        for k, code in enumerate(NEIGHBOURS):
            bench.set("in_conflict", bench.state(code), 1 if k < n else 0)
            bench.set("war_memory", bench.state(code), 1.0 if k < n else 0.0)
        if channel is None:
            return float(probability_in_step(float(sum(_channels(bench, p))), 1.0))
        return _risk(bench, p, channel)

    counts = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    lines, in_all = [], []
    for capacity in CAPACITIES:
        bench.set("capacity", j, capacity)
        lines.append(Line(f"K = {capacity}", [by_neighbours(numbers(), n) for n in counts], "o-"))
        in_all.append(Line(f"K = {capacity}", [by_neighbours(numbers(), n, None) for n in counts], "o-"))
    bench.set("capacity", j, 0.5)
    band = over_range("kin_onset", counts, by_neighbours, ", K = 0.5")
    return [
        Panel("Kin and ideas alone", "neighbours that were always at war", YEARLY, counts, lines, band, percent=True),
        Panel(
            "With what is there from within, and trade",
            "neighbours that were always at war",
            YEARLY,
            counts,
            in_all,
            percent=True,
        ),
        _five_years_next_door(),
    ]


def _five_years_next_door() -> Panel:
    """Return what one neighbour adds during five years of war, and in fifteen years of peace after them."""
    bench = Bench()
    i, c = bench.state("N2"), bench.conflict("N2")
    added = []
    for month in range(240):
        at_war = 1 if month < 60 else 0
        bench.set("fought", c, at_war)
        bench.set("level", c, 7.0)
        bench.set("killed", c, 100.0 * at_war)
        bench.process(states_at_war, numbers(), month)
        bench.next_month()
        added.append(_risk(bench, numbers(), KIN))
    bench.set("in_conflict", i, 0)
    years = [(month + 1) / 12.0 for month in range(240)]
    return Panel("Remembered for years", "years since a war of five years began", YEARLY, years, [Line("one neighbour", added)],
                 percent=True)  # fmt: skip


def refugee_channel() -> list[Panel]:
    """Return risk added or taken away by refugees, by rule and by how well they are cared for."""
    bench = Bench()
    d = bench.dyad("N1", "TGT")
    per_hundred = grid(0.0, 15.0, 31)

    def by_refugees(p: Any, hosted: float) -> float:
        bench.set("refugees", d, hosted * 1e5)  # of ten million inhabitants
        return float(_channels(bench, p)[BY_REFUGEES])

    rules = [
        Line(f"rule: {name}", [by_refugees(numbers(**RULES_SET["refugees", name]), x) for x in per_hundred])
        for name in ("raise", "none", "lower")
    ]
    managed = []
    for share in (0.0, 0.5, 1.0):
        bench.set("managed_refugees", bench.state("TGT"), share)
        managed.append(Line(f"managed share {share}", [by_refugees(numbers(), x) for x in per_hundred]))
    x_label, y_label = "refugees per 100 inhabitants", "added to the yearly rate"
    return [
        Panel("Three camps, three signs", x_label, y_label, per_hundred, rules, percent=True),
        Panel("What care for refugees does", x_label, y_label, per_hundred, managed, percent=True),
    ]


def economy() -> list[Panel]:
    """Return risk added by lost trade with a neighbour in conflict."""
    trades = grid(0.0, 1.0, 11)

    def by_trade(p: Any, trade: float, hardship: float = 0.4, legitimacy: float = 0.5) -> float:
        bench.frame.trade[bench.dyad("N1", "TGT")] = trade
        bench.set("hardship", j, hardship)
        bench.set("legitimacy", j, legitimacy)
        return _risk(bench, p, ECONOMY)

    bench = Bench()
    j = bench.state("TGT")
    bench.set("in_conflict", bench.state("N1"), 1)
    lines = [
        Line(words, [by_trade(numbers(), trade, hardship, legitimacy) for trade in trades])
        for hardship, legitimacy, words in (
            (0.4, 0.5, "H = 0.4, L = 0.5"),
            (0.4, 0.1, "H = 0.4, L = 0.1"),
            (0.9, 0.5, "H = 0.9, L = 0.5"),
        )
    ]
    band = over_range("economic_spillover", trades, by_trade)
    return [
        Panel(
            "Hardship that a neighbour's war adds",
            "trade with the neighbour in conflict",
            YEARLY,
            trades,
            lines,
            band,
            percent=True,
        )
    ]


def entanglement() -> list[Panel]:
    """Return risk added by troops in the conflict of an ally."""
    bench = Bench()
    bench.set("in_conflict", bench.state("BIG"), 1)
    troops = grid(0.0, 20.0, 21)

    def by_troops(p: Any, sent: float) -> float:
        bench.set("deployed", bench.pact("TGT", "BIG"), sent)
        return _risk(bench, p, ENTANGLEMENT)

    lines = [Line("default", [by_troops(numbers(), sent) for sent in troops])]
    band = over_range("entanglement_onset", troops, by_troops)
    return [Panel("Troops in an ally's conflict", "thousands of troops sent", YEARLY, troops, lines, band, percent=True)]


def contagion_rules() -> Panel:
    """Return what one neighbour in conflict adds under the additive and the multiplicative rule."""
    bench = Bench()
    bench.set("in_conflict", bench.state("N1"), 1)
    bench.set("war_memory", bench.state("N1"), 1.0)
    bench.month.shock[:] = 1.0
    hardships = grid(0.0, 1.0)

    def at(name: str) -> list[tuple[float, float]]:
        found = []
        for hardship in hardships:
            bench.set("hardship", bench.state("TGT"), hardship)
            bench.set("legitimacy", bench.state("TGT"), 1.0 - hardship)
            bench.set("capacity", bench.state("TGT"), 1.0 - hardship)
            bench.month.susceptibility[:] = 1.0
            j = bench.state("TGT")
            write_hazards(bench.frame, numbers(**RULES_SET["contagion", name]), bench.now, bench.month, 0, 1.0)
            found.append((float(bench.month.hazard[0, j, DOMESTIC]), float(bench.month.hazard[0, j, KIN])))
        return found

    own = [rate for rate, _ in at("additive")]
    lines = [Line(f"rule: {name}", [kin for _, kin in at(name)]) for name in ("additive", "multiplicative")]
    return Panel("Contagion", "yearly rate from within", "added by one neighbour in conflict", own, lines, percent=True)
