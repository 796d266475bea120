"""The one way to people: what is printed, the tables and the progress bar, none of which takes words of a file for commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from stability_sim.characters import harmless


def write(text: str) -> None:
    """Write to stdout: data, and lines that go with it."""
    sys.stdout.write(harmless(text))


def say(text: str) -> None:
    """Write a message for people: to stderr, since data goes to stdout."""
    sys.stderr.write(harmless(text) + "\n")


def _console(**settings: Any) -> Any:  # noqa: ANN401 - rich is imported late
    """Return a console for which brackets, colons and addresses are letters like any other."""
    from rich.console import Console
    from rich.text import Text

    class Plain(Console):
        """All words, those in the cells of tables too, come through one method."""

        def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - whatever rich hands over
            return super().render_str(harmless(text), **options)

    return Plain(markup=False, emoji=False, highlight=False, **settings)


def console(width: int) -> Any:  # noqa: ANN401 - rich is imported late
    """Return what prints tables for people on stdout: as wide as the terminal, or of ``width`` letters where there is none."""
    return _console(file=sys.stdout, width=None if sys.stdout.isatty() else width)


def bold(text: str, rest: str = "") -> Any:  # noqa: ANN401 - rich is imported late
    """Return a text in bold letters, and what follows it in plain ones, for a console or the cell of a table."""
    from rich.text import Text

    return Text.assemble((harmless(text), "bold"), harmless(rest))


def progress_bar(total: int) -> tuple[Callable[[int], None] | None, Callable[[], None]]:
    """Return what shows progress and what ends it; nothing where messages do not go to a terminal."""
    if not sys.stderr.isatty():
        return None, lambda: None
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("replicates"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=_console(stderr=True), transient=True)
    task = bar.add_task("", total=total)
    bar.start()
    return lambda done: bar.update(task, completed=done), bar.stop
