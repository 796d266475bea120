"""Small scenarios with most of the model switched off."""

from __future__ import annotations

from typing import Any

from stability_sim.engine.run import Batch, start
from stability_sim.scenario import Scenario, resolve
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.quantity import quantity
from stability_sim.world.initial import begin

SEED = 20210815
NO_CHANNELS = {
    "infiltration_onset": 0.0, "kin_onset": 0.0, "refugee_onset": 0.0, "economic_spillover": 0.0,
    "entanglement_onset": 0.0, "restart_neighbours": 0.0, "common_shock_sd": 0.0,
}  # fmt: skip
FOR_EVER = {"ending_level": -700.0, "capital_falls": 1e9}  # no fighting ends


def scenario(parameters: dict[str, float] | None = None, **sections: Any) -> Scenario:
    """Return a scenario of these sections; parameters may lie outside their ranges."""
    made = Scenario.model_validate(
        {"scenario": "closed-form", "question": "q", "start": "2000-01", "months": 48, "map": {"projection": "network"}}
        | sections
    )
    return resolve(made.model_copy(update={"parameters": {n: quantity(v) for n, v in (parameters or {}).items()}}))


def batch(case: Scenario, replicates: int) -> Batch:
    """Return replicates of a scenario at their first month."""
    return start(begin(case), SEED, 0, replicates)


def p(name: str) -> float:
    """Return the default of a parameter."""
    return PARAMETERS[name].value
