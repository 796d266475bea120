"""Run a scenario: from a resolved scenario to results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from stability_sim.engine import warmup
from stability_sim.engine.record import add, empty_tallies
from stability_sim.engine.run import Part
from stability_sim.ensemble.chunks import ChunkStore, DamagedChunk
from stability_sim.ensemble.design import CACHEFULS
from stability_sim.ensemble.executors import dispatch, into_store, opened
from stability_sim.ensemble.results import assemble
from stability_sim.ensemble.threads import Ensemble, LogBound, Progress, ReplicateFailed, chunk_size, joined, run_ensemble
from stability_sim.ensemble.work import MANY, Piece, Unit, as_text, beginning_of, code_of, piece_of
from stability_sim.kernels.compile import CACHED, FOLDER
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_variant, resolve
from stability_sim.storage.run_folder import StoreError
from stability_sim.world.initial import begin

# An ensemble on any engine, with its chunks kept if asked for: the same bytes as on the threads of one process.


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


BASE = "base"


def prepare(tell: Callable[[str], None] | None = None) -> None:
    """Compile the kernels if that was not done yet, and say so before it is done."""
    if warmup.is_needed():
        if tell is not None:
            tell(f"Compiling the model for this machine{', once' if CACHED else ''}: about ten seconds ...")
            if not CACHED:
                tell(
                    f"It cannot be kept in {FOLDER}: STABILITY_SIM_CACHE names another folder. Until then every start takes that long."
                )
        warmup.compile_all()


def run(
    scenario: Scenario,
    *,
    variant: str | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    first: int = 0,
    workers: int | None = None,
    chunk_size: int | None = None,
    progress: Progress | None = None,
    trajectories: bool = False,
    where: Where | None = None,
) -> Results:
    """Run an ensemble of a scenario, or of a variant of it.

    Parameters
    ----------
    scenario : Scenario
        As loaded, or resolved.
    variant : str, optional
        One of the variants of the scenario; ``base`` or None for the scenario itself.
    replicates, seed : int, optional
        In place of those of the scenario.
    first : int
        Number of the first replicate.
    workers, chunk_size : int, optional
        Threads, and replicates a chunk; neither changes a bit of the results.
    progress : callable, optional
        Called with the number of replicates done.
    trajectories : bool
        Whether to keep conflict and deaths of every replicate, month and state.
    where : Where, optional
        Processes or a Dask cluster in place of threads, and a folder in which chunks are kept; changes no bit either.
    """
    chosen = apply_variant(resolve(scenario), variant)
    n_replicates = scenario.replicates if replicates is None else replicates
    key = scenario.seed if seed is None else seed
    beginning = begin(chosen)
    if where is None or (where.engine == "threads" and where.chunks is None):
        ensemble = run_ensemble(
            beginning, n_replicates, key, chosen.months,
            first=first, workers=workers, size=chunk_size, progress=progress, trajectories=trajectories,
        )  # fmt: skip
    else:
        place = where if where.workers is not None else where._replace(workers=workers)
        ensemble = gather(
            chosen, n_replicates, key, first=first, where=place, size=chunk_size, progress=progress, trajectories=trajectories
        )
    given = {"seed": key, "variant": variant or BASE}
    return assemble(beginning, ensemble, first=first, n_months=chosen.months, given=given)
