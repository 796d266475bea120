"""Means of bins and swings, on outcomes whose shape is known."""

from __future__ import annotations

import numpy as np
import pytest

from stability_sim.analysis.outcomes import marginal


def test_a_line_is_found_among_other_numbers() -> None:
    draw = np.random.default_rng(3)
    x, other = draw.uniform(0, 1, 400), draw.uniform(0, 1, 400)
    found = marginal(x, 3.0 * x + other)
    assert found.n.tolist() == [50] * 8
    assert (np.abs(found.mean - 3.0 * found.centre - 0.5) < 2 * found.half).all()
    assert found.swing == pytest.approx(3.0 * 7 / 8, abs=2 * found.swing_half)
    nothing = marginal(other, 3.0 * x)
    assert abs(nothing.swing) < 1.5 * nothing.swing_half


def test_intervals_hold_the_mean_of_a_bin_as_often_as_they_say() -> None:
    held = []
    for seed in range(400):
        draw = np.random.default_rng(seed)
        found = marginal(np.repeat([0.0, 1.0], 30), draw.normal(size=60))
        held += (np.abs(found.mean) <= found.half).tolist()
    assert 0.92 < np.mean(held) < 0.98  # two standard errors: 95 %


def test_few_levels_are_bins_of_their_own_and_words_swing_from_lowest_to_highest() -> None:
    x = np.array([0.0, 1.0, 2.0, 0.0, 1.0, 2.0])
    y = np.array([5.0, 1.0, 4.0, 7.0, 1.0, 2.0])
    found = marginal(x, y, words=True)
    assert found.mean.tolist() == [6.0, 1.0, 3.0]
    assert (found.centre.tolist(), found.swing) == ([0.0, 1.0, 2.0], 5.0)
    assert marginal(x, y).swing == -3.0


def test_a_single_point_has_no_error() -> None:
    found = marginal(np.array([0.0, 1.0]), np.array([2.0, 3.0]))
    assert np.isnan(found.half).all()
    assert found.swing == 1.0
    assert np.isnan(found.swing_half)
