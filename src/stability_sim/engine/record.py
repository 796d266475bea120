"""The tenth phase: count what happened, month by month, into whole numbers."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math
from collections import namedtuple
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.dynamics.alliances import is_member
from stability_sim.dynamics.formulas import hosted
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.handles import field_named
from stability_sim.scenario.variables import CELLS_UNIT, FIELDS, PEOPLE_UNIT, Field
from stability_sim.scenario.variables import SHARE_UNIT as SHARE_UNIT
from stability_sim.world.fields import Frame, sizes
from stability_sim.world.vocabulary import N_CHANNELS

if TYPE_CHECKING:
    from stability_sim.world.fields import Arrays

# Means are sums of fixed-point integers (a value times a power of two, rounded), because sums of floats depend on their
# order and the batches of an ensemble come in any. Memory grows with replicates only by one short row of outcomes each.
OUTCOMES = (
    "onsets", "cross_border_onsets", "outbreaks", "months_in_conflict", "most_states_in_conflict", "incidents", "raids", "attacks",
    "attacks_on_allies", "crossing_attempts", "crossed", "hidden_among_refugees", "refugees_at_end", "deaths",
    "calls_honoured", "calls_abandoned",
)  # fmt: skip
SERIES = ("states_in_conflict", "refugees_hosted", "cells", "incidents_cumulative", "deaths_12_months")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

EXACT = 100  # whole numbers below this have a bin of their own
BINS_PER_E = 160.0
N_BINS = 2660  # up to 100·e^16: a thousand million


def bin_value(index: int, share: float) -> float:
    """Return the value at a share of the way through a bin of the histograms: exact below 100, then within 0.7 %."""
    if index < EXACT:
        return float(index)
    return EXACT * math.exp((index - EXACT + share) / BINS_PER_E)


class Tally(NamedTuple):
    """A sum over replicates: its axes, how many whole parts one of its unit has, and what results say of it."""

    name: str
    axes: tuple[str, ...]
    parts: float = 1.0
    unit: str = ""
    meaning: str = ""  # of the mean over replicates, which is among the results; empty if it is not
    variable: str = ""  # its name there, if another


RECORDED = tuple(field for field in reversed(FIELDS) if field.recorded)  # results name the last of them first
_BY_STATE, _BY_DYAD, _BY_TIE = (("month", axis) for axis in ("state", "dyad", "tie"))


def _mean_of(field: Field) -> str:
    """Return what the mean of a variable over replicates is."""
    if field.kind is bool:
        return f"Share of replicates in which {field.meaning.removeprefix('Whether ')}"
    meaning = field.meaning if field.of in ("conflict", "support") else field.label.replace("_", " ")
    return f"Mean {meaning[:1].lower()}{meaning[1:]}"


TALLIES: tuple[Tally, ...] = (
    Tally("in_conflict", _BY_STATE, 1.0, "share", "Share of replicates in which the state is in conflict", "incidence"),
    Tally("risk", _BY_STATE, SHARE_UNIT, "probability", "P(fighting breaks out within 12 months); 1 while in conflict"),
    *(Tally(x.name, ("month", x.of), x.recorded or 1.0, "share" if x.kind is bool else x.unit, _mean_of(x)) for x in RECORDED),
    Tally(
        "held",
        ("month", "conflict"),
        SHARE_UNIT,
        "share",
        "Mean share of what is fought over that the rebels hold; 0 where nobody fights",
        "ground",
    ),
    Tally("cells", _BY_STATE, CELLS_UNIT, "persons", "Mean hidden members of groups from abroad"),
    Tally("refugees_hosted", _BY_STATE, PEOPLE_UNIT, "persons", "Mean refugees hosted"),
    Tally("crossings", _BY_DYAD, CELLS_UNIT, "persons", "Mean hidden fighters that crossed unseen"),
    Tally("refugee_flow", _BY_DYAD, PEOPLE_UNIT, "persons", "Mean refugees that moved"),
    Tally("hidden_refugees", _BY_DYAD, CELLS_UNIT, "persons", "Mean hidden fighters among refugees"),
    Tally("raids", _BY_DYAD, 1.0, "raids", "Mean raids"),
    Tally("attacks", _BY_DYAD, 1.0, "attacks", "Mean overt attacks"),
    Tally("incidents", ("month", "border"), 1.0, "incidents", "Mean skirmishes"),
    Tally("tie_cells", _BY_TIE, CELLS_UNIT, "persons", "Mean hidden members of a group in a state"),
    Tally("tie_fighters", _BY_TIE, PEOPLE_UNIT, "persons", "Mean fighters of a group in a state"),
    Tally("hazard", ("state", "channel"), SHARE_UNIT, "per run", "Mean hazard summed over the months of a run"),
    Tally("ever_onset", ("state",), 1.0, "share", "Share of replicates with at least one onset in the run"),
    Tally("transmissions", ("channel", "source", "target"), 1.0, "onsets", "Mean onsets by channel, source and target"),
    Tally("histogram", ("month", "series", "bin")),
)

if TYPE_CHECKING:

    class Tallies(Arrays):
        """Sums over replicates, in whole numbers, along the axes of the table above."""
else:
    Tallies = namedtuple("Tallies", [tally.name for tally in TALLIES])


def empty_tallies(frame: Frame, n_months: int) -> Tallies:
    """Return tallies of no replicates."""
    n = sizes(frame)
    n |= {"month": n_months, "channel": N_CHANNELS, "series": len(SERIES), "bin": N_BINS}
    n |= {"source": n["state"], "target": n["state"]}
    return Tallies(*(np.zeros([n[axis] for axis in tally.axes], dtype=np.int64) for tally in TALLIES))


def add(total: Tallies, part: Tallies) -> None:
    """Add the tallies of some replicates to those of others."""
    for values, more in zip(total, part, strict=True):
        np.add(values, more, out=values)


class Rows(NamedTuple):
    """One short row a replicate: its outcomes, the first onset of each state, and what the series need to run on."""

    outcomes: NDArray[np.float64]  # (replicate, outcome)
    first_onset: NDArray[np.int16]  # (replicate, state), -1 never
    past_deaths: NDArray[np.float64]  # (replicate, 12)


class Paths(NamedTuple):
    """The way of every replicate, kept only if it is asked for: conflict and battle deaths by month and state."""

    in_conflict: NDArray[np.int8]  # (replicate, month, state)
    deaths: NDArray[np.float32]


def empty_paths(frame: Frame, n_replicates: int, n_months: int) -> Paths:
    """Return paths of peace."""
    shape = (n_replicates, n_months, len(frame.state_id))
    return Paths(np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.float32))


def empty_rows(frame: Frame, n_replicates: int) -> Rows:
    """Return the rows of replicates in which nothing has happened yet."""
    return Rows(
        outcomes=np.zeros((n_replicates, len(OUTCOMES))),
        first_onset=np.full((n_replicates, len(frame.state_id)), -1, dtype=np.int16),
        past_deaths=np.zeros((n_replicates, 12)),
    )


(
    ONSETS, ABROAD, OUTBREAKS, MONTHS, MOST, INCIDENTS, RAIDS, ATTACKS, ON_ALLIES, ATTEMPTS, CROSSED, HIDDEN, REFUGEES, DEATHS,
    HONOURED, ABANDONED,
) = range(len(OUTCOMES))  # fmt: skip

SHARE_OF_A_YEAR = SHARE_UNIT / 12.0  # of a rate per year, in a month


@inlined
def _fixed(value, unit):
    """Return a value as a whole number of parts of a unit."""
    return np.int64(math.floor(value * unit + 0.5))


@inlined
def _bin(value):
    """Return the bin of a value: exact below 100, 160 to each factor e above; the last for what is too large or no number."""
    if value < EXACT:
        return int(value)
    place = BINS_PER_E * math.log(value / EXACT)
    if place < N_BINS - EXACT:
        return EXACT + int(place)
    return N_BINS - 1


def _counter(fields):
    """Return the formula that adds the recorded variables of one replicate to their tallies."""

    @inlined
    def count(world, tallies, t, r):
        """Know no variable."""

    for field in reversed(fields):
        count = _count_first(field.name, field.recorded, count)
    return count


def _count_first(name, unit, others):
    """Return a formula that adds one variable to its tally, and then goes on with another formula."""

    @inlined
    def count(world, tallies, t, r):
        for k in range(field_named(tallies, name).shape[1]):
            field_named(tallies, name)[t, k] += _fixed(field_named(world, name)[r, k], unit)
        others(world, tallies, t, r)

    return count


_recorded = _counter(RECORDED)


@inlined
def _conditions(frame, world, month, tallies, t, r):
    """Add what a state is like to the tallies, in plain loops: several states at once."""
    for i in range(frame.state_id.shape[0]):
        tallies.in_conflict[t, i] += world.in_conflict[r, i]
        tallies.risk[t, i] += _fixed(month.risk[r, i], SHARE_UNIT)
    _recorded(world, tallies, t, r)
    for c in range(frame.conflict_id.shape[0]):
        if world.fought[r, c] == 1:
            tallies.held[t, c] += _fixed(world.ground[r, c], SHARE_UNIT)
    for i in range(frame.state_id.shape[0]):
        for c in range(N_CHANNELS):
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
        at_war += world.in_conflict[r, i]
        deaths_all += world.deaths[r, i]
        rows.outcomes[r, OUTBREAKS] += month.outbreaks[r, i]
        rows.outcomes[r, ONSETS] += month.onset[r, i]
        if month.onset[r, i] > 0 and rows.first_onset[r, i] < 0:
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
    """Keep the state of every conflict of a batch at the end of a month: replicate by replicate."""
    for r in range(paths.in_conflict.shape[0]):
        for i in range(paths.in_conflict.shape[2]):
            paths.in_conflict[r, t, i] = world.in_conflict[r, i]
            paths.deaths[r, t, i] = world.deaths[r, i]


@kernel
def record(frame, world, month, tallies, rows, t):
    """Count one month of a batch: the world at its end, and what happened in it."""
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
