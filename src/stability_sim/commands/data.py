"""Commands about data: a world of a year, the facts, a data folder from downloads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stability_sim import terminal
from stability_sim.commands.options import A_SEED, DATA, WORKERS
from stability_sim.terminal import say


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
    from stability_sim.writing import write_file

    text = dump(world_scenario(read_panel(data_folder(data)), year, months=months, alliances=alliances))
    if output is None:
        terminal.write(text)
        return
    write_file(output, text)
    terminal.write(f"{output}\n")


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
    from stability_sim.usage import OUTPUTS
    from stability_sim.validation.facts import facts_to_folder

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
        terminal.write(f"{to / file.name}: {file.rows} rows from {', '.join(file.sources) or 'nothing'}\n")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    data = typer.Typer(help="Build a data folder.", no_args_is_help=True)
    data.command()(build)
    app.add_typer(data, name="data")
    app.command()(world)
    app.command()(facts)
