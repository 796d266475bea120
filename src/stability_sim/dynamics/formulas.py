"""Small formulas that several processes share."""

# Kernels and formulas are typed by what calls them: numba infers the types, the table of processes fixes them.
# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.kernels.compile import inlined
from stability_sim.kernels.elementary import exp

HALF = 0.5  # of a symmetric formula: the middle of a scale from 0 to 1, the mean of two, ½σ²
PERSONS_PER_THOUSAND = 1e3  # forces are in thousands of troops, fighters in persons
HUNDREDS_PER_MILLION = 1e4  # populations are in millions, a density in refugees per 100 inhabitants
PERSONS_PER_MILLION = 1e6  # populations are in millions, refugees in persons
_ENDS_APART = 2.0  # from −1 to 1
_MONTH, _KIND, _STATE, _SOURCE, _CHANNEL, _GROUP, _BORDER = range(7)  # columns of the rows of the log


@inlined
def probability_in_step(rate_per_year, years):
    """Return the probability of at least one event in a step: 1 − exp(−λ·years)."""
    return 1.0 - exp(-rate_per_year * years)


@inlined
def toward(value, target, share):
    """Return a value moved by a share of its distance to a target: stays in [0, 1] if all three are."""
    return value + share * (target - value)


@inlined
def logistic(x):
    """Return 1 / (1 + exp(−x)), without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    e = exp(x)
    return e / (1.0 + e)


@inlined
def logit(p):
    """Return ln(p / (1 − p)) for p strictly between 0 and 1."""
    return math.log(p / (1.0 - p))


@inlined
def two_sided(u):
    """Return a quantile in (0, 1) as an error in (−1, 1): 2u − 1."""
    return _ENDS_APART * u - 1.0


@inlined
def detection(p, guard, ruggedness):
    """Return the probability that a crossing is seen: 1 − exp(−a·b·(1 − c·r)), with b the guard and r the ruggedness."""
    return 1.0 - exp(-p.guard_detects * guard * (1.0 - p.terrain_hides * ruggedness))


@inlined
def cells_loss(p, capacity):
    """Return the monthly loss of hidden cells, δ(K)."""
    return p.cells_loss + p.cells_loss_capacity * capacity


@inlined
def foreign_cells(frame, cells, r, j):
    """Return the hidden members in a state of the groups whose home is elsewhere."""
    total = 0.0
    for k in range(frame.local_start[j], frame.local_start[j + 1]):
        tie = frame.local_ties[k]
        if frame.group_home[frame.tie_group[tie]] != j:
            total += cells[r, tie]
    return total


@inlined
def hosted(frame, world, r, j):
    """Return the refugees that a state hosts, in persons."""
    total = 0.0
    for k in range(frame.into_start[j], frame.into_start[j + 1]):
        total += world.refugees[r, frame.into_dyads[k]]
    return total


@inlined
def reliability(world, r, member):
    """Return the share of calls that a member is expected to honour: α / (α + β)."""
    return world.honoured[r, member] / (world.honoured[r, member] + world.abandoned[r, member])


@inlined
def write(log, key, r, kind, state, source, channel, group, border, value):
    """Add a row to the log of a replicate; the schedule has made room for it."""
    _, _, month = key
    row = log.count[r]
    log.rows[r, row, _MONTH] = month
    log.rows[r, row, _KIND] = kind
    log.rows[r, row, _STATE] = state
    log.rows[r, row, _SOURCE] = source
    log.rows[r, row, _CHANNEL] = channel
    log.rows[r, row, _GROUP] = group
    log.rows[r, row, _BORDER] = border
    log.values[r, row] = value
    log.count[r] = row + 1
