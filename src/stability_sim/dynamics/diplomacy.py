"""Summits and drills: signals that governments send, whether the file or their own choice calls for them."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.compilation import inlined
from stability_sim.dynamics.formulas import logistic, reliability, toward, write
from stability_sim.randomness import STREAM_SUMMIT, uniform
from stability_sim.world.vocabulary import LOG_SUMMIT_FAILURE, LOG_SUMMIT_SUCCESS


@inlined
def left_out(frame, world, inside, about, r):
    """Return the share of the fighters in a state that belong to groups which do not sit in."""
    total = 0.0
    for k in range(frame.local_start[about], frame.local_start[about + 1]):
        total += world.fighters[r, frame.local_ties[k]]
    return (total - inside) / total if total > 0.0 else 0.0


@inlined
def summit_success(p, lowest_rank, spoiled, listed, stale):
    """Return the probability that a summit succeeds: logit p = −2 + 2.5·rank − spoilers − 0.8·listed + 0.8·stalemate.

    ``spoiled`` sums up who stays away, who holds a veto, and how many fighters belong to groups that do not sit in.
    """
    return logistic(
        p.summit_baseline + p.summit_rank * lowest_rank - spoiled - p.summit_listed * listed + p.summit_stalemate * stale
    )


@inlined
def hold_summit(frame, p, now, after, log, host, about, rank, spoiled, listed, seed, replicate, t, entity, r):
    """Hold a summit: the host gains prestige whatever happens; success opens talks and eases hostility."""
    old = now.in_conflict[r, about] == 1 and now.conflict_age[r, about] >= p.stalemate_months
    cold = now.in_conflict[r, about] == 1 and now.log_deaths[r, about] < math.log(p.stalemate_deaths)
    stale = 1.0 if old or cold else 0.0
    after.prestige[r, host] = toward(after.prestige[r, host], 1.0, p.summit_prestige)
    if uniform(seed, replicate, t, STREAM_SUMMIT, entity) >= summit_success(p, rank, spoiled, listed, stale):
        write(log, r, t, LOG_SUMMIT_FAILURE, host, about, 0, -1, -1, rank)
        return
    write(log, r, t, LOG_SUMMIT_SUCCESS, host, about, 0, -1, -1, rank)
    after.talks_left[r, about] = int(p.talks_months)
    for d in range(frame.dyad_start[about], frame.dyad_start[about + 1]):
        back = frame.dyad_reverse[d]
        after.hostility[r, d] = toward(after.hostility[r, d], 0.0, p.summit_eases)
        after.hostility[r, back] = toward(after.hostility[r, back], 0.0, p.summit_eases)


@inlined
def run_drill(frame, p, now, after, alliance, here, there, size, r):
    """Run a drill in one state or at the border of two: a signal for those members above all, and credit to their word.

    Credit shrinks as the word is trusted more: drills alone make nobody certain.
    """
    for m in range(frame.member_start[alliance], frame.member_start[alliance + 1]):
        near = frame.member_state[m] in (here, there)
        seen = size if near else p.drill_elsewhere * size
        after.drill[r, m] = toward(after.drill[r, m], 1.0, seen)
        after.honoured[r, m] += p.drill_credit * seen * (1.0 - reliability(now, r, m))
