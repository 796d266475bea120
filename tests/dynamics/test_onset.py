"""How fighting begins: rates from within, pairs that begin again, and who rises."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dynamics.bare import KEY, copy, world
from stability_sim.dynamics import onset as module
from stability_sim.dynamics.attribution import REMEMBERED
from stability_sim.dynamics.onset import (
    _pair_at,
    at_level,
    free_place,
    new_pair,
    new_rate,
    odds_of_capacity,
    own_level,
    pair_rate,
    pair_rates,
    rise,
    susceptibility,
    total_hazard,
    write_hazards,
)
from stability_sim.world.vocabulary import (
    CROSSING,
    DOMESTIC,
    ECONOMY,
    ENTANGLEMENT,
    FADES,
    GOVERNMENT,
    HIDDEN,
    KIN,
    REFUGEES,
    SETTLEMENT,
    TAKEOVER,
)

PRONE = SimpleNamespace(capacity_effect=0.5, capacity_income=0.8, capacity_bends=0.4)


def test_odds_of_capacity_have_ends() -> None:
    assert odds_of_capacity(0.5) == 0.0
    assert odds_of_capacity(0.8) == pytest.approx(1.386294361120)
    assert (odds_of_capacity(0.0), odds_of_capacity(1.0)) == pytest.approx((-3.891820298111, 3.891820298111))  # ln 49


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        (0.5, 1.0),
        (0.2, 2.0),  # 4^0.5
        (0.8, 0.5 * math.exp(-0.4 * (4.0**0.8 - 1.0))),  # and riches of 4^0.8 − 1
        (0.0, 7.0),  # 49^0.5
    ],
)
def test_a_state_is_prone_to_conflict_as_it_can_do_little(capacity: float, expected: float) -> None:
    assert susceptibility(PRONE, capacity) == pytest.approx(expected)


NEW = SimpleNamespace(
    grievance_effect=1.5,
    grievance_reference=0.2,
    population_effect=0.5,
    population_reference=9.0,
    onset_at_war=2.0,
    onset_per_year=0.01,
)


@pytest.mark.parametrize(
    ("legitimacy", "hardship", "people", "at_war", "shock", "expected"),
    [
        (0.5, 0.4, 9.0, 0, 1.0, 0.02),  # twice as open as typical
        (0.2, 0.5, 9.0, 0, 1.0, 0.02 * math.exp(0.3)),  # grievance 0.4
        (0.5, 0.4, 36.0, 0, 1.0, 0.04),  # four times the people: twice the rate at an exponent of a half
        (0.5, 0.4, 9.0, 1, 1.0, 0.04),
        (0.5, 0.4, 9.0, 0, 3.0, 0.06),
    ],
)
def test_new_conflicts_from_within(
    legitimacy: float, hardship: float, people: float, at_war: int, shock: float, expected: float
) -> None:
    now = world(legitimacy=[legitimacy], in_conflict=[at_war])
    assert new_rate(NEW, now, 0, 0, math.log(people), 2.0, shock, hardship) == pytest.approx(expected)


# One state with a group at home (conflict 0), one from next door (conflict 1), and rebels without a name (2 and 3).
FRAME: dict[str, Any] = {
    "state_id": np.array([1], np.uint64), "conflict_id": np.arange(4, dtype=np.uint64), "conflict_start": [0, 4], "conflict_state": [0] * 4,
    "conflict_tie": [0, 1, -1, -1], "tie_conflict": [0, 1], "tie_group": [0, 1], "home_tie": [0, 2], "group_home": [0, 1],
    "local_start": [0, 2], "local_ties": [0, 1], "backed_group_start": [0, 0, 0], "backed_state_start": [0, 0], "ally_start": [0, 0],
    "into_start": [0, 0], "population": [10.0], "log_population": [math.log(9.0)], "helper_start": [0, 0],
}  # fmt: skip
NOW: dict[str, list[Any]] = {
    "fought": [0] * 4, "fought_months": [0] * 4, "quiet_months": [900] * 4, "outcome": [-1] * 4, "months_fought": [0] * 4, "known_months": [0] * 4, "rebels_backed": [0] * 4, "government_backed": [0] * 4, "capacity": [0.5],
    "peacekeeping": [0.0], "governs": [-1, -1], "group_support": [0.0, 0.0], "fighters": [4000.0, 0.0], "cells": [0.0, 50.0],
    "legitimacy": [1.0], "hardship": [0.2], "forces": [10.0], "governed_by": [-1], "state_support": [0.0], "control": [1.0, 1.0],
    "rising": [0.0] * 4, "first_strength": [0.0] * 4, "balance": [0.0] * 4, "fortune": [0.0] * 4, "ground": [0.9] * 4, "swing": [3.0] * 4,
    "own_level": [5.0] * 4, "level": [5.0] * 4, "killed": [0.0] * 4, "in_conflict": [0], "managed_refugees": [0.0],
}  # fmt: skip
P = SimpleNamespace(
    **vars(PRONE) | vars(NEW), backing_onset=0.5, sanctuary_worth=0.5, restart_per_year=0.2, restart_fades=1.5, restart_chronic=1.0,
    restart_capacity=0.1, restart_neighbours=0.25, restart_after_victory=0.25, restart_after_takeover=0.5, restart_after_settlement=0.6,
    restart_after_fading=1.25, peacekeeping_relapse=0.4, contagion_multiplies=0.0, contagion_reference=0.02, cells_half=200.0,
    infiltration_onset=0.004, near_war_cells=3.5, kin_onset=0.008, refugee_onset=0.002, refugee_ceiling=10.0, economic_spillover=0.25,
    entanglement_onset=0.001, level_mean=4.0, level_sd=1.5, level_returns=0.6, rising_balance=-2.0, rising_balance_sd=1.0, fortune_sd=1.0,
    ground_at_onset=0.05, capacity_worth=1.5, army_melts=2.0, support_worth=1.0, troops_worth=3.0, rebel_troops_worth=1.5,
    unled_worth=0.5, rebels_find_support=0.3, governments_find_support=0.6,
)  # fmt: skip


def frame(**changed: Any) -> SimpleNamespace:
    return SimpleNamespace(**FRAME | changed)


def rate(c: int = 0, new: float = 0.01, **changed: list[Any]) -> float:
    """Return the rate at which a pair begins, above that of any new conflict."""
    return float(pair_rate(frame(), P, world(**NOW | changed), 0, c, new))


def quiet(months: int) -> list[int]:
    return [months] * 4


@pytest.mark.parametrize(("outcome", "ratio"), [(-1, 1.0), (GOVERNMENT, 0.25), (TAKEOVER, 0.5), (SETTLEMENT, 0.6), (FADES, 1.25)])
def test_a_conflict_begins_again_by_how_it_ended(outcome: int, ratio: float) -> None:
    for c in range(4):
        assert rate(c, quiet_months=quiet(0), outcome=[outcome] * 4) == pytest.approx(0.2 * ratio)


@pytest.mark.parametrize(("months", "part"), [(0, 1.0), (36, 0.125), (96, 1.0 / 27.0)])
def test_that_fades_as_a_power_of_the_years_since(months: int, part: float) -> None:
    """(1 + 3)^−1.5 and (1 + 8)^−1.5."""
    assert rate(2, quiet_months=quiet(months)) == pytest.approx(0.2 * part)


def test_what_is_not_remembered_begins_anew() -> None:
    assert rate(2, quiet_months=quiet(REMEMBERED - 1)) > 0.0
    assert rate(2, quiet_months=quiet(REMEMBERED)) == 0.0


def test_who_fights_does_not_begin() -> None:
    assert rate(0, quiet_months=quiet(0), fought=[1] * 4) == 0.0


def test_a_long_past_makes_it_sooner_and_capacity_later() -> None:
    long = {"months_fought": [60] * 4, "known_months": [120] * 4}  # half of the months since it is known
    assert rate(2, quiet_months=quiet(0), **long) == pytest.approx(0.2 * math.exp(0.5))
    assert rate(2, quiet_months=quiet(0), capacity=[0.8]) == pytest.approx(0.2 * 4.0**-0.1)


@pytest.mark.parametrize(("peacekeepers", "left"), [(0.0, 1.0), (0.5, 0.7), (1.0, 0.4)])
def test_peacekeepers_hold_a_peace(peacekeepers: float, left: float) -> None:
    assert rate(2, quiet_months=quiet(0), peacekeeping=[peacekeepers]) == pytest.approx(0.2 * left)


def test_a_group_with_support_begins_more_often() -> None:
    more = math.exp(0.3)  # support of 0.6 at half a log rate
    assert rate(0, quiet_months=quiet(0), group_support=[0.6, 0.0]) == pytest.approx(0.2 * more)
    assert rate(0, group_support=[0.6, 0.0]) == pytest.approx(0.01 * (more - 1.0))
    assert rate(0) == 0.0
    assert rate(1, group_support=[0.0, 0.6]) == 0.0  # it is not at home here


def test_who_governs_does_not_fight_itself() -> None:
    assert rate(0, quiet_months=quiet(0), governs=[0, -1]) == 0.0
    assert rate(0, group_support=[0.6, 0.0], governs=[0, -1]) == 0.0
    assert rate(0, quiet_months=quiet(0), governs=[1, -1]) == pytest.approx(0.2)  # it governs elsewhere


def test_pairs_of_a_state_add_up_under_the_shock_of_the_year() -> None:
    now = world(**NOW | {"quiet_months": [0, 900, 36, 900]})
    assert pair_rates(frame(), P, now, 0, 0, 0.01, 2.0) == pytest.approx(2.0 * (0.2 + 0.025))


def test_new_conflicts_take_the_place_that_was_quiet_longest() -> None:
    assert free_place(frame(), world(**NOW | {"quiet_months": [9, 9, 400, 700]}), 0, 0) == 3
    assert free_place(frame(), world(**NOW | {"quiet_months": [9, 9, 400, 700], "fought": [0, 0, 0, 1]}), 0, 0) == 2
    assert free_place(frame(), world(**NOW | {"fought": [0, 0, 1, 1]}), 0, 0) == -1


def test_a_new_conflict_is_that_of_the_strongest_group_that_is_idle() -> None:
    assert new_pair(frame(), world(**NOW), 0, 0, False, False) == 0
    assert new_pair(frame(), world(**NOW), 0, 0, True, False) == 1
    assert new_pair(frame(), world(**NOW | {"fought": [1, 0, 0, 0]}), 0, 0, False, False) == 2
    remembered = NOW | {"quiet_months": [20, 900, 900, 900]}
    assert new_pair(frame(), world(**remembered), 0, 0, False, False) == 2
    assert new_pair(frame(), world(**remembered), 0, 0, False, True) == 0
    assert new_pair(frame(), world(**NOW | {"governs": [0, -1]}), 0, 0, False, True) == 2


@pytest.mark.parametrize(("u", "c"), [(0.0, 0), (0.0475, 0), (0.0477, 0), (0.9, 2)])
def test_what_begins_from_within_is_new_or_known_in_proportion(u: float, c: int) -> None:
    """A rate of 0.01 of new ones, 0.1 of rebels without a name who fought three years ago: at 1/11 the one becomes the other."""
    now = world(**NOW | {"quiet_months": [900, 900, 0, 900], "outcome": [-1, -1, TAKEOVER, -1]})
    month = world(new_rate=[0.01], shock=[1.0, 1.0, 1.0], hazard=[[0.11, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    assert _pair_at(frame(), P, now, month, 0, 0, DOMESTIC, u) == c
    assert _pair_at(frame(), P, now, month, 0, 0, DOMESTIC, 1.0 / 11.0 - 1e-6) == 0
    assert _pair_at(frame(), P, now, month, 0, 0, DOMESTIC, 1.0 / 11.0 + 1e-6) == 2


def test_who_came_over_the_border_fights_with_the_group_from_abroad() -> None:
    now, month = world(**NOW), world(new_rate=[0.01], shock=[1.0] * 3, hazard=[[0.01] * 7])
    assert [_pair_at(frame(), P, now, month, 0, 0, channel, 0.5) for channel in (CROSSING, HIDDEN)] == [1, 1]
    assert [_pair_at(frame(), P, now, month, 0, 0, channel, 0.5) for channel in (REFUGEES, ECONOMY, ENTANGLEMENT)] == [0, 0, 0]


def test_kin_at_war_make_old_conflicts_begin_again() -> None:
    """Half of the hazard by kin is that of old conflicts: 0.25·1·0.2 of 0.1."""
    at_war = frame(into_start=[0, 1], into_dyads=[0], dyad_source=[0], dyad_kin=[1.0], trade=[0.0])
    now = world(**NOW | {"quiet_months": [900, 900, 0, 900], "war_memory": [1.0], "refugees": [0.0], "by_refugees": [0.0]})
    month = world(new_rate=[0.01], shock=[1.0] * 3, hazard=[[0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.0]])
    assert _pair_at(at_war, P, now, month, 0, 0, KIN, 0.499) == 0
    assert _pair_at(at_war, P, now, month, 0, 0, KIN, 0.501) == 2


def test_hazards_by_channel() -> None:
    """A state with a neighbour at war: kin of 0.8, trade of 0.5, 500,000 refugees among 10 million, 60 cells of which 15 came so."""
    at_war = frame(
        into_start=[0, 1], into_dyads=[0], dyad_source=[0], dyad_kin=[0.8], trade=[0.5], helper_start=[0, 1], helper_pacts=[0],
        pact_ally=[0], member_state=[0],
    )  # fmt: skip
    now = world(**NOW | {
        "in_conflict": [1], "war_memory": [0.5], "refugees": [500_000.0], "by_refugees": [15.0], "hardship": [0.5], "legitimacy": [0.6],
        "managed_refugees": [0.2], "quiet_months": [900, 900, 0, 900], "deployed": [4.0],
    })  # fmt: skip
    month = world(
        hazard=[[0.0] * 7], new_rate=[0.0], shock=[1.0] * 3, susceptibility=[2.0], cells_before=[60.0]
    )  # fmt: skip
    month.open_to, month.infiltrated = np.zeros(1), np.zeros(1)
    write_hazards(at_war, P, now, month, 0, 1.0)
    new = 0.01 * 2.0 * 2.0  # at war itself, and twice as open; grievance 0.2 is that of its reference
    infiltrated = 0.004 * 2.0 * 3.5 * (1.0 - math.exp(-0.3))
    expected = {
        DOMESTIC: new + 0.2, CROSSING: 0.75 * infiltrated, HIDDEN: 0.25 * infiltrated,
        KIN: 0.008 * 2.0 * 0.4 + 0.25 * 0.4 * 0.2, REFUGEES: 0.002 * 2.0 * 0.8 * 5.0,
        ECONOMY: new * (math.exp(1.5 * 0.25 * 0.5 * 0.5 * 0.4) - 1.0), ENTANGLEMENT: 0.001 * 4.0,
    }  # fmt: skip
    assert month.hazard[0, 0].tolist() == pytest.approx([expected[channel] for channel in range(7)])
    assert total_hazard(month, 0, 0) == pytest.approx(sum(expected.values()))


def test_a_hazard_below_nothing_is_none() -> None:
    assert total_hazard(world(hazard=[[0.01, 0.0, 0.0, 0.0, -0.05, 0.0, 0.0]]), 0, 0) == 0.0


def test_how_deadly_a_conflict_begins() -> None:
    assert own_level(P, world(**NOW), 0, 0, 2.0) == pytest.approx(7.0)  # 4 + 2·1.5
    before = world(**NOW | {"outcome": [FADES] * 4})
    assert own_level(P, before, 0, 0, 0.0) == pytest.approx(4.6)  # 4 + 0.6·(5 − 4)
    assert own_level(P, before, 0, 0, 2.0) == pytest.approx(7.0)  # and 2·0.8·1.5
    at_level(before, 0, 1, math.log(240.0))
    assert (before.own_level[0, 1], before.level[0, 1], before.killed[0, 1]) == pytest.approx(
        (math.log(240.0), math.log(240.0), 20.0)
    )


def test_who_rises_measures_itself_against_the_government(monkeypatch: pytest.MonkeyPatch) -> None:
    """An army worth 10 is risen against by 10·e^(−2 + 1); the group adds its 4,000 fighters."""
    monkeypatch.setattr(module, "normal", lambda *_: 1.0)
    now = world(**NOW)
    after = copy(now)
    rise(frame(), P, now, after, KEY, 0, 0)
    assert after.rising[0, 0] == pytest.approx(3.678794411714)
    assert after.first_strength[0, 0] == pytest.approx(7.678794411714)
    assert after.balance[0, 0] == pytest.approx(math.log(7.679794411714 / 10.001))
    assert (after.fortune[0, 0], after.ground[0, 0], after.swing[0, 0]) == (1.0, 0.05, 0.0)
    assert (after.fought[0].tolist(), after.fought_months[0, 0]) == ([1, 0, 0, 0], 0)
    rise(frame(), P, now, after, KEY, 0, 2)
    assert after.first_strength[0, 2] == pytest.approx(3.678794411714)


@pytest.mark.parametrize(
    ("u", "v", "backed"), [(0.29, 0.59, (1, 1)), (0.31, 0.59, (0, 1)), (0.29, 0.61, (1, 0)), (0.31, 0.61, (0, 0))]
)
def test_states_without_a_name_support_either_side_from_the_start(
    u: float, v: float, backed: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebels find support in 0.3 of wars, governments in 0.6; what was before is nothing."""
    monkeypatch.setattr(module, "uniforms", lambda *_: (u, v))
    now = world(**NOW | {"rebels_backed": [1, 0, 1, 0], "government_backed": [0, 1, 1, 0]})
    for c in range(4):
        after = copy(now)
        rise(frame(), P, now, after, KEY, 0, c)
        assert (after.rebels_backed[0, c], after.government_backed[0, c]) == backed
