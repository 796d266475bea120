"""A task: replicates of a scenario as plain data, how they are run, and their results.

A task can be done on a thread, in a process or on another machine: whoever does it makes the beginning from the text of
the scenario, and keeps it for the next task. A task with a past is a fork. A replicate that cannot be run does not take
the others with it: the task is halved until the replicate stands alone, and its failure is part of the result.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from stability_sim.engine.record import OUTCOMES, Paths, Rows, Tallies, add, empty_paths, empty_rows, empty_tallies
from stability_sim.engine.run import LOG_FIELDS, Batch, BatchResult, LogPart, Stopped, never, run_batch, start_again
from stability_sim.kernels.fingerprint import fingerprint as of_sources
from stability_sim.scenario import MechanismError, Scenario
from stability_sim.scenario.document import plain
from stability_sim.storage.run_folder import StoreError
from stability_sim.world.fields import OF_ONE, Month, no_month
from stability_sim.world.initial import Beginning, begin

if TYPE_CHECKING:
    from stability_sim.engine.fork import Fork

FORMAT = 2  # of what the chunk of a task holds
MOST_FAILURES = 16  # in one task: more are a fault of the program, not of a replicate
CACHED_COURSES = 4


class OtherVersion(StoreError):  # noqa: N818 - reads as a statement where it is caught
    """A worker has another version of the program than the one that sent the task."""


def fingerprint(*parts: str) -> str:
    """Return the SHA-256 of some texts, in hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


@cache
def code_version() -> str:
    """Return a hash over all sources that a task rests on: of chunks of another version nothing is reused."""
    return of_sources([__name__])


def code_of(mechanisms: Collection[str]) -> str:
    """Return the version of all that runs a scenario: of the model, and of the mechanisms from outside that it names."""
    if not mechanisms:
        return code_version()
    from stability_sim.engine.mechanisms import source_of

    return fingerprint(code_version(), *(hashlib.sha256(source_of(name)).hexdigest() for name in sorted(mechanisms)))


def as_text(scenario: Scenario) -> str:
    """Return a resolved scenario without variants as text that workers can read and that a key can rest on.

    States keep their order: it is the order of the axes of what comes back.
    """
    return json.dumps(plain(scenario), separators=(",", ":"), ensure_ascii=True)


class Past(NamedTuple):
    """What a fork has behind it: the scenario of its base, as text, and for how many months that runs."""

    scenario: str
    months: int


@dataclass(frozen=True)
class Task:
    """Replicates ``first`` .. ``first + n - 1`` of a scenario, which is given as text; with a past they are a fork."""

    scenario: str
    seed: int
    first: int
    n: int
    months: int
    log: bool = False
    paths: bool = False
    code: str = ""
    past: Past | None = None

    @cached_property
    def key(self) -> str:
        """Name of its chunk: a hash over all that decides its content."""
        return task_key(fingerprint(self.scenario), self)


def task_key(scenario_hash: str, task: Task) -> str:
    """Return the key of a task whose scenario has a hash."""
    numbers = f"{task.seed} {task.first} {task.n} {task.months} {task.log} {task.paths}"
    past = () if task.past is None else (fingerprint(task.past.scenario), str(task.past.months))
    return fingerprint(scenario_hash, numbers, task.code, str(FORMAT), *past)


CACHE_BYTES = 3_000_000  # the worlds of a batch: they should stay in the processor's cache
MOST_IN_A_BATCH = 256
ENOUGH_IN_A_BATCH = 32  # below that the interpreter between kernels costs more than they do
BATCHES_A_WORKER = 4
BATCHES_A_TASK = 4  # at most: a task that is kept should take a tenth of a second or more


