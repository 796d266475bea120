"""Compiled kernels lie in a folder of their own: nobody else's do, and folders that nobody uses any more go."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stability_sim.kernels.compile import FOLDER, RECENT, remove_idle

USERS = """
import numba

@numba.njit(cache=True)
def twice(x):
    return 2 * x

import stability_sim.kernels.compile as compilation
from stability_sim.dynamics.war import war

@numba.njit(cache=True)
def thrice(x):
    return 3 * x

@compilation.kernel
def mechanism(x):
    return 4 * x

twice(1), thrice(1), mechanism(1)
print(*(function.stats.cache_path for function in (twice, thrice, mechanism, war)), sep="\\n")
"""
DAY = 86_400


def _caches(folder: Path, **environment: str) -> list[Path]:
    """Return where functions of a user are kept, one compiled before and one after ours are known, and two kernels."""
    (folder / "users.py").write_text(USERS)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_CACHE")}
    done = subprocess.run(
        [sys.executable, str(folder / "users.py")],
        capture_output=True,
        text=True,
        env=inherited | {"STABILITY_SIM_CACHE": str(folder / "ours")} | environment,
    )
    assert done.returncode == 0, done.stderr
    return [Path(line) for line in done.stdout.splitlines()]


def test_functions_of_others_are_kept_where_numba_keeps_them(tmp_path: Path) -> None:
    twice, thrice, mechanism, ours = _caches(tmp_path)
    assert twice == thrice == tmp_path / "__pycache__"
    assert {path.name.partition("-")[0] for path in twice.glob("*.nbi")} == {"users.twice", "users.thrice"}
    assert mechanism.parent == ours.parent == tmp_path / "ours" / FOLDER.name
    assert {path.name.partition("-")[0] for path in mechanism.glob("*.nbi")} == {"users.mechanism"}


@pytest.mark.parametrize("locators", ["", "UserWideCacheLocator,InTreeCacheLocator"])
def test_a_folder_that_the_user_names_for_numba_is_the_users(tmp_path: Path, locators: str) -> None:
    chosen = {"NUMBA_CACHE_DIR": str(tmp_path / "theirs"), "NUMBA_CACHE_LOCATOR_CLASSES": locators}
    twice, thrice, mechanism, ours = _caches(tmp_path, XDG_CACHE_HOME=str(tmp_path / "home"), **chosen)
    assert twice == thrice
    assert twice.is_relative_to(tmp_path / ("home" if locators else "theirs"))
    assert mechanism.parent == ours.parent == tmp_path / "ours" / FOLDER.name


def _folders(root: Path, ages: list[float], now: float) -> list[Path]:
    """Make folders of kernels that were used so many seconds ago."""
    folders = []
    for k, age in enumerate(ages):
        folder = root / f"kernels-{k:016x}"
        (folder / "stability_sim_0").mkdir(parents=True)
        (folder / "stability_sim_0" / "kernel.nbc").write_bytes(b"0")
        os.utime(folder, (now - age, now - age))
        folders.append(folder)
    return folders


def test_the_kernels_used_last_stay_and_older_ones_go(tmp_path: Path) -> None:
    now = FOLDER.stat().st_mtime
    folders = _folders(tmp_path, [0, 40 * DAY, 2 * DAY, 50 * DAY, 30 * DAY, 20 * DAY], now)
    others = [tmp_path / "kernels-mine", tmp_path / "figures", tmp_path / "kernels-00000000000000000"]
    for other in others:
        other.mkdir()
        os.utime(other, (0, 0))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "kernels-ffffffffffffffff").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    remove_idle(folders[0], now)
    assert [folder.is_dir() for folder in folders] == [True, False, True, False, False, True]
    assert RECENT == 3
    assert all(other.is_dir() for other in others)
    assert (tmp_path / "kernels-ffffffffffffffff").is_symlink()
    assert len(list(tmp_path.iterdir())) == 3 + len(others) + 2


def test_kernels_of_the_last_day_stay_however_many_there_are(tmp_path: Path) -> None:
    now = FOLDER.stat().st_mtime
    folders = _folders(tmp_path, [3600.0 * k for k in range(8)], now)
    remove_idle(folders[0], now)
    assert all(folder.is_dir() for folder in folders)


def test_kernels_that_cannot_be_removed_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = FOLDER.stat().st_mtime
    folders = _folders(tmp_path, [k * 10.0 * DAY for k in range(6)], now)
    rename = Path.rename

    def in_use(path: Path, target: Path) -> Path:
        if path == folders[4]:
            raise PermissionError(path)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", in_use)
    remove_idle(folders[0], now)
    assert [folder.is_dir() for folder in folders] == [True, True, True, False, True, False]
    remove_idle(tmp_path / "nowhere" / folders[0].name, now)  # nor is a folder that went meanwhile a fault


def test_a_new_folder_takes_the_place_of_idle_ones_and_a_start_counts_as_use(tmp_path: Path) -> None:
    now = FOLDER.stat().st_mtime
    folders = _folders(tmp_path, [(k + 10.0) * DAY for k in range(5)], now)
    environment = os.environ | {"STABILITY_SIM_CACHE": str(tmp_path)}
    command = [sys.executable, "-c", "import stability_sim.kernels.compile"]
    subprocess.run(command, env=environment, check=True)
    assert {path.name for path in tmp_path.iterdir()} == {FOLDER.name, folders[0].name, folders[1].name}
    ours = tmp_path / FOLDER.name
    os.utime(ours, (0, 0))
    subprocess.run(command, env=environment, check=True)
    assert ours.stat().st_mtime > 0
