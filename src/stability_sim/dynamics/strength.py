"""What the two sides of a conflict can bring to bear, in thousands of soldiers, and the balance between them."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.formulas import HALF, PERSONS_PER_THOUSAND, toward
from stability_sim.kernels.compile import inlined
from stability_sim.kernels.elementary import exp

ONE_PERSON = 1e-3  # in thousands, on each side: the ratio of nobody to nobody is defined
MOST = 6.0  # log ratio: 400 to 1 is as good as any number to 1


@inlined
def cohesion(p, legitimacy, backed):
    """Return which part of an army stands: an army that few believe in stands as long as somebody pays it."""
    return math.pow(legitimacy + (1.0 - legitimacy) * backed, p.army_melts)


@inlined
def troops_sent(frame, now, r, i):
    """Return the thousands of troops that allies and supporters have in a state."""
    troops = 0.0
    for k in range(frame.ally_start[i], frame.ally_start[i + 1]):
        troops += now.deployed[r, frame.ally_pacts[k]]
    for k in range(frame.backed_state_start[i], frame.backed_state_start[i + 1]):
        troops += now.troops[r, frame.backed_state_supports[k]]
    return troops


@inlined
def government_backing(frame, now, r, i):
    """Return the support from abroad to a government, in [0, 1]: arms and money of several states add up as 1 − Π(1 − x)."""
    without = 1.0 - now.state_support[r, i]
    for k in range(frame.backed_state_start[i], frame.backed_state_start[i + 1]):
        s = frame.backed_state_supports[k]
        without *= (1.0 - now.arms[r, s]) * (1.0 - now.funds[r, s])
    return 1.0 - without


@inlined
def group_backing(frame, p, now, r, g):
    """Return the support from abroad to a group, in [0, 1]: arms, money and a place where it is safe."""
    without = 1.0 - now.group_support[r, g]
    for k in range(frame.backed_group_start[g], frame.backed_group_start[g + 1]):
        s = frame.backed_group_supports[k]
        safe = 1.0 - p.sanctuary_worth * now.sanctuary[r, s]
        without *= (1.0 - now.arms[r, s]) * (1.0 - now.funds[r, s]) * safe
    return 1.0 - without


@inlined
def armed(frame, p, now, r, g, people):
    """Return the strength of fighters of a group: as far as it controls them, more with support from abroad."""
    led = toward(p.unled_worth, 1.0, now.control[r, g])
    return people / PERSONS_PER_THOUSAND * led * (1.0 + p.support_worth * group_backing(frame, p, now, r, g))


@inlined
def government_strength(frame, p, now, r, i):
    """Return the strength of a government: its army, the fighters of the group that governs, and troops from abroad."""
    backed = government_backing(frame, now, r, i)
    trained = exp(p.capacity_worth * (now.capacity[r, i] - HALF))
    own = now.forces[r, i] * trained * cohesion(p, now.legitimacy[r, i], backed) * (1.0 + p.support_worth * backed)
    g = now.governed_by[r, i]
    if g >= 0:
        for k in range(frame.local_start[i], frame.local_start[i + 1]):
            tie = frame.local_ties[k]
            if frame.tie_group[tie] == g:
                own += armed(frame, p, now, r, g, now.fighters[r, tie])
    return own + p.troops_worth * troops_sent(frame, now, r, i)


@inlined
def rebel_strength(frame, p, now, r, c):
    """Return the strength of the rebels of a conflict: a group's fighters there, troops sent to it, those who rose with no group.

    Troops are where the group is at home.
    """
    strength = now.rising[r, c]
    tie = frame.conflict_tie[c]
    if tie >= 0:
        g = frame.tie_group[tie]
        strength += armed(frame, p, now, r, g, now.fighters[r, tie])
        if frame.home_tie[g] == tie:
            for k in range(frame.backed_group_start[g], frame.backed_group_start[g + 1]):
                strength += p.rebel_troops_worth * now.troops[r, frame.backed_group_supports[k]]
    return strength


@inlined
def balance_of(rebels, government):
    """Return the log ratio of the strength of the rebels to that of the government, within bounds."""
    return min(max(math.log((rebels + ONE_PERSON) / (government + ONE_PERSON)), -MOST), MOST)


@inlined
def backing(frame, p, now, r, c):
    """Return the support from abroad to the rebels of a conflict: that of their group, if it has a name."""
    tie = frame.conflict_tie[c]
    return group_backing(frame, p, now, r, frame.tie_group[tie]) if tie >= 0 else 0.0
