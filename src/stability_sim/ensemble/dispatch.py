"""Units handed to an engine, a few at a time, and what to do when a worker dies with one."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from stability_sim.ensemble.chunkstore import ChunkStore
from stability_sim.ensemble.engines import Engine
from stability_sim.ensemble.units import Piece, Unit, lost, to_bytes, together
from stability_sim.ensemble.unpack import piece_of

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
