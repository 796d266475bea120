"""Writers, and ways in which they are killed: each is called in a process of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from stability_sim.storage.files import moved_into, staged
from stability_sim.storage.staging import clear_leftovers


def write_folder() -> None:
    with staged(Path("out"), lambda _: None) as folder:
        _write_into(folder)


def write_files() -> None:
    with moved_into(Path("out")) as room:
        _write_into(room)


def _write_into(folder: Path) -> None:
    (folder / "a.txt").write_text("new")
    (folder / "inner").mkdir()
    (folder / "inner" / "b.txt").write_text("new")


def clear() -> None:
    clear_leftovers(Path("out"))


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_call(at: int) -> None:
    """Be killed ahead of the call of this number that changes something on the disk."""
    calls = 0

    def counted(call: Any) -> Any:
        def change(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == at:
                _kill()
            return call(*arguments, **named)

        return change

    for name in ("mkdir", "open", "fsync", "rename", "replace", "unlink", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))


def draw_little() -> None:
    """Draw a still and a moving figure of a run, and those of studies in one format: the killing is not about what is drawn."""
    from stability_sim.report.figures import KINDS
    from stability_sim.storage.run_folder import FORMATS

    del FORMATS[1:]
    for kind in KINDS.keys() - {"fan", "animation"}:
        del KINDS[kind]


def at_figure() -> None:
    """Be killed when half of the first figure is written."""
    from matplotlib.figure import Figure

    def savefig(self: Figure, target: Any, **_: Any) -> None:
        Path(target).write_bytes(b"half")
        _kill()

    Figure.savefig = savefig


def at_swap() -> None:
    """Be killed between the old folder and the new one."""
    rename = os.rename

    def once_renamed(source: Any, target: Any, **named: Any) -> None:
        rename(source, target, **named)
        if "old" in str(target):
            _kill()

    os.rename = once_renamed
