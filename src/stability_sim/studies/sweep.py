"""A sweep as the command runs it: into a folder from which the same command can resume, with tables and figures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from stability_sim import terminal
from stability_sim.engine.record import OUTCOMES
from stability_sim.ensemble.chunks import FAILURES
from stability_sim.ensemble.design import DesignError, Plan, make_plan
from stability_sim.ensemble.executors import THREADS, Execution
from stability_sim.ensemble.run import prepare
from stability_sim.ensemble.sweep import Sweep, make_design, run_plan
from stability_sim.ensemble.sweep_folder import check_place, replicates, scenario_of_point, write_sweep
from stability_sim.ensemble.tasks import fingerprint
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import LABELS
from stability_sim.scenario import Loaded, apply_settings, content_hash, resolve
from stability_sim.storage.files import OUTPUTS, UsageError, command_line, moved_into, shown
from stability_sim.storage.manifest import SweepManifest, read_kind
from stability_sim.studies.points import Say, check_outcomes
from stability_sim.studies.run import run_scenario_to_folder

MOST_SHOWN = 12  # points in the table on the screen
SHOWN = ("onsets", "cross_border_onsets", "incidents", "deaths")


def plan_of(
    loaded: Loaded,
    vary: Sequence[str],
    *,
    lhs: int | None = None,
    variant: str | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    chunk_size: int | None = None,
) -> Plan:
    """Return the plan of a sweep over a loaded scenario; UsageError or InvalidScenario if it cannot be done."""
    base = apply_settings(resolve(loaded.scenario), loaded.overrides)
    key = base.seed if seed is None else seed
    n = base.replicates if replicates is None else replicates
    try:
        design = make_design(base, vary, lhs, key)
        return make_plan(base, design, variant=variant, replicates=n, seed=key, size=chunk_size)
    except DesignError as error:
        raise UsageError(str(error)) from None


def _place(plan: Plan) -> Path:
    """Return the folder of a sweep: the same sweep, the same folder."""
    digest = fingerprint(content_hash(plan.base), repr((plan.variant, plan.design, plan.size)))[:8]
    return OUTPUTS / plan.base.scenario / f"sweep-{plan.variant or 'base'}-n{plan.replicates}-s{plan.seed}-{digest}"


def _run(plan: Plan, folder: Path, execution: Execution, say: Say, *, resume: bool) -> Sweep:
    prepare(say)
    try:
        with terminal.progress(plan.replicates * len(plan.points)) as progress:
            return run_plan(plan, folder=folder, execution=execution, resume=resume, progress=progress)
    except KeyboardInterrupt:
        say(f"What is finished is kept in {folder}: the same command goes on from there.")
        raise


def draw_sweep(results: Results, folder: Path, outcomes: Sequence[str], say: Say) -> list[Path]:
    """Draw a sweep: lines for one factor, maps for a grid of two, else each outcome over each; return the files."""
    from stability_sim.report.figures.sweep import drawable, hypercube_figure, sweep_figure

    say("Drawing ...")
    draw = sweep_figure if drawable(results) else hypercube_figure
    with moved_into(folder) as staging:
        names = [path.name for path in draw(results, staging, list(outcomes), ["png", "svg", "pdf"])]
    return [folder / name for name in names]


def sweep_to_folder(
    loaded: Loaded,
    plan: Plan,
    *,
    output: Path | None = None,
    execution: Execution = THREADS,
    resume: bool = True,
    outcomes: Sequence[str] = (),
    figures: bool = True,
    say: Say = print,
) -> tuple[Path, int]:
    """Run a sweep into its folder, print a summary; return the folder and how many replicates failed."""
    began, clock = datetime.now(UTC), time.perf_counter()
    check_outcomes(outcomes, OUTCOMES)
    folder = output or _place(plan)
    check_place(folder)
    sweep = _run(plan, folder, execution, say, resume=resume)
    seconds = time.perf_counter() - clock
    if sweep.damaged:
        say(f"{len(sweep.damaged)} chunk files were damaged and have been made again.")
    made = {"command": command_line(), "started": began.isoformat(timespec="seconds"), "seconds": round(seconds, 3)}
    write_sweep(folder, sweep, made | {"source": shown(str(loaded.path))})
    if figures:
        draw_sweep(sweep.results, folder / "figures", outcomes, say)
    print_sweep(sweep, seconds)
    terminal.write(f"\n{folder}\n")
    return folder, _report_failures(sweep, folder, say)


def _report_failures(sweep: Sweep, folder: Path, say: Say) -> int:
    failed = sum(failure["n"] for failure in sweep.failures)
    if failed:
        first = sweep.failures[0]
        say(f"{failed} replicates failed, the others are whole; the first: replicate {first['replicate']} at point "
            f"{first['point']}: {first['error']}\nAll are told in {folder / FAILURES}; what is removed there is tried again.")  # fmt: skip
    return failed


def print_sweep(sweep: Sweep, seconds: float) -> None:
    """Print means and paired errors of some outcomes at some points, for people."""
    console = terminal.console(130)
    attributes, n = sweep.results.attributes, len(sweep.design.points)
    again = f", {sweep.found:,} of them from before" if sweep.found else ""
    design = f"{n} points ({attributes['design'].replace('_', ' ')}) and the scenario as it is"
    draws = f"{attributes['replicates']:,} replicates each{again}, seed {attributes['seed']}"
    console.print(terminal.bold(attributes["title"], f" · {design} · {draws} · {seconds:.1f} s"))
    table = terminal.table("point", *sweep.design.paths, *(LABELS[name] for name in SHOWN), numbers=slice(None))
    outcomes = [sweep.results.index("outcome", name) for name in SHOWN]
    mean, error = (sweep.results[name].reshape(n, -1)[:, outcomes] for name in ("mean", "difference_standard_error"))
    for point in range(min(n, MOST_SHOWN)):
        cells = [f"{m:,.2f} ± {2 * e:.2f}" for m, e in zip(mean[point], error[point], strict=True)]
        values = [value if isinstance(value, str) else f"{value:.6g}" for value in sweep.design.points[point]]
        table.add_row(str(point), *values, *cells)
    console.print(table)
    more = f" {n - MOST_SHOWN} more points are in outcomes.csv." if n > MOST_SHOWN else ""
    console.print(f"±: two standard errors of the paired difference from the scenario as it is; luck only.{more}")


def run_point(
    folder: Path,
    point: int,
    *,
    replicates_: int | None = None,
    output: Path | None = None,
    execution: Execution = THREADS,
    figures: bool = True,
    say: Say = print,
) -> int:
    """Run a point of a sweep again as a run of its own, with its log and figures; return 0 if the outcomes are those of the sweep.

    Parameters
    ----------
    folder : Path
        Of the sweep.
    point : int
        Its number in ``design.csv``.
    replicates_ : int, optional
        In place of those of the sweep; the first ones are the same in any case.
    output : Path, optional
        Folder of the run.
    """
    scenario, values = scenario_of_point(folder, point)
    manifest = read_kind(folder, SweepManifest)
    n = replicates_ or manifest.replicates
    name = f"{values.get('variant', manifest.variant)}-point-{point}"
    about = {"source": str(folder), "sweep": {"point": point, "values": values, "results_hash": manifest.results_hash}}

    _, results = run_scenario_to_folder(
        scenario, name, n, manifest.seed, about, output=output, execution=execution, figures=figures, say=say
    )
    then = next(rows for k, (_, rows) in enumerate(replicates(folder)) if k == point)
    shared = min(len(then), n)
    now = results["outcome_per_replicate"][:shared]
    ran = np.isfinite(then[:shared, 0])
    same = bool((now[ran] == then[:shared][ran]).all())
    settings = ", ".join(f"{path}={value}" for path, value in values.items())
    verdict = "the same outcomes as in the sweep" if same else "OTHER outcomes than in the sweep: its version was another"
    terminal.write(f"point {point} ({settings}): {verdict}, {int(ran.sum()):,} replicates compared\n")
    return 0 if same else 1
