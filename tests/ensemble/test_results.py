"""What the results of an ensemble say hangs together."""

from __future__ import annotations

import numpy as np
import pytest

from stability_sim.engine.record import bin_value
from stability_sim.ensemble.run import run
from stability_sim.ensemble.tasks import MOST_IN_A_BATCH, batch_size
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_settings
from stability_sim.world.initial import begin

N = 60


@pytest.fixture(scope="module")
def results(small: Scenario) -> Results:
    return run(small, replicates=N)


def test_shares_and_probabilities_stay_in_their_bounds(results: Results) -> None:
    for name in ("incidence", "risk", "hardship", "legitimacy", "capacity", "ever_onset"):
        assert (results[name] >= 0).all()
        assert (results[name] <= 1).all(), name
    for name in ("cells", "crossings", "refugees_hosted", "refugee_flow", "hidden_refugees", "deaths", "incidents"):
        assert (results[name] >= 0).all(), name
        assert np.isfinite(results[name]).all()


def test_risk_is_one_at_war(results: Results) -> None:
    """At war when the month begins: what comes to count in its course was a risk."""
    at_war = results["incidence"].copy()
    at_war[19, results.index("state", "B")] = 0.0  # where the file makes peace in the month after
    assert (results["risk"][1:] >= at_war[:-1] - 1 / N).all()


def test_transmissions_count_the_onsets_of_the_log(results: Results) -> None:
    onsets = [row for row in results.log.where(kind="onset").rows() if row["channel"]]
    assert results["transmissions"].sum() * N == pytest.approx(len(onsets))
    outcome = results["outcome_per_replicate"]
    assert outcome[:, results.index("outcome", "cross_border_onsets")].sum() == sum(
        row["source"] != row["state"] for row in onsets
    )
    for row in onsets:
        assert (row["channel"] == "domestic") == (row["source"] == row["state"] and row["channel"] == "domestic")


def test_an_event_that_the_file_dates_happens_in_its_month(results: Results) -> None:
    attacks = results.log.where(kind="attack", state="C", source="D")
    assert set(attacks.columns["replicate"].tolist()) == set(range(N))
    assert (attacks.where(month=21).columns["month"] == 21).sum() == N
    begun = [row for row in results.log.where(kind="outbreak", state="B", month=13).rows() if row["channel"] == ""]
    at_war_already = results["outcome_per_replicate"].shape[0] - len(begun)
    assert len(begun) + at_war_already == N
    assert len(begun) > N / 2


def test_alliances_are_called_when_a_member_is_attacked(results: Results) -> None:
    calls = [
        *results.log.where(kind="call_honoured", month=21).rows(),
        *results.log.where(kind="call_abandoned", month=21).rows(),
    ]
    asked = {(row["state"], row["source"], row["group"]) for row in calls if row["channel"] == "overt_attack"}
    assert ("B", "C", "P") in asked
    assert not any(row["state"] == "D" for row in calls)  # who attacks is not asked


def test_the_fan_is_ordered_and_fits_the_replicates(results: Results) -> None:
    fan = results["fan"]
    assert (np.diff(fan, axis=2) >= 0).all()
    incidents = np.sort(results["outcome_per_replicate"][:, results.index("outcome", "incidents")])
    middle = fan[-1, results.index("outcome_series", "incidents_cumulative"), 2]
    assert middle == incidents[int(np.ceil(0.5 * N)) - 1]


def test_bins_are_exact_below_a_hundred_and_narrow_above() -> None:
    assert [bin_value(k, 0.5) for k in range(100)] == list(range(100))
    assert bin_value(101, 0.5) / bin_value(100, 0.5) < 1.007


def test_a_state_on_an_island_changes_nothing_elsewhere(small: Scenario) -> None:
    from stability_sim.scenario.schema import State

    more = small.model_copy(update={"states": {**small.states, "Z": State()}})
    alone, beside = run(small, replicates=10), run(more, replicates=10)
    assert np.array_equal(alone["incidence"], beside["incidence"][:, :4])
    assert np.array_equal(alone["cells"], beside["cells"][:, :4])


