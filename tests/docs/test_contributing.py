"""A newcomer who follows CONTRIBUTING adds a mechanism by one file, one line of the schedule, one parameter, one test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _blocks() -> list[str]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return re.findall(
        r"^```(?:python|diff)\n(.*?)^```$", text[text.index("## Add a mechanism") :], flags=re.MULTILINE | re.DOTALL
    )


def _follow(package: Path) -> str:
    """Do what the page says; return its test."""
    kernel, schedule_lines, parameter, test = _blocks()
    (package / "dynamics" / "remittances.py").write_text(kernel, encoding="utf-8")
    imported, before, after = schedule_lines.splitlines()
    schedule = package / "engine" / "schedule.py"
    text = schedule.read_text(encoding="utf-8")
    assert text.count(before[1:]) == 1, "the schedule has changed: let CONTRIBUTING follow"
    text = text.replace(before[1:], after[1:]).replace("\nProcess = ", f"\n{imported[1:]}\n\nProcess = ", 1)
    schedule.write_text(text, encoding="utf-8")
    parameters = package / "scenario" / "parameters.py"
    text = parameters.read_text(encoding="utf-8")
    parameters.write_text(text.replace('    "hardship_recovery"', f'{parameter[1:]}    "hardship_recovery"', 1), encoding="utf-8")
    return test


@pytest.mark.slow
def test_the_example_of_contributing_works(tmp_path: Path) -> None:
    for room in ("src", "tests", "scripts", "docs"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    test = _follow(tmp_path / "src" / "stability_sim")
    (tmp_path / "tests" / "engine" / "test_remittances.py").write_text(test, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/engine/test_remittances.py", "tests/docs/test_pages.py",
         "-k", "(remittances or draft or parameter or file_of_dynamics) and not release"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src"), "STABILITY_SIM_CACHE": str(tmp_path / "cache"), "NUMBA_OPT": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(tmp_path) in subprocess.run(
        [sys.executable, "-c", "import stability_sim; print(stability_sim.__file__)"],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
    ).stdout  # fmt: skip
