"""Hindcasts: no later row gets in, scores are those of plain formulas, and the command says what is wrong."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_baselines import _poisoned
from typer.testing import CliRunner

from stability_sim.analysis.baselines import Forecast
from stability_sim.analysis.scores import auc
from stability_sim.analysis.verification import ENGINE, UNCOUPLED, rows_of, score_all, worst_misses
from stability_sim.cli.main import app
from stability_sim.ensemble.run import run
from stability_sim.panel import Panel, world_scenario
from stability_sim.report.history_tables import judged, table_rows, verdict
from stability_sim.scenario.parameters import FITTED
from stability_sim.studies.hindcast import (
    ACROSS_BORDERS,
    Hindcast,
    Plan,
    Provenance,
    engine_forecast,
    forecasts_of,
    hindcast,
    scores_hash,
)
from stability_sim.studies.hindcast_folder import default_folder, settings_of, write_hindcast
from stability_sim.studies.points import with_parameters

PLAN = Plan(origins=(1998, 2000), horizons=(1, 3), replicates=40, train_until=2000, draws=60)


@pytest.fixture(scope="module")
def found(ring: Panel) -> Hindcast:
    return hindcast(ring, PLAN)


def test_no_later_row_gets_into_a_forecast(ring: Panel) -> None:
    plan = replace(PLAN, origins=(2000,))
    poisoned = _poisoned(ring, 2000)
    assert (poisoned.incidence[:, 11:] != ring.incidence[:, 11:]).all()
    first, second = forecasts_of(ring, plan), forecasts_of(poisoned, plan)
    assert len(first) == 7
    for name, (forecast,) in first.items():
        (other,) = second[name]
        for part in ("incidence", "any_by", "deaths"):
            assert (getattr(forecast, part) == getattr(other, part)).all(), (name, part)


def test_the_engine_knows_nothing_of_the_years_between_an_origin_and_the_end_of_training(ring: Panel) -> None:
    first, second = (engine_forecast(panel, 1998, 2, PLAN) for panel in (ring, _poisoned(ring, 1998)))
    assert (first.incidence == second.incidence).all()
    assert (first.deaths == second.deaths).all()


def test_borders_off_leaves_only_what_begins_at_home(ring: Panel) -> None:
    world = world_scenario(ring, 1998, months=60, replicates=100)
    trees = [run(with_parameters(world, off))["transmissions"] for off in ({}, dict.fromkeys(ACROSS_BORDERS, 0.0))]
    domestic = [tree[0].sum() for tree in trees]
    assert trees[0].sum() > domestic[0]
    assert trees[1].sum() == pytest.approx(domestic[1])
    assert domestic[1] > 0
    assert engine_forecast(ring, 1998, 2, PLAN, coupled=False).name == UNCOUPLED


def test_scores_are_those_of_the_rows(ring: Panel, found: Hindcast) -> None:
    forecasts = forecasts_of(ring, PLAN)
    rows = rows_of(ring, {f.origin: f.states for f in forecasts[ENGINE]}, 3)
    p, y = [], []
    for forecast in forecasts[ENGINE]:
        t = ring.year_index(forecast.origin)
        for k, code in enumerate(forecast.states):
            p.append(forecast.incidence[k, 2])
            y.append(ring.incidence[ring.state_index(code), t + 3])
    assert (rows.incidence == np.array(y)).all()
    by_key = {(s.horizon, s.target, s.metric, s.forecast): s for s in found.scores}
    score = by_key[3, "incidence", "auc", ENGINE]
    assert score.value == pytest.approx(float(auc(np.array(y), np.array(p))))
    assert by_key[3, "incidence", "brier", ENGINE].value == pytest.approx(float(np.mean((np.array(p) - np.array(y)) ** 2)))
    gap = by_key[3, "incidence", "auc", "persistence"]
    assert gap.difference == pytest.approx(score.value - gap.value)
    assert gap.difference_low <= gap.difference_high


def _perfect(panel: Panel, origin: int, *, right: bool) -> Forecast:
    t = panel.year_index(origin)
    truth = panel.incidence[:, t + 1 : t + 3].astype(float)
    p = 0.1 + 0.8 * (truth if right else 1 - truth)
    return Forecast(ENGINE, origin, panel.states, p, p, np.repeat(panel.deaths[:, t + 1 : t + 3, None], 2, axis=2))


def test_verdicts_tell_wins_from_losses(ring: Panel) -> None:
    for right, word in ((True, "beats"), (False, "loses to")):
        forecasts = forecasts_of(ring, replace(PLAN, horizons=(1, 2)))
        forecasts[ENGINE] = [_perfect(ring, origin, right=right) for origin in PLAN.origins]
        rows = rows_of(ring, {f.origin: f.states for f in forecasts[ENGINE]}, 2)
        scores = score_all(rows, forecasts, 2, draws=200)
        (chain,) = [s for s in scores if (s.target, s.metric, s.forecast) == ("incidence", "brier", "logit chain")]
        assert judged(chain) == word
        assert f"{word} logit chain on Brier" in verdict(scores, 2)
        assert table_rows(scores, 2)[0][0] == ENGINE
        misses = worst_misses(ring, forecasts[ENGINE], 2, n=3)
        assert all(m.happened == (m.forecast > 0.5) for m in misses) == right


def test_a_hindcast_is_the_same_each_time_and_is_written_whole(ring: Panel, found: Hindcast, tmp_path: Path) -> None:
    assert scores_hash(found) == scores_hash(hindcast(ring, PLAN, workers=1))
    write_hindcast(found, Provenance("stability-sim hindcast", "2020-01-01", {}, {}), tmp_path, ["png"])
    assert (tmp_path / "hindcast.png").stat().st_size > 20_000
    content = json.loads((tmp_path / "hindcast.json").read_text())
    assert set(content["verdicts"]) == {"1", "3"}
    assert len((tmp_path / "hindcast.csv").read_text().splitlines()) == len(found.scores) + 1
    assert content["about"]["scores_hash"] == scores_hash(found)
    assert len(content["by_origin"]) == 2 * 2 * 7
    one = next(s for s in content["by_origin"] if (s["origin"], s["horizon"], s["forecast"]) == (1998, 1, "persistence"))
    assert one["brier"] == pytest.approx(float((ring.incidence[:, 8] != ring.incidence[:, 9]).mean()))


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    invoke = CliRunner().invoke
    missing = invoke(app, ["hindcast", "--data", str(tmp_path / "none")])
    assert missing.exit_code == 3
    assert "no such file" in missing.stderr
    wrong = invoke(app, ["hindcast", "--data", str(tmp_path), "--horizons", "1,x"])
    assert wrong.exit_code == 2
    assert "whole numbers" in wrong.stderr
    for setting, message in (
        ("luck=1", "no parameter"),
        ("kin_onset=x", "not a number"),
        ("kin_onset=9", "outside the documented"),
    ):
        refused = invoke(app, ["hindcast", "--data", str(tmp_path), "--set", setting])
        assert refused.exit_code == 2
        assert message in refused.stderr
    assert settings_of(None, ["kin_onset=0.004"], 1990) == {"kin_onset": 0.004}
    until_2004 = settings_of(None, [], 2004)
    assert set(until_2004) == set(FITTED)
    assert until_2004 != FITTED
    assert settings_of(None, ["kin_onset=0.004"], 2004) == {**until_2004, "kin_onset": 0.004}


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("STABILITY_SIM_DATA"), reason="STABILITY_SIM_DATA names no data folder")
def test_the_engine_beats_history_on_real_data(tmp_path: Path) -> None:
    out = tmp_path / "h"
    done = CliRunner().invoke(app, ["hindcast", "-n", "200", "--horizons", "3,5", "-o", str(out)])
    assert done.exit_code == 0, done.stderr
    scores = json.loads((out / "hindcast.json").read_text())["scores"]
    by_key = {(s["horizon"], s["target"], s["metric"], s["forecast"]): s for s in scores}
    for h in (3, 5):
        for name in ("persistence", "country history"):
            assert by_key[h, "incidence", "auc", name]["difference"] > 0
            assert by_key[h, "incidence", "brier", name]["difference"] < 0
    late = CliRunner().invoke(app, ["hindcast", "--origins", "2012"])
    assert late.exit_code == 2
    assert "the data have the years" in late.stderr


def test_another_hindcast_goes_to_another_place() -> None:
    plans = (Plan(), Plan(horizons=(1,)), Plan(settings={"kin_onset": 0.004}), Plan(train_until=1999), Plan(seed=2))
    assert len({default_folder(plan) for plan in plans}) == len(plans)
    assert default_folder(Plan()) == default_folder(Plan())
