"""The command ``sweep``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from stability_sim.commands.options import ENGINE, SCHEDULER, SEED, load
from stability_sim.terminal import say

FAILED = 1


def where(engine: str, workers: int | None, scheduler: str | None, chunks: Path | None = None) -> Any:  # noqa: ANN401
    """Return on what a command runs; a usage error if there is no such engine, or one that takes no scheduler."""
    from stability_sim.ensemble.engines import ENGINES
    from stability_sim.ensemble.gather import Where

    if engine not in ENGINES:
        raise typer.BadParameter(f"there are {', '.join(ENGINES)}", param_hint="--engine")
    if scheduler is not None and engine != "dask":
        raise typer.BadParameter("it is for --engine dask alone", param_hint="--scheduler")
    return Where(engine, workers, scheduler, chunks)


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
    from stability_sim.studies.sweeping import plan_of, sweep_to_folder

    place = where(engine, workers, scheduler)
    loaded = load(file, settings)
    plan = plan_of(loaded, vary, lhs=lhs, variant=variant, replicates=replicates, seed=seed, chunk_size=chunk)
    _, failed = sweep_to_folder(
        loaded, plan, output=output, where=place, resume=resume,
        outcomes=outcome or (), figures=figures, say=say,
    )  # fmt: skip
    if failed:
        raise typer.Exit(FAILED)


def point(
    folder: str, number: int, fixed: dict[str, Any], replicates: int | None, output: Path | None, place: Any, figures: bool  # noqa: ANN401
) -> int:  # fmt: skip
    """Run one point of a sweep's folder; ``fixed`` are options that a point does not take. Return the exit code."""
    from stability_sim.rooms import is_there
    from stability_sim.studies.sweeping import run_point

    if not folder:
        raise typer.BadParameter("name the folder of a sweep", param_hint="FILE")
    given = [name for name, value in fixed.items() if value not in (None, [])]
    if given:
        raise typer.BadParameter("a point has the seed, the variant and the numbers of its sweep", param_hint=given[0])
    if not (is_there(Path(folder)) and Path(folder).is_dir()):
        raise FileNotFoundError(folder)
    return run_point(Path(folder), number, replicates_=replicates, output=output, where=place, figures=figures, say=say)


def register(app: typer.Typer) -> None:
    """Add the command to the others."""
    app.command()(sweep)
