"""Runs that the tests of the analysis share."""

from __future__ import annotations

import pytest

from stability_sim.ensemble.run import run
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_settings, apply_variant


@pytest.fixture(scope="session")
def base(small: Scenario) -> Results:
    return run(small, replicates=200)


@pytest.fixture(scope="session")
def without_alliance(small: Scenario) -> Results:
    variants = Scenario.model_validate(
        {
            "scenario": "x",
            "question": "q",
            "start": "2020-01",
            "states": {"A": {}},
            "variants": {"v": {"remove": ["alliances.P"]}},
        }
    ).variants
    return run(apply_variant(small.model_copy(update={"variants": variants}), "v"), replicates=200)


@pytest.fixture(scope="session")
def no_cells(small: Scenario) -> Results:
    return run(apply_settings(small, ["parameters.infiltration_onset=0"]), replicates=200)
