"""A scenario brings its own map, or hears what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError
from typer.testing import CliRunner

from stability_sim.cli.main import app
from stability_sim.ensemble.run import run
from stability_sim.geography import OWN_DISCLAIMER, atlas_for
from stability_sim.geography.atlas import length_km
from stability_sim.report.figures import draw_all
from stability_sim.report.page.bundle import Run, build
from stability_sim.report.page.html import html_page
from stability_sim.scenario import (
    InvalidScenario,
    Scenario,
    content_hash,
    dump,
    explain,
    json_schema,
    load,
    loads,
    resolve,
    variant_scenarios,
)

LAGOON = Path(__file__).with_name("lagoon.yaml")
LAND = {"ALD-BEC", "ALD-CAR", "ALD-DUN", "CAR-DUN"}
SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]]
TEXT = "scenario: s\nquestion: q\nstart: 2020-01\nstates: {A: {}}\nmap:\n  geojson: %s\n"


@pytest.fixture(scope="module")
def lagoon() -> Scenario:
    """The fictional states, resolved."""
    return variant_scenarios(load(LAGOON))


def test_neighbours_lengths_and_names_come_from_the_file(lagoon: Scenario) -> None:
    assert set(lagoon.borders) == LAND, "BEC lies in the hole of ALD, EYE is an island"
    assert lagoon.borders["ALD-DUN"].guard.value == 0.7  # type: ignore[union-attr]
    told = lagoon.borders["ALD-CAR"].length_km
    assert told is not None
    assert told.value == pytest.approx(length_km(np.array([[23.0, 40.0], [23.2, 41.0]])), abs=0.06)
    assert told.source == "the map of the scenario"
    assert {code: state.name for code, state in lagoon.states.items()} == {
        "ALD": "Alderland", "BEC": "Beck", "CAR": "Carrow", "DUN": "The Dun", "EYE": "EYE",
    }  # fmt: skip
    assert 200 < lagoon.corridors["DUN-EYE"].distance_km.value < 400  # type: ignore[union-attr]


def test_what_runs_needs_the_file_no_more(lagoon: Scenario) -> None:
    for scenario in (load(LAGOON).scenario, lagoon):
        again = loads(dump(scenario)).scenario
        assert again == scenario
        assert content_hash(again) == content_hash(scenario)
    assert "geojson" not in dump(lagoon)
    assert resolve(lagoon) == lagoon
    assert run(loads(dump(lagoon)).scenario, replicates=4).hash() == run(lagoon, replicates=4).hash()


def test_a_scenario_without_a_map_of_its_own_says_nothing_of_it(central_asia: Scenario) -> None:
    assert "shapes" not in dump(central_asia)
    assert "geojson" not in dump(central_asia)
    assert "shapes" not in run(central_asia, replicates=2).attributes["map"]


def test_figures_show_the_shapes(lagoon: Scenario, tmp_path: Path) -> None:
    results = run(lagoon, replicates=20)
    for path in draw_all(results, tmp_path, ["map", "months"], ["png", "svg"], None):
        if path.suffix == ".png":
            with Image.open(path) as image:
                assert np.asarray(image.convert("RGB")).std() > 5
    assert len(list(tmp_path.glob("*.png"))) == 2


@pytest.mark.parametrize("projection", ["lambert", "equal-earth"])
def test_the_page_shows_the_shapes(lagoon: Scenario, projection: str) -> None:
    scenario = lagoon.model_copy(update={"map": lagoon.map.model_copy(update={"projection": projection})})
    bundle = build([Run(run(scenario, replicates=20), scenario, {})])
    drawn = bundle["map"]
    assert (drawn["kind"], drawn["disclaimer"]) == ("map", OWN_DISCLAIMER)
    assert set(drawn["labels"]) == set(lagoon.states)
    used: dict[int, list[str]] = {}
    for shape in drawn["topology"]["objects"]["states"]["geometries"]:
        for k in (k for polygon in shape["arcs"] for ring in polygon for k in ring):
            used.setdefault(k if k >= 0 else ~k, []).append(shape["id"])
    if projection == "lambert":
        assert {"-".join(sorted(codes)) for codes in used.values() if len(codes) == 2} == LAND
        assert [one["id"] for one in drawn["topology"]["objects"]["others"]["geometries"]] == ["feature-6"]
    page = html_page(bundle)
    assert OWN_DISCLAIMER in page
    assert "Natural Earth" not in page


def test_a_run_is_stored_replayed_and_reported(tmp_path: Path) -> None:
    cli, out = CliRunner(), tmp_path / "out"
    assert cli.invoke(app, ["run", str(LAGOON), "--output", str(out), "--replicates", "6", "--no-figures"]).exit_code == 0
    (folder,) = {path.parent for path in out.rglob("scenario.yaml")}
    assert cli.invoke(app, ["run", "--replay", str(folder)]).exit_code == 0
    assert cli.invoke(app, ["report", str(folder), "--output", str(tmp_path / "page.html")]).exit_code == 0
    assert OWN_DISCLAIMER in (tmp_path / "page.html").read_text(encoding="utf-8")


def _collection(*shapes: Any) -> dict[str, Any]:
    features = [{"type": "Feature", "id": "A", "properties": None, "geometry": shape} for shape in shapes]
    return {"type": "FeatureCollection", "features": features}


def _polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "my.geojson is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ([1], "is not GeoJSON with a FeatureCollection"),
        (_collection(), "has no features"),
        (
            _collection({"type": "Point", "coordinates": [0, 0]}),
            "feature 1 (A): a geometry is Polygon or MultiPolygon, not 'Point'",
        ),
        (_collection(None), "not none"),
        (_collection(_polygon()), "a polygon is a list of rings"),
        (_collection(_polygon([[0, 0], [1, 1], [0, 0]])), "a ring is too short"),
        (_collection(_polygon([[0, 0], [1, 1], [2, 2], [0, 0]])), "encloses nothing"),
        (_collection(_polygon([[0, 0], [1, float("nan")], [1, 1]])), "not a finite number"),
        (_collection(_polygon([[0, 0], [1, 91], [1, 1]])), "1, 91 is not a place"),
        (_collection(_polygon([[0, 0], ["1", 9], [1, 1]])), "both numbers"),
        (_collection(_polygon([[0, 0], 7, [1, 1]])), "a position is a longitude and a latitude"),
        (
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "id": "A",
                        "properties": {"name": "a\u202eb"},
                        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
                    }
                ],
            },
            "my.geojson, feature 1 (A): U+202E, a character that turns the direction of text",
        ),
    ],
)
def test_what_is_wrong_is_said_where_the_file_is_named(tmp_path: Path, content: object, message: str) -> None:
    raw = content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode()
    (tmp_path / "my.geojson").write_bytes(raw)
    (tmp_path / "s.yaml").write_text(TEXT % "my.geojson")
    with pytest.raises(InvalidScenario) as caught:
        load(tmp_path / "s.yaml")
    (problem,) = caught.value.problems
    assert message in problem.message
    assert (problem.line, problem.column) == (6, 12)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.geojson", "there is no such file"), ("/etc/passwd", "no absolute path"), ("../up.geojson", "and no '..'"),
        ("C:\\map.geojson", "no absolute path"), ("3", "the name of a file is needed here"), (".", "is not a file"),
        ('"a\\0b"', "U+0000, a control character"), ("huge.geojson", "is larger than 5 MB"),
    ],
)  # fmt: skip
def test_names_that_lead_nowhere(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "huge.geojson").write_bytes(b" " * 5_000_001)
    path = tmp_path / "s.yaml"
    path.write_text(TEXT % name)
    with pytest.raises(InvalidScenario) as caught:
        load(path)
    assert [message in problem.message for problem in caught.value.problems] == [True]
    found = CliRunner().invoke(app, ["validate", str(path)])
    assert found.exit_code == 2
    assert "Traceback" not in found.output


def test_a_state_that_no_feature_draws_is_not_on_the_map(tmp_path: Path) -> None:
    (tmp_path / "my.geojson").write_text(json.dumps(_collection(_polygon(SQUARE))))
    (tmp_path / "s.yaml").write_text((TEXT % "my.geojson").replace("{A: {}}", "{A: {}, KAZ: {}}"))
    with pytest.raises(InvalidScenario, match=r"'KAZ' is not on the map: use the id or properties\.code of a feature"):
        load(tmp_path / "s.yaml")
    (tmp_path / "s.yaml").write_text((TEXT % "my.geojson").replace("{A: {}}", "{A: {}, KAZ: {}}") + "  neighbours: listed\n")
    assert set(variant_scenarios(load(tmp_path / "s.yaml")).states) == {"A", "KAZ"}


def test_the_map_is_read_at_loading_and_not_later() -> None:
    with pytest.raises(InvalidScenario, match="cannot be set afterwards"):
        load(LAGOON, overrides=["map.geojson=lagoon.geojson"])
    with pytest.raises(ValidationError, match="cannot be set afterwards"):
        Scenario.model_validate(
            {"scenario": "s", "question": "q", "start": "2020-01", "states": {"A": {}}, "map": {"geojson": "a.geojson"}}
        )


@pytest.mark.parametrize("shape", ["POINT (1 2)", "MULTIPOLYGON ((1 2, 3 4, 5 7))", "MULTIPOLYGON (((0 0, x 1, 1 1)))", "", 3])
def test_shapes_that_are_none(lagoon: Scenario, shape: object) -> None:
    text = dump(lagoon)
    start, end = text.index("shapes:"), text.index("\nstates:")
    with pytest.raises(InvalidScenario) as caught:
        loads(text[:start] + f"shapes: {{ALD: {json.dumps(shape)}}}" + text[end:])
    assert any(word in caught.value.problems[0].message for word in ("MULTIPOLYGON", "number", "text"))


def test_editors_and_explain_know_the_key() -> None:
    jsonschema.validate(
        {"scenario": "s", "question": "q", "start": "2020-01", "states": {"A": {}}, "map": {"geojson": "a.geojson"}},
        json_schema(),
    )
    assert "GeoJSON" in explain("map.geojson")[0].meaning


def test_an_atlas_is_made_once(lagoon: Scenario) -> None:
    assert atlas_for(lagoon.map.shapes) is atlas_for(dict(lagoon.map.shapes or {}))
