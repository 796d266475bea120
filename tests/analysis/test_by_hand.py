"""Numbers of the analysis against slow counts and small cases whose answers are known."""

from __future__ import annotations

import dataclasses
import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from stability_sim.analysis.abc import Plan, Prior, infer, logit, share
from stability_sim.analysis.contrasts import (
    FEWEST,
    batch_differences,
    batch_sizes,
    check_paired,
    clear_rows,
    clear_threshold,
    contrast,
)
from stability_sim.analysis.divergence import by_side, commonest
from stability_sim.analysis.outcomes import OTHERS, columns
from stability_sim.analysis.spread import FLOWS, flows, pathways
from stability_sim.results.results import Results


def _with(results: Results, name: str, values: np.ndarray) -> Results:
    changed = dict(results.variables)
    changed[name] = dataclasses.replace(changed[name], values=values)
    return dataclasses.replace(results, variables=changed)


STUDENT_OF_5 = 2.7764451  # 97.5 % point of Student's t, 4 degrees of freedom


def test_batches_are_twenty_of_the_same_size() -> None:
    assert batch_sizes(200) == [(10 * k, 10) for k in range(20)]
    assert batch_sizes(47) == [(2 * k, 2) for k in range(20)]
    assert batch_sizes(20) == [(k, 1) for k in range(20)]
    assert batch_sizes(1) == [(0, 1)]


def test_the_interval_of_batches_is_that_of_student(base: Results) -> None:
    risk = base["risk"]
    was = [_with(base, "risk", risk + 0.001 * k) for k in range(5)]
    shifts = [0.01, 0.03, -0.02, 0.05, 0.0]
    now = [
        _with(base, "risk", risk + 0.001 * k + shift * (np.arange(risk.shape[0])[:, None] == 7)) for k, shift in enumerate(shifts)
    ]
    table = batch_differences(was, now, "risk", 7)
    assert table["scope"].tolist() == base.coords["state"]
    se = np.std(shifts, ddof=1) / math.sqrt(5)
    for k, row in enumerate(table.itertuples()):
        assert row.base_mean == pytest.approx(risk[7, k] + 0.002)
        assert row.variant_mean == pytest.approx(risk[7, k] + 0.002 + np.mean(shifts))
        assert row.difference == pytest.approx(np.mean(shifts))
        assert row.se == pytest.approx(se)
        assert (row.low, row.high) == pytest.approx((row.difference - STUDENT_OF_5 * se, row.difference + STUDENT_OF_5 * se))
    assert (batch_differences(was, now)["difference"].abs() < 1e-12).all()  # the last month is as it was
    assert np.isnan(batch_differences(was[:1], now[:1])["se"]).all()
    two = batch_differences(was[:2], now[:2], "risk", 7)
    assert two["se"].to_numpy() == pytest.approx(np.std(shifts[:2], ddof=1) / math.sqrt(2))


