"""Ending of a conflict: four ways that compete, the capital that falls, and who holds the state after it."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.formulas import HALF, logistic, logit, probability_in_step, toward, write
from stability_sim.dynamics.strength import backing, government_backing
from stability_sim.dynamics.war import LEVEL_REFERENCE, MONTH
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import STREAM_ENDING, uniforms
from stability_sim.world.vocabulary import FADES, GOVERNMENT, LOG_ENDING, ON_ENDING, SETTLEMENT, TAKEOVER

WEAKEST_SEEN = 1.5  # below parity, in log ratio, begin the rebels whose strength the data tell apart
STRONGEST_SEEN = 6.5  # above that
STEEP = 2.0  # how sharply a government's chances go where it is outmatched: from 3/4 to 1/4 over one factor of 3
NOBODY = -1


@inlined
def clock(p, months, level, log_population):
    """Return the rate per year of all endings at an age: a Weibull hazard, later in deadly wars and in large states."""
    years = (months + HALF) * MONTH
    size = log_population - math.log(p.population_reference)
    scaled = exp(p.ending_level - p.ending_deaths * (level - LEVEL_REFERENCE) - p.ending_population * size)
    return scaled * p.ending_shape * math.pow(years, p.ending_shape - 1.0)


@inlined
def ending_rates(p, clock, balance, rebels_backed, government_backed):
    """Return how often, relative to the clock, a government wins, both settle, and a conflict fades.

    A government that is outmatched neither wins nor outlasts the rebels; from parity on, a settlement is as likely whoever is
    the stronger; support from abroad to either side puts off all three.
    """
    seen = min(balance + WEAKEST_SEEN, STRONGEST_SEEN)
    stands = logistic(-STEEP * (balance - p.outmatched))
    lasts = p.government_backed_lasts * government_backed
    wins = p.government_wins + p.government_wins_balance * seen - p.government_wins_rebels_backed * rebels_backed - lasts
    settled = p.settles + p.settles_balance * min(seen, WEAKEST_SEEN)
    settled -= p.settles_rebels_backed * rebels_backed + p.settles_government_backed * government_backed
    fades = p.fades - p.fades_balance * seen - p.fades_rebels_backed * rebels_backed - lasts
    return clock * stands * exp(wins), clock * exp(settled), clock * stands * exp(fades)


@inlined
def _group_of(frame, c):
    """Return the group that fights a conflict, or -1 if it has no name."""
    tie = frame.conflict_tie[c]
    return frame.tie_group[tie] if tie >= 0 else NOBODY


@inlined
def _take_over(frame, p, now, after, r, c):
    """Hand a state to the rebels who won it; the group that governed it may rise again."""
    i, g = frame.conflict_state[c], _group_of(frame, c)
    old = after.governed_by[r, i]  # another conflict of the state may have been won in the same month
    if old >= 0:
        after.governs[r, old] = NOBODY
    if g >= 0:
        after.governs[r, g] = i
    after.governed_by[r, i] = g
    after.capacity[r, i] = toward(after.capacity[r, i], 0.0, p.takeover_capacity)
    after.legitimacy[r, i] = toward(after.legitimacy[r, i], p.takeover_legitimacy, p.takeover_swing)


@inlined
def close(frame, p, now, after, log, key, r, c, how):
    """End the fighting of a conflict in a given way."""
    i, tie = frame.conflict_state[c], frame.conflict_tie[c]
    after.fought[r, c] = 0
    after.quiet_months[r, c] = 0
    after.outcome[r, c] = how
    if now.counted[r, c] == 1 or how == TAKEOVER:
        write(log, key, r, LOG_ENDING, i, i, how, _group_of(frame, c), -1, now.fought_months[r, c] + 1.0)
    after.counted[r, c] = 0
    if how == TAKEOVER:
        _take_over(frame, p, now, after, r, c)
    if how == GOVERNMENT and tie >= 0:
        after.fighters[r, tie] *= p.remnants


@inlined
def _may_rule(frame, now, after, r, c):
    """Return whether the rebels of a conflict could govern its state: not if they are clandestine or rule elsewhere.

    Nor if they took over another state this month.
    """
    g = _group_of(frame, c)
    return g < 0 or (frame.clandestine[g] == 0 and now.governs[r, g] < 0 and after.governs[r, g] < 0)


@inlined
def _holds_most(frame, now, r, c):
    """Return whether the rebels of a conflict hold no other state more: who could take two capitals in a month takes one."""
    g = _group_of(frame, c)
    for other in range(frame.conflict_id.shape[0]):
        if g >= 0 and now.fought[r, other] == 1 and _group_of(frame, other) == g:
            more = now.ground[r, other] - now.ground[r, c]
            if more > 0.0 or (more == 0.0 and frame.conflict_id[other] < frame.conflict_id[c]):
                return False
    return True


@inlined
def _how(frame, p, now, after, month, key, r, c):
    """Return how a conflict ends this month, or -1 if it goes on."""
    falls = logit(now.ground[r, c]) > p.capital_falls
    if falls and _may_rule(frame, now, after, r, c) and _holds_most(frame, now, r, c):
        return TAKEOVER
    i = frame.conflict_state[c]
    rate = clock(p, now.fought_months[r, c], now.level[r, c], frame.log_population[i])
    rate *= exp(p.peacekeeping_ends * now.peacekeeping[r, i]) * month.shock[r, ON_ENDING]
    rebels_backed = max(backing(frame, p, now, r, c), 1.0 * now.rebels_backed[r, c])
    backed = max(government_backing(frame, now, r, i), 1.0 * now.government_backed[r, c])
    wins, settled, fades = ending_rates(p, rate, now.balance[r, c], rebels_backed, backed)
    if now.talks_left[r, i] > 0:
        settled *= p.talks_settle
    total = wins + settled + fades
    u, v = uniforms(key, STREAM_ENDING, frame.conflict_id[c])
    if u >= probability_in_step(total, MONTH):
        return -1
    if v * total < wins:
        return GOVERNMENT
    if v * total < wins + settled:
        return SETTLEMENT
    return FADES


@kernel
def ending(frame, p, now, after, month, log, seed, replicates, t):
    """End the fighting of conflicts, or let them grow older by a month."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for i in range(frame.state_id.shape[0]):
            for c in range(frame.conflict_start[i], frame.conflict_start[i + 1]):
                if now.fought[r, c] == 0:
                    continue
                how = _how(frame, p, now, after, month, key, r, c)
                if how >= 0:
                    close(frame, p, now, after, log, key, r, c, how)
                else:
                    after.fought_months[r, c] = now.fought_months[r, c] + 1
