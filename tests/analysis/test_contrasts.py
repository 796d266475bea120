"""Paired contrasts, the ways they travel, and where the futures part."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from stability_sim.analysis.contrasts import (
    NotPairedError,
    batch_differences,
    batch_sizes,
    clear_rows,
    contrast,
    mean,
    variance,
)
from stability_sim.analysis.divergence import LOGGED, PHASES, WARS, divergence, timeline
from stability_sim.analysis.narrative import VariantTables, sentence, tell
from stability_sim.analysis.outcomes import columns
from stability_sim.analysis.spread import CUTS, episodes, flows, pathways
from stability_sim.ensemble.run import run
from stability_sim.report.figures.cascade import episodes as slow_episodes
from stability_sim.results.results import EventLog, Results
from stability_sim.scenario import Scenario, apply_settings


def test_a_variant_against_itself_is_exactly_zero_everywhere(base: Results) -> None:
    table = contrast(base, base)
    numbers = ["difference", "q05", "q25", "median", "q75", "q95", "share_differs", "share_more", "share_less", "se_paired",
               "low", "high", "effect_in_sd"]  # fmt: skip
    assert (table[numbers].to_numpy() == 0).all()
    assert (table["se_unpaired"] >= 0).all()
    ways = pathways(base, base)
    assert len(ways)
    assert (ways[["difference_count", "difference", "se_paired"]].to_numpy() == 0).all()
    assert (flows(base, base)["difference"] == 0).all()
    assert len(divergence(base, base)) == len(divergence(base, base, kinds=WARS)) == 0
    assert len(clear_rows(table)) == 0
    halves = [base, base]
    assert (batch_differences(halves, halves)[["difference", "low", "high"]].to_numpy() == 0).all()


def test_a_contrast_is_the_difference_of_each_replicate(base: Results, no_cells: Results) -> None:
    table = contrast(base, no_cells).set_index(["scope", "outcome"])
    k = base.index("outcome", "onsets")
    a, b = base["outcome_per_replicate"][:, k], no_cells["outcome_per_replicate"][:, k]
    row = table.loc["region", "onsets"]
    assert row["difference"] == pytest.approx((b - a).mean(), abs=1e-12)
    assert row["se_paired"] == pytest.approx((b - a).std(ddof=1) / np.sqrt(len(a)))
    assert row["se_unpaired"] == pytest.approx(np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a)))
    assert row["share_differs"] == (a != b).mean()
    assert row["se_paired"] < row["se_unpaired"]
    assert row["interval"] == "luck only"


def test_attacks_on_a_fixed_set_are_those_of_the_recorder(base: Results, without_alliance: Results) -> None:
    found = {(c.scope, c.outcome): c.values for c in columns(base, base, base.n_replicates)}
    attacks = base.log.where(kind="attack")
    expected = sum(
        1 for row in attacks.rows() if row["state"] in ("B", "C") and row["source"] not in ("B", "C")
    )  # fmt: skip
    assert found["P", "attacks_on_set"].sum() == expected > 0
    table = contrast(base, without_alliance)
    assert "P" in set(table["scope"])  # the set stays though the alliance is gone
    assert "attacks_on_allies" not in set(table["outcome"])
    assert "attacks_on_allies" in set(contrast(base, base)["outcome"])


def test_parts_of_the_difference_add_up_whichever_way_it_is_cut(base: Results, no_cells: Results) -> None:
    ways = pathways(base, no_cells)
    k = base.index("outcome", "cross_border_onsets")
    total = int(no_cells["outcome_per_replicate"][:, k].sum() - base["outcome_per_replicate"][:, k].sum())
    assert total < 0
    for cut in CUTS:
        part = ways[ways["cut"] == cut]
        assert part["difference_count"].sum() == total
        assert part["share_of_difference"].sum() == pytest.approx(1)
    gone = ways[ways["part"] == "infiltration_crossing"].iloc[0]
    assert gone["variant_count"] == 0 < gone["base_count"]


def test_chains_are_those_of_the_slow_reading(base: Results) -> None:
    found = episodes(base, 60)
    states, channels = base.coords["state"], base.coords["channel"]
    for replicate in range(60):
        slow = slow_episodes(base, replicate)
        mine = np.flatnonzero(found.replicate == replicate)
        fast = sorted((states[found.state[k]], max(int(found.month[k]), 0), k) for k in mine)
        assert [(s, m) for s, m, _ in fast] == sorted((e.state, e.begins) for e in slow)
        by_key = {(e.state, e.begins): e for e in slow}
        for state, month, k in fast:
            episode = by_key[state, month]
            if episode.source:
                assert states[found.source[k]] == episode.source
                assert channels[found.channel[k]] == episode.channel
                assert found.from_abroad[k]
            if episode.parent >= 0:
                parent = slow[episode.parent]
                assert (states[found.state[found.parent[k]]], max(int(found.month[found.parent[k]]), 0)) == (
                    parent.state,
                    parent.begins,
                )
    assert set(found.step[~found.from_abroad].tolist()) == {0}
    has = found.parent >= 0
    assert (found.step[has] == found.step[found.parent[has]] + 1).all()


def _log(rows: list[tuple[object, ...]]) -> EventLog:
    names = ("replicate", "month", "kind", "state", "source", "channel", "group", "value")
    kinds = {"replicate": np.int64, "month": np.int64, "value": np.float64}
    return EventLog({n: np.array([row[k] for row in rows], dtype=kinds.get(n, object)) for k, n in enumerate(names)})


def test_the_first_event_that_differs_is_found(base: Results) -> None:
    same = [(0, 1, "action", "A", "A", "aid", "rulers", 1.0), (1, 2, "raid", "B", "A", "", "rebels", 1.0)]
    mine = dataclasses.replace(
        base, log=_log([*same, (0, 4, "onset", "B", "A", "kin", "", 9.0), (1, 5, "ending", "B", "B", "fades", "", 1.0)])
    )
    theirs = dataclasses.replace(
        base, log=_log([*same, (0, 4, "raid", "C", "A", "", "rebels", 1.0), (0, 4, "onset", "B", "A", "economy", "", 9.0)])
    )
    found = divergence(mine, theirs)
    first, second = found.iloc[0], found.iloc[1]
    assert (first["replicate"], first["month"], first["kind"], first["state"], first["side"]) == (0, 4, "raid", "C", "variant")
    assert first["instead_kind"] == ""
    assert (second["replicate"], second["month"], second["kind"], second["side"]) == (1, 5, "ending", "base")
    wars = divergence(mine, theirs, kinds=WARS).iloc[0]
    assert (wars["kind"], wars["channel"], wars["instead_channel"], wars["side"]) == ("onset", "economy", "kin", "variant")
    assert (found["basis"] == LOGGED).all()
    assert timeline(found, 30)["raid"].tolist() == [0, 0, 0, 0, 1] + [0] * 25


def test_a_difference_that_no_event_shows_is_said_to_be_one(base: Results) -> None:
    other = dict(base.variables)
    values = other["outcome_per_replicate"].values.copy()
    values[7, base.index("outcome", "crossed")] += 0.25
    other["outcome_per_replicate"] = dataclasses.replace(other["outcome_per_replicate"], values=values)
    found = divergence(base, dataclasses.replace(base, variables=other))
    assert found[["replicate", "month", "basis", "kind"]].to_numpy().tolist() == [[7, -1, "no logged event differs", ""]]


def test_before_the_logs_part_they_are_the_same(base: Results, no_cells: Results) -> None:
    found = divergence(base, no_cells)
    assert len(found)
    for row in found[found["basis"] == LOGGED].head(40).itertuples():
        logs = []
        for results in (base, no_cells):
            log = results.log.where(replicate=row.replicate).rows()
            logs.append({m: sorted(str([r[f] for f in ("kind", "state", "source", "channel", "group")]) for r in log if r["month"] == m)
                         for m in range(row.month + 1)})  # fmt: skip
        assert all(logs[0][m] == logs[1][m] for m in range(row.month))
        assert logs[0][row.month] != logs[1][row.month]


def test_words_name_what_the_tables_hold(base: Results, no_cells: Results) -> None:
    table = contrast(base, no_cells)
    parts = divergence(base, no_cells), divergence(base, no_cells, kinds=WARS)
    text = tell(VariantTables("no cells", [], table, pathways(base, no_cells), *parts), base, no_cells)
    for row in clear_rows(table).head(8).itertuples():
        assert row.label in text
    assert "luck only" in text
    assert "infiltration_crossing" in text
    for kind in PHASES:
        event = {"kind": kind, "state": "B", "source": "A", "channel": "kin", "group": "rebels"}
        assert len(sentence(event, base)) > 10


def test_what_is_not_paired_is_refused(small: Scenario, base: Results) -> None:
    for other in (
        run(small, replicates=200, seed=6),
        run(small, replicates=100),
        run(apply_settings(small, ["months=20"]), replicates=200),
    ):
        with pytest.raises(NotPairedError, match="cannot be paired"):
            contrast(base, other)


def test_batches_give_the_mean_of_the_whole(small: Scenario, base: Results) -> None:
    assert batch_sizes(7) == [(k, 1) for k in range(7)]
    batches = [run(small, replicates=size, first=first) for first, size in batch_sizes(200)]
    changed = apply_settings(small, ["parameters.kin_onset=0"])
    others = [run(changed, replicates=size, first=first) for first, size in batch_sizes(200)]
    table = batch_differences(batches, others)
    np.testing.assert_allclose(table["base_mean"], base["risk"][-1], rtol=1e-9)
    assert (table["se"] >= 0).all()
    assert table["difference"].min() < 0


def test_small_numbers() -> None:
    values = np.array([0.1] * 10)
    assert mean(values) == 0.1
    assert variance(values) == pytest.approx(0)
    assert np.isnan(variance(values[:1]))


def test_an_interval_knows_how_few_batches_it_rests_on(small: Scenario) -> None:
    changed = apply_settings(small, ["parameters.kin_onset=0"])
    for n, t in ((2, 12.706), (7, 2.447), (20, 2.093)):  # quantiles of Student's t at 97.5 %
        mine, others = (
            [run(one, replicates=1, first=first) for first in range(n)] for one in (small, changed)
        )  # fmt: skip
        table = batch_differences(mine, others)
        half = (table["high"] - table["low"]) / 2
        np.testing.assert_allclose(half, t * table["se"], rtol=1e-3)
        assert table["se"].max() > 0
