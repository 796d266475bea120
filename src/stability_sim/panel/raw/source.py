"""A downloaded file: what it is, where its header is, and its rows with their line numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from stability_sim.panel.tables import LARGEST_FIELD, PanelError, number, whole

LINES_LOOKED_AT = 25
REFUGEES = ("refugees under unhcr's mandate", "refugees under unhcr’s mandate", "refugees")
SIGNATURES: dict[str, frozenset[str]] = {
    "acd": frozenset(("conflict_id", "side_b", "year", "intensity_level", "type_of_conflict", "start_date", "gwno_a")),
    "battle_deaths": frozenset(("conflict_id", "year", "bd_best", "bd_low", "bd_high", "type_of_conflict")),
    "ged": frozenset(("type_of_violence", "country_id", "date_start", "best")),
    "esd": frozenset(("conflict_id", "year", "actor_nonstate", "ext_name", "ext_sup", "ext_x")),
    "world_bank": frozenset(("country code", "indicator code")),
    "wgi": frozenset(("code", "year", "indicator", "estimate")),
    "unhcr": frozenset(("year", "country of origin (iso)", "country of asylum (iso)")),
    "countries": frozenset(("#iso", "iso3", "neighbours")),
}  # fmt: skip
NOT_WITH = {"battle_deaths": "dyad_id"}  # the dyadic file would count the deaths of a conflict by dyad
STATE_LINE = re.compile(r"\d+\t[A-Z]{2,4}\t[^\t]+\t\d\d:\d\d:\d{4}\t\d\d:\d\d:\d{4}")
GEONAMES_FIELDS = 19


class Source(NamedTuple):
    """A recognised file."""

    kind: str
    path: Path
    header: tuple[str, ...]  # in small letters; empty if the file has none
    skip: int  # lines up to and including the header
    delimiter: str


class Row(NamedTuple):
    """A row of a source: where it stands, and its fields by name."""

    path: Path
    line: int
    fields: Mapping[str, str]

    def wrong(self, name: str, what: str) -> PanelError:
        """Return the error of a field that is not what it should be."""
        return PanelError(f"{self.path}:{self.line}: column {name!r}: {self.fields[name]!r} is not {what}")

    def whole(self, name: str) -> int:
        """Return a field as a whole number; PanelError with file and line if it is none."""
        try:
            return whole(self.fields[name])
        except ValueError:
            raise self.wrong(name, "a whole number") from None

    def number(self, name: str, empty: tuple[str, ...] = ("", "..", "-")) -> float:
        """Return a field as a number, NaN if it is one of the words for none; PanelError if it is neither."""
        text = self.fields[name]
        try:
            return number("" if text in empty else text)
        except ValueError:
            raise self.wrong(name, "a number") from None


def _head(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [line for _, line in zip(range(LINES_LOOKED_AT), file, strict=False)]
    except UnicodeDecodeError:
        return []


def _by_header(path: Path, lines: list[str]) -> Source | None:
    for delimiter in (",", "\t", ";"):
        for k, row in enumerate(csv.reader(lines, delimiter=delimiter)):
            names = tuple(name.strip().lower() for name in row)
            for kind, needed in SIGNATURES.items():
                if needed <= set(names) and NOT_WITH.get(kind) not in names:
                    return Source(kind, path, names, k + 1, delimiter)
    return None


def recognise(path: Path) -> Source | None:
    """Return what a file is, by its header whatever its name, or None if it is nothing that is needed."""
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return None
    lines = _head(path)
    found = _by_header(path, lines)
    if found or not lines:
        return found
    first = lines[0].rstrip("\r\n")
    if STATE_LINE.fullmatch(first):
        return Source("microstates" if "micro" in path.name.lower() else "states", path, (), 0, "\t")
    if first.count("\t") == GEONAMES_FIELDS - 1:
        return Source("places", path, (), 0, "\t")
    return None


def _reader(file: TextIO, delimiter: str) -> Any:  # noqa: ANN401 - the reader of csv
    if delimiter == "\t":  # GeoNames and the list of states do not quote
        return csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(file, delimiter=delimiter)


def rows(source: Source, names: tuple[str, ...] = ()) -> Iterator[Row]:
    """Yield the rows of a source.

    Parameters
    ----------
    source : Source
    names : tuple of str
        Of the fields, if the file has no header.

    Raises
    ------
    PanelError
        A row has more or fewer fields than the header.
    """
    header = source.header or names
    csv.field_size_limit(LARGEST_FIELD)
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(source.skip):
            file.readline()
        reader = _reader(file, source.delimiter)
        try:
            for row in reader:
                line = source.skip + reader.line_num
                if not row or (len(row) == 1 and not row[0].strip()):
                    continue
                if len(row) != len(header):
                    raise PanelError(f"{source.path}:{line}: {len(row)} fields, but {len(header)} are expected")
                yield Row(source.path, line, dict(zip(header, row, strict=True)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise PanelError(f"{source.path}:{source.skip + reader.line_num + 1}: this cannot be read ({error})") from None
