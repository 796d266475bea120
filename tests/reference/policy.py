"""What the choices do: stances, guards, drills, summits, deployments; recruits, policing, rivalry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.draws import Purpose
from reference.formulas import logistic, toward

if TYPE_CHECKING:
    from reference.agents import Group, State
    from reference.things import Tie


def carry_out(state: State) -> None:
    """Do what the government chose."""
    action, target = state.month.action, state.month.target
    model = state.model
    if action == "none":
        return
    if action == "deploy":
        target.next.wait = target.alliance.lag + 1
        model.tell("action", state, target.ally.state, action, value=1.0)
        return
    model.tell("action", state, target.group.home, action, target.group.name, value=1.0)
    if action == "summit":
        _host(state, target)
    elif action == "drill":
        for alliance in state.alliances:
            alliance.drill([state], model.p.own_drill_size)
    else:
        _treat(state, action, target)


def _treat(state: State, action: str, tie: Tie) -> None:
    p = state.model.p
    match action:
        case "engage":
            tie.next.engage = True
        case "recognise":
            tie.next.recognise = True
            tie.next.listed = False
            others = [other for other in tie.group.ties.values() if other.abroad and other is not tie]
            listing = sum(other.now.listed for other in others) / max(len(others), 1)
            state.next.prestige = toward(state.next.prestige, 0.0, p.recognition_costs_prestige * listing)
        case "sanction":
            tie.next.sanction = toward(tie.now.sanction, 1.0, p.sanction_step)
        case "aid":
            tie.next.aid = toward(tie.now.aid, 1.0, p.aid_step)
        case "guard":
            way = tie.way_from_home
            way.next.guard = toward(way.next.guard, 1.0, p.guard_step)


def _host(state: State, tie: Tie) -> None:
    """Host a summit with one group about its home, at middle rank."""
    p, about = state.model.p, tie.group.home
    spoiled = p.summit_outsiders * left_out(about, tie.group.at_home.now.fighters)
    hold_summit(state, about, p.own_summit_rank, spoiled, tie.now.listed, state.number)


def left_out(about: State, inside: float) -> float:
    """Return the share of the fighters in a state that belong to groups which do not sit in."""
    total = sum(tie.now.fighters for tie in about.ties)
    return (total - inside) / total if total > 0.0 else 0.0


def hold_summit(host: State, about: State, rank: float, spoiled: float, listed: bool, number: int) -> None:
    """Hold a summit: logit p = s0 + s1·lowest rank − spoilers − s2·listed + s3·stalemate."""
    model = host.model
    p = model.p
    war = about.now
    stale = war.in_conflict and (war.conflict_age >= p.stalemate_months or war.log_deaths < math.log(p.stalemate_deaths))
    host.next.prestige = toward(host.next.prestige, 1.0, p.summit_prestige)
    success = logistic(p.summit_baseline + p.summit_rank * rank - spoiled - p.summit_listed * listed + p.summit_stalemate * stale)
    if model.dice.uniform(model.month, Purpose.SUMMIT, number) >= success:
        model.tell("summit_failure", host, about, value=rank)
        return
    model.tell("summit_success", host, about, value=rank)
    about.next.talks_left = int(p.talks_months)
    for out in about.ways_out:
        for way in (out, out.back):
            way.next.hostility = toward(way.next.hostility, 0.0, p.summit_eases)


def live(group: Group) -> None:
    """Recruit, go home after the war, police rivals, and be worn down by them."""
    p, home = group.model.p, group.home
    own = group.at_home.now.fighters
    if own <= 0.0:
        return
    if group.now.governs is None:
        if group.month.action == "govern":
            scarce = home.now.hardship * (1.0 - home.now.capacity)
            group.at_home.next.fighters += p.recruits * scarce * group.means() * own
        if home.now.since_conflict > 0:
            group.at_home.next.fighters -= p.demobilisation * own
    if group.month.action == "police":
        share = p.rivals_policed * group.now.control
        for tie in home.ties:
            if tie.group is not group:
                tie.next.fighters -= share * tie.now.fighters
                tie.next.cells -= share * tie.now.cells
    rivals = group.rivals()
    if rivals > 0.0:
        group.at_home.next.fighters -= p.rivalry_losses * own * rivals / (own + rivals)
