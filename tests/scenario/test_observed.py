"""What happened, in a scenario file: stored with it, explained, and without effect on what runs."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from stability_sim.ensemble.run import run
from stability_sim.scenario import Scenario, apply_settings, apply_variant, explain, json_schema, load, loads, quantities
from stability_sim.scenario.document import plain
from stability_sim.scenario.observed import MEASURES, parse_measure, usage
from stability_sim.storage.run_folder import read_run, write_run

FILE = """
scenario: small
question: Does it spread?
start: 2020-01
months: 24
map: {projection: network}
states: {A: {in_conflict: true}, B: {}}
borders: {A-B: {}}
alliances: {P: {members: [A, B]}}
observed:
  - {what: It spread, measure: onset(B), within: 12, value: 1, source: A paper}
  - {what: Many died, measure: deaths(), within: 24, range: [100, 900], source: A paper}
  - {what: Nobody attacked, measure: attacks_on(P), within: 24, value: 0, source: A paper}
variants:
  alone: {remove: [alliances.P]}
"""


@pytest.fixture(scope="module")
def told() -> Scenario:
    return loads(FILE).scenario


def test_it_changes_nothing_of_what_runs(told: Scenario) -> None:
    silent = told.model_copy(update={"observed": []})
    assert run(told, replicates=20).hash() == run(silent, replicates=20).hash()
    assert quantities(told) == quantities(silent)


def test_it_is_stored_with_the_run(told: Scenario, tmp_path: Path) -> None:
    results = run(told, replicates=3)
    write_run(tmp_path, results, told, {})
    assert load(tmp_path / "scenario.yaml").scenario.observed == told.observed
    assert read_run(tmp_path).attributes["observed"] == results.attributes["observed"]


def test_another_length_drops_what_it_does_not_reach(told: Scenario) -> None:
    kept = [one.measure for one in apply_settings(told, ["months=18"]).observed]
    assert kept == ["onset(B)"]
    assert [one.measure for one in apply_settings(told, ["seed=3"]).observed] == [one.measure for one in told.observed]


def test_what_is_removed_takes_its_observations_along(told: Scenario) -> None:
    assert [one.measure for one in apply_variant(told, "alone").observed] == ["onset(B)", "deaths()"]


def test_the_json_schema_knows_it(told: Scenario) -> None:
    schema = json_schema()
    jsonschema.validate(plain(told), schema)
    wrong = plain(told)
    wrong["observed"][0]["valeu"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_explain_lists_every_measure() -> None:
    (found,) = explain("observed.measure")
    for name in MEASURES:
        assert usage(name) in found.meaning
    assert explain("observed.within")[0].unit == "months"


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_read_as_it_is_written(name: str) -> None:
    words = [f"X{k}" for k in range(len(MEASURES[name].arguments))]
    assert parse_measure(f" {name} ({' , '.join(words)}) ") == (name, tuple(words))
