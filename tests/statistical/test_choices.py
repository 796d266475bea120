"""Skirmishes, answers to calls, choices and refugees against their laws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stability_sim.engine.run import step
from stability_sim.world.vocabulary import BUILD, GOVERN, GROUP_ACTIONS, POLICE, RAID, STATE_ACTIONS
from statistical.cases import FOR_EVER, NO_CHANNELS, batch, p, scenario
from statistical.errors import moments_are, share_is

N = 20_000
QUIET = {"decides": "scripted"}


@pytest.mark.parametrize("hostility", [0.0, 0.5, 1.0])
def test_skirmishes_are_poisson(hostility: float) -> None:
    case = scenario(
        {"embitters_incident": 0.0}, states={"A": QUIET, "B": QUIET}, borders={"A-B": {"hostility": hostility, "length_km": 1400}}
    )
    run = batch(case, N)
    step(run)
    counts = run.month.incidents[:, 0]
    rate = p("incidents_per_month") * math.exp(p("incident_hostility") * (hostility - 0.5))
    rate *= (1400 / p("incident_reference")) ** p("incident_length")
    for k in range(3):
        share_is((counts == k).mean(), N, math.exp(-rate) * rate**k / math.factorial(k), (hostility, k))
    share_is(counts.mean() / 50, N * 50, rate / 50, hostility)


def test_calls_are_honoured_as_often_as_the_equation_says() -> None:
    """A strong lead, a small member, one at war at home, one with troops elsewhere: four helpers of one that is attacked."""
    states = {
        "T": {**QUIET, "forces": 5},
        "L": {**QUIET, "forces": 100, "prestige": 0.8},
        "S": {**QUIET, "forces": 2},
        "W": {**QUIET, "forces": 20, "in_conflict": True},
        "D": {**QUIET, "forces": 20},
        "X": {**QUIET, "forces": 300},
    }
    members = ["T", "L", "S", "W", "D"]
    word = {"L": 0.7, "S": 0.4, "W": 0.5, "D": 0.6}
    case = scenario(
        FOR_EVER,
        states=states,
        borders={"X-T": {}},
        alliances={
            "P": {"members": members, "lead": "L", "reliability": word},
            "Q": {"members": ["D", "X"], "obliges": "consultation"},
        },
        events=[
            {"on": "2000-01", "deploy": "D", "to": "X", "forces": 8},
            {"on": "2000-01", "attack": "X", "on_state": "T"},
        ],
    )
    run = batch(case, N)
    step(run)
    bound = {"L": 0.0, "S": 0.0, "W": 1.0, "D": 8.0 / 28.0}
    forces = {"L": 100, "S": 2, "W": 20, "D": 20}
    names = run.beginning.names.members
    for code in bound:
        value = math.log(word[code] / (1.0 - word[code]))
        value += p("honour_prestige") * (0.8 - p("prestige_reference")) - p("honour_overstretch") * bound[code]
        value += p("honour_burden") * (forces[code] / 142 - 0.25)
        honoured = run.month.calls_honoured[:, names.index(("P", code))]
        assert np.array_equal(honoured + run.month.calls_abandoned[:, names.index(("P", code))], np.ones(N))
        share_is(honoured.mean(), N, 1.0 / (1.0 + math.exp(-value)), code)


def test_governments_choose_by_the_logit() -> None:
    """In the first month beliefs are without noise, so that the utility of each action is known."""
    case = scenario(
        {"review_months": 1.0},
        states={
            "A": {"capacity": 0.4, "prestige": 0.7, "weights": {"security": 1.5, "prestige": 0.8, "norms": 0.4}},
            "B": {**QUIET, "in_conflict": True},
        },
        groups={"g": {"home": "B", "governs": "B", "fighters": {"B": 30000}, "export_aim": 0.5, "credibility": 0.4, **QUIET}},
        borders={"A-B": {"guard": 0.3}},
        alliances={"P": {"members": ["A", "B"]}},
        stances=[{"of": "A", "to": "g", "listed": True, "sanction": 0.2, "aid": 0.1}],
    )
    run = batch(case, N)
    step(run)
    cells = p("fighters_seen") * 0.5 * 0.8 * 30000
    fear, glory, norms, poor = 1.5 * (0.01 + 0.98 * cells / (cells + p("cells_half"))), 0.8, 0.4, 0.6
    utility = {
        "none": 0.0,
        "engage": p("engage_security") * fear + p("engage_prestige") * glory
        - norms * (p("engage_norms") + p("listed_norms")) - p("engage_cost"),
        "recognise": p("recognise_security") * fear + p("recognise_prestige") * glory - p("recognise_early")
        - norms * (p("recognise_norms") + p("listed_norms")) - p("recognise_cost"),
        "sanction": p("sanction_security") * fear + p("sanction_norms") * norms - p("sanction_cost") - 0.2 * p("already_done"),
        "aid": p("aid_security") * fear + p("aid_prestige") * glory - p("aid_cost") - p("poor_cost") * poor
        - 0.1 * p("already_done"),
        "guard": 0.7 * p("guard_security") * fear - p("guard_cost") - p("poor_cost") * poor,
        "drill": p("drill_security") * fear + p("drill_prestige") * glory - p("drill_cost") - 0.5 * p("poor_cost") * poor,
        "summit": p("summit_security") * fear + p("summit_glory") * glory * 0.7 - p("summit_cost"),
        "deploy": 1.5 * p("deploy_security") + p("deploy_prestige") * glory - p("deploy_cost"),
    }  # fmt: skip
    weights = {name: math.exp(p("choice_precision") * value) for name, value in utility.items()}
    for action, name in enumerate(STATE_ACTIONS):
        share_is((run.month.state_action[:, 0] == action).mean(), N, weights[name] / sum(weights.values()), name)


def test_governments_review_their_policy_every_few_months() -> None:
    case = scenario(
        {"choice_precision": 50.0, "summit_cost": 0.0},  # a summit is chosen by all who review
        states={"A": {"prestige": 0.9, "weights": {"prestige": 2.0}}, "B": QUIET},
        groups={"g": {"home": "B", "fighters": {"B": 10}, **QUIET}},
        borders={"A-B": {}},
    )
    run = batch(case, N)
    step(run)
    share_is((run.month.state_action[:, 0] > 0).mean(), N, 1.0 / p("review_months"))


def test_groups_choose_by_the_logit() -> None:
    case = scenario(
        states={"A": {**QUIET}, "B": {**QUIET, "capacity": 0.3}, "C": {**QUIET, "capacity": 0.7}},
        groups={
            "g": {
                "home": "A", "governs": "A", "export_aim": 0.8, "control": 0.6, "stake": 0.3, "fighters": {"A": 4000},
                "kin": {"B": 0.4},
            },
            "r": {"home": "A", "fighters": {"A": 500}, **QUIET},
        },
        borders={"A-B": {"guard": 0.4, "ruggedness": 0.5, "hostility": 0.6}, "A-C": {"guard": 0.9, "hostility": 0.1}},
    )  # fmt: skip
    run = batch(case, N)
    step(run)

    def abroad(capacity: float, guard: float, rugged: float, hostility: float, kin: float) -> tuple[float, float]:
        seen = 1.0 - math.exp(-2.3 * guard * (1.0 - 0.6 * rugged))
        able = math.log(capacity / (1.0 - capacity))
        riches = max(math.exp(p("capacity_income") * able) - 1.0, 0.0)
        soft = math.exp(-p("capacity_effect") * able - p("capacity_bends") * riches)
        build = 0.8 * (p("build_aim") + p("build_soft") * soft + p("build_kin") * kin)
        build -= p("build_risk") * seen + p("build_stake") * 0.3 * 0.6
        raid = 0.8 * (p("raid_aim") + p("raid_soft") * soft + p("raid_hostility") * hostility)
        raid -= p("raid_risk") * seen + p("raid_stake") * 0.3 * 0.6 + p("raid_cost") + p("raid_governs")
        return build, raid

    felt = 500 / (500 + 0.05 * 4000 + 1.0)
    build_b, raid_b = abroad(0.3, 0.4, 0.5, 0.6, 0.4)
    build_c, raid_c = abroad(0.7, 0.9, 0.3, 0.1, 0.0)
    utility = {
        (GOVERN, 0): p("govern_base") + p("govern_stake") * 0.3,
        (POLICE, 0): p("police_rivals") * felt + p("police_control") * 0.6 - p("police_cost"),
        (BUILD, 0): build_b, (RAID, 0): raid_b, (BUILD, 1): build_c, (RAID, 1): raid_c,
    }  # fmt: skip
    weights = {key: math.exp(p("choice_precision") * value) for key, value in utility.items()}
    chosen = list(zip(run.month.group_action[:, 0], run.month.group_target[:, 0], strict=True))
    for key, weight in weights.items():
        share_is(chosen.count(key) / N, N, weight / sum(weights.values()), (GROUP_ACTIONS[key[0]], key[1]))


@pytest.mark.parametrize("rank", [0.0, 0.6, 1.0])
def test_summits_succeed_by_the_logit(rank: float) -> None:
    case = scenario(
        states={"A": {**QUIET, "in_conflict": True, "conflict_age": 60}, "H": QUIET, "U": QUIET},
        groups={
            "g": {"home": "A", "fighters": {"A": 300}, **QUIET},
            "out": {"home": "A", "fighters": {"A": 100}, **QUIET},
        },
        stances=[{"of": "H", "to": "g", "listed": True}],
        events=[
            {
                "on": "2000-01", "summit": "s", "host": "H", "about": "A", "parties": ["H", "g"], "absent": ["U"],
                "vetoes": ["H"], "rank": {"H": 1.0, "g": rank},
            }
        ],
    )  # fmt: skip
    run = batch(case, N)
    step(run)
    value = p("summit_baseline") + p("summit_rank") * rank - p("summit_spoiler") - p("summit_veto")
    value += p("summit_stalemate") - p("summit_listed") - 0.25 * p("summit_outsiders")
    share_is((run.now.talks_left[:, 0] > 0).mean(), N, 1.0 / (1.0 + math.exp(-value)), rank)


@pytest.mark.parametrize("deaths", [50, 5000])
def test_refugees_are_log_normal_and_kept_for_a_year(deaths: int) -> None:
    case = scenario(
        {
            **NO_CHANNELS, **FOR_EVER, "onset_per_year": 0.0, "swing_sd": 0.0, "silence": -700.0, "silence_lasts": 0.0, "burst_sd": 0.0, "common_deaths_sd": 0.0, "most_leave_per_month": 1e9,
            "elsewhere_share": 0.25,
        },
        states={"A": {**QUIET, "in_conflict": True, "deaths_per_year": deaths}, "B": {**QUIET, "screening": 0.4}, "C": QUIET},
        borders={"A-B": {"openness": 0.6}, "A-C": {"openness": 0.2}},
    )  # fmt: skip
    run = batch(case, N)
    flows = []
    for _ in range(13):
        step(run)
        flows.append(run.month.refugee_flow[:, :2].copy())
    assert np.array_equal(flows[0], flows[11])
    kept = np.array([1.0 - p("screening_false_positives") * 0.4, 1.0 - p("screening_false_positives") * 0.3])
    year = (flows[0] / kept).sum(axis=1) / 0.75 * 12.0
    other = (flows[12] / kept).sum(axis=1) / 0.75 * 12.0
    mean = p("refugees_intercept") + p("refugees_elasticity") * math.log(deaths)
    moments_are(np.log(year), mean, p("refugees_sd"), deaths)
    moments_are(np.log(other), mean, p("refugees_sd"), deaths)
    correlation = np.corrcoef(np.log(year), np.log(other))[0, 1]
    assert abs(correlation) < 5.0 / math.sqrt(N)
    assert np.allclose((flows[0][:, 0] / kept[0]) / (flows[0][:, 1] / kept[1]), 3.0)


def test_attacks_happen_as_often_as_the_equation_says() -> None:
    case = scenario(
        {"attack_baseline": -2.0},
        states={
            "A": {**QUIET, "forces": 200, "export_aim": 0.7},
            "B": {**QUIET, "forces": 20},
            "C": {**QUIET, "forces": 60},
        },
        borders={"A-B": {"hostility": 0.6}},
        alliances={"P": {"members": ["B", "C"], "reliability": {"C": 0.8}}},
        events=[{"on": "2000-01", "drill": "P", "at": "B", "size": 0.5}],
    )
    run = batch(case, N)
    step(run)
    credit = p("drill_credit") * p("drill_elsewhere") * 0.5 * (1.0 - 0.8)
    believed = (p("honour_weight") * 0.8 + credit) / (p("honour_weight") + credit)
    value = -2.0 + p("attack_aim") * 0.7 + p("attack_force") * math.log(201 / 21) + p("attack_hostility") * 0.6
    value -= p("alliance_deters") * believed + p("stake_deters") * p("state_stake")
    value += p("drill_effect") * 0.5
    share_is(run.month.attacks[:, 0].mean(), N, 1.0 / (1.0 + math.exp(-value)))
