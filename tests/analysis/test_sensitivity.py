"""Screening and variance shares on functions whose answer is known, and on the model."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from stability_sim.analysis.sensitivity import (
    Factor,
    NothingToExplainError,
    by_basis,
    check_outcome,
    latin_points,
    morris,
    morris_points,
    sobol,
    sobol_points,
    swings,
)
from stability_sim.ensemble.run import run
from stability_sim.scenario import Scenario, apply_settings, quantities, with_values
from stability_sim.scenario.explain import dump
from stability_sim.scenario.load import loads
from stability_sim.storage.files import UsageError
from stability_sim.studies.points import Simulator, factors_of, headline_values
from stability_sim.studies.sensitivity import Sensitivity, sensitivity

THREE = [Factor(name, -math.pi, math.pi, 0.0, basis) for name, basis in (("a", "assumed"), ("b", "sourced"), ("c", "assumed"))]


def _ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami & Homma 1990, with the constants 7 and 0.1."""
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


# the variances in closed form
_V1 = 0.5 * (1 + 0.1 * math.pi**4 / 5) ** 2
_V2 = 7**2 / 8
_V13 = 0.1**2 * math.pi**8 * (1 / 18 - 1 / 50)
_V = _V1 + _V2 + _V13
FIRST = (_V1 / _V, _V2 / _V, 0.0)
TOTAL = ((_V1 + _V13) / _V, _V2 / _V, _V13 / _V)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sobol_shares_of_a_known_function_are_within_their_intervals(seed: int) -> None:
    table = sobol(THREE, _ishigami(sobol_points(THREE, 1024, seed)), "toy", seed)
    for k in range(3):
        assert abs(table["total"][k] - TOTAL[k]) <= table["total_half"][k]
        assert abs(table["first"][k] - FIRST[k]) <= table["first_half"][k]


def test_shares_of_groups_of_a_known_function() -> None:
    groups = by_basis(THREE)
    table = sobol(THREE, _ishigami(sobol_points(THREE, 1024, 1, groups)), "toy", 1, groups).set_index("factor")
    assert abs(table.loc["assumed", "total"] - TOTAL[0]) <= table.loc["assumed", "total_half"]
    assert (
        abs(table.loc["sourced, fitted or elicited", "first"] - FIRST[1])
        <= table.loc["sourced, fitted or elicited", "first_half"]
    )


def test_morris_of_a_line_is_its_slope_and_a_curve_has_a_spread() -> None:
    factors = [Factor("line", 0, 2, 1, "assumed"), Factor("curve", 0, 2, 1, "assumed"), Factor("nothing", 0, 1, 0, "assumed")]
    points = morris_points(factors, 40, 7)
    table = morris(factors, points, 3 * points[:, 0] + points[:, 1] ** 2, "toy", 7).set_index("factor")
    assert table.loc["line", "mu_star"] == pytest.approx(6)
    assert table.loc["line", "sigma"] == pytest.approx(0, abs=1e-9)
    assert table.loc["curve", "sigma"] > 0.3
    assert table.loc["nothing", "mu_star"] == 0


