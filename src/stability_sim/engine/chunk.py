"""A chunk run from its first month to its last, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.engine.recorder import ABROAD, record, trace
from stability_sim.engine.run import Chunk, start, step
from stability_sim.engine.tallies import Paths, Rows, Tallies, empty_paths, empty_rows
from stability_sim.handles import handle
from stability_sim.world.arrays import Log
from stability_sim.world.build import Beginning
from stability_sim.world.vocabulary import LOG_ONSET

Stop = Callable[[], bool]


class Stopped(Exception):  # noqa: N818 - not an error: somebody asked for it
    """A chunk was left because it was no longer wanted."""


def never() -> bool:
    """Return False: nobody asks a chunk to stop."""
    return False


LOG_FIELDS = ("month", "kind", "state", "source", "channel", "group", "border")


class LogPart(NamedTuple):
    """The log of a chunk: the replicate of each row, its coded fields, and its number."""

    replicate: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.float64]


class Part(NamedTuple):
    """What is kept of a chunk besides its tallies: one short row a replicate, the log, and paths if asked for."""

    first: int
    rows: Rows
    log: LogPart
    paths: Paths | None = None


def flatten(log: Log, replicates: NDArray[np.uint64]) -> LogPart:
    """Return the rows of a log, replicate by replicate, in the order in which they were written."""
    width = log.rows.shape[1]
    keep = np.arange(width)[None, :] < log.count[:, None]
    numbers = np.repeat(replicates.astype(np.int64), log.count)
    return LogPart(numbers, log.rows[keep], log.values[keep])


def count_onsets(log: LogPart, first: int, tallies: Tallies, rows: Rows) -> None:
    """Count the onsets of the log by channel, source and target, and those that came from another state."""
    onsets = (log.rows[:, 1] == LOG_ONSET) & (log.rows[:, 4] >= 0)
    state, source, channel = log.rows[onsets, 2], log.rows[onsets, 3], log.rows[onsets, 4]
    np.add.at(tallies.transmissions, (channel, source, state), 1)
    np.add.at(rows.outcomes[:, ABROAD], log.replicate[onsets] - first, source != state)


def run_chunk(
    beginning: Beginning,
    seed: int,
    first: int,
    n_replicates: int,
    n_months: int,
    tallies: Tallies,
    stop: Stop = never,
    *,
    trajectories: bool = False,
) -> Part:
    """Run replicates ``first`` .. ``first + n_replicates - 1`` for ``n_months`` and add them to the tallies.

    With ``trajectories`` the paths of all replicates are kept too. Raises Stopped between two months if ``stop()`` says
    so; the tallies are then half filled and of no use.
    """
    chunk: Chunk = start(beginning, seed, first, n_replicates)
    rows = empty_rows(beginning.frame, n_replicates)
    kept = handle(tallies), handle(rows)
    paths = empty_paths(beginning.frame, n_replicates, n_months) if trajectories else None
    traced = handle(paths) if paths else None
    for t in range(n_months):
        if stop():
            raise Stopped
        step(chunk)
        record(chunk.given(beginning.frame), chunk.given(chunk.now), chunk.given(chunk.month), *kept, t)
        if traced is not None:
            trace(chunk.given(chunk.now), traced, t)
    log = flatten(chunk.log, chunk.replicates)
    count_onsets(log, first, tallies, rows)
    return Part(first, rows, log, paths)
