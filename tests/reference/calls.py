"""Alliances are called; members honour or abandon, and are remembered for it; forces come and go."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.draws import Purpose
from reference.formulas import logistic, logit, toward

if TYPE_CHECKING:
    from reference.agents import Alliance, State
    from reference.things import Pact


def call(state: State) -> None:
    """Call the alliances of a state that was attacked, raided or infiltrated this month."""
    p = state.model.p
    for threat in ("attacks", "raids"):
        came = [way.source for way in state.ways_in if getattr(way.month, threat) > 0]
        if came:
            _ask(state, "overt_attack" if threat == "attacks" else "raid", came[0])
    serious = p.cells_serious * p.cells_half
    if state.foreign_cells("now") < serious <= state.foreign_cells("next"):
        _ask(state, "infiltration", None)


def _ask(state: State, threat: str, attacker: State | None) -> None:
    for pact in state.pacts_to_be_helped:
        bound = threat in pact.alliance.covers and pact.alliance.obliges != "non_aggression"
        if bound and pact.helper.state is not attacker:
            _answer(pact, threat, attacker)


def _answer(pact: Pact, threat: str, attacker: State | None) -> None:
    model, helper = pact.alliance.model, pact.helper
    u, v = model.dice.two(model.month, Purpose.HONOUR, pact.number)
    told = (helper.state, pact.ally.state, threat, pact.alliance.name)
    if (v if threat == "raid" else u) >= probability_of_honouring(pact, threat, attacker):
        helper.next.abandoned += 1.0
        helper.abandoned += 1
        model.tell("call_abandoned", *told, value=helper.now.reliability)
        return
    helper.next.honoured += 1.0
    helper.honoured += 1
    model.tell("call_honoured", *told, value=helper.now.reliability)
    if pact.alliance.obliges == "defence" and pact.idle:
        pact.next.wait = pact.alliance.lag + 1


def probability_of_honouring(pact: Pact, threat: str, attacker: State | None) -> float:
    """Return p: logit p = logit(reliability) − from inside + prestige of the lead − overstretch − no attack + share."""
    alliance, p = pact.alliance, pact.alliance.model.p
    value = logit(pact.helper.now.reliability)
    value -= p.honour_external if alliance.binds(attacker) else 0.0
    if alliance.lead is not None:
        value += p.honour_prestige * (alliance.lead.now.prestige - p.prestige_reference)
    value -= p.honour_overstretch * _overstretch(pact.helper.state)
    value -= 0.0 if threat == "overt_attack" else p.honour_scope
    value += p.honour_burden * (_fair_share(pact) - 1.0 / (len(alliance.members) - 1))
    return logistic(value)


def _overstretch(state: State) -> float:
    """Return the share of a state's forces that is bound: at war at home, or sent abroad."""
    if state.now.in_conflict:
        return 1.0
    sent = sum(pact.now.deployed for pact in state.pacts_to_help)
    return sent / (sent + state.now.forces + 1e-9)


def _fair_share(pact: Pact) -> float:
    """Return a helper's part of the forces of all who are bound to help the same ally."""
    helpers = [member for member in pact.alliance.members.values() if member is not pact.ally]
    total = sum(member.state.now.forces for member in helpers)
    return (pact.helper.state.now.forces + 1e-9) / (total + len(helpers) * 1e-9)


def move_forces(alliance: Alliance) -> None:
    """Let drills fade, forces on the way arrive, and those whose time is over leave unless the ally is at war."""
    model = alliance.model
    p = model.p
    for member in alliance.members.values():
        member.next.drill = toward(member.next.drill, 0.0, 1.0 - math.exp(-math.log(2.0) / p.drill_half_life))
    for pact in alliance.pacts:
        now = pact.now
        if now.wait == 1:
            need = p.burden_need * (pact.ally.state.now.forces + 1.0)
            pact.next.deployed = min(_fair_share(pact) * need, p.deployed_share * pact.helper.state.now.forces)
            pact.next.left = int(p.deployed_months)
            model.tell("deployment", pact.helper.state, pact.ally.state, "", alliance.name, value=pact.next.deployed)
        if now.wait > 0:
            pact.next.wait = now.wait - 1
        if now.left > 0:
            pact.next.left = now.left - 1
        if now.left == 0 and now.deployed > 0.0 and not pact.ally.state.now.in_conflict:
            pact.next.deployed = 0.0
