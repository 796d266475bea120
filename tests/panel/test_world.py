"""A world of a year: built from nothing that was known later, and a valid scenario file."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import pytest

from stability_sim.panel import Panel, PanelError, read_panel, world_scenario
from stability_sim.panel.panel import Rebel
from stability_sim.panel.past import Pair, pairs
from stability_sim.panel.transforms import STRONG_GOVERNMENT
from stability_sim.scenario import Scenario, content_hash, dump, loads, quantities, resolve


def _usual(*deaths: float) -> float:
    """Return the usual deaths of the last active years of a conflict: of their mean log, 15 % are taken back to a typical war."""
    return math.exp(0.85 * sum(math.log(d) for d in deaths) / len(deaths) + 0.15 * 5.3)


def test_conflict_of_the_year(small_panel: Panel) -> None:
    world = world_scenario(small_panel, 1994)
    assert world.start == "1995-01"
    assert list(world.states) == ["AAA", "BBB", "CCC", "DDD"]
    assert not any(state.in_conflict for state in world.states.values()), "conflicts stand by themselves"
    (conflict,) = world.conflicts
    name = "aaa-front-army"
    assert (conflict.state, conflict.group, conflict.fought) == ("AAA", name, True)
    assert conflict.deaths_per_year.value == 500
    assert conflict.age.value == 46  # from March 1991 to December 1994
    assert conflict.since.value == 0
    assert conflict.usual_deaths is not None
    assert conflict.usual_deaths.value == pytest.approx(_usual(200, 300, 400, 500), rel=1e-3)
    assert list(world.groups) == [name]
    assert world.groups[name].external_support.value == 1
    assert set(world.groups[name].kin) == {"BBB", "CCC"}
    assert world_scenario(small_panel, 1993).groups[name].external_support.value == 0  # nobody yet


def test_its_rebels_have_the_strength_of_their_kind(small_panel: Panel) -> None:
    """Relative to what the government can send: rebels of old wars are weaker, those of deadly wars stronger."""
    world = world_scenario(small_panel, 1994)
    alpha, (conflict,) = world.states["AAA"], world.conflicts
    government = alpha.forces.value * math.exp(STRONG_GOVERNMENT * (alpha.capacity.value - 0.5)) * alpha.legitimacy.value**2
    relative = math.exp(-2.05) * (1 + conflict.age.value / 12) ** -0.15 * (conflict.deaths_per_year.value / 165) ** 0.35
    rebels = world.groups["aaa-front-army"].fighters["AAA"].value
    assert rebels == pytest.approx(1000 * government * relative / 0.75, rel=1e-2)


def test_a_conflict_that_went_quiet_is_over(small_panel: Panel) -> None:
    """Without a battle death in the last quarter of the year; rebels without a name may begin it again."""
    world = world_scenario(small_panel, 1997)  # the last battle death of BBB was in April
    assert not world.groups
    assert all(not c.fought and c.group is None and c.ended is None for c in world.conflicts)
    alpha, beta = world.conflicts
    assert (beta.state, beta.since.value, beta.age.value, beta.deaths_per_year.value) == ("BBB", 8, 2 * 12, 40)
    assert beta.usual_deaths is not None
    assert beta.usual_deaths.value == pytest.approx(_usual(30, 40), rel=1e-3)
    assert (alpha.state, alpha.since.value, alpha.age.value, alpha.deaths_per_year.value) == ("AAA", 24 + 3, 5 * 12, 600)


def test_the_last_quarter_decides_and_a_death_in_it_is_enough(small_panel: Panel) -> None:
    i, t = small_panel.state_index("BBB"), small_panel.year_index(1997)
    for month, fought in ((8, False), (9, True)):  # September, October
        monthly = small_panel.monthly_deaths.copy()
        monthly[i, 12 * t + month] = 1
        (pair,) = pairs(replace(small_panel, monthly_deaths=monthly), i, t)
        assert (pair.fought, pair.since) == (fought, 0 if fought else 11 - month)


def test_deaths_go_on_at_the_pace_of_the_last_half_year(small_panel: Panel) -> None:
    i, t = small_panel.state_index("AAA"), small_panel.year_index(1994)
    monthly = small_panel.monthly_deaths.copy()
    monthly[i, 12 * t : 12 * (t + 1)] = [27] + 10 * [0] + [9]  # a quarter of them in the last half
    (pair,) = pairs(replace(small_panel, monthly_deaths=monthly), i, t)
    assert pair.deaths == pytest.approx(500 * (2 * 0.25) ** 0.6)


def _with(panel: Panel, *rows: tuple[int, int, float]) -> Panel:
    """Return a panel with more years of conflicts of CCC: year, UCDP id, deaths."""
    return replace(panel, rebels=panel.rebels + tuple(Rebel("CCC", y, k, "Rebels", d, f"{y}-05", 0) for y, k, d in rows))


def test_conflicts_of_a_state_stand_by_their_number(small_panel: Panel) -> None:
    more = _with(small_panel, (1980, 50, 100), (1982, 50, 300), (1981, 40, 25))
    assert pairs(more, more.state_index("CCC"), more.year_index(1994)) == [
        Pair(40, False, 25, pytest.approx(_usual(25)), 12, 12 * 13 + 3),
        Pair(50, False, 300, pytest.approx(_usual(100, 300)), 24, 12 * 12 + 3),
    ]


def test_usual_deaths_are_those_of_the_last_five_active_years(small_panel: Panel) -> None:
    more = _with(small_panel, *((year, 50, 1000.0 if year < 1975 else 40.0) for year in range(1972, 1980)))
    (pair,) = pairs(more, more.state_index("CCC"), more.year_index(1994))
    assert pair.usual == pytest.approx(_usual(40))
    assert pair.age == 8 * 12


def test_what_is_25_years_past_is_forgotten(small_panel: Panel) -> None:
    more = _with(small_panel, (1970, 50, 100))
    i = more.state_index("CCC")
    (pair,) = pairs(more, i, more.year_index(1994))
    assert pair.since == 12 * 24 + 3
    assert pairs(more, i, more.year_index(1995)) == []


def test_nothing_is_known_of_the_future(small_panel: Panel) -> None:
    i, t = small_panel.state_index("BBB"), small_panel.year_index(1994)
    assert pairs(small_panel, i, t) == []  # its conflicts are those of 1995 and 1997
    earlier = replace(small_panel, rebels=tuple(r for r in small_panel.rebels if r.year <= 1995))
    assert pairs(small_panel, i, t + 1) == pairs(earlier, i, t + 1) != []


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
        return "9" if not text else f"not {text}"  # no more: a state cannot be governed perfectly


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
