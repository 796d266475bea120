"""A data folder becomes a panel, or one message that names file, line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stability_sim.panel import ENVIRONMENT, Panel, PanelError, data_folder, read_panel


def _at(panel: Panel, code: str) -> int:
    return panel.state_index(code)


def test_states_and_years(small_panel: Panel) -> None:
    assert small_panel.states == ("AAA", "BBB", "CCC", "DDD", "EEE")  # no microstate
    assert small_panel.years.tolist() == list(range(1990, 2000))
    assert small_panel.exists[_at(small_panel, "EEE")].tolist() == [True] * 3 + [False] * 7


def test_incidence_is_intrastate_with_the_government_on_side_a(small_panel: Panel) -> None:
    a, b, d = (_at(small_panel, code) for code in ("AAA", "BBB", "DDD"))
    assert small_panel.incidence[a].tolist() == [False, *[True] * 5, *[False] * 4]
    assert small_panel.years[small_panel.incidence[b]].tolist() == [1995, 1997]
    assert not small_panel.incidence[d].any()  # conflict 418 is fought elsewhere, and interstate wars are none of this
    assert small_panel.deaths[a, 1:6].tolist() == [200, 300, 400, 500, 600]


def test_an_onset_needs_two_quiet_years(small_panel: Panel) -> None:
    a, b = _at(small_panel, "AAA"), _at(small_panel, "BBB")
    assert small_panel.years[small_panel.onset[a]].tolist() == [1991]  # UCDP's flags say that 1989 was quiet
    assert small_panel.years[small_panel.onset[b]].tolist() == [1995]  # 1997 follows one quiet year
    assert not small_panel.at_risk[a, 6]
    assert not small_panel.at_risk[a, 7]
    assert small_panel.at_risk[a, 8]


def test_neighbours_change_with_the_years(small_panel: Panel) -> None:
    b, c, e = (_at(small_panel, code) for code in ("BBB", "CCC", "EEE"))
    assert small_panel.neighbours[:, b, c].tolist() == [False] * 6 + [True] * 4
    assert small_panel.neighbours[:, c, e].tolist() == [True] * 3 + [False] * 7
    assert np.array_equal(small_panel.border_km, small_panel.border_km.transpose(0, 2, 1))


def test_support_counts_states_that_gave_something(small_panel: Panel) -> None:
    by_year = {rebel.year: rebel for rebel in small_panel.rebels if rebel.state == "AAA"}
    assert by_year[1994].supporters == 1
    assert by_year[1995].supporters == 0
    assert by_year[1993].start == "1991-03"


@pytest.mark.parametrize(
    ("name", "columns", "row", "expected"),
    [
        ("economy", ["iso3", "year", "gdppc_ppp"], ["AAA", 1990, 5], "economy.csv: column 'pop_k' is missing"),
        ("economy", ["iso3", "year", "gdppc_ppp", "pop_k"], ["AAA", "ninety", 5, 5], "economy.csv:2: column 'year': 'ninety' is not a whole number"),
        ("economy", ["iso3", "year", "gdppc_ppp", "pop_k"], ["A\x1b", 1990, 5, 5], "economy.csv:2: column 'iso3': 'A\\x1b' is not text without"),
        ("economy", ["iso3", "year", "gdppc_ppp", "pop_k"], ["AAA", 1990, "inf", 5], "economy.csv:2: column 'gdppc_ppp': 'inf' is not a number"),
        ("economy", ["iso3", "year", "gdppc_ppp", "pop_k"], ["AAA", 1990, 5], "economy.csv:2: 3 fields, but the header has 4"),
        ("ucdp_acd_v241", ["conflict_id", "side_b", "year", "type_of_conflict", "start_date", "gwno_a"], [1, "x", 1990, 3, "spring", 101], "'spring' is not a date"),
    ],
)  # fmt: skip
def test_what_is_ill_formed_is_named(
    small_folder: Path, writer: Callable[..., Path], name: str, columns: list[str], row: list[object], expected: str
) -> None:
    writer(small_folder, name, columns, [row])
    with pytest.raises(PanelError) as error:
        read_panel(small_folder)
    assert expected in str(error.value)


def test_a_missing_file_is_named(small_folder: Path) -> None:
    (small_folder / "refugees.csv").unlink()
    with pytest.raises(FileNotFoundError) as error:
        read_panel(small_folder)
    assert str(error.value.filename).endswith("refugees.csv")


def test_binary_is_no_csv(small_folder: Path) -> None:
    (small_folder / "economy.csv").write_bytes(b"iso3,year,gdppc_ppp,pop_k\n\xff\xfe,1,1,1\n")
    with pytest.raises(PanelError, match=r"economy\.csv.*UTF-8"):
        read_panel(small_folder)


def test_the_folder_is_named_by_option_or_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    with pytest.raises(PanelError, match=ENVIRONMENT):
        data_folder(None)
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    assert data_folder(None) == tmp_path
    with pytest.raises(FileNotFoundError):
        data_folder(tmp_path / "nowhere")


@pytest.mark.data
def test_real_data_agree_with_ucdp(data: Path) -> None:
    panel = read_panel(data)
    assert len(panel.states) > 150
    rate = panel.onset.sum() / panel.at_risk.sum()
    assert 0.02 < rate < 0.035  # about one onset in forty country-years
    assert panel.incidence.sum() > 500
    assert (panel.deaths[panel.incidence] >= 25).all()
