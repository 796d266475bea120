"""What all commands agree on: where results go, and the error of asking for what cannot be done."""

from __future__ import annotations

from pathlib import Path

OUTPUTS = Path("outputs")


class UsageError(ValueError):
    """Something that was asked for cannot be done as it was asked."""
