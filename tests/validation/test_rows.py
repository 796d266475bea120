"""Country-years of a hindcast against a slow reading of the panel, with a state that ceases to exist."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stability_sim.analysis.baselines import Forecast, climatology, country_history
from stability_sim.analysis.skill import auc
from stability_sim.analysis.verification import ENGINE, origin_scores, reliability_of, rows_of, worst_misses
from stability_sim.panel import Panel

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
