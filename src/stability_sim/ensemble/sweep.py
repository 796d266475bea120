"""A sweep: the same draws at every point of a design, kept chunk by chunk, so that it can be taken up again."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.engine.record import OUTCOMES, QUANTILES, SHARE_UNIT
from stability_sim.ensemble.chunks import FAILURES, ChunkStore, DamagedChunk
from stability_sim.ensemble.design import (
    REFERENCE,
    Design,
    Factor,
    Plan,
    grid,
    latin_hypercube,
    make_plan,
    parse_factor,
    scenario_at,
)
from stability_sim.ensemble.driver import Progress, run_tasks
from stability_sim.ensemble.executors import THREADS, Execution
from stability_sim.results.results import LOG_COLUMNS, EventLog, Results, Variable
from stability_sim.scenario import Scenario, quantities, resolve
from stability_sim.scenario.events import month_labels
from stability_sim.storage.run_folder import StoreError
from stability_sim.storage.staging import temporary_folder

Floats = NDArray[np.float64]
_ROWS = ("outcomes", "first_onset")
_SUMS = ("tallies.in_conflict", "tallies.risk")

# variable: (further axes, unit, meaning)
_MEANINGS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "runs": ((), "replicates", "Replicates that ran to their end"),
    "mean": (("outcome",), "", "Mean over replicates"),
    "standard_error": (("outcome",), "", "Standard error of the mean over replicates"),
    "quantiles": (("outcome", "quantile"), "", "Quantiles over replicates"),
    "probability": (("outcome",), "probability", "Share of replicates in which the outcome is above 0"),
    "difference": (("outcome",), "", "Mean difference from the scenario as it is, replicate by replicate"),
    "difference_standard_error": (("outcome",), "", "Standard error of the mean of these paired differences"),
    "ever_onset": (("state",), "share", "Share of replicates with at least one onset in the run"),
    "incidence": (("month", "state"), "share", "Share of replicates in which the state is in conflict"),
    "risk": (("month", "state"), "probability", "P(fighting breaks out within 12 months); 1 while in conflict"),
}


def outcomes_at(plan: Plan, store: ChunkStore, point: int) -> Floats:
    """Return the outcomes of every replicate of a point: (replicate, outcome), not a number where one failed."""
    return np.concatenate([store.read(chunk.key, ("outcomes",))[1]["outcomes"] for chunk in plan.chunks_of(point)])


def _mean_and_error(values: list[float]) -> tuple[float, float]:
    """Return mean and standard error; exact sums, so that they rest on no order."""
    n = len(values)
    if n == 0:
        return math.nan, math.nan
    mean = math.fsum(values) / n
    if n == 1:
        return mean, math.nan
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n)


def _at(sorted_values: list[float], q: float) -> float:
    n = len(sorted_values)
    return sorted_values[min(n - 1, max(0, math.ceil(q * n) - 1))] if n else math.nan


def _by_outcome(rows: Floats, reference: Floats) -> dict[str, Any]:
    """Return the statistics of each outcome; both arrays are (replicate, outcome) and paired."""
    statistics: dict[str, list[Any]] = {name: [] for name, (axes, _, _) in _MEANINGS.items() if axes[:1] == ("outcome",)}
    ran = np.isfinite(rows[:, 0])
    paired = ran & np.isfinite(reference[:, 0])
    for k in range(len(OUTCOMES)):
        values = sorted(rows[ran, k].tolist())
        mean, error = _mean_and_error(values)
        apart, apart_error = _mean_and_error((rows[paired, k] - reference[paired, k]).tolist())
        statistics["mean"].append(mean)
        statistics["standard_error"].append(error)
        statistics["quantiles"].append([_at(values, q) for q in QUANTILES])
        statistics["probability"].append(sum(value > 0 for value in values) / len(values) if values else math.nan)
        statistics["difference"].append(apart)
        statistics["difference_standard_error"].append(apart_error)
    return statistics | {"runs": int(ran.sum())}


def _by_state(plan: Plan, store: ChunkStore, point: int, states: list[str], runs: int) -> dict[str, Any]:
    """Return the statistics of each state that is in every scenario of the sweep."""
    columns = [plan.points[point].states.index(code) for code in states]
    onsets = np.zeros(len(columns), dtype=np.int64)
    sums = {name: np.zeros((plan.months, len(columns)), dtype=np.int64) for name in _SUMS}
    for chunk in plan.chunks_of(point):
        arrays = store.read(chunk.key, (*_SUMS, *_ROWS))[1]
        onsets += (arrays["first_onset"][:, columns] >= 0).sum(axis=0)
        for name in _SUMS:
            sums[name] += arrays[name][:, columns]
    runs = runs or 1
    in_conflict, risk = sums.values()
    return {"ever_onset": onsets / runs, "incidence": in_conflict / runs, "risk": risk / (SHARE_UNIT * runs)}


def _points(plan: Plan, store: ChunkStore, states: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the statistics of each point, first of the one at which nothing is changed."""
    reference = outcomes_at(plan, store, REFERENCE)
    for point in plan.points:
        rows = reference if point == REFERENCE else outcomes_at(plan, store, point)
        statistics = _by_outcome(rows, reference)
        yield statistics | _by_state(plan, store, point, states, statistics["runs"])


