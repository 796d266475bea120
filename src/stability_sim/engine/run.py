"""A chunk of replicates, month by month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stability_sim.dynamics.perception import first_impressions
from stability_sim.engine.extensions import schedule_for
from stability_sim.engine.schedule import BEFORE_ANYBODY_LOOKS, SCHEDULE, Phase
from stability_sim.handles import handle
from stability_sim.world.arrays import SHARED, Ids, Log, Month, World, copy_into
from stability_sim.world.build import Beginning, clear, empty_log, empty_month, grown, repeat

Hook = Callable[["Chunk", str], None]


@dataclass
class Chunk:
    """Some replicates of a scenario at one moment: the world now, the world after, and what happens between.

    ``month_number`` counts from 0; ``now`` is the world at the beginning of that month.
    """

    beginning: Beginning
    seed: np.uint64
    replicates: Ids
    now: World
    after: World
    month: Month
    log: Log
    schedule: tuple[Phase, ...] = SCHEDULE
    handles: dict[int, Any] = field(default_factory=dict)
    month_number: int = 0

    def given(self, fields: Any) -> Any:  # noqa: ANN401 - a named tuple
        """Return what kernels take for one of the named tuples of this chunk; made once for each."""
        if id(fields) not in self.handles:
            self.handles[id(fields)] = handle(fields)
        return self.handles[id(fields)]


def start(beginning: Beginning, seed: int, first: int, n_replicates: int) -> Chunk:
    """Return replicates ``first`` .. ``first + n_replicates - 1`` at their first month."""
    now = repeat(beginning.world, n_replicates)
    chunk = Chunk(
        beginning=beginning,
        seed=np.uint64(seed),
        replicates=np.arange(first, first + n_replicates, dtype=np.uint64),
        now=now,
        after=repeat(beginning.world, n_replicates)._replace(**{name: getattr(now, name) for name in SHARED}),
        month=empty_month(beginning.frame, n_replicates),
        log=empty_log(n_replicates, 64),
        schedule=schedule_for(beginning.mechanisms),
    )
    first_impressions(chunk.given(beginning.frame), chunk.given(beginning.parameters), chunk.given(now))
    return chunk


def _given(chunk: Chunk) -> tuple[Any, ...]:
    """Return what every process takes, but for the month."""
    return (
        chunk.given(chunk.beginning.frame),
        chunk.given(chunk.beginning.parameters),
        chunk.given(chunk.now),
        chunk.given(chunk.after),
        chunk.given(chunk.month),
        chunk.given(chunk.log),
        chunk.seed,
        chunk.replicates,
    )


def _make_room(chunk: Chunk) -> None:
    larger = grown(chunk.log, chunk.beginning.frame)
    if larger is not chunk.log:
        chunk.handles.pop(id(chunk.log), None)
        chunk.log = larger


def step(chunk: Chunk, after_phase: Hook | None = None) -> None:
    """Run one month; ``after_phase`` is called with the chunk and the name of each phase that is done.

    When it returns, ``chunk.now`` is the world at the beginning of the next month, and ``chunk.month`` tells what
    happened in the one that is over.
    """
    clear(chunk.month)
    _make_room(chunk)
    given, t = _given(chunk), chunk.month_number
    for process in BEFORE_ANYBODY_LOOKS.processes:
        process(*given, t)
    copy_into(chunk.now, chunk.after)
    for phase in chunk.schedule:
        for process in phase.processes:
            process(*given, t)
        if after_phase is not None:
            after_phase(chunk, phase.name)
    chunk.now, chunk.after = chunk.after, chunk.now
    chunk.month_number += 1
