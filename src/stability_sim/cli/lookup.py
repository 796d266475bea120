"""The commands that tell what there is, and those that show results."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from stability_sim.terminal import say, write

INVALID = 2


def list_(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="A scenario whose variants are wanted, with their notes.")] = "",
) -> None:
    """List the scenarios that ship with the program, and their variants; of one, what each variant changes."""
    from stability_sim.scenario.load import load, load_named, shipped

    if name:
        scenario = load_named(name).scenario
        write(f"{scenario.scenario}: {scenario.question}\n")
        for variant, changes in scenario.variants.items():
            write(f"  {variant}\n    {changes.note or 'without a note'}\n")
        return
    for known, path in shipped().items():
        scenario = load(path).scenario
        write(f"{known}\n  {scenario.question}\n  variants: {', '.join(scenario.variants) or 'none'}\n")


def _range(low: float | None, high: float | None) -> str:
    return f"{'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}"


def _key(entry: Any) -> list[str]:  # noqa: ANN401 - imported late
    """Return what a key of a scenario file means, line by line."""
    lines = [entry.key, f"  {entry.meaning}"]
    lines += [f"  unit: {entry.unit}"] if entry.unit else []
    lines += [f"  range: {_range(entry.low, entry.high)}"] if entry.low is not None or entry.high is not None else []
    lines.append(f"  default: {entry.default}")
    return lines + ([f"  tag: {entry.tag}; source: {entry.source}"] if entry.tag else [])


def _variable(name: str) -> list[list[str]]:
    """Return what a variable of results.nc is, line by line; empty if none is called so."""
    from stability_sim.engine.record import TALLIES

    tallies = [tally for tally in TALLIES if name == (tally.variable or tally.name) and tally.meaning]
    return [
        [name, f"  {x.meaning}", f"  variable of results.nc, by {' and '.join(x.axes)}", f"  unit: {x.unit}"] for x in tallies
    ]


def explain_(
    key: Annotated[
        str, typer.Argument(help="Such as capacity, borders.guard, hidden_share; or onsets, P(onset), call_honoured.")
    ],
) -> None:
    """Tell what a key of a file means (unit, range, default, source), or a name in results (unit)."""
    from stability_sim.results.vocabulary import closest_entry, entries
    from stability_sim.scenario import UnknownKey, explain

    blocks = [
        [entry.name, f"  {entry.meaning}", f"  {entry.where}", *([f"  unit: {entry.unit}"] if entry.unit else [])]
        for entry in entries(key)
    ]
    try:
        blocks = [_key(entry) for entry in explain(key)] + blocks
    except UnknownKey as error:
        blocks = blocks or _variable(key)
        if not blocks:
            hint = error.hint or closest_entry(key)
            say(f"{error}; {hint}" if hint else str(error))
            raise typer.Exit(INVALID) from None
    write("".join("\n".join(lines) + "\n" for lines in blocks))


def schema(
    manifest: Annotated[bool, typer.Option("--manifest", help="That of manifest.json, which every folder has, instead.")] = False,
) -> None:
    """Print the JSON Schema of scenario files."""
    import json

    from stability_sim.scenario import json_schema
    from stability_sim.storage.manifest import manifest_schema

    write(json.dumps(manifest_schema() if manifest else json_schema(), indent=2, ensure_ascii=False) + "\n")


def methods_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a run, or of compare, sweep, uncertainty, ...")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; stdout if not given.")] = None,
) -> None:
    """Write the methods paragraph of a paper from a folder: design, assumptions, seed, hashes, what to cite."""
    from stability_sim.report.methods import methods
    from stability_sim.storage.files import write_file

    text = methods(folder)
    if output is None:
        write(text)
        return
    write_file(output, text)
    write(f"{output}\n")


def report_(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="The folder of one run, or of two: A and B.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; DIR/report.html if not given.")] = None,
) -> None:
    """Write one HTML file that shows one run, or two side by side; it opens anywhere, with no network."""
    from stability_sim.report.page.html import report
    from stability_sim.storage.files import UsageError, write_file
    from stability_sim.storage.staging import is_there

    for folder in folders:
        if not is_there(folder):
            raise FileNotFoundError(2, "no such folder", str(folder))
    try:
        text = report(folders)
    except ValueError as error:
        raise UsageError(str(error)) from None
    target = output or folders[-1] / "report.html"
    write_file(target, text)
    write(f"{target}\n")


def app(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE...]", help="Scenario files besides those that ship.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of this machine; a free one if 0.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Open a page on this machine for class: pick a scenario, change it, guess, run, ask why. Ctrl-C ends it."""
    from stability_sim.app import serve

    def tell(address: str) -> None:
        write(f"{address}\n")
        sys.stdout.flush()
        say("The page is for this machine alone. Ctrl-C ends it.")

    serve(files or [], port, tell, browser=browser)


def lesson(
    name: Annotated[str, typer.Argument(help="The scenario whose lesson is wanted.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder; outputs/lesson-NAME if not given.")] = None,
) -> None:
    """Write a lesson of fifty minutes: plan with answers, hand-out, page to show, scenario; the same for everybody."""
    from stability_sim.lesson import lessons, write_lesson
    from stability_sim.scenario.load import shipped
    from stability_sim.storage.files import OUTPUTS, UsageError

    if name not in lessons():
        raise UsageError(f"there is no lesson {name!r}; there are {', '.join(lessons())}")
    if name not in shipped():
        raise UsageError(f"the scenario of the lesson {name!r} does not ship with this copy")

    for path in write_lesson(name, output or OUTPUTS / f"lesson-{name}", say):
        write(f"{path}\n")
