"""A folder that is replayed: untouched it gives the same results, and whatever was done to it is told by name."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from stability_sim.cli.main import app
from stability_sim.scenario import Scenario, dump
from stability_sim.storage.manifest import MANIFEST, StoreError
from stability_sim.storage.run_folder import RESULTS, SCENARIO, read_files, write_results
from stability_sim.studies import replay as replaying

FILES = ("results.nc", "events.csv", "scenario.yaml", "summary.csv")
SAME = "the same results"
cli = CliRunner()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, small: Scenario) -> Path:
    folder = tmp_path_factory.mktemp("made")
    variants = {"no-pledge": {"remove": ["alliances.P"]}}
    (folder / "m.yaml").write_text(dump(Scenario.model_validate(small.model_dump() | {"variants": variants})), encoding="utf-8")
    words = ("-n", "4", "--no-figures", "-o")
    assert cli.invoke(app, ["run", str(folder / "m.yaml"), *words, str(folder / "run")]).exit_code == 0
    study = [str(folder / "m.yaml"), "-V", "no-pledge"]
    assert cli.invoke(app, ["compare", *study, *words, str(folder / "compared")]).exit_code == 0
    assert cli.invoke(app, ["compare", *study, "--from-month", "12", *words, str(folder / "forked")]).exit_code == 0
    assert cli.invoke(app, ["attribute", str(folder / "m.yaml"), *words, str(folder / "attributed")]).exit_code == 0
    vary = ["--vary", "states.B.capacity=0.1,0.9"]
    assert cli.invoke(app, ["sweep", str(folder / "m.yaml"), *vary, *words, str(folder / "swept")]).exit_code == 0
    point = ["run", str(folder / "swept"), "--point", "1", "--no-figures", "-o", str(folder / "point")]
    assert cli.invoke(app, point).exit_code == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "run", tmp_path / "run"))


def _replayed(folder: Path) -> tuple[int, str]:
    done = cli.invoke(app, ["run", "--replay", str(folder)])
    return done.exit_code, done.stdout


def _manifest(folder: Path, **changes: Any) -> None:
    told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps(told | changes), encoding="utf-8")


def _forged(folder: Path, name: str, raw: bytes) -> None:
    """Put other bytes into a file, and their checksum and size into the manifest."""
    (folder / name).write_bytes(raw)
    told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    sums = told["sha256"] | {name: hashlib.sha256(raw).hexdigest()}
    _manifest(folder, sha256=sums, bytes=told["bytes"] | {name: len(raw)})


def _flipped(path: Path, place: float = 0.9) -> bytes:
    raw = bytearray(path.read_bytes())
    raw[int(len(raw) * place)] ^= 1
    return bytes(raw)


@pytest.mark.parametrize(
    "name", ["run", "point", "compared/runs/base", "compared/runs/no-pledge", "forked/runs/base", "forked/runs/no-pledge", "attributed/run"]
)  # fmt: skip
def test_what_nobody_touched_is_the_same(made: Path, name: str) -> None:
    code, said = _replayed(made / name)
    assert (code, said.startswith(f"{made / name}: {SAME}\n")) == (0, True)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_every_file_that_was_altered_or_is_gone_is_named(folder: Path, name: str, damage: str) -> None:
    if damage == "gone":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(_flipped(folder / name))
    code, said = _replayed(folder)
    assert code == 1
    assert SAME not in said
    assert f"  {name} {'is missing' if damage == 'gone' else 'was changed after the run'}" in said
    assert not [other for other in FILES if other != name and other in said]


def test_all_of_them_are_named(folder: Path) -> None:
    for name in FILES[:2]:
        (folder / name).unlink()
    (folder / FILES[3]).write_text("other")
    code, said = _replayed(folder)
    assert code == 1
    assert [name for name in FILES if name in said] == [FILES[0], FILES[1], FILES[3]]
    assert said.count(json.loads((folder / MANIFEST).read_text())["results_hash"]) == 2  # the scenario still gives them


@pytest.mark.parametrize("name", ["results.nc", "events.csv", "summary.csv"])
def test_a_forged_file_with_a_forged_checksum_is_found_by_its_bytes(folder: Path, name: str) -> None:
    _forged(folder, name, _flipped(folder / name))
    code, said = _replayed(folder)
    assert (code, SAME in said) == (1, False)
    assert f"  {name} does not hold what the run gives" in said


def test_a_file_that_the_manifest_does_not_list_is_compared_all_the_same(folder: Path) -> None:
    _manifest(folder, sha256={})
    assert _replayed(folder)[0] == 0
    (folder / "events.csv").write_bytes(_flipped(folder / "events.csv"))
    code, said = _replayed(folder)
    assert (code, "  events.csv does not hold" in said) == (1, True)


@pytest.mark.parametrize("forged", [False, True])
def test_other_versions_of_what_writes_files_are_no_forgery(folder: Path, forged: bool) -> None:
    """Then the bytes may differ, and the numbers count."""
    results = read_files(folder)
    results.attributes["title"] = "written another way"
    if forged:
        results["incidence"][0, 0] += 0.1
    write_results(results, folder / RESULTS)
    _forged(folder, RESULTS, (folder / RESULTS).read_bytes())
    told = json.loads((folder / MANIFEST).read_text())["versions"]
    _manifest(folder, versions=told | {"h5netcdf": "0.1"})
    code, said = _replayed(folder)
    assert (code, SAME in said) == (int(forged), not forged)
    _manifest(folder, versions=told)
    assert _replayed(folder)[0] == 1


def test_figures_may_be_drawn_anew(folder: Path) -> None:
    assert cli.invoke(app, ["plot", str(folder), "fan"]).exit_code == 0
    (folder / "figures" / "fan.png").write_bytes(b"another")
    (folder / "notes.txt").write_text("mine")
    assert _replayed(folder)[0] == 0


def test_a_fork_without_its_base_says_what_is_missing(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "forked" / "runs" / "no-pledge", tmp_path / "alone")
    done = cli.invoke(app, ["run", "--replay", str(tmp_path / "alone")])
    assert done.exit_code == 2
    assert str(tmp_path / "base" / SCENARIO) in done.stderr


@pytest.mark.parametrize("changes", [{"seed": "one"}, {"results_hash": None}, {"sha256": []}, {"versions": None}])
def test_a_manifest_that_does_not_say_what_it_takes(folder: Path, changes: dict[str, Any]) -> None:
    _manifest(folder, **changes)
    with pytest.raises(StoreError, match=MANIFEST):
        replaying.replay(folder, say=lambda _: None)


def test_a_run_without_its_tables_is_read(folder: Path) -> None:
    (folder / "summary.csv").unlink()
    assert cli.invoke(app, ["report", str(folder)]).exit_code == 0
