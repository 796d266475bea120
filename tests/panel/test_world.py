"""A world of a year: built from nothing that was known later, and a valid scenario file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from stability_sim.panel import Panel, PanelError, read_panel, world_scenario
from stability_sim.scenario import Scenario, content_hash, dump, loads, quantities, resolve


def test_conflict_of_the_year(small_panel: Panel) -> None:
    world = world_scenario(small_panel, 1994)
    assert world.start == "1995-01"
    assert list(world.states) == ["AAA", "BBB", "CCC", "DDD"]
    alpha = world.states["AAA"]
    assert alpha.in_conflict
    assert alpha.deaths_per_year.value == 500
    assert alpha.conflict_age.value == 46  # from March 1991 to December 1994
    assert not world.states["BBB"].in_conflict
    name = "aaa-front-army"
    assert list(world.groups) == [name, "bbb-rebels", "ccc-rebels", "ddd-rebels"]
    assert not world.groups["bbb-rebels"].fighters
    assert world.groups[name].fighters["AAA"].value == 300 + 4 * 500
    assert world.groups[name].external_support.value > 0
    assert set(world.groups[name].kin) == {"BBB", "CCC"}


def test_a_conflict_that_went_quiet_is_over(small_panel: Panel) -> None:
    world = world_scenario(small_panel, 1997)  # the last battle death of BBB was in April
    assert not world.states["BBB"].in_conflict
    assert world.states["BBB"].since_conflict.value == 8
    assert world.states["AAA"].since_conflict.value == 24 + 2  # October 1995


def test_time_since_conflict_before_the_data(small_panel: Panel) -> None:
    world = world_scenario(small_panel, 1994)
    assert world.states["BBB"].since_conflict.value == 12 * (5 + 5)  # five years of the data, five by UCDP's flag
    assert world.states["DDD"].since_conflict.basis == "assumed"


def test_poorer_states_are_weaker(small_panel: Panel) -> None:
    states = world_scenario(small_panel, 1994).states
    assert [states[c].capacity.value for c in states] == sorted(states[c].capacity.value for c in states)
    assert [-states[c].hardship.value for c in states] == sorted(-states[c].hardship.value for c in states)


def test_borders_refugees_and_blocs_of_the_year(small_panel: Panel) -> None:
    world = world_scenario(small_panel, 1994)
    assert set(world.borders) == {"AAA-BBB", "AAA-CCC", "AAA>BBB"}
    assert world.borders["AAA>BBB"].refugees.value == 5000  # those in DDD share no border
    assert world.borders["AAA-BBB"].length_km.value == 500
    assert set(world.alliances) == {"NATO"}
    early = world_scenario(small_panel, 1992)
    assert set(early.alliances) == {"NATO", "CSTO"}
    assert "EEE" not in early.states  # it was gone by the end of 1992
    assert "EEE" in world_scenario(small_panel, 1991).states
    assert "BBB-CCC" in world_scenario(small_panel, 1998).borders
    assert not world_scenario(small_panel, 1994, alliances=False).alliances


def test_every_number_is_tagged(small_panel: Panel) -> None:
    world = world_scenario(small_panel, 1994)
    ours = ("population", "gdp_per_capita", "capacity", "legitimacy", "hardship", "prestige", "forces", "refugees", "length_km")
    for path, quantity in quantities(world):
        if path.startswith(("states", "borders")) and path.count(".") == 2 and path.rpartition(".")[2] in ours:
            assert quantity.source or quantity.note, path


def test_a_year_without_data(small_panel: Panel) -> None:
    with pytest.raises(PanelError, match="1990 to 1999, not 2005"):
        world_scenario(small_panel, 2005)


def _round_trip(world: Scenario) -> None:
    loaded = loads(dump(world)).scenario
    assert loaded == world
    assert content_hash(resolve(loaded)) == content_hash(resolve(world))


def test_it_is_a_valid_file(small_panel: Panel) -> None:
    for year in (1990, 1994, 1999):
        _round_trip(world_scenario(small_panel, year))


def _poison(source: Path, target: Path, year: int) -> int:
    """Copy a data folder with every number of later rows made absurd; return how many rows were changed."""
    target.mkdir()
    changed = 0
    for path in source.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            when = row.get("year") or row.get("start_year")
            if when and int(float(when)) > year:
                changed += 1
                keys = ("year", "month", "iso3", "gwcode", "start_year", "end_year", "type_of_conflict", "gwno_a", "start_date")
                for name, text in row.items():
                    if name not in keys and not name.startswith(("iso3", "inactive")):
                        row[name] = _absurd(text)
        with (target / path.name).open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, rows[0].keys())
            out.writeheader()
            out.writerows(rows)
    return changed


def _absurd(text: str) -> str:
    try:
        return str(int(float(text)) * 7 + 13)
    except ValueError:
        return "99" if not text else f"not {text}"


def test_later_rows_change_nothing(small_folder: Path, tmp_path: Path) -> None:
    assert _poison(small_folder, tmp_path / "poisoned", 1994) > 20
    clean, poisoned = read_panel(small_folder), read_panel(tmp_path / "poisoned")
    assert world_scenario(clean, 1994) == world_scenario(poisoned, 1994)
    assert world_scenario(clean, 1995) != world_scenario(poisoned, 1995)


@pytest.mark.data
def test_later_rows_of_real_data_change_nothing(data: Path, tmp_path: Path) -> None:
    _poison(data, tmp_path / "poisoned", 1999)
    clean, poisoned = read_panel(data), read_panel(tmp_path / "poisoned")
    for year in (1990, 1999):
        assert content_hash(world_scenario(clean, year)) == content_hash(world_scenario(poisoned, year))


@pytest.mark.data
def test_real_worlds_are_valid_files(data: Path) -> None:
    panel = read_panel(data)
    world = world_scenario(panel, 1993)
    _round_trip(world)
    assert len(world.states) > 160
    capacity = sorted(state.capacity.value for state in world.states.values())
    third = len(capacity) // 3
    assert sum(capacity[-third:]) / third - sum(capacity[:third]) / third > 0.5  # wide enough for risks eight times apart
