"""A conflict that is fought: how strong its sides are, who holds the ground, how many die; and what that makes of its state."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.formulas import HALF, PERSONS_PER_MILLION, logistic, logit, probability_in_step, toward, write
from stability_sim.dynamics.strength import balance_of, government_strength, rebel_strength
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import (
    STREAM_BURST,
    STREAM_FORTUNE,
    STREAM_FORTUNE_START,
    STREAM_GROUND,
    STREAM_INTENSITY,
    STREAM_RISING,
    STREAM_SILENCE,
    STREAM_SPONSORS,
    normal,
    uniform,
    uniforms,
)
from stability_sim.world.vocabulary import FADES, FEWEST_COUNTED, LOG_ENDING, LOG_ONSET, ON_DEATHS

MONTHS = 12  # of a calendar year
MONTH = 1.0 / 12.0  # in years
LEVEL_REFERENCE = 5.0  # log of 148 deaths a year, about the median conflict: where the constants of its formulas hold
GROUND_EDGE = 0.02  # who holds nothing lives off a fiftieth, who holds all lacks as much: log odds stay finite
FEWEST_LOUD = 0.1  # share of months with deaths under which a month is not made deadlier to keep the toll of the year
LN_2 = math.log(2.0)  # a half-life is ln 2 over the rate
ONE_DEATH = 1.0  # a year: the lowest level that a file can give


@inlined
def ground_next(p, ground, balance, fortune, noise):
    """Return the ground of the rebels a month later: it is drawn to what their strength can hold, with luck.

    Δ logit θ = κ/12·(γ·b' − logit θ) + σ·√(1/12)·N(0, 1), with b' = b + ω + α·ln((θ + ε)/(1 + ε − θ)): each side lives off its
    ground.
    """
    odds = logit(ground)
    lives_off = math.log((ground + GROUND_EDGE) / (1.0 + GROUND_EDGE - ground))
    holds = p.ground_follows * (balance + fortune + p.ground_feeds * lives_off)
    return logistic(odds + p.ground_speed * MONTH * (holds - odds) + p.ground_sd * math.sqrt(MONTH) * noise)


@inlined
def probability_of_silence(p, level):
    """Return the share of months without deaths of a conflict at a level of log deaths a year."""
    return logistic(p.silence - p.silence_deaths * (level - LEVEL_REFERENCE))


@inlined
def killed_in_month(p, level, silent, people, u, noise):
    """Return the battle deaths of a month: none in a silent one; else the year's rate, over the loud months, with bursts."""
    rarely = probability_of_silence(p, level)
    chance = rarely + p.silence_lasts * (1.0 - rarely) if silent else rarely * (1.0 - p.silence_lasts)
    if u < chance:
        return 0.0
    burst = exp(p.burst_sd * noise - HALF * p.burst_sd * p.burst_sd)
    return min(exp(level) * MONTH / max(1.0 - rarely, FEWEST_LOUD) * burst, p.most_killed_per_month * people)


@inlined
def _front_weights(frame, p, now, r, i):
    """Return how many conflicts a government fights, and the sum of what they weigh when it divides its forces."""
    n = 0
    total = 0.0
    for c in range(frame.conflict_start[i], frame.conflict_start[i + 1]):
        if now.fought[r, c] == 1:
            n += 1
            total += math.pow(rebel_strength(frame, p, now, r, c), p.front_division)
    return n, total


@inlined
def sponsored(backed, finds, loses, u):
    """Return whether a side has support from states without a name next month: found and lost at rates, share ``finds`` on average."""
    if backed == 1:
        return 0 if u < probability_in_step(loses, MONTH) else 1
    return 1 if u < probability_in_step(loses * finds / (1.0 - finds), MONTH) else 0


@inlined
def _fight(frame, p, now, after, month, key, r, c, rebels, government):
    """Move one conflict by a month: balance, fortune, ground, level and deaths."""
    entity = frame.conflict_id[c]
    after.balance[r, c] = balance_of(rebels, government)
    kept = exp(-LN_2 / p.fortune_half_life)
    luck = normal(key, STREAM_FORTUNE, entity)
    after.fortune[r, c] = kept * now.fortune[r, c] + p.fortune_sd * math.sqrt(1.0 - kept * kept) * luck
    noise = normal(key, STREAM_GROUND, entity)
    after.ground[r, c] = ground_next(p, now.ground[r, c], after.balance[r, c], now.fortune[r, c], noise)
    lasts = p.swing_persistence
    after.swing[r, c] = lasts * now.swing[r, c] + p.swing_sd * math.sqrt(1.0 - lasts * lasts) * normal(
        key, STREAM_INTENSITY, entity
    )
    more = p.deaths_follow * balance_of(rebels, now.first_strength[r, c])
    after.level[r, c] = now.own_level[r, c] + after.swing[r, c] + more
    people = frame.population[frame.conflict_state[c]] * PERSONS_PER_MILLION
    silent = now.fought_months[r, c] > 0 and now.killed[r, c] == 0.0
    u = uniform(key, STREAM_SILENCE, entity)
    for_rebels, for_government = uniforms(key, STREAM_SPONSORS, entity)
    after.rebels_backed[r, c] = sponsored(now.rebels_backed[r, c], p.rebels_find_support, p.rebels_lose_support, for_rebels)
    after.government_backed[r, c] = sponsored(
        now.government_backed[r, c], p.governments_find_support, p.governments_lose_support, for_government
    )
    killed = killed_in_month(p, after.level[r, c], silent, people, u, normal(key, STREAM_BURST, entity))
    after.killed[r, c] = killed * month.shock[r, ON_DEATHS]


@kernel
def war(frame, p, now, after, month, log, seed, replicates, t):
    """Let the conflicts that are fought go on for a month; a government divides its forces among its own."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for i in range(frame.state_id.shape[0]):
            n, total = _front_weights(frame, p, now, r, i)
            if n == 0:
                continue
            government = government_strength(frame, p, now, r, i)
            for c in range(frame.conflict_start[i], frame.conflict_start[i + 1]):
                if now.fought[r, c] == 0:
                    continue
                rebels = rebel_strength(frame, p, now, r, c)
                share = 1.0 / n
                if total > 0.0:
                    share = math.pow(rebels, p.front_division) / total
                _fight(frame, p, now, after, month, key, r, c, rebels, share * government)


@inlined
def sum_up(frame, world, r, i):
    """Write what the conflicts of a state make of it: whether it is at war, since when, with whom, how deadly."""
    at_war, oldest, rate, killed = 0, 0, 0.0, 0.0
    quiet, rebels, deadliest = -1, -1, 0.0
    for c in range(frame.conflict_start[i], frame.conflict_start[i + 1]):
        tie = frame.conflict_tie[c]
        group = frame.tie_group[tie] if tie >= 0 else -1
        if world.fought[r, c] == 1:
            yearly = exp(world.level[r, c])
            if yearly > deadliest:
                rebels, deadliest = group, yearly
            at_war = max(at_war, world.counted[r, c])
            oldest = max(oldest, world.fought_months[r, c])
            rate += yearly
        elif deadliest == 0.0 and (quiet < 0 or world.quiet_months[r, c] < quiet):
            rebels, quiet = group, world.quiet_months[r, c]
        killed += world.killed[r, c]
    world.in_conflict[r, i] = at_war
    world.conflict_age[r, i] = oldest
    world.since_conflict[r, i] = quiet if deadliest == 0.0 else 0
    world.rebels[r, i] = rebels
    world.log_deaths[r, i] = math.log(max(rate, ONE_DEATH))
    world.deaths[r, i] = killed


@inlined
def _count(frame, now, after, month, log, key, r, c):
    """Count a conflict from the month in which the deaths of its year reach 25, until a year that has fewer, or its end."""
    i = frame.conflict_state[c]
    counts = after.fought[r, c] == 1 and max(after.year_killed[r, c], after.last_year_killed[r, c]) >= FEWEST_COUNTED
    after.counted[r, c] = 1 if counts else 0
    if counts == (now.counted[r, c] == 1):
        return
    tie, d = frame.conflict_tie[c], after.began_over[r, c]
    group = frame.tie_group[tie] if tie >= 0 else -1
    if counts:
        border = frame.dyad_border[d] if d >= 0 else -1
        month.onset[r, i] += 1
        write(log, key, r, LOG_ONSET, i, after.began_from[r, c], after.began_by[r, c], group, border, after.year_killed[r, c])
    elif after.fought[r, c] == 1:
        write(log, key, r, LOG_ENDING, i, i, FADES, group, -1, 1.0 * after.fought_months[r, c])


@kernel
def states_at_war(frame, p, now, after, month, log, seed, replicates, t):
    """Sum up deaths by calendar year, let quiet conflicts fade from memory, and write what its conflicts make of each state."""
    remembers = MONTH / p.war_remembered_years
    january = (t + frame.first_month[0]) % MONTHS == 0
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for c in range(frame.conflict_id.shape[0]):
            if now.known_months[r, c] > 0 or after.fought[r, c] == 1:
                after.known_months[r, c] = now.known_months[r, c] + 1
                after.months_fought[r, c] = now.months_fought[r, c] + after.fought[r, c]
            if now.fought[r, c] == 0 and after.fought[r, c] == 0:
                after.quiet_months[r, c] = now.quiet_months[r, c] + 1
                after.killed[r, c] = 0.0
            if january:
                after.last_year_killed[r, c] = now.year_killed[r, c]
            after.year_killed[r, c] = after.killed[r, c] + (0.0 if january else now.year_killed[r, c])
            _count(frame, now, after, month, log, key, r, c)
        for i in range(frame.state_id.shape[0]):
            sum_up(frame, after, r, i)
            after.war_memory[r, i] = toward(now.war_memory[r, i], 1.0 * now.in_conflict[r, i], remembers)


@inlined
def _strength_at_start(frame, p, now, key, r, c, government):
    """Set what the file does not say of a conflict that is on at the start: who fights it with no group, and their luck."""
    entity = frame.conflict_id[c]
    if frame.conflict_tie[c] < 0:
        age = math.log(1.0 + now.fought_months[r, c] * MONTH)
        against = p.rising_balance - p.rising_balance_age * age + p.rising_balance_sd * normal(key, STREAM_RISING, entity)
        now.rising[r, c] = government * exp(against)
    now.first_strength[r, c] = rebel_strength(frame, p, now, r, c)
    now.balance[r, c] = balance_of(now.first_strength[r, c], government)
    now.fortune[r, c] = p.fortune_sd * normal(key, STREAM_FORTUNE_START, entity)


@kernel
def first_strengths(frame, p, now, seed, replicates):
    """Set the strength of the sides of the conflicts that are on at the start, and sum up what they make of their states."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], 0)
        for i in range(frame.state_id.shape[0]):
            government = government_strength(frame, p, now, r, i)
            for c in range(frame.conflict_start[i], frame.conflict_start[i + 1]):
                if now.fought[r, c] == 1:
                    _strength_at_start(frame, p, now, key, r, c, government)
            sum_up(frame, now, r, i)
