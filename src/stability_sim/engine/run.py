"""A chunk of replicates, month by month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.dynamics.perception import first_impressions
from stability_sim.engine.fused import copy_world, empty_month, in_sequence, months_in_sequence
from stability_sim.engine.record import ABROAD, Paths, Rows, Tallies, empty_paths, empty_rows, record, trace
from stability_sim.engine.rehearsal import trusted_schedule
from stability_sim.engine.schedule import BEFORE_ANYBODY_LOOKS, SCHEDULE, Phase, Process
from stability_sim.kernels.compile import straight
from stability_sim.kernels.handles import handle
from stability_sim.world.fields import Ids, Log, Month, World, no_month
from stability_sim.world.initial import Beginning, both_worlds, empty_log, grown, most_rows_in_a_month
from stability_sim.world.vocabulary import LOG_ONSET

MONTHS_OF_LOG = 12  # room at the beginning: memory that nobody writes to costs nothing
Hook = Callable[["Chunk", str], None]


@dataclass
class Chunk:
    """Some replicates of a scenario at one moment: the world now, the world after, and what happens between.

    ``month_number`` counts from 0; ``now`` is the world at the beginning of that month.
    """

    beginning: Beginning
    seed: np.uint64
    replicates: Ids
    now: World
    after: World
    month: Month
    log: Log
    schedule: tuple[Phase, ...] = SCHEDULE
    handles: dict[int, Any] = field(default_factory=dict)
    compiled: dict[Any, Any] = field(default_factory=dict)
    month_number: int = 0

    def given(self, fields: Any) -> Any:  # noqa: ANN401 - a named tuple
        """Return what kernels take for one of the named tuples of this chunk; made once for each."""
        if id(fields) not in self.handles:
            self.handles[id(fields)] = handle(fields)
        return self.handles[id(fields)]

    def call(self, kernel: Process, *arguments: Any) -> None:  # noqa: ANN401 - handles and numbers
        """Call a kernel that is always given things of the same types."""
        if kernel not in self.compiled:
            self.compiled[kernel] = straight(kernel, arguments)
        self.compiled[kernel](*arguments)

    def call_all(self, processes: tuple[Process, ...], *given: Any) -> None:  # noqa: ANN401 - handles and numbers
        """Call processes in their order, with what they all take."""
        if processes not in self.compiled:
            self.compiled[processes] = in_sequence(processes, given)
        self.compiled[processes](*given)


def start(beginning: Beginning, seed: int, first: int, n_replicates: int) -> Chunk:
    """Return replicates ``first`` .. ``first + n_replicates - 1`` at their first month."""
    now, after = both_worlds(beginning.world, n_replicates)
    chunk = Chunk(
        beginning=beginning,
        seed=np.uint64(seed),
        replicates=np.arange(first, first + n_replicates, dtype=np.uint64),
        now=now,
        after=after,
        month=no_month(beginning.frame, n_replicates),
        log=empty_log(n_replicates, MONTHS_OF_LOG * most_rows_in_a_month(beginning.frame)),
        schedule=trusted_schedule(beginning.mechanisms),
    )
    _look(chunk)
    return chunk


def restart(chunk: Chunk, first: int) -> None:
    """Put a chunk back to its first month, for as many other replicates; all it was is overwritten."""
    for values, begin_with in zip(chunk.now, chunk.beginning.world, strict=True):
        np.copyto(values, begin_with)  # type: ignore[arg-type]
    chunk.replicates = np.arange(first, first + len(chunk.replicates), dtype=np.uint64)
    chunk.log.count.fill(0)
    chunk.month_number = 0
    _look(chunk)


def _look(chunk: Chunk) -> None:
    given = (chunk.given(fields) for fields in (chunk.beginning.frame, chunk.beginning.parameters, chunk.now))
    chunk.call(first_impressions, *given)


def _given(chunk: Chunk) -> tuple[Any, ...]:
    """Return what every process takes, but for the month."""
    return (
        chunk.given(chunk.beginning.frame),
        chunk.given(chunk.beginning.parameters),
        chunk.given(chunk.now),
        chunk.given(chunk.after),
        chunk.given(chunk.month),
        chunk.given(chunk.log),
        chunk.seed,
        chunk.replicates,
    )


def _make_room(chunk: Chunk) -> int:
    """Make room in the log for at least a month; return for how many there is."""
    larger = grown(chunk.log, chunk.beginning.frame)
    if larger is not chunk.log:
        chunk.handles.pop(id(chunk.log), None)
        chunk.log = larger
    return int((chunk.log.rows.shape[1] - chunk.log.count.max(initial=0)) // most_rows_in_a_month(chunk.beginning.frame))


_BEFORE = (empty_month, *BEFORE_ANYBODY_LOOKS.processes, copy_world)


def _processes(chunk: Chunk) -> tuple[Process, ...]:
    return (*_BEFORE, *(process for phase in chunk.schedule for process in phase.processes))


def step(chunk: Chunk, after_phase: Hook | None = None) -> None:
    """Run one month; ``after_phase`` is called with the chunk and the name of each phase that is done.

    When it returns, ``chunk.now`` is the world at the beginning of the next month, and ``chunk.month`` tells what
    happened in the one that is over.
    """
    _make_room(chunk)
    given, t = _given(chunk), chunk.month_number
    if after_phase is None:
        chunk.call_all(_processes(chunk), *given, t)
    else:
        chunk.call_all(_BEFORE, *given, t)
        for phase in chunk.schedule:
            chunk.call_all(phase.processes, *given, t)
            after_phase(chunk, phase.name)
    chunk.now, chunk.after = chunk.after, chunk.now
    chunk.month_number += 1


def go_on_until(chunk: Chunk, until: int, record: Process, kept: tuple[Any, Any]) -> None:
    """Run months up to the one before ``until``, or as far as the log has room, and record each.

    ``record`` takes the frame, the world after the month, the month, what is kept, and the number of the month.
    """
    until = min(until, chunk.month_number + max(_make_room(chunk), 1))
    given, t = _given(chunk), chunk.month_number
    which = (*_processes(chunk), record)
    if which not in chunk.compiled:
        chunk.compiled[which] = months_in_sequence(which[:-1], record, (*given, t), kept)
    run = chunk.compiled[which]
    if run is None:
        step(chunk)
        record(given[0], chunk.given(chunk.now), chunk.given(chunk.month), *kept, t)
        return
    run(*given, t, until, *kept)
    if (until - t) % 2 == 1:
        chunk.now, chunk.after = chunk.after, chunk.now
    chunk.month_number = until


# A chunk run from its first month to its last, and what is kept of it.


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
