"""Response curves of alliances, deterrence, summits, and the rival rules side by side."""

from __future__ import annotations

from typing import Any

from mechanism_pages.bench import Bench, numbers
from mechanism_pages.curves_onset import contagion_rules, refugee_channel
from mechanism_pages.panel import Line, Panel, grid, over_range, powers
from stability_sim.dynamics.alliances import burden, deployments, probability_of_honouring
from stability_sim.dynamics.diplomacy import run_drill, summit_success
from stability_sim.dynamics.incidents import probability_of_attack
from stability_sim.scenario.rules import RULES_SET
from stability_sim.world.vocabulary import BY_ATTACK, BY_INFILTRATION, BY_RAID

TWO_YEARS = "overt attack within 24 months"


def _trust(bench: Bench, share: float) -> None:
    """Set the share of calls that every member is expected to honour."""
    calls = numbers().honour_weight
    bench.set("honoured", slice(None), calls * share)
    bench.set("abandoned", slice(None), calls * (1.0 - share))


def _honours(bench: Bench, p: Any, helper: str, threat: int, attacker: int) -> float:
    pact = bench.pact(helper, "TGT")
    return float(probability_of_honouring(bench.frame, p, bench.now, 0, pact, attacker, threat))


def alliances() -> list[Panel]:
    """Return who honours a call, as its word and its hands are bound; what it sends."""
    bench = Bench()
    outside, inside = bench.state("N2"), bench.state("SML")
    trusts = grid(0.05, 0.95)
    lines = []
    for helper, threat, attacker, style, words in (
        ("BIG", BY_ATTACK, outside, "-", "large member, attack from outside"),
        ("BIG", BY_ATTACK, inside, "-", "large member, attack by a member"),
        ("BIG", BY_INFILTRATION, -1, "--", "large member, infiltration"),
        ("SML", BY_ATTACK, outside, ":", "small member, attack from outside"),
    ):
        honoured = []
        for trust in trusts:
            _trust(bench, trust)
            honoured.append(_honours(bench, numbers(), helper, threat, attacker))
        lines.append(Line(words, honoured, style))
    _trust(bench, numbers().honour_rate)
    bound = grid(0.0, 1.0, 21)

    def stretched(p: Any, share: float) -> float:
        bench.set("deployed", bench.pact("BIG", "SML"), 400.0 * share / max(1.0 - share, 1e-6))
        return _honours(bench, p, "BIG", BY_RAID, outside)

    tired = [Line("large member, raid", [stretched(numbers(), share) for share in bound])]
    sizes = powers(1.0, 1000.0)
    bench = Bench()
    sent = []
    for helper, words in (("BIG", "large member: 400 thousand"), ("SML", "small member: 20 thousand")):
        troops = []
        for size in sizes:
            bench.set("forces", bench.state("TGT"), size)
            troops.append(float(burden(bench.frame, numbers(), bench.now, 0, bench.pact(helper, "TGT"))))
        sent.append(Line(words, troops))
    return [
        Panel("Honouring a call", "calls that the member is expected to honour", "honours this one", trusts, lines, percent=True),
        Panel("Hands that are bound", "share of own forces already sent", "honours this one", bound, tired,
              over_range("honour_overstretch", bound, stretched), percent=True),
        Panel("What is sent", "forces of the ally, thousands", "thousands of troops sent", sizes, sent, logs="xy"),
    ]  # fmt: skip


def _hostile() -> Bench:
    """Return a neighbour that wants to change the target by force."""
    bench = Bench()
    bench.set("state_export_aim", bench.state("N2"), 0.6)
    bench.set("hostility", bench.dyad("N2", "TGT"), 0.7)
    bench.set("forces", bench.state("N2"), 90.0)
    return bench


def _attacked(bench: Bench, p: Any) -> float:
    monthly = probability_of_attack(bench.frame, p, bench.now, bench.month, 0, bench.dyad("N2", "TGT"))
    return 1.0 - (1.0 - float(monthly)) ** 24


