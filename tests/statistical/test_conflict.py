"""Onset, ending, ground and deaths of isolated states against closed forms: 1 − exp(−λ/12), competing risks, autoregressions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from stability_sim.engine.run import Batch, step
from stability_sim.world.vocabulary import ENDINGS, SHOCKS
from statistical.cases import FOR_EVER, NO_CHANNELS, batch, p, scenario
from statistical.errors import FIVE, count_is, moments_are, share_is

N = 20_000
MONTHS = 24
RATE = 0.3
STATES: dict[str, dict[str, float]] = {
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
STEADY = {
    "hardship_war": 0.0, "capacity_war": 0.0, "legitimacy_rate": 0.0, "recruits": 0.0, "demobilisation": 0.0, "fortune_sd": 0.0, "common_deaths_sd": 0.0,
    "common_ending_sd": 0.0,
}  # fmt: skip


def odds(share: float) -> float:
    return math.log(share / (1.0 - share))


def new_rate(state: dict[str, float]) -> float:
    """Return the rate of new conflicts from the equation, with the defaults of the schema for what a state does not say."""
    capacity, people = state.get("capacity", 0.5), state.get("population", 10.0)
    grievance = state.get("hardship", 0.4) * (1.0 - state.get("legitimacy", 0.5))
    riches = max(math.exp(p("capacity_income") * odds(capacity)) - 1.0, 0.0)
    return RATE * math.exp(
        -p("capacity_effect") * odds(capacity)
        - p("capacity_bends") * riches
        + p("grievance_effect") * (grievance - p("grievance_reference"))
        + p("population_effect") * math.log(people / p("population_reference"))
    )


def restart_rate(state: dict[str, float], since: float, age: float, months: int, ratio: float = 1.0) -> float:
    """Return the rate at which a conflict of so many months that ended so long ago begins again, some months after the start."""
    chronic = age / max(age + since + months, 1.0)
    again = p("restart_per_year") * (1.0 + (since + months) / 12.0) ** -p("restart_fades") * ratio
    again *= math.exp(p("restart_chronic") * chronic - p("restart_capacity") * odds(state.get("capacity", 0.5)))
    return again * (1.0 - state.get("peacekeeping", 0.0) * (1.0 - p("peacekeeping_relapse")))


def yearly_rate(state: dict[str, float], month: int) -> float:
    """Return the rate of all that begins in a state at peace."""
    since = state.get("since_conflict", 360)
    return new_rate(state) + (restart_rate(state, since, 24.0, month) if since + month < 300 else 0.0)


@pytest.fixture(scope="module")
def broke_out() -> np.ndarray:
    """Whether fighting has broken out by month, replicate and isolated state, all channels off."""
    states = {name.replace("-", "_"): state for name, state in STATES.items()}
    run = batch(scenario({**NO_CHANNELS, **FOR_EVER, "onset_per_year": RATE}, states=states), N)
    months = [np.zeros((N, len(STATES)), dtype=bool)]
    for _ in range(MONTHS):
        step(run)
        months.append(months[-1] | (run.month.outbreaks > 0))
    return np.array(months)


@pytest.mark.parametrize("name", STATES)
def test_monthly_onsets_match_the_closed_form(broke_out: np.ndarray, name: str) -> None:
    ever = broke_out[:, :, list(STATES).index(name)]
    at_risk = (~ever[:-1]).sum(axis=1)
    onsets = (ever[1:] & ~ever[:-1]).sum(axis=1)
    chances = [1.0 - math.exp(-yearly_rate(STATES[name], month) / 12.0) for month in range(MONTHS)]
    count_is(onsets, at_risk, chances, name)
    for month in (0, 11, 23):
        share_is(onsets[month] / at_risk[month], at_risk[month], chances[month], (name, month))


@pytest.mark.parametrize("name", STATES)
def test_yearly_onsets_match_the_closed_form(broke_out: np.ndarray, name: str) -> None:
    rates = [yearly_rate(STATES[name], month) for month in range(12)]
    share_is(broke_out[12, :, list(STATES).index(name)].mean(), N, 1.0 - math.exp(-sum(rates) / 12.0), name)


def test_the_risk_of_twelve_months_is_that_of_the_present_rate() -> None:
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": RATE}, states={"A": {"capacity": 0.2}}), 1)
    step(run)
    assert run.month.risk[0, 0] == pytest.approx(1.0 - math.exp(-yearly_rate({"capacity": 0.2}, 0)))


def test_conflicts_begin_again_by_how_they_ended_and_a_power_of_the_years_since() -> None:
    ratios = {
        "government": p("restart_after_victory"), "takeover": p("restart_after_takeover"),
        "settlement": p("restart_after_settlement"), "fades": p("restart_after_fading"),
    }  # fmt: skip
    cases = [(how, since) for how in ENDINGS for since in (0, 24, 120, 299, 300)]
    states: dict[str, dict[str, float]] = {f"S{k}": {} for k in range(len(cases))}
    past = [
        {"state": code, "fought": False, "age": 60, "since": since, "ended": how}
        for code, (how, since) in zip(states, cases, strict=True)
    ]
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": 0.0, "common_shock_sd": 0.0}, states=states, conflicts=past), N)
    step(run)
    for k, (how, since) in enumerate(cases):
        rate = restart_rate({}, since, 60.0, 0, ratios[how]) if since < 300 else 0.0
        if rate == 0.0:
            assert run.month.outbreaks[:, k].sum() == 0
        else:
            share_is(run.month.outbreaks[:, k].mean(), N, 1.0 - math.exp(-rate / 12.0), (how, since))


@pytest.mark.parametrize("k", range(len(SHOCKS)), ids=SHOCKS)
def test_a_common_shock_is_one_for_all_and_keeps_the_mean(k: int) -> None:
    case = scenario(
        {**NO_CHANNELS, "onset_per_year": RATE, **{f"common_{name}_sd": 0.5 for name in ("shock", "ending", "deaths")}},
        states={"A": {}, "B": {}},
    )
    run = batch(case, N)
    step(run)
    moments_are(np.log(run.month.shock[:, k]), -0.125, 0.5, SHOCKS[k])
    error = run.month.shock[:, k].std() / math.sqrt(N)
    assert abs(run.month.shock[:, k].mean() - 1.0) < FIVE * error
    if SHOCKS[k] == "onset":
        assert np.array_equal(run.month.hazard[:, 0, 0], run.month.hazard[:, 1, 0])
        np.testing.assert_allclose(run.month.hazard[:, 0, 0], run.month.shock[:, k] * yearly_rate({}, 0))


def fought(
    parameters: dict[str, float], fighters: float = 4000, events: list[dict[str, Any]] | None = None, **said: Any
) -> Batch:
    """Return a war of a state (10,000 soldiers, capacity 0.4, legitimacy 0.6) with a group, whose numbers do not change."""
    state = {"forces": 10, "capacity": 0.4, "legitimacy": 0.6, "population": 40, **said.pop("state", {})}
    group = {"home": "A", "fighters": {"A": fighters}, "control": 1.0, "decides": "scripted", **said.pop("group", {})}
    case = scenario(
        {**NO_CHANNELS, "onset_per_year": 0.0, "restart_per_year": 0.0, **STEADY, **parameters},
        states={"A": {"decides": "scripted", **state}}, groups={"g": group}, events=events or [],
        conflicts=[{"state": "A", "group": "g", "deaths_per_year": 1000, "age": 6, **said}],
    )  # fmt: skip
    return batch(case, N)


def balance(fighters: float, for_rebels: float = 0.0, for_government: float = 0.0) -> float:
    """Return the log ratio of strengths in that war."""
    stands = (0.6 + 0.4 * for_government) ** p("army_melts")
    army = 10.0 * math.exp(-0.1 * p("capacity_worth")) * stands * (1.0 + p("support_worth") * for_government)
    return math.log((fighters / 1000.0 * (1.0 + p("support_worth") * for_rebels) + 1e-3) / (army + 1e-3))


ENDS: dict[str, dict[str, Any]] = {
    "weak": {"fighters": 400}, "outmatched": {"fighters": 40000}, "parity": {"fighters": 3100}, "young": {"age": 0},
    "old": {"age": 120}, "small": {"deaths": 40}, "deadly": {"deaths": 20000}, "rebels backed": {"rebels": 0.8},
    "government backed": {"government": 0.8}, "both backed": {"rebels": 0.6, "government": 0.4}, "policed": {"peacekeepers": 1.0},
    "talks": {"talks": True},
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_conflicts_end_by_competing_risks(name: str) -> None:
    """One month of a war: a rate for each way to end, by age, deaths, people, balance and support; who is left fights on."""
    told = {"fighters": 4000, "age": 6, "deaths": 1000, "rebels": 0.0, "government": 0.0, "peacekeepers": 0.0, **ENDS[name]}
    talks = [{"on": "2000-01", "summit": "s", "host": "A", "about": "A", "parties": ["g"]}] if told.get("talks") else []
    run = fought(
        {"ending_level": 2.5, "capital_falls": 1e9, "summit_baseline": 50.0}, told["fighters"], talks, age=told["age"],
        deaths_per_year=told["deaths"], group={"external_support": told["rebels"]},
        state={"external_support": told["government"], "peacekeeping": told["peacekeepers"]},
    )  # fmt: skip
    step(run)
    b = balance(told["fighters"], told["rebels"], told["government"])
    shape, years = p("ending_shape"), (told["age"] + 0.5) / 12.0
    rate = shape * years ** (shape - 1.0) * math.exp(
        2.5 - p("ending_deaths") * (math.log(told["deaths"]) - 5.0)
        - p("ending_population") * math.log(40.0 / p("population_reference")) + p("peacekeeping_ends") * told["peacekeepers"]
    )  # fmt: skip
    seen, stands = min(b + 1.5, 6.5), 1.0 / (1.0 + math.exp(2.0 * (b - p("outmatched"))))
    lasts = p("government_backed_lasts") * told["government"]
    rates = {
        "government": stands * math.exp(
            p("government_wins") + p("government_wins_balance") * seen - p("government_wins_rebels_backed") * told["rebels"] - lasts
        ),
        "settlement": (p("talks_settle") if talks else 1.0) * math.exp(
            p("settles") + p("settles_balance") * min(seen, 1.5) - p("settles_rebels_backed") * told["rebels"]
            - p("settles_government_backed") * told["government"]
        ),
        "fades": stands * math.exp(p("fades") - p("fades_balance") * seen - p("fades_rebels_backed") * told["rebels"] - lasts),
    }  # fmt: skip
    total = rate * sum(rates.values())
    over = run.now.fought[:, 0] == 0
    share_is(over.mean(), N, 1.0 - math.exp(-total / 12.0), name)
    for how, one in rates.items():
        ended = over & (run.now.outcome[:, 0] == ENDINGS.index(how))
        share_is(ended.mean(), N, (1.0 - math.exp(-total / 12.0)) * rate * one / total, (name, how))
    assert not (over & (run.now.outcome[:, 0] == ENDINGS.index("takeover"))).any()


@pytest.mark.parametrize(("side", "finds"), [("rebels", "rebels_find_support"), ("government", "governments_find_support")])
def test_sponsors_without_a_name_come_and_go_around_their_share(side: str, finds: str) -> None:
    """Of wars that begin, a share has support, and goes on to have it; one of the file begins with none, and comes to that share."""
    loses, share = p(finds.replace("find", "lose")), p(finds)
    to_lose, to_find = (1.0 - math.exp(-rate / 12.0) for rate in (loses, loses * share / (1.0 - share)))
    begun = batch(scenario({**NO_CHANNELS, **FOR_EVER, "onset_per_year": 1e4}, states={"A": {"decides": "scripted"}}), N)
    step(begun)
    assert (begun.now.fought.sum(axis=1) == 1).all()
    share_is(getattr(begun.now, f"{side}_backed")[begun.now.fought == 1].mean(), N, share, "at onset")
    listed, expected = fought(FOR_EVER), 0.0
    for month in range(1, 49):
        step(listed)
        expected = expected * (1.0 - to_lose) + (1.0 - expected) * to_find
        if month in (1, 12, 48):
            share_is(getattr(listed.now, f"{side}_backed")[:, 0].mean(), N, expected, (side, month))


def test_the_capital_falls_where_the_ground_is_held() -> None:
    run = fought({"ending_level": -700.0}, ground=0.9)  # log odds 2.2, above 1.5
    step(run)
    assert (run.now.outcome[:, 0] == ENDINGS.index("takeover")).all()
    assert (run.now.governed_by[:, 0] == 0).all()


def test_ground_is_an_autoregression_around_what_strength_holds() -> None:
    """With no fortune, and without living off the ground, log odds are normal: mean and spread after 1, 12 and 40 months."""
    run = fought({**FOR_EVER, "ground_feeds": 0.0, "swing_sd": 0.0}, ground=0.2)
    kept, holds = 1.0 - p("ground_speed") / 12.0, p("ground_follows") * balance(4000)
    for month in range(1, 41):
        step(run)
        if month in (1, 12, 40):
            mean = holds + kept**month * (odds(0.2) - holds)
            spread = p("ground_sd") * math.sqrt((1.0 - kept ** (2 * month)) / (1.0 - kept * kept) / 12.0)
            ground = run.now.ground[:, 0]
            moments_are(np.log(ground / (1.0 - ground)), mean, spread, month)


def test_fortune_is_an_autoregression_that_begins_as_it_goes_on() -> None:
    run = fought({**FOR_EVER, "fortune_sd": 1.1})
    before = run.now.fortune[:, 0].copy()
    moments_are(before, 0.0, 1.1, "start")
    for _ in range(12):
        step(run)
    moments_are(run.now.fortune[:, 0], 0.0, 1.1, "a year later")
    left = 0.5 ** (12.0 / p("fortune_half_life"))
    assert abs(np.corrcoef(before, run.now.fortune[:, 0])[0, 1] - left) < FIVE * (1.0 - left * left) / math.sqrt(N)


def test_deaths_swing_around_the_level_of_their_conflict() -> None:
    run = fought(FOR_EVER)
    kept = p("swing_persistence")
    for month in range(1, 41):
        step(run)
        if month in (1, 12, 40):
            moments_are(run.now.level[:, 0], math.log(1000), p("swing_sd") * math.sqrt(1.0 - kept ** (2 * month)), month)


@pytest.mark.parametrize("deaths", [30, 314, 5000])
def test_silent_months_follow_each_other(deaths: int) -> None:
    """A chain of two states: the share of silent months, and how often each follows the other."""
    run = fought({**FOR_EVER, "swing_sd": 0.0}, deaths_per_year=deaths)
    often = 1.0 / (1.0 + math.exp(p("silence_deaths") * (math.log(deaths) - 5.0) - p("silence")))
    lasts, silent = p("silence_lasts"), np.zeros(N, dtype=bool)
    for month in range(1, 25):
        before = silent
        step(run)
        silent = run.now.killed[:, 0] == 0.0
        share_is(silent.mean(), N, often * (1.0 - lasts**month), (deaths, month))
        if month > 1:
            share_is(silent[before].mean(), before.sum(), often + lasts * (1.0 - often), (deaths, month, "after silence"))
        share_is(silent[~before].mean(), (~before).sum(), often * (1.0 - lasts), (deaths, month, "after deaths"))


@pytest.mark.parametrize("deaths", [314, 5000])
def test_deaths_of_a_year_are_its_rate(deaths: int) -> None:
    """In the second year, when the chain of silent months has forgotten its beginning; bursts keep the mean."""
    run = fought({**FOR_EVER, "swing_sd": 0.0}, deaths_per_year=deaths)
    for _ in range(12):
        step(run)
    killed = np.zeros(N)
    for _ in range(12):
        step(run)
        killed += run.now.killed[:, 0]
    assert abs(killed.mean() - deaths) < FIVE * killed.std() / math.sqrt(N)
    np.testing.assert_allclose(run.now.year_killed[:, 0], killed)


def test_conflicts_begin_at_the_level_of_beginnings() -> None:
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": 100.0}, states={"A": {}}), N)
    step(run)
    began = run.month.outbreaks[:, 0] == 1
    assert began.mean() > 0.99
    levels = np.where(run.now.fought[:, :2] == 1, run.now.own_level[:, :2], -np.inf).max(axis=1)
    moments_are(levels[began], p("level_mean"), p("level_sd"))


def test_one_that_begins_again_keeps_part_of_its_level() -> None:
    past = [{"state": "A", "fought": False, "since": 1, "deaths_per_year": 10_000, "ended": "fades"}]
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": 0.0, "restart_per_year": 1e4}, states={"A": {}}, conflicts=past), N)
    step(run)
    kept = p("level_returns")
    assert (run.now.fought[:, 0] == 1).mean() > 0.99
    mean = p("level_mean") + kept * (math.log(10_000) - p("level_mean"))
    moments_are(run.now.own_level[run.now.fought[:, 0] == 1, 0], mean, math.sqrt(1.0 - kept * kept) * p("level_sd"))


def test_rebels_who_rise_are_as_strong_as_data_say() -> None:
    run = batch(scenario({**NO_CHANNELS, "onset_per_year": 100.0}, states={"A": {"forces": 500}}), N)
    step(run)
    places = np.flatnonzero(run.beginning.frame.conflict_state == 0)
    rose = run.now.fought[:, places].sum(axis=1) == 1
    against = run.now.balance[:, places][run.now.fought[:, places] == 1]
    assert rose.mean() > 0.99
    moments_are(against, p("rising_balance"), p("rising_balance_sd"))