def default_workers() -> int:
    """Return the number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)


def _bytes_a_replicate(beginning: Beginning) -> int:
    month = no_month(beginning.frame, 1)
    own = [values for name, values in zip(Month._fields, month, strict=True) if name not in OF_ONE]
    worlds: list[Any] = [*beginning.world, *beginning.world]
    return sum(int(values.nbytes) for values in worlds + own)


def largest_batch(beginning: Beginning) -> int:
    """Return how many replicates fit the processor's cache."""
    return max(1, min(CACHE_BYTES // _bytes_a_replicate(beginning), MOST_IN_A_BATCH))


def batch_size(beginning: Beginning, n_replicates: int, workers: int) -> int:
    """Return how many replicates a batch holds: what fits a cache, and several batches a worker if there are many replicates.

    If there are few, a batch a worker: a month of a batch costs as much as a month of twenty replicates besides.
    """
    several = -(-n_replicates // (workers * BATCHES_A_WORKER))
    share = -(-n_replicates // workers)
    return max(1, min(largest_batch(beginning), max(several, min(share, ENOUGH_IN_A_BATCH))))


def task_size(beginning: Beginning) -> int:
    """Return how many replicates a task holds that may be kept: it rests on the scenario alone, so that a chunk is found again."""
    return BATCHES_A_TASK * largest_batch(beginning)


class Failure(NamedTuple):
    """A replicate that could not be run, and why; ``n`` above 1 if so many from ``replicate`` on were not tried."""

    replicate: int
    n: int
    error: str
    traceback: str


class TaskResult(NamedTuple):
    """The results of some replicates: sums, rows, log, paths if asked for, and failures.

    Where a thread adds several tasks to one sum, the results of all of them carry that sum, which goes on growing.
    """

    tallies: Tallies
    rows: Rows
    log: LogPart
    paths: Paths | None
    failures: list[Failure]


class Course(NamedTuple):
    """What the replicates of a task go through: a beginning, and a fork if they have a past; ``names`` labels the result."""

    beginning: Beginning
    fork: Fork | None
    labels: Beginning


def course_of(start: Beginning | Fork) -> Course:
    """Return the course of replicates from a beginning or through a fork."""
    if isinstance(start, Beginning):
        return Course(start, None, start)
    from stability_sim.engine.fork import joined_beginning

    return Course(start.base, start, joined_beginning(start))


def beginning_of(text: str) -> Beginning:
    """Return the beginning of a scenario given as text."""
    return begin(Scenario.model_validate(json.loads(text)))


@lru_cache(maxsize=CACHED_COURSES)
def _course(scenario: str, past: Past | None) -> Course:
    beginning = beginning_of(scenario)
    if past is None:
        return course_of(beginning)
    from stability_sim.engine.fork import Fork

    return course_of(Fork(beginning_of(past.scenario), beginning, past.months))


def no_log() -> LogPart:
    """Return a log without rows."""
    return LogPart(np.zeros(0, np.int64), np.zeros((0, len(LOG_FIELDS)), np.int32), np.zeros(0))


def _joined(parts: list[Any]) -> Any:  # noqa: ANN401 - named tuples of arrays, all of one kind
    """Return named tuples of arrays, all of one kind, as one: each array behind the other."""
    return type(parts[0])(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def after_each_other(results: Sequence[BatchResult | TaskResult]) -> tuple[Rows, LogPart, Paths | None]:
    """Return rows, log and paths of replicates that follow each other, each as one."""
    paths = _joined([result.paths for result in results]) if results[0].paths is not None else None
    return _joined([result.rows for result in results]), _joined([result.log for result in results]), paths


def together(results: list[TaskResult]) -> TaskResult:
    """Return results of replicates that follow each other as one."""
    if len(results) == 1:
        return results[0]
    tallies = results[0].tallies
    for result in results[1:]:
        add(tallies, result.tallies)
    failures = [failure for result in results for failure in result.failures]
    return TaskResult(tallies, *after_each_other(results), failures)


_worker = threading.local()  # the last batch of a thread: its memory is used again


class _Performance:
    """A task that is being done."""

    def __init__(self, task: Task, course: Course, stop: Callable[[], bool], total: Tallies | None) -> None:
        self.task, self.course, self.stop, self.total = task, course, stop, total
        self.results: list[TaskResult] = []

    def _batch(self, first: int, n: int, tallies: Tallies) -> BatchResult:
        beginning, fork, labels = self.course
        last: Batch | None = _worker.__dict__.pop("batch", None)  # it comes back whole or not at all
        batch = start_again(last, beginning, self.task.seed, first, n)
        if fork is None:
            result = run_batch(batch, self.task.months, tallies, self.stop, trajectories=self.task.paths)
        else:
            from stability_sim.ensemble.forks import run_forked_batch

            result = run_forked_batch(batch, fork, labels, self.task.months, tallies, self.stop)
        _worker.batch = batch
        wrong = np.argwhere(~np.isfinite(result.rows.outcomes))
        if len(wrong):
            place, outcome = (int(k) for k in wrong[0])
            number = result.rows.outcomes[place, outcome]
            raise FloatingPointError(f"replicate {first + place}: {OUTCOMES[outcome]} is {number}")
        return result if self.task.log else result._replace(log=no_log())

    def _run(self, first: int, n: int) -> TaskResult:
        """Run some replicates, as many at a time as fit the processor's cache."""
        tallies = empty_tallies(self.course.labels.frame, self.task.months) if self.total is None else self.total
        size = largest_batch(self.course.beginning)
        batches = [self._batch(k, min(size, first + n - k), tallies) for k in range(first, first + n, size)]
        return TaskResult(tallies, *after_each_other(batches), [])

    def run(self, first: int, n: int) -> None:
        """Run replicates, in halves if they cannot be run together, down to the one that cannot be run at all."""
        if sum(len(result.failures) for result in self.results) >= MOST_FAILURES:
            self.results.append(_failed(self.task, self.course, Failure(first, n, "not tried: too many others failed", "")))
            return
        try:
            self.results.append(self._run(first, n))
        except (Stopped, MemoryError, MechanismError):  # none of them is the fault of a replicate
            raise
        except Exception as error:  # whatever a replicate raises is its failure, and is recorded
            if n == 1:
                failure = Failure(first, 1, f"{type(error).__name__}: {error}", traceback.format_exc())
                self.results.append(_failed(self.task, self.course, failure))
                return
            spoilt, self.total = self.total is not None, None
            self.run(first, n // 2)
            self.run(first + n // 2, n - n // 2)
            if spoilt and not any(result.failures for result in self.results):
                raise  # the sum holds what failed at first, though nothing fails now


def _failed(task: Task, course: Course, failure: Failure) -> TaskResult:
    frame = course.labels.frame
    rows = empty_rows(frame, failure.n)
    rows.outcomes[:] = np.nan
    paths = empty_paths(frame, failure.n, task.months) if task.paths else None
    return TaskResult(empty_tallies(frame, task.months), rows, no_log(), paths, [failure])


def failed(task: Task, error: str) -> TaskResult:
    """Return the result of a task of one replicate that could not be run: rows without numbers, and the failure."""
    return _failed(task, _course(task.scenario, task.past), Failure(task.first, task.n, error, ""))


def perform(
    task: Task, stop: Callable[[], bool] = never, course: Course | None = None, total: Tallies | None = None
) -> TaskResult:
    """Do a task.

    Parameters
    ----------
    task : Task
        What is to be run.
    stop : callable
        Asked now and then whether the task is no longer wanted.
    course : Course, optional
        What the task goes through, if it is in memory already; the text of the scenario is not read then.
    total : Tallies, optional
        A sum to add to, in place of tallies of the task alone; of no use any more once there is a failure.

    Raises
    ------
    Stopped
        If ``stop()`` says so.
    MechanismError
        If a mechanism from outside is at fault.
    """
    performance = _Performance(task, course or _course(task.scenario, task.past), stop, total)
    performance.run(task.first, task.n)
    return together(performance.results)


def to_bytes(task: Task, result: TaskResult) -> bytes:
    """Return the result of a task as the bytes of a chunk."""
    from stability_sim.ensemble.chunks import encode

    arrays: dict[str, Any] = {f"tallies.{name}": values for name, values in result.tallies._asdict().items()}
    arrays |= {"outcomes": result.rows.outcomes, "first_onset": result.rows.first_onset}
    if task.log:
        arrays |= {f"log.{name}": values for name, values in result.log._asdict().items()}
    if result.paths is not None:
        arrays |= {f"paths.{name}": values for name, values in result.paths._asdict().items()}
    header = {name: value for name, value in asdict(task).items() if name not in ("scenario", "past")}
    header["past"] = 0 if task.past is None else task.past.months
    name = str(json.loads(task.scenario)["scenario"]) if result.failures else ""
    failures = [{"scenario": name, "scenario_hash": fingerprint(task.scenario), "seed": task.seed, **f._asdict()}
                for f in result.failures]  # fmt: skip
    return encode({"key": task.key, "task": header, "failures": failures}, arrays)


def from_bytes(raw: bytes) -> TaskResult:
    """Return the result of a task from the bytes of its chunk; DamagedChunk if it is not whole."""
    from stability_sim.ensemble.chunks import decode

    header, arrays = decode(raw)
    n = len(arrays["outcomes"])
    tallies = Tallies(*(arrays[f"tallies.{name}"].copy() for name in Tallies._fields))
    # copies, since a view would hold all bytes of the chunk; past deaths serve a run that goes on
    rows = Rows(arrays["outcomes"].copy(), arrays["first_onset"].copy(), np.zeros((n, 12)))
    log = LogPart(*(arrays[f"log.{name}"].copy() for name in LogPart._fields)) if header["task"]["log"] else no_log()
    paths = Paths(*(arrays[f"paths.{name}"] for name in Paths._fields)) if header["task"]["paths"] else None
    failures = [Failure(*(failure[name] for name in Failure._fields)) for failure in header["failures"]]
    return TaskResult(tallies, rows, log, paths, failures)


def perform_to_bytes(task: Task, stop: Callable[[], bool] = never) -> bytes:
    """Do a task that was sent and return its chunk as bytes; OtherVersion if it is not ours."""
    texts = [task.scenario] if task.past is None else [task.scenario, task.past.scenario]
    mechanisms = {name for text in texts for name in json.loads(text).get("mechanisms", {})}
    if task.code != code_of(mechanisms):  # before another version reads the rest
        raise OtherVersion(
            "a worker has another version of stability-sim, or of a mechanism, than this process: install the same"
        )
    return to_bytes(task, perform(task, stop))


def halves(task: Task) -> list[Task]:
    """Return a task of several replicates as two."""
    half = task.n // 2
    return [replace(task, n=half), replace(task, first=task.first + half, n=task.n - half)]
