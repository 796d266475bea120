"""Manifests: one record a kind, read strictly; whatever else stands in the file is an error in words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from stability_sim.cli.main import app
from stability_sim.storage.manifest import (
    FORMAT,
    MANIFEST,
    DataManifest,
    RunManifest,
    StoreError,
    check_files,
    manifest_schema,
    read_kind,
    read_manifest,
    write_manifest,
)

ROOT = Path(__file__).parents[2]
OLD = ROOT / "tests" / "compatibility" / "run-0.1.0"
TABLES = {"tables": {"states.csv": {"rows": 2, "sources": ["raw.csv"]}}}


def _folder(place: Path) -> Path:
    (place / "part").mkdir(parents=True)
    (place / "figures").mkdir()
    (place / "states.csv").write_text("a\nb\n")
    (place / "part" / MANIFEST).write_text("{}")
    (place / "figures" / "map.png").write_bytes(b"picture")
    write_manifest(place, "data", TABLES)
    return place


def test_every_file_but_the_figures_has_a_checksum_and_a_size(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "data")
    manifest = read_kind(folder, DataManifest)
    assert manifest.bytes == {f"part/{MANIFEST}": 2, "states.csv": 4}
    assert list(manifest.sha256) == list(manifest.bytes)
    assert manifest.tables["states.csv"].rows == 2
    check_files(folder, manifest)
    (folder / "states.csv").write_text("a\nc\n")
    with pytest.raises(StoreError, match=r"states\.csv was changed"):
        check_files(folder, manifest)
    check_files(folder, manifest, [f"part/{MANIFEST}"])


@pytest.mark.parametrize("about", [{}, TABLES | {"colour": "red"}, {"tables": {"states.csv": {"rows": -1, "sources": []}}}])
def test_what_is_not_of_the_kind_is_not_written(tmp_path: Path, about: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        write_manifest(tmp_path, "data", about)
    assert not list(tmp_path.iterdir())


HOSTILE: dict[str, Any] = {
    "null": None, "a word": "run", "a list": [], "kind": {"kind": "novel"}, "a list as kind": {"kind": ["run"]}, "no kind": {"kind": None},
    "another type": {"seed": "1"}, "a share as seed": {"seed": 1.5}, "yes as seed": {"seed": True}, "below 0": {"replicates": -1},
    "huge": {"replicates": 10**40}, "null seed": {"seed": None}, "unknown key": {"colour": "red"}, "sums": {"sha256": {"a": 5}},
    "no sum": {"sha256": {"results.nc": "abc"}}, "versions": {"versions": {"python": 3}}, "escape": {"source": "\x1b[31m", "seed": "\x1b[31m"},
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_manifest_is_said_and_no_traceback(tmp_path: Path, name: str) -> None:
    change = HOSTILE[name]
    content = json.loads((OLD / MANIFEST).read_text()) | change if isinstance(change, dict) else change
    (tmp_path / MANIFEST).write_text(json.dumps(content))
    _refused(tmp_path)


@pytest.mark.parametrize(
    "raw",
    [b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b'{"format": ' + b"9" * 5000 + b"}", b'{"format": 1e999}', b'{"format": NaN}', b"{}", b""],
)  # fmt: skip
def test_bytes_that_are_no_manifest(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / MANIFEST).write_bytes(raw)
    _refused(tmp_path)


def _refused(folder: Path) -> None:
    with pytest.raises(StoreError) as caught:
        read_manifest(folder)
    assert MANIFEST in str(caught.value) or "format" in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 1500
    for command in (["run", "--replay"], ["methods"], ["report"]):
        done = CliRunner().invoke(app, [*command, str(folder)])
        assert isinstance(done.exception, SystemExit | StoreError)


@pytest.mark.parametrize("key", ["scenario", "variant", "seed", "replicates", "months", "results_hash", "versions"])
def test_a_key_that_is_missing_is_named(tmp_path: Path, key: str) -> None:
    content = json.loads((OLD / MANIFEST).read_text())
    del content[key]
    (tmp_path / MANIFEST).write_text(json.dumps(content))
    with pytest.raises(StoreError, match=f"{key}: Field required"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("name", "words"),
    [("../../etc/passwd", "within the folder"), ("..\\a", "within"), ("/a", "within"), ("C:a", "within"), ("nul\0byte", "within"), (".", "within"),
     ("a" * 256, "longer"), ("ä" * 128, "longer"), ("a/" * 600, "longer")],
)  # fmt: skip
def test_a_file_is_within_its_folder(tmp_path: Path, name: str, words: str) -> None:
    content = json.loads((OLD / MANIFEST).read_text()) | {"sha256": {name: "0" * 64}}
    (tmp_path / MANIFEST).write_text(json.dumps(content))
    with pytest.raises(StoreError, match=words):
        read_manifest(tmp_path)


def test_a_folder_of_the_first_version_is_read() -> None:
    manifest = read_kind(OLD, RunManifest)
    assert (manifest.kind, manifest.seed, manifest.bytes) == ("run", 3, {})
    with pytest.raises(StoreError, match="holds a run, not a data"):
        read_kind(OLD, DataManifest)


def test_the_schema_is_published_and_is_that_of_the_code() -> None:
    schema = manifest_schema()
    assert json.loads((ROOT / "docs" / "reference" / "manifest.schema.json").read_text()) == schema
    assert json.loads(CliRunner().invoke(app, ["schema", "--manifest"]).stdout) == schema
    kinds = {record["properties"]["kind"]["const"] for record in schema["$defs"].values() if "kind" in record["properties"]}
    assert {"run", "comparison", "sweep", "hindcast", "facts", "data"} < kinds
    assert FORMAT == 1


def test_nobody_else_writes_a_manifest() -> None:
    """One place names the file; all others take it from there."""
    sources = (ROOT / "src" / "stability_sim").rglob("*.py")
    writers = [path.name for path in sources if re.search(r"\(?\w+ / MANIFEST\)\.write|sha256\(.*read_bytes", path.read_text())]
    assert "manifest.py" in writers
    assert not {"run_folder.py", "sweep_folder.py", "facts.py", "hindcast_folder.py"} & set(writers)
