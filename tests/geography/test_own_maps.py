"""Shapes that somebody drew become states that share their borders."""

from __future__ import annotations

import numpy as np
import pytest

from stability_sim.geography import BadShape, atlas_from_shapes, checked, from_wkt, projected, to_wkt, world
from stability_sim.geography.atlas import length_km
from stability_sim.geography.topology import topology


def _square(x: float, y: float, size: float = 1.0) -> list[list[float]]:
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def test_neighbours_share_one_arc_whichever_way_they_go() -> None:
    atlas = atlas_from_shapes({"A": [[_square(0, 0)]], "B": [[_square(1, 0)[::-1]]], "C": [[_square(2, 1)]]}, {"A": "Aland"})
    assert list(atlas.neighbours(["A", "B", "C"])) == [("A", "B")], "B and C touch in a point"
    assert atlas.neighbours(["A", "B"])["A", "B"] == pytest.approx(length_km(np.array([[1.0, 0.0], [1.0, 1.0]])))
    assert (atlas.name("A"), atlas.name("B")) == ("Aland", "B")
    for code, ring in (("A", _square(0, 0)), ("B", _square(1, 0))):
        (polygon,) = atlas.polygons(code)
        assert {tuple(place) for place in polygon[0]} == {tuple(place) for place in ring}
        assert (polygon[0][0] == polygon[0][-1]).all()
    assert sum(len(line) - 1 for line in atlas.outline(["A", "B"])) == 6


def test_a_state_in_the_hole_of_another_has_it_as_its_only_neighbour() -> None:
    hole = _square(1, 1)
    atlas = atlas_from_shapes({"A": [[_square(0, 0, 3), hole]], "B": [[hole[2:-1] + hole[:3]]]}, {})
    assert list(atlas.neighbours(["A", "B"])) == [("A", "B")]
    assert len(atlas.boundary_between("A", "B")) == 1
    assert len(atlas.outline(["A", "B"])) == 1


def test_a_border_is_found_though_one_side_has_fewer_positions() -> None:
    west = [[0, 0], [2, 0], [3, 3], [0, 3], [0, 0]]
    north, south = [[3, 3], [2.333333, 1], [5, 1], [5, 3], [3, 3]], [[2.333333, 1], [2, 0], [5, 0], [5, 1], [2.333333, 1]]
    atlas = atlas_from_shapes({"W": [[west]], "N": [[north]], "S": [[south]]}, {})
    found = atlas.neighbours(["W", "N", "S"])
    assert list(found) == [("N", "S"), ("N", "W"), ("S", "W")]
    whole = length_km(np.array([[2.0, 0.0], [3.0, 3.0]]))
    assert found["N", "W"] + found["S", "W"] == pytest.approx(whole, rel=1e-3)


def test_a_state_that_touches_itself_and_parts_that_share_an_edge() -> None:
    parts = [[_square(0, 0)], [_square(1, 0)], [_square(2, 1)]]
    atlas = atlas_from_shapes({"A": parts, "B": [[_square(0, 1)]]}, {})
    assert list(atlas.neighbours(["A", "B"])) == [("A", "B")]
    assert sum(len(line) - 1 for line in atlas.outline(["A"])) == 10, "the edge between two parts is no outline"
    assert topology(projected(atlas, ["A", "B"]), {"P": ["A", "B"]})["labels"].keys() == {"A", "B"}


def test_shapes_of_the_world_have_the_neighbours_of_the_world() -> None:
    codes = ["AFG", "TJK", "UZB", "TKM", "KGZ", "KAZ", "IRN", "PAK"]
    shapes = {code: world().polygons(code) for code in codes}
    found, expected = atlas_from_shapes(shapes, {}).neighbours(codes), world().neighbours(codes)
    assert found.keys() == expected.keys()
    assert [found[pair] for pair in expected] == pytest.approx(list(expected.values()), rel=1e-3)


def test_text_and_shape_are_the_same() -> None:
    shape = checked([[_square(0, 0, 3), _square(1, 1)], [_square(-10.1234567, 50, 1e-3)]])
    assert from_wkt(to_wkt(shape)) == shape
    assert "-10.123457 50," in to_wkt(shape)
    assert from_wkt("MULTIPOLYGON(((0 0,1 0,\n 1 1.0e0)))") == ((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),),)
    for text in ("MULTIPOLYGON (((0 0, 1 0, 1 1)), ())", "MULTIPOLYGON (((0 0, 1, 1 1)))", "MULTIPOLYGON ((((0 0, 1 0, 1 1))))"):
        with pytest.raises(BadShape):
            from_wkt(text)
