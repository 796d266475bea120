"""CSV files hold no formulas, and come back as they were."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import SMALL
from stability_sim.ensemble.run import run
from stability_sim.report.observed_card import write_card
from stability_sim.scenario import loads
from stability_sim.storage.csv_files import Writer, bare_table, guarded, read_records, read_rows
from stability_sim.storage.run_folder import write_table

DANGER = ("=", "+", "-", "@", "\t", "\r", "\n")
CELLS = st.text(st.sampled_from("=+-@'\t\r\n 1e.,\"x"), max_size=8) | st.text(max_size=8)


def _written(rows: list[list[str]]) -> str:
    stream = io.StringIO(newline="")
    Writer(stream).writerows(rows)
    return stream.getvalue()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4))
@example([["=1+1", "'=1+1"], ["''", "-"], ["-1", "'-1"], ["-inf", "+x"]])
def test_cells_come_back_and_none_is_a_formula(rows: list[list[str]]) -> None:
    text = _written(rows)
    assert list(read_rows(io.StringIO(text, newline=""))) == rows
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            if cell.startswith(DANGER):
                float(cell)  # a number, which is no formula


def test_numbers_stay_numbers() -> None:
    for cell in ("-1", "+2.5", "-1e-7", "-inf", ".5", -3, -0.5, None):
        assert guarded(cell) == cell
    assert guarded("-1+1") == "'-1+1"
    assert guarded("-1 ") == "'-1 "


def test_records() -> None:
    assert list(read_records(io.StringIO("a,b\n1,'=x\n", newline=""))) == [{"a": "1", "b": "=x"}]


def test_tables_of_pandas(tmp_path: Path) -> None:
    table = pd.DataFrame({"=name": ["@x", "y", "'+z"], "number": [-1.5, 2.0, -3.0]})
    write_table(table, tmp_path / "t.csv")
    assert not [line for line in (tmp_path / "t.csv").read_text().splitlines() if line.startswith(DANGER)]
    pd.testing.assert_frame_equal(bare_table(pd.read_csv(tmp_path / "t.csv")), table)


def test_tables_of_pandas_keep_a_carriage_return_in_its_cell(tmp_path: Path) -> None:
    words = ["a\rb", "\r=1", "a\nb", "plain"]
    write_table(pd.DataFrame({"name": words, "number": [0.1, float("nan"), -2.0, 1e12]}), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        found = list(read_records(file))
    assert [row["name"] for row in found] == words
    assert [row["number"] for row in found] == ["0.1", "", "-2", "1e+12"]


@pytest.mark.parametrize("words", ['=HYPERLINK("http://x.example")', "@SUM(1)", "+1+1", "-cmd"])
def test_words_of_a_scenario_file_do_not_become_formulas(words: str, tmp_path: Path) -> None:
    observed = [{"what": words, "measure": "onset(B)", "within": 12, "value": 1, "source": words}]
    scenario = loads(json.dumps(SMALL | {"observed": observed})).scenario
    write_card(run(scenario, replicates=3), tmp_path)
    text = (tmp_path / "card.csv").read_text(encoding="utf-8")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert f"'{words}" in cells
    assert words not in cells
