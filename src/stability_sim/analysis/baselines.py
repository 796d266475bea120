"""Baseline forecasts: climatology, persistence, country history, and a chain of two logits by year, onset and ending.

    onset    logit p = a·(1, ln income, ln population, exp(−years since conflict/5) [, ln(1 + neighbours in conflict)])
    ending   logit p = b·(1, ln income, ln population, ln(years in conflict) [, ln(1 + neighbours in conflict)])

Both logits are fitted by maximum likelihood on pairs of years of the training period. A forecast of the chain starts from the
state of the origin's year and runs free: income and population stay constant; conflict, its history and that of the neighbours
are simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stability_sim.kernels.randomness import STREAM_BASELINE, STREAM_BASELINE_DEATHS, entity_id, uniform_array
from stability_sim.panel import Panel
from stability_sim.panel.past import last_known

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Forecast:
    """Probabilities and ensembles for the years after an origin, made from the years up to it.

    Attributes
    ----------
    name : str
    origin : int
        Last year whose data were used.
    states : tuple of str
    incidence : (state, year) float
        P(conflict with at least 25 battle deaths in the calendar year); the first year is that after the origin.
    any_by : (state, year) float
        P(conflict in at least one year up to and including it).
    deaths : (state, year, member) float
        Equally likely battle deaths in the year.
    """

    name: str
    origin: int
    states: tuple[str, ...]
    incidence: Floats
    any_by: Floats
    deaths: Floats


def from_runs(name: str, origin: int, states: tuple[str, ...], incidence: Flags, deaths: Floats) -> Forecast:
    """Return the forecast of an ensemble: shares of runs.

    Parameters
    ----------
    incidence : (replicate, state, year) bool
    deaths : (replicate, state, year) float
    """
    return Forecast(
        name=name,
        origin=origin,
        states=states,
        incidence=incidence.mean(axis=0),
        any_by=np.logical_or.accumulate(incidence, axis=2).mean(axis=0),
        deaths=np.moveaxis(deaths, 0, 2),
    )


FADING_YEARS = 5.0
NEVER = 30  # years since a conflict for states without one on record
RIDGE = 1e-3  # keeps the search finite where a factor separates the outcomes; otherwise negligible


@dataclass(frozen=True)
class Chain:
    """A fitted chain: coefficients of onset and ending, whether neighbours are in it, and what it was fitted on."""

    onset: Floats
    ending: Floats
    with_neighbours: bool
    first_year: int
    last_year: int

    @property
    def name(self) -> str:
        """Name in tables."""
        return "logit chain with neighbours" if self.with_neighbours else "logit chain"


def maximum_likelihood(factors: Floats, happened: Flags) -> Floats:
    """Return the coefficients of a logit (Newton's method; a ridge of 0.001 on standardised factors but the constant)."""
    scale = np.maximum(factors.std(axis=0), 1e-9)
    scale[0] = 1.0
    x, y = factors / scale, happened.astype(np.float64)
    penalty = RIDGE * np.diag([0.0] + [1.0] * (x.shape[1] - 1))
    b = np.zeros(x.shape[1])
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ b, -30, 30)))
        step = np.linalg.solve((x * (p * (1.0 - p))[:, None]).T @ x + penalty, x.T @ (y - p) - penalty @ b)
        b += np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < 1e-10:
            break
    return np.asarray(b / scale)


