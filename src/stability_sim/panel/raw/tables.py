"""The tables of a data folder, from original downloads: states and borders, conflicts, income, governance, refugees."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from stability_sim.panel.conflicts import INTRASTATE, SUPPORT_KINDS, US_AL_QAIDA
from stability_sim.panel.panel import WGI
from stability_sim.panel.raw.sources import BEFORE, ISO, REFUGEES, Row, Source, rows
from stability_sim.panel.tables import PanelError

# States and their land borders, from the lists of Gleditsch and Ward and of GeoNames.


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
    states: dict[str, StateRow] = {}
    for row, micro in read:
        code, end = row.whole("gwcode"), _year(row, "end")
        if end < FIRST_YEAR:
            continue
        if code not in ISO:
            raise PanelError(f"{row.path}:{row.line}: no ISO 3166 code is known for state {code}, {row.fields['name']}")
        end = max(end, last_year) if end == latest else end
        iso, first = ISO[code], max(_year(row, "start"), FIRST_YEAR)
        old = states.get(iso)
        if old:
            states[iso] = old._replace(first_year=min(old.first_year, first), last_year=max(old.last_year, end), gwcode=345)
        else:
            states[iso] = StateRow(code, iso, row.fields["name"].strip(), first, end, int(micro))
    return sorted(states.values(), key=lambda state: state.iso3)


def capitals_of(sources: Iterable[Source], letters: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Return latitude and longitude of capitals by ISO 3166 alpha-3; ``letters`` are alpha-2 → alpha-3."""
    places = (row for source in sources for row in rows(source, PLACE_FIELDS))
    capitals = (row for row in places if row.fields["feature_code"] == CAPITAL and row.fields["country_code"] in letters)
    return {letters[row.fields["country_code"]]: (row.number("latitude"), row.number("longitude")) for row in capitals}


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
    owner: str | None = code
    while owner is not None:
        first, last = alive.get(owner, (9999, 0))
        if first <= year <= last:
            return owner
        owner = BEFORE.get(owner)
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


Table = tuple[Sequence[str], list[Sequence[Any]]]
ACD = (
    "conflict_id", "location", "side_a", "side_b", "incompatibility", "year", "intensity_level", "type_of_conflict", "start_date",
    "gwno_a",
)  # fmt: skip
QUIET = (1, 2, 5, 10)
SIDES = ("sb", "ns", "os")  # state-based, non-state, one-sided: types of violence 1, 2, 3


def conflicts(sources: Iterable[Source]) -> tuple[Table, set[tuple[int, int]], int]:
    """Return the conflict-years since 1989, the state-years of intrastate conflict since 1946, and the last year."""
    table: list[Sequence[Any]] = []
    active: set[tuple[int, int]] = set()
    last = 0
    for source in sources:
        for row in rows(source):
            year, conflict = row.whole("year"), row.whole("conflict_id")
            last = max(last, year)
            side_a = row.fields["gwno_a"].split(",")[0].strip()
            if row.whole("type_of_conflict") in INTRASTATE and conflict != US_AL_QAIDA and side_a.isdigit():
                active.add((int(side_a), year))
            if year >= FIRST_YEAR:
                table.append([row.fields.get(name, "") for name in ACD])
    return (ACD, table), active, last


def country_years(states: Iterable[StateRow], active: set[tuple[int, int]], last: int) -> Table:
    """Return a row for each year of each state since 1989: conflict, and whether 1, 2, 5, 10 years before it were quiet."""
    iso_active = {(ISO[code], year) for code, year in active if code in ISO}
    table: list[Sequence[Any]] = []
    for state, year in _living(states, last):
        quiet = [int(not any((state.iso3, year - back) in iso_active for back in range(1, k + 1))) for k in QUIET]
        table.append((state.gwcode, state.iso3, year, int((state.iso3, year) in iso_active), *quiet))
    return ("gwcode", "iso3", "year", "acd_incidence", *(f"inactive{k}" for k in QUIET)), table


def battle_deaths(sources: Iterable[Source]) -> Table:
    """Return the battle deaths of each conflict-year."""
    names = ("conflict_id", "year", "bd_best", "bd_low", "bd_high")
    return names, [[row.whole(name) for name in names] for source in sources for row in rows(source)]


def _month(row: Row) -> tuple[int, int]:
    parts = row.fields["date_start"][:10].split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts) or not 1 <= int(parts[1]) <= 12:
        raise row.wrong("date_start", "a date such as 1994-04-07")
    return int(parts[0]), int(parts[1])


def state_months(sources: Iterable[Source]) -> Table:
    """Return deaths (best estimate) and events by state and month, of three types of violence; an event counts where it began."""
    deaths: Counter[tuple[str, int, int, str]] = Counter()
    events: Counter[tuple[str, int, int, str]] = Counter()
    for source in sources:
        for row in rows(source):
            code, kind = row.whole("country_id"), row.whole("type_of_violence")
            if not 1 <= kind <= 3:
                raise row.wrong("type_of_violence", "1, 2 or 3")
            if code in ISO:
                key = (ISO[code], *_month(row), SIDES[kind - 1])
                deaths[key] += row.whole("best")
                events[key] += 1
    names = ("iso3", "year", "month", *(f"ged_best_{s}" for s in SIDES), *(f"ged_count_{s}" for s in SIDES))
    keys = sorted({key[:3] for key in events})
    return names, [(*key, *(deaths[(*key, s)] for s in SIDES), *(events[(*key, s)] for s in SIDES)) for key in keys]


