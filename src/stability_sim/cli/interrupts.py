"""The start of the program, and what an interrupt does: in a command it is an exception, so that it can tidy up; before and behind it ends the process.

While Python imports or takes itself down there is nothing to tidy up, and nobody to catch an exception.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from typing import NoReturn

INTERRUPTED = 130
MESSAGE = "interrupted"


def _end(*_: object) -> NoReturn:
    with contextlib.suppress(OSError):
        os.write(2, f"{MESSAGE}\n".encode())
    os._exit(INTERRUPTED)


def end_at_once() -> None:
    """Have an interrupt end this process from now on, unless it is ignored (as in the background of a shell)."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


@contextlib.contextmanager
def as_exceptions() -> Iterator[None]:
    """Have an interrupt raise KeyboardInterrupt as long as a command runs, where it would end the process otherwise."""
    if signal.getsignal(signal.SIGINT) is not _end:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _end)


def main() -> None:
    """Run a command and exit with its code; interrupts are taken care of before anything else is imported."""
    end_at_once()
    from stability_sim.cli.main import main as run_command

    run_command()
