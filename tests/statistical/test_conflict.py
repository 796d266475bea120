"""Onset, ending and intensity of isolated states against 1 − exp(−λ/12), the Weibull law, and an autoregression."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stability_sim.engine.run import step
from statistical.cases import NO_CHANNELS, batch, p, scenario
from statistical.errors import count_is, moments_are, share_is

N = 20_000
MONTHS = 24
RATE = 0.3
STATES = {
    "typical": {},
    "weak": {"capacity": 0.1},
    "strong": {"capacity": 0.9},
    "small": {"population": 0.5},
    "large": {"population": 300},
    "aggrieved": {"hardship": 0.9, "legitimacy": 0.1},
    "content": {"hardship": 0.05, "legitimacy": 0.9},
    "after-war": {"since_conflict": 6},
    "policed-peace": {"since_conflict": 6, "peacekeeping": 1.0},
    "all-at-once": {"capacity": 0.2, "population": 40, "hardship": 0.7, "legitimacy": 0.3, "since_conflict": 30},
}


def yearly_rate(state: dict[str, float], month: int) -> float:
    """Return λD from the equation, with the defaults of the schema for what a state does not say."""
    capacity, people = state.get("capacity", 0.5), state.get("population", 10.0)
    grievance = state.get("hardship", 0.4) * (1.0 - state.get("legitimacy", 0.5))
    fresh = math.exp(-(state.get("since_conflict", 360) + month) / 12.0 / p("recent_conflict_years"))
    log_ratio = (
        -p("capacity_effect") * (capacity - 0.5)
        + p("grievance_effect") * (grievance - p("grievance_reference"))
        + p("population_effect") * math.log(people / p("population_reference"))
        + p("recent_conflict_effect") * fresh
    )
    kept = 1.0 - fresh * state.get("peacekeeping", 0.0) * (1.0 - p("peacekeeping_relapse"))
    return RATE * math.exp(log_ratio) * kept


@pytest.fixture(scope="module")
def at_war() -> np.ndarray:
    """Conflict by month, replicate and isolated state, all channels off."""
    states = {name.replace("-", "_"): given for name, given in STATES.items()}
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": RATE, "ending_scale": 1e9, "early_ending": 0.0}, states=states), N)
    months = []
    for _ in range(MONTHS):
        step(run)
        months.append(run.now.in_conflict.copy())
    return np.array(months)


@pytest.mark.parametrize("name", STATES)
def test_monthly_onsets_match_the_closed_form(at_war: np.ndarray, name: str) -> None:
    war = at_war[:, :, list(STATES).index(name)]
    before = np.vstack([np.zeros((1, N), dtype=np.int8), war[:-1]])
    at_risk = (before == 0).sum(axis=1)
    onsets = ((war == 1) & (before == 0)).sum(axis=1)
    chances = [1.0 - math.exp(-yearly_rate(STATES[name], month) / 12.0) for month in range(MONTHS)]
    count_is(onsets, at_risk, chances, name)
    for month in (0, 11, 23):
        share_is(onsets[month] / at_risk[month], at_risk[month], chances[month], (name, month))


@pytest.mark.parametrize("name", STATES)
def test_yearly_onsets_match_the_closed_form(at_war: np.ndarray, name: str) -> None:
    rates = [yearly_rate(STATES[name], month) for month in range(12)]
    share_is(at_war[11, :, list(STATES).index(name)].mean(), N, 1.0 - math.exp(-sum(rates) / 12.0), name)


def test_the_risk_of_twelve_months_is_that_of_the_present_rate() -> None:
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": RATE}, states={"A": {"capacity": 0.2}}), 1)
    step(run)
    expected = 1.0 - math.exp(-yearly_rate({"capacity": 0.2}, 0))
    assert run.month.risk[0, 0] in (pytest.approx(expected), 1.0)


def test_a_common_shock_keeps_the_mean_rate() -> None:
    case = scenario({**NO_CHANNELS, "onset_per_year": RATE, "common_shock_sd": 0.5}, states={"A": {}, "B": {}})
    run = batch(case, N)
    step(run)
    rates = run.month.hazard[:, 0, 0] / yearly_rate({}, 0)
    assert np.array_equal(run.month.hazard[:, 0, 0], run.month.hazard[:, 1, 0])
    moments_are(np.log(rates), -0.125, 0.5, "shock")


def weibull(age: float) -> float:
    """Return the Weibull hazard of a conflict over the month that begins at an age in months."""
    begin, end = (months / 12.0 / p("ending_scale") for months in (age, age + 1.0))
    return end ** p("ending_shape") - begin ** p("ending_shape")


def early(age: float) -> float:
    """Return the hazard over that month of a rising that is over before it takes root."""
    return p("early_ending") / 12.0 * math.exp(-age / p("early_months"))


AGES = {"new": 0, "young": 12, "old": 120}


@pytest.mark.parametrize("name", AGES)
def test_conflicts_end_by_the_weibull_law(name: str) -> None:
    age = AGES[name]
    states = {"A": {"in_conflict": True, "conflict_age": age, "peacekeeping": 0.0}}
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": 0.0, "ending_intensity": 0.0}, states=states), N)

    going_on, ended = [], []
    alive = N
    for _ in range(36):
        step(run)
        left = int(run.now.in_conflict[:, 0].sum())
        going_on.append(alive)
        ended.append(alive - left)
        alive = left
    rates = [weibull(age + m) + early(age + m) for m in range(36)]
    count_is(ended, going_on, [1.0 - math.exp(-rate) for rate in rates], name)
    share_is(alive / N, N, math.exp(-sum(rates)), name)


@pytest.mark.parametrize("deaths", [30, 314, 5000])
def test_small_conflicts_end_and_large_ones_last(deaths: int) -> None:
    """Each month the intensity of a conflict scales its ending: exp(−κ(x − μ))."""
    states = {"A": {"in_conflict": True, "conflict_age": 6, "deaths_per_year": deaths}}
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": 0.0}, states=states), N)
    step(run)
    scaled = early(6) + weibull(6) * math.exp(-p("ending_intensity") * (math.log(deaths) - p("log_deaths_mean")))
    share_is(1.0 - run.now.in_conflict[:, 0].mean(), N, 1.0 - math.exp(-scaled), deaths)


def test_talks_peacekeepers_and_support_scale_the_ending() -> None:
    states = {"A": {"in_conflict": True, "conflict_age": 6, "peacekeeping": 0.8, "deaths_per_year": 314}}
    groups = {"g": {"home": "A", "external_support": 0.6, "fighters": {"A": 100}, "decides": "scripted"}}
    certain = {"summit_baseline": 50.0, "onset_per_year": 0.0, "ending_intensity": 0.0}
    events = [{"on": "2000-01", "summit": "s", "host": "A", "about": "A", "parties": ["g"]}]
    run = batch(scenario({**NO_CHANNELS, **certain}, states=states, groups=groups, events=events), N)
    step(run)
    scaled = early(6) + weibull(6) * math.exp(0.8 * p("peacekeeping_ends") - 0.6 * p("support_prolongs")) * p("talks_ending")
    share_is(1.0 - run.now.in_conflict[:, 0].mean(), N, 1.0 - math.exp(-scaled))


def test_intensity_is_an_autoregression() -> None:
    states = {"A": {"in_conflict": True, "deaths_per_year": 20000}}
    run = batch(scenario({"ending_scale": 1e12, "early_ending": 0.0}, states=states), N)
    kept = p("log_deaths_persistence")
    for month in range(1, 41):
        step(run)
        if month in (1, 12, 40):
            mean = p("log_deaths_mean") + kept**month * (math.log(20000) - p("log_deaths_mean"))
            moments_are(run.now.log_deaths[:, 0], mean, p("log_deaths_sd") * math.sqrt(1.0 - kept ** (2 * month)), month)


def test_conflicts_begin_at_the_intensity_of_beginnings() -> None:
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": 100.0}, states={"A": {}}), N)
    step(run)
    began = run.now.in_conflict[:, 0] == 1
    moments_are(run.now.log_deaths[began, 0], p("onset_log_deaths"), p("onset_log_deaths_sd"))


@pytest.mark.parametrize("talks", [False, True])
def test_how_conflicts_end_follows_the_contest(talks: bool) -> None:
    """Fading and settlement by their shares; otherwise the stronger side wins more often."""
    states = {"A": {"in_conflict": True, "forces": 10, "capacity": 0.4, "external_support": 0.5, "conflict_age": 1}}
    groups = {"g": {"home": "A", "fighters": {"A": 8000}, "control": 0.7, "external_support": 0.2, "decides": "scripted"}}
    events = [{"on": "2000-01", "summit": "s", "host": "A", "about": "A", "parties": ["g"]}] if talks else []
    sure = {"summit_baseline": 50.0, "ending_scale": 1e-6, "ending_intensity": 0.0}
    run = batch(scenario(sure, states=states, groups=groups, events=events), N)
    step(run)
    rows = run.log.rows[np.arange(run.log.rows.shape[1])[None, :] < run.log.count[:, None]]
    how = rows[rows[:, 1] == 1, 4]
    assert len(how) == N
    held = (10 * 0.9) * 1.5 + 1e-3
    against = 8.0 * 1.2 * 1.2 + 1e-3
    wins = held ** p("contest_exponent") / (held ** p("contest_exponent") + against ** p("contest_exponent"))
    settled = min(2 * p("settlement_share"), 1 - p("fade_share")) if talks else p("settlement_share")
    fought = 1.0 - p("fade_share") - settled
    for code, expected in enumerate((fought * wins, fought * (1 - wins), settled, p("fade_share"))):
        share_is((how == code).mean(), N, expected, code)
