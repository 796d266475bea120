"""The commands that show results: report, app, lesson."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from stability_sim import terminal
from stability_sim.terminal import say


def _report(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="The folder of one run, or of two: A and B.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; DIR/report.html if not given.")] = None,
) -> None:
    """Write one HTML file that shows one run, or two side by side; it opens anywhere, with no network."""
    from stability_sim.report.page import report
    from stability_sim.rooms import is_there
    from stability_sim.usage import UsageError
    from stability_sim.writing import write_file

    for folder in folders:
        if not is_there(folder):
            raise FileNotFoundError(2, "no such folder", str(folder))
    try:
        text = report(folders)
    except ValueError as error:
        raise UsageError(str(error)) from None
    target = output or folders[-1] / "report.html"
    write_file(target, text)
    terminal.write(f"{target}\n")


def _app(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE...]", help="Scenario files besides those that ship.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of this machine; a free one if 0.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Open a page on this machine for class: pick a scenario, change it, guess, run, ask why. Ctrl-C ends it."""
    from stability_sim.app import serve

    def tell(address: str) -> None:
        terminal.write(f"{address}\n")
        sys.stdout.flush()
        say("The page is for this machine alone. Ctrl-C ends it.")

    serve(files or [], port, tell, browser=browser)


def _lesson(
    name: Annotated[str, typer.Argument(help="The scenario whose lesson is wanted.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder; outputs/lesson-NAME if not given.")] = None,
) -> None:
    """Write a lesson of fifty minutes: plan with answers, hand-out, page to show, scenario; the same for everybody."""
    from stability_sim.lesson import lessons, write_lesson
    from stability_sim.library import shipped
    from stability_sim.usage import OUTPUTS, UsageError

    if name not in lessons():
        raise UsageError(f"there is no lesson {name!r}; there are {', '.join(lessons())}")
    if name not in shipped():
        raise UsageError(f"the scenario of the lesson {name!r} does not ship with this copy")

    for path in write_lesson(name, output or OUTPUTS / f"lesson-{name}", say):
        terminal.write(f"{path}\n")


def register(app: typer.Typer) -> None:
    """Add the commands of this file to an application."""
    app.command(name="report")(_report)
    app.command(name="app")(_app)
    app.command(name="lesson")(_lesson)
