"""Rooms: staging folders in which files are written before they go to their place, and the removal of abandoned ones.

No other process clears a room while its lock is held. The system releases the lock when a process ends, however it
ends, so that a room whose lock is free was left by a process that was killed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOM = ".stability-sim-"  # how the name of a room begins
_LOCK, NEW, OLD = "lock", "new", "old"  # within a room: what is written, and the folder whose place it takes
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}  # what disks say that know none
_LONG_AGO = 86_400  # seconds after which a room was left, where no lock can say so


def nearest(place: Path) -> Path:
    """Return a place, or what there is of the way to it."""
    return next(path for path in (place, *place.absolute().parents) if path.exists())


def lock(handle: int) -> bool:
    """Lock an open file until it is closed or the process ends; False where there are no locks.

    Raises BlockingIOError if another process holds it.
    """
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise
    return True


@contextlib.contextmanager
def _holding(room: Path) -> Iterator[bool]:
    """Hold the lock of a room; yield whether locks work here. OSError if another process holds it or the room is gone."""
    path = room / _LOCK
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        locked = lock(handle)
        if not os.path.samestat(os.fstat(handle), path.lstat()):  # whoever held it until now took the room away
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(room))
        yield locked
    finally:
        os.close(handle)


def _clear(room: Path) -> None:
    """Remove what is in a room whose lock is held, but put back a folder whose place nothing has taken.

    Raises OSError if something else is in its place: then it stays where it is.
    """
    old = room / OLD
    if (room / NEW).exists() and old.is_dir() and not old.is_symlink():
        for path in old.iterdir():
            path.rename(room.parent / path.name)
    for name in (NEW, OLD):
        shutil.rmtree(room / name, ignore_errors=True)


def _take_away(room: Path) -> None:
    """Remove a room that is empty but for its lock; one that is not stays."""
    with contextlib.suppress(OSError):
        (room / _LOCK).unlink(missing_ok=True)
        room.rmdir()


@contextlib.contextmanager
def room(folder: Path) -> Iterator[Path]:
    """Make a room in a folder, which is gone at the end; in it, an empty folder for what is written."""
    with contextlib.ExitStack() as stack:
        while True:
            path = Path(tempfile.mkdtemp(prefix=ROOM, dir=folder))
            stack.callback(_take_away, path)  # after its lock was released: some disks keep open files in their folder
            try:
                stack.enter_context(_holding(path))
            except (BlockingIOError, FileNotFoundError):  # another process saw it before it was locked, and clears it
                continue
            break
        stack.callback(_clear, path)
        (path / NEW).mkdir()
        yield path


def _mine(entry: os.DirEntry[str]) -> bool:
    """Return whether a folder is of this user: another could put a link in the place of theirs while it is cleared."""
    return not hasattr(os, "geteuid") or entry.stat(follow_symlinks=False).st_uid == os.geteuid()


def clear_leftovers(place: Path) -> None:
    """Remove what killed processes left in a folder and beside it; a folder that was about to be replaced comes back.

    What others are writing stays, and so does what other users left. Where a system knows no locks, as Windows, nobody can
    tell the two apart: then what is younger than a day stays.
    """
    for folder in {nearest(place), place.parent}:
        _clear_in(folder)


def _clear_in(folder: Path) -> None:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(ROOM) and entry.is_dir(follow_symlinks=False) and _mine(entry):
                _clear_abandoned(folder / entry.name)


def is_there(folder: Path) -> bool:
    """Return whether something is there; a folder that was about to be replaced when a kill came is put back first."""
    if not folder.exists():
        clear_leftovers(folder)
    return folder.exists()


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give an empty folder where the system keeps what is temporary; it is gone at the end, or when the next is made."""
    place = Path(tempfile.gettempdir())
    _clear_in(place)
    with room(place) as inside:
        yield inside / NEW


def _clear_abandoned(room: Path) -> None:
    with contextlib.suppress(OSError):
        with _holding(room) as locked:
            if not locked and time.time() - room.stat().st_mtime < _LONG_AGO:
                return
            _clear(room)
        _take_away(room)
