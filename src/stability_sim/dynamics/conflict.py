"""Ending of a conflict, and who holds the state after it."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.formulas import PERSONS_PER_THOUSAND, toward, write
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import STREAM_ENDING, STREAM_INTENSITY, STREAM_OUTCOME, normal, uniform, uniforms
from stability_sim.world.vocabulary import FADES, GOVERNMENT, LOG_ENDING, SETTLEMENT, TAKEOVER

ONE_PERSON = 1e-3  # in thousands, on each side: the odds of a fight of nobody against nobody are defined


@inlined
def probability_of_ending(p, months, multiplier):
    """Return the probability that a conflict of this age ends within the month.

    A Weibull hazard, scaled, and a second one that fades within months: many a rising is over before it takes root,
    whatever its toll.
    """
    rising = p.early_ending / 12.0 * exp(-months / p.early_months)
    begin = math.pow(months / 12.0 / p.ending_scale, p.ending_shape)
    end = math.pow((months + 1.0) / 12.0 / p.ending_scale, p.ending_shape)
    return 1.0 - exp(-multiplier * (end - begin) - rising)


@inlined
def _multiplier(p, now, r, i):
    """Return how intensity, talks, peacekeepers and support to the rebels scale the ending hazard.

    Small conflicts end, large ones last: exp(−κ(x − μ)).
    """
    exponent = p.peacekeeping_ends * now.peacekeeping[r, i]
    exponent -= p.ending_intensity * (now.log_deaths[r, i] - p.log_deaths_mean)
    if now.rebels[r, i] >= 0:
        exponent -= p.support_prolongs * now.group_support[r, now.rebels[r, i]]
    scaled = exp(exponent)
    if now.talks_left[r, i] > 0:
        scaled *= p.talks_ending
    return scaled


@inlined
def _sent_to(frame, now, r, i):
    """Return the thousands of troops that allies have in a state."""
    troops = 0.0
    for k in range(frame.ally_start[i], frame.ally_start[i + 1]):
        troops += now.deployed[r, frame.ally_pacts[k]]
    return troops


@inlined
def _rebels_here(frame, now, r, g, i):
    """Return the fighters of a group in a state."""
    for tie in range(frame.tie_start[g], frame.tie_start[g + 1]):
        if frame.tie_state[tie] == i:
            return now.fighters[r, tie]
    return 0.0


@inlined
def government_holds(frame, p, now, r, i):
    """Return the probability that the government wins a fight to the end: a contest success function."""
    g = now.rebels[r, i]
    if g < 0:
        return 1.0
    own = now.forces[r, i] * (p.unled_worth + now.capacity[r, i])
    strength = (own + _sent_to(frame, now, r, i)) * (1.0 + now.state_support[r, i])
    fighting = _rebels_here(frame, now, r, g, i) / PERSONS_PER_THOUSAND
    against = fighting * (p.unled_worth + now.control[r, g]) * (1.0 + now.group_support[r, g])
    top = math.pow(strength + ONE_PERSON, p.contest_exponent)
    return top / (top + math.pow(against + ONE_PERSON, p.contest_exponent))


@inlined
def _take_over(frame, p, now, after, r, i):
    """Hand a state to the group that won it."""
    g = now.rebels[r, i]
    old = now.governed_by[r, i]
    if old >= 0:
        after.governs[r, old] = -1
    after.governs[r, g] = i
    after.governed_by[r, i] = g
    after.capacity[r, i] = toward(after.capacity[r, i], 0.0, p.takeover_capacity)
    after.legitimacy[r, i] = toward(after.legitimacy[r, i], p.takeover_legitimacy, p.takeover_swing)
    after.rebels[r, i] = old


@inlined
def _can_rule(frame, now, r, i):
    """Return whether the rebels of a state could govern it: not if they are nobody, clandestine, or rule elsewhere."""
    g = now.rebels[r, i]
    return g >= 0 and frame.clandestine[g] == 0 and now.governs[r, g] < 0


@inlined
def _how(p, government_wins, talks, u, v):
    """Return how a conflict ends, at two uniform quantiles."""
    settled = p.settlement_share
    if talks:
        settled = min(p.talks_settle * settled, 1.0 - p.fade_share)
    if u < p.fade_share:
        return FADES
    if u < p.fade_share + settled:
        return SETTLEMENT
    if v < government_wins:
        return GOVERNMENT
    return TAKEOVER


@inlined
def close(frame, p, now, after, log, key, r, i, how):
    """End a conflict in a given way."""
    after.in_conflict[r, i] = 0
    after.since_conflict[r, i] = 0
    after.mediated[r, i] = 1 if now.talks_left[r, i] > 0 or how == SETTLEMENT else 0
    write(log, key, r, LOG_ENDING, i, i, how, now.rebels[r, i], -1, now.conflict_age[r, i] + 1.0)
    if how == TAKEOVER:
        _take_over(frame, p, now, after, r, i)


@kernel
def ending(frame, p, now, after, month, log, seed, replicates, t):
    """End conflicts, or let them grow older by a month."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for i in range(frame.state_id.shape[0]):
            if now.in_conflict[r, i] == 0:
                continue
            entity = frame.state_id[i]
            ends = probability_of_ending(p, now.conflict_age[r, i], _multiplier(p, now, r, i))
            if uniform(key, STREAM_ENDING, entity) >= ends:
                after.conflict_age[r, i] = now.conflict_age[r, i] + 1
                continue
            how_u, how_v = uniforms(key, STREAM_OUTCOME, entity)
            government_wins = government_holds(frame, p, now, r, i)
            how = _how(p, government_wins, now.talks_left[r, i] > 0, how_u, how_v)
            if how == TAKEOVER and not _can_rule(frame, now, r, i):
                how = FADES
            close(frame, p, now, after, log, key, r, i, how)


@kernel
def intensity(frame, p, now, after, month, log, seed, replicates, t):
    """Move log deaths of the conflicts that go on: x' = μ + ρ(x−μ) + σ·√(1−ρ²)·N(0,1)."""
    persistence = p.log_deaths_persistence
    scale = p.log_deaths_sd * math.sqrt(1.0 - persistence * persistence)
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for i in range(frame.state_id.shape[0]):
            if now.in_conflict[r, i] == 1:
                noise = normal(key, STREAM_INTENSITY, frame.state_id[i])
                gap = now.log_deaths[r, i] - p.log_deaths_mean
                after.log_deaths[r, i] = p.log_deaths_mean + persistence * gap + scale * noise
