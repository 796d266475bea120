"""A scenario takes its parameters from a posterior file, or says what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from stability_sim.scenario import InvalidScenario, dump, explain, json_schema, load, loads, variant_scenarios

GOOD = {"mean": 0.007, "low": 0.006, "high": 0.008}
TEXT = (
    "scenario: s\nquestion: q\nstart: 2020-01\nstates: {A: {}}\nmap: {projection: network}\nparameters: {posterior: p.json%s}\n"
)


def _written(folder: Path, content: object, more: str = "") -> Path:
    (folder / "p.json").write_text(content if isinstance(content, str) else json.dumps(content))
    path = folder / "s.yaml"
    path.write_text(TEXT % more)
    return path


def _posterior(**parameters: object) -> dict[str, object]:
    return {"kind": "posterior", "about": "a test", "parameters": parameters}


def test_means_become_values_and_intervals_ranges_and_the_file_has_the_last_word(tmp_path: Path) -> None:
    ending = {"mean": 2.5, "low": 2.1, "high": 3.0}
    path = _written(tmp_path, _posterior(onset_per_year=GOOD, troops_worth=ending), ", troops_worth: 4.0")
    loaded = load(path, overrides=["parameters.onset_per_year=0.0075"])
    onset = loaded.scenario.parameters["onset_per_year"]
    assert (onset.value, onset.range, onset.basis) == (0.007, (0.006, 0.008), "fitted")
    assert "p.json" in str(onset.source)
    assert loaded.scenario.parameters["troops_worth"].value == 4.0
    assert variant_scenarios(loaded).parameters["onset_per_year"].value == 0.0075
    assert loads(dump(loaded.scenario)).scenario == loaded.scenario  # what ran needs no posterior file any more


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON as calibrate writes it"),
        ([1], "is not a posterior"),
        ({"kind": "posterior"}, "is not a posterior"),
        (_posterior(wrong=GOOD), "no parameter is called 'wrong'"),
        (_posterior(onset_per_year={"mean": 0.007}), "needs the numbers mean, low and high"),
        (_posterior(onset_per_year=3), "needs the numbers mean, low and high"),
        (_posterior(onset_per_year={"mean": 0.5, "low": 0.1, "high": 0.9}), "within the documented range of onset_per_year"),
        (_posterior(onset_per_year={"mean": 0.0055, "low": 0.006, "high": 0.008}), "are not in order"),
    ],
)
def test_what_is_wrong_is_said_where_the_file_is_named(tmp_path: Path, content: object, message: str) -> None:
    with pytest.raises(InvalidScenario) as caught:
        load(_written(tmp_path, content))
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.line == 6


def test_no_such_file_and_no_name(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(TEXT % "")
    with pytest.raises(InvalidScenario, match="there is no such file"):
        load(path)
    path.write_text((TEXT % "").replace("p.json", "3"))
    with pytest.raises(InvalidScenario, match="the name of a file is needed here"):
        load(path)


def test_editors_and_explain_know_the_key() -> None:
    schema = json_schema()
    jsonschema.validate({"posterior": "p.json"}, {**schema["properties"]["parameters"], "$defs": schema["$defs"]})
    assert "calibrate" in explain("posterior")[0].meaning
