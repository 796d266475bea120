"""A user's folder, and commands run in it as on another machine."""

from __future__ import annotations

import ctypes
import functools
import os
import resource
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from commands import command
from stability_sim.scenario import Scenario
from stability_sim.scenario.explain import dump

DAC_OVERRIDE, DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24  # linux/capability.h, linux/prctl.h
CAPABILITY_VERSION = 0x20080522
FILE_BYTES = 8192
VARIANTS = {"no-pledge": {"remove": ["alliances.P"]}}


def user_folder(folder: Path, small: Scenario) -> Path:
    """Write a scenario with a variant into a folder, and run it there."""
    (folder / "small.yaml").write_text(
        dump(Scenario.model_validate(small.model_dump() | {"variants": VARIANTS})), encoding="utf-8"
    )
    done = command("run", "small.yaml", "-n", "5", "--no-figures", "-o", "ran", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def bound_by_permissions() -> None:
    """Be bound by the permissions of files, as everybody but root is: this process, and the program that it becomes."""
    if os.geteuid():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    failed = libc.capget(header, sets)
    for capability in (DAC_OVERRIDE, DAC_READ_SEARCH):
        failed |= libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        for k in range(3):  # effective, permitted, inheritable
            sets[k] &= ~(1 << capability)
    if failed | libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capabilities")


def files_are_small() -> None:
    """Be allowed no file longer than this, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))


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
