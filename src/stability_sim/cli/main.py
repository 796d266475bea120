"""The commands. Data goes to stdout, messages to stderr; what takes time to import is imported where it is needed."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from stability_sim.cli import history, lookup, studies
from stability_sim.cli.interrupts import INTERRUPTED, MESSAGE, as_exceptions
from stability_sim.cli.options import CHUNKS, ENGINE, FIGURES, SCHEDULER, SEED, SET, VARIANT, WORKERS
from stability_sim.terminal import say, write

DONE, FAILED, INVALID, NOT_FOUND = 0, 1, 2, 3


def _missing(name: str) -> str:
    """Return what to say of a file that is not there; a name without a suffix may be meant for a shipped scenario."""
    from stability_sim.scenario.load import shipped
    from stability_sim.scenario.problems import closest

    plain = not Path(name).suffix and Path(name).name == name
    hint = (closest(name, shipped()) or "stability-sim list tells what ships") if plain else ""
    return f"{name}: there is no such file" + (f", and no scenario of that name; {hint}" if plain else "")


def _failure(error: Exception) -> tuple[str, int] | None:
    """Return what to say of an error, and the exit code; None if nobody foresaw it."""
    from stability_sim.panel import PanelError
    from stability_sim.scenario import InvalidScenario, MechanismError
    from stability_sim.storage.files import UsageError
    from stability_sim.storage.run_folder import StoreError

    if isinstance(error, InvalidScenario | MechanismError | UsageError | PanelError):
        return str(error), INVALID
    if isinstance(error, FileNotFoundError):
        return _missing(str(error.filename or error)), NOT_FOUND
    if isinstance(error, StoreError):
        return str(error), FAILED
    if isinstance(error, OSError):
        return f"{error.filename or 'the disk'}: {error.strerror or error}", FAILED
    return None


class _Commands(TyperGroup):
    """The commands, with errors that were foreseen turned into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - what typer hands over
        try:
            with as_exceptions():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            say(MESSAGE)
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if type(error).__module__.partition(".")[0] in ("typer", "click"):
                raise  # a wrong word on the command line: typer says so, and exits with 2
            foreseen = _failure(error)
            if foreseen is None:
                raise
            say(foreseen[0])
            raise typer.Exit(foreseen[1]) from None


app = typer.Typer(
    cls=_Commands,
    name="stability-sim",
    help="Simulate how instability crosses borders: scenario files in, an understanding of the spread out.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        write(f"stability-sim {version('stability-sim')}\n")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    pass


@app.command()
def run(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or the name of a shipped one.")] = "",
    replicates: Annotated[
        int | None, typer.Option("-n", "--replicates", min=1, max=1_000_000, help="Runs in the ensemble.")
    ] = None,
    seed: SEED = None,
    variant: VARIANT = None,
    settings: SET = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder of the run; outputs/<scenario>/<run> if not given.")
    ] = None,
    workers: WORKERS = None,
    figures: FIGURES = True,
    engine: ENGINE = "threads",
    scheduler: SCHEDULER = None,
    chunks: CHUNKS = None,
    replay: Annotated[Path | None, typer.Option(metavar="DIR", help="Run again what a folder holds, and compare.")] = None,
    point: Annotated[
        int | None, typer.Option(metavar="K", help="With the folder of a sweep as FILE: run its point K, with its log.")
    ] = None,
) -> None:
    """Run an ensemble: summary on stdout; results, tables and figures in outputs/."""
    from stability_sim.scenario.load import load_named
    from stability_sim.studies import run as running

    execution = studies.execution_of(engine, workers, scheduler, chunks)
    if point is not None:
        fixed = {"--seed": seed, "--variant": variant, "--set": settings, "--replay": replay}
        raise typer.Exit(studies.point(file, point, fixed, replicates, output, execution, figures))
    if replay is not None:
        from stability_sim.studies.replay import replay as run_again

        raise typer.Exit(run_again(replay, execution=execution, say=say))
    if not file:
        raise typer.BadParameter("name a scenario file, or a folder to --replay", param_hint="FILE")
    loaded = load_named(file, settings or ())
    running.run_to_folder(
        loaded, variant=variant, replicates=replicates, seed=seed, output=output, execution=execution, figures=figures, say=say
    )


@app.command()
def validate(files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files.")]) -> None:
    """Find everything that is wrong with scenario files."""
    from stability_sim.scenario.load import load_named
    from stability_sim.scenario.problems import InvalidScenario

    invalid = missing = False
    for name in files:
        try:
            scenario = load_named(name).scenario  # which puts each variant in force
        except InvalidScenario as error:
            say(str(error))
            invalid = True
        except FileNotFoundError:
            say(f"{name}: there is no such file")
            missing = True
        else:
            write(
                f"{name}: valid; {len(scenario.states)} states, {len(scenario.groups)} groups, "
                f"{len(scenario.alliances)} alliances, {len(scenario.events)} events, {len(scenario.variants)} variants\n"
            )
    if invalid or missing:
        raise typer.Exit(INVALID if invalid else NOT_FOUND)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario: small letters, digits, hyphens.")],
    template: Annotated[str, typer.Option("--from", help="fictional, or the name of a shipped scenario.")] = "fictional",
    folder: Annotated[Path, typer.Option("-d", "--directory", help="Where to write it.")] = Path(),
) -> None:
    """Write a commented scenario file to begin with, and its schema for editors."""
    from stability_sim.studies import run as running

    for path in running.new_scenario(name, template, folder):
        write(f"{path}\n")


@app.command()
def plot(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a run.")],
    kind: Annotated[str, typer.Argument(help="A kind of figure; all of them if not given.")] = "all",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Where to write; DIR/figures if not given.")] = None,
    formats: Annotated[str, typer.Option("--format", help="png, svg, pdf; several with commas.")] = "png,svg,pdf",
    month: Annotated[str | None, typer.Option(help="Month of the map, as YYYY-MM; the last if not given.")] = None,
) -> None:
    """Draw figures of a run again: map, months, fan, cascade, network, carpet, channels, card, animation."""
    from stability_sim.studies.plot import plot_folder

    for path in plot_folder(folder, kind, output, formats.split(","), month):
        write(f"{path}\n")


for _command in (lookup.list_, lookup.explain_, lookup.schema, lookup.methods_, lookup.report_, lookup.app, lookup.lesson,
                 studies.compare, studies.attribute, studies.sensitivity, studies.discover, studies.uncertainty, studies.sweep,
                 history.hindcast, history.calibrate, history.rivals, history.world, history.facts):  # fmt: skip
    app.command(name=_command.__name__.rstrip("_"))(_command)
_data = typer.Typer(help="Build a data folder.", no_args_is_help=True)
_data.command()(history.build)
app.add_typer(_data, name="data")


def main() -> None:
    """Run a command and exit with its code; a letter that a terminal does not know is shown as a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    app()
