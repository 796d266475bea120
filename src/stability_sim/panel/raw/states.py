"""States and their land borders, from the lists of Gleditsch and Ward and of GeoNames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stability_sim.panel.raw.codes import BEFORE, ISO
from stability_sim.panel.raw.source import Row, Source, rows
from stability_sim.panel.tables import PanelError

STATE_FIELDS = ("gwcode", "letters", "name", "start", "end")
PLACE_FIELDS = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature_class", "feature_code",
    "country_code", "cc2", "admin1", "admin2", "admin3", "admin4", "population", "elevation", "dem", "timezone", "modified",
)  # fmt: skip
CAPITAL = "PPLC"
FIRST_YEAR = 1989  # UCDP's events and battle deaths begin here


class StateRow(NamedTuple):
    """A state of the list."""

    gwcode: int
    iso3: str
    name: str
    first_year: int
    last_year: int
    microstate: int


def _year(row: Row, name: str) -> int:
    parts = row.fields[name].strip().split(":")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise row.wrong(name, "a date such as 31:12:1991")
    return int(parts[2])


def states_of(sources: Iterable[Source], last_year: int) -> list[StateRow]:
    """Return the states of the lists that lived to see 1989, by code; those on it at its end live on to ``last_year``.

    Serbia follows Yugoslavia under one code.
    """
    read = [(row, source.kind == "microstates") for source in sources for row in rows(source, STATE_FIELDS)]
    latest = max((_year(row, "end") for row, _ in read), default=0)
    found: dict[str, StateRow] = {}
    for row, micro in read:
        code, end = row.whole("gwcode"), _year(row, "end")
        if end < FIRST_YEAR:
            continue
        if code not in ISO:
            raise PanelError(f"{row.path}:{row.line}: no ISO 3166 code is known for state {code}, {row.fields['name']}")
        end = max(end, last_year) if end == latest else end
        iso, first = ISO[code], max(_year(row, "start"), FIRST_YEAR)
        old = found.get(iso)
        if old:
            found[iso] = old._replace(first_year=min(old.first_year, first), last_year=max(old.last_year, end), gwcode=345)
        else:
            found[iso] = StateRow(code, iso, row.fields["name"].strip(), first, end, int(micro))
    return sorted(found.values(), key=lambda state: state.iso3)


def capitals_of(sources: Iterable[Source], letters: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Return latitude and longitude of capitals by ISO 3166 alpha-3; ``letters`` are alpha-2 → alpha-3."""
    found = {}
    for source in sources:
        for row in rows(source, PLACE_FIELDS):
            code = letters.get(row.fields["country_code"])
            if row.fields["feature_code"] == CAPITAL and code:
                found[code] = (row.number("latitude"), row.number("longitude"))
    return found


def countries_of(sources: Iterable[Source]) -> tuple[dict[str, str], set[frozenset[str]]]:
    """Return ISO 3166 alpha-2 → alpha-3, and the pairs of neighbours of today, from the list of countries of GeoNames."""
    listed = [row.fields for source in sources for row in rows(source) if not row.fields["#iso"].startswith("#")]
    letters = {fields["#iso"]: fields["iso3"] for fields in listed}
    pairs = {
        frozenset((fields["iso3"], letters[code.strip()]))
        for fields in listed
        for code in fields["neighbours"].split(",")
        if code.strip() in letters
    }
    return letters, {pair for pair in pairs if len(pair) == 2}


def _owner(code: str, year: int, alive: Mapping[str, tuple[int, int]]) -> str | None:
    """Return the state whose soil it was in a year, or None if nobody's on the list."""
    here: str | None = code
    while here is not None:
        first, last = alive.get(here, (9999, 0))
        if first <= year <= last:
            return here
        here = BEFORE.get(here)
    return None


def dated_borders(lengths: Mapping[frozenset[str], float], states: Iterable[StateRow]) -> list[tuple[str, str, int, int, float]]:
    """Return (state, state, first year, last year, km) of every land border that there was since 1989.

    Parameters
    ----------
    lengths : mapping
        Pair of states → km of their border today.
    states : iterable of StateRow
        Before a state was independent, its borders were those of the state that it left: the Soviet Union (RUS),
        Yugoslavia (SRB), Czechoslovakia, Ethiopia, Sudan, Indonesia, South Africa.
    """
    alive = {state.iso3: (state.first_year, state.last_year) for state in states}
    last = max((end for _, end in alive.values()), default=FIRST_YEAR)
    spans: list[tuple[str, str, int, int, float]] = []
    running: dict[tuple[str, str], tuple[int, float]] = {}
    for year in range(FIRST_YEAR, last + 2):
        now: dict[tuple[str, str], float] = {}
        for pair, km in lengths.items() if year <= last else ():
            owners = sorted({owner for code in pair if (owner := _owner(code, year, alive))})
            if len(owners) == 2:
                key = (owners[0], owners[1])
                now[key] = now.get(key, 0.0) + km
        for key, (begun, km) in list(running.items()):
            if now.get(key) != km:
                spans.append((*key, begun, year - 1, km))
                del running[key]
        for key, km in now.items():
            running.setdefault(key, (year, km))
    return sorted(spans)
