"""Onset of conflict: seven hazards, one draw, and the channel and source to which it is attributed."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.attribution import N_CHANNELS, REMEMBERED, channel_at, largest_tie, source_at, troops_abroad
from stability_sim.dynamics.formulas import HALF, HUNDREDS_PER_MILLION, detection, logit, probability_in_step, write
from stability_sim.dynamics.strength import backing, balance_of, government_strength, rebel_strength
from stability_sim.dynamics.war import MONTH
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import (
    STREAM_CHANNEL,
    STREAM_COMMON_DEATHS,
    STREAM_COMMON_ENDING,
    STREAM_COMMON_SHOCK,
    STREAM_FORTUNE_START,
    STREAM_INTENSITY_START,
    STREAM_ONSET,
    STREAM_PAIR,
    STREAM_RISING,
    STREAM_SOURCE,
    STREAM_SPONSORS_START,
    fill_uniform,
    normal,
    uniform,
    uniforms,
    year_of,
)
from stability_sim.world.vocabulary import (
    CROSSING,
    DOMESTIC,
    ECONOMY,
    ENTANGLEMENT,
    FADES,
    GOVERNMENT,
    HIDDEN,
    KIN,
    LOG_OUTBREAK,
    ON_DEATHS,
    ON_ENDING,
    ON_ONSET,
    REFUGEES,
    SETTLEMENT,
    TAKEOVER,
)

LEAST_CAPACITY, MOST_CAPACITY = 0.02, 0.98  # odds of capacity need room


@inlined
def odds_of_capacity(capacity):
    """Return the log of K / (1 − K), within bounds."""
    bounded = min(max(capacity, LEAST_CAPACITY), MOST_CAPACITY)
    return logit(bounded)


@inlined
def susceptibility(p, capacity):
    """Return how prone a state is to conflict by its capacity, 1 at the middle: (K/(1−K))^−ηK · exp(−ηR·R).

    R is how far the income that goes with that capacity is above the typical one: there is no floor under the risk of the rich.
    """
    odds = odds_of_capacity(capacity)
    riches = max(exp(p.capacity_income * odds) - 1.0, 0.0)
    return exp(-p.capacity_effect * odds - p.capacity_bends * riches)


@inlined
def new_rate(p, world, r, i, log_population, open_to, shock, hardship):
    """Return the yearly rate of new conflicts of a state from within.

    λ = h0·f(K)·exp(ηG(G−Ḡ) + ηP·ln(pop/pop̄)) with G = H(1−L) (Epstein 2002), times the shock that all states share; a further
    one begins in a state at war at a multiple of that.
    """
    grievance = hardship * (1.0 - world.legitimacy[r, i])
    exponent = p.grievance_effect * (grievance - p.grievance_reference)
    exponent += p.population_effect * (log_population - math.log(p.population_reference))
    further = 1.0 + world.in_conflict[r, i] * (p.onset_at_war - 1.0)
    return p.onset_per_year * open_to * exp(exponent) * further * shock


@inlined
def _after(p, outcome):
    """Return how soon a conflict begins again by how it ended, relative to the mean."""
    if outcome == GOVERNMENT:
        return p.restart_after_victory
    if outcome == TAKEOVER:
        return p.restart_after_takeover
    if outcome == SETTLEMENT:
        return p.restart_after_settlement
    if outcome == FADES:
        return p.restart_after_fading
    return 1.0


@inlined
def pair_rate(frame, p, now, r, c, new):
    """Return the yearly rate at which a pair that does not fight begins, above that of any new conflict of its state.

    One that fought before begins again by a power of the years since; a group at home that has support from abroad more often.
    """
    if now.fought[r, c] == 1:
        return 0.0
    i, tie = frame.conflict_state[c], frame.conflict_tie[c]
    backed = exp(p.backing_onset * backing(frame, p, now, r, c))
    if now.quiet_months[r, c] < REMEMBERED:
        if tie >= 0 and now.governs[r, frame.tie_group[tie]] == i:
            return 0.0
        chronic = p.restart_chronic * now.months_fought[r, c] / max(
            now.known_months[r, c], 1
        ) - p.restart_capacity * odds_of_capacity(now.capacity[r, i])
        years = now.quiet_months[r, c] * MONTH
        relapse = 1.0 - now.peacekeeping[r, i] * (1.0 - p.peacekeeping_relapse)
        fading = math.pow(1.0 + years, -p.restart_fades)
        return p.restart_per_year * exp(chronic) * fading * _after(p, now.outcome[r, c]) * relapse * backed
    if tie >= 0 and frame.home_tie[frame.tie_group[tie]] == tie and now.governs[r, frame.tie_group[tie]] != i:
        return new * (backed - 1.0)
    return 0.0


@inlined
def pair_rates(frame, p, now, r, i, new, shock):
    """Return the sum of the rates at which the pairs of a state begin, above that of any new conflict."""
    total = 0.0
    for c in range(frame.conflict_start[i], frame.conflict_start[i + 1]):
        total += pair_rate(frame, p, now, r, c, new)
    return total * shock


@inlined
def _neighbours(frame, now, r, j):
    """Return kin ties to wars, remembered or on, the share of trade that is lost to them, refugees, cells among refugees."""
    kin = 0.0
    trade_left = 1.0
    refugees = 0.0
    among = 0.0
    for k in range(frame.into_start[j], frame.into_start[j + 1]):
        d = frame.into_dyads[k]
        at_war = now.in_conflict[r, frame.dyad_source[d]]
        kin += now.war_memory[r, frame.dyad_source[d]] * frame.dyad_kin[d]
        trade_left *= 1.0 - at_war * frame.trade[d]
        refugees += now.refugees[r, d]
        among += now.by_refugees[r, d]
    return kin, 1.0 - trade_left, refugees, among


@inlined
def _write_state(frame, p, now, month, r, j):
    """Write the hazards of one state by channel: from within, and from beyond as far as it is open to it.

    That of hidden cells is parted in two: those who crossed by themselves, and those who came among refugees.
    """
    new, open_to, cells = month.new_rate[r, j], month.open_to[j], month.cells_before[r, j]
    kin, lost, refugees, among = _neighbours(frame, now, r, j)
    again = pair_rates(frame, p, now, r, j, new, month.shock[r, ON_ONSET])
    share = min(1.0, among / cells) if cells > 0.0 else 0.0
    month.hazard[r, j, DOMESTIC] = new + again
    month.hazard[r, j, CROSSING] = month.infiltrated[j] * (1.0 - share)
    month.hazard[r, j, HIDDEN] = month.infiltrated[j] * share
    month.hazard[r, j, KIN] = p.kin_onset * open_to * kin + p.restart_neighbours * kin * again
    per_hundred = refugees / (frame.population[j] * HUNDREDS_PER_MILLION)
    relieved = 1.0 - now.managed_refugees[r, j]
    month.hazard[r, j, REFUGEES] = p.refugee_onset * open_to * relieved * min(per_hundred, p.refugee_ceiling)
    month.hazard[r, j, ECONOMY] = 0.0
    if lost > 0.0:
        more = p.economic_spillover * lost * (1.0 - now.hardship[r, j]) * (1.0 - now.legitimacy[r, j])
        month.hazard[r, j, ECONOMY] = new * (exp(p.grievance_effect * more) - 1.0)  # λ(H with spillover) − λ(H)
    month.hazard[r, j, ENTANGLEMENT] = p.entanglement_onset * troops_abroad(frame, now, r, j)


@inlined
def _open_to(frame, p, month, r):
    """Write how far each state is open to what comes from outside: more where much is wrong within, under a rival rule."""
    for j in range(frame.state_id.shape[0]):
        month.open_to[j] = month.susceptibility[r, j]
    if p.contagion_multiplies > 0.0:
        for j in range(frame.state_id.shape[0]):
            month.open_to[j] *= math.pow(month.new_rate[r, j] / p.contagion_reference, p.contagion_multiplies)


@inlined
def write_hazards(frame, p, now, month, r, shock):
    """Write the hazards of all states of a replicate per year, by channel: of a conflict, or of a further one.

    What needs no neighbours comes first, in plain loops: several states are worked out at once.
    """
    for j in range(frame.state_id.shape[0]):
        prone = month.susceptibility[r, j]
        month.new_rate[r, j] = new_rate(p, now, r, j, frame.log_population[j], prone, shock, now.hardship[r, j])
    _open_to(frame, p, month, r)
    for j in range(frame.state_id.shape[0]):
        filled = 1.0 - exp(-month.cells_before[r, j] / p.cells_half)
        month.infiltrated[j] = p.infiltration_onset * month.open_to[j] * p.near_war_cells * filled
    for j in range(frame.state_id.shape[0]):
        _write_state(frame, p, now, month, r, j)


@inlined
def total_hazard(month, r, j):
    """Return the sum of the hazards of a state over the channels, per year, not below 0."""
    total = 0.0
    for c in range(N_CHANNELS):
        total += month.hazard[r, j, c]
    return max(total, 0.0)


@inlined
def free_place(frame, now, r, j):
    """Return the conflict of a state with rebels without a name that is not fought, longest quiet first; -1 if all are fought."""
    best = -1
    for c in range(frame.conflict_start[j], frame.conflict_start[j + 1]):
        longer = best < 0 or now.quiet_months[r, c] > now.quiet_months[r, best]
        if frame.conflict_tie[c] < 0 and now.fought[r, c] == 0 and longer:
            best = c
    return best


@inlined
def new_pair(frame, now, r, j, foreign, again):
    """Return where a new conflict of a state begins: with its strongest group that is idle, or with rebels without a name."""
    tie = largest_tie(frame, now, r, j, foreign, again)
    return frame.tie_conflict[tie] if tie >= 0 else free_place(frame, now, r, j)


@inlined
def _pair_at(frame, p, now, month, r, j, channel, u):
    """Return the conflict at quantile ``u`` of those that a channel can begin in a state, or -1 if there is no place for one."""
    if channel in (CROSSING, HIDDEN):
        return new_pair(frame, now, r, j, True, True)
    if channel not in (DOMESTIC, KIN):
        return new_pair(frame, now, r, j, False, False)
    new, shock, part = month.new_rate[r, j], month.shock[r, ON_ONSET], 1.0
    if channel == KIN:
        kin, _, _, _ = _neighbours(frame, now, r, j)
        part = p.restart_neighbours * kin
    again = part * pair_rates(frame, p, now, r, j, new, shock)
    remaining = u * month.hazard[r, j, channel] - (month.hazard[r, j, channel] - again)
    if remaining < 0.0 or again <= 0.0:
        return new_pair(frame, now, r, j, False, False)
    last = -1
    for c in range(frame.conflict_start[j], frame.conflict_start[j + 1]):
        rate = part * shock * pair_rate(frame, p, now, r, c, new)
        if rate > 0.0:
            last = c
            remaining -= rate
            if remaining < 0.0:
                break
    return last


@inlined
def own_level(p, now, r, c, noise):
    """Return the level of log deaths a year of a conflict that begins; one that was fought before keeps part of its last one."""
    if now.outcome[r, c] < 0:
        return p.level_mean + p.level_sd * noise
    kept = p.level_returns
    spread = math.sqrt(1.0 - kept * kept)
    return p.level_mean + kept * (now.own_level[r, c] - p.level_mean) + spread * p.level_sd * noise


@inlined
def rise(frame, p, now, after, key, r, c):
    """Begin the fighting of a conflict with those who rise with it: in proportion to the government that they rise against.

    ``after`` has the fighters of its group already.
    """
    i, entity = frame.conflict_state[c], frame.conflict_id[c]
    government = government_strength(frame, p, now, r, i)
    against = normal(key, STREAM_RISING, entity)
    after.rising[r, c] = government * exp(p.rising_balance + p.rising_balance_sd * against)
    rebels = rebel_strength(frame, p, after, r, c)
    after.first_strength[r, c] = rebels
    after.balance[r, c] = balance_of(rebels, government)
    after.fortune[r, c] = p.fortune_sd * normal(key, STREAM_FORTUNE_START, entity)
    after.ground[r, c] = p.ground_at_onset
    after.swing[r, c] = 0.0
    for_rebels, for_government = uniforms(key, STREAM_SPONSORS_START, entity)
    after.rebels_backed[r, c] = 1 if for_rebels < p.rebels_find_support else 0
    after.government_backed[r, c] = 1 if for_government < p.governments_find_support else 0
    after.fought[r, c] = 1
    after.fought_months[r, c] = 0


@inlined
def at_level(after, r, c, level):
    """Set how deadly a conflict is that begins: its level, and the deaths of its first month."""
    after.own_level[r, c] = level
    after.level[r, c] = level
    after.killed[r, c] = exp(level) * MONTH


@inlined
def _begin(frame, p, now, after, month, log, key, r, j):
    """Begin a conflict: attribute it, raise its rebels, draw its deaths."""
    entity = frame.state_id[j]
    channel = channel_at(month.hazard, r, j, uniform(key, STREAM_CHANNEL, entity))
    c = _pair_at(frame, p, now, month, r, j, channel, uniform(key, STREAM_PAIR, entity))
    if c < 0:
        return
    tie = frame.conflict_tie[c]
    source, d = source_at(frame, now, r, j, tie, channel, uniform(key, STREAM_SOURCE, entity))
    group = -1
    if tie >= 0:
        group = frame.tie_group[tie]
        after.fighters[r, tie] += p.rebels_at_onset
    rise(frame, p, now, after, key, r, c)
    at_level(after, r, c, own_level(p, now, r, c, normal(key, STREAM_INTENSITY_START, frame.conflict_id[c])))
    month.outbreaks[r, j] += 1
    after.began_by[r, c] = channel
    after.began_from[r, c] = source
    after.began_over[r, c] = d
    border = frame.dyad_border[d] if d >= 0 else -1
    write(log, key, r, LOG_OUTBREAK, j, source, channel, group, border, exp(after.level[r, c]))


@inlined
def _shock(p_sd, key, stream, entity):
    """Return a shock of this year that all states share: log-normal with mean 1."""
    noise = normal(year_of(key), stream, entity)
    return exp(p_sd * noise - HALF * p_sd * p_sd)


@kernel
def hazards(frame, p, now, after, month, log, seed, replicates, t):
    """Write the shocks that all states share this year, and the hazards of all states."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        month.shock[r, ON_ONSET] = _shock(p.common_shock_sd, key, STREAM_COMMON_SHOCK, frame.common_id[0])
        month.shock[r, ON_ENDING] = _shock(p.common_ending_sd, key, STREAM_COMMON_ENDING, frame.common_id[0])
        month.shock[r, ON_DEATHS] = _shock(p.common_deaths_sd, key, STREAM_COMMON_DEATHS, frame.common_id[0])
        write_hazards(frame, p, now, month, r, month.shock[r, ON_ONSET])


