"""With NUMBA_BOUNDSCHECK=1 kernels look at every index, and give the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def _checked(scenario: str, what: str, flag: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "checked.py"), scenario, what],
        env={**os.environ, "NUMBA_BOUNDSCHECK": flag}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_indices_are_checked_if_asked_for() -> None:
    checked, usual = _checked("central-asia-2021", "faulty", "1"), _checked("central-asia-2021", "sound", "0")
    assert checked["months"] == checked["month"] == "index out of bounds: World.hardship, index 1 of 2"
    assert checked["phases"] == "index out of bounds: World.capacity, index 2 of 2"
    assert checked["hash"] == usual["hash"]  # and no kernel of the model asks for what is not there
    assert checked["folder"] != usual["folder"]  # kernels that look are not taken for those that do not
