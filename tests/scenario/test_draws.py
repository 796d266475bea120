"""Draws from a posterior: whole rows, by weight, keyed by their number; and what is wrong with a sample."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stability_sim.scenario import InvalidScenario, load, variant_scenarios
from stability_sim.scenario.posterior import Draws

NAMES = ["onset_per_year", "troops_worth"]
ROWS = [[0.006, 2.5], [0.007, 3.0], [0.008, 3.5]]
WEIGHTS = [0.2, 0.5, 0.3]
FILE = """scenario: s
question: q
start: 2020-01
states: {A: {}}
map: {projection: network}
parameters: {posterior: p.json%s}
variants:
  slower: {set: {parameters.troops_worth: 4.0}}
"""


def _content(**samples: object) -> dict[str, object]:
    told = {"parameters": NAMES, "values": ROWS, "weights": WEIGHTS} | samples
    parameters = {
        "onset_per_year": {"mean": 0.007, "low": 0.006, "high": 0.008},
        "troops_worth": {"mean": 3, "low": 2.5, "high": 3.5},
    }
    return {"kind": "posterior", "about": "a test", "parameters": parameters, "samples": told}


def _loaded(folder: Path, content: dict[str, object], more: str = "", **options: object) -> object:
    (folder / "p.json").write_text(json.dumps(content))
    (folder / "s.yaml").write_text(FILE % more)
    return load(folder / "s.yaml", **options)  # type: ignore[arg-type]


def _draws(folder: Path) -> Draws:
    draws = _loaded(folder, _content()).draws  # type: ignore[attr-defined]
    assert isinstance(draws, Draws)
    return draws


def test_a_draw_is_a_whole_row_and_comes_as_often_as_its_weight_says(tmp_path: Path) -> None:
    draws, n = _draws(tmp_path), 4000
    drawn = [tuple(draws.draw(k, 7).values()) for k in range(n)]
    for row, weight in zip(ROWS, WEIGHTS, strict=True):
        error = (weight * (1 - weight) / n) ** 0.5
        assert drawn.count(tuple(row)) / n == pytest.approx(weight, abs=5 * error)
    assert set(drawn) == {tuple(row) for row in ROWS}


def test_a_draw_is_keyed_by_its_number_and_the_seed(tmp_path: Path) -> None:
    draws = _draws(tmp_path)
    few = [draws.draw(k, 7) for k in range(40)]
    assert [draws.draw(k, 7) for k in reversed(range(40))][::-1] == few
    assert [draws.draw(k, 8) for k in range(40)] != few


def test_what_somebody_sets_is_not_drawn(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, _content())
    draws = loaded.draws  # type: ignore[attr-defined]
    assert draws.fitted(variant_scenarios(loaded).parameters) == NAMES  # type: ignore[arg-type]
    assert draws.fitted(variant_scenarios(loaded, variant="slower").parameters) == ["onset_per_year"]  # type: ignore[arg-type]
    set_by_hand = _loaded(tmp_path, _content(), overrides=["parameters.onset_per_year=0.0075"])
    assert draws.fitted(variant_scenarios(set_by_hand).parameters) == ["troops_worth"]  # type: ignore[arg-type]
    beside = _loaded(tmp_path, _content(), ", troops_worth: 4.0")
    assert beside.draws.fitted(variant_scenarios(beside).parameters) == ["onset_per_year"]  # type: ignore[attr-defined, arg-type]


def test_a_file_in_place_of_the_one_that_the_scenario_names(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps(_content(values=[[0.0065, 2.0]], weights=[1])))
    loaded = _loaded(tmp_path, _content(), posterior=other)
    assert loaded.draws.path == other  # type: ignore[attr-defined]
    assert loaded.draws.draw(0, 1) == {"onset_per_year": 0.0065, "troops_worth": 2.0}  # type: ignore[attr-defined]
    assert loaded.scenario.parameters["troops_worth"].basis == "fitted"  # type: ignore[attr-defined]


def test_a_posterior_without_a_sample_gives_means_alone(tmp_path: Path) -> None:
    content = _content()
    del content["samples"]
    loaded = _loaded(tmp_path, content)
    assert loaded.draws is None  # type: ignore[attr-defined]
    assert loaded.scenario.parameters["troops_worth"].value == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ({"values": 3}, "need parameters, values and weights"),
        ({"weights": [1]}, "a weight for each row"),
        ({"values": [[0.006, 2.5], [0.007], [0.008, 3.5]]}, "row 1 of the samples is not 2 numbers"),
        ({"values": [[0.006, 2.5], [0.007, None], [0.008, 3.5]]}, "row 1 of the samples is not 2 numbers"),
        ({"weights": [0, 0, 0]}, "one of them above it"),
        ({"weights": [1, -1, 1]}, "numbers from 0 on"),
        ({"parameters": ["onset_per_year", "nonsense"]}, "no parameter is called 'nonsense'"),
        ({"values": [[0.006, 2.5], [0.007, 3.0], [0.5, 3.5]]}, "0.5 is outside the documented range of onset_per_year"),
    ],
)
def test_a_sample_that_is_none_is_refused(tmp_path: Path, samples: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidScenario, match=message):
        _loaded(tmp_path, _content(**samples))
