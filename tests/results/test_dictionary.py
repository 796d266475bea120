"""Every name in results has a meaning and a unit, and can be asked for."""

from __future__ import annotations

import csv
from pathlib import Path

from typer.testing import CliRunner

from stability_sim.cli.main import app
from stability_sim.engine.record import OUTCOMES
from stability_sim.ensemble.run import run
from stability_sim.report.tables import OutcomeRow, StateRow, write_summary
from stability_sim.results.vocabulary import COLUMN_ENTRIES, LOG_ENTRIES, OUTCOME_ENTRIES, entries
from stability_sim.scenario import Scenario
from stability_sim.scenario.events import month_labels
from stability_sim.storage.run_folder import read_run, write_run
from stability_sim.world.vocabulary import LOG_KINDS


def test_every_outcome_column_and_row_is_in_it() -> None:
    assert tuple(entry.name for entry in OUTCOME_ENTRIES) == OUTCOMES
    assert tuple(entry.name for entry in LOG_ENTRIES) == LOG_KINDS
    known = {entry.name for entry in COLUMN_ENTRIES}
    assert set(StateRow._fields[3:]) <= known
    assert set(OutcomeRow._fields[2:]) - {"q95"} <= known
    assert all(entry.unit for entry in (*OUTCOME_ENTRIES, *COLUMN_ENTRIES))


def test_what_stands_on_the_screen_can_be_asked_for() -> None:
    for heading in ("P(onset)", "P(any)", "in conflict at end", "risk at end", "hidden cells"):
        assert entries(heading), heading
    assert not entries("wealth")


def test_the_command_tells_keys_and_results() -> None:
    def told(key: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["explain", key])
        return done.exit_code, done.output

    code, text = told("P(onset)")
    assert code == 0
    assert "share of replicates in which a conflict began" in text
    assert "unit: share, 0 to 1" in text
    assert "states.refugees" not in told("crossed")[1]
    assert "unit: persons" in told("crossed")[1]
    assert told("crossd") == (2, "no key is called 'crossd'; did you mean 'crossed'?\n")


def test_a_scenario_tells_what_its_variants_change() -> None:
    done = CliRunner().invoke(app, ["list", "nato-article-5"])
    assert done.exit_code == 0
    assert "unmarked-men\n    What if men without insignia came" in done.output


def test_tables_say_units_and_events_their_month(small: Scenario, tmp_path: Path) -> None:
    results = run(small, replicates=4)
    write_summary(results, tmp_path / "summary.csv")
    with (tmp_path / "summary.csv").open(newline="") as file:
        units = {row["measure"]: row["unit"] for row in csv.DictReader(file)}
    assert (units["crossed.mean"], units["crossed.probability"], units["risk_end"]) == ("persons", "share, 0 to 1", "probability")
    assert all(units.values())
    write_run(tmp_path, results, small, {})
    labels = month_labels(small.start, small.months)
    with (tmp_path / "events.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["date"] == labels[int(row["month"])] for row in rows)
    again = read_run(tmp_path)
    assert again.hash() == results.hash()
    assert set(again.log.columns) == set(results.log.columns)
