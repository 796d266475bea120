"""Facts about onsets: how often, after what, next to whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.facts.yearly import Yearly
from stability_sim.panel.panel import Flags, Floats
from stability_sim.panel.quiet import after_quiet_years


class Onsets(NamedTuple):
    """Country-years at risk, one row each, of all replicates: what each was exposed to and whether conflict began."""

    began: Flags
    exposure: NDArray[np.int64]  # land neighbours in conflict in the year before
    third: NDArray[np.int64]  # of income among the states of the year: 0 poorest, 2 richest, -1 unknown
    log_income: Floats
    log_population: Floats
    recent: Floats  # exp(-years since conflict / 5); 0 if none is on record
    by_year: NDArray[np.int64]  # (replicate, year): onsets in the years that count
    n_conflicts: int  # conflicts under way in the year before the first that counts, and onsets after


def _exposure(years: Yearly) -> NDArray[np.int64]:
    """Return the land neighbours in conflict in the year before, by (replicate, state, year)."""
    at_war = years.incidence.astype(np.float32)
    found = np.zeros(at_war.shape, dtype=np.int64)
    for t in range(max(years.counted, 1), at_war.shape[2]):
        found[:, :, t] = np.rint(at_war[:, :, t - 1] @ years.neighbours[t].astype(np.float32).T)
    return found


def _thirds(years: Yearly) -> NDArray[np.int64]:
    """Return the third of income of each state among the states of the year, (state, year)."""
    third = np.full(years.income.shape, -1, dtype=np.int64)
    for t in range(years.income.shape[1]):
        known = np.flatnonzero(years.exists[:, t] & ~np.isnan(years.income[:, t]))
        if len(known):
            limits = np.quantile(years.income[known, t], (1 / 3, 2 / 3))
            third[known, t] = np.digitize(years.income[known, t], limits)
    return third


def _recent(years: Yearly) -> Floats:
    """Return exp(−y/5) of the years since the last conflict before each year, 0 if there is none on record."""
    fresh = np.zeros(years.incidence.shape)
    for t in range(1, years.incidence.shape[2]):
        fresh[:, :, t] = np.where(years.incidence[:, :, t - 1], 1.0, fresh[:, :, t - 1] * np.exp(-0.2))
    return fresh


def onsets_of(years: Yearly) -> Onsets:
    """Return the country-years at risk in the years that count: two quiet years precede them."""
    at_risk = after_quiet_years(years.exists, years.incidence, years.quiet_before)
    at_risk[:, :, : years.counted] = False
    at_risk[:, ~years.counts] = False
    began = at_risk & years.incidence
    rows = np.nonzero(at_risk)

    def wide(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return values[rows[1], rows[2]]

    with np.errstate(divide="ignore"):
        log_income, log_population = np.log(years.income), np.log(years.population)
    ongoing = int(years.incidence[:, years.counts, years.counted - 1].sum()) if years.counted else 0
    return Onsets(
        began=began[rows],
        exposure=_exposure(years)[rows],
        third=wide(_thirds(years)),  # type: ignore[arg-type]
        log_income=wide(log_income),  # type: ignore[arg-type]
        log_population=wide(log_population),  # type: ignore[arg-type]
        recent=_recent(years)[rows],
        by_year=began.sum(axis=1)[:, years.counted :],
        n_conflicts=ongoing + int(began.sum()),
    )


def _share(hits: Flags) -> float:
    return float(hits.mean()) if len(hits) else float("nan")


def onset_rate(onsets: Onsets) -> float:
    """Return onsets in a country-year at risk."""
    return _share(onsets.began)


def relative_risk(onsets: Onsets) -> float:
    """Return the risk with at least one neighbour in conflict over that with none."""
    exposed = onsets.exposure > 0
    base = _share(onsets.began[~exposed])
    return _share(onsets.began[exposed]) / base if base > 0 else float("nan")


def dose_response(onsets: Onsets) -> Floats:
    """Return the risk with 0, 1, 2, 3, 4 or more neighbours in conflict; NaN where nobody was so exposed."""
    dose = np.minimum(onsets.exposure, 4)
    return np.array([_share(onsets.began[dose == k]) for k in range(5)])


def difference_by_income(onsets: Onsets) -> Floats:
    """Return risk with a neighbour in conflict less risk with none, in the poorest, middle and richest third."""
    found = []
    for third in range(3):
        here = onsets.third == third
        exposed = onsets.exposure > 0
        found.append(_share(onsets.began[here & exposed]) - _share(onsets.began[here & ~exposed]))
    return np.array(found)


def dispersion(onsets: Onsets) -> float:
    """Return variance over mean of the onsets of a year, each replicate for itself, on average; 1 if independent."""
    mean = onsets.by_year.mean(axis=1)
    used = mean > 0
    if onsets.by_year.shape[1] < 2 or not used.any():
        return float("nan")
    return float((onsets.by_year.var(axis=1, ddof=1)[used] / mean[used]).mean())
