"""The tenth phase: count what happened, month by month, into whole numbers."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

import numpy as np

from stability_sim.compilation import inlined, kernel
from stability_sim.dynamics.deterrence import is_member
from stability_sim.dynamics.formulas import hosted
from stability_sim.engine.tallies import BINS_PER_E, CELLS_UNIT, EXACT, N_BINS, PEOPLE_UNIT, SHARE_UNIT
from stability_sim.exponential import exp

(
    ONSETS, ABROAD, MONTHS, MOST, INCIDENTS, RAIDS, ATTACKS, ON_ALLIES, ATTEMPTS, CROSSED, HIDDEN, REFUGEES, DEATHS,
    HONOURED, ABANDONED,
) = range(15)  # fmt: skip

SHARE_OF_A_YEAR = SHARE_UNIT / 12.0  # of a rate per year, in a month


@inlined
def _fixed(value, unit):
    """Return a value as a whole number of parts of a unit."""
    return np.int64(math.floor(value * unit + 0.5))


@inlined
def _bin(value):
    """Return the bin of a value: exact below 100, forty to each factor e above."""
    if value < EXACT:
        return int(value)
    return min(EXACT + int(BINS_PER_E * math.log(value / EXACT)), N_BINS - 1)


@inlined
def _conditions(frame, world, month, tallies, t, r):
    """Add what a state is like to the tallies, in plain loops: several states at once."""
    for i in range(frame.state_id.shape[0]):
        tallies.in_conflict[t, i] += world.in_conflict[r, i]
        tallies.risk[t, i] += _fixed(month.risk[r, i], SHARE_UNIT)
    for i in range(frame.state_id.shape[0]):
        tallies.hardship[t, i] += _fixed(world.hardship[r, i], SHARE_UNIT)
        tallies.legitimacy[t, i] += _fixed(world.legitimacy[r, i], SHARE_UNIT)
        tallies.capacity[t, i] += _fixed(world.capacity[r, i], SHARE_UNIT)
    for i in range(frame.state_id.shape[0]):
        for c in range(7):
            tallies.hazard[i, c] += _fixed(month.hazard[r, i, c], SHARE_OF_A_YEAR)


@inlined
def _states(frame, world, month, tallies, rows, t, r):
    """Count the states of one replicate; return how many are in conflict, refugees hosted and deaths."""
    at_war = 0
    hosted_all = 0.0
    deaths_all = 0.0
    for i in range(frame.state_id.shape[0]):
        people = hosted(frame, world, r, i)
        hosted_all += people
        tallies.refugees_hosted[t, i] += _fixed(people, PEOPLE_UNIT)
        if world.in_conflict[r, i] == 1:
            at_war += 1
            deaths = exp(world.log_deaths[r, i]) / 12.0
            deaths_all += deaths
            tallies.deaths[t, i] += _fixed(deaths, PEOPLE_UNIT)
        if month.onset[r, i] == 1:
            rows.outcomes[r, ONSETS] += 1
            if rows.first_onset[r, i] < 0:
                rows.first_onset[r, i] = t
                tallies.ever_onset[i] += 1
    return at_war, hosted_all, deaths_all


@inlined
def _dyads(frame, month, tallies, rows, t, r):
    """Count what crossed the dyads of one replicate."""
    for d in range(frame.dyad_id.shape[0]):
        tallies.crossings[t, d] += _fixed(month.crossing[r, d], CELLS_UNIT)
        tallies.refugee_flow[t, d] += _fixed(month.refugee_flow[r, d], PEOPLE_UNIT)
        tallies.hidden_refugees[t, d] += _fixed(month.hidden[r, d], CELLS_UNIT)
    for d in range(frame.dyad_id.shape[0]):
        tallies.raids[t, d] += month.raids[r, d]
        tallies.attacks[t, d] += month.attacks[r, d]
    for b in range(frame.border_id.shape[0]):
        tallies.incidents[t, b] += month.incidents[r, b]


@inlined
def _outcomes_of_dyads(frame, month, rows, r):
    """Add what crossed the dyads of one replicate to its outcomes."""
    n_raids, n_attacks, n_incidents = 0, 0, 0
    crossed, hidden = 0.0, 0.0
    for d in range(frame.dyad_id.shape[0]):
        n_raids += month.raids[r, d]
        n_attacks += month.attacks[r, d]
    for d in range(frame.dyad_id.shape[0]):
        crossed += month.crossing[r, d]
        hidden += month.hidden[r, d]
    for b in range(frame.border_id.shape[0]):
        n_incidents += month.incidents[r, b]
    rows.outcomes[r, RAIDS] += n_raids
    rows.outcomes[r, ATTACKS] += n_attacks
    rows.outcomes[r, INCIDENTS] += n_incidents
    rows.outcomes[r, CROSSED] += crossed
    rows.outcomes[r, HIDDEN] += hidden
    if n_attacks > 0:
        for d in range(frame.dyad_id.shape[0]):
            if month.attacks[r, d] > 0 and _protected(frame, d):
                rows.outcomes[r, ON_ALLIES] += month.attacks[r, d]


@inlined
def _protected(frame, d):
    """Return whether the target of a dyad is in an alliance that its source is not in."""
    target = frame.dyad_target[d]
    for k in range(frame.ally_start[target], frame.ally_start[target + 1]):
        if not is_member(frame, frame.pact_alliance[frame.ally_pacts[k]], frame.dyad_source[d]):
            return True
    return False


@inlined
def _series(tallies, rows, at_war, cells, people, deaths, t, r):
    """Count the series of the whole region into their histograms."""
    rows.past_deaths[r, t % 12] = deaths
    year = 0.0
    for k in range(12):
        year += rows.past_deaths[r, k]
    tallies.histogram[t, 0, _bin(float(at_war))] += 1
    tallies.histogram[t, 1, _bin(people)] += 1
    tallies.histogram[t, 2, _bin(cells)] += 1
    tallies.histogram[t, 3, _bin(rows.outcomes[r, INCIDENTS])] += 1
    tallies.histogram[t, 4, _bin(year)] += 1


@inlined
def _groups(frame, world, tallies, t, r):
    """Count the groups of one replicate; return the hidden members abroad."""
    abroad = 0
    for tie in range(frame.tie_id.shape[0]):
        cells = _fixed(world.cells[r, tie], CELLS_UNIT)
        tallies.tie_cells[t, tie] += cells
        abroad += frame.tie_abroad[tie] * cells  # whole parts, whose sum needs no order
    for tie in range(frame.tie_id.shape[0]):
        tallies.tie_fighters[t, tie] += _fixed(world.fighters[r, tie], PEOPLE_UNIT)
    return abroad / CELLS_UNIT


@inlined
def _cells_by_state(frame, tallies, t):
    """Add up the hidden members from abroad in each state, of all replicates counted so far."""
    for i in range(frame.state_id.shape[0]):
        tallies.cells[t, i] = 0
    for tie in range(frame.tie_id.shape[0]):
        tallies.cells[t, frame.tie_state[tie]] += frame.tie_abroad[tie] * tallies.tie_cells[t, tie]


@inlined
def _actions(frame, month, rows, r):
    """Count what groups tried, and how members of alliances answered."""
    for g in range(frame.group_id.shape[0]):
        rows.outcomes[r, ATTEMPTS] += month.attempts[r, g]
    for m in range(frame.member_state.shape[0]):
        rows.outcomes[r, HONOURED] += month.calls_honoured[r, m]
        rows.outcomes[r, ABANDONED] += month.calls_abandoned[r, m]


@kernel
def trace(world, paths, t):
    """Keep the state of every conflict of a chunk at the end of a month: replicate by replicate."""
    for r in range(paths.in_conflict.shape[0]):
        for i in range(paths.in_conflict.shape[2]):
            paths.in_conflict[r, t, i] = world.in_conflict[r, i]
            if world.in_conflict[r, i] == 1:
                paths.deaths[r, t, i] = exp(world.log_deaths[r, i]) / 12.0


@kernel
def record(frame, world, month, tallies, rows, t):
    """Count one month of a chunk: the world at its end, and what happened in it."""
    for r in range(rows.outcomes.shape[0]):
        _conditions(frame, world, month, tallies, t, r)
        at_war, people, deaths = _states(frame, world, month, tallies, rows, t, r)
        _dyads(frame, month, tallies, rows, t, r)
        _outcomes_of_dyads(frame, month, rows, r)
        cells = _groups(frame, world, tallies, t, r)
        _actions(frame, month, rows, r)
        _series(tallies, rows, at_war, cells, people, deaths, t, r)
        rows.outcomes[r, MONTHS] += at_war
        rows.outcomes[r, MOST] = max(rows.outcomes[r, MOST], at_war)
        rows.outcomes[r, REFUGEES] = people
        rows.outcomes[r, DEATHS] += deaths
    _cells_by_state(frame, tallies, t)