def support(sources: Iterable[Source]) -> Table:
    """Return who supported whom in a year, and how: states only, nothing alleged."""
    names = ("year", "conflict_id", "actor_nonstate", "supporter", *SUPPORT_KINDS)
    kinds = [kind.removesuffix("_s") for kind in SUPPORT_KINDS]
    table: list[Sequence[Any]] = []
    for source in sources:
        for row in rows(source):
            fields = row.fields
            if fields["ext_sup"].strip() != "1" or fields.get("ext_nonstate") == "1" or fields.get("ext_alleged") == "1":
                continue
            flags = [int(fields.get(kind, "0").strip() == "1") for kind in kinds]
            table.append((row.whole("year"), row.whole("conflict_id"), row.whole("actor_nonstate"), fields["ext_name"], *flags))
    return names, table


# Income, governance and refugees, from the files of the World Bank and of UNHCR.


INDICATORS = {
    "NY.GDP.PCAP.PP.KD": "gdppc_ppp", "NY.GDP.PCAP.KD": "gdppc_kd", "SP.POP.TOTL": "population", "SP.DYN.IMRT.IN": "infmort",
    **{f"{prefix}{name[4:].upper()}.EST": name for name in WGI for prefix in ("", "GOV_WGI_")},
}  # fmt: skip
ECONOMY = ("gdppc_ppp", "gdppc_kd")
FEWEST_REFUGEES = 100
Series = dict[tuple[str, int], dict[str, float]]


def series_of(wide: Iterable[Source], long: Iterable[Source]) -> Series:
    """Return state and year → indicator → value, of what is needed from the World Bank's files of either form."""
    series: Series = defaultdict(dict)
    for source in wide:
        years = [name for name in source.header if name.isdigit() and int(name) >= FIRST_YEAR]
        for row in rows(source):
            name = INDICATORS.get(row.fields["indicator code"].strip())
            if name is None:
                continue
            for year in years:
                value = row.number(year)
                if not math.isnan(value):
                    series[row.fields["country code"], int(year)][name] = value
    for source in long:
        for row in rows(source):
            name, value = f"wgi_{row.fields['indicator'].strip().lower()}", row.number("estimate", ("", "..", "#N/A"))
            if name in WGI and not math.isnan(value):
                series[row.fields["code"], row.whole("year")][name] = value
    return series


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _living(states: Iterable[StateRow], last: int) -> Iterable[tuple[StateRow, int]]:
    for state in states:
        for year in range(state.first_year, min(state.last_year, last) + 1):
            yield state, year


def economy(series: Series, states: Iterable[StateRow], last: int) -> Table:
    """Return income and population (thousands) by state and year."""
    table: list[Sequence[Any]] = []
    for state, year in _living(states, last):
        known = series.get((state.iso3, year), {})
        if "population" in known or "gdppc_ppp" in known:
            people = known.get("population")
            cells = [_cell(known.get(name)) for name in ECONOMY]
            table.append((state.gwcode, state.iso3, year, *cells, _cell(None if people is None else people / 1000.0)))
    return ("gwcode", "iso3", "year", *ECONOMY, "pop_k"), table


def governance(series: Series, states: Iterable[StateRow], last: int) -> Table:
    """Return governance and infant mortality by state and year."""
    names = (*WGI, "infmort")
    table: list[Sequence[Any]] = []
    for state, year in _living(states, last):
        known = series.get((state.iso3, year), {})
        if any(name in known for name in names):
            table.append((state.gwcode, state.iso3, year, *(_cell(known.get(name)) for name in names)))
    return ("gwcode", "iso3", "year", *names), table


def _column(source: Source) -> str:
    for name in REFUGEES:
        if name in source.header:
            return name
    raise PanelError(f"{source.path}: no column of refugees; there are {', '.join(source.header)}")


def refugees(sources: Iterable[Source]) -> Table:
    """Return stocks of at least 100 refugees by origin, asylum and year."""
    stock: dict[tuple[str, str, int], float] = defaultdict(float)
    for source in sources:
        column = _column(source)
        for row in rows(source):
            year = row.whole("year")
            pair = _pair(row)
            if year >= FIRST_YEAR and pair is not None:
                people = row.number(column, ("", "-", "*"))
                stock[(*pair, year)] += 0.0 if math.isnan(people) else people
    table = [(*key, round(people)) for key, people in sorted(stock.items()) if people >= FEWEST_REFUGEES]
    return ("origin_iso3", "asylum_iso3", "year", "refugees"), list(table)


def _pair(row: Row) -> tuple[str, str] | None:
    """Return origin and asylum, or None if one is not a state (stateless, unknown, various)."""
    ends = tuple(row.fields[f"country of {end} (iso)"].strip() for end in ("origin", "asylum"))
    return (ends[0], ends[1]) if all(len(end) == 3 and end.isalpha() for end in ends) and "UNK" not in ends else None
