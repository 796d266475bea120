"""What those who come from outside will meet this month: how closely each border is watched, how open each state is."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.compilation import kernel
from stability_sim.dynamics.formulas import detection
from stability_sim.dynamics.grievance import susceptibility


@kernel
def exposure(frame, p, now, after, month, log, seed, replicates, t):
    """Write the probability that a crossing of each dyad is seen, and the susceptibility of each state."""
    for r in range(replicates.shape[0]):
        for d in range(frame.dyad_id.shape[0]):
            month.detection[r, d] = detection(now.guard[r, d], frame.ruggedness[d])
        for i in range(frame.state_id.shape[0]):
            month.susceptibility[r, i] = susceptibility(p, now.capacity[r, i])
