"""Summits and drills: signals that governments send, whether the file or their own choice calls for them."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.compilation import inlined
from stability_sim.dynamics.formulas import logistic, toward, write
from stability_sim.randomness import STREAM_SUMMIT, uniform
from stability_sim.world.vocabulary import LOG_SUMMIT_FAILURE, LOG_SUMMIT_SUCCESS

TALKS_MONTHS = 12
STALE_MONTHS = 24
COLD = 4.0  # log deaths a year: about 55
HOSTILITY_EASED = 0.2
DRILL_CREDIT = 0.25  # of an honoured call


@inlined
def summit_success(p, lowest_rank, absent, listed, stale):
    """Return the probability that a summit succeeds: logit p = −2 + 2.5·rank − spoilers − 0.8·listed + 0.8·stalemate."""
    return logistic(
        p.summit_baseline
        + p.summit_rank * lowest_rank
        - p.summit_spoiler * absent
        - p.summit_listed * listed
        + p.summit_stalemate * stale
    )


@inlined
def hold_summit(frame, p, now, after, log, host, about, rank, absent, listed, seed, replicate, t, entity, r):
    """Hold a summit: the host gains prestige whatever happens; success opens talks and eases hostility."""
    old = now.in_conflict[r, about] == 1 and now.conflict_age[r, about] >= STALE_MONTHS
    cold = now.in_conflict[r, about] == 1 and now.log_deaths[r, about] < COLD
    stale = 1.0 if old or cold else 0.0
    after.prestige[r, host] = toward(after.prestige[r, host], 1.0, p.summit_prestige)
    if uniform(seed, replicate, t, STREAM_SUMMIT, entity) >= summit_success(p, rank, absent, listed, stale):
        write(log, r, t, LOG_SUMMIT_FAILURE, host, about, 0, -1, -1, rank)
        return
    write(log, r, t, LOG_SUMMIT_SUCCESS, host, about, 0, -1, -1, rank)
    after.talks_left[r, about] = TALKS_MONTHS
    for d in range(frame.dyad_start[about], frame.dyad_start[about + 1]):
        back = frame.dyad_reverse[d]
        after.hostility[r, d] = toward(after.hostility[r, d], 0.0, HOSTILITY_EASED)
        after.hostility[r, back] = toward(after.hostility[r, back], 0.0, HOSTILITY_EASED)


@inlined
def run_drill(frame, after, alliance, size, r):
    """Run a drill: a fresh signal of an alliance, and a little credit for each member's word."""
    after.drill[r, alliance] = toward(after.drill[r, alliance], 1.0, size)
    for m in range(frame.member_start[alliance], frame.member_start[alliance + 1]):
        after.honoured[r, m] += DRILL_CREDIT * size
