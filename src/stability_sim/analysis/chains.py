"""Transmission trees: who destabilised whom, in every replicate at once.

An episode is a conflict of a state. One that was at war from the start, began from within or by an event of the file is
the first of its chain (step 0); one that was brought in is a step further than the episode that it came from.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.results import Results

Ints = NDArray[np.int64]


class Episodes(NamedTuple):
    """Conflicts of all logged replicates, sorted by replicate, state and month; -1 stands for none.

    Each array has one entry an episode: place of the replicate, state, month of onset (-1: at war from the start),
    source state (its own if from within), channel, episode that it came from, and step in its chain.
    """

    replicate: Ints
    state: Ints
    month: Ints
    source: Ints
    channel: Ints
    parent: Ints
    step: Ints
    from_abroad: NDArray[np.bool_]


def positions(column: NDArray[Any], labels: list[str]) -> Ints:
    """Return the place of each word of a column among labels; -1 for those that are not there."""
    import pandas as pd

    codes, words = pd.factorize(column)
    place = {label: k for k, label in enumerate(labels)}
    return np.array([place.get(word, -1) for word in words] + [-1], dtype=np.int64)[codes]


def _onsets(results: Results, n: int) -> tuple[Ints, ...]:
    log = results.log.columns
    place = log["replicate"] - int(results.coords["replicate"][0])
    rows = (log["kind"] == "onset") & (place < n)
    states = results.coords["state"]
    homes = results.attributes["group_homes"]
    home = {group: states.index(code) for group, code in homes.items() if code in states}
    groups = list(home)
    group = positions(log["group"][rows], groups)
    at_home = np.array([home[name] for name in groups] + [-1], dtype=np.int64)[group]
    return (
        place[rows].astype(np.int64), positions(log["state"][rows], states), log["month"][rows].astype(np.int64),
        positions(log["source"][rows], states), positions(log["channel"][rows], results.coords["channel"]), at_home,
    )  # fmt: skip


def _with_those_at_war(results: Results, n: int, onsets: tuple[Ints, ...]) -> tuple[Ints, ...]:
    """Return the onsets with an episode, in each replicate, for every state that is at war from the start."""
    at_war = np.flatnonzero(results["initial_conflict"])
    place = np.repeat(np.arange(n, dtype=np.int64), len(at_war))
    state = np.tile(at_war.astype(np.int64), n)
    none = np.full(len(state), -1, dtype=np.int64)
    started = (place, state, none, state, none, none)
    return tuple(np.concatenate([first, second]) for first, second in zip(started, onsets, strict=True))


def _latest_before(key: Ints, group: Ints, span: int, month: Ints) -> Ints:
    """Return the last episode of a (replicate, state) that began before a month, or -1; ``key`` is sorted."""
    found = np.searchsorted(key, group * span + month + 1, side="left").astype(np.int64) - 1
    belongs = (found >= 0) & (key[np.maximum(found, 0)] // span == group)
    return np.where(belongs, found, -1)


def _steps(parent: Ints, from_abroad: NDArray[np.bool_]) -> Ints:
    step = np.zeros(len(parent), dtype=np.int64)
    while True:
        further = np.where(from_abroad, np.where(parent >= 0, step[np.maximum(parent, 0)] + 1, 1), 0)
        if np.array_equal(further, step):
            return step
        step = further


def episodes(results: Results, n_replicates: int) -> Episodes:
    """Return the conflicts of the first ``n_replicates`` with the episode that each came from.

    Fighters pass through states at peace: where the source of an onset never was at war, the episode is that of the
    home of the group whose cells made it; where that was at peace too, none, and the onset is a first step.
    """
    n_states, span = len(results.coords["state"]), len(results.coords["month"]) + 2
    columns = _with_those_at_war(results, n_replicates, _onsets(results, n_replicates))
    key = (columns[0] * n_states + columns[1]) * span + columns[2] + 1
    order = np.argsort(key, kind="stable")
    place, state, month, source, channel, home = (column[order] for column in columns)
    key = key[order]
    from_abroad = (source >= 0) & (source != state) & (month >= 0)
    parent = _latest_before(key, place * n_states + source, span, month)
    at_home = _latest_before(key, place * n_states + home, span, month)
    parent = np.where((parent < 0) & (home >= 0) & (home != state), at_home, parent)
    parent = np.where(from_abroad, parent, -1)
    return Episodes(place, state, month, source, channel, parent, _steps(parent, from_abroad), from_abroad)
