"""Files and folders written whole or not at all: beside their place first, then moved to it when all is on the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from stability_sim.storage.staging import NEW, OLD, clear_leftovers, nearest, room


def sync(path: Path) -> None:
    """Have the system write a file or the names in a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some systems cannot do this for folders
        if not path.is_dir():
            raise
    finally:
        os.close(handle)


def check_writable(folder: Path) -> None:
    """Raise OSError that names the place if nothing can be made in a folder, or where the folder would be made.

    To be called before the work whose results go there, not after it.
    """
    existing = nearest(folder)
    if existing.is_dir() and not os.access(existing, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "Permission denied: choose another folder", str(existing))


@contextlib.contextmanager
def created(folder: Path) -> Iterator[None]:
    """Make a folder and its missing parents; remove those again if the body raises."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in missing:
            with contextlib.suppress(OSError):  # not empty: somebody else writes there
                path.rmdir()
        raise


@contextlib.contextmanager
def staged(target: Path, check: Callable[[Path], None]) -> Iterator[Path]:
    """Give a folder to write into, and put it in the place of ``target`` when all went well.

    Whatever happens, ``target`` is what it was, or the whole new folder; a symbolic link is followed, and stays. After a
    kill in between the two, ``clear_leftovers`` puts back what it was.

    Parameters
    ----------
    target : Path
        Where the folder goes; what is there is replaced.
    check : callable
        Raises if what is at a path must stay; asked before anything is written, and again before it is replaced.
    """
    clear_leftovers(target.resolve())
    check(target)
    target = target.resolve()
    with created(target.parent), room(target.parent) as inside:
        new, old = inside / NEW, inside / OLD / target.name
        yield new
        for path in (*new.rglob("*"), new):
            sync(path)
        check(target)
        if target.exists():
            old.parent.mkdir()
            target.rename(old)
        new.rename(target)
        sync(target.parent)


@contextlib.contextmanager
def moved_into(folder: Path, last: str = "") -> Iterator[Path]:
    """Give an empty folder, and move the files that are in it at the end into ``folder``, in place of those that are there.

    If anything goes wrong before, ``folder`` is as it was; it is not there if it was not. The file ``last``, which says
    that the others are there, is moved behind them.
    """
    check_writable(folder)
    clear_leftovers(folder)
    with created(folder), room(folder) as inside:
        new = inside / NEW
        yield new
        files = sorted((path for path in new.rglob("*") if path.is_file()), key=lambda path: (path == new / last, path))
        for path in files:
            sync(path)
        for path in files:
            place = (folder / path.relative_to(new)).resolve()
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
        sync(folder)


@contextlib.contextmanager
def one_file(path: Path) -> Iterator[Path]:
    """Give a place to write a file at, and move it to ``path`` at the end.

    A device, such as /dev/stdout, is written to as it is; a symbolic link is followed, and stays.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        yield path
        return
    path = path.resolve()
    with moved_into(path.parent) as folder:
        yield folder / path.name


def write_file(path: Path, text: str) -> None:
    """Write a text in UTF-8 to a file, whole or not at all; folders on the way are made."""
    with one_file(path) as place:
        place.write_text(text, encoding="utf-8")


def shown(text: str) -> str:
    """Return words of the command line or names of files as text that can be written: what no UTF-8 can hold is replaced.

    Where the locale knows ASCII alone, Python hands over other letters as they are stored, byte by byte.
    """
    return os.fsencode(text).decode("utf-8", "replace")


def command_line() -> str:
    """Return the command that is running, as one would type it."""
    return shown(shlex.join(["stability-sim", *sys.argv[1:]]))


OUTPUTS = Path("outputs")


class UsageError(ValueError):
    """Something that was asked for cannot be done as it was asked."""
