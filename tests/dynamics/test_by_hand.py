"""Formulas of the processes against numbers worked out by hand; helpers of kernels are plain functions in Python."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from stability_sim.dynamics.conflict import _how, government_holds, probability_of_ending
from stability_sim.dynamics.diplomacy import outside_pressure, summit_success
from stability_sim.dynamics.formulas import detection, two_sided, write
from stability_sim.dynamics.onset import susceptibility
from stability_sim.dynamics.perception import misjudged
from stability_sim.world.vocabulary import FADES, GOVERNMENT, SETTLEMENT, TAKEOVER


def test_a_guard_sees_more_on_flat_land() -> None:
    p = SimpleNamespace(guard_detects=2.0, terrain_hides=0.5)
    assert detection(p, 0.0, 0.0) == 0.0
    assert detection(p, 1.0, 0.0) == pytest.approx(0.864664716763)  # 1 − e⁻²
    assert detection(p, 1.0, 1.0) == pytest.approx(0.632120558829)  # 1 − e⁻¹


def test_a_state_of_middling_capacity_is_open_by_one() -> None:
    p = SimpleNamespace(resistance=2.0)
    assert susceptibility(p, 0.5) == 1.0
    assert susceptibility(p, 1.0) == pytest.approx(0.367879441171)


def test_an_error_moves_odds() -> None:
    assert (two_sided(0.0), two_sided(0.5), two_sided(1.0)) == (-1.0, 0.0, 1.0)
    assert misjudged(1.0, 2.0, 0.5) == pytest.approx(0.75)  # odds 1, three times that


def test_a_weibull_of_shape_one_ends_at_a_constant_rate() -> None:
    p = SimpleNamespace(early_ending=0.0, early_months=4.0, ending_scale=2.0, ending_shape=1.0)
    for months in (0, 30):
        assert probability_of_ending(p, months, 3.0) == pytest.approx(0.117503097415)  # 1 − exp(−3/24)


@pytest.mark.parametrize(
    ("talks", "u", "v", "how"),
    [(False, 0.39, 0, FADES), (False, 0.59, 0, SETTLEMENT), (False, 0.61, 0.4, GOVERNMENT), (False, 0.61, 0.6, TAKEOVER),
     (True, 0.89, 0.6, SETTLEMENT), (True, 0.91, 0.6, TAKEOVER)],
)  # fmt: skip
def test_talks_settle_more(talks: bool, u: float, v: float, how: int) -> None:
    p = SimpleNamespace(fade_share=0.4, settlement_share=0.2, talks_settle=2.5)
    assert _how(p, 0.5, talks, u, v) == how


def test_equal_forces_win_as_often() -> None:
    frame = SimpleNamespace(ally_start=[0, 0], tie_start=[0, 1], tie_state=[0])
    now = SimpleNamespace(
        rebels=np.array([[0]]), forces=np.array([[3.0]]), capacity=np.array([[0.5]]), state_support=np.zeros((1, 1)),
        fighters=np.array([[3000.0]]), control=np.array([[0.5]]), group_support=np.zeros((1, 1)),
    )  # fmt: skip
    p = SimpleNamespace(contest_exponent=1.0, unled_worth=0.5)
    assert government_holds(frame, p, now, 0, 0) == 0.5
    now.group_support[0, 0] = 1.0
    assert government_holds(frame, p, now, 0, 0) == pytest.approx(1.0 / 3.0, abs=1e-3)


def test_each_thing_at_a_summit_moves_the_logit() -> None:
    p = SimpleNamespace(summit_baseline=-2.0, summit_rank=2.0, summit_listed=1.0, summit_stalemate=1.0)
    assert summit_success(p, 1.0, 0.0, 0, 0.0) == 0.5
    assert summit_success(p, 1.0, 0.0, 1, 1.0) == 0.5
    assert summit_success(p, 1.0, 1.0, 0, 0.0) == pytest.approx(0.268941421370)


def test_what_states_do_to_a_group_adds_up() -> None:
    frame = SimpleNamespace(tie_start=[0, 3], home_tie=[0])
    world = SimpleNamespace(
        aid=np.array([[1.0, 0.5, 0.5]]), sanction=np.array([[1.0, 0.2, 0.0]]), recognise=np.array([[1, 1, 0]]),
        engage=np.array([[1, 0, 0]]), listed=np.array([[0, 1, 1]]),
    )  # fmt: skip
    assert outside_pressure(frame, world, 0, 0) == pytest.approx((0.75, 0.2, 0.5, 0.0, 1.0))


def test_a_row_of_the_log_is_of_the_month_of_its_key() -> None:
    log = SimpleNamespace(count=np.array([0, 1]), rows=np.zeros((2, 2, 7), np.int64), values=np.zeros((2, 2)))
    write(log, (np.uint64(9), np.uint64(8), 5), 1, 2, 3, 4, 6, 7, 10, 0.5)
    assert log.rows[1, 1].tolist() == [5, 2, 3, 4, 6, 7, 10]
    assert (log.values[1, 1], log.count.tolist()) == (0.5, [0, 2])
