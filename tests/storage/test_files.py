"""Files are whole or not there, links and devices stay what they are, and nobody else's files go."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from stability_sim.storage.files import check_writable, created, moved_into, one_file, shown, write_file


def _names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_what_goes_wrong_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("old")
    with pytest.raises(ZeroDivisionError), moved_into(tmp_path) as room:
        (room / "old.txt").write_text("new")
        (room / "more.txt").write_text("more")
        raise ZeroDivisionError
    assert _names(tmp_path) == ["old.txt"]
    assert (tmp_path / "old.txt").read_text() == "old"
    with pytest.raises(ZeroDivisionError), one_file(tmp_path / "a" / "b" / "c.txt") as place:
        place.write_text("half of it")
        raise ZeroDivisionError
    assert _names(tmp_path) == ["old.txt"]


def test_folders_that_somebody_else_uses_stay(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), created(tmp_path / "a" / "b"):
        (tmp_path / "a" / "theirs").write_text("theirs")
        raise ZeroDivisionError
    assert _names(tmp_path) == ["a", "a/theirs"]


def test_files_are_moved_with_their_folders_and_replace_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    with moved_into(tmp_path / "new") as room:
        (room / "inner").mkdir()
        (room / "inner" / "x.txt").write_text("x")
    with moved_into(tmp_path) as room:
        (room / "kept.txt").write_text("replaced")
    assert _names(tmp_path) == ["kept.txt", "new", "new/inner", "new/inner/x.txt"]
    assert (tmp_path / "kept.txt").read_text() == "replaced"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "kept.txt").stat().st_mode) == 0o666 & ~mask  # others may read it as any file


def test_a_link_is_followed_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.txt").symlink_to("real/there.txt")
    write_file(tmp_path / "link.txt", "through")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real" / "there.txt").read_text() == "through"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_file(tmp_path / "pipe", "down the pipe")
    assert os.read(reader, 100) == b"down the pipe"
    os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert _names(tmp_path) == ["link.txt", "pipe", "real", "real/there.txt"]


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_file(tmp_path / "folder", "text")
    assert _names(tmp_path) == ["folder"]


def test_a_place_that_does_not_exist_yet_is_looked_at_from_above(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b" / "c")
    assert _names(tmp_path) == []


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    assert shown("plain Ω") == "plain Ω"
    assert shown(os.fsdecode(b"caf\xe9.yaml")) == "caf\ufffd.yaml"
