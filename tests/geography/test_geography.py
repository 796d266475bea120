"""Neighbours, lengths and distances of real states; projections; layouts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import stability_sim.geography
from stability_sim.geography import network_layout, projected, world
from stability_sim.geography.atlas import great_circle_km, inside
from stability_sim.geography.projections import lambert

ATLAS = world()
CENTRAL_ASIA = ["AFG", "TJK", "UZB", "TKM", "KGZ", "KAZ", "IRN", "PAK", "CHN", "RUS"]


def test_neighbours_of_afghanistan() -> None:
    found = ATLAS.neighbours(list(ATLAS.codes))
    beside = {b if a == "AFG" else a for a, b in found if "AFG" in (a, b)}
    assert beside == {"CHN", "IRN", "PAK", "TJK", "TKM", "UZB"}
    assert 900 < found["AFG", "TJK"] < 1500  # 1,357 km by the CIA, which measures finer
    assert ("KGZ", "UZB") in found
    assert all(a < b for a, b in found)


def test_islands_have_no_neighbours() -> None:
    found = ATLAS.neighbours(list(ATLAS.codes))
    assert not any("ISL" in pair or "JPN" in pair or "NZL" in pair for pair in found)


def test_codes_and_names() -> None:
    assert all(len(code) == 3 for code in ATLAS.codes)
    assert ATLAS.name("COD") == "DR Congo"
    assert "ZZZ" not in ATLAS


def test_distance_is_symmetric_and_right() -> None:
    assert ATLAS.distance_km("AFG", "TJK") == pytest.approx(ATLAS.distance_km("TJK", "AFG"))
    assert 500 < ATLAS.distance_km("AFG", "TJK") < 800
    assert ATLAS.distance_km("FRA", "DEU") < 900  # of the mainlands, not of Guiana


def test_labels_lie_inside() -> None:
    for code in CENTRAL_ASIA:
        polygon = ATLAS.polygons(code)[0]
        assert inside(np.array([ATLAS.label_point(code)]), polygon)[0], code


def test_an_outline_has_no_inner_borders() -> None:
    csto = ["RUS", "KAZ", "KGZ", "TJK"]
    outline = {line.tobytes() for line in ATLAS.outline(csto)}
    for line in ATLAS.boundary_between("KAZ", "KGZ"):
        assert line.tobytes() not in outline
    assert any(line.tobytes() in outline for line in ATLAS.boundary_between("AFG", "TJK"))


def test_the_projection_keeps_distances_of_the_region() -> None:
    places = np.array([ATLAS.centre(code) for code in ("AFG", "TJK", "UZB", "TKM", "KGZ", "PAK")])
    flat = lambert(66.0, 38.0)(places)
    for i in range(len(places)):
        for j in range(i):
            real = float(great_circle_km(places[i : i + 1], places[j : j + 1])[0])
            assert np.hypot(*(flat[i] - flat[j])) == pytest.approx(real, rel=0.03)


@pytest.mark.parametrize("codes", [CENTRAL_ASIA, ["MLI", "NER", "BFA"], ["FJI"], ["RUS", "USA"], ["SRB", "HRV", "BIH"]])
def test_frames_hold_what_they_should(codes: list[str]) -> None:
    drawn = projected(ATLAS, codes, codes[:5])
    x0, x1, y0, y1 = drawn.extent
    assert 0.8 < (x1 - x0) / (y1 - y0) < 1.7
    for code in codes[:5]:
        assert drawn.label(code) is not None
    for code in codes:
        for polygon in drawn.shapes(code):
            for ring in polygon:
                assert np.isfinite(ring).all()


def test_the_world_has_no_streaks() -> None:
    drawn = projected(ATLAS, ["RUS", "FJI", "USA", "NZL"], [], "equal-earth")
    for code in drawn.codes:
        for polygon in drawn.shapes(code):
            steps = np.abs(np.diff(polygon[0], axis=0)).max(initial=0)
            assert steps < 5000


def test_layouts() -> None:
    edges = [("A", "B"), ("B", "C")]
    layout = network_layout(["A", "B", "C", "D"], edges)
    assert layout == network_layout(["A", "B", "C", "D"], edges)
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in layout.values())
    assert len(set(layout.values())) == 4
    assert network_layout(["A"], []) == {"A": (0.5, 0.5)}
    assert network_layout([], []) == {}


@pytest.mark.skipif("STABILITY_SIM_WORLD_ATLAS" not in os.environ, reason="needs world/50m.json of the npm package")
def test_the_build_script_gives_the_committed_map(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "scripts" / "build_geography.py"
    subprocess.run([sys.executable, script, os.environ["STABILITY_SIM_WORLD_ATLAS"], "--to", tmp_path], check=True)
    shipped = Path(stability_sim.geography.__file__).parent / "data" / "world-50m.json"
    assert (tmp_path / "world-50m.json").read_bytes() == shipped.read_bytes()
