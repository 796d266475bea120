"""Read what lies in a folder of downloads; write a data folder, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from stability_sim.panel.raw import tables
from stability_sim.panel.raw.sources import Source, recognise
from stability_sim.panel.raw.tables import StateRow, Table
from stability_sim.panel.read import SHAPE, read_panel
from stability_sim.panel.tables import PanelError
from stability_sim.storage.csv_files import Writer
from stability_sim.storage.files import check_writable, staged
from stability_sim.storage.manifest import write_manifest

NEEDED = {
    "states": "the list of states of Gleditsch and Ward", "acd": "the UCDP/PRIO Armed Conflict Dataset",
    "battle_deaths": "UCDP Battle-Related Deaths, by conflict", "world_bank": "World Bank indicators",
    "countries": "countryInfo.txt of GeoNames",
}  # fmt: skip
MISSED = {
    "microstates": "microstates are not told apart",
    "ged": "conflicts have no months",
    "esd": "no group has support from abroad",
    "wgi": "governance is that of World Bank indicators, if there are any",
    "unhcr": "no refugees at the start",
    "places": "borders have no distances",
}
Lengths = Callable[[list[str]], Mapping[tuple[str, str], float]]


class Written(NamedTuple):
    """A file of the data folder: its name, its rows, the downloads that it comes from."""

    name: str
    rows: int
    sources: tuple[str, ...]


def _sources(raw: Path) -> dict[str, list[Source]]:
    """Return the recognised files by kind, in the order of their paths."""
    sources: dict[str, list[Source]] = {}
    for path in sorted(raw.rglob("*")):
        if path.is_file() and path.name not in {f"{name}.csv" for name in SHAPE}:
            source = recognise(path)
            if source is not None:
                sources.setdefault(source.kind, []).append(source)
    missing = [download for kind, download in NEEDED.items() if kind not in sources]
    if missing:
        raise PanelError(f"{raw}: what is needed is not here: {'; '.join(missing)} (docs/data.md says where they are published)")
    return sources


def _states(sources: dict[str, list[Source]], states: list[StateRow], letters: Mapping[str, str]) -> Table:
    places = tables.capitals_of(sources.get("places", []), letters)
    rows = [(*state, "", *places.get(state.iso3, ("", ""))) for state in states]
    return (*StateRow._fields, "mean_elev_m", "cap_lat", "cap_lon"), list(rows)


def _borders(pairs: set[frozenset[str]], states: list[StateRow], lengths: Lengths) -> Table:
    codes = sorted({code for pair in pairs for code in pair})
    on_map = {frozenset(pair): km for pair, km in lengths(codes).items()}
    spans = tables.dated_borders({pair: round(on_map.get(pair, 1.0), 1) for pair in pairs}, states)
    return ("iso3_a", "iso3_b", "start_year", "end_year", "length_km"), list(spans)


def _tables(sources: dict[str, list[Source]], lengths: Lengths) -> dict[str, tuple[Table, tuple[str, ...]]]:
    acd, active, last = tables.conflicts(sources["acd"])
    states = tables.states_of([*sources["states"], *sources.get("microstates", [])], last)
    letters, pairs = tables.countries_of(sources["countries"])
    series = tables.series_of(sources["world_bank"], sources.get("wgi", []))
    return {
        "states": (_states(sources, states, letters), ("states", "microstates", "places")),
        "conflict_cy": (tables.country_years(states, active, last), ("acd", "states")),
        "ucdp_acd_v241": (acd, ("acd",)),
        "battle_deaths_conf_v241": (tables.battle_deaths(sources["battle_deaths"]), ("battle_deaths",)),
        "external_support_ucdp_esd": (tables.support(sources.get("esd", [])), ("esd",)),
        "conflict_cm_ged_views": (tables.state_months(sources.get("ged", [])), ("ged",)),
        "borders_dated": (_borders(pairs, states, lengths), ("countries", "states")),
        "security_blocs_dated": ((("bloc", "iso3", "start_year", "end_year"), []), ()),
        "economy": (tables.economy(series, states, last), ("world_bank",)),
        "governance_wgi": (tables.governance(series, states, last), ("world_bank", "wgi")),
        "refugees": (tables.refugees(sources.get("unhcr", [])), ("unhcr",)),
    }


def _write(path: Path, table: Table) -> int:
    names, rows = table
    with path.open("w", encoding="utf-8", newline="") as file:
        out = Writer(file)
        out.writerow(names)
        out.writerows(rows)
    return len(rows)


def _check_target(target: Path) -> None:
    """Raise PanelError if a place is neither free nor a data folder."""
    if target.exists() and not (target / "states.csv").is_file() and any(target.iterdir()):
        raise PanelError(f"{target} holds something that is not a data folder: choose another")


def build_folder(raw: Path, target: Path, lengths: Lengths, *, tell: Callable[[str], None] = lambda _: None) -> list[Written]:
    """Turn original downloads into a data folder; return what was written.

    Parameters
    ----------
    raw : Path
        Folder of downloads, unpacked; files are known by their header, whatever their names. A file that has a name of
        the data folder, such as ``security_blocs_dated.csv``, is taken as it is.
    target : Path
        Data folder to write; an older one is replaced when the new one is whole.
    lengths : callable
        States → length in km of the land borders among them: `stability_sim.geography.world().neighbours`.
    tell : callable
        Called with what is missing but not needed.

    Raises
    ------
    FileNotFoundError
        There is no such folder.
    PanelError
        Something needed is missing, or a row is ill-formed; the message names file and line.
    """
    if not raw.is_dir():
        raise FileNotFoundError(2, "no such folder", str(raw))
    check_writable(target.absolute().parent)
    sources = _sources(raw)
    for kind, consequence in MISSED.items():
        if kind not in sources:
            tell(f"nothing on {kind}: {consequence}")
    as_they_are = {path.stem: path for path in sorted(raw.rglob("*.csv")) if path.stem in SHAPE}
    made = _tables(sources, lengths)
    with staged(target, _check_target) as folder:
        written = []
        for name, (table, kinds) in made.items():
            path = folder / f"{name}.csv"
            if name in as_they_are:
                shutil.copyfile(as_they_are[name], path)
                with path.open(encoding="utf-8") as file:
                    written.append(Written(path.name, sum(1 for _ in file) - 1, (as_they_are[name].name,)))
                continue
            downloads = tuple(source.path.name for kind in kinds for source in sources.get(kind, []))
            written.append(Written(path.name, _write(path, table), downloads))
        read_panel(folder)
        tables_written = {file.name: {"rows": file.rows, "sources": list(file.sources)} for file in written}
        write_manifest(folder, "data", {"tables": tables_written})
    return written