@kernel
def onset(frame, p, now, after, month, log, seed, replicates, t):
    """Let fighting break out: u < 1 − exp(−Σλ/12), once more in a state at war; record the risk of all."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        fill_uniform(month.draws, key, STREAM_ONSET, frame.state_id)
        for j in range(frame.state_id.shape[0]):
            month.risk[r, j] = total_hazard(month, r, j)
        for j in range(frame.state_id.shape[0]):
            total = month.risk[r, j]
            month.risk[r, j] = probability_in_step(total, 1.0) if now.in_conflict[r, j] == 0 else 1.0
            month.chance[j] = probability_in_step(total, MONTH)
        for j in range(frame.state_id.shape[0]):
            if month.draws[j] < month.chance[j]:
                _begin(frame, p, now, after, month, log, key, r, j)


@kernel
def exposure(frame, p, now, after, month, log, seed, replicates, t):
    """Write the probability that a crossing of each dyad is seen, and the susceptibility of each state."""
    for r in range(replicates.shape[0]):
        for d in range(frame.dyad_id.shape[0]):
            month.detection[r, d] = detection(p, now.guard[r, d], frame.ruggedness[d])
        for i in range(frame.state_id.shape[0]):
            month.susceptibility[r, i] = susceptibility(p, now.capacity[r, i])
