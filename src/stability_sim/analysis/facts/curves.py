"""The facts as curves: what the figures draw, of each history and of all together."""

from __future__ import annotations

import numpy as np

from stability_sim.analysis.facts.durations import episodes_of, survivors
from stability_sim.analysis.facts.intensity import deaths_in_conflict
from stability_sim.analysis.facts.onsets import difference_by_income, dose_response, onsets_of
from stability_sim.analysis.facts.yearly import Yearly
from stability_sim.panel.panel import Floats

LONGEST = 20


def onsets_by_year(years: Yearly) -> Floats:
    """Return the onsets of each year that counts, (replicate, year)."""
    return onsets_of(years).by_year.astype(np.float64)


def doses(years: Yearly) -> Floats:
    """Return the risk with 0, 1, 2, 3, 4+ neighbours in conflict."""
    return dose_response(onsets_of(years))


def added_by_income(years: Yearly) -> Floats:
    """Return the risk that neighbours in conflict add, in the poorest, middle and richest third."""
    return difference_by_income(onsets_of(years))


def survival(years: Yearly) -> Floats:
    """Return the share of episodes that last longer than 0, 1, ... 20 calendar years (Kaplan-Meier)."""
    found = episodes_of(years, 2)
    chosen = found.known & (found.first >= years.counted)
    return survivors(found.years[chosen], ~found.censored[chosen], LONGEST)


def beyond(years: Yearly, at: Floats) -> Floats:
    """Return the share of country-years of conflict with at least so many deaths."""
    deaths = np.sort(deaths_in_conflict(years))
    if not len(deaths):
        return np.full(len(at), np.nan)
    return (len(deaths) - np.searchsorted(deaths, at)) / len(deaths)
