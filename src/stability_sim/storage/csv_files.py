"""CSV files that a spreadsheet cannot take for programs: the one place where the package writes and reads them.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, wherever the words came from. Such a
cell gets an apostrophe in front (OWASP, "CSV injection"), which reading takes away; numbers stay as they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?(?:inf|nan)")


def guarded(cell: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    """Return a cell as it is written: words that a spreadsheet would run get an apostrophe in front."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def bare(cell: str) -> str:
    """Return a cell as it was before it was written."""
    return cell[1:] if _GUARDED.match(cell) else cell


class _Lines:
    """Ends each row with a line feed; csv itself quotes a carriage return only if its rows end with one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, row: str) -> None:
        self._stream.write(row.removesuffix("\r\n") + "\n")


class Writer:
    """Writes rows of CSV to a text stream that was opened with ``newline=""``."""

    def __init__(self, stream: TextIO) -> None:
        self._rows = csv.writer(_Lines(stream), lineterminator="\r\n")

    def writerow(self, row: Iterable[Any]) -> None:
        """Write one row."""
        self._rows.writerow([guarded(cell) for cell in row])

    def writerows(self, rows: Iterable[Iterable[Any]]) -> None:
        """Write several rows."""
        for row in rows:
            self.writerow(row)


def read_rows(stream: Iterable[str]) -> Iterator[list[str]]:
    """Yield the rows of CSV that ``Writer`` wrote, the row of names first."""
    for row in csv.reader(stream):
        yield [bare(cell) for cell in row]


def read_records(stream: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of CSV that ``Writer`` wrote by the names in the first."""
    rows = read_rows(stream)
    names = next(rows, [])
    for row in rows:
        yield dict(zip(names, row, strict=True))


def bare_table(table: Any) -> Any:  # noqa: ANN401 - a pandas table
    """Return a pandas table as it was before it was written."""
    return table.rename(columns=bare).map(lambda cell: bare(cell) if isinstance(cell, str) else cell)
