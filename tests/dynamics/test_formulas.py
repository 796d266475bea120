"""The small formulas that several processes share."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dynamics.bare import KEY, world
from stability_sim.dynamics.formulas import (
    cells_loss,
    detection,
    foreign_cells,
    hosted,
    logistic,
    logit,
    probability_in_step,
    reliability,
    toward,
    two_sided,
    write,
)


def test_a_guard_sees_more_on_flat_land() -> None:
    p = SimpleNamespace(guard_detects=2.0, terrain_hides=0.5)
    assert detection(p, 0.0, 0.0) == 0.0
    assert detection(p, 1.0, 0.0) == pytest.approx(0.864664716763)  # 1 − e⁻²
    assert detection(p, 1.0, 1.0) == pytest.approx(0.632120558829)  # 1 − e⁻¹


def test_a_rate_is_a_probability_of_its_time() -> None:
    assert probability_in_step(0.0, 1.0) == 0.0
    assert probability_in_step(12.0, 1.0 / 12.0) == pytest.approx(0.632120558829)
    assert probability_in_step(2.0, 0.5) == pytest.approx(0.632120558829)


def test_what_moves_toward_a_target_goes_part_of_the_way() -> None:
    assert (toward(0.2, 1.0, 0.0), toward(0.2, 1.0, 1.0)) == (0.2, 1.0)
    assert toward(0.2, 1.0, 0.25) == pytest.approx(0.4)
    assert toward(0.8, 0.2, 0.5) == pytest.approx(0.5)


def test_odds_and_shares_undo_each_other() -> None:
    assert logistic(0.0) == 0.5
    assert logistic(2.0) == pytest.approx(0.880797077978)
    assert logistic(-2.0) == pytest.approx(0.119202922022)
    assert (logistic(1e4), logistic(-1e4)) == (pytest.approx(1.0), pytest.approx(0.0))
    assert logit(0.9) == pytest.approx(2.197224577336)  # ln 9


def test_an_error_is_as_far_on_both_sides() -> None:
    assert (two_sided(0.0), two_sided(0.5), two_sided(1.0)) == (-1.0, 0.0, 1.0)


def test_capable_police_find_more() -> None:
    p = SimpleNamespace(cells_loss=0.03, cells_loss_capacity=0.05)
    assert (cells_loss(p, 0.0), cells_loss(p, 0.4), cells_loss(p, 1.0)) == pytest.approx((0.03, 0.05, 0.08))


def test_cells_of_those_at_home_are_not_foreign() -> None:
    frame = SimpleNamespace(local_start=[0, 2, 3], local_ties=[0, 2, 1], tie_group=[0, 0, 1], group_home=[0, 1])
    cells = np.array([[5.0, 7.0, 11.0]])
    assert (foreign_cells(frame, cells, 0, 0), foreign_cells(frame, cells, 0, 1)) == (11.0, 7.0)


def test_a_state_hosts_those_who_came_from_all_sides() -> None:
    frame = SimpleNamespace(into_start=[0, 2, 3], into_dyads=[0, 2, 1])
    assert [hosted(frame, world(refugees=[10.0, 20.0, 40.0]), 0, j) for j in (0, 1)] == [50.0, 20.0]


def test_a_word_is_worth_the_calls_it_honoured() -> None:
    assert reliability(world(honoured=[3.0], abandoned=[1.0]), 0, 0) == 0.75


def test_a_row_of_the_log_is_of_the_month_of_its_key() -> None:
    log = SimpleNamespace(count=np.array([0, 1]), rows=np.zeros((2, 2, 7), np.int64), values=np.zeros((2, 2)))
    write(log, KEY, 1, 2, 3, 4, 6, 7, 10, 0.5)
    assert log.rows[1, 1].tolist() == [5, 2, 3, 4, 6, 7, 10]
    assert (log.values[1, 1], log.count.tolist()) == (0.5, [0, 2])
