"""The same past, a new policy: replicates of a base go on, from a month, in the world of a variant.

What exists in both keeps its state, by name. What the variant sets (its first moment differs from that of the base) is
set; what it adds begins as it would at the start; what it removes is gone. Events that are past do not happen again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.engine.run import Batch, schedule_of, start
from stability_sim.scenario.variables import FIELDS
from stability_sim.world.entities import Names
from stability_sim.world.fields import SHARED, World, no_month
from stability_sim.world.initial import Beginning, empty_log


@dataclass(frozen=True)
class Fork:
    """A base, a variant, and the month at whose beginning the one goes over into the other."""

    base: Beginning
    future: Beginning
    month: int


def entities(beginning: Beginning) -> dict[str, list[Any]]:
    """Return what each kind of entity is called, in the order of its indices."""
    names, frame = beginning.names, beginning.frame
    conditions = [
        (int(frame.event_id[e]), k)
        for e in np.argsort(frame.event_trigger, kind="stable").tolist()
        if frame.event_trigger[e] >= 0
        for k in range(int(frame.condition_start[frame.event_trigger[e] + 1] - frame.condition_start[frame.event_trigger[e]]))
    ]
    return {
        "state": names.states, "dyad": names.dyads, "group": names.groups, "tie": names.ties,
        "conflict": names.conflicts, "support": names.supports, "member": names.members,
        "pact": names.pacts, "event": frame.event_id.tolist(), "condition": conditions,
    }  # fmt: skip


def places(of: list[Any], among: list[Any]) -> NDArray[np.int64]:
    """Return where each of some names stands among others; -1 if it does not."""
    index_of = {name: k for k, name in enumerate(among)}
    return np.array([index_of.get(name, -1) for name in of], dtype=np.int64)


def _renamed(values: NDArray[Any], table: NDArray[np.int64]) -> NDArray[Any]:
    """Return indices of the base as indices of the variant; -1 for what is gone, and for none."""
    return np.append(table, -1)[values].astype(values.dtype)


def carry_over(fork: Fork, batch: Batch) -> World:
    """Return the world of the variant that takes over from a batch of the base at the beginning of the month of the fork.

    What begins anew begins as it would at the start of the same replicate. A conflict of which the variant sets whether it is
    fought begins anew as a whole, memory and all.
    """
    was, will = entities(fork.base), entities(fork.future)
    now, n, first = batch.now, len(batch.replicates), int(batch.replicates[0])
    old_start = start(fork.base, int(batch.seed), first, 1).now
    new_start = start(fork.future, int(batch.seed), first, n).now
    same = places(will["conflict"], was["conflict"])
    same = np.where(new_start.fought[0] == old_start.fought[0, same], same, -1)
    fields: dict[str, Any] = {}
    for field in FIELDS:
        place = same if field.of == "conflict" else places(will[field.of], was[field.of])
        for name in field.arrays:
            old, old_first, new_first = getattr(now, name), getattr(old_start, name), getattr(new_start, name)
            if field.refers:
                table = places(was[field.refers], will[field.refers])
                old, old_first = _renamed(old, table), _renamed(old_first, table)
            in_both = np.flatnonzero(place >= 0)
            if not field.memory:  # what the variant sets begins anew
                in_both = in_both[new_first[0, in_both] == old_first[0, place[in_both]]]
            values = new_first.copy()
            window = tuple(slice(min(sizes)) for sizes in zip(values.shape[2:], old.shape[2:], strict=True))
            values[(slice(None), in_both, *window)] = old[(slice(None), place[in_both], *window)]
            fields[name] = np.ascontiguousarray(values)
    return World(**fields)


def go_on(fork: Fork, batch: Batch) -> Batch:
    """Return the batch of the variant that takes over from a batch of the base at the month of the fork."""
    now = carry_over(fork, batch)
    after = World(*(values.copy() for values in now))._replace(**{name: getattr(now, name) for name in SHARED})
    n = len(batch.replicates)
    return Batch(
        beginning=fork.future, seed=batch.seed, replicates=batch.replicates, now=now, after=after,
        month=no_month(fork.future.frame, n), log=empty_log(n, 64), month_number=batch.month_number,
        schedule=schedule_of(fork.future),
    )  # fmt: skip


def joined_names(fork: Fork) -> Names:
    """Return the names of all that exists in the variant, and behind them what exists in the base alone."""
    future, base = fork.future.names, fork.base.names
    kinds = [kind for kind in vars(future) if kind != "dyad_numbers"]
    joined: dict[str, Any] = {kind: list(dict.fromkeys(getattr(future, kind) + getattr(base, kind))) for kind in kinds}
    return Names(**joined, dyad_numbers=base.dyad_numbers | future.dyad_numbers)


def joined_beginning(fork: Fork) -> Beginning:
    """Return what results of a fork are labelled by: all names, and the first moment of the base."""
    names = joined_names(fork)
    base, future = fork.base, fork.future
    scenario = future.scenario.model_copy(
        update={
            "state": {code: (future.scenario.states | base.scenario.states)[code] for code in names.states},
            "group": {name: (base.scenario.groups | future.scenario.groups)[name] for name in names.groups},
        }
    )
    frame = future.frame._replace(
        state_id=np.zeros(len(names.states), np.uint64), dyad_id=np.zeros(len(names.dyads), np.uint64),
        border_id=np.zeros(len(names.borders), np.uint64), tie_id=np.zeros(len(names.ties), np.uint64),
        group_id=np.zeros(len(names.groups), np.uint64), conflict_id=np.zeros(len(names.conflicts), np.uint64),
        support_id=np.zeros(len(names.supports), np.uint64),
    )  # fmt: skip
    first: dict[str, NDArray[np.int8]] = {}
    for name, kind in (("in_conflict", "states"), ("counted", "conflicts")):
        values = {
            key: value
            for side in (future, base)
            for key, value in zip(getattr(side.names, kind), getattr(side.world, name)[0], strict=True)
        }
        first[name] = np.array([[values[key] for key in getattr(names, kind)]], dtype=np.int8)
    return replace(future, scenario=scenario, names=names, frame=frame, world=future.world._replace(**first))
