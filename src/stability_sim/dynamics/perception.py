"""What governments believe of groups, and groups of alliances: noisy, and less so with an embassy or talks."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.compilation import inlined, kernel
from stability_sim.dynamics.formulas import toward
from stability_sim.randomness import STREAM_GROUP_SEES, STREAM_STATE_SEES, fill_uniform

LEAST = 0.01  # no government believes that there is no threat at all
NOTICED = 1.0  # of a group with fewer hidden members and no way in from its home nobody speaks, nor misjudges it


@inlined
def threat_of(frame, p, now, r, tie):
    """Return the threat that a group poses to a state, in (0, 1): cells inside, and fighters behind its border.

    Who believes the group's word (κ) and sees no aim to export (ω) sees less of the second.
    """
    g = frame.tie_group[tie]
    weight = p.near_war_cells * now.cells[r, tie]
    if frame.tie_dyad[tie] >= 0:
        aim = now.group_export_aim[r, g] * (1.0 - 0.5 * now.credibility[r, g])
        weight += p.fighters_seen * aim * now.fighters[r, frame.home_tie[g]]
    return LEAST + (1.0 - 2.0 * LEAST) * weight / (weight + p.cells_half)


@inlined
def _clarity(p, now, r, tie):
    """Return what remains of the noise: talks and an embassy each take away half of what an embassy can."""
    seen = 0.5 * now.engage[r, tie] + 0.5 * now.embassy[r, tie]
    return 1.0 - p.embassy_sees * seen


@inlined
def misjudged(share, error):
    """Return a share in (0, 1) whose odds are off by (1 + error) / (1 − error), with the error in (−1, 1)."""
    odds = share * (1.0 + error)
    return odds / (odds + (1.0 - share) * (1.0 - error))


@kernel
def perception(frame, p, now, after, month, log, seed, replicates, t):
    """Update what each state believes of the groups it is tied to, and draw what each group misjudges."""
    learns = 1.0 - p.perception_memory
    for r in range(replicates.shape[0]):
        fill_uniform(month.draws, r, seed, replicates[r], t, STREAM_STATE_SEES, frame.tie_id)
        for tie in range(frame.tie_state.shape[0]):
            seen = LEAST
            if frame.tie_dyad[tie] >= 0 or now.cells[r, tie] >= NOTICED:
                error = (2.0 * month.draws[r, tie] - 1.0) * p.perception_noise * _clarity(p, now, r, tie)
                seen = misjudged(threat_of(frame, p, now, r, tie), error)
            after.threat[r, tie] = toward(now.threat[r, tie], seen, learns)
        fill_uniform(month.draws, r, seed, replicates[r], t, STREAM_GROUP_SEES, frame.group_id)
        for g in range(frame.group_id.shape[0]):
            month.group_error[r, g] = 0.5 * p.perception_noise * (2.0 * month.draws[r, g] - 1.0)


@kernel
def first_impressions(frame, p, now):
    """Set what each state believes of each group before the run to what a state without noise would see."""
    for r in range(now.threat.shape[0]):
        for tie in range(frame.tie_state.shape[0]):
            now.threat[r, tie] = threat_of(frame, p, now, r, tie)
