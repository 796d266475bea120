"""From the chunks of a sweep to numbers on named axes, one point at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.engine.tallies import OUTCOMES, QUANTILES, SHARE_UNIT
from stability_sim.ensemble.chunkstore import ChunkStore
from stability_sim.ensemble.design import Design
from stability_sim.ensemble.plan import REFERENCE, Plan, scenario_at
from stability_sim.results import LOG_COLUMNS, EventLog, Results, Variable
from stability_sim.scenario import quantities
from stability_sim.units import month_labels

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
    "risk": (("month", "state"), "probability", "P(conflict starts within 12 months); 1 while in conflict"),
}


def outcomes_at(plan: Plan, store: ChunkStore, point: int) -> Floats:
    """Return the outcomes of every replicate of a point: (replicate, outcome), not a number where one failed."""
    return np.concatenate([store.read(span.key, ("outcomes",))[1]["outcomes"] for span in plan.spans(point)])


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
    """Return what is told of each outcome; both arrays are (replicate, outcome) and paired."""
    found: dict[str, list[Any]] = {name: [] for name, (axes, _, _) in _MEANINGS.items() if axes[:1] == ("outcome",)}
    ran = np.isfinite(rows[:, 0])
    paired = ran & np.isfinite(reference[:, 0])
    for k in range(len(OUTCOMES)):
        values = sorted(rows[ran, k].tolist())
        mean, error = _mean_and_error(values)
        apart, apart_error = _mean_and_error((rows[paired, k] - reference[paired, k]).tolist())
        found["mean"].append(mean)
        found["standard_error"].append(error)
        found["quantiles"].append([_at(values, q) for q in QUANTILES])
        found["probability"].append(sum(value > 0 for value in values) / len(values) if values else math.nan)
        found["difference"].append(apart)
        found["difference_standard_error"].append(apart_error)
    return found | {"runs": int(ran.sum())}


def _by_state(plan: Plan, store: ChunkStore, point: int, states: list[str], runs: int) -> dict[str, Any]:
    """Return what is told of each state that is in every scenario of the sweep."""
    columns = [plan.points[point].states.index(code) for code in states]
    onsets = np.zeros(len(columns), dtype=np.int64)
    sums = {name: np.zeros((plan.months, len(columns)), dtype=np.int64) for name in _SUMS}
    for span in plan.spans(point):
        arrays = store.read(span.key, (*_SUMS, *_ROWS))[1]
        onsets += (arrays["first_onset"][:, columns] >= 0).sum(axis=0)
        for name in _SUMS:
            sums[name] += arrays[name][:, columns]
    runs = runs or 1
    in_conflict, risk = sums.values()
    return {"ever_onset": onsets / runs, "incidence": in_conflict / runs, "risk": risk / (SHARE_UNIT * runs)}


def _points(plan: Plan, store: ChunkStore, states: list[str]) -> Iterator[dict[str, Any]]:
    """Yield what is told of each point, first of the one at which nothing is changed."""
    reference = outcomes_at(plan, store, REFERENCE)
    for point in plan.points:
        rows = reference if point == REFERENCE else outcomes_at(plan, store, point)
        told = _by_outcome(rows, reference)
        yield told | _by_state(plan, store, point, states, told["runs"])


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


def _told(plan: Plan) -> dict[str, Any]:
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
    told: dict[str, list[Any]] = {name: [] for name in _MEANINGS}
    for point in _points(plan, store, states):
        for name, numbers in told.items():
            numbers.append(point[name])
    variables = dict(values)
    for name, (further, unit, meaning) in _MEANINGS.items():
        whole = np.array(told.pop(name))
        shape = lengths + whole.shape[1:]
        variables[name] = Variable(axes + further, whole[1:].reshape(shape), unit, meaning)
        variables[f"reference_{name}"] = Variable(further, whole[0], unit, f"{meaning}; of the scenario as it is")
    told_of = _told(plan)
    coords = labels | {
        "outcome": list(OUTCOMES), "quantile": list(QUANTILES), "state": states,
        "month": month_labels(told_of["start"], plan.months),
    }  # fmt: skip
    return Results(coords, variables, EventLog({name: np.zeros(0) for name in LOG_COLUMNS}), told_of)
