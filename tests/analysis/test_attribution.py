"""Importance of channels, transmission, next-generation matrix."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from stability_sim.analysis.shapley import CHANNELS, HIDDEN, hazard_shares, shapley
from stability_sim.analysis.spread import interval_of_r0, radius, spread
from stability_sim.ensemble.run import run
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_settings, load
from stability_sim.scenario.explain import dump
from stability_sim.scenario.load import loads, shipped
from stability_sim.studies.attribute import Attribution, attribute, introductions
from stability_sim.studies.points import with_parameters


@pytest.fixture(scope="module")
def found(small: Scenario) -> Attribution:
    return attribute(loads(dump(small)), replicates=120)


def test_shapley_of_a_game_with_a_known_answer() -> None:
    # three heirs, of whom any two share 1 (Shapley 1953: each gets a third); and a player who adds a constant
    def value(some: frozenset[str]) -> np.ndarray:
        return np.array([float(len(some & {"a", "b", "c"}) >= 2) + 5.0 * ("d" in some)] * 2)

    found = shapley(["a", "b", "c", "d"], value)
    for player in "abc":
        np.testing.assert_allclose(found[player], 1 / 3)
    np.testing.assert_allclose(found["d"], 5.0)


@pytest.mark.slow
def test_shapley_values_sum_to_the_full_knock_out(small: Scenario, found: Attribution) -> None:
    nothing = run(
        with_parameters(small, {parameter: 0.0 for switches, _ in CHANNELS.values() for parameter in switches}), replicates=120
    )
    k = nothing.index("outcome", "onsets")
    effect = (found.results["outcome_per_replicate"][:, k] - nothing["outcome_per_replicate"][:, k]).mean()
    assert effect > 0
    assert abs(found.importance["shapley"].sum() - effect) < 1e-9
    assert abs(found.effect - effect) < 1e-9
    assert set(found.importance["channel"]) == {*CHANNELS, HIDDEN}


def test_without_all_channels_nothing_comes_from_abroad(small: Scenario) -> None:
    nothing = run(
        with_parameters(small, {parameter: 0.0 for switches, _ in CHANNELS.values() for parameter in switches}), replicates=120
    )
    assert nothing["outcome_per_replicate"][:, nothing.index("outcome", "cross_border_onsets")].sum() == 0


def test_a_rule_does_not_bring_a_channel_back(small: Scenario) -> None:
    ruled = Scenario.model_validate(
        small.model_dump() | {"rules": {"refugees": "raise"}}
    )  # fmt: skip
    off = run(with_parameters(ruled, {"refugee_onset": 0.0}), replicates=20)
    assert off["hazard"][:, off.index("channel", "refugees")].sum() == 0
    assert run(ruled, replicates=20)["hazard"][:, off.index("channel", "refugees")].sum() > 0


def test_hazard_shares_are_shares(base: Results) -> None:
    shares = hazard_shares(base)
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= 0


def test_what_one_batch_tells_has_no_interval(base: Results) -> None:
    counted = spread(base)
    assert counted.states["exports"].max() > 0
    assert counted.states["exports_half"].isna().all()
    assert np.isnan([counted.r0_low, counted.r0_high]).all()


def test_the_spectral_radius_of_known_matrices() -> None:
    assert radius(np.array([[0.0, 2.0], [0.5, 0.0]])) == pytest.approx(1.0)
    assert radius(np.diag([0.2, 0.7])) == pytest.approx(0.7)
    r0, low, high = interval_of_r0(np.array([np.diag([x, 0.1]) for x in (0.2, 0.3, 0.4)]))
    assert r0 == pytest.approx(0.3)
    assert low < 0.3 < high


def test_counted_matrix_holds_every_conflict_that_was_brought(base: Results) -> None:
    counted = spread(base)
    conflicts = counted.states["conflicts"].to_numpy() * 200
    brought = float((counted.matrix * conflicts[None, :]).sum())
    k = base.index("outcome", "cross_border_onsets")
    total = base["outcome_per_replicate"][:, k].sum()
    assert brought == pytest.approx((1 - counted.relayed) * total)
    assert counted.states["imports"].sum() * 200 == pytest.approx(total)
    assert sum(counted.generations[1:]) == total


def test_time_at_war_is_that_of_the_recorder(base: Results) -> None:
    """By conflict: a state with two of them at once has two months of conflict in a month."""
    states = base.coords["state"]
    of = np.array([states.index(label.split("/")[0]) for label in base.coords["conflict"]])
    months = np.bincount(of, weights=base["counted"].sum(axis=0), minlength=len(states))
    np.testing.assert_allclose(spread(base).states["months_in_conflict"], months, atol=1e-9)


@pytest.mark.slow
def test_a_planted_channel_is_recovered() -> None:
    found = attribute(load(shipped()["four-rivers"]), replicates=60).importance.set_index("channel")
    assert found["shapley"].idxmax() == found["knock_out"].idxmax() == found["hazard_share"].idxmax() == "infiltration"
    assert found.loc["infiltration", "shapley_share"] > 0.6
    assert found.loc[HIDDEN, "knock_out_share"] > 0.5  # the fighters came among refugees


@pytest.fixture(scope="module")
def only_kin(small: Scenario) -> Scenario:
    return apply_settings(
        small, [f"parameters.{p}=0" for channel, (switches, _) in CHANNELS.items() for p in switches if channel != "kin"]
    )


@pytest.fixture(scope="module")
def introduced(only_kin: Scenario) -> np.ndarray:
    """What a war of each state adds to the hazard of each other, by kin alone."""
    found = introductions(apply_settings(only_kin, ["parameters.kin_onset=0.004"]), 5)
    assert found is not None
    return found


@pytest.mark.slow
def test_introduced_wars_spread_along_borders_only(small: Scenario, only_kin: Scenario, introduced: np.ndarray) -> None:
    mean = introduced.mean(axis=0)
    states = list(small.states)
    linked = {frozenset(pair) for pair in (("A", "B"), ("B", "C"), ("C", "D"), ("A", "C"))}
    near = [mean[i, j] for i in range(4) for j in range(4) if frozenset((states[i], states[j])) in linked]
    far = [mean[i, j] for i in range(4) for j in range(4) if i != j and frozenset((states[i], states[j])) not in linked]
    assert min(near) > 0
    assert np.abs(far).max() == 0  # what those do who were drawn in is theirs, not the first war's
    none = introductions(apply_settings(only_kin, ["parameters.kin_onset=0"]), 5)
    assert none is not None
    assert abs(none).max() == 0


@pytest.mark.slow
def test_an_introduced_war_brings_about_its_hazard_for_as_long_as_it_lasts(only_kin: Scenario, introduced: np.ndarray) -> None:
    twice = introductions(apply_settings(only_kin, ["parameters.kin_onset=0.008"]), 5)
    assert twice is not None
    np.testing.assert_allclose(twice, 2 * introduced, rtol=1e-6)  # a rate times a duration: no war feeds another


@pytest.mark.slow
def test_what_is_found_says_of_what(found: Attribution) -> None:
    assert dataclasses.is_dataclass(found)
    assert found.outcome == "onsets"
    assert 0 < found.spread.r0_low < found.spread.r0 < found.spread.r0_high
