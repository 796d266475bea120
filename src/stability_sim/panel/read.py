"""From the files of a data folder to a panel."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from stability_sim.panel.conflicts import SUPPORT_KINDS, after_quiet_years, incidence_of, rebels_of
from stability_sim.panel.panel import WGI, Bloc, Flags, Floats, Panel, Whole
from stability_sim.panel.tables import Columns, Kind, PanelError, read_table
from stability_sim.storage.staging import is_there

ENVIRONMENT = "STABILITY_SIM_DATA"
QUIET = (1, 2, 5, 10)

SHAPE: dict[str, dict[str, Kind]] = {
    "states": {
        "gwcode": "whole", "iso3": "text", "name": "text", "last_year": "whole", "microstate": "whole",
        "mean_elev_m": "number", "cap_lat": "number", "cap_lon": "number",
    },
    "conflict_cy": {"gwcode": "whole", "iso3": "text", "year": "whole", **{f"inactive{k}": "whole" for k in QUIET}},
    "ucdp_acd_v241": {
        "conflict_id": "whole", "side_b": "text", "year": "whole", "type_of_conflict": "whole", "start_date": "text",
        "gwno_a": "text",
    },
    "battle_deaths_conf_v241": {"conflict_id": "whole", "year": "whole", "bd_best": "number"},
    "external_support_ucdp_esd": {
        "year": "whole", "conflict_id": "whole", "actor_nonstate": "whole", "supporter": "text",
        **dict.fromkeys(SUPPORT_KINDS, "whole"),
    },
    "conflict_cm_ged_views": {"iso3": "text", "year": "whole", "month": "whole", "ged_best_sb": "number"},
    "borders_dated": {
        "iso3_a": "text", "iso3_b": "text", "start_year": "whole", "end_year": "whole", "length_km": "number",
    },
    "security_blocs_dated": {"bloc": "text", "iso3": "text", "start_year": "whole", "end_year": "text"},
    "economy": {"iso3": "text", "year": "whole", "gdppc_ppp": "number", "pop_k": "number"},
    "governance_wgi": {"iso3": "text", "year": "whole", "infmort": "number", **dict.fromkeys(WGI, "number")},
    "refugees": {"origin_iso3": "text", "asylum_iso3": "text", "year": "whole", "refugees": "number"},
}  # fmt: skip


def data_folder(folder: Path | None) -> Path:
    """Return the data folder: the one given, or that of the environment variable; PanelError if neither names one."""
    if folder is None:
        named = os.environ.get(ENVIRONMENT)
        if not named:
            raise PanelError(f"no data folder: give --data DIR, or set {ENVIRONMENT} (docs/data.md says how to build one)")
        folder = Path(named)
    if not (is_there(folder) and folder.is_dir()):
        raise FileNotFoundError(2, "no such folder", str(folder))
    return folder


class _Axes:
    """Positions of states and years, and tables laid out on them."""

    def __init__(self, states: Columns, rows: Columns) -> None:
        large = np.flatnonzero(states["microstate"] == 0)
        self.state_rows = large[np.argsort(states["iso3"][large].astype(str), kind="stable")]
        self.codes = [str(code) for code in states["iso3"][self.state_rows]]
        self.place = {code: i for i, code in enumerate(self.codes)}
        self.first, last = int(rows["year"].min()), int(rows["year"].max())
        self.years: Whole = np.arange(self.first, last + 1)

    def keep(self, table: Columns, *names: str) -> tuple[list[Whole], Whole, Flags]:
        """Return positions of the states in the named columns and of the years, and which rows are on the axes."""
        states = [np.array([self.place.get(code, -1) for code in table[name]], dtype=np.int64) for name in names]
        years = table["year"] - self.first
        good = (years >= 0) & (years < len(self.years))
        for places in states:
            good &= places >= 0
        return [places[good] for places in states], years[good], good

    def lay(self, table: Columns, name: str) -> Floats:
        """Return a column on (state, year), NaN where there is no row."""
        (states,), years, good = self.keep(table, "iso3")
        laid = np.full((len(self.codes), len(self.years)), np.nan)
        laid[states, years] = table[name][good]
        return laid


def _borders(axes: _Axes, table: Columns) -> Floats:
    """Return the length of land borders, (year, state, state); the first year on record stands for those before it."""
    n = len(axes.codes)
    km = np.zeros((len(axes.years), n, n))
    begin = table["start_year"].min(initial=9999)
    seen = np.maximum(axes.years, begin)
    for a, b, start, end, length in zip(*(table[name] for name in SHAPE["borders_dated"]), strict=True):
        if a in axes.place and b in axes.place:
            on = (seen >= start) & (seen <= end)
            i, j = axes.place[a], axes.place[b]
            km[on, i, j] = km[on, j, i] = max(float(length), 1.0)
    return km


def _refugees(axes: _Axes, table: Columns) -> Floats:
    n = len(axes.codes)
    (origin, asylum), years, good = axes.keep(table, "origin_iso3", "asylum_iso3")
    stock = np.zeros((len(axes.years), n, n))
    np.add.at(stock, (years, origin, asylum), np.nan_to_num(table["refugees"][good]))
    return stock


def _months(axes: _Axes, table: Columns) -> Floats:
    (states,), years, good = axes.keep(table, "iso3")
    laid = np.zeros((len(axes.codes), len(axes.years) * 12))
    laid[states, years * 12 + table["month"][good] - 1] = table["ged_best_sb"][good]
    return laid


def _quiet_before(axes: _Axes, table: Columns, exists: Flags) -> Whole:
    """Return the years that UCDP's flags call quiet before the first row of each state."""
    quiet = np.zeros(len(axes.codes), dtype=np.int64)
    first = exists.argmax(axis=1)
    (states,), years, good = axes.keep(table, "iso3")
    at_first = years == first[states]
    for k in QUIET:
        flagged = at_first & (table[f"inactive{k}"][good] == 1)
        quiet[states[flagged]] = k
    return quiet


