"""An interrupt ends as one, whenever it comes: while Python still imports, in a command, and when all is done."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Python imports it when it starts. A shell that runs in the background ignores the signal for its children: set it back.
SITE = """
import atexit, os, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)
MOMENT = os.environ["INTERRUPTED_AT"]


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == MOMENT:
            interrupt()


sys.meta_path.insert(0, Finder())
if MOMENT == "the end":
    atexit.register(interrupt)
"""


def _console_script() -> list[str]:
    """Return what the installed command does."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    module, _, name = scripts["stability-sim"].partition(":")
    return ["-c", f"import sys\nfrom {module} import {name}\nsys.exit({name}())"]


RUN = ["run", "four-rivers", "-n", "2", "--no-figures"]
COMPARE = ["compare", "four-rivers", "-V", "without-crossing", "-n", "2", "--no-figures"]
IMPORTS = {"stability_sim.cli.main": RUN, "typer": RUN, "numpy": RUN, "numba": RUN, "pandas": COMPARE}


def _interrupted(folder: Path, started: list[str], words: list[str], moment: str) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(SITE)
    (folder / "here").mkdir()
    done = subprocess.run(
        [sys.executable, *started, *words],
        cwd=folder / "here", env={**os.environ, "PYTHONPATH": str(folder), "INTERRUPTED_AT": moment}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 130, done.stderr
    assert done.stderr.splitlines()[-1] == "interrupted"
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("started", [["-m", "stability_sim"], _console_script()], ids=["module", "command"])
@pytest.mark.parametrize("moment", IMPORTS)
def test_an_interrupt_of_an_import_ends_as_an_interrupt(tmp_path: Path, started: list[str], moment: str) -> None:
    done = _interrupted(tmp_path, started, IMPORTS[moment], moment)
    assert done.stdout == ""
    assert [path for path in (tmp_path / "here").rglob("*") if path.is_file()] == []


def test_an_interrupt_when_all_is_done_ends_as_an_interrupt(tmp_path: Path) -> None:
    assert "four-rivers" in _interrupted(tmp_path, ["-m", "stability_sim"], ["list"], "the end").stdout


def test_interrupts_that_are_ignored_stay_so(tmp_path: Path) -> None:
    """As a shell has it for what runs in its background."""
    (tmp_path / "sitecustomize.py").write_text(SITE.replace("default_int_handler", "SIG_IGN"))
    done = subprocess.run(
        [sys.executable, "-m", "stability_sim", "list"],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "INTERRUPTED_AT": "typer"}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
