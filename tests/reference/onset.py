"""Onset: seven hazards, one draw, and the channel, pair and source to which it is attributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference import hazards, strength
from reference.draws import Purpose, pick
from reference.formulas import chance

if TYPE_CHECKING:
    from reference.agents import State
    from reference.things import Conflict, Tie, Way

HIDDEN = ("infiltration_crossing", "infiltration_refugees")


def look(state: State) -> None:
    """Work out the hazards of a state."""
    state.month.new_rate = hazards.of_new_conflicts(state)
    state.month.hazards = hazards.of_state(state)


def break_out(state: State) -> None:
    """Let fighting break out with probability 1 − exp(−Σλ/12), once more in a state at war."""
    model = state.model
    total = max(sum(state.month.hazards.values()), 0.0)
    state.month.risk = 1.0 if state.now.in_conflict else chance(total, 1.0)
    if model.dice.uniform(model.month, Purpose.ONSET, state.number) < chance(total, 1.0 / 12.0):
        _begin(state)


def _begin(state: State) -> None:
    """Begin a conflict: attribute it, raise its rebels, draw its level."""
    model = state.model
    p, dice, t = model.p, model.dice, model.month
    rates = [max(rate, 0.0) for rate in state.month.hazards.values()]
    channel = list(state.month.hazards)[pick(rates, dice.uniform(t, Purpose.CHANNEL, state.number)) or 0]
    conflict = _pair(state, channel, dice.uniform(t, Purpose.PAIR, state.number))
    if conflict is None:
        return
    tie, after = conflict.tie, conflict.next
    after.source, after.way = _source(state, channel, tie, dice.uniform(t, Purpose.SOURCE, state.number))
    after.channel = channel
    if tie is not None:
        tie.next.fighters += p.rebels_at_onset
    rise(conflict)
    rage(conflict, level(conflict))
    state.month.outbreaks += 1
    who, border = tie.group.name if tie else None, after.way.border if after.way else None
    model.tell("outbreak", state, after.source, channel, who, border, math.exp(after.level))


def _pair(state: State, channel: str, u: float) -> Conflict | None:
    """Return the conflict that a channel begins: an old one in proportion to its rate, or a new one."""
    if channel in HIDDEN:
        return new_pair(state, foreign=True, known=True)
    if channel in ("domestic", "kin"):
        part = state.model.p.restart_neighbours * hazards.wars_of_kin(state) if channel == "kin" else 1.0
        old = {c: part * rate for c, rate in hazards.again(state).items()}
        total = sum(old.values())
        beyond = u * state.month.hazards[channel] - (state.month.hazards[channel] - total)
        if beyond >= 0.0 and total > 0.0:
            return list(old)[pick(list(old.values()), beyond / total)]
    return new_pair(state)


def new_pair(state: State, *, foreign: bool = False, known: bool = False) -> Conflict | None:
    """Return where a new conflict begins: with the strongest idle group, else with rebels without a name, longest quiet first."""
    tie = _strongest_idle(state, foreign, known)
    if tie is not None:
        return tie.conflict
    free = [conflict for conflict in state.conflicts if conflict.tie is None and not conflict.now.fought]
    return max(free, key=lambda conflict: conflict.now.quiet_months, default=None)


def _strongest_idle(state: State, foreign: bool, known: bool) -> Tie | None:
    """Return the strongest group that neither governs nor fights the state, nor did so in memory unless ``known`` may.

    By cells, if there are any, of those from elsewhere; by all members of those at home.
    """
    idle = [
        tie
        for tie in state.ties
        if tie.abroad is foreign and tie.group.now.governs is not state and not tie.conflict.now.fought
        if known or tie.conflict.now.quiet_months >= hazards.REMEMBERED
    ]
    if foreign:
        return max((tie for tie in idle if tie.now.cells > 0.0), key=lambda tie: tie.now.cells, default=None)
    return max(idle, key=lambda tie: tie.now.cells + tie.now.fighters, default=None)


def level(conflict: Conflict) -> float:
    """Draw the log of deaths a year: μ + σ·N(0, 1); one fought before keeps part of its last, ρ, and the spread is √(1 − ρ²)·σ."""
    model, now = conflict.state.model, conflict.now
    p = model.p
    noise = p.level_sd * model.dice.normal(model.month, Purpose.INTENSITY_AT_START, conflict.number)
    if now.outcome is None:
        return p.level_mean + noise
    returns = p.level_returns
    return p.level_mean + returns * (now.own_level - p.level_mean) + math.sqrt(1.0 - returns**2) * noise


def rise(conflict: Conflict) -> None:
    """Begin the fighting with those who rise with it: the government's strength times e^{m + s·N(0, 1)}."""
    model, after = conflict.state.model, conflict.next
    p, dice, t = model.p, model.dice, model.month
    government = strength.of_government(conflict.state)
    against = p.rising_balance + p.rising_balance_sd * dice.normal(t, Purpose.RISING, conflict.number)
    after.rising = government * math.exp(against)
    after.first_strength = strength.of_rebels(conflict, "next")
    after.balance = strength.balance(after.first_strength, government)
    after.fortune = p.fortune_sd * dice.normal(t, Purpose.FORTUNE_AT_START, conflict.number)
    after.ground, after.swing = p.ground_at_onset, 0.0
    u, v = dice.two(t, Purpose.SPONSORS_AT_START, conflict.number)
    after.rebels_backed, after.government_backed = u < p.rebels_find_support, v < p.governments_find_support
    after.fought, after.fought_months = True, 0


def rage(conflict: Conflict, log_deaths: float) -> None:
    """Set how deadly a conflict is that begins."""
    conflict.next.own_level = conflict.next.level = log_deaths
    conflict.next.killed = math.exp(log_deaths) / 12.0


def _source(state: State, channel: str, tie: Tie | None, u: float) -> tuple[State | None, Way | None]:
    """Return the state and the way to which an onset is attributed: the state itself if from within."""
    if channel == "domestic":
        return state, None
    if channel == "entanglement":
        pacts = hazards.at_war_abroad(state)
        place = pick([pact.now.deployed for pact in pacts], u)
        return (None if place is None else pacts[place].ally.state), None
    place = pick([_adds(way, channel) for way in state.ways_in], u)
    if place is not None:
        return state.ways_in[place].source, state.ways_in[place]
    return (tie.group.home if tie else state), None


def _adds(way: Way, channel: str) -> float:
    """Return what one way adds to a channel."""
    match channel:
        case "infiltration_crossing":
            return way.now.by_crossing
        case "infiltration_refugees":
            return way.now.by_refugees
        case "refugees":
            return way.now.refugees
        case "kin":
            return way.source.now.war_memory * way.kin
        case "economy":
            return way.trade if way.source.now.in_conflict else 0.0
    return 0.0
