"""What the sides of a conflict bring to bear."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dynamics.bare import world
from stability_sim.dynamics.strength import (
    MOST,
    armed,
    backing,
    balance_of,
    cohesion,
    government_backing,
    government_strength,
    group_backing,
    rebel_strength,
    troops_sent,
)

P = SimpleNamespace(
    army_melts=2.0, sanctuary_worth=0.4, unled_worth=0.5, support_worth=1.0, capacity_worth=1.5, troops_worth=3.0,
    rebel_troops_worth=1.5,
)  # fmt: skip


def frame(**changed: Any) -> SimpleNamespace:
    """Return one state with a group at home (tie 0) that is in another state too (tie 1), two sponsors of each side, an ally."""
    return SimpleNamespace(**{
        "ally_start": [0, 1], "ally_pacts": [0], "backed_state_start": [0, 2], "backed_state_supports": [0, 1],
        "backed_group_start": [0, 2], "backed_group_supports": [2, 3], "local_start": [0, 1], "local_ties": [0],
        "tie_group": [0, 0], "home_tie": [0], "conflict_tie": [0, -1, 1],
    } | changed)  # fmt: skip


def now(**changed: list[Any]) -> SimpleNamespace:
    """Return a state with an army of 10,000 of middling worth, and a group of 4,000 fighters at home; nobody helps."""
    start: dict[str, list[Any]] = {
        "forces": [10.0], "capacity": [0.5], "legitimacy": [0.6], "governed_by": [-1], "state_support": [0.0],
        "group_support": [0.0], "control": [0.5], "fighters": [4000.0, 1000.0], "rising": [0.0, 2.5, 0.0], "deployed": [0.0],
        "troops": [0.0] * 4, "arms": [0.0] * 4, "funds": [0.0] * 4, "sanctuary": [0.0] * 4,
    }  # fmt: skip
    return world(**start | changed)


@pytest.mark.parametrize(
    ("legitimacy", "backed", "expected"),
    [(1.0, 0.0, 1.0), (0.3, 0.0, 0.09), (0.3, 0.5, 0.4225), (0.3, 1.0, 1.0), (0.0, 0.0, 0.0)],
)
def test_an_army_stands_as_far_as_people_believe_or_somebody_pays(legitimacy: float, backed: float, expected: float) -> None:
    assert cohesion(P, legitimacy, backed) == pytest.approx(expected)


def test_an_army_that_does_not_melt_stands_whoever_believes() -> None:
    assert cohesion(SimpleNamespace(army_melts=0.0), 0.1, 0.0) == 1.0


def test_troops_of_allies_and_of_sponsors_add_up() -> None:
    assert troops_sent(frame(), now(deployed=[2.0], troops=[0.5, 1.5, 8.0, 8.0]), 0, 0) == 4.0


def test_support_of_several_states_adds_up_to_less_than_all() -> None:
    once = now(state_support=[0.2], arms=[0.5, 0.0, 0.9, 0.9], funds=[0.25, 0.0, 0.9, 0.9])
    assert government_backing(frame(), once, 0, 0) == pytest.approx(0.7)  # 1 − 0.8·0.5·0.75
    once.arms[0, 1] = 0.5
    assert government_backing(frame(), once, 0, 0) == pytest.approx(0.85)
    assert government_backing(frame(), now(), 0, 0) == 0.0


def test_a_group_is_helped_by_a_place_where_it_is_safe() -> None:
    helped = now(group_support=[0.1], arms=[0.9, 0.9, 0.5, 0.0], funds=[0.9, 0.9, 0.2, 0.0], sanctuary=[0.0, 0.0, 0.0, 0.5])
    assert group_backing(frame(), P, helped, 0, 0) == pytest.approx(0.712)  # 1 − 0.9·0.5·0.8·(1 − 0.4·0.5)
    assert backing(frame(), P, helped, 0, 0) == pytest.approx(0.712)
    assert backing(frame(), P, helped, 0, 1) == 0.0  # rebels without a name


@pytest.mark.parametrize(("control", "support", "expected"), [(0.0, 0.0, 2.0), (0.5, 0.0, 3.0), (1.0, 0.0, 4.0), (1.0, 0.5, 6.0)])
def test_fighters_count_as_they_are_led_and_supplied(control: float, support: float, expected: float) -> None:
    assert armed(frame(), P, now(control=[control], group_support=[support]), 0, 0, 4000.0) == pytest.approx(expected)


def test_an_army_is_worth_what_its_state_can_do() -> None:
    assert government_strength(frame(), P, now(), 0, 0) == pytest.approx(3.6)  # 10·0.6²
    able = government_strength(frame(), P, now(capacity=[0.9], legitimacy=[1.0]), 0, 0)
    assert able == pytest.approx(18.221188003905)  # 10·e^0.6
    weak = government_strength(frame(), P, now(capacity=[0.1], legitimacy=[1.0]), 0, 0)
    assert weak == pytest.approx(5.488116360940)  # 10·e^−0.6


def test_who_is_paid_from_abroad_stands_and_is_better_armed() -> None:
    paid = now(arms=[0.5, 0.0, 0.0, 0.0])
    assert government_strength(frame(), P, paid, 0, 0) == pytest.approx(9.6)  # 10·(0.6 + 0.4·0.5)²·1.5


def test_troops_from_abroad_fight_beside_an_army_that_melted() -> None:
    sent = now(legitimacy=[0.0], troops=[0.5, 0.0, 0.0, 0.0], deployed=[1.5])
    assert government_strength(frame(), P, sent, 0, 0) == pytest.approx(6.0)


def test_fighters_of_the_group_that_governs_fight_for_it() -> None:
    assert government_strength(frame(), P, now(governed_by=[0]), 0, 0) == pytest.approx(6.6)  # 3.6 + 4·0.75


def test_rebels_are_those_who_rose_the_fighters_there_and_the_troops_sent_home() -> None:
    sent = now(rising=[0.5, 2.5, 0.25], troops=[9.0, 9.0, 2.0, 1.0])
    assert rebel_strength(frame(), P, sent, 0, 0) == pytest.approx(8.0)  # 0.5 + 4·0.75 + 1.5·3
    assert rebel_strength(frame(), P, sent, 0, 1) == 2.5
    assert rebel_strength(frame(), P, sent, 0, 2) == pytest.approx(1.0)  # 0.25 + 1·0.75: troops are where the group is at home


def test_a_balance_is_a_log_ratio_within_bounds() -> None:
    assert balance_of(3.0, 3.0) == 0.0
    assert balance_of(0.0, 0.0) == 0.0
    assert balance_of(1.999, 0.999) == pytest.approx(0.693147180560)
    assert (balance_of(500.0, 0.0), balance_of(0.0, 500.0)) == (MOST, -MOST)
