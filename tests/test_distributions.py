"""What CI looks for in wheel and source distribution is found missing where it is missing."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import check_distributions as check

MISSING = "stability_sim/py.typed"


def _wheel(path: Path, *, spoilt: bool) -> Path:
    with zipfile.ZipFile(path, "w") as wheel:
        for name, raw in check._expected().items():
            if name != MISSING or not spoilt:
                wheel.writestr(name, raw)
        for licence in check.LICENCES if not spoilt else check.LICENCES[:2]:
            wheel.writestr(f"stability_sim-1.dist-info/licenses/{licence}", "x")
        if spoilt:
            wheel.writestr("stability_sim/__pycache__/cli.pyc", "x")
    return path


def test_a_wheel(tmp_path: Path) -> None:
    assert list(check.wrong_in_wheel(_wheel(tmp_path / "good.whl", spoilt=False))) == []
    assert list(check.wrong_in_wheel(_wheel(tmp_path / "bad.whl", spoilt=True))) == [
        f"{MISSING} is missing", "stability_sim/__pycache__/cli.pyc is not expected", f"licence {check.LICENCES[2]} is missing",
    ]  # fmt: skip


def test_a_source_distribution(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "s.tar.gz", "w:gz") as archive:
        for name in ("LICENSE", "viewer/node_modules/d3/index.js"):
            archive.addfile(tarfile.TarInfo(f"stability_sim-1/{name}"), io.BytesIO())
    wrong = list(check.wrong_in_source(tmp_path / "s.tar.gz"))
    assert "src/stability_sim/py.typed is missing" in wrong
    assert "scenarios/four-rivers.yaml is missing" in wrong
    assert "LICENSE is missing" not in wrong
    assert "viewer/node_modules/d3/index.js is not wanted" in wrong
