"""Whole scenarios from strategies: valid ones run with every invariant checked, spoilt ones are refused in words."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

SLOW = bool(os.environ.get("STABILITY_SIM_SLOW"))


def examples(few: int, many: int = 2000) -> settings:
    """Return settings for a few examples, the same each time, or with STABILITY_SIM_SLOW for many new ones."""
    return settings(
        max_examples=many if SLOW else few, deadline=None, derandomize=not SLOW, database=None, report_multiple_bugs=False,
        phases=[Phase.generate] if SLOW else [Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