def test_columns_of_a_contrast(base: Results, no_cells: Results) -> None:
    table = contrast(base, no_cells).set_index(["scope", "outcome"])
    for name in ("onsets", "deaths", "crossed"):
        k = base.index("outcome", name)
        a, b = base["outcome_per_replicate"][:, k].astype(float), no_cells["outcome_per_replicate"][:, k].astype(float)
        d, row = b - a, table.loc["region", name]
        assert (row["base_mean"], row["variant_mean"]) == pytest.approx((a.mean(), b.mean()))
        assert (row["share_more"], row["share_less"]) == ((d > 0).mean(), (d < 0).mean())
        for column, q in (("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)):
            assert row[column] == np.sort(d)[math.ceil(q * len(d)) - 1]
        half = NormalDist().inv_cdf(0.975) * d.std(ddof=1) / math.sqrt(200)
        assert (row["low"], row["high"]) == pytest.approx((d.mean() - half, d.mean() + half))
        assert row["effect_in_sd"] == pytest.approx(d.mean() / a.std(ddof=1))


def _contrasts(**columns: list[float]) -> pd.DataFrame:
    n = len(columns["difference"])
    given = {"scope": "region", "outcome": [f"o{k}" for k in range(n)], "replicates": 100, "share_differs": 0.5, "se_paired": 1.0}
    return pd.DataFrame(given | {"effect_in_sd": columns["difference"]} | columns)


def test_a_difference_is_clear_among_all_that_were_looked_at() -> None:
    assert clear_threshold(_contrasts(difference=[0.0])) == pytest.approx(1.959964, abs=1e-6)
    assert clear_threshold(_contrasts(difference=[0.0] * 5)) == pytest.approx(NormalDist().inv_cdf(0.995))
    some = _contrasts(difference=[0.0] * 5, share_differs=[0.5, 0, 0, 0, 0])
    assert clear_threshold(some) == pytest.approx(1.959964, abs=1e-6)  # what differs nowhere was not looked at
    z = clear_threshold(_contrasts(difference=[0.0] * 4))
    found = clear_rows(
        _contrasts(difference=[z + 0.01, -z - 0.02, z - 0.01, 9.0], share_differs=[0.5, FEWEST / 100, 0.5, (FEWEST - 1) / 100])
    )
    assert found["outcome"].tolist() == ["o1", "o0"]  # the larger first; o2 is not clear, of o3 too few differ
    unknown = clear_rows(_contrasts(difference=[5.0, 6.0], effect_in_sd=[math.nan, 3.0]))
    assert unknown["outcome"].tolist() == ["o0", "o1"]  # from nothing to something comes first


def test_pathways_are_those_of_a_slow_count(base: Results, no_cells: Results) -> None:
    n = 200

    def counts(results: Results) -> np.ndarray:
        rows = [row for row in results.log.where(kind="onset", state="B", source="A").rows() if row["channel"]]
        return np.bincount([row["replicate"] for row in rows], minlength=n)

    was, now = counts(base), counts(no_cells)
    table = pathways(base, no_cells)
    row = table[(table["cut"] == "border") & (table["part"] == "A>B")].iloc[0]
    assert (row["base_count"], row["variant_count"], row["difference_count"]) == (was.sum(), now.sum(), (now - was).sum())
    assert (row["base_mean"], row["variant_mean"], row["difference"]) == pytest.approx(
        (was.mean(), now.mean(), (now - was).mean())
    )
    assert row["se_paired"] == pytest.approx((now - was).std(ddof=1) / math.sqrt(n))
    assert row["share_of_difference"] == pytest.approx(
        (now - was).sum() / table[table["cut"] == "border"]["difference_count"].sum()
    )
    assert row["replicates"] == n
    for _, part in table.groupby("cut", sort=False):
        sizes = part["difference_count"].abs().tolist()
        assert sizes == sorted(sizes, reverse=True)
    steps = table[table["cut"] == "step"]["part"]
    assert "step 1" in set(steps)
    assert "step 0" not in set(steps)
    moved = flows(base, no_cells).set_index(["flow", "dyad"])
    for name in FLOWS:
        for k, dyad in enumerate(base.coords["dyad"]):
            one = moved.loc[name, dyad]
            assert (one["base_mean"], one["variant_mean"]) == pytest.approx((base[name][:, k].sum(), no_cells[name][:, k].sum()))
            assert one["difference"] == one["variant_mean"] - one["base_mean"]


def _parted(rows: list[tuple[str, ...]]) -> pd.DataFrame:
    names = ("side", "kind", "channel", "instead_kind", "instead_channel", "basis")
    told = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    return told.assign(state="B", source="A", group="rebels", instead_state="", instead_source="", instead_group="")


def test_what_comes_first_most_often_is_counted_on_both_sides() -> None:
    rows = [
        *[("base", "raid", "", "action", "aid", "logged")] * 3, *[("variant", "action", "guard", "", "", "logged")] * 2,
        ("variant", "onset", "kin", "raid", "", "logged"), ("base", "raid", "", "", "", "no logged event differs"),
    ]  # fmt: skip
    sides = by_side(_parted(rows))
    assert sides["base"] == [("raid", 4)]
    assert sides["variant"] == [("action aid", 3), ("action guard", 2), ("onset", 1)]
    counts = [(count, event["kind"], event["side"]) for count, event in commonest(_parted(rows))]
    assert counts == [(3, "raid", "base"), (2, "action", "variant"), (1, "onset", "variant")]
    assert len(commonest(_parted(rows), most=1)) == 1


def test_only_the_same_replicates_are_paired(base: Results) -> None:
    check_paired(base, base)
    later = dataclasses.replace(base, coords=base.coords | {"replicate": [k + 1 for k in base.coords["replicate"]]})
    with pytest.raises(ValueError, match="different replicates"):
        check_paired(base, later)


def test_shares_and_their_logits() -> None:
    shares = np.array([1e-6, 0.1, 0.5, 0.9, 1 - 1e-6])
    np.testing.assert_allclose(logit(shares), np.log(shares / (1 - shares)), rtol=1e-9)
    np.testing.assert_allclose(share(logit(shares)), shares, rtol=1e-9)
    assert share(np.array([-1e9, 1e9])) == pytest.approx([1 / (1 + math.exp(30)), 1.0], rel=1e-12)
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()


def test_the_first_population_is_the_nearest_of_the_second_half_of_the_pilot() -> None:
    prior = Prior(("x",), (0.0,), (1.0,))
    for particles, held in ((10, 10), (500, 50)):
        plan = Plan(pilot=100, particles=particles, generations=0, seed=3)
        found = infer(lambda values, key: values.copy(), np.array([0.25]), prior, plan)
        assert len(found.weights) == held
        assert found.simulations == 100
        assert len(found.tolerances) == 1
        assert found.weights.sum() == pytest.approx(1)
        assert float(found.weights @ found.samples[:, 0]) == pytest.approx(0.25, abs=0.05)


def test_outcomes_on_sets_are_those_of_a_slow_count(base: Results) -> None:
    found = {(one.scope, one.outcome): one.values for one in columns(base, base, 200)}
    rows = base.log.rows()
    for members, scope in (({"B", "C"}, "P"), ({"C", "D"}, "Q"), ({"A"}, OTHERS)):

        def told(kind: str, members: set[str] = members) -> np.ndarray:
            counts = np.zeros(200)
            for row in rows:
                within, abroad = row["state"] in members, row["source"] not in members
                arrived = row["kind"] == "onset" and row["source"] not in ("", row["state"])
                hit = arrived and abroad if kind == "arrival" else row["kind"] == kind and (abroad or kind == "onset")
                counts[row["replicate"]] += within and hit
            return counts

        for kind in ("attack", "raid", "onset", "arrival"):
            np.testing.assert_array_equal(found[scope, f"{kind}s_on_set"], told(kind), err_msg=f"{scope} {kind}")
    assert found["P", "arrivals_on_set"].sum() > 0
    few = {(one.scope, one.outcome): one.values for one in columns(base, base, 50)}
    np.testing.assert_array_equal(few["P", "raids_on_set"], found["P", "raids_on_set"][:50])
