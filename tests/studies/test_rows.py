"""Country-years of a hindcast against a slow reading of the panel, with a state that ceases to exist."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stability_sim.analysis.baselines import Forecast, climatology, country_history
from stability_sim.analysis.facts import engine_years
from stability_sim.analysis.scores import auc
from stability_sim.analysis.verification import ENGINE, origin_scores, reliability_of, rows_of, score_all, worst_misses
from stability_sim.ensemble.run import run
from stability_sim.panel import Panel, world_scenario

ORIGINS = (1998, 2000)


@pytest.fixture(scope="module")
def shrinking(ring: Panel) -> Panel:
    """The ring, without S03 from 2002 on."""
    exists = ring.exists.copy()
    exists[3, 12:] = False
    return replace(ring, exists=exists)


def _forecasts(panel: Panel) -> dict[str, list[Forecast]]:
    return {
        ENGINE: [replace(country_history(panel, panel.states, origin, 3), name=ENGINE) for origin in ORIGINS],
        "all alike": [climatology(panel, panel.states, origin, 3) for origin in ORIGINS],
    }


def _slowly(panel: Panel, horizon: int) -> list[tuple[str, int, bool, bool, bool, float]]:
    found = []
    for origin in ORIGINS:
        for i, code in enumerate(panel.states):
            t = origin - 1990
            if panel.exists[i, t + horizon]:
                ahead = panel.incidence[i, t + 1 : t + horizon + 1]
                found.append(
                    (
                        code,
                        origin,
                        bool(ahead[-1]),
                        not panel.incidence[i, t],
                        bool(ahead.any()),
                        float(panel.deaths[i, t + horizon]),
                    )
                )
    return found


@pytest.mark.parametrize("horizon", [1, 2, 3])
def test_rows_are_the_states_that_exist_then(shrinking: Panel, horizon: int) -> None:
    rows = rows_of(shrinking, dict.fromkeys(ORIGINS, shrinking.states), horizon)
    slow = _slowly(shrinking, horizon)
    assert len(slow) == 24 - (horizon >= 2)
    assert list(rows.countries) == [row[0] for row in slow]
    assert rows.origins == ORIGINS
    assert [len(place) for place in rows.places] == [12, 12 - (horizon >= 2)]
    assert [shrinking.states[k] for place in rows.places for k in place] == list(rows.countries)
    for values, column in ((rows.incidence, 2), (rows.at_peace, 3), (rows.onset, 4), (rows.deaths, 5)):
        assert values.tolist() == [row[column] for row in slow]


def test_the_worst_misses_cost_most(shrinking: Panel) -> None:
    given = _forecasts(shrinking)[ENGINE]
    costs = []
    for code, origin, happened, *_ in _slowly(shrinking, 2):
        forecast = next(one for one in given if one.origin == origin)
        p = float(forecast.incidence[shrinking.states.index(code), 1])
        costs.append(((p - happened) ** 2, code, origin, p, happened))
    costs.sort(key=lambda cost: -cost[0])
    found = worst_misses(shrinking, given, 2, 5)
    assert [(m.country, m.origin, m.year, m.forecast, m.happened) for m in found] == [
        (c, o, o + 2, p, h) for _, c, o, p, h in costs[:5]
    ]
    assert len(worst_misses(shrinking, given, 2)) == 10


def test_scores_of_one_origin_and_bins_of_all(shrinking: Panel) -> None:
    forecasts = _forecasts(shrinking)
    found = {(one.origin, one.forecast): one for one in origin_scores(shrinking, forecasts, 2)}
    assert set(found) == {(origin, name) for origin in ORIGINS for name in forecasts}
    for origin in ORIGINS:
        rows = [row for row in _slowly(shrinking, 2) if row[1] == origin]
        forecast = next(one for one in forecasts[ENGINE] if one.origin == origin)
        p = np.array([forecast.incidence[shrinking.states.index(row[0]), 1] for row in rows])
        y, calm = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
        one = found[origin, ENGINE]
        assert one.horizon == 2
        assert one.auc == pytest.approx(float(auc(y, p)))
        assert one.brier == pytest.approx(float(((p - y) ** 2).mean()))
        assert one.auc_at_peace == pytest.approx(float(auc(y[calm], p[calm])), nan_ok=True)
    bins = reliability_of(shrinking, forecasts, [1, 3], draws=20)
    assert all(sum(b.rows for b in bins[name]) == 24 + 23 for name in forecasts)
    happened = sum(row[2] for h in (1, 3) for row in _slowly(shrinking, h))
    assert sum(b.rows * b.observed for b in bins[ENGINE]) == pytest.approx(happened)


def test_histories_of_an_ensemble_go_on_from_the_data(ring: Panel) -> None:
    world = world_scenario(ring, 1998, months=48, replicates=3)
    results = run(world, trajectories=True)
    found = engine_years(results, ring, 1998, elsewhere_share=0.25)
    assert found.years.tolist() == list(range(1990, 2003))
    assert found.counted == 9
    assert found.incidence.shape == found.deaths.shape == (3, len(found.states), 13)
    rows = [ring.state_index(code) for code in found.states]
    assert (found.incidence[:, :, :9] == ring.incidence[rows, :9]).all()
    assert (found.deaths[:, :, :9] == ring.deaths[rows, :9]).all()
    assert found.exists.shape == found.income.shape == found.population.shape == (len(rows), 13)
    assert (found.income[:, 8:] == ring.gdp_per_capita[rows, 8][:, None]).all()  # held from the last year that is known
    assert found.neighbours.shape == found.refugees.shape == (13, len(rows), len(rows))
    assert found.refugees_elsewhere == pytest.approx(found.refugees[9:].sum() / 3)
    for r in range(3):
        for i in range(len(rows)):
            for year in range(4):
                months = slice(12 * year, 12 * year + 12)
                dead = results["deaths_trajectory"][r, months, i].sum()
                assert (
                    found.deaths[r, i, 9 + year] == pytest.approx(dead if found.incidence[r, i, 9 + year] else 0.0) or dead < 25
                )
    with pytest.raises(ValueError, match="not in January 1998"):
        engine_years(results, ring, 1997)


@pytest.mark.parametrize("horizon", [1, 3])
def test_every_score_is_that_of_its_target(shrinking: Panel, horizon: int) -> None:
    forecasts = _forecasts(shrinking)
    rows = rows_of(shrinking, dict.fromkeys(ORIGINS, shrinking.states), horizon)
    scores = {(s.target, s.metric, s.forecast): s for s in score_all(rows, forecasts, horizon, draws=30)}
    slow = _slowly(shrinking, horizon)
    calm = [row for row in slow if row[3]]

    def given(name: str, part: str, some: list[tuple[str, int, bool, bool, bool, float]]) -> list[np.ndarray]:
        by_origin = {one.origin: getattr(one, part) for one in forecasts[name]}
        return [by_origin[row[1]][shrinking.states.index(row[0]), horizon - 1] for row in some]

    for name in forecasts:
        for target, some, part, column in (
            ("incidence", slow, "incidence", 2),
            ("at_peace", calm, "incidence", 2),
            ("onset", calm, "any_by", 4),
        ):
            p, y = np.array(given(name, part, some)), np.array([row[column] for row in some])
            kept = np.clip(p, 0.005, 0.995)
            brier = scores[target, "brier", name]
            assert brier.value == pytest.approx(((p - y) ** 2).mean())
            assert (brier.rows, brier.events) == (len(some), y.sum())
            assert scores[target, "log", name].value == pytest.approx(-np.log(np.where(y, kept, 1 - kept)).mean())
        members, seen = given(name, "deaths", slow), [row[5] for row in slow]

        def integral(x: np.ndarray, at: float) -> float:
            return float(np.abs(x - at).mean() - np.abs(x[:, None] - x[None, :]).mean() / 2)

        exact = np.mean([integral(x, at) for x, at in zip(members, seen, strict=True)])
        assert scores["deaths", "crps", name].value == pytest.approx(exact)
        logs = np.mean([integral(np.log1p(x), np.log1p(at)) for x, at in zip(members, seen, strict=True)])
        assert scores["deaths", "crps_log", name].value == pytest.approx(logs)
        assert scores["deaths", "crps", name].events == sum(row[2] for row in slow)
    gap = scores["onset", "brier", "all alike"]
    assert gap.difference == pytest.approx(scores["onset", "brier", ENGINE].value - gap.value)
    assert np.isnan(scores["onset", "brier", ENGINE].difference)
    assert gap.horizon == horizon
