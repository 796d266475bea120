"""A conflict that is fought: how its sides stand, who holds the ground, how many die; and what that makes of a state."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from reference import strength
from reference.draws import Purpose
from reference.formulas import chance, logistic, logit, toward

if TYPE_CHECKING:
    from reference.agents import State
    from reference.things import Conflict

MEDIAN = 5.0
EDGE = 0.02
LOUD = 0.1
COUNTS = 25.0


def fight(state: State) -> None:
    """Fight all conflicts of a state: its forces are divided as the strengths of its foes to a power, equally if all are nil."""
    fronts = [conflict for conflict in state.conflicts if conflict.now.fought]
    weights = [math.pow(strength.of_rebels(conflict), state.model.p.front_division) for conflict in fronts]
    whole = strength.of_government(state) if fronts else 0.0
    for conflict, weight in zip(fronts, weights, strict=True):
        part = weight / sum(weights) if sum(weights) > 0.0 else 1.0 / len(fronts)
        _stand(conflict, part * whole)
        _seek_support(conflict)
        _kill(conflict)


def _stand(conflict: Conflict, government: float) -> None:
    """Move balance, fortune, ground and level by a month."""
    model, now, after = conflict.state.model, conflict.now, conflict.next
    p = model.p
    rebels = strength.of_rebels(conflict)
    after.balance = strength.balance(rebels, government)
    after.fortune = _follow(now.fortune, 0.5 ** (1.0 / p.fortune_half_life), p.fortune_sd, _noise(conflict, Purpose.FORTUNE))
    after.ground = ground_after(p, now.ground, after.balance + now.fortune, _noise(conflict, Purpose.GROUND))
    after.swing = _follow(now.swing, p.swing_persistence, p.swing_sd, _noise(conflict, Purpose.INTENSITY))
    after.level = now.own_level + after.swing + p.deaths_follow * strength.balance(rebels, now.first_strength)


def _seek_support(conflict: Conflict) -> None:
    """Let each side find or lose the support of states without a name: lost at a rate, found so that a share has it on average."""
    model = conflict.state.model
    p, now, after = model.p, conflict.now, conflict.next
    u, v = model.dice.two(model.month, Purpose.SPONSORS, conflict.number)
    after.rebels_backed = _backed(now.rebels_backed, p.rebels_find_support, p.rebels_lose_support, u)
    after.government_backed = _backed(now.government_backed, p.governments_find_support, p.governments_lose_support, v)


def _backed(now: bool, share: float, loses: float, u: float) -> bool:
    rate = loses if now else loses * share / (1.0 - share)
    return now != (u < chance(rate, 1.0 / 12.0))


def _noise(conflict: Conflict, purpose: Purpose) -> float:
    model = conflict.state.model
    return model.dice.normal(model.month, purpose, conflict.number)


def _follow(value: float, kept: float, spread: float, noise: float) -> float:
    """Return an autoregression's next value: ρ·x + σ·√(1 − ρ²)·N(0, 1)."""
    return kept * value + spread * math.sqrt(1.0 - kept**2) * noise


def ground_after(p: Any, ground: float, better: float, noise: float) -> float:
    """Return θ': Δ logit θ = κ/12·(γ·(b + ω + α·ln((θ + ε)/(1 + ε − θ))) − logit θ) + σ·√(1/12)·N(0, 1)."""
    odds = logit(ground)
    fed = p.ground_feeds * math.log((ground + EDGE) / (1.0 + EDGE - ground))
    drawn = p.ground_speed / 12.0 * (p.ground_follows * (better + fed) - odds)
    return logistic(odds + drawn + p.ground_sd / math.sqrt(12.0) * noise)


