"""Commands that take several ensembles: compare, attribute, sensitivity, discover, uncertainty, sweep."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from stability_sim.cli.options import CHUNKS, ENGINE, FIGURES, FILE, SCHEDULER, SEED, SET, VARIANT, WORKERS
from stability_sim.terminal import say, write

_N = Annotated[int | None, typer.Option("-n", "--replicates", min=1, max=1_000_000, help="Runs in each ensemble.")]


def _writable(output: Path | None) -> Path | None:
    """Refuse a place that cannot be written to before anything is computed."""
    if output is not None:
        from stability_sim.storage.run_folder import check_target

        check_target(output)
    return output


_OUTPUT = Annotated[
    Path | None,
    typer.Option("-o", "--output", callback=_writable, help="Folder; one in outputs/<scenario>/ if not given."),
]
_POSTERIOR = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw parameters from what calibrate wrote, whole rows of its sample; a file may name it."),
]


def compare(
    file: FILE,
    more: Annotated[list[str] | None, typer.Argument(metavar="[VARIANT]...", help="Further variants.")] = None,
    variants: Annotated[list[str] | None, typer.Option("--variant", "-V", help="Variants; all of the file if none.")] = None,
    replicates: _N = None,
    seed: SEED = None,
    settings: SET = None,
    from_month: Annotated[
        str | None,
        typer.Option("--from-month", metavar="MONTH", help="The same past, a new policy from this month on (14, or 2022-10)."),
    ] = None,
    output: _OUTPUT = None,
    workers: WORKERS = None,
    figures: FIGURES = True,
    engine: ENGINE = "threads",
    scheduler: SCHEDULER = None,
    chunks: CHUNKS = None,
) -> None:
    """Compare variants on paired draws: what differs, by how much, which way it travels, and since when."""
    from stability_sim.scenario.load import load_named
    from stability_sim.studies.compare import compare as comparison
    from stability_sim.studies.compare import print_comparison, write_comparison

    clock = time.perf_counter()
    result = comparison(
        load_named(file, settings or ()), [*(variants or []), *(more or [])], replicates=replicates, seed=seed, from_month=from_month,
        execution=execution_of(engine, workers, scheduler, chunks), say=say,
    )  # fmt: skip
    seconds = time.perf_counter() - clock
    if figures:
        say("Drawing ...")
    target = write_comparison(result, output, figures=figures)
    print_comparison(result, seconds)
    write(f"\n{target}\n")


def attribute(
    file: FILE,
    variant: VARIANT = None,
    outcome: Annotated[str, typer.Option(help="What is attributed, such as onsets, cross_border_onsets or deaths.")] = "onsets",
    replicates: _N = None,
    seed: SEED = None,
    settings: SET = None,
    output: _OUTPUT = None,
    workers: WORKERS = None,
    figures: FIGURES = True,
) -> None:
    """Tell which channel matters (hazard share, knock-out, Shapley), who exports conflict and who imports it."""
    from stability_sim.scenario.load import load_named
    from stability_sim.studies.attribute import attribute as attributed
    from stability_sim.studies.attribute import print_attribution, write_attribution

    result = attributed(
        load_named(file, settings or ()),
        variant=variant,
        outcome=outcome,
        replicates=replicates,
        seed=seed,
        workers=workers,
        say=say,
    )
    target = write_attribution(result, output, figures=figures)
    print_attribution(result)
    write(f"\n{target}\n")


def sensitivity(
    file: FILE,
    variant: VARIANT = None,
    outcomes: Annotated[list[str] | None, typer.Option("--outcome", help="Outcomes; the headline numbers if none.")] = None,
    factors: Annotated[
        list[str] | None,
        typer.Option("--factors", metavar="PATTERN", help="Numbers to vary, such as 'states.TJK.*'; all if none."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=200, help="Numbers whose share of the variance is estimated.")] = 6,
    trajectories: Annotated[int, typer.Option(min=2, max=1000, help="Morris trajectories.")] = 6,
    base_sample: Annotated[int, typer.Option(min=8, max=65536, help="Base sample of the Sobol designs, a power of two.")] = 64,
    replicates: _N = None,
    seed: SEED = None,
    settings: SET = None,
    output: _OUTPUT = None,
    workers: WORKERS = None,
    figures: FIGURES = True,
) -> None:
    """Tell which number moves which outcome (Morris, Sobol), and how much rests on assumed numbers."""
    from stability_sim.scenario.load import load_named
    from stability_sim.studies import sensitivity as study

    result = study.sensitivity(
        load_named(file, settings or ()), variant=variant, outcomes=outcomes or [], factors=factors or [], top=top, trajectories=trajectories,
        base_sample=base_sample, replicates=replicates, seed=seed, workers=workers, say=say,
    )  # fmt: skip
    target = study.write_sensitivity(result, output, figures=figures)
    study.print_sensitivity(result)
    write(f"\n{target}\n")


def discover(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sensitivity study or a sweep.")],
    outcome: Annotated[str | None, typer.Option(help="Outcome; the first of the sample if not given.")] = None,
    above: Annotated[float | None, typer.Option(help="It occurs from here on; upper quartile if not given.")] = None,
    below: Annotated[float | None, typer.Option(help="It occurs up to here.")] = None,
    density: Annotated[float, typer.Option(min=0.05, max=1.0, help="Share of a box in which it should occur.")] = 0.8,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A CSV file for the boxes.")] = None,
) -> None:
    """Tell under which conditions on the numbers an outcome occurs (PRIM)."""
    from stability_sim.storage.files import one_file
    from stability_sim.storage.run_folder import write_table
    from stability_sim.studies.discovery import box_table, print_discovery
    from stability_sim.studies.discovery import discover as discovered

    result = discovered(folder, outcome, above=above, below=below, density=density)
    if output is not None:
        with one_file(output) as place:
            write_table(box_table(result), place)
    print_discovery(result)


def uncertainty(
    file: FILE,
    variant: VARIANT = None,
    contrast: Annotated[bool, typer.Option("--contrast", help="Split the difference of the variant from the base.")] = False,
    outcomes: Annotated[list[str] | None, typer.Option("--outcome", help="Outcomes; the headline numbers if none.")] = None,
    points: Annotated[int, typer.Option(min=2, max=100_000, help="Points of the numbers under each structure.")] = 24,
    posterior: _POSTERIOR = None,
    replicates: _N = None,
    seed: SEED = None,
    settings: SET = None,
    output: _OUTPUT = None,
    workers: WORKERS = None,
    figures: FIGURES = True,
) -> None:
    """Split the uncertainty of each headline number into luck, parameters and structure."""
    from stability_sim.scenario.load import load_named
    from stability_sim.studies.uncertainty import print_uncertainty, write_uncertainty
    from stability_sim.studies.uncertainty import uncertainty as study

    if posterior is not None and not posterior.exists():
        raise FileNotFoundError(posterior)
    result = study(
        load_named(file, settings or (), posterior), variant=variant, contrast=contrast, outcomes=outcomes or [], n_points=points,
        replicates=replicates, seed=seed, workers=workers, say=say,
    )  # fmt: skip
    target = write_uncertainty(result, output, figures=figures)
    print_uncertainty(result)
    write(f"\n{target}\n")


FAILED = 1


def execution_of(engine: str, workers: int | None, scheduler: str | None, chunks: Path | None = None) -> Any:  # noqa: ANN401
    """Return on what a command runs; a usage error if there is no such engine, or one that takes no scheduler."""
    from stability_sim.ensemble.executors import ENGINES, Execution

    if engine not in ENGINES:
        raise typer.BadParameter(f"there are {', '.join(ENGINES)}", param_hint="--engine")
    if scheduler is not None and engine != "dask":
        raise typer.BadParameter("it is for --engine dask alone", param_hint="--scheduler")
    return Execution(engine, workers, scheduler, chunks)


def sweep(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or the name of a shipped one.")],
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="PATH=LOW:HIGH:LEVELS",
            help="What varies: PATH=LOW:HIGH:LEVELS, PATH=A,B,C, PATH=LOW:HIGH, or PATH alone for the range of the file; "
            "variant=base,NAME varies the variant. May be repeated.",
        ),
    ],
    lhs: Annotated[int | None, typer.Option(min=1, metavar="N", help="A Latin hypercube of N points, not a grid.")] = None,
    replicates: Annotated[
        int | None, typer.Option("-n", "--replicates", min=1, max=1_000_000, help="Runs at each point.")
    ] = None,
    seed: SEED = None,
    variant: Annotated[str | None, typer.Option("--variant", "-V", help="A variant in force at every point.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Set a number everywhere.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder of the sweep.")] = None,
    engine: ENGINE = "threads",
    workers: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads or processes; all cores if not given.")] = None,
    scheduler: SCHEDULER = None,
    chunk: Annotated[int | None, typer.Option(min=1, max=100_000, help="Replicates a chunk.")] = None,
    resume: Annotated[bool, typer.Option("--resume/--no-resume", help="Go on from what the folder holds.")] = True,
    outcome: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Outcomes in the figure; may be repeated.")] = None,
    figures: Annotated[bool, typer.Option("--figures/--no-figures", help="Draw the figure.")] = True,
) -> None:
    """Run a scenario over a grid or a Latin hypercube, all points on the same draws; the same command goes on."""
    from stability_sim.scenario.load import load_named
    from stability_sim.studies.sweep import plan_of, sweep_to_folder

    execution = execution_of(engine, workers, scheduler)
    loaded = load_named(file, settings or ())
    plan = plan_of(loaded, vary, lhs=lhs, variant=variant, replicates=replicates, seed=seed, chunk_size=chunk)
    _, failed = sweep_to_folder(
        loaded, plan, output=output, execution=execution, resume=resume,
        outcomes=outcome or (), figures=figures, say=say,
    )  # fmt: skip
    if failed:
        raise typer.Exit(FAILED)


def point(
    folder: str, number: int, fixed: dict[str, Any], replicates: int | None, output: Path | None, execution: Any, figures: bool  # noqa: ANN401
) -> int:  # fmt: skip
    """Run one point of a sweep's folder; ``fixed`` are options that a point does not take. Return the exit code."""
    from stability_sim.storage.staging import is_there
    from stability_sim.studies.sweep import run_point

    if not folder:
        raise typer.BadParameter("name the folder of a sweep", param_hint="FILE")
    refused = [name for name, value in fixed.items() if value not in (None, [])]
    if refused:
        raise typer.BadParameter("a point has the seed, the variant and the numbers of its sweep", param_hint=refused[0])
    if not (is_there(Path(folder)) and Path(folder).is_dir()):
        raise FileNotFoundError(folder)
    return run_point(Path(folder), number, replicates_=replicates, output=output, execution=execution, figures=figures, say=say)
