"""Many replicates on threads: chunks from one queue, whole numbers added up, so that no order can matter."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any, NamedTuple

import numpy as np

from stability_sim.engine.record import OUTCOMES, Paths, Rows, Tallies, add, empty_tallies
from stability_sim.engine.run import LogPart, Memory, Part, Stopped, run_chunk
from stability_sim.storage.run_folder import StoreError
from stability_sim.world.fields import OF_ONE, Month, no_month
from stability_sim.world.initial import Beginning

# The parts of an ensemble, done in any order, put together; and how much of their log is held meanwhile.


MOST_LOG_ROWS = 1_000_000


class ReplicateFailed(StoreError):  # noqa: N818 - reads as a statement where it is caught
    """A replicate of a run that could not be run."""


def broken(rows: Rows) -> tuple[int, str] | None:
    """Return the place of a replicate with an outcome that is no number, and which it is; None if all are numbers."""
    wrong = np.argwhere(~np.isfinite(rows.outcomes))
    if not len(wrong):
        return None
    place, outcome = (int(k) for k in wrong[0])
    return place, f"{OUTCOMES[outcome]} is {rows.outcomes[place, outcome]}"


def check_numbers(rows: Rows, first: int) -> None:
    """Raise ReplicateFailed if an outcome of the replicates from ``first`` on is no number."""
    found = broken(rows)
    if found is not None:
        raise ReplicateFailed(f"replicate {first + found[0]} cannot be run: {found[1]}")


class Ensemble(NamedTuple):
    """All that is kept of an ensemble: tallies, one row a replicate, and the log of the first replicates."""

    tallies: Tallies
    rows: Rows
    log: LogPart
    n_logged: int  # replicates whose log is whole
    paths: Paths | None = None


class LogBound:
    """Takes from parts the log that an ensemble cannot keep, so that memory does not grow with replicates.

    What is kept in the end depends on the first parts alone, not on the order in which they are done.
    """

    def __init__(self, order: list[int]) -> None:
        self.order = order  # first replicates of all parts
        self.rows_of: dict[int, int] = {}  # log rows of each part that is done, by its first replicate
        self.whole = 0  # parts from the first without a gap that are done
        self.rows = 0  # and their log rows
        self.full_at: int | None = None  # first replicate of the part in which the log is full

    def bounded(self, part: Part) -> Part:
        """Return a part with as much of its log as may be needed."""
        self.rows_of[part.first] = len(part.log.values)
        while self.full_at is None and self.whole < len(self.order) and self.order[self.whole] in self.rows_of:
            self.rows += self.rows_of[self.order[self.whole]]
            if self.rows > MOST_LOG_ROWS:
                self.full_at = self.order[self.whole]
            self.whole += 1
        if self.full_at is not None and part.first > self.full_at:
            return part._replace(log=_cut(part.log, 0))
        return part._replace(log=_cut(part.log, MOST_LOG_ROWS + 1)) if len(part.log.values) > MOST_LOG_ROWS + 1 else part


def _cut(log: LogPart, n_rows: int) -> LogPart:
    return LogPart(log.replicate[:n_rows].copy(), log.rows[:n_rows].copy(), log.values[:n_rows].copy())


def joined_log(logs: list[LogPart], first: int, n_replicates: int) -> tuple[LogPart, int]:
    """Return the log of as many replicates, from ``first`` on, as fit, and how many; the same whatever the parts were."""
    log = LogPart(*(np.concatenate([part[k] for part in logs]) for k in range(3)))
    if len(log.values) <= MOST_LOG_ROWS:
        return log, n_replicates
    whole = int(log.replicate[MOST_LOG_ROWS]) - first
    keep = slice(0, int(np.searchsorted(log.replicate, first + whole)))
    return LogPart(*(column[keep] for column in log)), whole  # type: ignore[arg-type]


def _joined_paths(parts: list[Part]) -> Paths:
    found = [part.paths for part in parts if part.paths is not None]
    return Paths(*(np.concatenate([paths[k] for paths in found]) for k in range(len(Paths._fields))))


def joined(tallies: Tallies, parts: list[Part], *, trajectories: bool) -> Ensemble:
    """Return the ensemble of some parts, in whatever order they are, and of the sum of their tallies."""
    parts = sorted(parts, key=lambda part: part.first)
    rows = Rows(*(np.concatenate([part.rows[k] for part in parts]) for k in range(len(Rows._fields))))
    log, n_logged = joined_log([part.log for part in parts], parts[0].first, len(rows.outcomes))
    return Ensemble(tallies, rows, log, n_logged, _joined_paths(parts) if trajectories else None)


Progress = Callable[[int], None]

CHUNK_BYTES = 3_000_000  # the worlds of a chunk: they should stay in the processor's cache
MOST_IN_A_CHUNK = 256
ENOUGH_IN_A_CHUNK = 32  # below that the interpreter between kernels costs more than they do
CHUNKS_A_WORKER = 4
POLL_SECONDS = 0.1


def _bytes_a_replicate(beginning: Beginning) -> int:
    month = no_month(beginning.frame, 1)
    own = [values for name, values in zip(Month._fields, month, strict=True) if name not in OF_ONE]
    worlds: list[Any] = [*beginning.world, *beginning.world]
    return sum(int(values.nbytes) for values in worlds + own)


def chunk_size(beginning: Beginning, n_replicates: int, workers: int) -> int:
    """Return how many replicates a chunk holds: what fits a cache, and several chunks a worker if there are many replicates.

    If there are few, a chunk a worker: a month of a chunk costs as much as a month of twenty replicates besides.
    """
    fits = CHUNK_BYTES // _bytes_a_replicate(beginning)
    several = -(-n_replicates // (workers * CHUNKS_A_WORKER))
    one = -(-n_replicates // workers)
    return max(1, min(fits, max(several, min(one, ENOUGH_IN_A_CHUNK)), MOST_IN_A_CHUNK))


def default_workers() -> int:
    """Return the number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)


