"""The oracle of dynamics/: what the twin of ``tests/reference`` did in the same worlds. It is run once, before."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from typing import Any, NamedTuple

import numpy as np

from mutation.mutants import Mutant, spoil

SECONDS = 60
MONTHS = 30
FRESH = ("stability_sim.dynamics", "stability_sim.engine", "reference.comparison")


class Case(NamedTuple):
    """A world, and what the twin did in it month by month."""

    beginning: Any
    seed: int
    replicate: int
    months: list[tuple[dict[str, list[float]], dict[str, list[float]]]]
    log: list[tuple[Any, ...]]


def cases(n_worlds: int) -> list[Case]:
    """Run the twin in random worlds, in the rich one and in the small one, and keep all that it did."""
    from conftest import SMALL
    from nudged.rich import RICH
    from reference import comparison
    from reference.model import Twin
    from reference.worlds import world
    from stability_sim.scenario import Scenario, resolve
    from stability_sim.world.initial import begin

    named = [resolve(Scenario.model_validate(document)) for document in (RICH, SMALL)]
    scenarios = [(scenario, replicate) for scenario in named for replicate in (0, 1)]
    scenarios += [(world(number), 0) for number in range(n_worlds)]
    found = []
    for scenario, replicate in scenarios:
        beginning, twin, months = begin(scenario), Twin(scenario, replicate=replicate), []
        for _ in range(min(scenario.months, MONTHS)):
            twin.step()
            months.append((comparison.world(twin, beginning.names), comparison.month(twin, beginning.names)))
        found.append(Case(beginning, scenario.seed, replicate, months, [tuple(row) for row in twin.log]))
    return found


def agrees(case: Case) -> bool:
    """Return whether the kernels do in a world what the twin did."""
    engine = importlib.import_module("stability_sim.engine.run")
    comparison = importlib.import_module("reference.comparison")
    batch = engine.start(case.beginning, case.seed, case.replicate, 1)
    for expected in case.months:
        engine.step(batch)
        for fields, numbers in zip((batch.now, batch.month), expected, strict=True):
            for name, values in numbers.items():
                if not np.allclose(getattr(fields, name)[0].ravel(), values, rtol=1e-9, atol=1e-12):
                    return False
    told = [tuple(row) for row in comparison.told(batch, 0)]
    same = [row[:-1] for row in told] == [row[:-1] for row in case.log]
    return same and np.allclose([row[-1] for row in told], [row[-1] for row in case.log], rtol=1e-9, atol=1e-12)


class TwinOracle:
    """Kernels run uncompiled, each mutant in a process of its own, in the worlds that the twin knows."""

    def __init__(self, n_worlds: int) -> None:
        if os.environ.get("NUMBA_DISABLE_JIT") != "1":
            sys.exit("set NUMBA_DISABLE_JIT=1: compiled kernels would take a minute a mutant")
        self.every = cases(n_worlds)

    def notices(self, mutant: Mutant | None) -> bool:
        """Return whether a mutant does anything else than the twin; None is the kernels as they are."""
        child = os.fork()
        if child == 0:
            signal.alarm(SECONDS)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            np.seterr(all="ignore")
            try:
                for name in [name for name in sys.modules if name.startswith(FRESH)]:
                    del sys.modules[name]
                if mutant:
                    spoil(mutant)
                os._exit(0 if all(map(agrees, self.every)) else 1)
            except BaseException:  # noqa: BLE001 - whatever a mutant does
                if mutant is None:
                    traceback.print_exc(file=sys.stdout)
                    sys.stdout.flush()
                os._exit(1)
        return os.waitpid(child, 0)[1] != 0
