"""With every warning an error, and the interpreter in its strictest mode: no warning, and no file that is not closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import fresh
from hostile.page import app

STRICT = ("-W", "error", "-X", "dev")
COMMANDS = {
    "run": ("run", "small.yaml", "-n", "4", "-o", "strict"),
    "compare": ("compare", "small.yaml", "-V", "no-pledge", "-n", "4", "-o", "strict-comparison"),
    "sweep": ("sweep", "small.yaml", "--vary", "borders.A-B.guard=0,1", "-n", "4", "-o", "strict-sweep"),
    "uncertainty": ("uncertainty", "small.yaml", "--points", "2", "-n", "2", "-o", "strict-uncertainty"),
    "replay": ("run", "--replay", "ran"),
    "report": ("report", "ran", "-o", "strict.html"),
    "lesson": ("lesson", "four-rivers", "-o", "strict-lesson"),
    "refused": ("validate", "nothing.yaml"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_warn_of_nothing(user: Path, name: str) -> None:
    done = fresh(*COMMANDS[name], options=STRICT, cwd=user)
    assert done.returncode == (3 if name == "refused" else 0), done.stderr
    assert "Warning" not in done.stderr
    assert "Exception ignored" not in done.stderr  # so it says of a file that is not closed


def test_the_page_warns_of_nothing(user: Path) -> None:
    with app(user, "small.yaml", options=STRICT) as page:
        assert page.run("small", 20)["replicates"]
    assert "Warning" not in page.said
    assert "Exception ignored" not in page.said
    assert page.process.returncode == 0
