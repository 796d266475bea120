"""Waiting for what happens in another process: for a condition, never for a time. The only place in which a test sleeps."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

LONGEST = 120.0  # seconds after which what does not come is taken for lost


def until(condition: Callable[[], bool], process: subprocess.Popen | None = None) -> bool:
    """Wait until a condition holds and return True; False if the process ends before.

    Raises TimeoutError after two minutes, so that what hangs fails.
    """
    end = time.monotonic() + LONGEST
    while not condition():
        if process is not None and process.poll() is not None:
            return condition()
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        time.sleep(0.002)
    return True
