"""Kernels against the twin under Mesa's own batch_run, against their own draws, two threads against one; pairing.

Usage: python benchmarks/twin.py [--quick]

The first two are compared by processor time, which other work on the machine does not add to as it does to time on the
clock; all times are the best of several. What a process needs before its first replicate (imports, compiled kernels) is
left out on both sides: each is timed on many replicates less a few. Two threads against one can only be told by the
clock, hence on a machine that does nothing else: the load is printed.
"""

from __future__ import annotations

import os
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

from large_world import scenario  # noqa: E402

from reference.model import Twin  # noqa: E402
from stability_sim.engine.record import empty_tallies  # noqa: E402
from stability_sim.engine.run import run_batch, start_again  # noqa: E402
from stability_sim.ensemble.driver import run_ensemble  # noqa: E402
from stability_sim.ensemble.executors import Execution  # noqa: E402
from stability_sim.ensemble.run import prepare, run  # noqa: E402
from stability_sim.ensemble.tasks import batch_size  # noqa: E402
from stability_sim.kernels.compile import kernel  # noqa: E402
from stability_sim.kernels.randomness import (  # noqa: E402
    STREAM_ATTACK,
    STREAM_ENDING,
    STREAM_GROUP_CHOICE,
    STREAM_GROUP_SEES,
    STREAM_INCIDENTS,
    STREAM_INTENSITY,
    STREAM_ONSET,
    STREAM_STATE_REVIEWS,
    STREAM_STATE_SEES,
    fill_uniform,
    normal,
    uniform,
)
from stability_sim.scenario import load, resolve  # noqa: E402
from stability_sim.scenario.load import shipped  # noqa: E402
from stability_sim.world.initial import begin  # noqa: E402

STATES, GROUPS, MONTHS = 48, 48, 60
CORES = 2
VARIANT = "watched-border"


def processor() -> float:
    """Return the processor time of this process and of those that it started and that are over, in seconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def best(function, times: int, clock=processor) -> float:
    """Return the shortest time of a call in seconds."""
    found = []
    for _ in range(times):
        before = clock()
        function()
        found.append(clock() - before)
    return min(found)


def per_replicate(function, few: int, many: int, times: int) -> float:
    """Return the processor time of a further replicate in seconds: a call with many less a call with few."""
    return (best(lambda: function(many), times) - best(lambda: function(few), times)) / (many - few)


def in_batches(case, replicates: int) -> None:
    """Run replicates of the twin with Mesa's batch_run on all cores."""
    from mesa.batchrunner import batch_run

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # later versions of Mesa call it deprecated
        rows = batch_run(
            Twin,
            {"scenario": [case], "replicate": range(replicates)},
            number_processes=CORES,
            max_steps=MONTHS,
            display_progress=False,
        )
    assert len(rows) == replicates


@kernel
def one_by_one(draws, ties, groups, states, borders, dyads, n_uniforms, n_normals, seed, replicates, t):
    """Draw as many numbers as the model does in a month, each by a call of its own, and add them up."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        total = 0.0
        for k in range(ties.shape[0]):
            total += uniform(key, STREAM_STATE_SEES, ties[k])
        for k in range(groups.shape[0]):
            total += uniform(key, STREAM_GROUP_SEES, groups[k])
            total += uniform(key, STREAM_GROUP_CHOICE, groups[k])
        for k in range(states.shape[0]):
            total += uniform(key, STREAM_STATE_REVIEWS, states[k])
            total += uniform(key, STREAM_ONSET, states[k])
        for k in range(borders.shape[0]):
            total += uniform(key, STREAM_INCIDENTS, borders[k])
        for k in range(dyads.shape[0]):
            total += uniform(key, STREAM_ATTACK, dyads[k])
        for k in range(n_uniforms):
            total += uniform(key, STREAM_ENDING, states[k])
        for k in range(n_normals):
            total += normal(key, STREAM_INTENSITY, states[k])
        draws[0] = total


@kernel
def several_at_once(draws, ties, groups, states, borders, dyads, n_uniforms, n_normals, seed, replicates, t):
    """Draw as many numbers as the model does in a month, and as it does: most of them several at once, in wide registers."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        fill_uniform(draws, key, STREAM_STATE_SEES, ties)
        fill_uniform(draws, key, STREAM_GROUP_SEES, groups)
        fill_uniform(draws, key, STREAM_STATE_REVIEWS, states)
        fill_uniform(draws, key, STREAM_GROUP_CHOICE, groups)
        fill_uniform(draws, key, STREAM_INCIDENTS, borders)
        fill_uniform(draws, key, STREAM_ATTACK, dyads)
        fill_uniform(draws, key, STREAM_ONSET, states)
        for k in range(n_uniforms):
            draws[0] += uniform(key, STREAM_ENDING, states[k])
        for k in range(n_normals):
            draws[0] += normal(key, STREAM_INTENSITY, states[k])


