"""Facts have known answers on histories that are made with known causes."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from stability_sim.analysis.facts import ACCEPTED, Yearly, compare, evaluate, jackknife, spread
from stability_sim.analysis.facts.case import attributable, exposure_effect
from stability_sim.analysis.facts.measures import (
    death_facts,
    difference_by_income,
    dispersion,
    dose_response,
    duration_facts,
    episodes_of,
    near_share,
    one_year_share,
    onset_rate,
    onsets_of,
    recurrence,
    relative_risk,
    returned,
    survivors,
    weibull,
)
from stability_sim.analysis.facts.panels import yearly_conflict


def history(incidence: np.ndarray, **given: object) -> Yearly:
    """Return a table of histories, (replicate, state, year), without neighbours unless given."""
    incidence = np.asarray(incidence, dtype=bool)
    _, states, years = incidence.shape
    parts: dict[str, object] = {
        "states": tuple(f"S{i}" for i in range(states)),
        "years": np.arange(2000, 2000 + years),
        "counted": 0,
        "exists": np.ones((states, years), dtype=bool),
        "incidence": incidence,
        "deaths": np.where(incidence, 100.0, 0.0),
        "quiet_before": np.full(states, 10),
        "neighbours": np.zeros((years, states, states), dtype=bool),
        "income": np.full((states, years), 5000.0),
        "population": np.full((states, years), 10.0),
        "refugees": np.zeros((years, states, states)),
    }
    return Yearly(**(parts | given))  # type: ignore[arg-type]


def dose_world(seed: int, replicates: int = 60, states: int = 60, years: int = 30) -> tuple[Yearly, np.ndarray]:
    """Return histories in which each neighbour in conflict the year before adds .01 to a risk of .02, for one year each."""
    draw = np.random.default_rng(seed)
    near = np.triu(draw.random((states, states)) < 0.12, 1)
    near = near | near.T
    on = np.zeros((replicates, states, years), dtype=bool)
    traced = np.zeros(2)
    for t in range(2, years):
        exposure = on[:, :, t - 1].astype(int) @ near.astype(int)
        quiet = ~on[:, :, t - 1] & ~on[:, :, t - 2]
        hit = draw.random((replicates, states)) < 0.02 + 0.01 * exposure
        on[:, :, t] = np.where(quiet, hit, on[:, :, t - 1] & (draw.random((replicates, states)) < 0.7))
        traced += (0.01 * exposure[quiet]).sum(), hit[quiet].sum()
    return history(on, counted=2, neighbours=np.repeat(near[None], years, axis=0)), traced


def test_two_quiet_years_precede_an_onset() -> None:
    years = history([[[0, 0, 1, 1, 0, 1, 0, 0, 1, 0]]], counted=2)
    onsets = onsets_of(years)
    assert onsets.by_year.tolist() == [[1, 0, 0, 0, 0, 0, 1, 0]]
    assert len(onsets.began) == 2  # years 2 and 8
    assert onset_rate(onsets) == 1.0
    assert onsets.n_conflicts == 2


def test_years_that_cannot_be_seen_are_quiet_only_if_ucdp_says_so() -> None:
    on = [[[1, 0, 0, 0]], [[0, 0, 0, 1]]]
    assert len(onsets_of(history(on, quiet_before=np.array([0]))).began) == 3  # year 3 of one; years 2 and 3 of the other
    assert len(onsets_of(history(on, quiet_before=np.array([10]))).began) == 6


def test_a_dose_response_is_found_again() -> None:
    years, traced = dose_world(1)
    onsets = onsets_of(years)
    dose = dose_response(onsets)
    for k in range(4):
        n = (onsets.exposure == k).sum()
        assert dose[k] == pytest.approx(0.02 + 0.01 * k, abs=5 * math.sqrt(0.05 / n))
    assert relative_risk(onsets) == pytest.approx(dose_response(onsets)[1:4].mean() / dose[0], rel=0.35)
    assert exposure_effect(onsets) == pytest.approx(0.01, abs=0.002)
    share, reproduction = attributable(onsets)
    assert share == pytest.approx(traced[0] / traced[1], abs=0.03)
    assert reproduction == pytest.approx(share * onsets.began.sum() / onsets.n_conflicts)


def test_a_common_cause_is_not_contagion() -> None:
    draw = np.random.default_rng(3)
    states, years = 80, 40
    poor = np.arange(states) < 40
    near = np.kron(np.eye(4), np.ones((20, 20))).astype(bool) & ~np.eye(states, dtype=bool)  # the poor border the poor
    risk = np.where(poor, 0.06, 0.006)
    on = draw.random((40, states, years)) < risk[None, :, None]
    income = np.repeat(np.where(poor, 800.0, 30000.0)[:, None], years, axis=1)
    years_ = history(on, neighbours=np.repeat(near[None], years, axis=0), income=income)
    onsets = onsets_of(years_)
    assert relative_risk(onsets) > 1.5  # it looks like contagion
    assert abs(attributable(onsets)[0]) < 0.1  # and is income


def test_added_risk_by_income() -> None:
    draw = np.random.default_rng(4)
    states, years = 90, 30
    on = np.zeros((30, states, years), dtype=bool)
    near = np.zeros((states, states), dtype=bool)
    near[:, 0] = True
    near[0, 0] = False
    on[:, 0, ::5] = True
    added = np.repeat([0.08, 0.04, 0.01], 30)
    for t in range(1, years):
        risk = 0.01 + added * on[:, :1, t - 1]
        on[:, 1:, t] = (draw.random((30, states)) < risk)[:, 1:]
    income = np.repeat(np.linspace(500, 50000, states)[:, None], years, axis=1)
    found = difference_by_income(onsets_of(history(on, neighbours=np.repeat(near[None], years, axis=0), income=income)))
    assert found == pytest.approx([0.08, 0.04, 0.01], abs=0.015)


def test_dispersion_of_shared_and_independent_years() -> None:
    draw = np.random.default_rng(5)
    risk = np.full((200, 1, 40), 0.05)
    calm = draw.random((200, 100, 40)) < risk
    shaken = draw.random((200, 100, 40)) < risk * np.exp(draw.normal(0, 0.8, (200, 1, 40)))
    assert dispersion(onsets_of(history(calm))) == pytest.approx(1.0, abs=0.12)
    assert dispersion(onsets_of(history(shaken))) > 1.8


@pytest.mark.parametrize(("shape", "scale"), [(0.5, 3.2), (1.0, 4.0), (1.6, 6.0)])
def test_a_weibull_is_found_again_from_calendar_years(shape: float, scale: float) -> None:
    draw = np.random.default_rng(6)
    lasted = scale * draw.weibull(shape, 6000)
    window = draw.integers(1, 25, 6000)
    years = np.minimum(np.floor(lasted) + 1, window).astype(np.int64)
    censored = np.floor(lasted) + 1 > window
    # censored in its last year: it is known to have lasted longer than the years before
    found = weibull(np.where(censored, window + 1, years), censored)
    assert found[0] == pytest.approx(shape, rel=0.05)
    assert found[1] == pytest.approx(scale, rel=0.07)


def test_too_few_endings_tell_nothing() -> None:
    assert math.isnan(weibull(np.array([1, 2, 3]), np.array([False] * 3))[0])
    assert math.isnan(weibull(np.ones(50, dtype=np.int64), np.zeros(50, dtype=bool))[0])


def test_episodes_of_one_history() -> None:
    years = history([[[1, 0, 0, 1, 0, 1, 0, 0, 0, 1]]], quiet_before=np.array([0]))
    strict, merged = episodes_of(years, 1), episodes_of(years, 2)
    assert strict.years.tolist() == [1, 1, 1, 1]
    assert merged.years.tolist() == [1, 3, 1]
    assert merged.known.tolist() == [False, True, True]  # how old the first was cannot be seen
    assert merged.censored.tolist() == [False, False, True]
    assert one_year_share(years) == 1.0


def test_survivors_by_hand() -> None:
    kept = survivors(np.array([1, 1, 2, 3, 3]), np.array([True, True, True, False, True]), 3)
    assert kept == pytest.approx([1.0, 0.6, 0.4, 0.2])


def test_recurrence_by_hand() -> None:
    back = [1, 0, 0, 1] + [0] * 12
    gone = [1] + [0] * 15
    assert recurrence(history([[back, gone]], counted=1), 2) == pytest.approx(1 / 3)  # three ends, one return within ten years
    late = [1] + [0] * 12 + [1, 0, 0]
    assert recurrence(history([[late]], counted=1), 2) == 0.0


def test_durations_know_mean_and_median() -> None:
    draw = np.random.default_rng(7)
    on = np.zeros((1, 3000, 40), dtype=bool)
    lengths = draw.geometric(0.25, 3000)
    for i, d in enumerate(lengths):
        on[0, i, 2 : min(2 + d, 40)] = True
    found = duration_facts(history(on))
    assert found["shape"] == pytest.approx(1.0, abs=0.06)  # a geometric is an exponential counted in years
    assert found["mean"] == pytest.approx(4.0, rel=0.06)
    assert found["median"] == 3.0


def test_deaths_of_a_lognormal_and_of_a_power_law() -> None:
    draw = np.random.default_rng(8)
    assert death_facts(np.exp(draw.normal(6.0, 1.7, 40000)))["log_sd"] == pytest.approx(1.7, abs=0.03)
    power = 25.0 * (1 - draw.random(200000)) ** (-1 / 1.2)
    found = death_facts(power)
    assert found["tail"] == pytest.approx(2.2, abs=0.06)
    assert found["large"] == pytest.approx((1000 / 25) ** -1.2, rel=0.06)
    assert death_facts(np.full(100, 50.0))["top"] == pytest.approx(0.1)


def test_refugees_in_neighbours() -> None:
    near = np.zeros((3, 2, 2), dtype=bool)
    near[:, 0, 1] = near[:, 1, 0] = True
    stock = np.zeros((3, 2, 2))
    stock[:, 0, 1] = 60.0
    assert near_share(history(np.zeros((1, 2, 3)), neighbours=near, refugees=stock)) == 1.0
    assert near_share(history(np.zeros((1, 2, 3)), neighbours=near, refugees=stock, refugees_elsewhere=60.0)) == 0.75


def test_a_calendar_year_counts_from_25_deaths() -> None:
    months = np.zeros((1, 24, 2), dtype=np.int8)
    deaths = np.zeros((1, 24, 2), dtype=np.float32)
    months[0, 3:6, 0], deaths[0, 3:6, 0] = 1, 10.0  # 30 in the first year
    months[0, 10:14, 1], deaths[0, 10:14, 1] = 1, 12.0  # 24 in the first, 24 in the second
    incidence, yearly = yearly_conflict(months, deaths)
    assert incidence.tolist() == [[[True, False], [False, False]]]
    assert yearly.tolist() == [[[30.0, 0.0], [0.0, 0.0]]]


def test_evaluate_gives_every_fact_and_single_histories_scatter() -> None:
    years, _ = dose_world(2, replicates=20)
    facts = evaluate(years)
    assert [fact.key for fact in facts] == list(ACCEPTED)
    assert {fact.verdict for fact in facts} <= {"hit", "miss", "none"}
    low, high = spread(years)["onset_rate"]
    assert low < next(fact.value for fact in facts if fact.key == "onset_rate") < high


def test_a_state_left_out_is_a_neighbour_still() -> None:
    near = np.ones((6, 2, 2), dtype=bool) & ~np.eye(2, dtype=bool)
    years = history([[[0, 1, 1, 1, 1, 1], [0, 0, 0, 1, 0, 0]]], counted=1, neighbours=near)
    alone = onsets_of(years.without(0))
    assert alone.exposure.tolist() == [0, 1, 1]  # the years at risk of the other: its neighbour's conflict counts
    assert alone.began.tolist() == [False, False, True]
    assert len(episodes_of(years.without(0), 2).row) == 1
    assert death_facts(np.zeros(0))["large"] != death_facts(np.zeros(0))["large"]  # NaN: nothing to measure


def test_the_jackknife_of_a_rate_is_its_standard_error() -> None:
    draw = np.random.default_rng(11)
    on = draw.random((1, 150, 30)) < np.repeat([0.01, 0.05], 75)[None, :, None]
    years = history(on)
    error = jackknife(years)["onset_rate"]
    onsets = onsets_of(years)
    by_state = np.array([(onsets_of(years.without(i)).began.sum(), len(onsets_of(years.without(i)).began)) for i in range(150)])
    hits, rows = onsets.began.sum() - by_state[:, 0], len(onsets.began) - by_state[:, 1]
    rate = hits.sum() / rows.sum()
    expected = math.sqrt(150 / 149 * ((hits - rate * rows) ** 2).sum()) / rows.sum()  # of a ratio of sums over states
    assert error == pytest.approx(expected, rel=0.05)


def test_a_comparison_has_both_sides() -> None:
    engine, _ = dose_world(2, replicates=6)
    data, _ = dose_world(9, replicates=1)
    compared = compare(engine, data, [])
    assert set(compared.facts) == set(ACCEPTED)
    assert "traced_tree" not in compared.observed
    low, high = compared.scatter["onset_rate"]
    assert low < compared.facts["onset_rate"].value < high
    assert 0 < compared.margins["onset_rate"] < compared.observed["onset_rate"].value


def test_nothing_happened_and_nothing_is_claimed() -> None:
    facts = {fact.key: fact for fact in evaluate(history(np.zeros((2, 3, 8))))}
    assert facts["onset_rate"].value == 0.0
    assert facts["onset_rate"].verdict == "miss"
    assert facts["duration_mean"].verdict == "none"
    assert facts["traced"].verdict == "none"


def test_two_years_are_enough_for_a_dispersion() -> None:
    on = np.zeros((1, 9, 6), dtype=bool)
    on[0, :1, 3], on[0, 1:4, 5] = True, True  # in the years that count: 1, 0, 3 onsets
    assert dispersion(onsets_of(history(on, counted=3))) == pytest.approx(np.var([1, 0, 3], ddof=1) / np.mean([1, 0, 3]))
    assert dispersion(onsets_of(history(on, counted=4))) == pytest.approx(np.var([0, 3], ddof=1) / 1.5)
    assert math.isnan(dispersion(onsets_of(history(on, counted=5))))


def test_what_the_trees_tell_of_an_ensemble() -> None:
    years = history(np.zeros((1, 3, 8)), counted=2)
    told = {fact.key: fact.value for fact in evaluate(dataclasses.replace(years, traced=(3.0, 12.0, 20.0)))}
    assert (told["traced_tree"], told["reproduction_tree"]) == (0.25, 0.15)
    none = {fact.key: fact.value for fact in evaluate(dataclasses.replace(years, traced=(0.0, 0.0, 0.0)))}
    assert math.isnan(none["traced_tree"])
    assert math.isnan({fact.key: fact.value for fact in evaluate(years)}["traced_tree"])


def test_returns_by_hand() -> None:
    """Of three states one is at war again after four years, one after six, one never: shares within 0 to 10 years."""
    four = [1, 0, 0, 0, 1] + [0] * 12
    six = [1, 0, 0, 0, 0, 0, 1] + [0] * 10
    never = [1] + [0] * 16
    found = returned(history([[four, six, never]], counted=1), 2)
    ends = 5  # the second wars end as well, and are not followed
    assert found[:4] == pytest.approx([0, 0, 0, 0])
    assert found[4:6] == pytest.approx([1 / ends] * 2)
    assert found[6:10] == pytest.approx([2 / ends] * 4)


def test_where_nothing_ended_nothing_returns() -> None:
    found = returned(history(np.zeros((1, 2, 6))), 2)
    assert found.shape == (11,)
    assert np.isnan(found).all()


@pytest.mark.parametrize("counted", [0, 1, 2])
def test_neighbours_of_the_year_before_count_from_the_first_year_that_has_one(counted: int) -> None:
    near = np.zeros((4, 3, 3), dtype=bool)
    near[:, 0, 1] = near[:, 1, 0] = True
    onsets = onsets_of(history([[[1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]], counted=counted, neighbours=near))
    at_risk = 4 - counted  # years of each of the two at peace; the war of the third may begin in the first year
    assert sorted(onsets.exposure.tolist()) == [0] * (at_risk + 2 * (counted == 0)) + [1] * (at_risk - (counted == 0))


def test_thirds_of_income_are_those_of_the_year() -> None:
    income = np.array([[1.0, 9.0], [2.0, 8.0], [3.0, np.nan], [4.0, 6.0], [5.0, 5.0], [6.0, 4.0]])
    onsets = onsets_of(history(np.zeros((1, 6, 2)), income=income))
    by_state = np.array(onsets.third).reshape(6, 2) if len(onsets.third) == 12 else None
    assert by_state is not None
    assert by_state[:, 0].tolist() == [0, 0, 1, 1, 2, 2]
    assert by_state[:, 1].tolist() == [2, 2, -1, 1, 0, 0]


def test_what_neighbours_add_among_the_poor_over_what_they_add_among_the_rich() -> None:
    years, _ = dose_world(3, replicates=20)
    draw = np.random.default_rng(4)
    years = dataclasses.replace(years, income=draw.lognormal(8, 1, (60, 30)))
    poor, _, rich = difference_by_income(onsets_of(years))
    told = {fact.key: fact.value for fact in evaluate(years)}
    assert rich > 0.0005
    assert told["income_difference"] == pytest.approx(poor / rich)


def test_conflicts_under_way_are_those_of_the_year_before() -> None:
    assert onsets_of(history([[[0, 1, 1, 0, 0, 0]]], counted=2)).n_conflicts == 1
    assert onsets_of(history([[[1, 0, 0, 0, 0, 0]]], counted=2)).n_conflicts == 0


def test_a_conflict_fades_by_a_fifth_a_year() -> None:
    onsets = onsets_of(history([[[1, 0, 0, 0, 0, 0]], [[0, 1, 0, 0, 0, 0]], [[0, 0, 0, 0, 0, 0]]], counted=2))
    expected = [math.exp(-0.2 * y) for y in (2, 3, 4)] + [math.exp(-0.2 * y) for y in (2, 3)] + [0.0] * 4
    assert sorted(onsets.recent.tolist()) == pytest.approx(sorted(expected))
