"""The commands that hold the engine against history: ``hindcast``, ``calibrate``, ``rivals``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stability_sim.cli.options import A_SEED, DATA, SEED, VARIANT, WORKERS
from stability_sim.terminal import say, write


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
    from stability_sim.studies.hindcast import Plan
    from stability_sim.studies.hindcast_folder import hindcast_to_folder, numbers, settings_of

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
    from stability_sim.analysis.abc import Plan
    from stability_sim.scenario.load import load_named
    from stability_sim.studies.calibrate import FREE, calibrate_to_file

    if world == bool(file):
        raise typer.BadParameter("name a scenario file, or say --world", param_hint="FILE")
    if particles > pilot:
        raise typer.BadParameter(f"at most as many as --pilot, {pilot}", param_hint="--particles")
    scenario = load_named(file).scenario if file else None
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
    from stability_sim.scenario.load import load_named
    from stability_sim.studies.rivals import rivals_of_file

    rivals_of_file(load_named(file), variant=variant, replicates=replicates, seed=seed, output=output, workers=workers, say=say)


def world(
    year: Annotated[int, typer.Argument(help="The last year that is known: the run begins in January of the next.")],
    data: DATA = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; stdout if not given.")] = None,
    months: Annotated[int, typer.Option(min=1, max=1200, help="Length of a run.")] = 120,
    alliances: Annotated[bool, typer.Option("--alliances/--no-alliances", help="With the defence blocs of the year.")] = True,
) -> None:
    """Write a scenario of all states as they were at the end of a year."""
    from stability_sim.panel import data_folder, read_panel, world_scenario
    from stability_sim.scenario import dump
    from stability_sim.storage.files import write_file

    text = dump(world_scenario(read_panel(data_folder(data)), year, months=months, alliances=alliances))
    if output is None:
        write(text)
        return
    write_file(output, text)
    write(f"{output}\n")


def facts(
    data: DATA = None,
    replicates: Annotated[int, typer.Option("-n", "--replicates", min=2, max=1000, help="Runs of the world.")] = 50,
    start: Annotated[int, typer.Option("--start", help="The last year that is known; facts are of the years after it.")] = 1989,
    seed: A_SEED = 1,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder; outputs/facts/START if not given.")] = None,
    workers: WORKERS = None,
    figures: Annotated[bool, typer.Option("--figures/--no-figures", help="Draw a figure for each fact.")] = True,
) -> None:
    """Hold the engine against the facts of the world's conflicts: engine, data, tolerance, verdict."""
    from stability_sim.panel import data_folder, read_panel
    from stability_sim.storage.files import OUTPUTS
    from stability_sim.studies.facts import facts_to_folder

    panel = read_panel(data_folder(data))
    target = output or OUTPUTS / "facts" / f"{start}-n{replicates}-s{seed}"
    facts_to_folder(panel, start, replicates=replicates, seed=seed, output=target, workers=workers, figures=figures, say=say)


def build(
    raw: Annotated[Path, typer.Argument(metavar="RAW", help="Folder of original downloads, unpacked.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Data folder to write.")],
) -> None:
    """Turn original downloads into a data folder; docs/data.md says where each is published."""
    from stability_sim.geography import world as atlas
    from stability_sim.panel.raw import build_folder

    for file in build_folder(raw, to, atlas().neighbours, tell=say):
        write(f"{to / file.name}: {file.rows} rows from {', '.join(file.sources) or 'nothing'}\n")