def _axes(design: Design) -> tuple[tuple[str, ...], tuple[int, ...], dict[str, list[Any]], dict[str, Variable]]:
    """Return the axes of a design, their lengths and labels, and the values of its factors if they are no axes."""
    if design.kind == "grid":
        lengths = tuple(len(factor.levels) for factor in design.factors)
        return design.paths, lengths, {factor.path: list(factor.levels) for factor in design.factors}, {}
    n = len(design.points)
    labels: dict[str, list[Any]] = {"point": list(range(n))}
    values = {}
    for k, factor in enumerate(design.factors):
        column = [point[k] for point in design.points]
        if any(isinstance(value, str) for value in column):
            words = [str(level) for level in factor.levels]
            labels[f"{factor.path} levels"] = words
            column = [words.index(str(value)) for value in column]
        values[factor.path] = Variable(("point",), np.array(column, dtype=np.float64), "", "Value of the factor at each point")
    return ("point",), (n,), labels, values


def _attributes(plan: Plan) -> dict[str, Any]:
    scenario = scenario_at(plan.base, plan.variant, plan.design, REFERENCE)
    return {
        "scenario": scenario.scenario,
        "title": scenario.title or scenario.scenario,
        "question": scenario.question,
        "start": scenario.start,
        "variant": plan.variant or "base",
        "seed": plan.seed,
        "replicates": plan.replicates,
        "months": plan.months,
        "design": plan.design.kind,
        "factors": list(plan.design.paths),
        "reference": {path: quantity.value for path, quantity in quantities(scenario) if path in plan.design.paths},
        "names": {code: state.name or code for code, state in scenario.states.items()},
    }


def reduce(plan: Plan, store: ChunkStore) -> Results:
    """Return means, errors, quantiles and paired differences at every point of a sweep whose chunks are all there.

    Raises DamagedChunk if one is missing or not whole. Memory holds the outcomes of two points at a time.
    """
    common = set.intersection(*(set(point.states) for point in plan.points.values()))
    states = [code for code in plan.points[REFERENCE].states if code in common]
    axes, lengths, labels, values = _axes(plan.design)
    columns: dict[str, list[Any]] = {name: [] for name in _MEANINGS}
    for point in _points(plan, store, states):
        for name, numbers in columns.items():
            numbers.append(point[name])
    variables = dict(values)
    for name, (further, unit, meaning) in _MEANINGS.items():
        array = np.array(columns.pop(name))
        shape = lengths + array.shape[1:]
        variables[name] = Variable(axes + further, array[1:].reshape(shape), unit, meaning)
        variables[f"reference_{name}"] = Variable(further, array[0], unit, f"{meaning}; of the scenario as it is")
    attributes = _attributes(plan)
    coords = labels | {
        "outcome": list(OUTCOMES), "quantile": list(QUANTILES), "state": states,
        "month": month_labels(attributes["start"], plan.months),
    }  # fmt: skip
    return Results(coords, variables, EventLog({name: np.zeros(0) for name in LOG_COLUMNS}), attributes)


ROUNDS = 3  # in which chunks that the disk gives back damaged are made again
_STATISTICS = ("mean", "standard_error", "probability", "difference", "difference_standard_error")


@dataclass(frozen=True)
class Sweep:
    """The results of a sweep: numbers on the axes of its design, and the replicates that could not be run.

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


def _complete(plan: Plan, store: ChunkStore, execution: Execution, progress: Progress) -> int:
    """Have everything done that is missing from a store; return how many replicates were there already."""
    chunks = plan.chunks()
    missing = [chunk for chunk in chunks if not store.holds(chunk.key)]
    to_do = sum(chunk.n for chunk in missing)
    done = plan.replicates * len(plan.points) - to_do
    progress(done)
    if missing:
        keep = lambda task, raw: store.write(task.key, raw)  # noqa: E731
        run_tasks(execution, plan.tasks(missing), keep, done=done, progress=progress)
    return sum(chunk.n for chunk in chunks) - to_do


def _failures(plan: Plan, store: ChunkStore) -> list[dict[str, Any]]:
    """Return the failures recorded for the chunks of a sweep, each with the first point that it belongs to."""
    if not (store.folder / FAILURES).is_dir():
        return []
    records: list[dict[str, Any]] = []
    visited = set()
    for point in plan.points:
        for chunk in plan.chunks_of(point):
            path = store.folder / FAILURES / f"{chunk.key}.json"
            if chunk.key not in visited and path.is_file():
                visited.add(chunk.key)
                records += [{"point": point, **record} for record in json.loads(path.read_text(encoding="utf-8"))]
    return records


def run_plan(
    plan: Plan,
    *,
    folder: Path | None = None,
    execution: Execution = THREADS,
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
        reused: list[int] = []  # replicates that were there, round by round
        for _ in range(ROUNDS):
            reused.append(_complete(plan, store, execution, tell))
            try:
                results = reduce(plan, store)
            except DamagedChunk:
                continue
            return Sweep(plan, results, _failures(plan, store), folder, reused[0], store.damaged)
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
        See ``Execution``; they change no bit of the results.
    chunk_size : int, optional
        Replicates a task; another one finds none of the chunks that are there.
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
    return run_plan(plan, folder=folder, execution=Execution(engine, workers, scheduler), progress=progress)
