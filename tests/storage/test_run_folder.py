"""A run on disk comes back whole, notices damage, and is never half written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from stability_sim.ensemble.run import run
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario
from stability_sim.storage.manifest import MANIFEST, RunManifest, StoreError, read_kind, read_manifest
from stability_sim.storage.run_folder import read_run, staged, write_run


@pytest.fixture(scope="module")
def results(small: Scenario) -> Results:
    return run(small, replicates=12)


def _stored(results: Results, scenario: Scenario, target: Path) -> Path:
    with staged(target) as folder:
        write_run(folder, results, scenario, {"command": "test"})
    return target


def test_what_is_written_is_read(results: Results, small: Scenario, tmp_path: Path) -> None:
    again = read_run(_stored(results, small, tmp_path / "run"))
    assert again.hash() == results.hash() == read_kind(tmp_path / "run", RunManifest).results_hash
    assert again.attributes == json.loads(json.dumps(results.attributes))
    for name, variable in results.variables.items():
        assert again.variables[name].dims == variable.dims
        assert np.array_equal(again[name], variable.values)
        assert again.variables[name].unit == variable.unit


def test_the_same_run_writes_the_same_files(results: Results, small: Scenario, tmp_path: Path) -> None:
    first, second = _stored(results, small, tmp_path / "a"), _stored(results, small, tmp_path / "b")
    assert read_manifest(first).sha256 == read_manifest(second).sha256


@pytest.mark.parametrize("name", ["results.nc", "events.csv", "scenario.yaml"])
@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_damage_is_noticed(results: Results, small: Scenario, tmp_path: Path, name: str, damage: str) -> None:
    path = _stored(results, small, tmp_path / "run") / name
    raw = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(raw[: len(raw) // 2])
    else:
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)
    with pytest.raises(StoreError, match=name):
        read_run(tmp_path / "run")


def test_a_failure_leaves_the_last_good_state(results: Results, small: Scenario, tmp_path: Path) -> None:
    target = _stored(results, small, tmp_path / "run")
    before = (target / MANIFEST).read_bytes()
    with pytest.raises(RuntimeError), staged(target) as folder:
        (folder / "half").write_text("half")
        raise RuntimeError
    assert (target / MANIFEST).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_of_somebody_else_is_left_alone(results: Results, small: Scenario, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreError, match="not a run"):
        _stored(results, small, tmp_path / "run")
    assert (tmp_path / "run" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 99}'])
def test_a_manifest_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(StoreError):
        read_run(tmp_path)


def test_labelled_arrays(results: Results) -> None:
    dataset = results.to_xarray()
    assert float(dataset["incidence"].sel(state="A").isel(month=0)) == results["incidence"][0, 0]
    assert dataset["risk"].attrs["units"] == "probability"
