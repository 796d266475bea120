"""Conflicts, deaths and support, from the files of UCDP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from stability_sim.panel.conflicts import INTRASTATE, SUPPORT_KINDS, US_AL_QAIDA
from stability_sim.panel.raw.codes import ISO
from stability_sim.panel.raw.source import Row, Source, rows
from stability_sim.panel.raw.states import FIRST_YEAR, StateRow

Table = tuple[Sequence[str], list[Sequence[Any]]]
ACD = (
    "conflict_id", "location", "side_a", "side_b", "incompatibility", "year", "intensity_level", "type_of_conflict", "start_date",
    "gwno_a",
)  # fmt: skip
QUIET = (1, 2, 5, 10)
SIDES = ("sb", "ns", "os")  # state-based, non-state, one-sided: types of violence 1, 2, 3


def conflicts(sources: Iterable[Source]) -> tuple[Table, set[tuple[int, int]], int]:
    """Return the conflict-years since 1989, the state-years of intrastate conflict since 1946, and the last year."""
    kept: list[Sequence[Any]] = []
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
                kept.append([row.fields.get(name, "") for name in ACD])
    return (ACD, kept), active, last


def country_years(states: Iterable[StateRow], active: set[tuple[int, int]], last: int) -> Table:
    """Return a row for each year of each state since 1989: conflict, and whether 1, 2, 5, 10 years before it were quiet."""
    iso_active = {(ISO[code], year) for code, year in active if code in ISO}
    found: list[Sequence[Any]] = []
    for state in states:
        for year in range(state.first_year, min(state.last_year, last) + 1):
            quiet = [int(not any((state.iso3, year - back) in iso_active for back in range(1, k + 1))) for k in QUIET]
            found.append((state.gwcode, state.iso3, year, int((state.iso3, year) in iso_active), *quiet))
    return ("gwcode", "iso3", "year", "acd_incidence", *(f"inactive{k}" for k in QUIET)), found


def battle_deaths(sources: Iterable[Source]) -> Table:
    """Return the battle deaths of each conflict-year."""
    names = ("conflict_id", "year", "bd_best", "bd_low", "bd_high")
    found: list[Sequence[Any]] = [
        [row.whole("conflict_id"), row.whole("year"), *(row.whole(name) for name in names[2:])]
        for source in sources
        for row in rows(source)
    ]
    return names, found


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
    found: list[Sequence[Any]] = []
    for source in sources:
        for row in rows(source):
            given = row.fields
            if given["ext_sup"].strip() != "1" or given.get("ext_nonstate") == "1" or given.get("ext_alleged") == "1":
                continue
            flags = [int(given.get(kind, "0").strip() == "1") for kind in kinds]
            found.append((row.whole("year"), row.whole("conflict_id"), row.whole("actor_nonstate"), given["ext_name"], *flags))
    return names, found
