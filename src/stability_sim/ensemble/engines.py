"""Where units are done: on threads, in processes, on a Dask cluster; all of them executors of ``concurrent.futures``.

An engine gives what executors have in common (submit, result, wait, shutdown) and what they have not: how running
units are asked to stop, how a pool is rebuilt whose worker died, and which errors mean that a worker died.
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, Protocol

from stability_sim.ensemble.processes import UNITS_A_WORKER, Processes, interrupts_held
from stability_sim.ensemble.runner import default_workers
from stability_sim.ensemble.store import StoreError
from stability_sim.ensemble.units import Unit, perform

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
