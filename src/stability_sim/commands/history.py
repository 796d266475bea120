"""The commands that hold the engine against history: ``hindcast``, ``calibrate``, ``rivals``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stability_sim.commands.options import A_SEED, DATA, SEED, VARIANT, WORKERS, load
from stability_sim.terminal import say


def hindcast(
    data: DATA = None,
    origins: Annotated[str, typer.Option(help="Last years known, with commas.")] = "1999,2004,2009",
    horizons: Annotated[str, typer.Option(help="Years ahead, with commas.")] = "1,3,5",
    replicates: Annotated[int, typer.Option("-n", "--replicates", min=10, max=100_000, help="Runs from each origin.")] = 1000,
    seed: A_SEED = 1,
    train_until: Annotated[int, typer.Option(help="Last year on which the logit chains are fitted.")] = 2004,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter of the engine.")
    ] = None,
    posterior: Annotated[Path | None, typer.Option(metavar="FILE", help="Parameters: the means of what calibrate wrote.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder; outputs/hindcast/... if not given.")] = None,
    docs: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the page docs/validation.md as well.")] = None,
    workers: WORKERS = None,
) -> None:
    """Start the engine from past worlds, and score it against what happened beside simple and strong baselines."""
    from stability_sim.validation.folder import hindcast_to_folder, numbers, settings_of
    from stability_sim.validation.hindcast import Plan

    plan = Plan(
        origins=numbers(origins, "origins"), horizons=numbers(horizons, "horizons"), replicates=replicates, seed=seed,
        train_until=train_until, settings=settings_of(posterior, settings or (), train_until),
    )  # fmt: skip
    hindcast_to_folder(data, plan, output=output, docs=docs, workers=workers, say=say)


def calibrate(
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="A scenario that begins in a January; or --world.")] = "",
    world: Annotated[bool, typer.Option("--world", help="Calibrate the world of all states.")] = False,
    data: DATA = None,
    vary: Annotated[
        list[str] | None, typer.Option("--vary", metavar="PARAMETER", help="A parameter to infer; may be repeated.")
    ] = None,
    start: Annotated[int | None, typer.Option(help="With --world: the last year that is known.")] = None,
    until: Annotated[int, typer.Option(help="With --world: last year of the facts.")] = 2004,
    pilot: Annotated[int, typer.Option(min=50, max=1_000_000, help="Simulations from the prior.")] = 1000,
    particles: Annotated[int, typer.Option(min=20, max=100_000, help="Sample of the posterior.")] = 200,
    generations: Annotated[int, typer.Option(min=0, max=20, help="Rounds after the pilot.")] = 2,
    seed: A_SEED = 1,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")] = Path("posterior.json"),
    workers: WORKERS = None,
) -> None:
    """Infer parameters from the facts of the data; a scenario uses the file as parameters: {posterior: FILE}."""
    from stability_sim.analysis.inference import Plan
    from stability_sim.validation.calibrate import calibrate_to_file
    from stability_sim.validation.simulator import FREE

    if world == bool(file):
        raise typer.BadParameter("name a scenario file, or say --world", param_hint="FILE")
    if particles > pilot:
        raise typer.BadParameter(f"at most as many as --pilot, {pilot}", param_hint="--particles")
    scenario = load(file).scenario if file else None
    plan = Plan(pilot=pilot, particles=particles, generations=generations, most_proposals=20 * particles, seed=seed)
    calibrate_to_file(
        data, scenario, output, names=tuple(vary or FREE), start=start, until=until, plan=plan, workers=workers, say=say
    )


def rivals(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario that says what happened, or a shipped one.")],
    replicates: Annotated[
        int | None, typer.Option("-n", "--replicates", min=10, max=1_000_000, help="Runs of each rule.")
    ] = None,
    seed: SEED = None,
    variant: VARIANT = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A CSV file for every ratio.")] = None,
    workers: WORKERS = None,
) -> None:
    """Hold rival rules against what happened in one case: likelihood ratios, and how little they prove."""
    from stability_sim.validation.rivals import rivals_of_file

    rivals_of_file(load(file), variant=variant, replicates=replicates, seed=seed, output=output, workers=workers, say=say)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(hindcast)
    app.command()(calibrate)
    app.command()(rivals)
