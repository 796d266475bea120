"""Boxes of conditions, against a kept implementation and against what was planted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stability_sim.analysis.prim import SMALLEST, find_boxes, peel, tail

N = 500
_STEPS = (0.8566748838545029, 0.733891856627126, 0.6287067210378087, 0.5385972572236101)
X = np.column_stack([(np.arange(1, N + 1) * step) % 1 for step in _STEPS])
FLIPPED = (np.arange(1, N + 1) * 0.6180339887) % 1 < 0.05
Y = ((X[:, 0] > 0.6) & (X[:, 1] < 0.4)) ^ FLIPPED
NAMES = list("abcd")

# coverage and density of the boxes of ema_workbench 2.5.3 (Kwakkel 2017) on the same points
REFERENCE = [
    (1.00, 0.200), (1.00, 0.211), (0.98, 0.217), (0.96, 0.224), (0.96, 0.236), (0.94, 0.244), (0.92, 0.252), (0.91, 0.263),
    (0.90, 0.274), (0.88, 0.283), (0.87, 0.295), (0.85, 0.304), (0.83, 0.312), (0.82, 0.325), (0.82, 0.343), (0.82, 0.361),
    (0.81, 0.377), (0.81, 0.397), (0.81, 0.420), (0.80, 0.437), (0.79, 0.457), (0.79, 0.482), (0.79, 0.510), (0.79, 0.537),
    (0.79, 0.568), (0.79, 0.598), (0.79, 0.632), (0.78, 0.661), (0.78, 0.696), (0.77, 0.726), (0.77, 0.770), (0.76, 0.800),
    (0.76, 0.844), (0.76, 0.894), (0.76, 0.950), (0.73, 0.961), (0.70, 0.972),
]  # fmt: skip


def test_the_peeling_is_that_of_a_kept_library() -> None:
    boxes = peel(X, Y, np.ones(N, dtype=bool))
    found = [(round(float(Y[m].sum() / Y.sum()), 2), round(float(Y[m].mean()), 3)) for _, m in boxes]
    assert found == REFERENCE


def test_the_planted_conditions_are_found_and_no_others() -> None:
    first = find_boxes(X, Y, NAMES)[0]
    limits = {one.factor: one for one in first.restrictions}
    assert set(limits) == {"a", "b"}
    assert limits["a"].low == pytest.approx(0.6, abs=0.03)
    assert limits["a"].high == np.inf
    assert limits["b"].high == pytest.approx(0.4, abs=0.03)
    assert first.density >= 0.9
    assert first.coverage == pytest.approx(0.76)
    assert all(one.p_value < 1e-6 for one in first.restrictions)


def test_two_boxes_are_found_one_after_the_other() -> None:
    y = ((X[:, 0] > 0.75) & (X[:, 1] > 0.7)) | ((X[:, 2] < 0.25) & (X[:, 3] < 0.3))
    boxes = find_boxes(X, y, NAMES)
    assert [{one.factor for one in box.restrictions} for box in boxes[:2]] in ([{"a", "b"}, {"c", "d"}], [{"c", "d"}, {"a", "b"}])
    assert sum(box.coverage for box in boxes) <= 1 + 1e-12


def test_an_outcome_that_always_or_never_occurs_is_refused() -> None:
    for y in (np.zeros(N, dtype=bool), np.ones(N, dtype=bool)):
        with pytest.raises(ValueError, match="nothing to tell apart"):
            find_boxes(X, y, NAMES)


def test_binomial_tail() -> None:
    assert tail(0, 10, 0.3) == pytest.approx(1)
    assert tail(10, 10, 0.5) == pytest.approx(0.5**10)
    assert tail(8, 10, 0.5) == pytest.approx((45 + 10 + 1) / 1024)
    assert (tail(1, 5, 0.0), tail(0, 5, 0.0), tail(3, 5, 1.0)) == (0.0, 1.0, 1.0)


def test_no_box_is_smaller_than_it_may_be() -> None:
    y = (X[:, 0] > 0.96) & (X[:, 1] > 0.3)
    sizes = [int(mask.sum()) for _, mask in peel(X, y, np.ones(N, dtype=bool))]
    fewest = math.ceil(SMALLEST * N)
    assert fewest <= sizes[-1] < fewest / 0.9  # it went as far as it may
    assert sizes == sorted(sizes, reverse=True)
    few = np.arange(10)[:, None] / 10.0
    assert min(int(mask.sum()) for _, mask in peel(few, few[:, 0] > 0.85, np.ones(10, dtype=bool))) == 1


def test_a_peeling_begins_among_the_points_that_are_left() -> None:
    among = X[:, 2] < 0.5
    boxes = peel(X, Y, among)
    assert np.array_equal(boxes[0][1], among)
    assert all((mask <= among).all() for _, mask in boxes)
    for limits, mask in boxes:
        inside = ((limits[:, 0] <= X) & (limits[:, 1] >= X)).all(axis=1)
        assert np.array_equal(mask, among & inside)
