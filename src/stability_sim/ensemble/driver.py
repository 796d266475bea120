"""The driver of ensembles, sweeps and forks: tasks handed to an engine, and their results added up."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from stability_sim.engine.record import Paths, Rows, Tallies, add, empty_tallies
from stability_sim.engine.run import BatchResult, LogPart
from stability_sim.ensemble.executors import THREADS, Engine, Execution, Perform, Result, opened
from stability_sim.ensemble.tasks import (
    Course,
    Past,
    Task,
    after_each_other,
    as_text,
    batch_size,
    code_of,
    course_of,
    default_workers,
    failed,
    from_bytes,
    halves,
    perform,
    perform_to_bytes,
    task_size,
    to_bytes,
    together,
)
from stability_sim.storage.run_folder import StoreError
from stability_sim.world.initial import Beginning

if TYPE_CHECKING:
    from stability_sim.engine.fork import Fork

Keep = Callable[[Task, Any], None]  # bytes or a result: what the engine gives
LOSSES = 2  # workers that may die with a task before it is tried alone
POLL_SECONDS = 0.2
DEATH = "the worker process died"


class _Dispatch:
    def __init__(self, engine: Engine, tasks: Iterable[Task], keep: Keep) -> None:
        self.engine = engine
        self.waiting: Iterator[Task] = iter(tasks)
        self.keep = keep
        self.flying: dict[Future[Any], Task] = {}
        self.again: deque[Task] = deque()
        self.suspects: list[Task] = []
        self.losses: Counter[str] = Counter()

    def _fill(self) -> None:
        room = self.engine.in_flight - len(self.flying)
        for _ in range(room):
            task = self.again.popleft() if self.again else next(self.waiting, None)
            if task is None:
                return
            self.flying[self.engine.submit(task)] = task

    def _land(self, future: Future[Any]) -> bool:
        """Take a finished task; return whether a worker died with it."""
        task = self.flying.pop(future)
        error = future.exception()
        if error is None:
            self.keep(task, self.engine.received(future))
            return False
        if not self.engine.died(error):
            raise error
        self.losses[task.key] += 1
        (self.suspects.append if self.losses[task.key] >= LOSSES else self.again.append)(task)
        return True

    def run(self) -> None:
        self._fill()
        while self.flying:
            done, _ = wait(self.flying, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            died = [self._land(future) for future in done]
            if any(died):
                self.engine.rebuild()
                died += [self._land(future) for future in list(self.flying) if future.done()]
            if self.suspects and not self.flying:
                for task in self.suspects:
                    self.keep(task, _alone(self.engine, task))
                self.suspects.clear()
            if not self.suspects:
                self._fill()

    def abandon(self) -> None:
        """Stop what is running, and wait until it has stopped."""
        self.engine.stop()
        for future in self.flying:
            future.cancel()
        wait([future for future in self.flying if not future.cancelled()], timeout=60)


def _alone(engine: Engine, task: Task) -> Result:
    """Do a task with which workers died while nothing else runs; halve it until it is known which replicate it is."""
    future = engine.submit(task)
    error = future.exception()
    if error is None:
        return engine.received(future)
    if not engine.died(error):
        raise error
    engine.rebuild()
    if task.n == 1:
        return to_bytes(task, failed(task, DEATH))
    parts = [_alone(engine, part) for part in halves(task)]
    return to_bytes(task, together([from_bytes(part) for part in parts if isinstance(part, bytes)]))


def dispatch(engine: Engine, tasks: Iterable[Task], keep: Keep) -> None:
    """Have tasks done and hand the result of each to ``keep``, in whatever order they finish, on this thread.

    Never more than a few are under way, so that memory does not grow with their number. When a worker dies its tasks
    are done again; a task that takes its workers with it is halved until the replicate is found, which becomes a
    failure. An interrupt, or whatever ``keep`` or a task raises, stops the tasks under way before it goes on.
    """
    work = _Dispatch(engine, tasks, keep)
    try:
        work.run()
    except BaseException:
        work.abandon()
        raise


Progress = Callable[[int], None]


def run_tasks(
    execution: Execution,
    tasks: Iterable[Task],
    keep: Keep,
    *,
    done: int = 0,
    progress: Progress | None = None,
    perform: Perform = perform_to_bytes,
) -> None:
    """Have the tasks of an ensemble done; every ensemble, sweep and fork goes through here.

    Parameters
    ----------
    execution : Execution
        On what engine.
    tasks : iterable of Task
        Taken from as they can be done.
    keep : callable
        Called with each task and what came of it, on this thread.
    done : int
        Replicates that were done before.
    progress : callable, optional
        Called with the number of replicates done.
    perform : callable
        What threads do with a task; other engines send the bytes of its chunk.
    """

    def keep_and_tell(task: Task, result: Result) -> None:
        nonlocal done
        keep(task, result)
        done += task.n
        if progress is not None:
            progress(done)

    with opened(execution, perform) as engine:
        dispatch(engine, tasks, keep_and_tell)


MOST_LOG_ROWS = 1_000_000


class ReplicateFailed(StoreError):  # noqa: N818 - reads as a statement where it is caught
    """A replicate of a run that could not be run."""


class Ensemble(NamedTuple):
    """All that is kept of an ensemble: tallies, one row a replicate, and the log of the first replicates."""

    tallies: Tallies
    rows: Rows
    log: LogPart
    n_logged: int  # replicates whose log is whole
    paths: Paths | None = None


def _first_rows(log: LogPart, n_rows: int) -> LogPart:
    return LogPart(*(column[:n_rows].copy() for column in log))  # type: ignore[arg-type]


class _Sum:
    """The sum of the results so far, with as much of the log as an ensemble keeps: memory does not grow with replicates.

    What is kept in the end depends on the first replicates alone, not on the order in which tasks are done.
    """

    def __init__(self, tasks: list[Task]) -> None:
        self.tallies: Tallies | None = None  # of chunks
        self.sums: dict[int, Tallies] = {}  # of threads, by identity: they grow until all tasks are done
        self.parts: dict[int, BatchResult] = {}  # by the first replicate
        self.order = [task.first for task in tasks]
        self.log_rows: dict[int, int] = {}  # of each task that is done
        self.n_without_gap = 0  # tasks that are done, counted from the first up to the first gap
        self.rows_without_gap = 0
        self.full_at: int | None = None  # first replicate of the task in which the log is full

    def take(self, task: Task, result: Result) -> None:
        """Add the result of a task; ReplicateFailed if one of its replicates could not be run."""
        from_chunk = isinstance(result, bytes)
        if isinstance(result, bytes):
            result = from_bytes(result)
        if result.failures:
            failure = result.failures[0]
            hint = "where it went wrong is told in the folder of its chunks (--keep-chunks)"
            raise ReplicateFailed(f"replicate {failure.replicate} cannot be run: {failure.error}; {hint}")
        if not from_chunk:
            self.sums[id(result.tallies)] = result.tallies
        elif self.tallies is None:
            self.tallies = result.tallies
        else:
            add(self.tallies, result.tallies)
        self.parts[task.first] = BatchResult(result.rows, self._bounded(task.first, result.log), result.paths)

    def _bounded(self, first: int, log: LogPart) -> LogPart:
        """Return as much of the log of a task as may be needed."""
        self.log_rows[first] = len(log.values)
        while self.full_at is None and self.n_without_gap < len(self.order) and self.order[self.n_without_gap] in self.log_rows:
            self.rows_without_gap += self.log_rows[self.order[self.n_without_gap]]
            if self.rows_without_gap > MOST_LOG_ROWS:
                self.full_at = self.order[self.n_without_gap]
            self.n_without_gap += 1
        if self.full_at is not None and first > self.full_at:
            return _first_rows(log, 0)
        return _first_rows(log, MOST_LOG_ROWS + 1) if len(log.values) > MOST_LOG_ROWS + 1 else log

    def ensemble(self) -> Ensemble:
        """Return the ensemble when all tasks are done: the same whatever the tasks were."""
        tallies, *others = [*self.sums.values()] if self.tallies is None else [self.tallies, *self.sums.values()]
        for other in others:
            add(tallies, other)
        rows, log, paths = after_each_other([self.parts[first] for first in self.order])
        n_logged = len(rows.outcomes)
        if len(log.values) > MOST_LOG_ROWS:
            n_logged = int(log.replicate[MOST_LOG_ROWS]) - self.order[0]
            n_rows = int(np.searchsorted(log.replicate, self.order[0] + n_logged))
            log = LogPart(*(column[:n_rows] for column in log))  # type: ignore[arg-type]
        return Ensemble(tallies, rows, log, n_logged, paths)


def _run_in_store(folder: Path, execution: Execution, tasks: list[Task], total: _Sum, progress: Progress | None) -> None:
    """Run the tasks whose chunks a folder does not hold yet, then add up all its chunks."""
    from stability_sim.ensemble.chunks import ChunkStore, DamagedChunk

    with ChunkStore.opened(folder) as store:
        missing = [task for task in tasks if not store.holds(task.key)]
        done = sum(task.n for task in tasks) - sum(task.n for task in missing)
        if missing:
            run_tasks(execution, missing, lambda task, raw: store.write(task.key, raw), done=done, progress=progress)
        for task in tasks:
            try:
                total.take(task, store.raw(task.key))
            except DamagedChunk as error:
                raise StoreError(f"{folder}: a chunk is damaged ({error}); the same command makes it anew") from None


def _as_sent(task: Task, course: Course) -> Task:
    """Return a task with the scenarios that its workers need as text, and the version of the program."""
    beginning, fork, _ = course
    if fork is None:
        scenario = beginning.scenario
        return replace(task, scenario=as_text(scenario), code=code_of(scenario.mechanisms))
    base, variant = beginning.scenario, fork.future.scenario
    code = code_of({*base.mechanisms, *variant.mechanisms})
    return replace(task, scenario=as_text(variant), code=code, past=Past(as_text(base), fork.month))


def _in_memory(course: Course, n_months: int) -> Perform:
    """Return what threads of this process do with a task, which needs no text: each adds all its tasks to one sum.

    To empty and to add up tallies takes as long as dozens of replicates.
    """
    own = threading.local()

    def perform_and_add(task: Task, stop: Callable[[], bool]) -> Result:
        if not hasattr(own, "total"):
            own.total = empty_tallies(course.labels.frame, n_months)
        return perform(task, stop, course, own.total)

    return perform_and_add


def run_ensemble(
    start: Beginning | Fork,
    n_replicates: int,
    seed: int,
    n_months: int,
    *,
    first: int = 0,
    execution: Execution = THREADS,
    size: int | None = None,
    progress: Progress | None = None,
    trajectories: bool = False,
) -> Ensemble:
    """Run replicates ``first`` .. ``first + n_replicates - 1`` of a scenario, or of a fork of one.

    Parameters
    ----------
    start : Beginning or Fork
        A scenario without variants at its first month; or a base, a variant, and the month at which one goes over into the other.
    n_replicates, seed, n_months : int
        How many, keyed by what, how long.
    first : int
        Number of the first replicate.
    execution : Execution
        On what it runs; changes no bit.
    size : int, optional
        Replicates a task; changes no bit.
    progress : callable, optional
        Called with the number of replicates done.
    trajectories : bool
        Whether to keep conflict and deaths of every replicate, month and state; memory then grows with replicates. Not of a fork.

    Returns
    -------
    Ensemble
        Tallies, rows and log; of a fork by the names of base and variant.

    Raises
    ------
    ReplicateFailed
        If a replicate cannot be run.
    EngineError
        If the engine cannot be had.
    StoreError
        If the folder of chunks is in use or the disk is full.
    """
    course = course_of(start)
    here = execution.engine == "threads" and execution.chunks is None
    if size is None:
        workers = execution.workers or default_workers()
        size = batch_size(course.beginning, n_replicates, workers) if here else task_size(course.beginning)
    pattern = Task("", seed, first, 0, n_months, log=True, paths=trajectories)
    if not here:
        pattern = _as_sent(pattern, course)
    end = first + n_replicates
    tasks = [replace(pattern, first=k, n=min(size, end - k)) for k in range(first, end, size)]
    total = _Sum(tasks)
    if execution.chunks is not None:
        _run_in_store(execution.chunks, execution, tasks, total, progress)
    else:
        run_tasks(execution, tasks, total.take, progress=progress, perform=_in_memory(course, n_months))
    return total.ensemble()
