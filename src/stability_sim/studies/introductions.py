"""What one conflict brings about elsewhere: each state in turn put at war in a world at peace, on paired draws.

Counting who infected whom in a run leaves the next-generation matrix full of zeros, because few conflicts spread. The
hazard that a war adds elsewhere is known in every month, without waiting for an onset: its sum over a war, in a world that
stays at peace otherwise, is rate times duration, and the difference between paired runs holds little luck. No other conflict
begins meanwhile: those of who was drawn in, and those that the first state relapses into, are conflicts of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.engine.extensions import Mechanism, register
from stability_sim.engine.schedule import Process
from stability_sim.ensemble.run import run
from stability_sim.scenario import Scenario, apply_settings
from stability_sim.scenario.events import Outbreak, Peace

HORIZON_MONTHS = 240  # long enough for nearly all wars to end
BATCHES = 5
REPLICATES = 100
MOST_STATES = 60
DOMESTIC = "domestic"


def _nothing_begins(_settings: Mapping[str, float]) -> Process:
    """Return what stands in for onset: states at peace stay so, and count the months since their last conflict."""

    def nothing_begins(*given: Any) -> None:  # noqa: ANN401 - what all processes are given
        now, after = (getattr(world, "fields", world) for world in given[2:4])
        after.since_conflict[:] = now.since_conflict + (now.in_conflict == 0)

    return nothing_begins


STILL = Mechanism("nothing-begins", _nothing_begins, "instead of", "onset", {}, "No conflict begins by itself")


def _hazards(scenario: Scenario, seed: int, workers: int | None) -> NDArray[np.float64]:
    """Return the hazard from abroad of each state, summed over a run: (batch, state)."""
    size = REPLICATES // BATCHES
    found = []
    for b in range(BATCHES):
        results = run(scenario, replicates=size, seed=seed, first=b * size, workers=workers)
        abroad = [k for k, channel in enumerate(results.coords["channel"]) if channel != DOMESTIC]
        found.append(results["hazard"][:, abroad].sum(axis=1))
    return np.array(found)


def introductions(scenario: Scenario, seed: int, workers: int | None = None) -> NDArray[np.float64] | None:
    """Return what a war of each state adds to the hazard of each other over its length: (batch, target, origin).

    Parameters
    ----------
    scenario : Scenario
        Resolved.
    seed : int
        Of all draws.
    workers : int, optional
        Threads.

    Returns
    -------
    matrices : array, or None
        Five independent estimates of the next-generation matrix, expected onsets; None for more than 60 states.
    """
    codes = list(scenario.states)
    if len(codes) > MOST_STATES:
        return None
    calm = scenario.model_copy(update={"events": [e for e in scenario.events if not isinstance(e, Outbreak | Peace)]})
    register(STILL)
    calm = calm.model_copy(update={"mechanisms": {**scenario.mechanisms, STILL.name: {}}})
    peace = apply_settings(calm, [f"states.{code}.in_conflict=false" for code in codes])
    peace = apply_settings(peace, [f"months={max(HORIZON_MONTHS, scenario.months)}"])
    without = _hazards(peace, seed, workers)
    matrices = np.zeros((BATCHES, len(codes), len(codes)))
    for j, code in enumerate(codes):
        at_war = apply_settings(peace, [f"states.{code}.in_conflict=true", f"states.{code}.conflict_age=0"])
        matrices[:, :, j] = _hazards(at_war, seed, workers) - without
        matrices[:, j, j] = 0.0
    return matrices
