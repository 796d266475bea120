"""Response curves of those who act: what they believe, what they choose, what their instruments do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mechanism_pages.bench import NEIGHBOURS, Bench, Many, numbers
from mechanism_pages.panel import Band, Line, Panel, grid, over_range
from stability_sim.dynamics.diplomacy import means
from stability_sim.dynamics.group_decisions import _weigh
from stability_sim.dynamics.incidents import incidents as skirmish
from stability_sim.dynamics.incidents import probability_of_attack
from stability_sim.dynamics.incidents import raids as raid
from stability_sim.dynamics.onset import exposure
from stability_sim.dynamics.perception import _clarity, behind_border, misjudged, threat_of
from stability_sim.dynamics.recovery import _levels
from stability_sim.dynamics.state_decisions import _choose, write_utilities
from stability_sim.dynamics.triggers import _value, remember
from stability_sim.world.vocabulary import RAID, STATE_ACTIONS

CHOICE = "chosen, when policy is reviewed"
COLOURS = ("none", "guard", "drill", "engage", "sanction", "aid", "deploy")


def perception() -> list[Panel]:
    """Return the threat that is there, and how far off the one that is seen can be."""
    bench = Bench()
    tie = bench.tie("rebels", "TGT")
    inside = grid(0.0, 400.0)
    lines = []
    for fighters in (0.0, 2000.0, 20000.0):
        bench.set("fighters", bench.tie("rebels", "N1"), fighters)
        threats = []
        for x in inside:
            bench.set("cells", tie, x)
            behind = behind_border(bench.frame, numbers(), bench.now, 0, bench.frame.tie_group[tie])
            part, whole = threat_of(bench.frame, numbers(), bench.now, 0, tie, behind)
            threats.append(float(part / whole))
        lines.append(Line(f"{fighters:,.0f} fighters behind the border", threats))
    true = grid(0.01, 0.99)
    bands = []
    for embassy, words in ((0, "neither embassy nor talks"), (1, "embassy and talks")):
        bench.set("embassy", tie, embassy)
        bench.set("engage", tie, embassy)
        error = numbers().perception_noise * float(_clarity(numbers(), bench.now, 0, tie))
        bands.append(([float(misjudged(x, 1.0, -error)) for x in true], [float(misjudged(x, 1.0, error)) for x in true], words))
    (low, high, words), (less, more, clear) = bands
    seen = [Line("no error", true), Line(f"at worst, {clear}", less, "--"), Line("the same, upward", more, "--")]
    return [
        Panel("The threat of a group", "its hidden members in the state, X", "threat", inside, lines),
        Panel(
            "What a government sees of it",
            "threat",
            "threat that is seen in a month",
            true,
            seen,
            Band(f"at worst, {words}", low, high),
        ),
    ]


def _shares(bench: Bench, tie: int, pact: int, threat: float) -> list[float]:
    """Return how often each action is chosen, over even quantiles of the draw."""
    s = bench.state("TGT")
    bench.set("threat", tie, threat)
    n = 500
    chosen = []
    for k in range(n):
        write_utilities(bench.frame, numbers(), bench.now, bench.month, 0, s, tie, pact)
        chosen.append(_choose(numbers(), bench.month, (k + 0.5) / n))
    return [chosen.count(action) / n for action in range(len(STATE_ACTIONS))]


def _actions(bench: Bench, tie: int, pact: int, threats: Sequence[float], shown: Sequence[str]) -> list[Line]:
    table = [_shares(bench, tie, pact, threat) for threat in threats]
    return [Line(name, [row[STATE_ACTIONS.index(name)] for row in table], colour=COLOURS.index(name)) for name in shown]


def governments() -> list[Panel]:
    """Return what a government chooses as it fears a hidden group, a group that governs, and with an ally at war."""
    threats = grid(0.0, 1.0, 11)
    bench = Bench()
    hidden, open_to_talks = bench.tie("rebels", "TGT"), bench.tie("rulers", "TGT")
    shown = ("none", "guard", "drill", "engage", "sanction", "aid")
    first = _actions(bench, hidden, -1, threats, ("none", "guard", "drill", "sanction"))
    second = _actions(bench, open_to_talks, -1, threats, shown)
    bench.set("listed", open_to_talks, 1)
    third = _actions(bench, open_to_talks, -1, threats, shown)
    bench.set("listed", open_to_talks, 0)
    fourth = _actions(bench, open_to_talks, bench.pact("TGT", "BIG"), threats, ("none", "guard", "engage", "deploy"))
    x_label = "threat that it sees"
    return [
        Panel("A group without an address", x_label, CHOICE, threats, first, percent=True),
        Panel("A group that governs next door", x_label, CHOICE, threats, second, percent=True),
        Panel("The same group, listed as terrorist", x_label, CHOICE, threats, third, percent=True),
        Panel("The same, and an ally is at war", x_label, CHOICE, threats, fourth, percent=True),
    ]


def _group_shares(bench: Bench, g: int) -> list[float]:
    """Return the probabilities to stay at home, to police, to build cells anywhere, to raid anywhere."""
    month = bench.month
    _weigh(bench.frame, numbers(), bench.now, month, 0)
    ways = slice(int(bench.frame.way_start[g]), int(bench.frame.way_start[g + 1]))
    weights = [month.govern_weight[g], month.police_weight[g], month.build_weight[ways].sum(), month.raid_weight[ways].sum()]
    return [float(weight / sum(weights)) for weight in weights]


def _group_panel(title: str, group: str, field: str, x_label: str, **fixed: float) -> Panel:
    bench = Bench()
    g = bench.group(group)
    bench.set("hostility", slice(None), 0.5)
    bench.process(exposure, numbers())
    for name, value in fixed.items():
        bench.set(name, g, value)
    x = grid(0.0, 1.0, 21)
    table = []
    for value in x:
        bench.set(field, g, value)
        table.append(_group_shares(bench, g))
    names = ("stays at home", "polices its rivals", "builds cells abroad", "raids")
    lines = [Line(name, [row[k] for row in table]) for k, name in enumerate(names)]
    return Panel(title, x_label, "chosen in a month", x, lines, percent=True)


def groups() -> list[Panel]:
    """Return what a hidden group and one that governs choose."""
    return [
        _group_panel("A group without an address", "rebels", "group_export_aim", "export aim, ω"),
        _group_panel("A group that governs", "rulers", "group_export_aim", "export aim, ω", stake=0.3),
        _group_panel("It governs, and has more and more to lose", "rulers", "stake", "stake, E", group_export_aim=0.5),
    ]


def instruments() -> list[Panel]:
    """Return what listing, sanctions and aid do to a group's means; what all five do to the people under it."""
    g_name = "rulers"
    x = grid(0.0, 1.0, 6)

    def over(change: Any, read: Any) -> list[float]:
        values = []
        for share in x:
            bench = Bench()
            change(bench, share)
            values.append(float(read(bench)))
        return values

    def by_flag(name: str) -> Any:
        def change(bench: Bench, share: float) -> None:
            for k, code in enumerate((*NEIGHBOURS[1:], "TGT")):
                bench.set(name, bench.tie(g_name, code), 1 if k < round(5 * share) else 0)

        return change

    def by_amount(name: str) -> Any:
        return lambda bench, share: bench.set(name, bench.tie(g_name, "TGT"), share)

    def afford(bench: Bench) -> float:
        return float(means(bench.frame, numbers(), bench.now, 0, bench.group(g_name)))

    def level(k: int) -> Any:
        return lambda bench: _levels(bench.frame, numbers(), bench.now, 0, bench.state("N1"))[k]

    can = [Line("listed by so many", over(by_flag("listed"), afford)), Line("sanctions", over(by_amount("sanction"), afford), "--"),
           Line("aid", over(by_amount("aid"), afford))]  # fmt: skip
    people = [Line("hardship, sanctions", over(by_amount("sanction"), level(0))), Line("hardship, aid", over(by_amount("aid"), level(0))),
              Line("legitimacy, recognised by so many", over(by_flag("recognise"), level(1)))]  # fmt: skip
    return [
        Panel("What the group can afford", "share of the states, or severity", "means, relative to nothing done", x, can),
        Panel("What becomes of its people", "share of the states, or severity", "level to which it drifts", x, people),
    ]


