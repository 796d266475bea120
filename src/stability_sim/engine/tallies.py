"""What is kept of an ensemble: sums of whole numbers and histograms, so that the order of replicates cannot matter.

Means are kept as sums of fixed-point integers (a value times a power of two, rounded), because sums of floats depend
on their order and the chunks of an ensemble come in any. Memory does not grow with replicates, but for one short row
of outcomes a replicate.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.world.arrays import Frame

Counts = NDArray[np.int64]

OUTCOMES = (
    "onsets", "cross_border_onsets", "months_in_conflict", "most_states_in_conflict", "incidents", "raids", "attacks",
    "attacks_on_allies", "crossing_attempts", "crossed", "hidden_among_refugees", "refugees_at_end", "deaths",
    "calls_honoured", "calls_abandoned",
)  # fmt: skip
SERIES = ("states_in_conflict", "refugees_hosted", "cells", "incidents_cumulative", "deaths_12_months")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

SHARE_UNIT = 2.0**40  # a share: a million replicates sum to 2^60
PEOPLE_UNIT = 2.0**10  # persons or deaths
CELLS_UNIT = 2.0**22

EXACT = 100  # whole numbers below this have a bin of their own
BINS_PER_E = 160.0
N_BINS = 2660  # up to 100·e^16: a thousand million


def bin_value(index: int, share: float) -> float:
    """Return the value at a share of the way through a bin of the histograms: exact below 100, then within 0.7 %."""
    if index < EXACT:
        return float(index)
    return EXACT * math.exp((index - EXACT + share) / BINS_PER_E)


class Tallies(NamedTuple):
    """Sums over replicates by month and entity, and histograms of the series of the whole region."""

    in_conflict: Counts  # (month, state)
    risk: Counts
    hardship: Counts
    legitimacy: Counts
    capacity: Counts
    cells: Counts
    refugees_hosted: Counts
    deaths: Counts
    crossings: Counts  # (month, dyad)
    refugee_flow: Counts
    hidden_refugees: Counts
    raids: Counts
    attacks: Counts
    incidents: Counts  # (month, border)
    tie_cells: Counts  # (month, tie)
    tie_fighters: Counts
    hazard: Counts  # (state, channel)
    ever_onset: Counts  # (state,)
    transmissions: Counts  # (channel, source, target)
    histogram: Counts  # (month, series, bin)


def empty_tallies(frame: Frame, n_months: int) -> Tallies:
    """Return tallies of no replicates."""
    states, dyads, ties = len(frame.state_id), len(frame.dyad_id), len(frame.tie_id)

    def zeros(*shape: int) -> Counts:
        return np.zeros(shape, dtype=np.int64)

    by_state = {name: zeros(n_months, states) for name in Tallies._fields[:8]}
    by_dyad = {name: zeros(n_months, dyads) for name in Tallies._fields[8:13]}
    return Tallies(
        **by_state,
        **by_dyad,
        incidents=zeros(n_months, len(frame.border_id)),
        tie_cells=zeros(n_months, ties),
        tie_fighters=zeros(n_months, ties),
        hazard=zeros(states, 7),
        ever_onset=zeros(states),
        transmissions=zeros(7, states, states),
        histogram=zeros(n_months, len(SERIES), N_BINS),
    )


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
