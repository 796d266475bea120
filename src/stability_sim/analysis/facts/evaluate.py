"""All facts of a yearly table, and how far single histories scatter around them."""

from __future__ import annotations

import numpy as np

from stability_sim.analysis.facts.attribution import attributable
from stability_sim.analysis.facts.durations import duration_facts, one_year_share, recurrence
from stability_sim.analysis.facts.fact import ACCEPTED, Fact
from stability_sim.analysis.facts.intensity import death_facts, deaths_in_conflict, near_share
from stability_sim.analysis.facts.onsets import (
    difference_by_income,
    dispersion,
    dose_response,
    onset_rate,
    onsets_of,
    relative_risk,
)
from stability_sim.analysis.facts.yearly import Yearly

NAN = float("nan")


LEAST_ADDED = 0.0005  # what neighbours add in the richest third is taken for at least this: a ratio to nothing is no number


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else NAN


def _values(years: Yearly) -> dict[str, float]:
    onsets = onsets_of(years)
    dose = dose_response(onsets)
    by_income = difference_by_income(onsets)
    duration = duration_facts(years)
    deaths = death_facts(deaths_in_conflict(years))
    traced, reproduction = attributable(onsets)
    tree = years.traced
    return {
        "onset_rate": onset_rate(onsets),
        "relative_risk": relative_risk(onsets),
        "dose_rises": float((np.diff(dose) > 0).sum()),
        "dose_many": float(dose[-1]),
        "income_difference": float(by_income[0]) / max(float(by_income[2]), LEAST_ADDED),
        **{f"duration_{name}": value for name, value in duration.items()},
        "one_year": one_year_share(years),
        "recurrence": recurrence(years, 2),
        **{f"deaths_{name}": value for name, value in deaths.items()},
        "refugees_near": near_share(years),
        "traced": traced,
        "reproduction": reproduction,
        "traced_tree": _ratio(tree[0], tree[1]) if tree else NAN,
        "reproduction_tree": _ratio(tree[0], tree[2]) if tree else NAN,
        "dispersion": dispersion(onsets),
    }


def evaluate(years: Yearly) -> list[Fact]:
    """Return every fact of a yearly table, in the order of `ACCEPTED`: the same for data and for an ensemble.

    Rates pool the country-years of all replicates; dispersion is that of each replicate, on average. NaN where a fact
    cannot be measured (data have no log of causes; a short run has few onsets).
    """
    values = _values(years)
    return [Fact(key, values[key], band) for key, band in ACCEPTED.items()]


def jackknife(years: Yearly) -> dict[str, float]:
    """Return the standard error of each fact of one history, leaving out one state at a time (its own country-years).

    States are few and their years hang together: this says how far a fact rests on some of them.
    """
    concerned = np.flatnonzero(years.exists[:, years.counted :].any(axis=1))
    left = [_values(years.without(int(i))) for i in concerned]
    n = len(concerned)
    found = {}
    for key in ACCEPTED:
        values = np.array([one[key] for one in left])
        found[key] = float(np.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum())) if np.isfinite(values).all() else NAN
    return found


def spread(years: Yearly, shares: tuple[float, float] = (0.05, 0.95)) -> dict[str, tuple[float, float]]:
    """Return, for each fact, the quantiles over single histories of an ensemble; NaN if it is seldom measurable."""
    single = [_values(years.replicate(r)) for r in range(years.n_replicates)]
    found = {}
    for key in ACCEPTED:
        values = np.array([one[key] for one in single])
        values = values[~np.isnan(values)]
        found[key] = (
            (NAN, NAN)
            if len(values) < 0.5 * len(single)
            else tuple(float(q) for q in np.quantile(values, shares, method="nearest"))
        )
    return found  # type: ignore[return-value]
