"""The small panel that tests of hindcasts and calibration share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stability_sim.panel import Panel

sys.path.insert(0, str(Path(__file__).parent))

from worlds import ring_panel


@pytest.fixture(scope="session")
def ring() -> Panel:
    """Twelve states on a ring, 1990 to 2005."""
    return ring_panel()
