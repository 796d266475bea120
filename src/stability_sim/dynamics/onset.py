"""Onset of conflict: seven hazards, one draw, and the channel and source to which it is attributed."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

import numpy as np

from stability_sim.dynamics.attribution import N_CHANNELS, channel_at, largest_tie, source_at, troops_abroad
from stability_sim.dynamics.formulas import HALF, HUNDREDS_PER_MILLION, detection, probability_in_step, write
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import (
    STREAM_CHANNEL,
    STREAM_COMMON_SHOCK,
    STREAM_INTENSITY_START,
    STREAM_ONSET,
    STREAM_SOURCE,
    fill_uniform,
    normal,
    uniform,
    year_of,
)
from stability_sim.world.vocabulary import CROSSING, DOMESTIC, ECONOMY, ENTANGLEMENT, HIDDEN, KIN, LOG_ONSET, REFUGEES

MONTH = 1.0 / 12.0  # in years


@inlined
def domestic_rate(p, world, r, i, log_population, shock, hardship):
    """Return the yearly onset rate of a state from within, λD.

    λD = h0·exp(−ηK(K−½) + ηG(G−Ḡ) + ηP·ln(pop/pop̄) + ρ·exp(−τ/τR)) with G = H(1−L) (Epstein 2002), times the
    shock that all states share; peacekeepers and a mediated end change the part that a recent conflict adds.
    """
    grievance = hardship * (1.0 - world.legitimacy[r, i])
    years = world.since_conflict[r, i] / 12.0
    fresh = exp(-years / p.recent_conflict_years)
    relapse = 1.0 - fresh * world.peacekeeping[r, i] * (1.0 - p.peacekeeping_relapse)
    mediated = 1.0 if world.mediated[r, i] == 1 and years >= p.talks_recurrence_years else 0.0
    relapse *= 1.0 + mediated * fresh * (p.talks_recurrence - 1.0)
    exponent = (
        -p.capacity_effect * (world.capacity[r, i] - HALF)
        + p.grievance_effect * (grievance - p.grievance_reference)
        + p.population_effect * (log_population - math.log(p.population_reference))
        + p.recent_conflict_effect * fresh
    )
    return p.onset_per_year * exp(exponent) * relapse * shock


@inlined
def susceptibility(p, capacity):
    """Return how far a state is open to what comes from outside: exp(−γ(K−½))."""
    return exp(-p.resistance * (capacity - HALF))


@inlined
def _neighbours(frame, now, r, j):
    """Return kin ties to states in conflict, the share of trade with them that is lost, refugees, cells among refugees."""
    kin = 0.0
    trade_left = 1.0
    refugees = 0.0
    among = 0.0
    for k in range(frame.into_start[j], frame.into_start[j + 1]):
        d = frame.into_dyads[k]
        at_war = now.in_conflict[r, frame.dyad_source[d]]
        kin += at_war * frame.dyad_kin[d]
        trade_left *= 1.0 - at_war * frame.trade[d]
        refugees += now.refugees[r, d]
        among += now.by_refugees[r, d]
    return kin, 1.0 - trade_left, refugees, among


@inlined
def _write_state(frame, p, now, month, r, j):
    """Write the hazards of one state by channel: from within, and from beyond as far as it is open to it.

    That of hidden cells is parted in two: those who crossed by themselves, and those who came among refugees.
    """
    own, open_to, cells = month.domestic[j], month.open_to[j], month.cells_before[r, j]
    kin, lost, refugees, among = _neighbours(frame, now, r, j)
    share = min(1.0, among / cells) if cells > 0.0 else 0.0
    month.hazard[r, j, DOMESTIC] = own
    month.hazard[r, j, CROSSING] = month.infiltrated[j] * (1.0 - share)
    month.hazard[r, j, HIDDEN] = month.infiltrated[j] * share
    month.hazard[r, j, KIN] = p.kin_onset * open_to * kin
    per_hundred = refugees / (frame.population[j] * HUNDREDS_PER_MILLION)
    relieved = 1.0 - now.managed_refugees[r, j]
    month.hazard[r, j, REFUGEES] = p.refugee_onset * open_to * relieved * min(per_hundred, p.refugee_ceiling)
    month.hazard[r, j, ECONOMY] = 0.0
    if lost > 0.0:
        more = p.economic_spillover * lost * (1.0 - now.hardship[r, j]) * (1.0 - now.legitimacy[r, j])
        month.hazard[r, j, ECONOMY] = own * (exp(p.grievance_effect * more) - 1.0)  # λD(H with spillover) − λD(H)
    month.hazard[r, j, ENTANGLEMENT] = p.entanglement_onset * troops_abroad(frame, now, r, j)


@inlined
def _open_to(frame, p, month, r):
    """Write how far each state is open to what comes from outside: more where much is wrong within, under a rival rule."""
    for j in range(frame.state_id.shape[0]):
        month.open_to[j] = month.susceptibility[r, j]
    if p.contagion_multiplies > 0.0:
        for j in range(frame.state_id.shape[0]):
            month.open_to[j] *= math.pow(month.domestic[j] / p.contagion_reference, p.contagion_multiplies)


@inlined
def write_hazards(frame, p, now, month, r, shock):
    """Write the hazards of all states of a replicate per year, by channel, as if they were at peace.

    What needs no neighbours comes first, in plain loops: several states are worked out at once.
    """
    for j in range(frame.state_id.shape[0]):
        month.domestic[j] = domestic_rate(p, now, r, j, frame.log_population[j], shock, now.hardship[r, j])
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
def _begin(frame, p, now, after, month, log, key, r, j):
    """Begin a conflict: attribute it, raise its rebels, draw its intensity."""
    entity = frame.state_id[j]
    channel = channel_at(month.hazard, r, j, uniform(key, STREAM_CHANNEL, entity))
    foreign = channel in (CROSSING, HIDDEN)
    tie = largest_tie(frame, now, r, j, foreign)
    source, d = source_at(frame, now, r, j, tie, channel, uniform(key, STREAM_SOURCE, entity))
    group = -1
    if tie >= 0:
        group = frame.tie_group[tie]
        after.fighters[r, tie] += p.rebels_at_onset
    noise = normal(key, STREAM_INTENSITY_START, entity)
    month.onset[r, j] = 1
    after.in_conflict[r, j] = 1
    after.conflict_age[r, j] = 0
    after.rebels[r, j] = group
    after.log_deaths[r, j] = p.onset_log_deaths + p.onset_log_deaths_sd * noise
    border = -1
    if d >= 0:
        border = frame.dyad_border[d]
    write(log, key, r, LOG_ONSET, j, source, channel, group, border, exp(after.log_deaths[r, j]))


@kernel
def hazards(frame, p, now, after, month, log, seed, replicates, t):
    """Write the hazards of all states, under the shock that they share this year."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        noise = normal(year_of(key), STREAM_COMMON_SHOCK, frame.common_id[0])
        shock = exp(p.common_shock_sd * noise - HALF * p.common_shock_sd * p.common_shock_sd)
        write_hazards(frame, p, now, month, r, shock)


@kernel
def onset(frame, p, now, after, month, log, seed, replicates, t):
    """Begin conflicts in states at peace: u < 1 − exp(−Σλ/12); record the risk of all."""
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
            if now.in_conflict[r, j] == 1:
                continue
            if month.draws[j] < month.chance[j]:
                _begin(frame, p, now, after, month, log, key, r, j)
            else:
                after.since_conflict[r, j] = now.since_conflict[r, j] + np.int64(1)


@kernel
def exposure(frame, p, now, after, month, log, seed, replicates, t):
    """Write the probability that a crossing of each dyad is seen, and the susceptibility of each state."""
    for r in range(replicates.shape[0]):
        for d in range(frame.dyad_id.shape[0]):
            month.detection[r, d] = detection(p, now.guard[r, d], frame.ruggedness[d])
        for i in range(frame.state_id.shape[0]):
            month.susceptibility[r, i] = susceptibility(p, now.capacity[r, i])
