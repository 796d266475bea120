"""Run a scenario: from a resolved scenario to results."""

from __future__ import annotations

from collections.abc import Callable

from stability_sim.compilation import CACHED, FOLDER
from stability_sim.engine import warmup
from stability_sim.ensemble.assemble import assemble
from stability_sim.ensemble.gather import Where, gather
from stability_sim.ensemble.runner import Progress, run_ensemble
from stability_sim.results import Results
from stability_sim.scenario import Scenario, apply_variant, resolve
from stability_sim.world.build import begin

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