def test_a_closed_channel_transmits_nothing(small: Scenario) -> None:
    names = ("infiltration_onset", "kin_onset", "refugee_onset", "economic_spillover", "entanglement_onset", "restart_neighbours")
    closed = apply_settings(small, [f"parameters.{name}=0" for name in names])
    results = run(closed, replicates=100)
    assert results["transmissions"][1:].sum() == 0
    assert results["hazard"][:, 1:].sum() == 0


def test_without_channels_onsets_have_their_closed_form() -> None:
    """Hold everything still: the share of first onsets in a month is 1 − exp(−λ/12), within five standard errors."""
    from stability_sim.scenario import resolve

    n = 40_000
    scenario = resolve(
        Scenario.model_validate(
            {
                "scenario": "still", "question": "q", "start": "2000-01", "months": 1, "map": {"projection": "network"},
                "states": {"A": {"population": 20, "capacity": 0.3, "hardship": 0.6, "legitimacy": 0.4}},
                "parameters": {"common_shock_sd": 0, "onset_per_year": 0.2},
            }
        )
    )  # fmt: skip
    results = run(scenario, replicates=n)
    rate = float(results["hazard"][0, 0]) * 12
    expected = 1 - np.exp(-rate / 12)
    broke_out = (results["outcome_per_replicate"][:, results.index("outcome", "outbreaks")] > 0).mean()
    assert abs(float(broke_out) - expected) < 5 * np.sqrt(expected * (1 - expected) / n)


@pytest.mark.parametrize("limit", [1, 50, 700])
def test_a_log_that_does_not_fit_is_cut_at_the_same_replicate(small: Scenario, monkeypatch, limit: int) -> None:
    from stability_sim.ensemble import driver

    whole = run(small, replicates=N)
    monkeypatch.setattr(driver, "MOST_LOG_ROWS", limit)
    cut = [run(small, replicates=N, workers=w, chunk_size=c) for w, c in ((1, N), (1, 7), (2, 3), (2, 1))]
    assert len({results.hash() for results in cut}) == 1
    n = cut[0].attributes["replicates_logged"]
    counts = np.bincount(whole.log.columns["replicate"], minlength=N)
    assert n == int((np.cumsum(counts) <= limit).sum())
    assert len(cut[0].log) == counts[:n].sum()
    assert np.array_equal(cut[0]["incidence"], whole["incidence"])


def test_trajectories_sum_to_what_the_tallies_say(small: Scenario) -> None:
    results = run(small, replicates=40, chunk_size=7, trajectories=True)
    conflict, deaths = results["conflict_trajectory"], results["deaths_trajectory"]
    assert conflict.shape == (40, small.months, len(small.states))
    assert np.array_equal(conflict.mean(axis=0), results["incidence"])
    assert np.allclose(deaths.mean(axis=0), results["deaths"], rtol=1e-4, atol=1e-2)
    toll = results["outcome_per_replicate"][:, results.index("outcome", "deaths")]
    assert np.allclose(deaths.sum(axis=(1, 2)), toll, rtol=1e-4)
    without = run(small, replicates=40)
    assert np.array_equal(without["outcome_per_replicate"], results["outcome_per_replicate"])


def test_few_replicates_are_a_batch_a_worker_and_many_are_several(small: Scenario) -> None:
    beginning = begin(small)
    sizes = {(n, workers): batch_size(beginning, n, workers) for n in (1, 20, 100, 500, 100_000) for workers in (1, 2, 16)}
    assert sizes[1, 16] == 1
    assert [sizes[20, workers] for workers in (1, 2, 16)] == [20, 10, 2]
    assert [sizes[100, workers] for workers in (1, 2, 16)] == [32, 32, 7]
    assert [sizes[500, workers] for workers in (1, 2, 16)] == [125, 63, 32]
    assert sizes[100_000, 2] == MOST_IN_A_BATCH
