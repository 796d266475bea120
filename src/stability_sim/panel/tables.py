"""One CSV file as columns of numbers and words; what is ill-formed is named by file, line and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stability_sim.storage.csv_files import bare
from stability_sim.terminal import forbidden

Kind = Literal["whole", "number", "text"]
Columns = dict[str, NDArray[Any]]
_DTYPES: dict[Kind, Any] = {"whole": np.int64, "number": np.float64, "text": object}
LARGEST_FIELD = 1_000_000


class PanelError(ValueError):
    """A data file is not what it should be; the message names file, line and column."""


def whole(text: str) -> int:
    """Return a whole number as files write it, also ``365.0``; ValueError if it is none."""
    value = float(text)
    if not value.is_integer():
        raise ValueError(text)
    return int(value)


def number(text: str) -> float:
    """Return a number, NaN for an empty field; ValueError if it is none, or not finite."""
    if not text:
        return math.nan
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def words(text: str) -> str:
    """Return words that can be shown to people; ValueError if they hold what no text may hold."""
    if forbidden(text):
        raise ValueError(text)
    return text


_READ: dict[Kind, tuple[Any, str]] = {
    "whole": (whole, "a whole number"), "number": (number, "a number"), "text": (words, "text without control characters"),
}  # fmt: skip


def _positions(path: Path, header: list[str], columns: Mapping[str, Kind]) -> list[int]:
    missing = [name for name in columns if name not in header]
    if missing:
        raise PanelError(f"{path}: column {missing[0]!r} is missing; the file has {', '.join(header) or 'no columns'}")
    return [header.index(name) for name in columns]


def read_table(path: Path, columns: Mapping[str, Kind]) -> Columns:
    """Return the named columns of a CSV file with one header line, as arrays of equal length.

    Parameters
    ----------
    path : Path
        The file, in UTF-8; FileNotFoundError if there is none.
    columns : mapping
        Name of each column that is needed → ``whole`` (int64), ``number`` (float64, NaN where empty) or ``text``.

    Raises
    ------
    PanelError
        A column is missing, or a field is not of its kind; the message names file, line and column.
    """
    kinds = [(name, kind, *_READ[kind]) for name, kind in columns.items()]
    values: list[list[Any]] = [[] for _ in columns]
    csv.field_size_limit(LARGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        try:
            header = next(lines, [])
            places = _positions(path, header, columns)
            for row in lines:
                if len(row) != len(header):
                    raise PanelError(f"{path}:{lines.line_num}: {len(row)} fields, but the header has {len(header)}")
                for (name, _, read, expected), place, into in zip(kinds, places, values, strict=True):
                    try:
                        into.append(read(bare(row[place])))
                    except ValueError:
                        raise PanelError(f"{path}:{lines.line_num}: column {name!r}: {row[place]!r} is not {expected}") from None
        except (csv.Error, UnicodeDecodeError) as error:
            raise PanelError(f"{path}:{lines.line_num + 1}: this is not CSV in UTF-8 ({error})") from None
    return {name: np.array(column, dtype=_DTYPES[kind]) for (name, kind, *_), column in zip(kinds, values, strict=True)}
