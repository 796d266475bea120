"""A small world on which one formula at a time can be tried: real arrays, real parameters, nothing runs by itself.

TGT is the state that is looked at. N1 .. N5 are its neighbours; N1 is the home of two groups, one of which governs it.
BIG and SML are bound to TGT by an alliance that BIG leads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stability_sim.engine.run import Batch, start
from stability_sim.scenario import Scenario, resolve
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.world.fields import World, as_numbers, clear, no_month
from stability_sim.world.initial import Beginning, begin, empty_log, repeat

NEIGHBOURS = ("N1", "N2", "N3", "N4", "N5")
_FILE: dict[str, Any] = {
    "scenario": "bench", "question": "What does one formula do?", "start": "2020-01", "months": 12,
    "map": {"projection": "network"},
    "states": {
        "TGT": {"since_conflict": 360}, **{code: {"since_conflict": 360} for code in NEIGHBOURS},
        "BIG": {"forces": 400, "prestige": 0.6}, "SML": {"forces": 20},
    },
    "groups": {
        "rulers": {"home": "N1", "governs": "N1", "fighters": {"N1": 20000}},
        "rebels": {"home": "N1", "clandestine": True, "export_aim": 0.9, "stake": 0.05, "fighters": {"N1": 2000}},
    },
    "borders": {f"{code}-TGT": {} for code in NEIGHBOURS},
    "alliances": {
        "pact": {"members": ["TGT", "BIG", "SML"], "lead": "BIG", "covers": ["overt_attack", "raid", "infiltration"]},
    },
    "events": [{"when": "incidents(N1-TGT) >= 5 in 3 months", "set": {"borders.N1-TGT.guard": 0.8}, "repeats": True}],
}  # fmt: skip


def numbers(**changed: float) -> Any:
    """Return the parameters as the formulas take them: the documented defaults, but for those that are named."""
    return as_numbers(changed)


def ends(name: str) -> tuple[float, float]:
    """Return the documented range of a parameter."""
    return PARAMETERS[name].low, PARAMETERS[name].high


class Bench:
    """One replicate of the small world (or of another file), with every array open to be set."""

    def __init__(self, file: dict[str, Any] | None = None) -> None:
        self.beginning: Beginning = begin(resolve(Scenario.model_validate(file or _FILE)))
        self.frame: Any = self.beginning.frame
        self.now: Any = self.beginning.world
        self.after: Any = repeat(self.now, 1)
        self.month: Any = no_month(self.frame, 1)
        self.log: Any = empty_log(1, 4000)
        self._given: Any = None
        names = self.beginning.names
        self._states = {name: k for k, name in enumerate(names.states)}
        self._dyads = {pair: k for k, pair in enumerate(names.dyads)}
        self._ties = {pair: k for k, pair in enumerate(names.ties)}
        self._pacts = {(helper, ally): k for k, (_, helper, ally) in enumerate(names.pacts)}
        self._groups = {name: k for k, name in enumerate(names.groups)}
        self._members = {code: k for k, (_, code) in enumerate(names.members)}
        self._conflicts = {pair: k for k, pair in enumerate(names.conflicts)}
        self._supports = {pair: k for k, pair in enumerate(names.supports)}

    def state(self, code: str) -> int:
        """Return the index of a state."""
        return self._states[code]

    def dyad(self, source: str, target: str) -> int:
        """Return the index of a dyad."""
        return self._dyads[source, target]

    def tie(self, group: str, code: str) -> int:
        """Return the index of a group in a state."""
        return self._ties[group, code]

    def pact(self, helper: str, ally: str) -> int:
        """Return the index of a promise of one member to another."""
        return self._pacts[helper, ally]

    def group(self, name: str) -> int:
        """Return the index of a group."""
        return self._groups[name]

    def member(self, code: str) -> int:
        """Return the index of a state as a member of the alliance."""
        return self._members[code]

    def conflict(self, code: str, rebels: str = "#1") -> int:
        """Return the index of the conflict of a state with a group, or with rebels without a name."""
        return self._conflicts[code, rebels]

    def support(self, of: str, to: str) -> int:
        """Return the index of what a state gives to a state or a group."""
        return self._supports[of, to]

    def set(self, name: str, where: int | slice, value: float) -> None:
        """Set one entity of an array, now and after."""
        for world in (self.now, self.after):
            getattr(world, name)[0, where] = value

    def process(self, kernel: Any, p: Any, t: int = 0) -> None:
        """Run one process of the schedule, uncompiled, for this one replicate: from now into after."""
        kernel.py_func(self.frame, p, self.now, self.after, self.month, self.log, np.uint64(1), np.zeros(1, dtype=np.uint64), t)

    def next_month(self) -> None:
        """Make what was written for after the present, and empty the month."""
        become_now(self.after, self.now)
        clear(self.month)
        self.log.count[:] = 0


def become_now(after: World, now: World) -> None:
    """Write the world after over the world now."""
    for values, place in zip(after, now, strict=True):
        if place is not values:
            np.copyto(place, values)  # type: ignore[arg-type]


class Many:
    """Many replicates of a world, for what can only be seen in the frequency of draws; compiled."""

    def __init__(self, bench: Bench, n: int, p: Any) -> None:
        self.batch: Batch = start(bench.beginning, 20200101, 0, n)
        become_now(self.batch.now, self.batch.after)  # what a start draws is in the present alone
        self.p = p

    def process(self, kernel: Any, t: int = 0) -> None:
        """Run one process of the schedule for all replicates: from now into after."""
        batch = self.batch
        parts = (batch.beginning.frame, self.p, batch.now, batch.after, batch.month, batch.log)
        kernel(*(batch.handle_of(part) for part in parts), batch.seed, batch.replicates, t)
        batch.log.count[:] = 0

    def next_month(self) -> None:
        """Make what was written for after the present, and empty the month."""
        become_now(self.batch.after, self.batch.now)
        clear(self.batch.month)
