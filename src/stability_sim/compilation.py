"""How kernels are compiled: one decorator, and a cache that cannot go stale.

Numba notices a change of the file of a kernel, but not of a function that the kernel calls from another file. So
the cache folder is named by a hash over the sources of all kernels and the versions that compile them.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numba
from platformdirs import user_cache_path

_F = TypeVar("_F", bound=Callable[..., Any])
_PACKAGE = Path(__file__).parent


def _sources() -> list[Path]:
    rooms = [_PACKAGE / "dynamics", _PACKAGE / "world"]
    files = [path for room in rooms for path in room.glob("*.py")]
    return sorted([*files, _PACKAGE / "randomness.py", _PACKAGE / "engine" / "recorder.py"])


def cache_folder() -> Path:
    """Return the folder of compiled kernels: one for each state of the sources and each compiler."""
    digest = hashlib.sha256()
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {version(name)}".encode())
    digest.update(sys.version.encode())
    for path in _sources():
        if path.exists():
            digest.update(path.read_bytes())
    root = Path(os.environ.get("STABILITY_SIM_CACHE", "") or user_cache_path("stability-sim"))
    return root / f"kernels-{digest.hexdigest()[:16]}"


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_FOLDER = cache_folder()
WAS_COMPILED = _FOLDER.is_dir() and any(_FOLDER.iterdir())
CACHED = _writable(_FOLDER)
if CACHED:
    numba.config.CACHE_DIR = str(_FOLDER)


def kernel(function: _F) -> _F:
    """Compile a loop over replicates and entities; it releases the interpreter lock while it runs."""
    return numba.njit(nogil=True, cache=CACHED, error_model="numpy", fastmath=False)(function)  # type: ignore[no-any-return]


def inlined(function: _F) -> _F:
    """Compile a small formula that kernels call."""
    return numba.njit(nogil=True, cache=CACHED, error_model="numpy", fastmath=False)(function)  # type: ignore[no-any-return]
