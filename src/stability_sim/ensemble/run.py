"""Run a scenario, or a fork of one: from resolved scenarios to results."""

from __future__ import annotations

from collections.abc import Callable

import numba

from stability_sim.ensemble.driver import Progress, run_ensemble
from stability_sim.ensemble.executors import THREADS, Execution
from stability_sim.ensemble.results import assemble
from stability_sim.kernels.compile import CACHED, FOLDER, WAS_COMPILED
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_variant, resolve
from stability_sim.scenario.events import month_index
from stability_sim.world.initial import begin

BASE = "base"


class ForkError(ValueError):
    """A fork that cannot be made."""


def prepare(say: Callable[[str], None] | None = None) -> None:
    """Compile the kernels if that was not done yet, and say so before it is done."""
    if WAS_COMPILED or numba.config.DISABLE_JIT:
        return
    from stability_sim.engine.warmup import compile_all

    if say is not None:
        say(f"Compiling the model for this machine{', once' if CACHED else ''}: about ten seconds ...")
        if not CACHED:
            say(
                f"It cannot be kept in {FOLDER}: STABILITY_SIM_CACHE names another folder. Until then every start takes that long."
            )
    compile_all()


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
    execution: Execution = THREADS,
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
        Threads, in place of those of the execution, and replicates a task; neither changes a bit of the results.
    progress : callable, optional
        Called with the number of replicates done.
    trajectories : bool
        Whether to keep conflict and deaths of every replicate, month and state.
    execution : Execution
        Threads, processes or a Dask cluster, and a folder in which chunks are kept; changes no bit either.
    """
    chosen = apply_variant(resolve(scenario), variant)
    seed = scenario.seed if seed is None else seed
    beginning = begin(chosen)
    ensemble = run_ensemble(
        beginning, scenario.replicates if replicates is None else replicates, seed, chosen.months, first=first,
        execution=_with_workers(execution, workers), size=chunk_size, progress=progress, trajectories=trajectories,
    )  # fmt: skip
    return assemble(beginning, ensemble, first=first, n_months=chosen.months, extra={"seed": seed, "variant": variant or BASE})


def _with_workers(execution: Execution, workers: int | None) -> Execution:
    return execution if workers is None else execution._replace(workers=workers)


def run_forked(
    base: Scenario,
    variant: Scenario,
    month: int,
    *,
    replicates: int,
    seed: int,
    first: int = 0,
    workers: int | None = None,
    chunk_size: int | None = None,
    progress: Progress | None = None,
    execution: Execution = THREADS,
    say: Callable[[str], None] = lambda text: None,  # noqa: ARG005
) -> Results:
    """Run an ensemble of a variant that has the past of its base up to the beginning of a month.

    Parameters
    ----------
    base, variant : Scenario
        Resolved, with the same first month and length.
    month : int
        Months that the base runs; 0 gives the variant as it is.
    replicates, seed, first : int
        How many, keyed by what, from which on.
    workers, chunk_size, progress, execution
        As of ``run``.
    say : callable
        Told of events that come too late.

    Raises
    ------
    ForkError
        If the two do not fit together or the month is not one of the run.
    """
    from stability_sim.engine.fork import Fork, joined_beginning

    if (base.start, base.months) != (variant.start, variant.months):
        raise ForkError("a fork needs a variant with the first month and the length of its base")
    if not 0 <= month < base.months:
        raise ForkError(f"the fork is at month {month}, but the run has the months 0 to {base.months - 1}")
    execution = _with_workers(execution, workers)
    if month == 0:
        return run(
            variant, replicates=replicates, seed=seed, first=first, chunk_size=chunk_size, progress=progress, execution=execution
        )
    for event in variant.events:
        if event.on is not None and event not in base.events and month_index(event.on, variant.start) < month:
            say(f"an event of the variant on {event.on} lies before the fork: it does not happen")
    fork = Fork(begin(base), begin(variant), month)
    ensemble = run_ensemble(
        fork, replicates, seed, base.months, first=first, execution=execution, size=chunk_size, progress=progress
    )
    extra = {"seed": seed, "variant": "fork", "from_month": month}
    results = assemble(joined_beginning(fork), ensemble, first=first, n_months=base.months, extra=extra)
    names = results.attributes["alliance_names"]
    names |= {key: alliance.name or key for key, alliance in base.alliances.items() if key not in names}
    return results
