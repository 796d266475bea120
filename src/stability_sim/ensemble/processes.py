"""Worker processes on this machine: how they begin and end, and how what they make comes back."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing import resource_tracker
from multiprocessing.connection import wait as wait_for
from multiprocessing.synchronize import Event
from pathlib import Path

from stability_sim.ensemble.units import Unit, perform

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
