"""Files and runs of older versions are read; those of newer ones are refused with advice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from stability_sim.ensemble.run import run
from stability_sim.scenario import InvalidScenario, load, loads, resolve, variant_scenarios
from stability_sim.scenario.schema import SCHEMA_VERSION, Scenario
from stability_sim.storage.manifest import FORMAT, MANIFEST, StoreError
from stability_sim.storage.run_folder import read_run
from stability_sim.studies import replay as replaying
from stability_sim.studies.plot import plot_folder

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("scenario-*.yaml"))
RUNS = sorted(HERE.glob("run-*"))


def _text(version: str, more: str = "") -> str:
    return f"# a comment\nschema_version: {version}\nscenario: s\nquestion: q\nstart: 2020-01\nmap: {{projection: network}}\nstates: {{A: {{}}}}\n{more}"


def test_a_file_of_each_schema_is_kept() -> None:
    assert {load(path).scenario.schema_version for path in FILES} == set(range(1, SCHEMA_VERSION + 1))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_older_file_is_read_and_runs(path: Path) -> None:
    loaded = load(path)
    for variant in (None, *loaded.scenario.variants):
        assert run(variant_scenarios(loaded, variant=variant), replicates=2)["incidence"].shape[0] == loaded.scenario.months


def test_a_newer_file_is_refused_with_advice_and_nothing_else() -> None:
    """What looks like a mistake may be right in the newer schema, so it is not reported."""
    with pytest.raises(InvalidScenario) as caught:
        loads(_text(str(SCHEMA_VERSION + 1), "a_key_of_the_future: {}\n"), "file.yaml")
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (2, 17)
    assert f"schema {SCHEMA_VERSION + 1}" in problem.message
    assert "upgrade" in problem.hint


@pytest.mark.parametrize("version", ["0", "-1"])
def test_a_schema_that_never_was(version: str) -> None:
    with pytest.raises(InvalidScenario, match="2:17: there has never been a schema"):
        loads(_text(version), "file.yaml")


@pytest.mark.parametrize("version", ["one", "1.5", "[1]", "true", "null"])
def test_what_is_no_version(version: str) -> None:
    with pytest.raises(InvalidScenario, match=r"file\.yaml:2:17"):
        loads(_text(version), "file.yaml")


def test_no_version_is_the_present_one() -> None:
    assert loads(_text("1").replace("schema_version: 1\n", "")).scenario.schema_version == SCHEMA_VERSION


@pytest.mark.parametrize("folder", RUNS, ids=lambda path: path.name)
def test_an_older_run_is_read_and_drawn(folder: Path, tmp_path: Path) -> None:
    results = read_run(folder)
    assert results.hash() == json.loads((folder / MANIFEST).read_text())["results_hash"]
    assert [path.name for path in plot_folder(folder, "fan", tmp_path, ["png"], None)] == ["fan.png"]
    assert resolve(load(folder / "scenario.yaml").scenario) == Scenario.model_validate(load(folder / "scenario.yaml").document)


def test_a_replay_of_an_older_run_says_why_it_differs(capsys: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    assert replaying.replay(HERE / "run-0.1.0", say=said.append) == 1
    assert "DIFFERENT" in capsys.readouterr().out
    assert "0.1.0" in said[-1]


@pytest.mark.parametrize(
    ("found", "words"), [(FORMAT + 1, "upgrade"), (0, "is not of format"), ("1", "is not of format"), (True, "not of")]
)
def test_a_run_of_another_format_is_refused(found: object, words: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(HERE / "run-0.1.0", folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"format": found}))
    with pytest.raises(StoreError, match=words):
        read_run(folder)
