"""Mechanisms with a fault each, and one without: what kernels read and write without looking."""

import functools

from stability_sim.engine.mechanisms import Mechanism
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.world.vocabulary import RAID


@kernel
def swapped(frame, p, now, after, month, log, seed, replicates, t):
    """Take the state for the replicate, and the replicate for the state."""
    for r in range(replicates.shape[0]):
        for j in range(frame.state_id.shape[0]):
            after.hardship[j, r] = 0.5


@kernel
def group_for_state(frame, p, now, after, month, log, seed, replicates, t):
    """Take groups for states: in a world of few groups nobody sees it."""
    for r in range(replicates.shape[0]):
        for g in range(frame.group_id.shape[0]):
            after.hardship[r, g] = 0.5


@kernel
def state_for_group(frame, p, now, after, month, log, seed, replicates, t):
    """Take states for groups: in a world of many groups nobody sees it."""
    for r in range(replicates.shape[0]):
        for j in range(frame.state_id.shape[0]):
            after.stake[r, j] = 0.5


@inlined
def _governed(now, r, g):
    return now.capacity[r, now.governs[r, g]]  # -1 where it governs no state


@kernel
def none_for_one(frame, p, now, after, month, log, seed, replicates, t):
    """Forget that a group need not govern a state."""
    for r in range(replicates.shape[0]):
        for g in range(frame.group_id.shape[0]):
            after.stake[r, g] = _governed(now, r, g)


@kernel
def refuses(frame, p, now, after, month, log, seed, replicates, t):
    """Raise an error of its own."""
    raise ValueError("not with me")


@kernel
def misleads(frame, p, now, after, month, log, seed, replicates, t):
    """Leave an index in a month that no process behind it can use."""
    for r in range(replicates.shape[0]):
        for g in range(frame.group_id.shape[0]):
            month.group_action[r, g] = RAID
            month.group_target[r, g] = 1000


@kernel
def divides(frame, p, now, after, month, log, seed, replicates, t):
    """Divide by nothing, which is infinite in a kernel, and do no harm with it."""
    nothing = 0.0 * t
    if 1.0 / nothing < 0.0:
        after.hardship[0, 1000] = 0.5


@kernel
def _count(frame, now, month, replicates, seen):
    for r in range(replicates.shape[0]):
        for j in range(frame.state_id.shape[0]):
            seen += now.in_conflict[r, j]
            month.hazard[r, j, 0] *= 1.0


class Careful:
    """A process that is no function: nothing is wrong with it."""

    def __call__(self, frame, p, now, after, month, log, seed, replicates, t):
        _count(frame, now, month, replicates, 0)


def swapped_by_hand(frame, p, now, after, month, log, seed, replicates, t, rule):
    """Call a kernel from Python."""
    rule(frame, p, now, after, month, log, seed, replicates, t)


MECHANISMS = {
    name: Mechanism(name, lambda settings, process=process: process, place, at)
    for name, process, place, at in (
        ("swapped", swapped, "after", "recovery"),
        ("group-for-state", group_for_state, "after", "recovery"),
        ("state-for-group", state_for_group, "after", "recovery"),
        ("none-for-one", none_for_one, "before", "hazards"),
        ("refuses", refuses, "after", "exposure"),
        ("misleads", misleads, "before", "raids"),
        ("divides", divides, "after", "hazards"),
        ("careful", Careful(), "after", "hazards"),
        ("by-hand", functools.partial(swapped_by_hand, rule=swapped), "after", "recovery"),
    )
}
SWAPPED = MECHANISMS["swapped"]
