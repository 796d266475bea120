"""An ensemble on any engine, with its chunks kept if asked for: the same bytes as on the threads of one process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from stability_sim.engine.chunk import Part
from stability_sim.engine.tallies import add, empty_tallies
from stability_sim.ensemble.chunkfile import DamagedChunk
from stability_sim.ensemble.chunkstore import ChunkStore
from stability_sim.ensemble.dispatch import dispatch, into_store
from stability_sim.ensemble.engines import opened
from stability_sim.ensemble.parts import Ensemble, LogBound, ReplicateFailed, joined
from stability_sim.ensemble.plan import CACHEFULS
from stability_sim.ensemble.runner import Progress, chunk_size
from stability_sim.ensemble.store import StoreError
from stability_sim.ensemble.units import MANY, Piece, Unit, as_text, beginning_of, code_of
from stability_sim.ensemble.unpack import piece_of
from stability_sim.scenario import Scenario


class Where(NamedTuple):
    """On what an ensemble runs: an engine, how many workers, a scheduler; and a folder for its chunks, if they are kept."""

    engine: str = "threads"
    workers: int | None = None
    scheduler: str | None = None
    chunks: Path | None = None


class _Gathered:
    """The sum of what came so far."""

    def __init__(self, units: list[Unit]) -> None:
        self.frame = beginning_of(units[0].scenario).frame
        self.tallies = empty_tallies(self.frame, units[0].months)
        self.parts: list[Part] = []
        self.log = LogBound([unit.first for unit in units])

    def take(self, unit: Unit, raw: bytes) -> None:
        piece: Piece = piece_of(raw)
        if piece.failures:
            failure = piece.failures[0]
            hint = "where it went wrong is told in the folder of its chunks (--keep-chunks)"
            raise ReplicateFailed(f"replicate {failure.replicate} cannot be run: {failure.error}; {hint}")
        add(self.tallies, piece.tallies)
        self.parts.append(self.log.bounded(Part(unit.first, piece.rows, piece.log, piece.paths)))


def _kept(folder: Path, units: list[Unit], where: Where, tell: Callable[[int], None]) -> _Gathered:
    """Do what a folder does not hold yet, then add up what it holds."""
    gathered = _Gathered(units)
    with ChunkStore.opened(folder) as store:
        missing = [unit for unit in units if not store.holds(unit.key)]
        done = sum(unit.n for unit in units) - sum(unit.n for unit in missing)
        if missing:
            with opened(where.engine, where.workers, where.scheduler) as engine:
                into_store(engine, store, missing, done, tell)
        for unit in units:
            try:
                gathered.take(unit, store.raw(unit.key))
            except DamagedChunk as error:
                raise StoreError(f"{folder}: a chunk is damaged ({error}); the same command makes it anew") from None
    return gathered


def gather(
    scenario: Scenario,
    n_replicates: int,
    seed: int,
    *,
    first: int = 0,
    where: Where,
    size: int | None = None,
    progress: Progress | None = None,
    trajectories: bool = False,
) -> Ensemble:
    """Run replicates ``first`` .. ``first + n_replicates - 1`` of a resolved scenario without variants on an engine.

    Raises ReplicateFailed if one of them cannot be run, EngineError if the engine cannot be had, and StoreError if the
    folder of chunks is in use or the disk is full.
    """
    tell: Callable[[int], None] = progress or (lambda _: None)
    text, code = as_text(scenario), code_of(scenario.mechanisms)
    size = size or CACHEFULS * chunk_size(beginning_of(text), MANY, 1)
    end = first + n_replicates
    units = [
        Unit(text, seed, k, min(size, end - k), scenario.months, log=True, paths=trajectories, code=code)
        for k in range(first, end, size)
    ]
    if where.chunks is not None:
        gathered = _kept(where.chunks, units, where, tell)
    else:
        gathered, done = _Gathered(units), 0

        def take(unit: Unit, raw: bytes) -> None:
            nonlocal done
            gathered.take(unit, raw)
            done += unit.n
            tell(done)

        with opened(where.engine, where.workers, where.scheduler) as engine:
            dispatch(engine, units, take)
    return joined(gathered.tallies, gathered.parts, trajectories=trajectories)