def test_the_same_seed_gives_the_same_design_and_global_generators_are_left_alone() -> None:
    state, np_state = random.getstate(), np.random.get_state()[1].copy()
    first, second = (sobol_points(THREE, 64, 9) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(morris_points(THREE, 5, 9), morris_points(THREE, 5, 9))
    assert random.getstate() == state
    assert (np.random.get_state()[1] == np_state).all()


@pytest.mark.parametrize(
    ("values", "message"), [([1.0, np.nan, 2.0], "not a number at 1 of 3"), ([0.3] * 3, "no variance to explain")]
)
def test_what_has_no_variance_is_refused(values: list[float], message: str) -> None:
    with pytest.raises(NothingToExplainError, match=message):
        check_outcome(np.array(values), "toy")
    points = sobol_points(THREE, 16, 1)
    with pytest.raises(NothingToExplainError):
        sobol(THREE, np.full(len(points), 2.0), "toy", 1)


def test_a_point_is_the_scenario_that_settings_make(small: Scenario) -> None:
    values = {
        "parameters.kin_onset": 0.007,
        "states.B.capacity": 0.21,
        "groups.rebels.fighters.A": 2500.0,
        "borders.A-B.hostility": 0.5,
    }
    point = with_values(small, values)
    settings = apply_settings(small, [f"{path}={value}" for path, value in values.items()])
    assert run(point, replicates=20).hash() == run(settings, replicates=20).hash()
    ruled = Scenario.model_validate(small.model_dump() | {"rules": {"refugees": "raise", "drills": "deter"}})
    assert with_values(ruled, {"parameters.refugee_onset": 0.0}).rules.refugees is None
    assert with_values(ruled, {"parameters.refugee_onset": 0.0}).rules.drills == "deter"


def test_points_of_a_design_keep_within_the_ranges() -> None:
    """-0.7 + 1.0 * (0.4 + 0.7) is more than 0.4, which is as far as the parameter goes."""
    assert -0.7 + 1.0 * (0.4 + 0.7) > 0.4
    factors = [
        Factor("parameters.drill_effect", -0.7, 0.4, 0.0, "assumed"),
        Factor("parameters.kin_onset", 0.0, 0.01, 0.0036, "assumed"),
    ]
    for points in (morris_points(factors, 4, 1), sobol_points(factors, 8, 1), latin_points(factors, 50, 1)):
        assert (points.min(axis=0) >= [-0.7, 0.0]).all()
        assert (points.max(axis=0) <= [0.4, 0.01]).all()
    assert morris_points(factors, 4, 1)[:, 0].max() == 0.4


def test_every_number_with_a_range_can_be_varied(central_asia: Scenario) -> None:
    factors = factors_of(central_asia, ["*"])
    high = with_values(central_asia, {factor.path: factor.high for factor in factors})
    found = dict(quantities(high))
    assert all(found[factor.path].value == factor.high for factor in factors)
    assert {factor.path.split(".")[0] for factor in factors} >= {"states", "groups", "borders", "stances", "events", "parameters"}
    assert "parameters.contagion_multiplies" not in {factor.path for factor in factors_of(central_asia)}
    with pytest.raises(UsageError, match="no number with a range"):
        factors_of(central_asia, ["nothing.*"])


def test_points_are_paired(small: Scenario) -> None:
    factors = factors_of(small, ["parameters.kin_onset", "parameters.rebels_at_onset"])
    simulate = Simulator(small, factors, ["onsets", "hazard_from_abroad"], 30, 5)
    middle = [factor.value for factor in factors]
    values = simulate(np.array([middle, middle]))
    np.testing.assert_array_equal(values[0], values[1])
    np.testing.assert_array_equal(values[0], headline_values(run(small, replicates=30, seed=5), ["onsets", "hazard_from_abroad"]))
    table = swings(factors, simulate, ["onsets", "hazard_from_abroad"])
    kin = table[(table["outcome"] == "hazard_from_abroad") & (table["factor"] == "parameters.kin_onset")].iloc[0]
    assert kin["at_low"] < kin["at_base"] < kin["at_high"]


@pytest.fixture(scope="module")
def found(small: Scenario) -> Sensitivity:
    said: list[str] = []
    patterns = ["parameters.*_onset", "parameters.onset_per_year", "parameters.gravity_income"]
    result = sensitivity(loads(dump(small)), outcomes=["hazard_from_abroad", "attacks"], factors=patterns, top=3, trajectories=3,
                         base_sample=16, replicates=10, say=said.append)  # fmt: skip
    assert "points" in said[0]
    return result


def test_sensitivity_of_the_model(found: Sensitivity) -> None:
    mine = found.morris[found.morris["outcome"] == "hazard_from_abroad"]
    assert mine["factor"].iloc[0] in ("parameters.kin_onset", "parameters.infiltration_onset")
    assert len(found.sample) == found.design["basis"] == 64
    assert set(found.sobol["outcome"]) >= {"hazard_from_abroad"}
    for outcome in ("hazard_from_abroad", "attacks"):
        assert outcome in set(found.morris["outcome"]) or any(key.startswith(outcome) for key in found.refused)


def test_bad_designs_are_refused(small: Scenario) -> None:
    loaded = loads(dump(small))
    with pytest.raises(UsageError, match="power of two"):
        sensitivity(loaded, base_sample=20, replicates=2)
    with pytest.raises(UsageError, match="there is no outcome 'wealth'"):
        sensitivity(loaded, outcomes=["wealth"], factors=["parameters.kin_onset"], replicates=2)


@pytest.mark.parametrize(
    ("values", "said"),
    [([1e6, 1e6 + 1e-7], "no variance"), ([0.0, 1e-13], "no variance"), ([1.0, np.nan], "not a number at 1 of 2")],
)
def test_an_outcome_that_cannot_be_explained(values: list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_outcome(np.array(values), "toy")


@pytest.mark.parametrize("values", [[1e6, 1e6 + 1e-5], [0.0, 1e-11], [-5.0, 5.0]])
def test_an_outcome_that_can_be_explained(values: list[float]) -> None:
    check_outcome(np.array(values), "toy")
