"""A chunk run from its first month to its last, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.engine.recorder import ABROAD, record, trace
from stability_sim.engine.run import Chunk, go_on_until, restart, start
from stability_sim.engine.tallies import Paths, Rows, Tallies, empty_paths, empty_rows
from stability_sim.handles import handle
from stability_sim.world.arrays import Log
from stability_sim.world.build import Beginning
from stability_sim.world.vocabulary import LOG_ONSET

Stop = Callable[[], bool]
MONTHS_AT_ONCE = 12  # after so many a chunk asks whether it is still wanted


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
    numbers = np.repeat(replicates.astype(np.int64), log.count)
    counts = [slice(count) for count in log.count.tolist()]
    rows = [of_one[used] for of_one, used in zip(log.rows, counts, strict=True)]
    values = [of_one[used] for of_one, used in zip(log.values, counts, strict=True)]
    return LogPart(numbers, np.concatenate(rows), np.concatenate(values))


def count_onsets(log: LogPart, first: int, tallies: Tallies, rows: Rows) -> None:
    """Count the onsets of the log by channel, source and target, and those that came from another state."""
    onsets = (log.rows[:, 1] == LOG_ONSET) & (log.rows[:, 4] >= 0)
    state, source, channel = log.rows[onsets, 2], log.rows[onsets, 3], log.rows[onsets, 4]
    np.add.at(tallies.transmissions, (channel, source, state), 1)
    np.add.at(rows.outcomes[:, ABROAD], log.replicate[onsets] - first, source != state)


class Memory:
    """Where one worker runs its chunks: the next of as many replicates of the same beginning overwrites the last."""

    def __init__(self) -> None:
        self.chunk: Chunk | None = None

    def start(self, beginning: Beginning, seed: int, first: int, n_replicates: int) -> Chunk:
        """Return replicates ``first`` .. ``first + n_replicates - 1`` at their first month."""
        last = self.chunk
        if last is None or last.beginning is not beginning or last.seed != seed or len(last.replicates) != n_replicates:
            self.chunk = start(beginning, seed, first, n_replicates)
            return self.chunk
        restart(last, first)
        return last


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
    memory: Memory | None = None,
) -> Part:
    """Run replicates ``first`` .. ``first + n_replicates - 1`` for ``n_months`` and add them to the tallies.

    With ``trajectories`` the paths of all replicates are kept too; ``memory`` is used again by the next chunk. Raises Stopped
    between two years if ``stop()`` says so; the tallies are then half filled and of no use.
    """
    chunk = (memory or Memory()).start(beginning, seed, first, n_replicates)
    rows = empty_rows(beginning.frame, n_replicates)
    kept = handle(tallies), handle(rows)
    paths = empty_paths(beginning.frame, n_replicates, n_months) if trajectories else None
    traced = handle(paths) if paths else None
    while chunk.month_number < n_months:
        if stop():
            raise Stopped
        t = chunk.month_number
        go_on_until(chunk, min(n_months, t + (MONTHS_AT_ONCE if traced is None else 1)), record, kept)
        if traced is not None:
            chunk.call(trace, chunk.given(chunk.now), traced, t)
    log = flatten(chunk.log, chunk.replicates)
    count_onsets(log, first, tallies, rows)
    return Part(first, rows, log, paths)
