"""Yearly tables of states: from the panel (one history of the world), or from an ensemble (many)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stability_sim.panel.panel import Flags, Floats, Panel, Whole
from stability_sim.panel.past import history
from stability_sim.results.results import Results

FEWEST_DEATHS = 25.0  # battle deaths in a calendar year from which UCDP counts a conflict
MONTHS = 12


@dataclass(frozen=True)
class Yearly:
    """Conflict by replicate, state and year, with its covariates. Data are one replicate.

    Attributes
    ----------
    states : tuple of str
    years : (year,) int
        History first, then the years that count.
    counted : int
        Position of the first year that counts; facts about events look only at it and the years after.
    exists : (state, year) bool
    incidence : (replicate, state, year) bool
    deaths : (replicate, state, year) float
        Battle deaths in the calendar year, where there is incidence.
    quiet_before : (state,) int
        Quiet years before the first year of each state.
    neighbours : (year, state, state) bool
    income, population : (state, year) float
        PPP dollars a person; millions. NaN where missing.
    refugees : (year, state, state) float
        From the first state in the second; of an ensemble, the mean.
    refugees_elsewhere : float
        Refugees who are in none of the states, over all years, in the unit of ``refugees``.
    left_out : int
        Position of a state whose own country-years do not count, while it is still a neighbour; -1 if all count.
    traced : (onsets traced to another state, onsets, conflicts) or None
        Of an ensemble: sums over its transmission trees.
    """

    states: tuple[str, ...]
    years: Whole
    counted: int
    exists: Flags
    incidence: Flags
    deaths: Floats
    quiet_before: Whole
    neighbours: Flags
    income: Floats
    population: Floats
    refugees: Floats
    refugees_elsewhere: float = 0.0
    left_out: int = -1
    traced: tuple[float, float, float] | None = None

    @property
    def n_replicates(self) -> int:
        """Number of histories."""
        return int(self.incidence.shape[0])

    @property
    def counts(self) -> Flags:
        """Which states count."""
        return np.arange(len(self.states)) != self.left_out

    def replicate(self, r: int) -> Yearly:
        """Return one history alone, without the sums over the ensemble."""
        return replace(self, incidence=self.incidence[r : r + 1], deaths=self.deaths[r : r + 1], traced=None)

    def without(self, state: int) -> Yearly:
        """Return the table with the country-years of one state not counted."""
        return replace(self, left_out=state)


def panel_years(panel: Panel, start_year: int, last_year: int | None = None) -> Yearly:
    """Return the data as one history; the years after ``start_year`` count.

    Parameters
    ----------
    panel : Panel
        From `stability_sim.panel.read_panel`.
    start_year : int
        Last year of the history before what counts: that of the world scenario to compare with.
    last_year : int, optional
        Last year that counts; that of the panel if not given.

    Raises
    ------
    ValueError
        The panel does not have these years, or none after ``start_year``.
    """
    begin = panel.year_index(start_year) + 1
    end = len(panel.years) if last_year is None else panel.year_index(last_year) + 1
    if begin >= end:
        raise ValueError(f"no year of the data is after {start_year}")
    cut = slice(0, end)
    return Yearly(
        states=panel.states,
        years=panel.years[cut],
        counted=begin,
        exists=panel.exists[:, cut],
        incidence=panel.incidence[None, :, cut],
        deaths=panel.deaths[None, :, cut],
        quiet_before=panel.quiet_before,
        neighbours=panel.neighbours[cut],
        income=panel.gdp_per_capita[:, cut],
        population=panel.population[:, cut],
        refugees=panel.refugees[cut],
    )


def yearly_conflict(in_conflict: NDArray[np.int8], deaths: NDArray[np.float32]) -> tuple[Flags, Floats]:
    """Return incidence and deaths by calendar year from months; a year counts if its deaths sum to at least 25.

    Parameters
    ----------
    in_conflict, deaths : (replicate, month, state)
        The first month is a January; months beyond the last whole year are left out.

    Returns
    -------
    incidence : (replicate, state, year) bool
    deaths : (replicate, state, year) float
        0 where there is no incidence.
    """
    n, months, states = deaths.shape
    years = months // MONTHS
    shape = (n, years, MONTHS, states)
    total = np.moveaxis(deaths[:, : years * MONTHS].reshape(shape).sum(axis=2, dtype=np.float64), 1, 2)
    fought = np.moveaxis(in_conflict[:, : years * MONTHS].reshape(shape).max(axis=2), 1, 2) > 0
    incidence = fought & (total >= FEWEST_DEATHS)
    return incidence, np.where(incidence, total, 0.0)


def _extrapolated(values: Floats, t: int, n: int) -> Floats:
    """Return the columns up to ``t``, and the last known value of each row repeated for ``n`` more."""
    past = values[:, : t + 1]
    rows = np.arange(len(past))
    last = past.shape[1] - 1 - (~np.isnan(past))[:, ::-1].argmax(axis=1)
    return np.concatenate([past, np.repeat(past[rows, last][:, None], n, axis=1)], axis=1)


def _neighbours(results: Results, place: dict[str, int]) -> Flags:
    matrix = np.zeros((len(place), len(place)), dtype=bool)
    for label in results.coords["border"]:
        a, b = label.split("-")
        matrix[place[a], place[b]] = matrix[place[b], place[a]] = True
    return matrix


def _refugees(results: Results, place: dict[str, int], years: int) -> Floats:
    """Return the mean flows by year and pair of states."""
    flow = results["refugee_flow"][: years * MONTHS]
    by_year = flow.reshape(years, MONTHS, -1).sum(axis=1)
    matrix = np.zeros((years, len(place), len(place)))
    for d, label in enumerate(results.coords["dyad"]):
        source, target = label.split(">")
        matrix[:, place[source], place[target]] = by_year[:, d]
    return matrix


def _traced(results: Results, ongoing: int) -> tuple[float, float, float]:
    """Return onsets traced to another state, all onsets and all conflicts, in one run on average."""
    tree = results["transmissions"].sum(axis=0)
    onsets = float(tree.sum())
    return onsets - float(np.trace(tree)), onsets, onsets + ongoing


def engine_years(results: Results, panel: Panel, start_year: int, *, elsewhere_share: float = 0.2) -> Yearly:
    """Return an ensemble of `world_scenario` as histories: the data up to ``start_year``, then the simulated years.

    Parameters
    ----------
    results : Results
        Run with trajectories, from January after ``start_year``.
    panel : Panel
        The data that the world was built from; only its years up to ``start_year`` are used.
    start_year : int
    elsewhere_share : float
        The model's parameter of that name: refugees who leave the states of the scenario.

    Raises
    ------
    ValueError
        The run does not start in the January after ``start_year``.
    """
    if results.attributes["start"] != f"{start_year + 1}-01":
        raise ValueError(f"the run starts in {results.attributes['start']}, not in January {start_year + 1}")
    codes = results.coords["state"]
    rows = [panel.state_index(code) for code in codes]
    place = {code: i for i, code in enumerate(codes)}
    t = panel.year_index(start_year)
    incidence, deaths = yearly_conflict(results["conflict_trajectory"], results["deaths_trajectory"])
    n, _, years = incidence.shape
    past = np.broadcast_to(panel.incidence[rows, : t + 1], (n, len(rows), t + 1))
    past_deaths = np.broadcast_to(panel.deaths[rows, : t + 1], (n, len(rows), t + 1))
    simulated = np.broadcast_to(_neighbours(results, place), (years, len(rows), len(rows)))
    near = np.concatenate([panel.neighbours[: t + 1][:, rows][:, :, rows], simulated])
    flows = _refugees(results, place, years)
    begun = panel.refugees[: t + 1][:, rows][:, :, rows]
    return Yearly(
        states=tuple(codes),
        years=np.arange(panel.years[0], start_year + years + 1),
        counted=t + 1,
        exists=np.concatenate([panel.exists[rows, : t + 1], np.ones((len(rows), years), dtype=bool)], axis=1),
        incidence=np.concatenate([past, incidence], axis=2),
        deaths=np.concatenate([past_deaths, deaths], axis=2),
        quiet_before=panel.quiet_before[rows],
        neighbours=near,
        income=_extrapolated(panel.gdp_per_capita[rows], t, years),
        population=_extrapolated(panel.population[rows], t, years),
        refugees=np.concatenate([begun, flows]),
        refugees_elsewhere=float(flows.sum()) * elsewhere_share / (1.0 - elsewhere_share),
        traced=_traced(results, sum(history(panel, i, t).in_conflict for i in rows)),
    )
