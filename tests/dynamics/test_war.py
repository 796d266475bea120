"""Who holds the ground, how many die, what counts as a conflict, and what its conflicts make of a state."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dynamics.bare import REPLICATES, SEED, copy, interpreted, log, world
from stability_sim.dynamics.formulas import logit
from stability_sim.dynamics.war import (
    _front_weights,
    ground_next,
    killed_in_month,
    probability_of_silence,
    sponsored,
    states_at_war,
    sum_up,
    war,
)
from stability_sim.world.vocabulary import FADES, KIN, LOG_ENDING, LOG_ONSET

GROUND = SimpleNamespace(ground_follows=0.7, ground_feeds=0.4, ground_speed=1.5, ground_sd=1.0)


def test_log_odds_of_a_share() -> None:
    assert logit(0.5) == 0.0
    assert logit(0.8) == pytest.approx(1.386294361120)  # ln 4


@pytest.mark.parametrize(
    ("ground", "balance", "fortune", "noise", "expected"),
    [
        (0.5, 0.0, 0.0, 0.0, 0.5),  # equal sides, half of it each
        (0.5, 1.0, 0.0, 0.0, 0.521861055097),  # logistic(0.125·0.7)
        (0.5, 0.4, 0.6, 0.0, 0.521861055097),  # fortune counts like strength
        (0.5, 1.0, 0.0, 1.0, 0.592950192395),  # and √(1/12) more
        (0.2, 0.0, 0.5, 0.0, 0.228763517368),  # logit −1.386294 + 0.125·(0.7·(0.5 + 0.4·ln(0.22/0.82)) + 1.386294)
    ],
)
def test_ground_follows_strength(ground: float, balance: float, fortune: float, noise: float, expected: float) -> None:
    assert ground_next(GROUND, ground, balance, fortune, noise) == pytest.approx(expected)


def test_ground_is_the_same_game_for_both_sides() -> None:
    for ground, balance in ((0.1, 1.2), (0.3, -0.4), (0.7, 2.0)):
        theirs = ground_next(GROUND, 1.0 - ground, -balance, -0.3, -0.8)
        assert ground_next(GROUND, ground, balance, 0.3, 0.8) == pytest.approx(1.0 - theirs)


def test_deadly_conflicts_are_seldom_silent() -> None:
    p = SimpleNamespace(silence=-0.25, silence_deaths=0.5)
    assert probability_of_silence(p, 5.0) == pytest.approx(0.437823499114)  # logistic(−0.25)
    assert probability_of_silence(p, 8.0) == pytest.approx(0.148047198031)  # logistic(−1.75)


DEATHS = SimpleNamespace(silence=0.0, silence_deaths=0.0, silence_lasts=0.4, burst_sd=1.0, most_killed_per_month=0.005)


@pytest.mark.parametrize(
    ("silent", "u", "noise", "expected"),
    [
        (False, 0.299, 0.5, 0.0),  # 0.5·0.6 of the months that follow a loud one
        (False, 0.301, 0.5, 200.0),  # 1200 a year, in half of the months
        (True, 0.699, 0.5, 0.0),  # 0.5 + 0.4·0.5 of those that follow a silent one
        (True, 0.701, 0.5, 200.0),
        (False, 0.9, 1.5, 543.656365692),  # a burst of e
        (False, 0.9, 9.0, 5000.0),  # 0.5 % of a million
    ],
)
def test_deaths_of_a_month(silent: bool, u: float, noise: float, expected: float) -> None:
    assert killed_in_month(DEATHS, math.log(1200.0), silent, 1e6, u, noise) == pytest.approx(expected)


def test_a_conflict_that_is_nearly_always_silent_is_not_made_deadlier_than_tenfold() -> None:
    p = SimpleNamespace(**vars(DEATHS) | {"silence": 20.0, "silence_lasts": 1.0})
    assert killed_in_month(p, math.log(1200.0), False, 1e9, 0.5, 0.5) == pytest.approx(1000.0)


def test_the_toll_of_a_year_is_its_rate_whatever_is_silent() -> None:
    """A loud month follows as often as months are loud: the mean over both is the rate."""
    p = SimpleNamespace(**vars(DEATHS) | {"silence": -1.0, "burst_sd": 0.0})
    rarely = probability_of_silence(p, 7.0)
    loud = killed_in_month(p, 7.0, False, 1e9, 0.999, 0.0)
    assert (1.0 - rarely) * loud == pytest.approx(math.exp(7.0) / 12.0)


SPONSORS = {
    "rebels_find_support": 0.3,
    "rebels_lose_support": 0.2,
    "governments_find_support": 0.6,
    "governments_lose_support": 0.4,
}


@pytest.mark.parametrize("finds", [0.0, 0.2, 0.75])
def test_support_without_a_name_is_found_as_often_as_it_is_lost(finds: float) -> None:
    """The chance of a month to lose it is 1 − e^(−rate/12); in balance a share ``finds`` of wars has it."""
    lost = 1.0 - math.exp(-0.5 / 12.0)
    found = 1.0 - math.exp(-0.5 * finds / (1.0 - finds) / 12.0)
    assert [sponsored(1, finds, 0.5, lost - 1e-9), sponsored(1, finds, 0.5, lost + 1e-9)] == [0, 1]
    assert [sponsored(0, finds, 0.5, found + 1e-9), sponsored(0, finds, 0.5, max(found - 1e-9, 0.0))] == [0, int(finds > 0.0)]


FRONTS = SimpleNamespace(
    state_id=np.zeros(1), conflict_start=[0, 3], conflict_id=np.arange(3, dtype=np.uint64), conflict_state=[0, 0, 0],
    conflict_tie=[-1, -1, -1], population=[10.0], ally_start=[0, 0], backed_state_start=[0, 0],
)  # fmt: skip


@pytest.mark.parametrize(("division", "shares"), [(0.0, (0.5, 0.5)), (0.5, (1 / 3, 2 / 3)), (1.0, (0.2, 0.8))])
def test_a_government_divides_its_forces_among_its_conflicts(division: float, shares: tuple[float, float]) -> None:
    """Rebels of 1,000 and 4,000 against an army of 15,000; the third conflict is over."""
    now = world(
        fought=[1, 1, 0], rising=[1.0, 4.0, 9.0], forces=[15.0], capacity=[0.5], legitimacy=[1.0], state_support=[0.0],
        governed_by=[-1], fortune=[0.0] * 3, ground=[0.5] * 3, swing=[0.0] * 3, own_level=[5.0] * 3,
        first_strength=[1.0, 4.0, 9.0], balance=[0.0] * 3, level=[5.0] * 3, killed=[0.0] * 3, fought_months=[5] * 3,
        rebels_backed=[0] * 3, government_backed=[0] * 3,
    )  # fmt: skip
    p = SimpleNamespace(
        **vars(GROUND) | vars(DEATHS), front_division=division, capacity_worth=1.0, army_melts=1.0, support_worth=1.0,
        troops_worth=1.0, fortune_half_life=24.0, fortune_sd=0.0, swing_persistence=0.9, swing_sd=0.0, deaths_follow=0.5, **SPONSORS,
    )  # fmt: skip
    assert _front_weights(FRONTS, p, now, 0, 0) == (2, pytest.approx(1.0 + 4.0**division))
    after = copy(now)
    interpreted(war)(FRONTS, p, now, after, world(shock=[1.0, 1.0, 1.0]), log(), SEED, REPLICATES, 3)
    for c, rebels in enumerate((1.0, 4.0)):
        assert after.balance[0, c] == pytest.approx(math.log((rebels + 1e-3) / (15.0 * shares[c] + 1e-3)))
        assert after.level[0, c] == 5.0  # as strong as when it began
    assert after.balance[0, 2] == 0.0


def test_deaths_follow_the_strength_of_the_rebels_and_a_shock_that_all_share() -> None:
    """Four times as strong as when it began: twice as deadly at an exponent of a half."""
    frame = SimpleNamespace(**vars(FRONTS) | {"conflict_start": [0, 1]})
    now = world(
        fought=[1], rising=[4.003], forces=[15.0], capacity=[0.5], legitimacy=[1.0], state_support=[0.0], governed_by=[-1],
        fortune=[0.0], ground=[0.5], swing=[0.0], own_level=[5.0], first_strength=[1.0], balance=[0.0], level=[5.0],
        killed=[1.0], fought_months=[5], rebels_backed=[0], government_backed=[0],
    )  # fmt: skip
    p = SimpleNamespace(
        **vars(GROUND) | vars(DEATHS) | {"silence": -700.0, "silence_lasts": 0.0, "burst_sd": 0.0}, front_division=0.5,
        capacity_worth=1.0, army_melts=1.0, support_worth=1.0, troops_worth=1.0, fortune_half_life=24.0, fortune_sd=0.0,
        swing_persistence=0.9, swing_sd=0.0, deaths_follow=0.5, **SPONSORS,
    )  # fmt: skip
    after = copy(now)
    interpreted(war)(frame, p, now, after, world(shock=[1.0, 1.0, 3.0]), log(), SEED, REPLICATES, 3)
    assert after.level[0, 0] == pytest.approx(5.0 + math.log(2.0))
    assert after.killed[0, 0] == pytest.approx(2.0 * 3.0 * math.exp(5.0) / 12.0)


SUMMED: dict[str, list[Any]] = {
    "in_conflict": [0],
    "conflict_age": [0],
    "since_conflict": [0],
    "rebels": [-1],
    "log_deaths": [0.0],
    "deaths": [0.0],
}
STATE = SimpleNamespace(conflict_start=[0, 3], conflict_tie=[1, 0, -1], tie_group=[5, 6])


def test_what_conflicts_make_of_their_state() -> None:
    """The deadliest tells who the rebels are, the oldest how long it lasts; one that counts makes a war of it."""
    now = world(
        fought=[1, 0, 1], counted=[1, 0, 0], fought_months=[7, 0, 30], quiet_months=[0, 90, 0], killed=[3.0, 0.5, 0.25],
        level=[math.log(60.0), 9.0, math.log(20.0)], **SUMMED,
    )  # fmt: skip
    sum_up(STATE, now, 0, 0)
    assert (now.in_conflict[0, 0], now.conflict_age[0, 0], now.since_conflict[0, 0], now.rebels[0, 0]) == (1, 30, 0, 6)
    assert now.log_deaths[0, 0] == pytest.approx(math.log(80.0))
    assert now.deaths[0, 0] == 3.75
    now.level[0, 2] = math.log(61.0)
    sum_up(STATE, now, 0, 0)
    assert now.rebels[0, 0] == -1


def test_a_state_at_peace_remembers_whom_it_fought_last() -> None:
    now = world(
        fought=[0, 0, 0], counted=[0, 0, 0], fought_months=[0, 0, 0], quiet_months=[200, 90, 300], killed=[0.0] * 3,
        level=[0.0] * 3, **SUMMED,
    )  # fmt: skip
    sum_up(STATE, now, 0, 0)
    assert (now.in_conflict[0, 0], now.conflict_age[0, 0], now.since_conflict[0, 0], now.rebels[0, 0]) == (0, 0, 90, 5)
    assert (now.log_deaths[0, 0], now.deaths[0, 0]) == (0.0, 0.0)


def test_fighting_that_does_not_count_is_no_war() -> None:
    now = world(
        fought=[0, 1, 0], counted=[0, 0, 0], fought_months=[0, 4, 0], quiet_months=[9, 0, 9], killed=[0.0, 0.5, 0.0],
        level=[0.0, math.log(6.0), 0.0], **SUMMED,
    )  # fmt: skip
    sum_up(STATE, now, 0, 0)
    assert (now.in_conflict[0, 0], now.conflict_age[0, 0], now.since_conflict[0, 0], now.rebels[0, 0]) == (0, 4, 0, 5)


class Years:
    """A conflict of one state whose deaths of each month are given: how it is counted, month by month."""

    def __init__(self, first_month: int = 0, **start: list[Any]) -> None:
        self.frame = SimpleNamespace(
            state_id=np.zeros(1), conflict_id=np.zeros(1), conflict_start=[0, 1], conflict_state=[0], conflict_tie=[0],
            tie_group=[4], dyad_border=[2], first_month=[first_month],
        )  # fmt: skip
        self.p = SimpleNamespace(war_remembered_years=5.0)
        self.log, self.t = log(100), 0
        usual: dict[str, list[Any]] = {
            "fought": [1], "fought_months": [6], "quiet_months": [0], "known_months": [12], "months_fought": [6], "killed": [0.0], "level": [2.0],
            "year_killed": [0.0], "last_year_killed": [0.0], "counted": [0], "began_by": [KIN], "began_from": [3],
            "began_over": [0], "war_memory": [0.0],
        }  # fmt: skip
        self.world = world(**SUMMED | usual | start)

    def month(self, killed: float, fought: int = 1) -> int:
        """Let a month pass; return whether the conflict counts after it."""
        after, month = copy(self.world), world(onset=[0])
        after.killed[0, 0], after.fought[0, 0] = killed, fought
        interpreted(states_at_war)(self.frame, self.p, self.world, after, month, self.log, SEED, REPLICATES, self.t)
        self.onset, self.world, self.t = int(month.onset[0, 0]), after, self.t + 1
        return int(after.counted[0, 0])

    def rows(self) -> list[list[int]]:
        """Return the rows of the log so far."""
        return self.log.rows[0, : self.log.count[0]].tolist()


def test_a_conflict_counts_from_the_month_in_which_its_year_has_25_deaths() -> None:
    years = Years()
    assert [years.month(8.0) for _ in range(4)] == [0, 0, 0, 1]
    assert years.rows() == [[3, LOG_ONSET, 0, 3, KIN, 4, 2]]
    assert (years.log.values[0, 0], years.onset) == (32.0, 1)
    assert [years.month(0.0) for _ in range(8)] == [1] * 8
    assert years.onset == 0


def test_it_counts_through_the_year_after_and_then_fades() -> None:
    """Twenty-five in the first year, fewer in the second: it counts until January of the third."""
    years = Years()
    assert sum(years.month(2.5) for _ in range(12)) == 3  # October, November, December
    assert [years.month(1.0) for _ in range(12)] == [1] * 12
    assert years.month(1.0) == 0
    assert years.rows()[1] == [24, LOG_ENDING, 0, 0, FADES, 4, -1]
    assert len(years.rows()) == 2
    assert [years.month(2.0) for _ in range(11)] == [0] * 11


def test_deaths_on_both_sides_of_the_turn_of_a_year_do_not_add_up() -> None:
    years = Years(first_month=9)  # October
    assert [years.month(killed) for killed in (8.0, 8.0, 8.0)] == [0, 0, 0]
    assert [years.month(killed) for killed in (8.0, 8.0, 8.0)] == [0, 0, 0]
    assert (years.world.last_year_killed[0, 0], years.world.year_killed[0, 0]) == (24.0, 24.0)
    assert years.month(1.0) == 1


def test_what_ended_counts_no_more_and_says_nothing_twice() -> None:
    years = Years(counted=[1], year_killed=[40.0], level=[5.0])
    assert years.month(3.0) == 1
    assert years.month(2.0, fought=0) == 0  # who ends a conflict has written that already
    assert years.rows() == []
    years.month(0.0, fought=0)
    assert (years.world.killed[0, 0], years.world.quiet_months[0, 0]) == (0.0, 1)


def test_neighbours_forget_a_war_at_their_speed() -> None:
    years = Years(counted=[1], year_killed=[40.0])
    years.world.in_conflict[0, 0] = 1
    years.month(3.0)
    assert years.world.war_memory[0, 0] == pytest.approx(1.0 / 60.0)


def test_months_are_known_from_the_first_that_was_fought_and_never_forgotten() -> None:
    years = Years(fought=[0], known_months=[0], months_fought=[0], quiet_months=[900])
    past = []
    for fought in (0, 1, 1, 0, 0, 1):
        years.month(float(fought), fought=fought)
        past.append((int(years.world.known_months[0, 0]), int(years.world.months_fought[0, 0])))
    assert past == [(0, 0), (1, 1), (2, 2), (3, 2), (4, 2), (5, 3)]
