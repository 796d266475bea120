"""Folders that are written whole or not at all: beside their place first, and moved there when all went well."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from stability_sim.writing import made, sync


@contextlib.contextmanager
def staged(target: Path, check: Callable[[Path], None]) -> Iterator[Path]:
    """Give a folder to write into, and put it in the place of ``target`` when all went well.

    Whatever happens, ``target`` is what it was, or the whole new folder; a symbolic link is followed, and stays.

    Parameters
    ----------
    target : Path
        Where the folder goes; what is there is replaced.
    check : callable
        Raises if what is at a path must stay; asked before anything is written, and again before it is replaced.
    """
    check(target)
    target = target.resolve()
    with made(target.parent):
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        folder.chmod(0o755)
        try:
            yield folder
            for path in folder.rglob("*"):
                sync(path)
            sync(folder)
            check(target)
            _swap(folder, target)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _swap(folder: Path, target: Path) -> None:
    if not target.exists():
        folder.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent)) / "old"
    target.rename(old)
    try:
        folder.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old.parent, ignore_errors=True)