def _by_credibility() -> Panel:
    bench = _hostile()
    trusts = grid(0.0, 1.0, 21)
    lines = []
    for name in ("strong", "weak", "none"):
        attacked = []
        for trust in trusts:
            _trust(bench, trust)
            attacked.append(_attacked(bench, numbers(**RULES_SET["alliances", name])))
        lines.append(Line(f"rule: {name}", attacked))

    def at(p: Any, trust: float) -> float:
        _trust(bench, trust)
        return _attacked(bench, p)

    band = over_range("alliance_deters", trusts, at)
    return Panel("Alliances", "credibility of the alliance, C", TWO_YEARS, trusts, lines, band, percent=True)


def _by_drill() -> Panel:
    months = [float(t) for t in range(25)]
    lines = []
    for name in ("deter", "provoke", "none"):
        bench = _hostile()
        run_drill(bench.frame, numbers(), bench.now, bench.after, 0, 0, bench.state("TGT"), -1, 1.0)
        bench.next_month()
        attacked = []
        for t in range(25):
            attacked.append(_attacked(bench, numbers(**RULES_SET["drills", name])))
            bench.process(deployments, numbers(), t)
            bench.next_month()
        lines.append(Line(f"rule: {name}", attacked))
    return Panel("Drills", "months since a full drill", "overt attack in 24 months like this", months, lines, percent=True)


def _by_stake() -> Panel:
    bench = Bench()
    d, g = bench.dyad("N1", "TGT"), bench.group("rulers")
    bench.set("hostility", d, 0.7)
    bench.set("group_export_aim", g, 0.6)
    stakes = grid(0.0, 1.0, 21)

    def at(p: Any, stake: float) -> float:
        bench.set("stake", g, stake)
        return 1.0 - (1.0 - float(probability_of_attack(bench.frame, p, bench.now, bench.month, 0, d))) ** 24

    lines = [Line("default", [at(numbers(), stake) for stake in stakes])]
    band = over_range("stake_deters", stakes, at)
    return Panel("Something to lose", "stake of the group that governs, E", TWO_YEARS, stakes, lines, band, percent=True)


def deterrence() -> list[Panel]:
    """Return what alliances, drills and a stake do to the risk of an overt attack."""
    return [_by_credibility(), _by_drill(), _by_stake()]


def summits() -> list[Panel]:
    """Return success of a summit by rank, and by who is left out."""
    ranks = grid(0.0, 1.0)
    p = numbers()
    cases = (
        (0.0, 0, 0.0, "-", "nothing in the way"), (p.summit_spoiler, 0, 0.0, "-", "one stays away"),
        (0.0, 1, 0.0, "--", "one party lists another"), (p.summit_veto, 0, 0.0, "-", "one party has a veto"),
        (0.0, 0, 1.0, "-", "stalemate"),
    )  # fmt: skip
    lines = [
        Line(words, [float(summit_success(p, rank, spoiled, listed, stale)) for rank in ranks], style)
        for spoiled, listed, stale, style, words in cases
    ]

    def outside(q: Any, share: float) -> float:
        return float(summit_success(q, 0.6, q.summit_outsiders * share, 0, 0.0))

    left = [Line("lowest rank 0.6", [outside(numbers(), share) for share in ranks])]
    return [
        Panel("Send somebody who counts", "lowest rank among the delegations", "success", ranks, lines, percent=True),
        Panel("Those who do not sit in", "fighters of groups that are left out", "success", ranks, left,
              over_range("summit_outsiders", ranks, outside), percent=True),
    ]  # fmt: skip


def rival_rules() -> list[Panel]:
    """Return the four disputes, each camp's answer as a curve."""
    return [
        _by_drill(),
        contagion_rules(),
        refugee_channel()[0]._replace(title="Refugees"),
        _by_credibility()._replace(band=None),
    ]
