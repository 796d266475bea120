"""The one way to people: what is printed, the tables and the progress bar, none of which takes words of a file for commands."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from rich.console import Console as Console
    from rich.table import Table
    from rich.text import Text

# Characters that no text may hold: they move a terminal, turn the direction of what is read, or stand for nothing.
#
# Joiners (U+200C, U+200D), which Persian and Hindi need, are none of them; neither are a line feed and a tab.
_ENDS_OF_PLANES = "".join(chr((plane << 16) + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_KINDS = (
    ("\x00-\x08\x0b-\x1f\x7f-\x9f", "a control character"),
    ("\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069", "a character that turns the direction of text"),
    ("\u2028\u2029", "a line break that not every program sees"),
    ("\ud800-\udfff", "half of a character"),
    ("\ufeff", "a byte order mark within the text"),
    (f"\ufdd0-\ufdef{_ENDS_OF_PLANES}", "no character of Unicode"),
)
_FORBIDDEN = re.compile("|".join(f"([{letters}])" for letters, _ in _KINDS))
_INSTEAD = "\N{REPLACEMENT CHARACTER}"
HINT = "take it away: a text is what people see of it"


class Forbidden(NamedTuple):
    """A character that no text may hold: where it stands, counted from 1, and what is to be said of it."""

    line: int
    column: int
    message: str


def forbidden(text: str) -> list[Forbidden]:
    """Return what no text may hold, in the order of the text."""
    return [
        Forbidden(
            text.count("\n", 0, match.start()) + 1,
            match.start() - text.rfind("\n", 0, match.start()),
            f"U+{ord(match.group()):04X}, {_KINDS[(match.lastindex or 1) - 1][1]}, is not allowed in a text",
        )
        for match in _FORBIDDEN.finditer(text)
    ]


def harmless(text: str) -> str:
    """Return a text in which what no text may hold is replaced, so that it can be printed."""
    return _FORBIDDEN.sub(_INSTEAD, text)


def write(text: str) -> None:
    """Write to stdout: data, and lines that go with it."""
    sys.stdout.write(harmless(text))


def say(text: str) -> None:
    """Write a message for people: to stderr, since data goes to stdout."""
    sys.stderr.write(harmless(text) + "\n")


def _console(**settings: Any) -> Console:  # noqa: ANN401 - those of rich
    """Return a console for which brackets, colons and addresses are letters like any other."""
    from rich.console import Console

    class Plain(Console):
        """All words, those in the cells of tables too, come through one method."""

        def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - whatever rich hands over
            return super().render_str(harmless(text), **options)

    return Plain(markup=False, emoji=False, highlight=False, **settings)


def console(width: int) -> Console:
    """Return what prints tables for people on stdout: as wide as the terminal, or of ``width`` letters where there is none."""
    return _console(file=sys.stdout, width=None if sys.stdout.isatty() else width)


def table(*names: str, numbers: slice = slice(1, None)) -> Table:
    """Return a table for a console with the names of its columns; ``numbers`` are those that end at the right."""
    from rich.table import Table

    columns = Table(*names, box=None, header_style="bold")
    for column in columns.columns[numbers]:
        column.justify = "right"
    return columns


def bold(text: str, rest: str = "") -> Text:
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


@contextlib.contextmanager
def progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """Give what shows progress, or None where messages do not go to a terminal; it is gone at the end."""
    show, stop = progress_bar(total)
    try:
        yield show
    finally:
        stop()


# Words of a file within Markdown: they are shown as they are, and make no link, no tag and no heading.
_SIGNS = re.compile(r"[\\`*\[\]<>|$#]|(?<!\w)_|_(?!\w)|~(?=~)|&(?=#?\w+;)|^[-+=~]")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")  # of a list, which needs a space behind it


def literal(text: str) -> str:
    """Return words in one line in which every sign that Markdown would take for its own is escaped."""
    return _NUMBERED.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", " ".join(text.split())))


def code(text: str) -> str:
    """Return words in one line as code, whatever they hold."""
    line = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if line[:1] == "`" or line[-1:] == "`" else ""
    return f"{fence}{space}{line}{space}{fence}"
