"""Spread among states against slow counts of the log, and intervals whose width is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stability_sim.analysis.spread import interval_of_r0, spread
from stability_sim.results.results import Results

N = 200
STUDENT_OF_5, STUDENT_OF_2 = 2.7764451, 12.7062047  # 97.5 % points of Student's t, 4 and 1 degrees of freedom


def test_the_interval_of_r0_is_that_of_the_jackknife() -> None:
    sizes = np.array([0.2, 0.5, 0.9, 0.4, 0.6])
    r0, low, high = interval_of_r0(np.array([np.diag([x, 0.01]) for x in sizes]))
    se = sizes.std(ddof=1) / math.sqrt(5)  # of a mean, the jackknife gives just this
    assert (r0, low, high) == pytest.approx((sizes.mean(), sizes.mean() - STUDENT_OF_5 * se, sizes.mean() + STUDENT_OF_5 * se))
    wild = interval_of_r0(np.array([np.diag([x, 0.0]) for x in (0.0, 0.0, 3.0)]))
    assert wild[1] == 0.0
    assert not math.isnan(interval_of_r0(np.zeros((3, 2, 2)))[1])
    r0, low, high = interval_of_r0(np.array([np.diag([x, 0.01]) for x in (0.2, 0.4)]))
    assert r0 == pytest.approx(0.3)
    assert math.isnan(low)
    assert math.isnan(high)


def test_durations_and_what_is_realised_are_those_of_the_log(base: Results) -> None:
    found = spread(base)
    at_war = int(np.count_nonzero(base["initial_conflict"]))
    onsets = base.log.where(kind="onset").rows()
    endings = base.log.where(kind="ending").rows()
    from_abroad = [row for row in onsets if row["source"] and row["source"] != row["state"]]
    assert found.mean_duration_months == pytest.approx(base["counted"].sum() * N / len(endings))
    conflicts = N * at_war + len(onsets)
    assert found.states["conflicts"].sum() == pytest.approx(conflicts / N)
    assert found.realised_r == pytest.approx((1 - found.relayed) * len(from_abroad) / conflicts)
    arrived = np.array([sum(row["state"] == code for row in from_abroad) for code in base.coords["state"]])
    np.testing.assert_allclose(found.states["imports"], arrived / N)
    np.testing.assert_allclose(found.states["imports_half"], 1.96 * np.sqrt(arrived) / N)
    assert found.generations[0] == N * at_war + len(onsets) - len(from_abroad)
    assert 0 <= found.relayed < 1
    assert found.states["exports_half"].isna().all()  # one matrix tells nothing of its error
    each = found.states.set_index("state")
    sent = found.matrix.sum(axis=0) * each["conflicts"].to_numpy()
    np.testing.assert_allclose(each["realised_r"].to_numpy(), sent / each["conflicts"].to_numpy())


def test_matrices_that_are_given_make_r0_and_its_errors(base: Results) -> None:
    k = len(base.coords["state"])
    draw = np.random.default_rng(3)
    given = draw.random((5, k, k)) / k
    found = spread(base, given)
    np.testing.assert_allclose(found.matrix, given.mean(axis=0))
    assert found.r0 == pytest.approx(interval_of_r0(given)[0])
    exports = given.sum(axis=1)
    np.testing.assert_allclose(found.states["exports"], exports.mean(axis=0))
    np.testing.assert_allclose(found.states["exports_half"], STUDENT_OF_5 * exports.std(axis=0, ddof=1) / math.sqrt(5))
    np.testing.assert_allclose(found.states["imports_if_all_at_war"], given.mean(axis=0).sum(axis=1))
    half = spread(base, given[:2]).states["exports_half"]
    np.testing.assert_allclose(half, STUDENT_OF_2 * given[:2].sum(axis=1).std(axis=0, ddof=1) / math.sqrt(2))