def _mean_skirmishes(p: Any, hostility: float) -> float:
    bench = Bench()
    bench.set("hostility", slice(None), hostility)
    many = Many(bench, 4000, p)
    many.process(skirmish)
    return float(many.batch.month.incidents.mean())


def _raid_share(p: Any, guard: float) -> float:
    bench = Bench()
    bench.set("guard", slice(None), guard)
    many = Many(bench, 16000, p)
    many.process(exposure)
    many.batch.month.group_action[:, bench.group("rebels")] = RAID
    many.process(raid)
    return float(many.batch.month.raids.sum()) / 16000


def incidents() -> list[Panel]:
    """Return three rungs: skirmishes by hostility, raids by guard, overt attacks by aim and hostility."""
    x = grid(0.0, 1.0, 11)
    first = [Line("mean of 4,000 draws", [_mean_skirmishes(numbers(), h) for h in x], "o-")]
    second = [Line("share of 16,000 draws", [_raid_share(numbers(), b) for b in x], "o-")]
    bench = Bench()
    d, i = bench.dyad("N2", "TGT"), bench.state("N2")
    lines = []
    for aim, ratio, words in (
        (0.2, 1, "aim 0.2, equal forces"),
        (0.8, 1, "aim 0.8, equal forces"),
        (0.8, 10, "aim 0.8, ten times the forces"),
    ):
        bench.set("state_export_aim", i, aim)
        bench.set("forces", i, 30.0 * ratio)
        attack = []
        for h in x:
            bench.set("hostility", d, h)
            attack.append(1.0 - (1.0 - float(probability_of_attack(bench.frame, numbers(), bench.now, bench.month, 0, d))) ** 24)
        lines.append(Line(words, attack))
    return [
        Panel(
            "First rung: skirmishes",
            "hostility, h",
            "skirmishes a month on a border",
            x,
            first,
            over_range("incidents_per_month", x, _mean_skirmishes),
        ),
        Panel("Second rung: a raid that is tried", "guard, b", "takes place", x, second, percent=True),
        Panel("Third rung: an overt attack", "hostility, h", "within 24 months", x, lines, percent=True),
    ]


def triggers() -> list[Panel]:
    """Return one run of a border, the window that a condition counts, and when it holds."""
    bench = Bench()
    border = int(bench.frame.dyad_border[bench.dyad("N1", "TGT")])
    bench.set("hostility", slice(None), 0.9)
    counts, sums = [], []
    for t in range(36):
        bench.process(skirmish, numbers(incidents_per_month=0.6), t)
        bench.after.hostility[:] = 0.9
        counts.append(float(bench.month.incidents[0, border]))
        bench.process(remember, numbers(), t)
        bench.next_month()
        sums.append(float(_value(bench.frame, bench.now, (np.uint64(1), np.uint64(0), t + 1), 0, 0)))
    months = [float(t) for t in range(36)]
    threshold = float(bench.frame.condition_threshold[0])
    lines = [Line("sum of three months", sums), Line("from here the condition holds", [threshold] * 36, "--")]
    title = "incidents(N1-TGT) >= 5 in 3 months"
    return [Panel(title, "month", "skirmishes", months, lines, bars=Line("skirmishes of the month", counts))]