def _blocs(axes: _Axes, table: Columns) -> tuple[Bloc, ...]:
    rows = zip(table["bloc"], table["iso3"], table["start_year"], table["end_year"], strict=True)
    return tuple(Bloc(str(b), str(s), int(y), int(float(e)) if e else None) for b, s, y, e in rows if s in axes.place)


def read_panel(folder: Path, *, tell: Callable[[str], None] | None = None) -> Panel:
    """Return the panel of a data folder.

    Parameters
    ----------
    folder : Path
        With the CSV files that ``docs/data.md`` describes.
    tell : callable, optional
        Called with the name of each file before it is read.

    Raises
    ------
    FileNotFoundError
        A file is missing.
    PanelError
        A file is ill-formed; the message names file, line and column.
    """
    tables: dict[str, Columns] = {}
    for name, columns in SHAPE.items():
        if tell is not None:
            tell(f"{name}.csv")
        tables[name] = read_table(folder / f"{name}.csv", columns)
    for name in ("states", "conflict_cy"):
        if not len(tables[name]["iso3"]):
            raise PanelError(f"{folder / name}.csv: there are no rows")
    return _assemble(tables)


def _assemble(tables: dict[str, Columns]) -> Panel:
    states, governance, economy = tables["states"], tables["governance_wgi"], tables["economy"]
    axes = _Axes(states, tables["conflict_cy"])
    exists = ~np.isnan(axes.lay(tables["conflict_cy"], "gwcode"))
    gw = {int(code): axes.codes[i] for i, code in enumerate(states["gwcode"][axes.state_rows])}
    rebels = rebels_of(tables, gw)
    incidence, deaths = incidence_of(rebels, axes.place, axes.first, exists)
    quiet = _quiet_before(axes, tables["conflict_cy"], exists)
    risk = after_quiet_years(exists, incidence, quiet)
    km = _borders(axes, tables["borders_dated"])
    return Panel(
        states=tuple(axes.codes),
        names=tuple(str(name) for name in states["name"][axes.state_rows]),
        years=axes.years,
        exists=exists,
        incidence=incidence,
        onset=incidence & risk,
        at_risk=risk,
        quiet_before=quiet,
        deaths=deaths,
        monthly_deaths=_months(axes, tables["conflict_cm_ged_views"]),
        neighbours=km > 0,
        border_km=km,
        refugees=_refugees(axes, tables["refugees"]),
        population=axes.lay(economy, "pop_k") / 1000.0,
        gdp_per_capita=axes.lay(economy, "gdppc_ppp"),
        infant_mortality=axes.lay(governance, "infmort"),
        wgi=np.stack([axes.lay(governance, name) for name in WGI], axis=2),
        elevation=states["mean_elev_m"][axes.state_rows],
        capital=np.stack([states["cap_lat"][axes.state_rows], states["cap_lon"][axes.state_rows]], axis=1),
        last_year=states["last_year"][axes.state_rows],
        rebels=rebels,
        blocs=_blocs(axes, tables["security_blocs_dated"]),
    )