def _since_and_age(incidence: Flags, exists: Flags) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the years since the last conflict and the years in conflict up to now, at the end of each year."""
    since = np.zeros(incidence.shape, dtype=np.int64)
    age = np.zeros(incidence.shape, dtype=np.int64)
    quiet = np.full(len(incidence), NEVER)
    on = np.zeros(len(incidence), dtype=np.int64)
    for t in range(incidence.shape[1]):
        now = incidence[:, t] & exists[:, t]
        quiet = np.where(now, 0, quiet + 1)
        on = np.where(now, on + 1, 0)
        since[:, t], age[:, t] = quiet, on
    return since, age


def _factors(fixed: Floats, timing: Floats, near: Floats | None) -> Floats:
    """Return the factors (..., factor) from income and population (..., 2), a timing and the neighbours (...)."""
    parts = [np.ones((*timing.shape, 1)), np.broadcast_to(fixed, (*timing.shape, 2)), timing[..., None]]
    if near is not None:
        parts.append(np.log1p(near)[..., None])
    return np.concatenate(parts, axis=-1)


def _fixed(panel: Panel, rows: Sequence[int], t: int) -> Floats:
    """Return log income and log population as last known; the median of the states where there is none."""
    values = np.array([[last_known(v[i], t) for v in (panel.gdp_per_capita, panel.population)] for i in rows])
    middle = np.nanmedian(values, axis=0)
    return np.log(np.where(np.isnan(values), middle, values))


def _near(incidence: Floats, neighbours: Flags) -> Floats:
    """Return the number of neighbours in conflict, (..., state)."""
    return np.rint(incidence @ neighbours.astype(np.float64))


def fit_chain(panel: Panel, last_year: int, *, with_neighbours: bool) -> Chain:
    """Fit the chain on the pairs of years up to ``last_year``; nothing of the years after it is read.

    Parameters
    ----------
    panel : Panel
    last_year : int
        Last year of training.
    with_neighbours : bool
        Whether the neighbours in conflict are a factor.
    """
    end = panel.year_index(last_year)
    since, age = _since_and_age(panel.incidence[:, : end + 1], panel.exists[:, : end + 1])
    rows: list[list[Floats]] = [[], []]
    outcomes: list[list[Flags]] = [[], []]
    for t in range(end):
        standing = np.flatnonzero(panel.exists[:, t] & panel.exists[:, t + 1])
        fixed = _fixed(panel, standing.tolist(), t)
        on = panel.incidence[standing, t]
        near = _near(panel.incidence[:, t].astype(np.float64), panel.neighbours[t])[standing] if with_neighbours else None
        timings = np.exp(-since[standing, t] / FADING_YEARS), np.log(np.maximum(age[standing, t], 1))
        for k, chosen in enumerate((~on, on)):
            rows[k].append(_factors(fixed[chosen], timings[k][chosen], None if near is None else near[chosen]))
            outcomes[k].append(panel.incidence[standing, t + 1][chosen] ^ on[chosen])
    fitted = [maximum_likelihood(np.concatenate(rows[k]), np.concatenate(outcomes[k])) for k in (0, 1)]
    return Chain(fitted[0], fitted[1], with_neighbours, int(panel.years[0]), last_year)


def _training_deaths(panel: Panel, last_year: int) -> Floats:
    past = slice(0, panel.year_index(last_year) + 1)
    return np.sort(panel.deaths[:, past][panel.incidence[:, past]])


def simulate_chain(
    chain: Chain, panel: Panel, codes: Sequence[str], origin: int, years: int, *, replicates: int = 1000, seed: int = 1
) -> Forecast:
    """Return the forecast of a chain that runs free from the origin.

    Deaths of a year in conflict are drawn from the country-years of conflict up to the origin. Draws are keyed by (seed,
    replicate, year, state), the same for both chains.
    """
    t = panel.year_index(origin)
    rows = [panel.state_index(code) for code in codes]
    since_all, age_all = _since_and_age(panel.incidence[:, : t + 1], panel.exists[:, : t + 1])
    fixed = _fixed(panel, rows, t)
    neighbours = panel.neighbours[t][np.ix_(rows, rows)]
    entities = np.array([entity_id(f"state {code}") for code in codes], dtype=np.uint64)
    keys = (np.arange(replicates)[:, None], entities[None, :])
    shape = (replicates, len(rows))
    on = np.broadcast_to(panel.incidence[rows, t], shape)
    since, age = (np.broadcast_to(values[rows, t], shape) for values in (since_all, age_all))
    past_deaths = _training_deaths(panel, origin)
    incidence = np.zeros((*shape, years), dtype=bool)
    deaths = np.zeros((*shape, years))
    for k in range(years):
        near = _near(on.astype(np.float64), neighbours) if chain.with_neighbours else None
        timing = np.where(on, np.log(np.maximum(age, 1)), np.exp(-since / FADING_YEARS))
        factors = _factors(fixed, timing, near)
        odds = np.where(on, -(factors @ chain.ending), factors @ chain.onset)  # of being in conflict next year
        on = uniform_array(seed, keys[0], origin + 1 + k, STREAM_BASELINE, keys[1]) < 1.0 / (1.0 + np.exp(-odds))
        since, age = np.where(on, 0, since + 1), np.where(on, age + 1, 0)
        place = uniform_array(seed, keys[0], origin + 1 + k, STREAM_BASELINE_DEATHS, keys[1]) * len(past_deaths)
        incidence[:, :, k] = on
        deaths[:, :, k] = np.where(on, past_deaths[place.astype(np.int64)], 0.0)
    return from_runs(chain.name, origin, tuple(codes), incidence, deaths)


HISTORY_YEARS = 20


def _constant_rate(rate: Floats, years: int) -> tuple[Floats, Floats]:
    """Return a constant yearly probability, and that of conflict in any year up to each if years were independent."""
    yearly = np.repeat(rate[:, None], years, axis=1)
    return yearly, np.asarray(1.0 - np.cumprod(1.0 - yearly, axis=1), dtype=np.float64)


def _past(panel: Panel, codes: Sequence[str], origin: int) -> tuple[Flags, Flags, Floats]:
    """Return incidence, existence and deaths of some states up to the origin."""
    rows = [panel.state_index(code) for code in codes]
    cut = slice(0, panel.year_index(origin) + 1)
    return panel.incidence[rows, cut], panel.exists[rows, cut], panel.deaths[rows, cut]


def climatology(panel: Panel, codes: Sequence[str], origin: int, years: int) -> Forecast:
    """Return the share of all country-years up to the origin for every state; deaths are those of the origin's year."""
    incidence, exists, deaths = _past(panel, codes, origin)
    yearly, any_by = _constant_rate(np.full(len(codes), incidence[exists].mean()), years)
    members = np.broadcast_to(deaths[:, -1], (len(codes), years, len(codes)))
    return Forecast("climatology", origin, tuple(codes), yearly, any_by, members)


