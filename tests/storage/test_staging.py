"""Killed at any moment, a writer leaves what was there or what is new; the next start clears the rest and ends the same."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from commands import Call, forked, give
from stability_sim.ensemble.chunks import LOCK
from stability_sim.scenario import Scenario, dump
from stability_sim.storage import staging as rooms
from stability_sim.storage.files import moved_into, staged
from stability_sim.storage.staging import clear_leftovers
from storage import kills

MOST = 200  # calls that any of the writers below may make
WHOLE = {"a.txt": "new", "inner/b.txt": "new"}
OLD = {"a.txt": "old", "c.txt": "old"}


def _killed(*calls: Call, cwd: Path) -> bool:
    done = forked(*calls, cwd=cwd)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def _texts(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def _hidden(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if path.name != LOCK]


def _start(folder: Path, *, old: bool) -> Path:
    folder.mkdir()
    if old:
        (folder / "out").mkdir()
        for name, text in OLD.items():
            (folder / "out" / name).write_text(text)
    return folder


def _moments(tmp_path: Path, writer: Call, *, old: bool) -> list[Path]:
    """Return a folder for each call at which the writer was killed, as the kill left it."""
    left: list[Path] = []
    for at in range(1, MOST):
        folder = _start(tmp_path / str(at), old=old)
        if not _killed(partial(kills.at_call, at), writer, cwd=folder):
            return left
        left.append(folder)
    raise AssertionError("the writer never came to its end")


@pytest.mark.parametrize("old", [False, True], ids=["free", "taken"])
def test_a_folder_killed_at_any_moment_is_the_old_one_or_the_new_one(tmp_path: Path, old: bool) -> None:
    left = _moments(tmp_path, kills.write_folder, old=old)
    gone = [folder for folder in left if not (folder / "out").exists()]
    assert gone
    for folder in left:
        clear_leftovers(folder / "out")
        assert _texts(folder / "out") in ((OLD, WHOLE) if old else ({}, WHOLE))
        assert not _hidden(folder)
        assert not _killed(kills.write_folder, cwd=folder)
        assert _texts(folder / "out") == WHOLE
        assert [path.name for path in folder.iterdir()] == ["out"]


@pytest.mark.parametrize("old", [False, True], ids=["free", "taken"])
def test_files_killed_at_any_moment_are_old_or_new_one_by_one(tmp_path: Path, old: bool) -> None:
    before = OLD if old else {}
    left = _moments(tmp_path, kills.write_files, old=old)
    assert any(_hidden(folder) for folder in left)
    for folder in left:
        shown = {name: text for name, text in _texts(folder / "out").items() if not name.startswith(".")}
        for name, text in shown.items():
            assert text in (before.get(name), WHOLE.get(name))
        assert before.keys() <= shown.keys()
        assert not _killed(kills.write_files, cwd=folder)
        assert _texts(folder / "out") == {**before, **WHOLE}
        assert not _hidden(folder)


def test_the_next_start_is_killed_too(tmp_path: Path) -> None:
    """Clearing may be cut short as well: what was there before comes back all the same."""
    at = next(
        k for k in range(1, MOST)
        if _killed(partial(kills.at_call, k), kills.write_folder, cwd=(folder := _start(tmp_path / str(k), old=True)))
        and not (folder / "out").exists()
    )  # fmt: skip
    for again in range(1, MOST):
        folder = tmp_path / f"again-{again}"
        shutil.copytree(tmp_path / str(at), folder)
        cut = _killed(partial(kills.at_call, again), kills.clear, cwd=folder)
        clear_leftovers(folder / "out")
        assert _texts(folder) == {f"out/{name}": text for name, text in OLD.items()}
        if not cut:
            break
    assert again > 1


def test_nobody_clears_what_another_is_writing(tmp_path: Path) -> None:
    with staged(tmp_path / "mine", lambda _: None) as mine, moved_into(tmp_path) as theirs:
        (mine / "a.txt").write_text("mine")
        (theirs / "b.txt").write_text("theirs")
        assert not _killed(kills.write_folder, cwd=tmp_path)
        clear_leftovers(tmp_path / "any")
        clear_leftovers(tmp_path)
    assert _texts(tmp_path) == {"mine/a.txt": "mine", "b.txt": "theirs", **{f"out/{name}": text for name, text in WHOLE.items()}}


def test_no_link_is_followed_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.txt").write_text("years of work")
    here = tmp_path / "here"
    (here / f"{rooms.ROOM}a" / "new").mkdir(parents=True)
    (here / f"{rooms.ROOM}a" / "new" / "link").symlink_to(tmp_path / "theirs")
    (here / f"{rooms.ROOM}b").symlink_to(tmp_path / "theirs")
    (here / f"{rooms.ROOM}d" / "new").mkdir(parents=True)
    (here / f"{rooms.ROOM}d" / "old").symlink_to(tmp_path / "theirs")
    (here / f"{rooms.ROOM}c").mkdir()
    (here / f"{rooms.ROOM}c" / "lock").symlink_to(tmp_path / "theirs" / "thesis.txt")
    clear_leftovers(here)
    assert _texts(tmp_path / "theirs") == {"thesis.txt": "years of work"}
    assert not (here / f"{rooms.ROOM}a").exists()


def test_what_took_the_place_of_the_old_one_in_the_meantime_stays_and_so_does_the_old_one(tmp_path: Path) -> None:
    room = tmp_path / f"{rooms.ROOM}a"
    (room / "new").mkdir(parents=True)
    (room / "old" / "out").mkdir(parents=True)
    (room / "old" / "out" / "a.txt").write_text("old")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.txt").write_text("somebody else")
    clear_leftovers(tmp_path / "out")
    assert (tmp_path / "out" / "b.txt").read_text() == "somebody else"
    assert (room / "old" / "out" / "a.txt").read_text() == "old"
    shutil.rmtree(tmp_path / "out")
    clear_leftovers(tmp_path / "out")
    assert _texts(tmp_path) == {"out/a.txt": "old"}


def test_without_locks_only_what_is_old_is_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "lock", lambda _: False)
    new, old = tmp_path / f"{rooms.ROOM}new", tmp_path / f"{rooms.ROOM}old"
    for room in (new, old):
        room.mkdir()
        (room / "lock").touch()
    os.utime(old, (1_000_000, 1_000_000))
    clear_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [new.name]


# The commands themselves

SMALL = ("-n", "2")
COMMANDS = {
    "run": ("run", "m.yaml", *SMALL, "-o", "out"),
    "compare": ("compare", "m.yaml", "-V", "no-pledge", *SMALL, "-o", "out"),
    "attribute": ("attribute", "m.yaml", *SMALL, "-o", "out"),
    "sweep": ("sweep", "m.yaml", "--vary", "states.B.capacity=0.1,0.9", *SMALL, "-o", "out"),
    "plot": ("plot", "ran", "fan", "-o", "out"),
}  # fmt: skip
VARIES = ("manifest.json",)


def _command(cwd: Path, words: tuple[str, ...], *kill: Call) -> int:
    done = forked(kills.draw_little, *kill, partial(give, *words), cwd=cwd)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def _raw(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in VARIES)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, small: Scenario) -> Callable[[Path], Path]:
    there = tmp_path_factory.mktemp("place")
    given = small.model_dump() | {"months": 6, "events": [], "variants": {"no-pledge": {"remove": ["alliances.P"]}}}
    (there / "m.yaml").write_text(dump(Scenario.model_validate(given)), encoding="utf-8")
    assert _command(there, ("run", "m.yaml", *SMALL, "--no-figures", "-o", "ran")) == 0

    def copied(to: Path) -> Path:
        shutil.copytree(there, to)
        return to

    return copied


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_killed_while_it_draws_ends_the_same_when_it_is_given_again(
    place: Callable[[Path], Path], tmp_path: Path, name: str
) -> None:
    undisturbed, here = place(tmp_path / "undisturbed"), place(tmp_path / "here")
    assert _command(undisturbed, COMMANDS[name]) == 0
    assert _command(here, COMMANDS[name], kills.at_figure) == -signal.SIGKILL
    assert _hidden(here)
    assert _command(here, COMMANDS[name]) == 0
    assert _raw(here) == _raw(undisturbed)
    assert not _hidden(here)


@pytest.mark.parametrize("again", [("report", "out", "-o", "r.html"), ("run", "m.yaml", "-n", "3", "--no-figures", "-o", "out")])
def test_a_run_killed_between_the_old_one_and_the_new_one(
    place: Callable[[Path], Path], tmp_path: Path, again: tuple[str, ...]
) -> None:
    here = place(tmp_path / "here")
    (here / "ran").rename(here / "out")
    before = _raw(here / "out")
    assert _command(here, ("run", "m.yaml", "-n", "3", "--no-figures", "-o", "out"), kills.at_swap) == -signal.SIGKILL
    assert not (here / "out").exists()
    assert _command(here, again) == 0
    assert not _hidden(here)
    assert (_raw(here / "out") == before) == (again[0] == "report")


@pytest.mark.parametrize("again", [COMMANDS["sweep"], ("run", "m.yaml", *SMALL, "--no-figures", "-o", "out")])
def test_what_a_kill_left_in_a_folder_is_no_reason_to_refuse_it(
    place: Callable[[Path], Path], tmp_path: Path, again: tuple[str, ...]
) -> None:
    here = place(tmp_path / "here")
    assert _command(here, COMMANDS["plot"], kills.at_figure) == -signal.SIGKILL
    assert _command(here, again) == 0
    assert not _hidden(here)


def test_a_sweep_clears_what_earlier_versions_left(place: Callable[[Path], Path], tmp_path: Path) -> None:
    here = place(tmp_path / "here")
    assert _command(here, COMMANDS["sweep"]) == 0
    before = _raw(here)
    (here / "out" / "figures" / ".part-abc").mkdir()
    (here / "out" / "figures" / ".part-abc" / "half.png").write_bytes(b"half")
    (here / "out" / ".part-sweep.nc").write_bytes(b"half")
    (here / "out" / "chunks" / ".part-link").symlink_to(here / "ran")
    assert _command(here, COMMANDS["sweep"]) == 0
    assert _raw(here) == before