def _kill(conflict: Conflict) -> None:
    """Draw the deaths of a month: none in a silent one; else the year's rate over the loud months, with bursts and the shock."""
    model, now, after = conflict.state.model, conflict.now, conflict.next
    p = model.p
    silent = logistic(p.silence - p.silence_deaths * (after.level - MEDIAN))
    lasts = now.fought_months > 0 and now.killed == 0.0
    chance = toward(silent, 1.0, p.silence_lasts) if lasts else silent * (1.0 - p.silence_lasts)
    after.killed = 0.0
    if model.dice.uniform(model.month, Purpose.SILENCE, conflict.number) >= chance:
        burst = math.exp(p.burst_sd * _noise(conflict, Purpose.BURST) - p.burst_sd**2 / 2.0)
        killed = math.exp(after.level) / 12.0 / max(1.0 - silent, LOUD) * burst
        most = p.most_killed_per_month * conflict.state.population * 1e6
        after.killed = min(killed, most) * model.shocks["deaths"]


def count(conflict: Conflict) -> None:
    """Sum up deaths by calendar year; from 25 in this year or in the last on, a conflict counts while it is fought."""
    model, now, after = conflict.state.model, conflict.now, conflict.next
    new_year = (model.month + model.first_month) % 12 == 0
    if now.known_months > 0 or after.fought:
        after.known_months = now.known_months + 1
        after.months_fought = now.months_fought + after.fought
    if not (now.fought or after.fought):
        after.quiet_months, after.killed = now.quiet_months + 1, 0.0
    if new_year:
        after.last_year_killed = now.year_killed
    after.year_killed = after.killed if new_year else now.year_killed + after.killed
    after.counted = after.fought and max(after.year_killed, after.last_year_killed) >= COUNTS
    who = conflict.group.name if conflict.group else None
    if after.counted and not now.counted:
        conflict.state.month.onsets += 1
        border = after.way.border if after.way else None
        model.tell("onset", conflict.state, after.source, after.channel or "", who, border, after.year_killed)
    if after.fought and now.counted and not after.counted:
        model.tell("ending", conflict.state, conflict.state, "fades", who, value=float(after.fought_months))


def remember(state: State) -> None:
    """Write what its conflicts make of a state, and let its neighbours remember."""
    sum_up(state, "next")
    share = 1.0 / 12.0 / state.model.p.war_remembered_years
    state.next.war_memory = toward(state.now.war_memory, float(state.now.in_conflict), share)


def sum_up(state: State, when: str = "now") -> None:
    """Write whether a state is at war, since when, with whom, how deadly: its rebels are of the deadliest or latest fighting."""
    condition = getattr(state, when)
    all_of_them = {conflict: getattr(conflict, when) for conflict in state.conflicts}
    fought = {conflict: its for conflict, its in all_of_them.items() if its.fought}
    if fought:
        main = max(fought, key=lambda conflict: fought[conflict].level)
        condition.since_conflict = 0
    else:
        main = min(all_of_them, key=lambda conflict: all_of_them[conflict].quiet_months)
        condition.since_conflict = all_of_them[main].quiet_months
    condition.rebels = main.group
    condition.in_conflict = any(its.counted for its in fought.values())
    condition.conflict_age = max((its.fought_months for its in fought.values()), default=0)
    condition.log_deaths = math.log(max(sum(math.exp(its.level) for its in fought.values()), 1.0))
    condition.deaths = sum(its.killed for its in all_of_them.values())


def strengthen(state: State) -> None:
    """Set what the file does not say of the fighting at the start: who fights with no group, how strong, with what luck."""
    model = state.model
    p = model.p
    government = strength.of_government(state)
    for conflict in state.conflicts:
        now = conflict.now
        if not now.fought:
            continue
        if conflict.group is None:
            older = p.rising_balance_age * math.log(1.0 + now.fought_months / 12.0)
            against = p.rising_balance - older + p.rising_balance_sd * _noise(conflict, Purpose.RISING)
            now.rising = government * math.exp(against)
        now.first_strength = strength.of_rebels(conflict)
        now.balance = strength.balance(now.first_strength, government)
        now.fortune = p.fortune_sd * _noise(conflict, Purpose.FORTUNE_AT_START)
    sum_up(state)