def sparse_draws(case, n: int) -> tuple[float, float]:
    """Return the uniform and the normal numbers that a replicate draws one by one in a month, counted in a run."""
    results = run(case, replicates=n, trajectories=True)
    at_war = results["conflict_trajectory"].sum() / n / MONTHS
    kinds, counts = np.unique(results.log.columns["kind"], return_counts=True)
    told = dict(zip(kinds.tolist(), (counts / n / MONTHS).tolist(), strict=True))
    onsets, endings = told.get("onset", 0.0), told.get("ending", 0.0)
    calls = told.get("call_honoured", 0.0) + told.get("call_abandoned", 0.0)
    reviews = sum(state.decides == "chooses" for state in case.states.values()) / begin(case).parameters.review_months
    uniforms = at_war + endings + 2 * onsets + reviews + calls + told.get("raid", 0.0)
    return uniforms, 1 + 2 * at_war + onsets


def floor(drawing, beginning, uniforms: int, normals: int, replicates: int) -> None:
    """Draw what so many replicates draw, in batches of the size that the runner would take."""
    frame = beginning.frame
    size = batch_size(beginning, replicates, 1)
    for first in range(0, replicates, size):
        numbers = np.arange(first, min(first + size, replicates), dtype=np.uint64)
        draws = np.zeros(max(len(frame.tie_id), len(frame.dyad_id)))
        for t in range(MONTHS):
            drawing(
                draws, frame.tie_id, frame.group_id, frame.state_id, frame.border_id, frame.dyad_id, uniforms, normals,
                np.uint64(1), numbers, t,
            )  # fmt: skip


def one_thread(beginning, replicates: int) -> None:
    """Run replicates on this thread alone."""
    size = batch_size(beginning, replicates, 1)
    tallies = empty_tallies(beginning.frame, MONTHS)
    batch = None
    for first in range(0, replicates, size):
        batch = start_again(batch, beginning, 1, first, min(size, replicates - first))
        run_batch(batch, MONTHS, tallies)


def against_the_twin(case, beginning, quick: bool) -> None:
    many = 400 if quick else 1200
    kernels = per_replicate(
        lambda n: run_ensemble(beginning, n, 1, MONTHS, execution=Execution(workers=CORES)), many // 4, many, 3
    )
    twin = per_replicate(lambda n: in_batches(case, n), 2, 10 if quick else 34, 1 if quick else 2)
    print(f"twin, batch_run on {CORES} processes:  {twin * 1e3:9.2f} ms of processor a replicate")
    print(f"kernels on {CORES} threads:            {kernels * 1e3:9.3f} ms of processor a replicate")
    print(f"kernels against the twin:         {twin / kernels:9.0f} times (at least 80)", flush=True)


def against_the_floor(case, beginning, quick: bool) -> None:
    uniforms, normals = sparse_draws(case, 200)
    frame = beginning.frame
    always = len(frame.tie_id) + 2 * len(frame.group_id) + 2 * len(frame.state_id) + len(frame.border_id) + len(frame.dyad_id)
    n = 200 if quick else 400
    running = best(lambda: one_thread(beginning, n), 5) / n
    print(f"draws a month: {always} always, {uniforms:.1f} uniform and {normals:.1f} normal as it happens")
    print(f"kernels, one thread:              {running * 1e3:9.3f} ms of processor a replicate")
    for words, drawing in (("one by one", one_by_one), ("several at once", several_at_once)):
        floor(drawing, beginning, round(uniforms), round(normals), 1)
        alone = best(lambda: floor(drawing, beginning, round(uniforms), round(normals), n), 5) / n  # noqa: B023 - called here
        print(
            f"these draws alone, {words + ':':16s}{alone * 1e3:8.3f} ms, a distance of {running / alone:.1f} (at most 8)",
            flush=True,
        )


def of_two_threads(beginning, quick: bool) -> None:
    n = 400 if quick else 1200
    times = 3 if quick else 5
    one = best(lambda: run_ensemble(beginning, n, 1, MONTHS, execution=Execution(workers=1)), times, time.perf_counter)
    two = best(lambda: run_ensemble(beginning, n, 1, MONTHS, execution=Execution(workers=2)), times, time.perf_counter)
    load_now = os.getloadavg()[0]
    print(
        f"one thread / two threads:         {one / two:9.2f} times on the clock (at least 1.8; load {load_now:.1f})", flush=True
    )


def of_pairing(quick: bool) -> None:
    case = load(shipped()["central-asia-2021"]).scenario
    n = 500 if quick else 2000
    base, other = (run(case, replicates=n, variant=name) for name in (None, VARIANT))
    print(f"central-asia-2021, {VARIANT}: variance of paired / unpaired differences (less than 0.25)")
    for name in ("onsets", "months_in_conflict", "deaths", "refugees_at_end", "crossed", "incidents"):
        k = base.index("outcome", name)
        a, b = base["outcome_per_replicate"][:, k], other["outcome_per_replicate"][:, k]
        unpaired = a.var() + b.var()
        print(f"  {name:22s} {(b - a).var() / unpaired:6.3f}   mean difference {(b - a).mean():+.4g}", flush=True)


def main() -> None:
    quick = "--quick" in sys.argv
    prepare()
    case = resolve(scenario(STATES, GROUPS, MONTHS))
    beginning = begin(case)
    run_ensemble(beginning, 2, 1, 3)
    load_now = os.getloadavg()[0]
    print(f"{STATES} states, {GROUPS} groups, {len(beginning.frame.tie_id)} ties, {MONTHS} months; load at start {load_now:.1f}")
    against_the_twin(case, beginning, quick)
    against_the_floor(case, beginning, quick)
    of_two_threads(beginning, quick)
    of_pairing(quick)


if __name__ == "__main__":
    main()
