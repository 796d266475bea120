"""A sweep over many numbers has a picture, whatever its design; the numbers behind it are in a table."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stability_sim.ensemble.sweep import Sweep, sweep
from stability_sim.report.figures.sweep import TABLE, axes_of, drawable, hypercube_figure
from stability_sim.scenario import Scenario

THREE = ["borders.A-B.guard=0.1:0.9", "parameters.cells_sent=0:0.02", "rules.refugees=raise,none,lower"]


@pytest.fixture(scope="module")
def cube(small: Scenario) -> Sweep:
    return sweep(small, THREE, lhs=24, replicates=10)


def test_axes_are_the_design(small: Scenario, cube: Sweep) -> None:
    grid = sweep(small, ["borders.A-B.guard=0.1,0.9", "rules.drills=deter,none", "states.A.capacity=0.2:0.6:3"], replicates=2)
    for swept in (cube, grid):
        assert not drawable(swept.results)
        for axis, path, column in zip(
            axes_of(swept.results), swept.design.paths, zip(*swept.design.points, strict=True), strict=True
        ):
            assert axis.path == path
            told = [axis.words[round(v)] for v in axis.values] if axis.words else axis.values.tolist()
            assert told == list(column)


def test_the_picture_is_the_same_each_time_and_its_numbers_are_written(cube: Sweep, tmp_path: Path) -> None:
    first = hypercube_figure(cube.results, tmp_path / "a", ["crossed", "onsets"], ["png", "svg"])
    second = hypercube_figure(cube.results, tmp_path / "b", ["crossed", "onsets"], ["png", "svg"])
    assert [path.name for path in first] == ["sweep.png", "sweep.svg", TABLE]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    with (tmp_path / "a" / TABLE).open(newline="") as file:
        rows = list(csv.DictReader(file))
    crossed = cube.results["mean"][:, cube.results.index("outcome", "crossed")]
    mine = [row for row in rows if row["outcome"] == "crossed" and row["factor"] == "rules.refugees"]
    assert [row["centre"] for row in mine] == ["raise", "none", "lower"]
    assert sum(int(row["points"]) * float(row["mean"]) for row in mine) == pytest.approx(float(np.sum(crossed)))
    sent = next(row for row in rows if row["outcome"] == "crossed" and row["factor"] == "parameters.cells_sent")
    assert float(sent["swing"]) > float(sent["swing_two_standard_errors"]) > 0


def test_an_outcome_that_never_moves_and_few_points(small: Scenario, tmp_path: Path) -> None:
    few = sweep(small, [*THREE[:2], "states.A.capacity=0.2:0.6"], lhs=3, replicates=2)
    flat = {"mean": replace(few.results.variables["mean"], values=np.ones_like(few.results["mean"]))}
    few.results.variables.update(flat)
    assert len(hypercube_figure(few.results, tmp_path, ["raids"], ["png"])) == 2
