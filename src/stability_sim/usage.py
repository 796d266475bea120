"""What all commands agree on: where results go, how tables are printed, and the error of asking for what cannot be done."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

OUTPUTS = Path("outputs")


class UsageError(ValueError):
    """Something that was asked for cannot be done as it was asked."""


def tables_of_width(letters: int) -> Any:  # noqa: ANN401 - rich is imported late
    """Return what prints tables for people on stdout: as wide as the terminal, or of so many letters where there is none."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else letters)
