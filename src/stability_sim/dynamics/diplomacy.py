"""Summits and drills: signals that governments send, whether the file or their own choice calls for them."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.formulas import logistic, reliability, toward, write
from stability_sim.kernels.compile import inlined
from stability_sim.kernels.randomness import STREAM_SUMMIT, uniform
from stability_sim.world.vocabulary import LOG_SUMMIT_FAILURE, LOG_SUMMIT_SUCCESS


@inlined
def left_out(frame, world, r, about, inside):
    """Return the share of the fighters in a state that belong to groups which do not sit in."""
    total = 0.0
    for k in range(frame.local_start[about], frame.local_start[about + 1]):
        total += world.fighters[r, frame.local_ties[k]]
    return (total - inside) / total if total > 0.0 else 0.0


@inlined
def summit_success(p, lowest_rank, spoiled, listed, stale):
    """Return the probability that a summit succeeds: logit p = s0 + s1·rank − spoilers − s2·listed + s3·stalemate.

    ``spoiled`` sums up who stays away, who holds a veto, and how many fighters belong to groups that do not sit in.
    """
    return logistic(
        p.summit_baseline + p.summit_rank * lowest_rank - spoiled - p.summit_listed * listed + p.summit_stalemate * stale
    )


@inlined
def hold_summit(frame, p, now, after, log, key, r, host, about, entity, rank, spoiled, listed):
    """Hold a summit: the host gains prestige whatever happens; success opens talks and eases hostility."""
    old = now.in_conflict[r, about] == 1 and now.conflict_age[r, about] >= p.stalemate_months
    cold = now.in_conflict[r, about] == 1 and now.log_deaths[r, about] < math.log(p.stalemate_deaths)
    stale = 1.0 if old or cold else 0.0
    after.prestige[r, host] = toward(after.prestige[r, host], 1.0, p.summit_prestige)
    if uniform(key, STREAM_SUMMIT, entity) >= summit_success(p, rank, spoiled, listed, stale):
        write(log, key, r, LOG_SUMMIT_FAILURE, host, about, 0, -1, -1, rank)
        return
    write(log, key, r, LOG_SUMMIT_SUCCESS, host, about, 0, -1, -1, rank)
    after.talks_left[r, about] = int(p.talks_months)
    for d in range(frame.dyad_start[about], frame.dyad_start[about + 1]):
        reverse = frame.dyad_reverse[d]
        after.hostility[r, d] = toward(after.hostility[r, d], 0.0, p.summit_eases)
        after.hostility[r, reverse] = toward(after.hostility[r, reverse], 0.0, p.summit_eases)


@inlined
def run_drill(frame, p, now, after, r, alliance, state, neighbour, size):
    """Run a drill in one state or at the border of two: a signal for those members above all, and credit to their word.

    Credit shrinks as the word is trusted more: drills alone make nobody certain.
    """
    for m in range(frame.member_start[alliance], frame.member_start[alliance + 1]):
        near = frame.member_state[m] in (state, neighbour)
        weight = size if near else p.drill_elsewhere * size
        after.drill[r, m] = toward(after.drill[r, m], 1.0, weight)
        after.honoured[r, m] += p.drill_credit * weight * (1.0 - reliability(now, r, m))


# Each of the five instruments of a stance has a benefit and a cost.
#
# Listing and sanctions take means from a group, but listing makes talks fail and sanctions hurt the people. Aid relieves
# the people, but part of it feeds the group. Recognition and engagement give the group something to lose, and its rule
# legitimacy; who recognises what others list loses standing.


@inlined
def outside_pressure(frame, world, r, g):
    """Return the aid to the people under a group, the sanctions on them, and the shares that recognise, engage, list it.

    Aid and sanctions of several states add up as 1 − Π(1 − x).
    """
    needy = 1.0
    free = 1.0
    recognised = 0.0
    engaged = 0.0
    listed = 0.0
    n = 0
    for tie in range(frame.tie_start[g], frame.tie_start[g + 1]):
        if tie != frame.home_tie[g]:
            needy *= 1.0 - world.aid[r, tie]
            free *= 1.0 - world.sanction[r, tie]
            recognised += world.recognise[r, tie]
            engaged += world.engage[r, tie]
            listed += world.listed[r, tie]
            n += 1
    n = max(n, 1)
    return 1.0 - needy, 1.0 - free, recognised / n, engaged / n, listed / n


@inlined
def means(frame, p, world, r, g):
    """Return what a group can afford relative to one that nobody lists, sanctions or aids, in (0, 1 + diverted aid]."""
    aid, sanctions, _, _, listed = outside_pressure(frame, world, r, g)
    return (1.0 - p.listing_starves * listed) * (1.0 - p.sanction_starves * sanctions) * (1.0 + p.aid_diverted * aid)


@inlined
def listing(frame, world, r, tie):
    """Return the share of the other states that list the group of a tie."""
    g = frame.tie_group[tie]
    listed = 0.0
    n = 0
    for other in range(frame.tie_start[g], frame.tie_start[g + 1]):
        if other != tie and other != frame.home_tie[g]:
            listed += world.listed[r, other]
            n += 1
    return listed / max(n, 1)
