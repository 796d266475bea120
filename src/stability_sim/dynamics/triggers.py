"""Conditions on the world that let an event happen; counted over a window of past months, or read off the present."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.dynamics.formulas import HUNDREDS_PER_MILLION, hosted
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.world.vocabulary import (
    COMPARISONS,
    IS_ATTACKS,
    IS_CELLS,
    IS_CONFLICT,
    IS_CONFLICTS,
    IS_CROSSINGS,
    IS_DEATHS,
    IS_HARDSHIP,
    IS_INCIDENTS,
    IS_LEGITIMACY,
    IS_MONTH,
    IS_RAIDS,
    IS_REFUGEES,
)

AT_LEAST, ABOVE, AT_MOST, BELOW, _EQUAL = range(len(COMPARISONS))


@inlined
def _present(frame, now, key, r, c):
    """Return the present value of a metric that is not counted."""
    metric, a = frame.condition_metric[c], frame.condition_a[c]
    if metric == IS_CONFLICT:
        return float(now.in_conflict[r, a])
    if metric == IS_CONFLICTS:
        total = 0.0
        for i in range(frame.state_id.shape[0]):
            total += now.in_conflict[r, i]
        return total
    if metric == IS_CELLS:
        return now.cells[r, a] if a >= 0 else 0.0
    if metric == IS_REFUGEES:
        return hosted(frame, now, r, a) / (frame.population[a] * HUNDREDS_PER_MILLION)  # per 100 inhabitants
    if metric == IS_HARDSHIP:
        return now.hardship[r, a]
    if metric == IS_LEGITIMACY:
        return now.legitimacy[r, a]
    if metric == IS_MONTH:
        _, _, month = key
        return float(month)
    return 0.0


@inlined
def _counted(metric):
    return metric in (IS_INCIDENTS, IS_RAIDS, IS_ATTACKS, IS_CROSSINGS, IS_DEATHS)


@inlined
def _value(frame, now, key, r, c):
    """Return what a condition compares: a sum over its window, or a present value."""
    if not _counted(frame.condition_metric[c]):
        return _present(frame, now, key, r, c)
    total = 0.0
    for k in range(frame.condition_window[c]):
        total += now.history[r, c, k]
    return total


@inlined
def _holds(value, comparison, threshold):
    """Return whether a comparison holds."""
    if comparison == AT_LEAST:
        return value >= threshold
    if comparison == ABOVE:
        return value > threshold
    if comparison == AT_MOST:
        return value <= threshold
    if comparison == BELOW:
        return value < threshold
    return value == threshold


@inlined
def holds(frame, now, key, r, trigger):
    """Return whether all conditions of a trigger hold."""
    for c in range(frame.condition_start[trigger], frame.condition_start[trigger + 1]):
        if not _holds(_value(frame, now, key, r, c), frame.condition_comparison[c], frame.condition_threshold[c]):
            return False
    return True


@inlined
def _into(frame, counts, r, state):
    """Return the sum over the dyads into a state."""
    total = 0.0
    for k in range(frame.into_start[state], frame.into_start[state + 1]):
        total += counts[r, frame.into_dyads[k]]
    return total


@inlined
def _happened(frame, after, month, r, c):
    """Return what a counted metric was this month."""
    metric, a = frame.condition_metric[c], frame.condition_a[c]
    if metric == IS_INCIDENTS:
        return float(month.incidents[r, a])
    if metric == IS_RAIDS:
        return _into(frame, month.raids, r, a)
    if metric == IS_ATTACKS:
        return _into(frame, month.attacks, r, a)
    if metric == IS_CROSSINGS:
        return float(month.attempts[r, a])
    return after.deaths[r, a]


@kernel
def remember(frame, p, now, after, month, log, seed, replicates, t):
    """Write this month's counts over the oldest ones in the window of each condition."""
    for r in range(replicates.shape[0]):
        for c in range(frame.condition_metric.shape[0]):
            if _counted(frame.condition_metric[c]):
                after.history[r, c, t % frame.condition_window[c]] = _happened(frame, after, month, r, c)
