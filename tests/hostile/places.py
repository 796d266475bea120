"""A user's folder, and commands run in it as on another machine."""

from __future__ import annotations

import ctypes
import functools
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from stability_sim.scenario import Scenario
from stability_sim.scenario.explain import dump

DAC_OVERRIDE, DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24  # linux/capability.h, linux/prctl.h
VARIANTS = {"no-pledge": {"remove": ["alliances.P"]}}


def user_folder(folder: Path, small: Scenario) -> Path:
    """Write a scenario with a variant into a folder, and run it there."""
    (folder / "small.yaml").write_text(
        dump(Scenario.model_validate(small.model_dump() | {"variants": VARIANTS})), encoding="utf-8"
    )
    done = command(folder, "run", "small.yaml", "-n", "5", "--no-figures", "-o", "ran")
    assert done.returncode == 0, done.stderr
    return folder


def _bound_by_permissions() -> None:
    """Be bound by the permissions of files, as everybody but root is; takes effect with the program that comes next."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (DAC_OVERRIDE, DAC_READ_SEARCH):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


def command(
    cwd: Path, *words: str, bound: bool = False, options: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; ``bound`` by the permissions of files even if these tests are run by root."""
    return subprocess.run(
        [sys.executable, *options, "-m", "stability_sim", *words], cwd=cwd, env={**os.environ, **environment}, capture_output=True,
        check=False, encoding="utf-8", errors="replace", preexec_fn=_bound_by_permissions if bound and os.geteuid() == 0 else None,
    )  # fmt: skip


@functools.cache
def can_mount() -> bool:
    """Return whether a process may mount a disk that only it sees."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        return False
    return subprocess.run([*_APART, "mount -t tmpfs -o size=4k tmpfs /mnt"], capture_output=True).returncode == 0


_APART = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"]), "sh", "-c"]


def on_a_small_disk(cwd: Path, disk: Path, kilobytes: int, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command while the folder ``disk`` is a disk of so many kilobytes; what is left on it is in ``disk`` afterwards."""
    inner = shlex.join([sys.executable, "-m", "stability_sim", *words])
    here = shlex.quote(str(disk))
    script = (
        f"mkdir {here}.left && mount -t tmpfs -o size={kilobytes}k tmpfs {here} && {inner}; code=$?; "
        f"cp -a {here}/. {here}.left/ && umount {here} && cp -a {here}.left/. {here}/; exit $code"
    )
    return subprocess.run(
        [*_APART, script], cwd=cwd, env={**os.environ, **environment}, capture_output=True, check=False, encoding="utf-8",
        errors="replace",
    )  # fmt: skip
