"""Intensity of a conflict: log battle deaths a year, an autoregression by month."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.compilation import kernel
from stability_sim.randomness import STREAM_INTENSITY, normal


@kernel
def intensity(frame, p, now, after, month, log, seed, replicates, t):
    """Move log deaths of the conflicts that go on: x' = μ + ρ(x−μ) + σ·√(1−ρ²)·N(0,1)."""
    kept = p.log_deaths_persistence
    scale = p.log_deaths_sd * math.sqrt(1.0 - kept * kept)
    for r in range(replicates.shape[0]):
        for i in range(frame.state_id.shape[0]):
            if now.in_conflict[r, i] == 1:
                noise = normal(seed, replicates[r], t, STREAM_INTENSITY, frame.state_id[i])
                gap = now.log_deaths[r, i] - p.log_deaths_mean
                after.log_deaths[r, i] = p.log_deaths_mean + kept * gap + scale * noise
