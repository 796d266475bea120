"""What governments believe of groups, and groups of alliances: noisy, and less so with an embassy or talks."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.compilation import inlined, kernel
from stability_sim.dynamics.formulas import logistic, logit, toward
from stability_sim.randomness import STREAM_GROUP_SEES, STREAM_STATE_SEES, normal

NEAR_CELLS = 3.5  # as in onset: a third of X* is a typical neighbour at war
SEEN_OF_FIGHTERS = 0.02  # a fighter behind the border weighs a fiftieth of a cell inside it


@inlined
def threat_of(frame, p, now, r, tie):
    """Return the threat that a group poses to a state, in (0, 1): cells inside, and fighters behind its border.

    Who believes the group's word (κ) and sees no aim to export (ω) sees less of the second.
    """
    g = frame.tie_group[tie]
    weight = NEAR_CELLS * now.cells[r, tie]
    if frame.tie_dyad[tie] >= 0:
        aim = now.group_export_aim[r, g] * (1.0 - 0.5 * now.credibility[r, g])
        weight += SEEN_OF_FIGHTERS * aim * now.fighters[r, frame.home_tie[g]]
    return 0.01 + 0.98 * (1.0 - math.exp(-weight / p.cells_half))


@inlined
def _clarity(p, now, r, tie):
    """Return what remains of the noise: talks and an embassy each take away half of what an embassy can."""
    seen = 0.5 * now.engage[r, tie] + 0.5 * now.embassy[r, tie]
    return 1.0 - p.embassy_sees * seen


@kernel
def perception(frame, p, now, after, month, log, seed, replicates, t):  # noqa: ARG001
    """Update what each state believes of the groups it is tied to, and draw what each group misjudges."""
    for r in range(replicates.shape[0]):
        for tie in range(frame.tie_state.shape[0]):
            noise = p.perception_noise * _clarity(p, now, r, tie)
            shift = noise * normal(seed, replicates[r], t, STREAM_STATE_SEES, frame.tie_id[tie])
            seen = logistic(logit(threat_of(frame, p, now, r, tie)) + shift)
            after.threat[r, tie] = toward(now.threat[r, tie], seen, 1.0 - p.perception_memory)
        for g in range(frame.group_id.shape[0]):
            draw = normal(seed, replicates[r], t, STREAM_GROUP_SEES, frame.group_id[g])
            month.group_noise[r, g] = 0.5 * p.perception_noise * draw


@kernel
def first_impressions(frame, p, now):
    """Set what each state believes of each group before the run to what a state without noise would see."""
    for r in range(now.threat.shape[0]):
        for tie in range(frame.tie_state.shape[0]):
            now.threat[r, tie] = threat_of(frame, p, now, r, tie)
