"""What governments believe of groups, and groups of alliances: noisy, and less so with an embassy or talks."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.dynamics.formulas import toward, two_sided
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.randomness import STREAM_GROUP_SEES, STREAM_STATE_SEES, fill_uniform

LEAST = 0.01  # no government believes that there is no threat at all, nor that there is nothing else: odds need room
MOST = 1.0 - LEAST  # on both sides alike
NOTICED = 1.0  # of a group with fewer hidden members and no way in from its home nobody speaks, nor misjudges it


@inlined
def behind_border(frame, p, now, r, g):
    """Return what the fighters of a group at home weigh for those next door, in hidden members inside.

    Who believes the group's word (κ) and sees no aim to export (ω) sees less of them.
    """
    aim = now.group_export_aim[r, g] * (1.0 - p.word_believed * now.credibility[r, g])
    return p.fighters_seen * aim * now.fighters[r, frame.home_tie[g]]


@inlined
def threat_of(frame, p, now, r, tie, behind):
    """Return the threat that a group poses to a state as a part and the whole: cells inside, fighters behind its border.

    Part over whole is in (0, 1). Divided only at the end: dividing takes as long as ten sums.
    """
    near = 1.0 if frame.tie_dyad[tie] >= 0 else 0.0
    weight = p.near_war_cells * now.cells[r, tie] + near * behind
    whole = weight + p.cells_half
    return LEAST * whole + (MOST - LEAST) * weight, whole


@inlined
def _clarity(p, now, r, tie):
    """Return what remains of the noise: talks and an embassy each take away their part."""
    contact = p.talks_see * now.engage[r, tie] + (1.0 - p.talks_see) * now.embassy[r, tie]
    return 1.0 - p.embassy_sees * contact


@inlined
def misjudged(part, whole, error):
    """Return a part of a whole as a share whose odds are off by (1 + error) / (1 − error), with the error in (−1, 1)."""
    odds = part * (1.0 + error)
    return odds / (odds + (whole - part) * (1.0 - error))


@inlined
def _see(frame, p, now, after, month, r):
    """Update what each state believes of the groups it is tied to: in plain loops, so that several are worked out at once."""
    learns = 1.0 - p.perception_memory
    for g in range(frame.group_id.shape[0]):
        month.behind_border[g] = behind_border(frame, p, now, r, g)
    for tie in range(frame.tie_state.shape[0]):
        error = two_sided(month.draws[tie]) * p.perception_noise * _clarity(p, now, r, tie)
        part, whole = threat_of(frame, p, now, r, tie, month.behind_border[frame.tie_group[tie]])
        perceived = misjudged(part, whole, error)
        noticed = frame.tie_dyad[tie] >= 0 or now.cells[r, tie] >= NOTICED
        after.threat[r, tie] = toward(now.threat[r, tie], perceived if noticed else LEAST, learns)


@kernel
def perception(frame, p, now, after, month, log, seed, replicates, t):
    """Update what each state believes of the groups it is tied to, and draw what each group misjudges."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        fill_uniform(month.draws, key, STREAM_STATE_SEES, frame.tie_id)
        _see(frame, p, now, after, month, r)
        fill_uniform(month.draws, key, STREAM_GROUP_SEES, frame.group_id)
        for g in range(frame.group_id.shape[0]):
            month.group_error[r, g] = p.groups_misjudge * p.perception_noise * two_sided(month.draws[g])


@kernel
def first_impressions(frame, p, now):
    """Set what each state believes of each group before the run to what a state without noise would see."""
    for r in range(now.threat.shape[0]):
        for tie in range(frame.tie_state.shape[0]):
            behind = behind_border(frame, p, now, r, frame.tie_group[tie])
            part, whole = threat_of(frame, p, now, r, tie, behind)
            now.threat[r, tie] = part / whole
