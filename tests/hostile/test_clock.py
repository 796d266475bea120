"""Clocks that are wrong, jump or stand in another zone: no byte of the results changes, and what is kept is found again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands import command, fresh
from hostile.page import app
from stability_sim.storage.run_folder import EVENTS, RESULTS, SCENARIO

FAKED = next((str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), "")
PAST, FUTURE = 315_532_800, 7_258_118_400  # the beginnings of 1980, and of 2200, beyond what 32 bits hold
SWEEP = ("sweep", "small.yaml", "--vary", "borders.A-B.guard=0,1", "-n", "8", "--chunk", "4", "--no-figures")

pytestmark = pytest.mark.skipif(not FAKED, reason="no libfaketime: scripts/install_test_tools.sh installs it")


def _at(when: str) -> dict[str, str]:
    """The environment of a process whose wall clock is faked; no machine's monotonic clock jumps."""
    return {"LD_PRELOAD": FAKED, "FAKETIME": when, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"}


def _set(clock: Path, when: str) -> None:
    partial = clock.with_suffix(".new")
    partial.write_text(f"{when}\n")
    partial.replace(clock)


def _by(clock: Path) -> dict[str, str]:
    return {name: value for name, value in _at("").items() if name != "FAKETIME"} | {"FAKETIME_TIMESTAMP_FILE": str(clock)}


def _same(a: Path, b: Path) -> bool:
    return all((a / name).read_bytes() == (b / name).read_bytes() for name in (RESULTS, EVENTS, SCENARIO, "summary.csv"))


@pytest.mark.parametrize(
    ("when", "year"), [("@1980-01-02 00:00:00", "1980"), ("@2200-01-02 00:00:00", "2200"), ("@2026-12-31 23:59:59 x5000", "202")]
)
def test_the_year_is_no_matter(user: Path, when: str, year: str) -> None:
    """Before this program was written, beyond 32 bits, and hours that pass in a second."""
    done = fresh("run", "small.yaml", "-n", "5", "--no-figures", "-o", "odd-year", TZ="UTC", **_at(when), cwd=user)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((user / "odd-year" / "manifest.json").read_text())
    assert manifest["started"].startswith(year)  # the clock was faked indeed
    assert 0 <= manifest["seconds"] < 600
    assert _same(user / "odd-year", user / "ran")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/St_Johns", "Nowhere/None"])
def test_the_zone_is_no_matter(user: Path, zone: str) -> None:
    done = fresh("run", "small.yaml", "-n", "5", "--no-figures", "-o", "zoned", TZ=zone, cwd=user)
    assert done.returncode == 0, done.stderr
    assert json.loads((user / "zoned" / "manifest.json").read_text())["started"].endswith("+00:00")
    assert _same(user / "zoned", user / "ran")


def test_a_clock_that_jumps_back_while_a_run_is_on(user: Path, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    _set(clock, "@2090-01-01 00:00:00")
    words = ["stability-sim", "run", "small.yaml", "-n", "20000", "--no-figures", "-o", "jumped"]
    code = (  # whenever replicates are done, the clock jumps
        "import itertools, pathlib, sys\n"
        "from stability_sim import terminal\n"
        "years = itertools.cycle((1990, 2080, 1991, 2081))\n"
        f"jump = lambda _: pathlib.Path({str(clock)!r}).write_text(f'@{{next(years)}}-01-01 00:00:00\\n') and None\n"
        "terminal.progress_bar = lambda _: (jump, lambda: None)\n"
        f"sys.argv = {words!r}\nfrom stability_sim.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=user, env=os.environ | _by(clock), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert clock.read_text() != "@2090-01-01 00:00:00\n", "it jumped"
    assert json.loads((user / "jumped" / "manifest.json").read_text())["seconds"] >= 0
    assert command("run", "small.yaml", "-n", "20000", "--no-figures", "-o", "still", cwd=user).returncode == 0
    assert _same(user / "jumped", user / "still")


def test_a_sweep_goes_on_before_it_was_begun(user: Path, tmp_path: Path) -> None:
    whole = command(*SWEEP, "-o", "whole", cwd=user)
    assert whole.returncode == 0, whole.stderr
    later = fresh(*SWEEP, "-o", "part", **_at("@2090-01-01 00:00:00"), cwd=user)
    assert later.returncode == 0, later.stderr
    chunks = sorted((user / "part" / "chunks").rglob("*.chunk"))
    for path in chunks:
        os.utime(path, (FUTURE, FUTURE))  # as that clock would have it: the system itself knows better
    chunks[0].unlink()
    earlier = fresh(*SWEEP, "-o", "part", **_at("@1990-01-01 00:00:00"), cwd=user)
    assert earlier.returncode == 0, earlier.stderr
    assert "from before" in earlier.stdout
    assert {path.stat().st_mtime for path in chunks[1:]} == {FUTURE}  # taken as they are
    assert (user / "part" / "outcomes.csv").read_bytes() == (user / "whole" / "outcomes.csv").read_bytes()
    assert (user / "part" / "sweep.nc").read_bytes() == (user / "whole" / "sweep.nc").read_bytes()


@pytest.mark.parametrize("when", [PAST, FUTURE])
def test_files_from_another_time(user: Path, tmp_path: Path, when: int) -> None:
    """Scenario, run and folder of kernels of the past or the future: what they hold counts."""
    assert command("run", "small.yaml", "-n", "5", "--no-figures", "-o", str(tmp_path / "run"), cwd=user).returncode == 0
    (tmp_path / "small.yaml").write_bytes((user / "small.yaml").read_bytes())
    for path in (*tmp_path.rglob("*"), tmp_path):
        os.utime(path, (when, when))
    done = command("run", "--replay", "run", cwd=tmp_path)
    assert (done.returncode, "the same results" in done.stdout) == (0, True)
    assert command("report", "run", "-o", "r.html", cwd=tmp_path).returncode == 0
    assert command("run", "small.yaml", "-n", "5", "--no-figures", "-o", "run", cwd=tmp_path).returncode == 0
    assert _same(tmp_path / "run", user / "ran")


def test_the_page_answers_whatever_the_clock_does(user: Path, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    _set(clock, "@2090-01-01 00:00:00")
    with app(user, "small.yaml", **_by(clock)) as page:
        bundles = [page.run("small", 30)]
        for year in (1990, 2150):
            _set(clock, f"@{year}-01-01 00:00:00")
            bundles.append(page.run("small", 30))
        clock.unlink()
    assert bundles[0] == bundles[1] == bundles[2]
    assert "Traceback" not in page.said
