"""Summits, drills, and what states do to a group."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dynamics.bare import copy, world
from stability_sim.dynamics.diplomacy import left_out, listing, means, outside_pressure, run_drill, summit_success

TIES = SimpleNamespace(tie_start=[0, 3], home_tie=[0], tie_group=[0, 0, 0])


def test_each_thing_at_a_summit_moves_the_logit() -> None:
    p = SimpleNamespace(summit_baseline=-2.0, summit_rank=2.0, summit_listed=1.0, summit_stalemate=1.0)
    assert summit_success(p, 1.0, 0.0, 0, 0.0) == 0.5
    assert summit_success(p, 1.0, 0.0, 1, 1.0) == 0.5
    assert summit_success(p, 1.0, 1.0, 0, 0.0) == pytest.approx(0.268941421370)


def test_who_does_not_sit_in_counts_by_its_fighters() -> None:
    frame = SimpleNamespace(local_start=[0, 2], local_ties=[0, 1])
    assert left_out(frame, world(fighters=[3000.0, 1000.0]), 0, 0, 3000.0) == 0.25
    assert left_out(frame, world(fighters=[0.0, 0.0]), 0, 0, 0.0) == 0.0


def test_a_drill_is_a_signal_and_credit_where_it_is_held_above_all() -> None:
    frame = SimpleNamespace(member_start=[0, 2], member_state=[4, 5])
    p = SimpleNamespace(drill_elsewhere=0.25, drill_credit=0.5)
    now = world(drill=[0.5, 0.0], honoured=[3.0, 1.0], abandoned=[1.0, 1.0])
    after = copy(now)
    run_drill(frame, p, now, after, 0, 0, 4, 9, 0.8)
    assert after.drill[0].tolist() == pytest.approx([0.9, 0.2])
    assert after.honoured[0].tolist() == pytest.approx([3.1, 1.05])  # 0.5·0.8·0.25, and a quarter of 0.5·0.8·0.5


def test_what_states_do_to_a_group_adds_up() -> None:
    pressed = world(
        aid=[1.0, 0.5, 0.5], sanction=[1.0, 0.2, 0.0], recognise=[1, 1, 0], engage=[1, 0, 0], listed=[0, 1, 1],
    )  # fmt: skip
    assert outside_pressure(TIES, pressed, 0, 0) == pytest.approx((0.75, 0.2, 0.5, 0.0, 1.0))
    p = SimpleNamespace(listing_starves=0.4, sanction_starves=0.5, aid_diverted=0.2)
    assert means(TIES, p, pressed, 0, 0) == pytest.approx(0.6 * 0.9 * 1.15)
    assert listing(TIES, pressed, 0, 1) == 1.0
