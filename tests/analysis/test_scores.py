"""Scores with known answers, and the bootstrap by country."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stability_sim.analysis.scores import auc, brier_scores, country_weights, crps, interval, log_scores, mean_score, reliability


def _by_pairs(observed: np.ndarray, forecast: np.ndarray) -> float:
    happened, not_happened = forecast[observed], forecast[~observed]
    wins = [(a > b) + 0.5 * (a == b) for a in happened for b in not_happened]
    return float(np.mean(wins))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.1, 0.5, 0.9, 1.0]), st.integers(0, 3)), min_size=2, max_size=30
    )
)
def test_auc_counts_pairs_and_weights_repeat_rows(rows: list[tuple[bool, float, int]]) -> None:
    observed = np.array([row[0] for row in rows])
    forecast = np.array([row[1] for row in rows])
    weights = np.array([[float(row[2]) for row in rows]])
    if observed.any() and not observed.all():
        assert auc(observed, forecast) == pytest.approx(_by_pairs(observed, forecast))
    else:
        assert np.isnan(auc(observed, forecast))
    repeated = np.repeat(np.arange(len(rows)), [row[2] for row in rows])
    again = auc(observed[repeated], forecast[repeated])
    assert auc(observed, forecast, weights)[0] == pytest.approx(float(again), nan_ok=True)


def test_scores_of_probabilities() -> None:
    observed, forecast = np.array([True, False, False]), np.array([0.8, 0.3, 0.0])
    assert brier_scores(observed, forecast) == pytest.approx([0.04, 0.09, 0.0])
    assert log_scores(observed, forecast) == pytest.approx([-np.log(0.8), -np.log(0.7), -np.log(0.995)])
    weights = np.array([[1.0, 1.0, 1.0], [3.0, 0.0, 0.0]])
    assert mean_score(brier_scores(observed, forecast), weights) == pytest.approx([0.13 / 3, 0.04])


def test_crps_of_a_point_is_its_error_and_of_an_ensemble_the_integral() -> None:
    assert crps(np.array([5.0]), np.array([[2.0]])) == pytest.approx([3.0])
    ensemble, seen = np.array([0.0, 1.0, 4.0]), 2.0
    grid = np.linspace(-1, 6, 700_001)
    cdf = (ensemble[None, :] <= grid[:, None]).mean(axis=1)
    integral = float(np.square(cdf - (grid >= seen)).sum() * (grid[1] - grid[0]))
    assert crps(np.array([seen]), ensemble[None, :])[0] == pytest.approx(integral, abs=1e-4)


def test_reliability_of_honest_forecasts_lies_on_the_line() -> None:
    rng = np.random.default_rng(1)
    forecast = rng.random(20_000)
    observed = rng.random(20_000) < forecast
    bins = reliability(observed, forecast, country_weights([f"c{k % 200}" for k in range(20_000)], 200))
    assert sum(b.rows for b in bins) == 20_000
    for b in bins:
        assert abs(b.observed - b.forecast) < 0.05
        assert b.observed_low <= b.observed <= b.observed_high


def test_the_bootstrap_draws_countries_whole_and_the_same_each_time() -> None:
    countries = ["A", "B", "A", "C", "B"]
    weights = country_weights(countries, 500, seed=9)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 1] == weights[:, 4]).all()
    assert (weights[:, 0] + weights[:, 1] + weights[:, 3] == 3).all()
    assert (country_weights(countries, 50, seed=9) == weights[:50]).all()
    assert (country_weights(countries, 500, seed=10) != weights).any()


def test_the_bootstrap_covers_the_spread_of_a_mean() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=300)
    draws = mean_score(values, country_weights([str(k) for k in range(300)], 2000))
    assert draws.std() == pytest.approx(values.std() / np.sqrt(300), rel=0.08)
    low, high = interval(draws)
    assert high - low == pytest.approx(2 * 1.645 * values.std() / np.sqrt(300), rel=0.1)
