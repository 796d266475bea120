"""How a conflict ends: the capital falls, or one of three ways that compete; and who holds the state after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference import strength
from reference.draws import Purpose
from reference.formulas import chance, logistic, logit, toward
from reference.war import MEDIAN

if TYPE_CHECKING:
    from reference.agents import State
    from reference.things import Conflict

PARITY = 1.5
STRONGEST = 6.5
STEEP = 2.0


def end(state: State) -> None:
    """End the fighting in a state, or let it grow older by a month."""
    for conflict in state.conflicts:
        if conflict.now.fought:
            how = _how(conflict)
            if how is None:
                conflict.next.fought_months = conflict.now.fought_months + 1
            else:
                close(conflict, how)


def _how(conflict: Conflict) -> str | None:
    model = conflict.state.model
    if logit(conflict.now.ground) > model.p.capital_falls and _can_rule(conflict) and _best_chance(conflict):
        return "takeover"
    rates = rates_of_ending(conflict)
    total = sum(rates.values())
    u, v = model.dice.two(model.month, Purpose.ENDING, conflict.number)
    if u >= chance(total, 1.0 / 12.0):
        return None
    reached = 0.0
    for how, rate in rates.items():
        reached += rate
        if v * total < reached:
            return how
    return "fades"


def _can_rule(conflict: Conflict) -> bool:
    """Return whether rebels could govern: not if they are clandestine, or rule elsewhere, or have just come to."""
    group = conflict.group
    return group is None or not (group.clandestine or group.now.governs or group.next.governs)


def _best_chance(conflict: Conflict) -> bool:
    """Return whether a group has no other war in which it holds more ground; of equals, the one with the least number."""
    wars = conflict.state.model.conflicts.values()
    own = [war for war in wars if war.now.fought and war.group is conflict.group]
    return conflict.group is None or min(own, key=lambda war: (-war.now.ground, war.number)) is conflict


def clock(conflict: Conflict) -> float:
    """Return s·t^{s − 1}·exp(level − d·(x − 5) − n·ln(pop/pop̄)) a year: all endings at an age t, in the middle of the month."""
    state, now = conflict.state, conflict.now
    p = state.model.p
    exponent = p.ending_level - p.ending_deaths * (now.level - MEDIAN)
    exponent -= p.ending_population * math.log(state.population / p.population_reference)
    exponent += p.peacekeeping_ends * state.now.peacekeeping
    weibull = p.ending_shape * math.pow((now.fought_months + 0.5) / 12.0, p.ending_shape - 1.0)
    return weibull * math.exp(exponent) * state.model.shocks["ending"]


def rates_of_ending(conflict: Conflict) -> dict[str, float]:
    """Return how often a year a government wins, both settle, and a conflict fades.

    Who is outmatched neither wins nor outlasts the rebels; a settlement is as likely from parity on; support puts off all.
    """
    state, b = conflict.state, conflict.now.balance
    p = state.model.p
    rebels = max(strength.backing_of_rebels(conflict), float(conflict.now.rebels_backed))
    government = max(strength.backing_of_state(state), float(conflict.now.government_backed))
    seen = min(b + PARITY, STRONGEST)
    stands = logistic(STEEP * (p.outmatched - b))
    wins = p.government_wins + p.government_wins_balance * seen - p.government_wins_rebels_backed * rebels
    fades = p.fades - p.fades_balance * seen - p.fades_rebels_backed * rebels
    settled = p.settles + p.settles_balance * min(seen, PARITY)
    settled -= p.settles_rebels_backed * rebels + p.settles_government_backed * government
    talking = p.talks_settle if state.now.talks_left > 0 else 1.0
    put_off = math.exp(-p.government_backed_lasts * government)
    often = clock(conflict)
    return {
        "government": often * stands * put_off * math.exp(wins),
        "settlement": often * talking * math.exp(settled),
        "fades": often * stands * put_off * math.exp(fades),
    }


def close(conflict: Conflict, how: str) -> None:
    """End the fighting of a conflict in a given way; of one that never came to count only a takeover is told."""
    state, now, after = conflict.state, conflict.now, conflict.next
    if now.counted or how == "takeover":
        who = conflict.group.name if conflict.group else None
        state.model.tell("ending", state, state, how, who, value=now.fought_months + 1.0)
    after.fought = after.counted = False
    after.quiet_months, after.outcome = 0, how
    if how == "takeover":
        _take_over(conflict)
    elif how == "government" and conflict.tie is not None:
        conflict.tie.next.fighters *= state.model.p.remnants


def _take_over(conflict: Conflict) -> None:
    state, winner = conflict.state, conflict.group
    p, loser = state.model.p, state.next.governed_by
    if loser is not None:
        loser.next.governs = None
    if winner is not None:
        winner.next.governs = state
    state.next.governed_by = winner
    state.next.capacity = toward(state.next.capacity, 0.0, p.takeover_capacity)
    state.next.legitimacy = toward(state.next.legitimacy, p.takeover_legitimacy, p.takeover_swing)