class _Work:
    """The queue of chunks, and what the workers of a run share."""

    def __init__(
        self, beginning: Beginning, seed: int, chunks: list[tuple[int, int]], n_months: int, *, trajectories: bool
    ) -> None:
        self.beginning = beginning
        self.seed = seed
        self.n_months = n_months
        self.trajectories = trajectories
        self.chunks = iter(chunks)
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.done = 0
        self.log = LogBound([first for first, _ in chunks])

    def _next(self) -> tuple[int, int] | None:
        with self.lock:
            return next(self.chunks, None)

    def work(self) -> tuple[Tallies, list[Part]]:
        """Run chunks until there are none left; return their sum."""
        tallies = empty_tallies(self.beginning.frame, self.n_months)
        parts: list[Part] = []
        memory = Memory()
        while (chunk := self._next()) is not None:
            first, size = chunk
            part = run_chunk(
                self.beginning, self.seed, first, size, self.n_months, tallies, self.stop.is_set,
                trajectories=self.trajectories, memory=memory,
            )  # fmt: skip
            check_numbers(part.rows, first)
            with self.lock:
                self.done += size
                parts.append(self.log.bounded(part))
        return tallies, parts


def _watch(work: _Work, workers: int, progress: Progress | None) -> list[tuple[Tallies, list[Part]]]:
    """Run the workers; tell how many replicates are done; on an interrupt stop them before it goes on."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(work.work) for _ in range(workers)]
        try:
            pending = set(futures)
            while pending:
                finished, pending = wait(pending, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                if progress is not None:
                    progress(work.done)
        except BaseException:
            work.stop.set()
            wait(futures)
            raise
        return [future.result() for future in futures]


def run_ensemble(
    beginning: Beginning,
    n_replicates: int,
    seed: int,
    n_months: int,
    *,
    first: int = 0,
    workers: int | None = None,
    size: int | None = None,
    progress: Progress | None = None,
    trajectories: bool = False,
) -> Ensemble:
    """Run replicates ``first`` .. ``first + n_replicates - 1`` of a scenario.

    Parameters
    ----------
    beginning : Beginning
        Names, frame, parameters and first world.
    n_replicates, seed, n_months : int
        How many, keyed by what, how long.
    first : int
        Number of the first replicate.
    workers, size : int, optional
        Threads and replicates a chunk; neither changes a bit of the outcome.
    progress : callable, optional
        Called with the number of replicates done.
    trajectories : bool
        Whether to keep conflict and deaths of every replicate, month and state; memory then grows with replicates.
    """
    workers = workers or default_workers()
    size = size or chunk_size(beginning, n_replicates, workers)
    end = first + n_replicates
    chunks = [(k, min(size, end - k)) for k in range(first, end, size)]
    done = _watch(_Work(beginning, seed, chunks, n_months, trajectories=trajectories), min(workers, len(chunks)), progress)
    tallies = done[0][0]
    for other, _ in done[1:]:
        add(tallies, other)
    return joined(tallies, [part for _, found in done for part in found], trajectories=trajectories)


__all__ = ["Ensemble", "Stopped", "chunk_size", "default_workers", "run_ensemble"]
