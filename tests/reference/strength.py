"""What the two sides of a conflict can bring to bear, in thousands of soldiers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reference.agents import Group, State
    from reference.things import Conflict, Tie

ONE_PERSON = 0.001
MOST = 6.0


def backing_of_state(state: State) -> float:
    """Return the support from abroad to a government: 1 − (1 − external support)·Π(1 − arms)(1 − funds)."""
    lacking = [(1.0 - given.now.arms) * (1.0 - given.now.funds) for given in state.supports]
    return 1.0 - (1.0 - state.now.support) * math.prod(lacking)


def backing_of_group(group: Group) -> float:
    """Return the support from abroad to a group: as to a government, and it can be safe behind a border."""
    safety = group.model.p.sanctuary_worth
    lacking = [
        (1.0 - given.now.arms) * (1.0 - given.now.funds) * (1.0 - safety * given.now.sanctuary) for given in group.supports
    ]
    return 1.0 - (1.0 - group.now.support) * math.prod(lacking)


def backing_of_rebels(conflict: Conflict) -> float:
    """Return the support from abroad to the rebels of a conflict: none to those without a name."""
    return backing_of_group(conflict.group) if conflict.group else 0.0


def cohesion(state: State) -> float:
    """Return which part of an army stands: (L + (1 − L)·backing)^m."""
    believed = state.now.legitimacy
    return math.pow(believed + (1.0 - believed) * backing_of_state(state), state.model.p.army_melts)


def under_arms(tie: Tie, when: str) -> float:
    """Return the strength of a group in a state: N/1000·(u + (1 − u)·σ)·(1 + a·backing)."""
    p, group = tie.group.model.p, tie.group
    led = p.unled_worth + (1.0 - p.unled_worth) * group.now.control
    return getattr(tie, when).fighters / 1000.0 * led * (1.0 + p.support_worth * backing_of_group(group))


def of_government(state: State) -> float:
    """Return M·e^{k(K − ½)}·cohesion·(1 + a·backing), the fighters of the group that governs, and troops from abroad."""
    p, now = state.model.p, state.now
    army = now.forces * math.exp(p.capacity_worth * (now.capacity - 0.5)) * cohesion(state)
    army *= 1.0 + p.support_worth * backing_of_state(state)
    ruling = [under_arms(tie, "now") for tie in state.ties if tie.group is now.governed_by]
    foreign = state.guests() + sum(given.now.troops for given in state.supports)
    return army + sum(ruling) + p.troops_worth * foreign


def of_rebels(conflict: Conflict, when: str = "now") -> float:
    """Return the strength of those who rose with no group, of the group's fighters there, and of troops sent to it at home."""
    strength = getattr(conflict, when).rising
    tie = conflict.tie
    if tie is None:
        return strength
    strength += under_arms(tie, when)
    if not tie.abroad:
        strength += conflict.state.model.p.rebel_troops_worth * sum(given.now.troops for given in tie.group.supports)
    return strength


def balance(rebels: float, government: float) -> float:
    """Return ln(rebels/government), a person added to each side, from 1 to 400 up to 400 to 1."""
    ratio = (rebels + ONE_PERSON) / (government + ONE_PERSON)
    return max(-MOST, min(MOST, math.log(ratio)))
