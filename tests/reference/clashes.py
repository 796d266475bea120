"""Three rungs that are never merged: skirmishes on a border, raids across it, overt attacks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.draws import Purpose, poisson
from reference.formulas import logistic, misjudged, toward

if TYPE_CHECKING:
    from reference.agents import Alliance, Group, State
    from reference.things import Border, Way


def skirmish(border: Border) -> None:
    """Draw skirmishes: Poisson with rate ι·(length/reference)^γ·exp(1.5(h − ½)) a month."""
    model = border.forth.source.model
    p = model.p
    hostility = 0.5 * (border.forth.now.hostility + border.back.now.hostility)
    long = (border.length_km / p.incident_reference) ** p.incident_length
    rate = p.incidents_per_month * long * math.exp(p.incident_hostility * (hostility - 0.5))
    border.incidents = poisson(rate, model.dice.uniform(model.month, Purpose.INCIDENTS, border.number))
    if border.incidents > 0:
        border.forth.embitter(1.0 - math.exp(-p.embitters_incident * border.incidents))


def raid(group: Group) -> None:
    """Raid, if the group chose to: a watched border stops more of them."""
    model = group.model
    p, way = model.p, group.month.route.way if group.month.route else None
    if group.month.action != "raid":
        return
    group.month.attempts += 1
    success = p.raid_success * (1.0 - p.raid_watched * way.month.detection)
    if model.dice.uniform(model.month, Purpose.RAID, group.number) < success:
        way.month.raids += 1
        group.next.credibility = toward(group.next.credibility, 0.0, p.word_broken)
        way.embitter(p.embitters_raid)
        model.tell("raid", way.target, way.source, "", group.name, way.border, 1.0)


def attack(way: Way) -> None:
    """Let whoever governs the source attack the target overtly, by choice or because the file says so."""
    model = way.source.model
    p = model.p
    if way.border is None and not way.month.attack_by_file:
        return
    drawn = model.dice.uniform(model.month, Purpose.ATTACK, way.number) < probability_of_attack(way)
    if not drawn and not way.month.attack_by_file:
        return
    way.month.attacks += 1
    group = way.source.now.governed_by
    if group is not None:
        group.next.credibility = toward(group.next.credibility, 0.0, p.attack_breaks_word * p.word_broken)
    way.target.next.hardship = toward(way.target.next.hardship, 1.0, p.attack_hardship)
    way.embitter(p.embitters_attack)
    model.tell("attack", way.target, way.source, "", group.name if group else None, way.border, 1.0)


def probability_of_attack(way: Way) -> float:
    """Return p: logit p = a0 + a1·ω + a2·ln(force ratio) + a3·h − δA·C − δE·E + δD·D."""
    attacker, target = way.source, way.target
    p, group = attacker.model.p, attacker.now.governed_by
    aim = group.now.export_aim if group else attacker.now.export_aim
    if aim <= 0.0:
        return 0.0
    stake = group.now.stake if group else p.state_stake
    believed = credible_alliance(attacker, target)
    if group and 0.0 < believed < 1.0:
        believed = misjudged(believed, group.month.misjudges)
    ratio = (_fighting_for(attacker) + 1.0) / (_fighting_for(target) + 1.0)
    return logistic(
        p.attack_baseline
        + p.attack_aim * aim
        + p.attack_force * math.log(ratio)
        + p.attack_hostility * way.now.hostility
        - p.alliance_deters * believed
        - p.stake_deters * stake
        + p.drill_effect * fresh_drill(attacker, target)
    )


def _fighting_for(state: State) -> float:
    """Return forces in thousands: its own, those of the group that governs it, those of allies."""
    group = state.now.governed_by
    ruling = group.at_home.now.fighters / 1000.0 if group else 0.0
    return state.now.forces + ruling + state.guests()


def credible_alliance(attacker: State, target: State) -> float:
    """Return how credible the strongest alliance of a state is: the reliability of the others, weighted by forces."""
    best = 0.0
    for alliance in target.alliances:
        others = [member for member in alliance.members.values() if member.state is not target]
        weight = sum(member.state.now.forces + 1.0 for member in others)
        word = sum((member.state.now.forces + 1.0) * member.now.reliability for member in others)
        best = max(best, _promise(alliance, attacker) * word / weight)
    return best


def _promise(alliance: Alliance, attacker: State) -> float:
    """Return how much of its credibility an alliance brings to bear: by what it obliges to, and against whom."""
    if alliance.obliges == "non_aggression":
        return 1.0 if alliance.binds(attacker) else 0.0
    if alliance.binds(attacker) or "overt_attack" not in alliance.covers:
        return 0.0
    return 1.0 if alliance.obliges == "defence" else attacker.model.p.consultation_promise


def fresh_drill(attacker: State, target: State) -> float:
    """Return the freshest drill signal of a state in alliances to which the attacker does not belong."""
    drills = [a.members[target.code].now.drill for a in target.alliances if not a.binds(attacker)]
    return max(drills, default=0.0)
