"""The queue of the page: one run at a time, with progress; a new request stops the earlier ones. And sweeps of one lever."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stability_sim.app.levers import edited, levers, value_in_words
from stability_sim.ensemble.run import prepare
from stability_sim.ensemble.run import run as run_ensemble
from stability_sim.report.page.bundle import Run, build
from stability_sim.report.page.words import paired
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import LABELS
from stability_sim.scenario import Scenario, apply_variant, content_hash
from stability_sim.storage.manifest import versions

MOST_JOBS, MOST_RESULTS = 6, 12  # in memory
POINTS = 6  # of a sweep
MOST_RUNS = 500  # at each point of a sweep, which has to answer while a class looks on


class Cancelled(Exception):  # noqa: N818 - no error: the user has moved on
    """Nobody waits for the run any more."""


@dataclass(frozen=True)
class Side:
    """A or B: a variant of the file, levers moved, and from which month on."""

    variant: str | None = None
    edits: dict[str, float | str] = field(default_factory=dict)
    month: int = 0
    name: str = ""


@dataclass
class Job:
    """One request for results, with its progress and its results."""

    key: str
    scenario: Scenario
    sides: list[Side]
    replicates: int
    seed: int
    done: int = 0
    state: str = "running"  # done, cancelled, failed
    error: str = ""
    stop: threading.Event = field(default_factory=threading.Event)
    runs: list[Run] = field(default_factory=list)
    bundle: dict[str, Any] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Replicates of all sides."""
        return self.replicates * len(self.sides)


def _name(side: Side, description: str) -> str:
    return side.name or "; ".join(part for part in (side.variant, description) if part) or "as the file says"


class JobQueue:
    """Keeps jobs and their results, and runs them one after the other."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._results: OrderedDict[str, Results] = OrderedDict()
        self._running = threading.Lock()
        self._table = threading.Lock()
        self._number = 0
        self.phase = ""  # what has to be done before the first run, such as compiling

    def _show(self, text: str) -> None:
        self.phase = text

    def warm(self) -> None:
        """Compile or load the kernels before the first run is asked for."""
        with self._running:
            prepare(self._show)
            self.phase = ""

    def start(self, scenario: Scenario, sides: list[Side], replicates: int, seed: int) -> Job:
        """Begin a job in the background; earlier ones that still run are stopped.

        Raises ValueError or InvalidScenario, before anything runs, if a side cannot be made.
        """
        prepared = [edited(scenario, side.variant, side.edits, side.month) for side in sides]
        with self._table:
            for other in self._jobs.values():
                other.stop.set()
            self._number += 1
            job = Job(str(self._number), scenario, sides, replicates, seed)
            self._jobs[job.key] = job
            while len(self._jobs) > MOST_JOBS:
                self._jobs.popitem(last=False)
        threading.Thread(target=self._work, args=(job, prepared), daemon=True).start()
        return job

    def find(self, key: str) -> Job:
        """Return a job; KeyError if there is none of that number, or none any more."""
        with self._table:
            return self._jobs[key]

    def _work(self, job: Job, prepared: list[tuple[Scenario, str]]) -> None:
        try:
            with self._running:
                for k, (side, (scenario, description)) in enumerate(zip(job.sides, prepared, strict=True)):
                    results = self._results_of(job, scenario, side, k)
                    note = job.scenario.variants[side.variant].note if side.variant in job.scenario.variants else ""
                    job.runs.append(Run(results, scenario, _manifest(results, scenario), _name(side, description), note))
                job.bundle = build(job.runs)
            job.state = "done"
        except Cancelled:
            job.state = "cancelled"
        except Exception as error:  # noqa: BLE001 - without a report of every failure the page would wait for ever
            job.error, job.state = f"{type(error).__name__}: {error}", "failed"

    def _cached(self, scenario: Scenario, replicates: int, seed: int, progress: Callable[[int], None] | None) -> Results:
        key = hashlib.sha256(json.dumps([content_hash(scenario), replicates, seed]).encode()).hexdigest()
        if key not in self._results:
            self._results[key] = run_ensemble(scenario, replicates=replicates, seed=seed, progress=progress)
            while len(self._results) > MOST_RESULTS:
                self._results.popitem(last=False)
        return self._results[key]

    def results(self, scenario: Scenario, replicates: int, seed: int) -> Results:
        """Return the results of a scenario, at once if they are cached."""
        with self._running:
            return self._cached(scenario, replicates, seed, None)

    def _results_of(self, job: Job, scenario: Scenario, side: Side, index: int) -> Results:
        results = self._cached(scenario, job.replicates, job.seed, _watch(job, index))
        job.done = (index + 1) * job.replicates
        results.attributes["variant"] = side.variant or "base"
        return results


def _watch(job: Job, index: int) -> Callable[[int], None]:
    def progress(done: int) -> None:
        job.done = index * job.replicates + done
        if job.stop.is_set():
            raise Cancelled

    return progress


def _manifest(results: Results, scenario: Scenario) -> dict[str, Any]:
    design = {name: results.attributes[name] for name in ("scenario", "seed", "replicates", "months")}
    return design | {"scenario_hash": content_hash(scenario), "results_hash": results.hash(), "versions": versions()}


def sweep(jobs: JobQueue, scenario: Scenario, side: Side, path: str, outcome: str, replicates: int, seed: int) -> dict[str, Any]:
    """Return an outcome at values of one lever over its range, each paired with the first; other levers are as in a side.

    Raises ValueError if there is no such lever or outcome.
    """
    base = apply_variant(scenario, side.variant)
    lever = next((candidate for candidate in levers(base) if candidate.path == path), None)
    if lever is None:
        raise ValueError(f"there is no lever {path!r}")
    if outcome not in LABELS:
        raise ValueError(f"there is no outcome {outcome!r}")
    values: list[float | str]
    values = (
        [key for key, _ in lever.choices] if lever.choices else [round(lever.high * k / (POINTS - 1), 2) for k in range(POINTS)]
    )
    rows, first = [], None
    for value in values:
        changed, _ = edited(scenario, side.variant, side.edits | {path: value}, side.month)
        results = jobs.results(changed, min(replicates, MOST_RUNS), seed)
        first = first or results
        difference = next(candidate for candidate in paired(first, results) if candidate.name == outcome)
        rows.append([value_in_words(lever, value), difference.b, difference.mean, difference.low, difference.high])
    return {"label": lever.label, "outcome": LABELS[outcome], "rows": rows, "replicates": min(replicates, MOST_RUNS)}
