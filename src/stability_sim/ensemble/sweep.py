"""A sweep: the same draws at every point of a design, kept chunk by chunk, so that it can be taken up again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.ensemble.chunkfile import DamagedChunk
from stability_sim.ensemble.chunkstore import FAILURES, ChunkStore
from stability_sim.ensemble.design import Design, Factor, grid, latin_hypercube, parse_factor
from stability_sim.ensemble.dispatch import into_store
from stability_sim.ensemble.engines import opened
from stability_sim.ensemble.plan import Plan, make_plan
from stability_sim.ensemble.reduce import outcomes_at, reduce
from stability_sim.ensemble.runner import Progress
from stability_sim.ensemble.store import StoreError
from stability_sim.results import Results
from stability_sim.rooms import temporary_folder
from stability_sim.scenario import Scenario, resolve

ROUNDS = 3  # in which chunks that the disk gives back damaged are made again
_STATISTICS = ("mean", "standard_error", "probability", "difference", "difference_standard_error")


@dataclass(frozen=True)
class Sweep:
    """What came of a sweep: numbers on the axes of its design, and the replicates that could not be run.

    ``results`` has the factors of a grid as axes, or the axis ``point`` of a Latin hypercube; ``found`` is how many
    replicates were there from before, ``damaged`` the chunk files that were not whole and were made again.
    """

    plan: Plan
    results: Results
    failures: list[dict[str, Any]]
    folder: Path | None
    found: int
    damaged: list[Path]

    @property
    def design(self) -> Design:
        """The factors and the points."""
        return self.plan.design

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each point and outcome: factors, replicates, mean, errors, quantiles, paired difference."""
        n, outcomes = len(self.design.points), self.results.coords["outcome"]
        flat = {name: self.results[name].reshape(n, len(outcomes)) for name in _STATISTICS}
        quantiles = self.results["quantiles"].reshape(n, len(outcomes), -1)
        runs = self.results["runs"].reshape(n)
        rows = []
        for point, values in enumerate(self.design.points):
            for k, outcome in enumerate(outcomes):
                row = {"point": point, **dict(zip(self.design.paths, values, strict=True)), "outcome": outcome}
                row |= {"runs": int(runs[point])} | {name: float(numbers[point, k]) for name, numbers in flat.items()}
                spread = zip(self.results.coords["quantile"], quantiles[point, k], strict=True)
                rows.append(row | {f"q{round(100 * q):02d}": float(value) for q, value in spread})
        return rows

    def outcomes(self, point: int) -> NDArray[np.float64]:
        """Return the outcomes of every replicate of a point from the folder: (replicate, outcome); NaN if it failed."""
        if self.folder is None:
            raise StoreError("a sweep without a folder keeps no replicates")
        return outcomes_at(self.plan, ChunkStore(self.folder), point)

    def to_xarray(self) -> Any:  # noqa: ANN401 - xarray is imported late
        """Return the numbers as an ``xarray.Dataset`` on named axes."""
        return self.results.to_xarray()

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas is imported late
        """Return the rows as a ``pandas.DataFrame``."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def _repr_html_(self) -> str:
        html: str = self.to_pandas()._repr_html_()
        return html


def make_design(scenario: Scenario, vary: Sequence[str | Factor], lhs: int | None, seed: int) -> Design:
    """Return the grid over some factors, or a Latin hypercube of ``lhs`` points; DesignError if there is none."""
    resolved = resolve(scenario)
    factors = [factor if isinstance(factor, Factor) else parse_factor(factor, resolved) for factor in vary]
    return grid(factors) if lhs is None else latin_hypercube(factors, lhs, seed)


def _complete(plan: Plan, store: ChunkStore, engine: tuple[str, int | None, str | None], progress: Progress) -> int:
    """Have everything done that is missing from a store; return how many replicates were there already."""
    chunks = plan.chunks()
    missing = [span for span in chunks if not store.holds(span.key)]
    to_do = sum(span.n for span in missing)
    done = plan.replicates * len(plan.points) - to_do
    progress(done)
    if missing:
        with opened(*engine) as at_work:
            into_store(at_work, store, plan.units(missing), done, progress)
    return sum(span.n for span in chunks) - to_do


def _failures(plan: Plan, store: ChunkStore) -> list[dict[str, Any]]:
    """Return the failures recorded for the chunks of a sweep, each with the first point that it belongs to."""
    if not (store.folder / FAILURES).is_dir():
        return []
    found: list[dict[str, Any]] = []
    seen = set()
    for point in plan.points:
        for span in plan.spans(point):
            path = store.folder / FAILURES / f"{span.key}.json"
            if span.key not in seen and path.is_file():
                seen.add(span.key)
                found += [{"point": point, **told} for told in json.loads(path.read_text(encoding="utf-8"))]
    return found


def run_plan(
    plan: Plan,
    *,
    folder: Path | None = None,
    engine: str = "threads",
    workers: int | None = None,
    scheduler: str | None = None,
    resume: bool = True,
    progress: Progress | None = None,
) -> Sweep:
    """Run what a plan needs and what its folder does not hold yet, or all of it; see ``sweep``."""
    tell: Callable[[int], None] = progress or (lambda _: None)
    with ExitStack() as stack:
        place = folder or stack.enter_context(temporary_folder())
        store = stack.enter_context(ChunkStore.opened(place))
        if not resume:
            store.clear()
        found = -1
        for _ in range(ROUNDS):
            there = _complete(plan, store, (engine, workers, scheduler), tell)
            found = there if found < 0 else found
            try:
                results = reduce(plan, store)
            except DamagedChunk:
                continue
            return Sweep(plan, results, _failures(plan, store), folder, found, store.damaged)
    raise StoreError(f"{place}: the disk does not give back what was written to it")


def sweep(
    scenario: Scenario,
    vary: Sequence[str | Factor],
    *,
    lhs: int | None = None,
    variant: str | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    folder: Path | None = None,
    engine: str = "threads",
    workers: int | None = None,
    scheduler: str | None = None,
    chunk_size: int | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run a scenario at every point of a design, all of them on the same draws.

    Parameters
    ----------
    scenario : Scenario
        As loaded, or resolved.
    vary : sequence of str or Factor
        Such as ``states.TJK.capacity=0.2:0.5:7``; see ``design.parse_factor``.
    lhs : int, optional
        Points of a Latin hypercube; every combination of levels if it is not given.
    variant : str, optional
        A variant in force at every point.
    replicates, seed : int, optional
        In place of those of the scenario; replicates at each point.
    folder : Path, optional
        Where chunks are kept; what is there already is not run again. Nothing is kept if it is not given.
    engine, workers, scheduler
        See ``engines.opened``; they change no bit of the results.
    chunk_size : int, optional
        Replicates a chunk; another one finds none of the chunks that are there.
    progress : callable, optional
        Called with the number of replicates that are there.

    Returns
    -------
    Sweep
        Means, standard errors, quantiles, and paired differences from the scenario as it is.

    Raises
    ------
    DesignError, InvalidScenario
        If the design is none, or a point of it cannot run.
    StoreError
        If the folder is in use, the disk is full, or an engine cannot be had.
    """
    key = scenario.seed if seed is None else seed
    design = make_design(scenario, vary, lhs, key)
    n = scenario.replicates if replicates is None else replicates
    plan = make_plan(resolve(scenario), design, variant=variant, replicates=n, seed=key, size=chunk_size)
    return run_plan(plan, folder=folder, engine=engine, workers=workers, scheduler=scheduler, progress=progress)
