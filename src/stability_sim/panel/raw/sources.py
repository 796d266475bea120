"""A downloaded file: what it is, where its header is, and its rows with their line numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

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
    source = _by_header(path, lines)
    if source or not lines:
        return source
    first = lines[0].rstrip("\r\n")
    if STATE_LINE.fullmatch(first):
        return Source("microstates" if "micro" in path.name.lower() else "states", path, (), 0, "\t")
    if first.count("\t") == GEONAMES_FIELDS - 1:
        return Source("places", path, (), 0, "\t")
    return None


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
        tabs = source.delimiter == "\t"  # GeoNames and the list of states do not quote
        reader = csv.reader(file, delimiter=source.delimiter, quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL)
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


# State codes: Gleditsch and Ward's numbers and ISO 3166 letters, and which state's soil was whose before.


ISO: dict[int, str] = {
    2: "USA", 20: "CAN", 31: "BHS", 40: "CUB", 41: "HTI", 42: "DOM", 51: "JAM", 52: "TTO", 53: "BRB", 54: "DMA", 55: "GRD",
    56: "LCA", 57: "VCT", 58: "ATG", 60: "KNA", 70: "MEX", 80: "BLZ", 90: "GTM", 91: "HND", 92: "SLV", 93: "NIC", 94: "CRI",
    95: "PAN", 100: "COL", 101: "VEN", 110: "GUY", 115: "SUR", 130: "ECU", 135: "PER", 140: "BRA", 145: "BOL", 150: "PRY",
    155: "CHL", 160: "ARG", 165: "URY", 200: "GBR", 205: "IRL", 210: "NLD", 211: "BEL", 212: "LUX", 220: "FRA", 221: "MCO",
    223: "LIE", 225: "CHE", 230: "ESP", 232: "AND", 235: "PRT", 260: "DEU", 265: "DDR", 290: "POL", 305: "AUT", 310: "HUN",
    315: "CSK", 316: "CZE", 317: "SVK", 325: "ITA", 327: "VAT", 331: "SMR", 338: "MLT", 339: "ALB", 340: "SRB", 341: "MNE",
    343: "MKD", 344: "HRV", 345: "SRB", 346: "BIH", 347: "XKX", 349: "SVN", 350: "GRC", 352: "CYP", 355: "BGR", 359: "MDA",
    360: "ROU", 365: "RUS", 366: "EST", 367: "LVA", 368: "LTU", 369: "UKR", 370: "BLR", 371: "ARM", 372: "GEO", 373: "AZE",
    375: "FIN", 380: "SWE", 385: "NOR", 390: "DNK", 395: "ISL", 402: "CPV", 403: "STP", 404: "GNB", 411: "GNQ", 420: "GMB",
    432: "MLI", 433: "SEN", 434: "BEN", 435: "MRT", 436: "NER", 437: "CIV", 438: "GIN", 439: "BFA", 450: "LBR", 451: "SLE",
    452: "GHA", 461: "TGO", 471: "CMR", 475: "NGA", 481: "GAB", 482: "CAF", 483: "TCD", 484: "COG", 490: "COD", 500: "UGA",
    501: "KEN", 510: "TZA", 516: "BDI", 517: "RWA", 520: "SOM", 522: "DJI", 530: "ETH", 531: "ERI", 540: "AGO", 541: "MOZ",
    551: "ZMB", 552: "ZWE", 553: "MWI", 560: "ZAF", 565: "NAM", 570: "LSO", 571: "BWA", 572: "SWZ", 580: "MDG", 581: "COM",
    590: "MUS", 591: "SYC", 600: "MAR", 615: "DZA", 616: "TUN", 620: "LBY", 625: "SDN", 626: "SSD", 630: "IRN", 640: "TUR",
    645: "IRQ", 651: "EGY", 652: "SYR", 660: "LBN", 663: "JOR", 666: "ISR", 670: "SAU", 678: "YEM", 680: "YMD", 690: "KWT",
    692: "BHR", 694: "QAT", 696: "ARE", 698: "OMN", 700: "AFG", 701: "TKM", 702: "TJK", 703: "KGZ", 704: "UZB", 705: "KAZ",
    710: "CHN", 712: "MNG", 713: "TWN", 731: "PRK", 732: "KOR", 740: "JPN", 750: "IND", 760: "BTN", 770: "PAK", 771: "BGD",
    775: "MMR", 780: "LKA", 781: "MDV", 790: "NPL", 800: "THA", 811: "KHM", 812: "LAO", 816: "VNM", 820: "MYS", 830: "SGP",
    835: "BRN", 840: "PHL", 850: "IDN", 860: "TLS", 900: "AUS", 910: "PNG", 920: "NZL", 935: "VUT", 940: "SLB", 950: "FJI",
    970: "KIR", 971: "NRU", 972: "TON", 973: "TUV", 983: "MHL", 986: "PLW", 987: "FSM", 990: "WSM",
}  # fmt: skip


# Whose soil it was before a state became independent, as far back as 1989. Germany and Yemen were whole in one of their parts.
BEFORE: dict[str, str] = {
    **dict.fromkeys(
        ("ARM", "AZE", "BLR", "EST", "GEO", "KAZ", "KGZ", "LTU", "LVA", "MDA", "TJK", "TKM", "UKR", "UZB"), "RUS"
    ),
    **dict.fromkeys(("BIH", "HRV", "MKD", "MNE", "SVN", "XKX"), "SRB"),
    **dict.fromkeys(("CZE", "SVK"), "CSK"),
    "ERI": "ETH", "NAM": "ZAF", "SSD": "SDN", "TLS": "IDN",
}  # fmt: skip
