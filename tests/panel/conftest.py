"""A small data folder that tests write themselves: six states, 1990 to 1999."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stability_sim.panel import Panel, read_panel
from stability_sim.panel.panel import WGI

YEARS = range(1990, 2000)
STATES = {  # gwcode, name, population in thousands, income, deaths of infants, last year
    "AAA": (101, "Alpha", 10_000, 1_000, 100, 2024),
    "BBB": (102, "Beta", 20_000, 4_000, 50, 2024),
    "CCC": (103, "Gamma", 5_000, 20_000, 10, 2024),
    "DDD": (104, "Delta", 50_000, 40_000, 4, 2024),
    "EEE": (105, "Old", 8_000, 9_000, 20, 1992),
    "ZZZ": (106, "Tiny", 50, 9_000, 20, 2024),
}
FOUGHT = {("AAA", y): 100 * (y - 1989) for y in range(1991, 1996)} | {("BBB", 1995): 30, ("BBB", 1997): 40}


def write(folder: Path, name: str, columns: list[str], rows: list[list[object]]) -> Path:
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows(rows)
    return path


def living(code: str) -> list[int]:
    return [y for y in YEARS if y <= STATES[code][5]]


def write_folder(folder: Path) -> Path:
    """Write the folder; AAA borders BBB and CCC, DDD is an island, EEE is gone after 1992, ZZZ is a microstate."""
    folder.mkdir(parents=True, exist_ok=True)
    write(
        folder,
        "states",
        ["gwcode", "iso3", "name", "last_year", "microstate", "mean_elev_m", "cap_lat", "cap_lon"],
        [
            [v[0], c, v[1], v[5], int(c == "ZZZ"), "" if c == "CCC" else 1000, 10 + k, 20]
            for k, (c, v) in enumerate(STATES.items())
        ],
    )
    write(
        folder,
        "conflict_cy",
        ["gwcode", "iso3", "year", "inactive1", "inactive2", "inactive5", "inactive10"],
        [[STATES[c][0], c, y, 1, 1, 1, int(c != "BBB")] for c in STATES for y in living(c)],
    )
    write(
        folder,
        "ucdp_acd_v241",
        ["conflict_id", "side_b", "year", "type_of_conflict", "start_date", "gwno_a"],
        [
            [7 if c == "AAA" else 8, "Front, Army" if c == "AAA" else "Ligue Démocratique", y, 3, "15-03-1991", STATES[c][0]]
            for c, y in FOUGHT
        ]
        + [[9, "Government of Beta", 1998, 2, "01-01-1998", 101], [418, "al-Qaida", 1999, 4, "2001-09-11", 104]],
    )
    write(
        folder,
        "battle_deaths_conf_v241",
        ["conflict_id", "year", "bd_best"],
        [[7 if c == "AAA" else 8, y, d] for (c, y), d in FOUGHT.items()],
    )
    kinds = [f"ext_{k}_s" for k in "xpywmtfi"]
    write(
        folder,
        "external_support_ucdp_esd",
        ["year", "conflict_id", "actor_nonstate", "supporter", *kinds],
        [
            [1994, 7, 1, "Government of Delta", 0, 0, 0, 1, 0, 0, 0, 0],
            [1994, 7, 1, "Some rebels", 0, 0, 0, 1, 0, 0, 0, 0],
            [1995, 7, 1, "Government of Delta", *[0] * 8],
        ],
    )
    write(
        folder,
        "conflict_cm_ged_views",
        ["iso3", "year", "month", "ged_best_sb"],
        [["AAA", y, m, 9] for y in range(1991, 1996) for m in (3, 10)] + [["BBB", 1995, 2, 30], ["BBB", 1997, 4, 40]],
    )
    write(
        folder,
        "borders_dated",
        ["iso3_a", "iso3_b", "start_year", "end_year", "length_km"],
        [
            ["AAA", "BBB", 1990, 2024, 500],
            ["AAA", "CCC", 1990, 2024, 100],
            ["CCC", "EEE", 1990, 1992, 50],
            ["BBB", "CCC", 1996, 2024, 70],
        ],
    )
    write(
        folder,
        "security_blocs_dated",
        ["bloc", "iso3", "start_year", "end_year"],
        [
            ["NATO", "CCC", 1949, ""],
            ["NATO", "DDD", 1949, ""],
            ["CSTO", "AAA", 1992, "1993.0"],
            ["CSTO", "BBB", 1992, ""],
            ["SCO", "AAA", 1998, ""],
        ],
    )
    write(
        folder,
        "economy",
        ["iso3", "year", "gdppc_ppp", "pop_k"],
        [[c, y, "" if c == "EEE" else STATES[c][3], STATES[c][2]] for c in STATES for y in living(c)],
    )
    write(
        folder,
        "governance_wgi",
        ["iso3", "year", "infmort", *WGI],
        [[c, y, STATES[c][4], *([0.5] * 6 if y >= 1996 else [""] * 6)] for c in STATES for y in living(c)],
    )
    write(
        folder,
        "refugees",
        ["origin_iso3", "asylum_iso3", "year", "refugees"],
        [["AAA", "BBB", y, 5000] for y in range(1991, 1996)] + [["AAA", "DDD", y, 3000] for y in range(1991, 1996)],
    )
    return folder


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "data")


@pytest.fixture
def small_panel(small_folder: Path) -> Panel:
    return read_panel(small_folder)


@pytest.fixture
def writer() -> Callable[..., Path]:
    """Writes a CSV file: folder, name, columns, rows."""
    return write


@pytest.fixture(scope="session")
def data() -> Path:
    """The data folder of whoever runs the tests."""
    named = os.environ.get("STABILITY_SIM_DATA")
    if not named:
        pytest.skip("STABILITY_SIM_DATA names no data folder")
    return Path(named)
