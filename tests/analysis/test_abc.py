"""Inference recovers what can be computed exactly, is calibrated, and does not depend on who works."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.special import ndtri

from stability_sim.analysis.abc import (
    FURTHEST,
    Plan,
    Posterior,
    Prior,
    coverage,
    features,
    infer,
    learn,
    pilot_runs,
    rank_histogram,
    recover,
)
from stability_sim.kernels.randomness import STREAM_SYNTHETIC, entity_id, uniform_array

PRIOR = Prior(("place", "scale"), (-4.0, 0.5), (4.0, 2.5))
SAMPLE = np.array([entity_id(f"member {k}") for k in range(20)], dtype=np.uint64)
PLAN = Plan(pilot=800, particles=100, generations=2, most_proposals=3000, seed=4)


def _simulate(values: np.ndarray, key: int) -> np.ndarray:
    """Return mean and log spread of twenty normal numbers, and a fact that can never be measured."""
    x = values[0] + values[1] * ndtri(uniform_array(77, key, 0, STREAM_SYNTHETIC, SAMPLE))
    return np.array([x.mean(), np.log(x.std()), np.nan])


def _exact(mean: float, spread: float, n: int = 20) -> tuple[float, float]:
    """Return mean and standard deviation of the place under the same prior, from the same two facts, on a grid."""
    place = np.linspace(-4, 4, 401)[:, None]
    scale = np.linspace(0.5, 2.5, 401)[None, :]
    s2 = spread**2 * n / (n - 1)
    density = -n * np.log(scale) - ((n - 1) * s2 + n * (place - mean) ** 2) / (2 * scale**2)
    weight = np.exp(density - density.max()).sum(axis=1)
    weight /= weight.sum()
    middle = float(weight @ place[:, 0])
    return middle, float(np.sqrt(weight @ (place[:, 0] - middle) ** 2))


def test_the_posterior_agrees_with_the_exact_one() -> None:
    observed = np.array([1.2, np.log(1.4), np.nan])
    found = infer(_simulate, observed, PRIOR, PLAN)
    middle, spread = _exact(1.2, 1.4)
    assert found.mean()[0] == pytest.approx(middle, abs=0.12)
    deviation = np.sqrt(found.weights @ (found.samples[:, 0] - found.mean()[0]) ** 2)
    assert deviation == pytest.approx(spread, rel=0.3)
    assert len(found.tolerances) == 3
    assert list(found.tolerances) == sorted(found.tolerances, reverse=True)
    assert (found.samples >= PRIOR.low).all()
    assert (found.samples <= PRIOR.high).all()
    assert found.weights.sum() == pytest.approx(1.0)
    assert (found.explained > 0.5).all()


def test_workers_and_repetition_change_nothing() -> None:
    observed = np.array([0.3, 0.1, np.nan])
    small = Plan(pilot=120, particles=30, generations=1, most_proposals=600, seed=9)
    first = infer(_simulate, observed, PRIOR, small)
    with ThreadPoolExecutor(3) as pool:
        second = infer(_simulate, observed, PRIOR, small, map_=pool.map)
    assert first.samples.tobytes() == second.samples.tobytes()
    assert first.weights.tobytes() == second.weights.tobytes()
    other = infer(_simulate, observed, PRIOR, Plan(120, 30, 1, 600, seed=10))
    assert first.samples.tobytes() != other.samples.tobytes()


def test_known_parameters_are_recovered_as_often_as_promised() -> None:
    plan = Plan(pilot=1200, particles=120, generations=0, seed=2)
    found = recover(_simulate, PRIOR, 150, plan)
    assert 0.85 <= coverage(found) <= 0.95
    expected = 150 / 5
    statistic = np.square(rank_histogram(found, 5) - expected).sum(axis=1) / expected
    assert (statistic < 14.9).all()  # chi-square with four degrees of freedom, 0.5 %
    assert (found.high - found.low).mean(axis=0)[0] < 0.3 * 0.9 * 8.0


def test_facts_that_say_nothing_leave_the_prior() -> None:
    def mute(values: np.ndarray, key: int) -> np.ndarray:
        return np.array([float(uniform_array(5, key, 0, STREAM_SYNTHETIC, entity_id("noise"))), np.nan])

    found = infer(mute, np.array([0.5, np.nan]), PRIOR, Plan(pilot=600, particles=200, generations=0))
    low, high = found.quantile(0.05), found.quantile(0.95)
    assert low == pytest.approx([-3.6, 0.6], abs=0.5)
    assert high == pytest.approx([3.6, 2.4], abs=0.5)
    assert (np.abs(found.explained) < 0.05).all()


def test_too_few_close_proposals_keep_the_population_before() -> None:
    plan = Plan(pilot=200, particles=60, generations=2, most_proposals=40)
    found = infer(_simulate, np.array([0.0, 0.0, np.nan]), PRIOR, plan)
    assert len(found.tolerances) == 1
    assert found.simulations == 240


def test_quantiles_are_weighted() -> None:
    found = Posterior(Prior(("a",), (0.0,), (1.0,)), np.array([[0.1], [0.9], [0.5]]), np.array([0.1, 0.1, 0.8]), (), 3)
    assert found.quantile(0.5)[0] == 0.5
    assert found.quantile(0.05)[0] == 0.1
    assert found.mean()[0] == pytest.approx(0.5)


def test_a_prior_needs_ranges() -> None:
    with pytest.raises(ValueError, match="range"):
        Prior(("a",), (1.0,), (1.0,))
    assert pilot_runs(_simulate, PRIOR, Plan(pilot=5)).shares.shape == (5, 2)


def test_features_of_facts_by_hand() -> None:
    facts = np.array([[3.0, np.nan], [1.0, 7.0], [-1e9, np.inf]])
    found = features(facts, np.array([1.0, 5.0]), np.array([4.0, 2.0]))
    assert found[0] == pytest.approx([1.0, 0.5, 0.0, 0.25, 0.0])  # what cannot be measured is typical
    assert found[1] == pytest.approx([1.0, 0.0, 1.0, 0.0, 1.0])
    assert found[2] == pytest.approx([1.0, -FURTHEST, 0.0, FURTHEST**2, 0.0])


def test_a_summary_is_learned_from_what_facts_tell() -> None:
    draw = np.random.default_rng(6)
    shares = draw.random((2000, 2))
    logits = np.log(shares / (1 - shares))
    facts = np.column_stack([4.0 + 3.0 * logits[:, 0], draw.normal(size=2000), np.full(2000, np.nan)])
    facts[::10, 0] = np.nan
    found = learn(facts[:1000], shares[:1000])
    known = facts[:1000, 0][np.isfinite(facts[:1000, 0])]
    assert found.middle[0] == pytest.approx(np.median(known))
    assert found.spread[0] == pytest.approx(1.25 * np.abs(known - np.median(known)).mean())
    assert (found.middle[2], found.spread[2]) == (0.0, 1.0)
    assert 0.8 < found.explained[0] < 1.0
    assert abs(found.explained[1]) < 0.05
    told = found(np.array([[4.0, 0.0, np.nan], [7.0, 0.0, np.nan]]))
    assert (told[1, 0] - told[0, 0]) * found.residual[0] == pytest.approx(1.0, abs=0.15)  # a logit, which is three of the fact
