"""Onset of conflict: seven hazards, one draw, and the channel and source to which it is attributed."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

import numpy as np

from stability_sim.compilation import inlined, kernel
from stability_sim.dynamics.attribution import channel_at, largest_tie, source_at, troops_abroad
from stability_sim.dynamics.formulas import hosted, probability_in_step, write
from stability_sim.dynamics.grievance import domestic_rate
from stability_sim.randomness import (
    STREAM_CHANNEL,
    STREAM_COMMON_SHOCK,
    STREAM_INTENSITY_START,
    STREAM_ONSET,
    STREAM_SOURCE,
    fill_uniform,
    normal,
    uniform,
)
from stability_sim.world.vocabulary import (
    CROSSING,
    DOMESTIC,
    ECONOMY,
    ENTANGLEMENT,
    HIDDEN,
    KIN,
    LOG_ONSET,
    REFUGEES,
)

MONTH = 1.0 / 12.0


@inlined
def _infiltration(frame, p, now, month, r, j, open_to):
    """Write the two hazards of hidden cells: those who crossed by themselves, and those among refugees."""
    cells = month.cells_before[r, j]
    rate = p.infiltration_onset * open_to * p.near_war_cells * (1.0 - math.exp(-cells / p.cells_half))
    among = 0.0
    for k in range(frame.into_start[j], frame.into_start[j + 1]):
        among += now.by_refugees[r, frame.into_dyads[k]]
    share = 0.0
    if cells > 0.0:
        share = min(1.0, among / cells)
    month.hazard[r, j, CROSSING] = rate * (1.0 - share)
    month.hazard[r, j, HIDDEN] = rate * share


@inlined
def _neighbours(frame, p, now, r, j):
    """Return the sum of kin ties to states in conflict, and the share of trade with them that is lost."""
    kin = 0.0
    kept = 1.0
    for k in range(frame.into_start[j], frame.into_start[j + 1]):
        d = frame.into_dyads[k]
        if now.in_conflict[r, frame.dyad_source[d]] == 1:
            kin += frame.dyad_kin[d]
            kept *= 1.0 - frame.trade[d]
    return kin, 1.0 - kept


@inlined
def write_hazards(frame, p, now, month, shock, r, j):
    """Write the hazards of a state per year, by channel, as if it were at peace."""
    open_to = month.susceptibility[r, j]
    hardship = now.hardship[r, j]
    own = domestic_rate(p, now, frame.log_population[j], shock, hardship, r, j)
    month.hazard[r, j, DOMESTIC] = own
    if p.contagion_multiplies > 0.0:
        open_to *= math.pow(own / p.contagion_reference, p.contagion_multiplies)
    _infiltration(frame, p, now, month, r, j, open_to)
    kin, lost = _neighbours(frame, p, now, r, j)
    month.hazard[r, j, KIN] = p.kin_onset * open_to * kin
    per_hundred = hosted(frame, now, r, j) / (frame.population[j] * 1e4)
    relieved = 1.0 - now.managed_refugees[r, j]
    month.hazard[r, j, REFUGEES] = p.refugee_onset * open_to * relieved * min(per_hundred, 10.0)
    month.hazard[r, j, ECONOMY] = 0.0
    if lost > 0.0:
        more = p.economic_spillover * lost * (1.0 - hardship) * (1.0 - now.legitimacy[r, j])
        month.hazard[r, j, ECONOMY] = own * (math.exp(p.grievance_effect * more) - 1.0)  # λD(H with spillover) − λD(H)
    month.hazard[r, j, ENTANGLEMENT] = p.entanglement_onset * troops_abroad(frame, now, r, j)


@inlined
def total_hazard(month, r, j):
    """Return the sum of the hazards of a state over the channels, per year, not below 0."""
    total = 0.0
    for c in range(7):
        total += month.hazard[r, j, c]
    return max(total, 0.0)


@inlined
def _begin(frame, p, now, after, month, log, seed, replicate, t, r, j):
    """Begin a conflict: attribute it, raise its rebels, draw its intensity."""
    entity = frame.state_id[j]
    channel = channel_at(month.hazard, r, j, uniform(seed, replicate, t, STREAM_CHANNEL, entity))
    foreign = channel in (CROSSING, HIDDEN)
    tie = largest_tie(frame, now, r, j, foreign)
    source, d = source_at(frame, now, channel, tie, r, j, uniform(seed, replicate, t, STREAM_SOURCE, entity))
    group = -1
    if tie >= 0:
        group = frame.tie_group[tie]
        after.fighters[r, tie] += p.rebels_at_onset
    noise = normal(seed, replicate, t, STREAM_INTENSITY_START, entity)
    month.onset[r, j] = 1
    after.in_conflict[r, j] = 1
    after.conflict_age[r, j] = 0
    after.rebels[r, j] = group
    after.log_deaths[r, j] = p.onset_log_deaths + p.onset_log_deaths_sd * noise
    border = -1
    if d >= 0:
        border = frame.dyad_border[d]
    write(log, r, t, LOG_ONSET, j, source, channel, group, border, math.exp(after.log_deaths[r, j]))


@kernel
def hazards(frame, p, now, after, month, log, seed, replicates, t):
    """Write the hazards of all states, under the shock that they share this year."""
    for r in range(replicates.shape[0]):
        noise = normal(seed, replicates[r], t - t % 12, STREAM_COMMON_SHOCK, frame.common_id[0])
        shock = math.exp(p.common_shock_sd * noise - 0.5 * p.common_shock_sd * p.common_shock_sd)
        for j in range(frame.state_id.shape[0]):
            write_hazards(frame, p, now, month, shock, r, j)


@kernel
def onset(frame, p, now, after, month, log, seed, replicates, t):
    """Begin conflicts in states at peace: u < 1 − exp(−Σλ/12); record the risk of all."""
    for r in range(replicates.shape[0]):
        fill_uniform(month.draws, r, seed, replicates[r], t, STREAM_ONSET, frame.state_id)
        for j in range(frame.state_id.shape[0]):
            total = total_hazard(month, r, j)
            if now.in_conflict[r, j] == 1:
                month.risk[r, j] = 1.0
                continue
            month.risk[r, j] = probability_in_step(total, 1.0)
            if month.draws[r, j] < probability_in_step(total, MONTH):
                _begin(frame, p, now, after, month, log, seed, replicates[r], t, r, j)
            else:
                after.since_conflict[r, j] = now.since_conflict[r, j] + np.int64(1)
