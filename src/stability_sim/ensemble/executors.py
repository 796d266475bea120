"""Where tasks are done: on threads, in processes, on a Dask cluster.

All engines are executors of ``concurrent.futures``. An engine gives what executors have in common (submit, result, wait,
shutdown) and what they have not: how running tasks are asked to stop, how a pool is rebuilt whose worker died, and which
errors mean that a worker died.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import resource_tracker
from multiprocessing.connection import wait as wait_for
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, NamedTuple

from stability_sim.ensemble.tasks import Task, TaskResult, default_workers, perform_to_bytes
from stability_sim.storage.run_folder import StoreError

TASKS_A_WORKER = 2  # one at work, one waiting
ENGINES = ("threads", "processes", "dask")
LOOPBACK = "127.0.0.1"
LEAST_WAITING = 64  # at a scheduler
PATIENCE = "20s"  # for a scheduler to answer

Result = bytes | TaskResult  # from afar the bytes of a chunk, from a thread what they would hold
Perform = Callable[[Task, Callable[[], bool]], Result]


class EngineError(StoreError):
    """An engine that cannot be had: a package is missing, a scheduler does not answer."""


class Engine(ABC):
    """A place where tasks are done."""

    in_flight: int  # how many tasks it should have at a time: enough that no worker waits, few enough for memory

    @abstractmethod
    def submit(self, task: Task) -> Future[Any]:
        """Have a task done."""

    def received(self, future: Future[Any]) -> Result:
        """Return the result of a task that is done; called once for each."""
        result: Result = future.result()
        return result

    def died(self, error: BaseException) -> bool:
        """Return whether an error means that a worker died, not that the task raised it."""
        return False

    def rebuild(self) -> None:  # noqa: B027 - most need not
        """Have workers again after one died; nothing that was submitted before comes back."""

    @abstractmethod
    def stop(self) -> None:
        """Ask running tasks to stop, and start no others."""

    @abstractmethod
    def close(self) -> None:
        """Let go of workers and connections."""


class Threads(Engine):
    """Threads of this process: kernels release the interpreter lock."""

    def __init__(self, workers: int, perform: Perform = perform_to_bytes) -> None:
        self.in_flight = TASKS_A_WORKER * workers
        self._perform = perform
        self._stopped = threading.Event()
        self._executor = ThreadPoolExecutor(workers)

    def submit(self, task: Task) -> Future[Result]:  # noqa: D102
        return self._executor.submit(self._perform, task, self._stopped.is_set)

    def stop(self) -> None:  # noqa: D102
        self._stopped.set()

    def close(self) -> None:  # noqa: D102
        self._executor.shutdown(cancel_futures=True)


@contextlib.contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Hold back interrupts of this thread; processes and threads that begin meanwhile never hear them.

    An interrupt from a terminal goes to workers too: they must not die of it half-way, nor print what they were doing.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which lets interrupts through again once it has begun
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_stopped: Event | None = None
_folder = Path()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        shutil.rmtree(_folder, ignore_errors=True)
        os._exit(1)


def _enter(stopped: Event, folder: str) -> None:
    """Begin a worker process, which does not hear interrupts and ends when its parent does."""
    global _stopped, _folder
    _stopped, _folder = stopped, Path(folder)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _perform_to_file(task: Task) -> str:
    """Do a task, and return the name of the file that holds its chunk.

    All workers send into one pipe. One that is killed in the midst of a chunk would leave half of it there, and the pool
    would wait for the rest for ever; a name is sent whole or not at all.
    """
    raw = perform_to_bytes(task, _stopped.is_set) if _stopped is not None else perform_to_bytes(task)
    handle, name = tempfile.mkstemp(dir=_folder)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
    return name


class Processes(Engine):
    """Worker processes on this machine; the pool is made anew when one dies."""

    def __init__(self, workers: int) -> None:
        self.in_flight = TASKS_A_WORKER * workers
        self._workers = workers
        self._context = multiprocessing.get_context("spawn")
        self._stopped = self._context.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="stability-sim-workers-", ignore_cleanup_errors=True)
        self._executor = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._workers, self._context, _enter, (self._stopped, self._folder.name))

    def submit(self, task: Task) -> Future[str]:  # noqa: D102
        try:
            with interrupts_blocked():  # the first task starts the workers
                return self._executor.submit(_perform_to_file, task)
        except BrokenExecutor as error:  # a worker died while nobody was waiting
            future: Future[str] = Future()
            future.set_exception(error)
            return future

    def received(self, future: Future[str]) -> bytes:  # noqa: D102
        place = Path(future.result())
        raw = place.read_bytes()
        place.unlink()
        return raw

    def died(self, error: BaseException) -> bool:  # noqa: D102
        return isinstance(error, BrokenExecutor)

    def rebuild(self) -> None:  # noqa: D102
        self._executor.shutdown(cancel_futures=True)
        self._executor = self._new_pool()

    def stop(self) -> None:  # noqa: D102
        self._stopped.set()

    def close(self) -> None:  # noqa: D102
        self._executor.shutdown(cancel_futures=True)
        self._folder.cleanup()


class Dask(Engine):
    """A Dask cluster: the one of a scheduler, or worker processes on this machine, reached over loopback alone."""

    def __init__(self, workers: int, scheduler: str | None) -> None:
        try:
            import distributed
        except ImportError:
            raise EngineError("the engine dask needs the extra 'cluster': pip install 'stability-sim[cluster]'") from None
        self._died = distributed.scheduler.KilledWorker
        self._closing = contextlib.ExitStack()
        with contextlib.ExitStack() as opened:
            with interrupts_blocked():
                address = scheduler or opened.enter_context(_local_cluster(workers))
            try:
                self._client = opened.enter_context(distributed.Client(address, set_as_default=False, timeout=PATIENCE))
            except (OSError, ValueError) as error:
                raise EngineError(f"no Dask scheduler answers at {scheduler or 'loopback'}: {error}") from None
            self._executor: Executor = self._client.get_executor(pure=False)
            self._workers = workers if scheduler is None else None
            self._closing = opened.pop_all()

    @property
    def in_flight(self) -> int:  # type: ignore[override]
        """How many tasks it should have: for a cluster that grows with what waits, more than it has workers."""
        if self._workers is not None:
            return TASKS_A_WORKER * self._workers
        return max(LEAST_WAITING, TASKS_A_WORKER * sum(self._client.nthreads().values()))

    def submit(self, task: Task) -> Future[bytes]:  # noqa: D102
        return self._executor.submit(perform_to_bytes, task)

    def died(self, error: BaseException) -> bool:  # noqa: D102
        return isinstance(error, self._died)  # which is no BrokenExecutor; the cluster starts another worker by itself

    def stop(self) -> None:  # noqa: D102
        self._executor.shutdown(wait=False)  # cancels, and takes no cancel_futures

    def close(self) -> None:  # noqa: D102
        self._executor.shutdown(wait=False)
        self._closing.close()


@contextlib.contextmanager
def _local_cluster(workers: int) -> Iterator[Any]:
    """Give a cluster of worker processes with one thread each, and its folder, for as long as they are wanted."""
    import distributed

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with (
        tempfile.TemporaryDirectory(prefix="stability-sim-dask-", ignore_cleanup_errors=True) as folder,
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, host=LOOPBACK, dashboard_address=f"{LOOPBACK}:0",
            local_directory=folder, silence_logs=logging.CRITICAL, memory_limit=0,
        ) as cluster,
    ):  # fmt: skip
        yield cluster


class Execution(NamedTuple):
    """How an ensemble is run; it changes no bit of the results.

    ``engine`` is threads, processes or dask; ``workers`` its threads or processes, as many as cores if it is not given;
    ``scheduler`` the address of a Dask scheduler, whose workers are used in place of those of a cluster on this machine;
    ``chunks`` a folder in which what is finished is kept, and from which the same ensemble goes on.
    """

    engine: str = "threads"
    workers: int | None = None
    scheduler: str | None = None
    chunks: Path | None = None


THREADS = Execution()  # of this process, as many as cores


@contextlib.contextmanager
def opened(execution: Execution, perform: Perform = perform_to_bytes) -> Iterator[Engine]:
    """Give the engine of an execution, for as long as it is wanted; ``perform`` is what threads do with a task.

    Raises
    ------
    ValueError
        If there is no such engine, or one other than dask is given a scheduler.
    EngineError
        If Dask is not installed or the scheduler does not answer.
    """
    engine, workers, scheduler, _ = execution
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}; there are {', '.join(ENGINES)}")
    if scheduler is not None and engine != "dask":
        raise ValueError("a scheduler is for the engine dask alone")
    n = workers or default_workers()
    chosen: Engine = Threads(n, perform) if engine == "threads" else Processes(n) if engine == "processes" else Dask(n, scheduler)
    try:
        yield chosen
    finally:
        chosen.close()
