"""Folders that may not be written to and disks that are full: one message, exit code 1, nothing half written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from commands import command, fresh
from hostile.places import bound_by_permissions, can_mount, on_a_small_disk
from panel.conftest import write_folder
from stability_sim.ensemble.sweep_folder import OUTCOMES

COMMANDS = {
    "run": ("run", "small.yaml", "-n", "5", "-o", "{to}/run"),
    "compare": ("compare", "small.yaml", "-V", "no-pledge", "-n", "5", "-o", "{to}/new/comparison"),
    "attribute": ("attribute", "small.yaml", "-n", "2", "-o", "{to}/attribution"),
    "report": ("report", "ran", "-o", "{to}/new/report.html"),
    "plot": ("plot", "ran", "fan", "-o", "{to}/figures"),
    "lesson": ("lesson", "four-rivers", "-o", "{to}/lesson"),
    "new": ("new", "mine", "-d", "{to}/new"),
    "world": ("world", "1994", "--data", "data", "-o", "{to}/world.yaml"),
    "facts": ("facts", "--data", "data", "--start", "1993", "-n", "2", "--no-figures", "-o", "{to}/facts"),
}  # fmt: skip
SWEEP = ("sweep", "small.yaml", "--vary", "borders.A-B.guard=0,1", "-n", "5")
QUICK = {"NUMBA_OPT": "0"}  # where all kernels are compiled, with a third less work for the same numbers
mounts = pytest.mark.skipif(not can_mount(), reason="this process may not mount a disk")


@pytest.fixture(scope="module", autouse=True)
def data(user: Path) -> Path:
    return write_folder(user / "data")


def _given(name: str, to: Path) -> list[str]:
    return [word.format(to=to) for word in COMMANDS[name]]


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_that_may_not_be_written_to(user: Path, tmp_path: Path, name: str) -> None:
    tmp_path.chmod(0o555)
    try:
        done = command(*_given(name, tmp_path), before=bound_by_permissions, cwd=user)
    finally:
        tmp_path.chmod(0o755)
    assert done.returncode == 1, done.stderr
    assert done.stderr == f"{tmp_path}: Permission denied: choose another folder\n"
    assert done.stdout == ""
    assert _files(tmp_path) == []


def test_a_sweep_into_a_folder_that_may_not_be_written_to(user: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        done = command(*SWEEP, "-o", str(tmp_path / "sweep"), before=bound_by_permissions, cwd=user)
    finally:
        tmp_path.chmod(0o755)
    assert (done.returncode, done.stderr) == (1, f"{tmp_path / 'sweep'}: Permission denied\n")


def test_a_run_that_is_there_stays_where_its_folder_may_not_be_written_to(user: Path, tmp_path: Path) -> None:
    assert command("run", "small.yaml", "-n", "2", "--no-figures", "-o", str(tmp_path / "out" / "run"), cwd=user).returncode == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    (tmp_path / "out").chmod(0o555)
    try:
        done = command(
            "run",
            "small.yaml",
            "-n",
            "3",
            "--no-figures",
            "-o",
            str(tmp_path / "out" / "run"),
            before=bound_by_permissions,
            cwd=user,
        )
    finally:
        (tmp_path / "out").chmod(0o755)
    assert done.returncode == 1
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_scenario_that_may_be_read_only_and_one_that_may_not_be_read(user: Path, tmp_path: Path) -> None:
    for name, mode in (("read.yaml", 0o444), ("closed.yaml", 0o000)):
        (tmp_path / name).write_bytes((user / "small.yaml").read_bytes())
        (tmp_path / name).chmod(mode)
    done = command("run", "read.yaml", "-n", "2", "--no-figures", "-o", "out", before=bound_by_permissions, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for words in (("validate", "closed.yaml"), ("run", "closed.yaml", "-n", "2")):
        done = command(*words, before=bound_by_permissions, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (1, "closed.yaml: Permission denied\n")


def test_a_home_that_may_not_be_written_to(user: Path, tmp_path: Path) -> None:
    """Figures are drawn without the cache of fonts in the home; kernels are kept where the variable says."""
    tmp_path.chmod(0o555)
    empty = {"HOME": str(tmp_path), "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": "", "MPLCONFIGDIR": ""}
    kept = os.environ.get("STABILITY_SIM_CACHE") or str(Path("~/.cache/stability-sim").expanduser())
    try:
        done = fresh(
            "run",
            "small.yaml",
            "-n",
            "2",
            "-o",
            "at-home",
            before=bound_by_permissions,
            STABILITY_SIM_CACHE=kept,
            **empty,
            cwd=user,
        )
    finally:
        tmp_path.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (user / "at-home" / "figures" / "fan.png").stat().st_size > 1000


@pytest.mark.slow
def test_a_cache_that_cannot_be_kept_is_told_and_the_run_is_the_same(user: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    words = ("run", "small.yaml", "-n", "5", "--no-figures", "-o", "uncached")
    try:
        done = fresh(*words, before=bound_by_permissions, STABILITY_SIM_CACHE=str(tmp_path / "kernels"), **QUICK, cwd=user)
    finally:
        tmp_path.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert "once" not in done.stderr
    assert f"It cannot be kept in {tmp_path / 'kernels'}" in done.stderr
    assert (user / "uncached" / "results.nc").read_bytes() == (user / "ran" / "results.nc").read_bytes()


@mounts
@pytest.mark.slow
def test_a_disk_without_room_for_the_kernels(user: Path, tmp_path: Path) -> None:
    words = ("run", "small.yaml", "-n", "5", "--no-figures", "-o", "no-room")
    done = on_a_small_disk(user, tmp_path, 600, *words, STABILITY_SIM_CACHE=str(tmp_path), **QUICK)
    assert done.returncode == 0, done.stderr
    assert "It cannot be kept" in done.stderr
    assert (user / "no-room" / "results.nc").read_bytes() == (user / "ran" / "results.nc").read_bytes()


@mounts
@pytest.mark.parametrize("name", ["run", "compare", "report", "plot", "lesson", "new", "world"])
def test_a_full_disk_leaves_nothing_half_written(user: Path, tmp_path: Path, name: str) -> None:
    done = on_a_small_disk(user, tmp_path, 8, *_given(name, tmp_path))
    assert done.returncode == 1, done.stderr
    assert "No space left on device" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert _files(tmp_path) == []


@mounts
@pytest.mark.parametrize("name", ["run", "lesson"])
def test_a_disk_that_is_full_after_the_first_files(user: Path, tmp_path: Path, name: str) -> None:
    done = on_a_small_disk(user, tmp_path, 150, *_given(name, tmp_path))
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert _files(tmp_path) == []


@mounts
@pytest.mark.parametrize("kilobytes", [8, 160])
def test_a_sweep_on_a_full_disk_keeps_what_is_whole_and_goes_on_from_it(user: Path, tmp_path: Path, kilobytes: int) -> None:
    to = tmp_path / "disk"
    to.mkdir()
    done = on_a_small_disk(user, to, kilobytes, *SWEEP, "-o", str(to / "sweep"))
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert not [path for path in to.rglob("*") if path.name.startswith(".part-")]
    assert not list(to.rglob("*.png"))
    again = command(*SWEEP, "-o", str(to / "sweep"), cwd=user)
    assert again.returncode == 0, again.stderr
    whole = command(*SWEEP, "-o", str(tmp_path / "whole"), cwd=user)
    assert whole.returncode == 0
    assert (to / "sweep" / OUTCOMES).read_bytes() == (tmp_path / "whole" / OUTCOMES).read_bytes()