def persistence(panel: Panel, codes: Sequence[str], origin: int, years: int) -> Forecast:
    """Return the incidence of the origin's year, 0 or 1, and its deaths, for every year."""
    incidence, _, deaths = _past(panel, codes, origin)
    yearly = np.repeat(incidence[:, -1:].astype(np.float64), years, axis=1)
    members = np.repeat(deaths[:, -1:, None], years, axis=1)
    return Forecast("persistence", origin, tuple(codes), yearly, yearly.copy(), members)


def country_history(panel: Panel, codes: Sequence[str], origin: int, years: int) -> Forecast:
    """Return the share of a country's last twenty years with conflict, or of as many as the data have."""
    incidence, exists, deaths = _past(panel, codes, origin)
    incidence, exists, deaths = incidence[:, -HISTORY_YEARS:], exists[:, -HISTORY_YEARS:], deaths[:, -HISTORY_YEARS:]
    n_years = exists.sum(axis=1)
    rate = np.where(exists, incidence, False).sum(axis=1) / np.maximum(n_years, 1)
    yearly, any_by = _constant_rate(rate, years)
    first = exists.argmax(axis=1)
    place = np.maximum(np.arange(exists.shape[1])[None, :], first[:, None])  # years before a state existed take its first year
    own: Floats = np.take_along_axis(deaths, place, axis=1)
    members: Floats = np.broadcast_to(own[:, None, :], (len(codes), years, own.shape[1]))
    return Forecast("country history", origin, tuple(codes), yearly, any_by, members)


__all__ = ["Chain", "Forecast", "climatology", "country_history", "fit_chain", "persistence", "simulate_chain"]
