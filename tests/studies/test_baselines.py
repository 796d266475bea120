"""Baselines: formulas by hand, coefficients that are recovered, and nothing from after the origin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from stability_sim.analysis.baselines import (
    climatology,
    country_history,
    fit_chain,
    maximum_likelihood,
    persistence,
    simulate_chain,
)
from stability_sim.panel import Panel


def test_maximum_likelihood_agrees_with_a_general_search() -> None:
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(4000), rng.normal(size=(4000, 2)) * [1.0, 5.0]])
    true = np.array([-1.0, 0.7, -0.1])
    y = rng.random(4000) < 1 / (1 + np.exp(-x @ true))
    found = maximum_likelihood(x, y)

    def loss(b: np.ndarray) -> float:
        z = x @ b
        return float(np.logaddexp(0, z).sum() - z[y].sum())

    assert found == pytest.approx(minimize(loss, np.zeros(3), method="BFGS").x, abs=2e-3)
    assert found == pytest.approx(true, abs=0.15)


def test_coefficients_stay_finite_where_a_factor_separates() -> None:
    x = np.column_stack([np.ones(20), np.r_[np.zeros(10), np.ones(10)]])
    assert np.isfinite(maximum_likelihood(x, x[:, 1] > 0)).all()


def test_simple_baselines_by_hand(ring: Panel) -> None:
    codes, origin = ring.states, 2000
    past = ring.incidence[:, :11]
    assert (climatology(ring, codes, origin, 3).incidence == past.mean()).all()
    last = persistence(ring, codes, origin, 3)
    assert (last.incidence == past[:, -1:].astype(float)).all()
    assert (last.deaths[:, 2, 0] == ring.deaths[:, 10]).all()
    own = country_history(ring, codes, origin, 3)
    assert own.incidence[:, 0] == pytest.approx(past.mean(axis=1))
    assert own.any_by[:, 1] == pytest.approx(1 - (1 - past.mean(axis=1)) ** 2)


def _poisoned(panel: Panel, year: int) -> Panel:
    """Return the panel with everything after a year turned around."""
    t = panel.year_index(year) + 1

    def turned(values: np.ndarray, axis: int, begin: int) -> np.ndarray:
        other = values.copy()
        later = [slice(None)] * values.ndim
        later[axis] = slice(begin, None)
        cut = other[tuple(later)]
        other[tuple(later)] = ~cut if values.dtype == bool else cut * 3 + 7
        return other

    changed = {
        name: turned(getattr(panel, name), axis, t)
        for name, axis in {
            "incidence": 1, "onset": 1, "at_risk": 1, "deaths": 1, "neighbours": 0, "border_km": 0, "refugees": 0,
            "population": 1, "gdp_per_capita": 1, "infant_mortality": 1, "wgi": 1,
        }.items()
    }  # fmt: skip
    rebels = tuple(rebel if rebel.year <= year else rebel._replace(deaths=9e5, name="x") for rebel in panel.rebels)
    return replace(panel, **changed, monthly_deaths=turned(panel.monthly_deaths, 1, 12 * t), rebels=rebels)


@pytest.mark.parametrize("near", [False, True])
def test_a_chain_knows_nothing_of_later_years(ring: Panel, near: bool) -> None:
    poisoned = _poisoned(ring, 1999)
    chains = [fit_chain(panel, 1999, with_neighbours=near) for panel in (ring, poisoned)]
    assert (chains[0].onset == chains[1].onset).all()
    assert (chains[0].ending == chains[1].ending).all()
    first, second = (
        simulate_chain(c, p, ring.states, 1999, 4, replicates=60) for c, p in zip(chains, (ring, poisoned), strict=True)
    )
    assert (first.incidence == second.incidence).all()
    assert (first.deaths == second.deaths).all()


def test_a_chain_is_the_same_each_time_and_more_replicates_leave_the_first_alone(ring: Panel) -> None:
    chain = fit_chain(ring, 1999, with_neighbours=True)
    few, many = (simulate_chain(chain, ring, ring.states, 1999, 4, replicates=n) for n in (30, 90))
    assert (few.deaths == many.deaths[:, :, :30]).all()


def test_a_chain_has_the_frequencies_of_its_formula(ring: Panel) -> None:
    chain = fit_chain(ring, 2003, with_neighbours=False)
    n = 20_000
    found = simulate_chain(chain, ring, ring.states, 1999, 1, replicates=n)
    t = ring.year_index(1999)
    for i in range(len(ring.states)):
        on = np.append(ring.incidence[i, : t + 1][::-1], False)
        quiet = int(on.argmax()) if on.any() else 30 + t + 1
        age = int((~on).argmax())
        timing = np.log(age) if age else np.exp(-quiet / 5)
        x = np.array([1, np.log(ring.gdp_per_capita[i, t]), np.log(ring.population[i, t]), timing])
        p = 1 / (1 + np.exp(-x @ (chain.ending if age else chain.onset)))
        expected = 1 - p if age else p
        assert abs(found.incidence[i, 0] - expected) < 5 * np.sqrt(expected * (1 - expected) / n) + 1e-9
