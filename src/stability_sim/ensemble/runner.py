"""Many replicates on threads: chunks from one queue, whole numbers added up, so that no order can matter."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

from stability_sim.engine.chunk import Memory, Part, Stopped, run_chunk
from stability_sim.engine.tallies import Tallies, add, empty_tallies
from stability_sim.ensemble.parts import Ensemble, LogBound, joined
from stability_sim.world.build import Beginning
from stability_sim.world.month import OF_ONE, Month, no_month

Progress = Callable[[int], None]

CHUNK_BYTES = 3_000_000  # the worlds of a chunk: they should stay in the processor's cache
MOST_IN_A_CHUNK = 256
CHUNKS_A_WORKER = 4
POLL_SECONDS = 0.1


def _bytes_a_replicate(beginning: Beginning) -> int:
    month = no_month(beginning.frame, 1)
    own = [values for name, values in zip(Month._fields, month, strict=True) if name not in OF_ONE]
    worlds: list[Any] = [*beginning.world, *beginning.world]
    return sum(int(values.nbytes) for values in worlds + own)


def chunk_size(beginning: Beginning, n_replicates: int, workers: int) -> int:
    """Return how many replicates a chunk holds: what fits a cache, and enough chunks for all workers."""
    fits = CHUNK_BYTES // _bytes_a_replicate(beginning)
    fair = -(-n_replicates // (workers * CHUNKS_A_WORKER))
    return max(1, min(fits, fair, MOST_IN_A_CHUNK))


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
