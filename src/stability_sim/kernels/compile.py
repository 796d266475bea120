"""How kernels are compiled: one decorator, and a cache that cannot go stale.

Numba notices a change of the file of a kernel, but not of a function that the kernel calls from another file. So
the cache folder is named by a hash over the sources of all kernels and the versions that compile them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

import numba
from numba.extending import register_jitable
from platformdirs import user_cache_path

from stability_sim.kernels.fingerprint import PACKAGE, fingerprint, kernel_modules

_F = TypeVar("_F", bound=Callable[..., Any])
_FREE_BYTES = 32_000_000  # several times what the kernels take
_IS_OURS = re.compile(r"kernels-[0-9a-f]{16}").fullmatch
RECENT = 3  # folders that stay however old they are: environments with different compilers share the place
_DAY = 86_400.0


def cache_folder(package: Path = PACKAGE) -> Path:
    """Return the folder of compiled kernels: one for each state of the sources and each compiler."""
    digest = hashlib.sha256(fingerprint(kernel_modules(package), package).encode())
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {version(name)}".encode())
    digest.update(sys.version.encode())
    digest.update(f"bounds checked: {bool(numba.config.BOUNDSCHECK)}".encode())
    root = Path(os.environ.get("STABILITY_SIM_CACHE", "") or user_cache_path("stability-sim"))
    return root / f"kernels-{digest.hexdigest()[:16]}"


def _writable(folder: Path) -> bool:
    """Return whether the kernels can be kept in a folder; numba would fail half-way where the disk is full."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.access(folder, os.W_OK) and (WAS_COMPILED or shutil.disk_usage(folder).free >= _FREE_BYTES)
    except OSError:
        return False


def _idle(folder: Path, now: float) -> Iterator[Path]:
    """Yield the folders beside one of kernels that were used longer ago than a day, and than the last few."""
    beside = [path for path in folder.parent.iterdir() if _IS_OURS(path.name) and path.is_dir() and not path.is_symlink()]
    used = sorted(((path.stat().st_mtime, path) for path in beside if path != folder), reverse=True)
    yield from (path for when, path in used[RECENT - 1 :] if now - when > _DAY)


def remove_idle(folder: Path, now: float) -> None:
    """Remove what other versions of the sources or of the compiler left beside a folder of kernels, but for the last few.

    A process that still uses one compiles its kernels anew if it has to. What cannot be removed is left.
    """
    with suppress(OSError):
        for path in _idle(folder, now):
            with suppress(OSError):
                # Out of the way in one step: who starts meanwhile sees the folder whole or not at all.
                shutil.rmtree(path.rename(path.with_name(f".{path.name}-{os.getpid()}")), ignore_errors=True)


FOLDER = cache_folder()
_IS_NEW = not FOLDER.exists()
WAS_COMPILED = FOLDER.is_dir() and os.access(FOLDER, os.W_OK) and any(FOLDER.iterdir())
CACHED = _writable(FOLDER)
if CACHED:
    with suppress(OSError):
        os.utime(FOLDER)  # used now
    if _IS_NEW:
        remove_idle(FOLDER, time.time())


# No fast mathematics: the same bits everywhere. Nothing is allocated in a kernel, hence no reference counts.
_OPTIONS = {"nogil": True, "error_model": "numpy", "fastmath": False, "_nrt": False, "no_cfunc_wrapper": True}


_DECORATING = Lock()


@contextmanager
def _in_our_folder() -> Iterator[None]:
    """Let numba keep in our folder what is decorated meanwhile, and nothing else: it asks then, and never again.

    Where it keeps functions of others is theirs to say.
    """
    ours = {"CACHE_DIR": str(FOLDER), "CACHE_LOCATOR_CLASSES": ""}  # the second is not known to all versions
    with _DECORATING:
        theirs = {name: getattr(numba.config, name) for name in ours if hasattr(numba.config, name)}
        try:
            for name in theirs:
                setattr(numba.config, name, ours[name])
            yield
        finally:
            for name, value in theirs.items():
                setattr(numba.config, name, value)


def kernel(function: _F) -> _F:
    """Compile a loop over replicates and entities; it releases the interpreter lock while it runs."""
    with _in_our_folder():
        return numba.njit(cache=CACHED, **_OPTIONS)(function)


def inlined(function: _F) -> _F:
    """Let kernels call a formula, which becomes part of them (loops can then run on several entities at once).

    From Python it stays a plain function.
    """
    return register_jitable(no_cpython_wrapper=True, forceinline=True, **_OPTIONS)(function)


def _compiled(function: Callable[..., Any], types: tuple[Any, ...]) -> Any:  # noqa: ANN401 - numba has no name for it
    function.compile(types)  # type: ignore[attr-defined]
    return function.overloads[types]  # type: ignore[attr-defined]


def is_compiled(function: Callable[..., Any]) -> bool:
    """Return whether a function is a kernel: not interpreted, no plain Python."""
    return hasattr(function, "overloads")


def straight(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Callable[..., Any]:
    """Return what runs a kernel for arguments of these types, without asking anew at every call what they are."""
    if not is_compiled(function):
        return function
    return cast("Callable[..., Any]", _compiled(function, tuple(numba.typeof(value) for value in arguments)).entry_point)


def address_of(function: Callable[..., Any], arguments: tuple[Any, ...]) -> int:
    """Return where the machine code of a kernel for arguments of these types lies; valid as long as the kernel is."""
    found = _compiled(function, tuple(numba.typeof(value) for value in arguments))
    return int(found.library.get_pointer_to_function(found.fndesc.llvm_func_name))
