"""What an attacker sees of the alliances of a state: their credibility, and how fresh their drills are."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.compilation import inlined
from stability_sim.dynamics.formulas import reliability
from stability_sim.world.vocabulary import BY_ATTACK, DEFENCE, NON_AGGRESSION


@inlined
def is_member(frame, alliance, state):
    """Return whether a state is bound by an alliance."""
    found = False
    for m in range(frame.member_start[alliance], frame.member_start[alliance + 1]):
        found = found or frame.member_state[m] == state
    return found


@inlined
def promise(frame, p, alliance, attacker):
    """Return how much of its credibility an alliance brings to bear against an attacker: by what it obliges to."""
    inside = is_member(frame, alliance, attacker)
    kind = frame.obliges[alliance]
    if kind == NON_AGGRESSION:
        return 1.0 if inside else 0.0
    if inside or frame.covers[alliance, BY_ATTACK] == 0:
        return 0.0
    return 1.0 if kind == DEFENCE else p.consultation_promise


@inlined
def credible_alliance(frame, p, now, r, attacker, state):
    """Return the credibility of the strongest alliance of a state against an attacker, C in [0, 1).

    It is the mean reliability of the other members, weighted by their forces: the word of the strong counts.
    """
    best = 0.0
    first, last = frame.ally_start[state], frame.ally_start[state + 1]
    k = first
    while k < last:
        alliance = frame.pact_alliance[frame.ally_pacts[k]]
        weight = 0.0
        total = 0.0
        while k < last and frame.pact_alliance[frame.ally_pacts[k]] == alliance:
            helper = frame.pact_helper[frame.ally_pacts[k]]
            strength = now.forces[r, frame.member_state[helper]] + 1.0
            weight += strength
            total += strength * reliability(now, r, helper)
            k += 1
        best = max(best, promise(frame, p, alliance, attacker) * total / weight)
    return best


@inlined
def fresh_drill(frame, now, r, attacker, state):
    """Return the freshest drill signal of a state in its alliances that the attacker does not belong to."""
    best = 0.0
    for k in range(frame.ally_start[state], frame.ally_start[state + 1]):
        c = frame.ally_pacts[k]
        if not is_member(frame, frame.pact_alliance[c], attacker):
            best = max(best, now.drill[r, frame.pact_ally[c]])
    return best
