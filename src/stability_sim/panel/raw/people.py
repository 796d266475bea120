"""Income, governance and refugees, from the files of the World Bank and of UNHCR."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from stability_sim.panel.panel import WGI
from stability_sim.panel.raw.conflict import Table
from stability_sim.panel.raw.source import REFUGEES, Row, Source, rows
from stability_sim.panel.raw.states import FIRST_YEAR, StateRow
from stability_sim.panel.tables import PanelError

INDICATORS = {
    "NY.GDP.PCAP.PP.KD": "gdppc_ppp", "NY.GDP.PCAP.KD": "gdppc_kd", "SP.POP.TOTL": "population", "SP.DYN.IMRT.IN": "infmort",
    **{f"{prefix}{name[4:].upper()}.EST": name for name in WGI for prefix in ("", "GOV_WGI_")},
}  # fmt: skip
ECONOMY = ("gdppc_ppp", "gdppc_kd")
FEWEST_REFUGEES = 100
Series = dict[tuple[str, int], dict[str, float]]


def series_of(wide: Iterable[Source], long: Iterable[Source]) -> Series:
    """Return state and year → indicator → value, of what is needed from the World Bank's files of either form."""
    found: Series = defaultdict(dict)
    for source in wide:
        years = [name for name in source.header if name.isdigit() and int(name) >= FIRST_YEAR]
        for row in rows(source):
            name = INDICATORS.get(row.fields["indicator code"].strip())
            if name is None:
                continue
            for year in years:
                value = row.number(year)
                if not math.isnan(value):
                    found[row.fields["country code"], int(year)][name] = value
    for source in long:
        for row in rows(source):
            name, value = f"wgi_{row.fields['indicator'].strip().lower()}", row.number("estimate", ("", "..", "#N/A"))
            if name in WGI and not math.isnan(value):
                found[row.fields["code"], row.whole("year")][name] = value
    return found


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _living(states: Iterable[StateRow], last: int) -> Iterable[tuple[StateRow, int]]:
    for state in states:
        for year in range(state.first_year, min(state.last_year, last) + 1):
            yield state, year


def economy(series: Series, states: Iterable[StateRow], last: int) -> Table:
    """Return income and population (thousands) by state and year."""
    found: list[Sequence[Any]] = []
    for state, year in _living(states, last):
        known = series.get((state.iso3, year), {})
        if "population" in known or "gdppc_ppp" in known:
            people = known.get("population")
            cells = [_cell(known.get(name)) for name in ECONOMY]
            found.append((state.gwcode, state.iso3, year, *cells, _cell(None if people is None else people / 1000.0)))
    return ("gwcode", "iso3", "year", *ECONOMY, "pop_k"), found


def governance(series: Series, states: Iterable[StateRow], last: int) -> Table:
    """Return governance and infant mortality by state and year."""
    names = (*WGI, "infmort")
    found: list[Sequence[Any]] = []
    for state, year in _living(states, last):
        known = series.get((state.iso3, year), {})
        if any(name in known for name in names):
            found.append((state.gwcode, state.iso3, year, *(_cell(known.get(name)) for name in names)))
    return ("gwcode", "iso3", "year", *names), found


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
    found = [(*key, round(people)) for key, people in sorted(stock.items()) if people >= FEWEST_REFUGEES]
    return ("origin_iso3", "asylum_iso3", "year", "refugees"), list(found)


def _pair(row: Row) -> tuple[str, str] | None:
    """Return origin and asylum, or None if one is not a state (stateless, unknown, various)."""
    ends = tuple(row.fields[f"country of {end} (iso)"].strip() for end in ("origin", "asylum"))
    return (ends[0], ends[1]) if all(len(end) == 3 and end.isalpha() for end in ends) and "UNK" not in ends else None
