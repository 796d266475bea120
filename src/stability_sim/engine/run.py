"""A batch of replicates in memory, month by month, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.dynamics.perception import first_impressions
from stability_sim.dynamics.war import first_strengths
from stability_sim.engine.fused import copy_world, empty_month, in_sequence, months_in_sequence
from stability_sim.engine.record import ABROAD, Paths, Rows, Tallies, empty_paths, empty_rows, record, trace
from stability_sim.engine.schedule import BEFORE_ANYBODY_LOOKS, SCHEDULE, Phase, Process
from stability_sim.kernels.compile import straight
from stability_sim.kernels.handles import handle
from stability_sim.world.fields import Ids, Log, Month, World, no_month
from stability_sim.world.initial import Beginning, both_worlds, empty_log, grown, most_rows_in_a_month
from stability_sim.world.vocabulary import LOG_ONSET

MONTHS_OF_LOG = 12  # room at the beginning: memory that nobody writes to costs nothing
Hook = Callable[["Batch", str], None]


@dataclass
class Batch:
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

    def handle_of(self, fields: Any) -> Any:  # noqa: ANN401 - a named tuple
        """Return what kernels take for one of the named tuples of this batch; made once for each."""
        if id(fields) not in self.handles:
            self.handles[id(fields)] = handle(fields)
        return self.handles[id(fields)]

    def call(self, kernel: Process, *arguments: Any) -> None:  # noqa: ANN401 - handles and numbers
        """Call a kernel that is always given things of the same types."""
        if kernel not in self.compiled:
            self.compiled[kernel] = straight(kernel, arguments)
        self.compiled[kernel](*arguments)

    def call_all(self, processes: tuple[Process, ...], *arguments: Any) -> None:  # noqa: ANN401 - handles and numbers
        """Call processes in their order, with what they all take."""
        if processes not in self.compiled:
            self.compiled[processes] = in_sequence(processes, arguments)
        self.compiled[processes](*arguments)


def schedule_of(beginning: Beginning) -> tuple[Phase, ...]:
    """Return the month of a scenario: that of the model, or one with its mechanisms from outside, once they have been tried."""
    if not beginning.mechanisms:
        return SCHEDULE
    from stability_sim.engine.rehearsal import trusted_schedule

    return trusted_schedule(beginning.mechanisms)


def start(beginning: Beginning, seed: int, first: int, n_replicates: int) -> Batch:
    """Return replicates ``first`` .. ``first + n_replicates - 1`` at their first month."""
    now, after = both_worlds(beginning.world, n_replicates)
    batch = Batch(
        beginning=beginning,
        seed=np.uint64(seed),
        replicates=np.arange(first, first + n_replicates, dtype=np.uint64),
        now=now,
        after=after,
        month=no_month(beginning.frame, n_replicates),
        log=empty_log(n_replicates, MONTHS_OF_LOG * most_rows_in_a_month(beginning.frame)),
        schedule=schedule_of(beginning),
    )
    _complete_the_start(batch)
    return batch


def restart(batch: Batch, first: int) -> None:
    """Put a batch back to its first month, for as many other replicates; all it was is overwritten."""
    for values, begin_with in zip(batch.now, batch.beginning.world, strict=True):
        np.copyto(values, begin_with)
    batch.replicates = np.arange(first, first + len(batch.replicates), dtype=np.uint64)
    batch.log.count.fill(0)
    batch.month_number = 0
    _complete_the_start(batch)


def start_again(last: Batch | None, beginning: Beginning, seed: int, first: int, n_replicates: int) -> Batch:
    """Return a batch as ``start`` does, in the memory of the last one if that was as large and of the same beginning."""
    if last is None or last.beginning is not beginning or last.seed != seed or len(last.replicates) != n_replicates:
        return start(beginning, seed, first, n_replicates)
    restart(last, first)
    return last


def _complete_the_start(batch: Batch) -> None:
    """Set what the file does not say of the first moment: what states believe, and how strong rebels are."""
    fields = _arguments(batch)[:3]
    batch.call(first_impressions, *fields)
    batch.call(first_strengths, *fields, batch.seed, batch.replicates)


def _arguments(batch: Batch) -> tuple[Any, ...]:
    """Return what every process takes, but for the month."""
    parts = (batch.beginning.frame, batch.beginning.parameters, batch.now, batch.after, batch.month, batch.log)
    return (*map(batch.handle_of, parts), batch.seed, batch.replicates)


def _make_room(batch: Batch) -> int:
    """Make room in the log for at least a month; return for how many there is."""
    larger = grown(batch.log, batch.beginning.frame)
    if larger is not batch.log:
        batch.handles.pop(id(batch.log), None)
        batch.log = larger
    return int((batch.log.rows.shape[1] - batch.log.count.max(initial=0)) // most_rows_in_a_month(batch.beginning.frame))


_BEFORE = (empty_month, *BEFORE_ANYBODY_LOOKS.processes, copy_world)


def _processes(batch: Batch) -> tuple[Process, ...]:
    return (*_BEFORE, *(process for phase in batch.schedule for process in phase.processes))


def step(batch: Batch, after_phase: Hook | None = None) -> None:
    """Run one month; ``after_phase`` is called with the batch and the name of each phase that is done.

    When it returns, ``batch.now`` is the world at the beginning of the next month, and ``batch.month`` tells what
    happened in the one that is over.
    """
    _make_room(batch)
    arguments, t = _arguments(batch), batch.month_number
    if after_phase is None:
        batch.call_all(_processes(batch), *arguments, t)
    else:
        batch.call_all(_BEFORE, *arguments, t)
        for phase in batch.schedule:
            batch.call_all(phase.processes, *arguments, t)
            after_phase(batch, phase.name)
    batch.now, batch.after = batch.after, batch.now
    batch.month_number += 1


def go_on_until(batch: Batch, until: int, record: Process, totals: tuple[Any, Any]) -> None:
    """Run months up to the one before ``until``, or as far as the log has room, and record each.

    ``record`` takes the frame, the world after the month, the month, the ``totals`` it adds to, and the number of the month.
    """
    until = min(until, batch.month_number + max(_make_room(batch), 1))
    arguments, t = _arguments(batch), batch.month_number
    which = (*_processes(batch), record)
    if which not in batch.compiled:
        batch.compiled[which] = months_in_sequence(which[:-1], record, (*arguments, t), totals)
    run = batch.compiled[which]
    if run is None:
        step(batch)
        record(arguments[0], batch.handle_of(batch.now), batch.handle_of(batch.month), *totals, t)
        return
    run(*arguments, t, until, *totals)
    if (until - t) % 2 == 1:
        batch.now, batch.after = batch.after, batch.now
    batch.month_number = until


Stop = Callable[[], bool]
MONTHS_AT_ONCE = 12  # after so many a batch asks whether it is still wanted


class Stopped(Exception):  # noqa: N818 - not an error: somebody asked for it
    """A batch was left because it was no longer wanted."""


def never() -> bool:
    """Return False: the batch is never asked to stop."""
    return False


LOG_FIELDS = ("month", "kind", "state", "source", "channel", "group", "border")


class LogPart(NamedTuple):
    """The log of a batch: the replicate of each row, its coded fields, and its number."""

    replicate: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.float64]


class BatchResult(NamedTuple):
    """What is recorded of a batch besides its tallies: one short row a replicate, the log, and paths if asked for."""

    rows: Rows
    log: LogPart
    paths: Paths | None = None


def flatten(log: Log, replicates: NDArray[np.uint64]) -> LogPart:
    """Return the rows of a log, replicate by replicate, in the order in which they were written."""
    numbers = np.repeat(replicates.astype(np.int64), log.count)
    counts = [slice(count) for count in log.count.tolist()]
    rows = [written[used] for written, used in zip(log.rows, counts, strict=True)]
    values = [written[used] for written, used in zip(log.values, counts, strict=True)]
    return LogPart(numbers, np.concatenate(rows), np.concatenate(values))


def count_onsets(log: LogPart, first: int, tallies: Tallies, rows: Rows) -> None:
    """Count the onsets of the log by channel, source and target, and those that came from another state."""
    onsets = (log.rows[:, 1] == LOG_ONSET) & (log.rows[:, 4] >= 0)
    state, source, channel = log.rows[onsets, 2], log.rows[onsets, 3], log.rows[onsets, 4]
    np.add.at(tallies.transmissions, (channel, source, state), 1)
    np.add.at(rows.outcomes[:, ABROAD], log.replicate[onsets] - first, source != state)


def run_months(batch: Batch, until: int, tallies: Tallies, rows: Rows, stop: Stop = never, paths: Paths | None = None) -> None:
    """Run the months up to the one before ``until`` and add them to tallies, rows and paths; Stopped if ``stop()`` says so."""
    totals = handle(tallies), handle(rows)
    trajectories = handle(paths) if paths else None
    while batch.month_number < until:
        if stop():
            raise Stopped
        t = batch.month_number
        go_on_until(batch, min(until, t + (MONTHS_AT_ONCE if trajectories is None else 1)), record, totals)
        if trajectories is not None:
            batch.call(trace, batch.handle_of(batch.now), trajectories, t)


def run_batch(batch: Batch, n_months: int, tallies: Tallies, stop: Stop = never, *, trajectories: bool = False) -> BatchResult:
    """Run a batch from its first month for ``n_months`` and add it to the tallies.

    Parameters
    ----------
    batch : Batch
        At its first month.
    n_months : int
        How long.
    tallies : Tallies
        Sums over replicates, added to in place.
    stop : callable
        Asked once a year whether the batch is no longer wanted.
    trajectories : bool
        Whether to keep conflict and deaths of every replicate, month and state.

    Raises
    ------
    Stopped
        If ``stop()`` says so; the tallies are then half filled and of no use.
    """
    rows = empty_rows(batch.beginning.frame, len(batch.replicates))
    paths = empty_paths(batch.beginning.frame, len(batch.replicates), n_months) if trajectories else None
    run_months(batch, n_months, tallies, rows, stop, paths)
    log = flatten(batch.log, batch.replicates)
    count_onsets(log, int(batch.replicates[0]), tallies, rows)
    return BatchResult(rows, log, paths)
