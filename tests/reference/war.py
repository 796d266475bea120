"""A conflict that goes on: its intensity, its end, and who holds the state after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.draws import Purpose
from reference.formulas import toward

if TYPE_CHECKING:
    from reference.agents import Group, State


def fight(state: State) -> None:
    """Move log deaths: x' = μ + ρ(x − μ) + σ·√(1 − ρ²)·N(0, 1)."""
    model = state.model
    p = model.p
    if state.now.in_conflict:
        noise = model.dice.normal(model.month, Purpose.INTENSITY, state.number)
        kept = p.log_deaths_persistence
        pulled = p.log_deaths_mean + kept * (state.now.log_deaths - p.log_deaths_mean)
        state.next.log_deaths = pulled + p.log_deaths_sd * math.sqrt(1.0 - kept * kept) * noise


def end(state: State) -> None:
    """End a conflict by its Weibull hazard; else it is a month older."""
    model = state.model
    if not state.now.in_conflict:
        return
    if model.dice.uniform(model.month, Purpose.ENDING, state.number) >= probability_of_ending(state):
        state.next.conflict_age = state.now.conflict_age + 1
        return
    how = _how(state, *model.dice.two(model.month, Purpose.OUTCOME, state.number))
    if how == "takeover" and not _can_rule(state.now.rebels):
        how = "fades"
    close(state, how)


def _can_rule(rebels: Group | None) -> bool:
    """Return whether rebels could govern: not if they are nobody, clandestine, or rule elsewhere."""
    return rebels is not None and not rebels.clandestine and rebels.now.governs is None


def probability_of_ending(state: State) -> float:
    """Return 1 − exp(−m·(H(a + 1 month) − H(a)) − early): m by intensity, talks, peacekeepers, support."""
    p, now = state.model.p, state.now
    exponent = p.peacekeeping_ends * now.peacekeeping - p.ending_intensity * (now.log_deaths - p.log_deaths_mean)
    if now.rebels is not None:
        exponent -= p.support_prolongs * now.rebels.now.support
    multiplier = math.exp(exponent) * (p.talks_ending if now.talks_left > 0 else 1.0)
    before = math.pow(now.conflict_age / 12.0 / p.ending_scale, p.ending_shape)
    after = math.pow((now.conflict_age + 1.0) / 12.0 / p.ending_scale, p.ending_shape)
    rising = p.early_ending / 12.0 * math.exp(-now.conflict_age / p.early_months)
    return 1.0 - math.exp(-multiplier * (after - before) - rising)


def _how(state: State, u: float, v: float) -> str:
    p = state.model.p
    settled = p.settlement_share
    if state.now.talks_left > 0:
        settled = min(p.talks_settle * settled, 1.0 - p.fade_share)
    if u < p.fade_share:
        return "fades"
    if u < p.fade_share + settled:
        return "settlement"
    return "government" if v < government_holds(state) else "takeover"


def government_holds(state: State) -> float:
    """Return the probability that the government wins a fight to the end: a contest success function."""
    p, now = state.model.p, state.now
    if now.rebels is None:
        return 1.0
    here = now.rebels.ties.get(state.code)
    fighters = here.now.fighters if here else 0.0
    held = (now.forces * (p.unled_worth + now.capacity) + state.guests()) * (1.0 + now.support)
    against = fighters / 1000.0 * (p.unled_worth + now.rebels.now.control) * (1.0 + now.rebels.now.support)
    top = math.pow(held + 1e-3, p.contest_exponent)
    return top / (top + math.pow(against + 1e-3, p.contest_exponent))


def close(state: State, how: str) -> None:
    """End a conflict in a given way."""
    rebels = state.now.rebels
    state.next.in_conflict = False
    state.next.since_conflict = 0
    state.next.mediated = state.now.talks_left > 0 or how == "settlement"
    name = rebels.name if rebels else None
    state.model.tell("ending", state, state, how, name, value=state.now.conflict_age + 1.0)
    if how == "takeover":
        _take_over(state)


def _take_over(state: State) -> None:
    p, winner, loser = state.model.p, state.now.rebels, state.now.governed_by
    if loser is not None:
        loser.next.governs = None
    winner.next.governs = state
    state.next.governed_by = winner
    state.next.rebels = loser
    state.next.capacity = toward(state.next.capacity, 0.0, p.takeover_capacity)
    state.next.legitimacy = toward(state.next.legitimacy, p.takeover_legitimacy, p.takeover_swing)
