"""Where units are done: on threads, in processes, on a Dask cluster; all of them executors of ``concurrent.futures``.

An engine gives what executors have in common (submit, result, wait, shutdown) and what they have not: how running
units are asked to stop, how a pool is rebuilt whose worker died, and which errors mean that a worker died.
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
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import resource_tracker
from multiprocessing.connection import wait as wait_for
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Protocol

from stability_sim.ensemble.chunks import ChunkStore
from stability_sim.ensemble.threads import default_workers
from stability_sim.ensemble.work import Piece, Unit, lost, perform, piece_of, to_bytes, together
from stability_sim.storage.run_folder import StoreError

# Worker processes on this machine: how they begin and end, and how what they make comes back.


UNITS_A_WORKER = 2  # one at work, one waiting


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
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


def _perform_here(unit: Unit) -> str:
    """Do a unit, and return the name of the file that holds its chunk.

    All workers send into one pipe. One that is killed in the midst of a chunk would leave half of it there, and the pool
    would wait for the rest for ever; a name is sent whole or not at all.
    """
    raw = perform(unit, _stopped.is_set) if _stopped is not None else perform(unit)
    handle, name = tempfile.mkstemp(dir=_folder)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
    return name


class Processes:
    """Worker processes on this machine; the pool is made anew when one dies."""

    def __init__(self, workers: int) -> None:
        self.in_flight = UNITS_A_WORKER * workers
        self._workers = workers
        self._context = multiprocessing.get_context("spawn")
        self._stopped = self._context.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="stability-sim-workers-", ignore_cleanup_errors=True)
        self._executor = self._made()

    def _made(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._workers, self._context, _enter, (self._stopped, self._folder.name))

    def submit(self, unit: Unit) -> Future[str]:  # noqa: D102
        try:
            with interrupts_held():  # the first unit starts the workers
                return self._executor.submit(_perform_here, unit)
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
        self._executor = self._made()

    def stop(self) -> None:  # noqa: D102
        self._stopped.set()

    def close(self) -> None:  # noqa: D102
        self._executor.shutdown(cancel_futures=True)
        self._folder.cleanup()


ENGINES = ("threads", "processes", "dask")
LOOPBACK = "127.0.0.1"
LEAST_WAITING = 64  # at a scheduler
PATIENCE = "20s"  # for a scheduler to answer


class EngineError(StoreError):
    """An engine that cannot be had: a package is missing, a scheduler does not answer."""


class Engine(Protocol):
    """What a runner asks of a place where units are done."""

    @property
    def in_flight(self) -> int:
        """How many units it should have at a time: enough that no worker waits, few enough for memory."""

    def submit(self, unit: Unit) -> Future[Any]:
        """Have a unit done."""

    def received(self, future: Future[Any]) -> bytes:
        """Return the chunk of a unit that is done; asked once for each."""

    def died(self, error: BaseException) -> bool:
        """Return whether an error means that a worker died, not that the unit raised it."""

    def rebuild(self) -> None:
        """Have workers again after one died; nothing that was submitted before comes back."""

    def stop(self) -> None:
        """Ask running units to stop, and start no others."""

    def close(self) -> None:
        """Let go of workers and connections."""


class Threads:
    """Threads of this process: kernels release the interpreter lock."""

    def __init__(self, workers: int) -> None:
        self.in_flight = UNITS_A_WORKER * workers
        self._stopped = threading.Event()
        self._executor = ThreadPoolExecutor(workers)

    def submit(self, unit: Unit) -> Future[bytes]:  # noqa: D102
        return self._executor.submit(perform, unit, self._stopped.is_set)

    def received(self, future: Future[Any]) -> bytes:  # noqa: D102
        return bytes(future.result())

    def died(self, error: BaseException) -> bool:  # noqa: D102
        return False

    def rebuild(self) -> None:  # noqa: D102
        pass

    def stop(self) -> None:  # noqa: D102
        self._stopped.set()

    def close(self) -> None:  # noqa: D102
        self._executor.shutdown(cancel_futures=True)


class Dask:
    """A Dask cluster: the one of a scheduler, or worker processes on this machine, reached over loopback alone."""

    def __init__(self, workers: int, scheduler: str | None) -> None:
        try:
            import distributed
        except ImportError:
            raise EngineError("the engine dask needs the extra 'cluster': pip install 'stability-sim[cluster]'") from None
        self._died = distributed.scheduler.KilledWorker
        self._closing = contextlib.ExitStack()
        with contextlib.ExitStack() as opened:
            with interrupts_held():
                address = scheduler or opened.enter_context(_local_cluster(workers))
            try:
                self._client = opened.enter_context(distributed.Client(address, set_as_default=False, timeout=PATIENCE))
            except (OSError, ValueError) as error:
                raise EngineError(f"no Dask scheduler answers at {scheduler or 'loopback'}: {error}") from None
            self._executor: Executor = self._client.get_executor(pure=False)
            self._workers = workers if scheduler is None else None
            self._closing = opened.pop_all()

    @property
    def in_flight(self) -> int:
        """How many units it should have: for a cluster that grows with what waits, more than it has workers."""
        if self._workers is not None:
            return UNITS_A_WORKER * self._workers
        return max(LEAST_WAITING, UNITS_A_WORKER * sum(self._client.nthreads().values()))

    def submit(self, unit: Unit) -> Future[bytes]:  # noqa: D102
        return self._executor.submit(perform, unit)

    def received(self, future: Future[Any]) -> bytes:  # noqa: D102
        return bytes(future.result())

    def died(self, error: BaseException) -> bool:  # noqa: D102
        return isinstance(error, self._died)  # which is no BrokenExecutor

    def rebuild(self) -> None:
        """Do nothing: the cluster starts a worker in the place of one that died."""

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


@contextlib.contextmanager
def opened(engine: str = "threads", workers: int | None = None, scheduler: str | None = None) -> Iterator[Engine]:
    """Give an engine by its name, for as long as it is wanted.

    Parameters
    ----------
    engine : str
        threads, processes or dask.
    workers : int, optional
        Threads or worker processes; as many as cores if it is not given.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers are used; a cluster on this machine if it is not given.

    Raises
    ------
    ValueError
        If there is no such engine, or one other than dask is given a scheduler.
    EngineError
        If Dask is not installed or the scheduler does not answer.
    """
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}; there are {', '.join(ENGINES)}")
    if scheduler is not None and engine != "dask":
        raise ValueError("a scheduler is for the engine dask alone")
    n = workers or default_workers()
    made: Engine = Threads(n) if engine == "threads" else Processes(n) if engine == "processes" else Dask(n, scheduler)
    try:
        yield made
    finally:
        made.close()


# Units handed to an engine, a few at a time, and what to do when a worker dies with one.


Keep = Callable[[Unit, bytes], None]
LOSSES = 2  # workers that may die with a unit before it is tried alone
POLL_SECONDS = 0.2
DEATH = "the worker process died"


class _Dispatch:
    def __init__(self, engine: Engine, units: Iterable[Unit], keep: Keep) -> None:
        self.engine = engine
        self.waiting: Iterator[Unit] = iter(units)
        self.keep = keep
        self.flying: dict[Future[Any], Unit] = {}
        self.again: deque[Unit] = deque()
        self.suspects: list[Unit] = []
        self.losses: Counter[str] = Counter()

    def _fill(self) -> None:
        room = self.engine.in_flight - len(self.flying)
        for _ in range(room):
            unit = self.again.popleft() if self.again else next(self.waiting, None)
            if unit is None:
                return
            self.flying[self.engine.submit(unit)] = unit

    def _land(self, future: Future[Any]) -> bool:
        """Take a finished unit; return whether a worker died with it."""
        unit = self.flying.pop(future)
        error = future.exception()
        if error is None:
            self.keep(unit, self.engine.received(future))
            return False
        if not self.engine.died(error):
            raise error
        self.losses[unit.key] += 1
        (self.suspects.append if self.losses[unit.key] >= LOSSES else self.again.append)(unit)
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
                for unit in self.suspects:
                    self.keep(unit, _alone(self.engine, unit))
                self.suspects.clear()
            if not self.suspects:
                self._fill()

    def abandon(self) -> None:
        """Stop what is running, and wait until it has stopped."""
        self.engine.stop()
        for future in self.flying:
            future.cancel()
        wait([future for future in self.flying if not future.cancelled()], timeout=60)


def _alone(engine: Engine, unit: Unit) -> bytes:
    """Do a unit with which workers died while nothing else runs; halve it until it is known which replicate it is."""
    future = engine.submit(unit)
    error = future.exception()
    if error is None:
        return engine.received(future)
    if not engine.died(error):
        raise error
    engine.rebuild()
    if unit.n == 1:
        return to_bytes(unit, lost(unit, unit.first, 1, DEATH, ""))
    half = unit.n // 2
    parts = [unit.part(unit.first, half), unit.part(unit.first + half, unit.n - half)]
    pieces: list[Piece] = [piece_of(_alone(engine, part)) for part in parts]
    return to_bytes(unit, together(pieces))


def dispatch(engine: Engine, units: Iterable[Unit], keep: Keep) -> None:
    """Have units done and hand each chunk to ``keep``, in whatever order they come, on this thread.

    Never more than a few are under way, so that memory does not grow with their number. When a worker dies its units
    are done again; a unit that takes its workers with it is halved until the replicate is found, which becomes a
    failure. An interrupt, or whatever ``keep`` or a unit raises, stops the units under way before it goes on.
    """
    work = _Dispatch(engine, units, keep)
    try:
        work.run()
    except BaseException:
        work.abandon()
        raise


def into_store(engine: Engine, store: ChunkStore, units: Iterable[Unit], done: int, tell: Callable[[int], None]) -> None:
    """Have units done and store each chunk as it comes; ``tell`` how many replicates are there, ``done`` from before."""

    def keep(unit: Unit, raw: bytes) -> None:
        nonlocal done
        store.write(unit.key, raw)
        done += unit.n
        tell(done)

    dispatch(engine, units, keep)
