"""All facts of a yearly table, and how far single histories scatter around them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stability_sim.analysis.facts.case import attributable
from stability_sim.analysis.facts.definitions import ACCEPTED, Fact
from stability_sim.analysis.facts.measures import (
    death_facts,
    deaths_in_conflict,
    difference_by_income,
    dispersion,
    dose_response,
    duration_facts,
    near_share,
    one_year_share,
    onset_rate,
    onsets_of,
    recurrence,
    relative_risk,
)
from stability_sim.analysis.facts.panels import Yearly

LEAST_ADDED = 0.0005  # lower bound of the risk that neighbours add in the richest third, so that the ratio to it is finite


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else math.nan


def fact_values(years: Yearly) -> dict[str, float]:
    """Return every fact of a yearly table by its key; NaN where a fact cannot be measured."""
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
        "traced_tree": _ratio(tree[0], tree[1]) if tree else math.nan,
        "reproduction_tree": _ratio(tree[0], tree[2]) if tree else math.nan,
        "dispersion": dispersion(onsets),
    }


def evaluate(years: Yearly) -> list[Fact]:
    """Return every fact of a yearly table, in the order of `ACCEPTED`: the same for data and for an ensemble.

    Rates pool the country-years of all replicates; dispersion is that of each replicate, on average. NaN where a fact
    cannot be measured (data have no log of causes; a short run has few onsets).
    """
    values = fact_values(years)
    return [Fact(key, values[key], band) for key, band in ACCEPTED.items()]


def jackknife(years: Yearly) -> dict[str, float]:
    """Return the standard error of each fact of one history, leaving out one state at a time (its own country-years).

    States are few and their years are dependent: this shows how far a fact rests on some of them.
    """
    concerned = np.flatnonzero(years.exists[:, years.counted :].any(axis=1))
    estimates = [fact_values(years.without(int(i))) for i in concerned]
    n = len(concerned)
    errors = {}
    for key in ACCEPTED:
        values = np.array([estimate[key] for estimate in estimates])
        errors[key] = (
            float(np.sqrt((n - 1) / n * ((values - values.mean()) ** 2).sum())) if np.isfinite(values).all() else math.nan
        )
    return errors


def spread(years: Yearly, shares: tuple[float, float] = (0.05, 0.95)) -> dict[str, tuple[float, float]]:
    """Return, for each fact, the quantiles over single histories of an ensemble; NaN if it is seldom measurable."""
    single = [fact_values(years.replicate(r)) for r in range(years.n_replicates)]
    intervals = {}
    for key in ACCEPTED:
        values = np.array([facts[key] for facts in single])
        values = values[~np.isnan(values)]
        enough = len(values) >= 0.5 * len(single)
        low, high = np.quantile(values, shares, method="nearest").tolist() if enough else (math.nan, math.nan)
        intervals[key] = (low, high)
    return intervals


NINETY = 1.645  # standard errors to each side of a 90 % interval


@dataclass(frozen=True)
class Comparison:
    """Facts of an ensemble and of the data.

    Attributes
    ----------
    engine, data : Yearly
    facts : dict of Fact
        Of the engine, and of the seed case, by key.
    observed : dict of Fact
        Of the data; without facts that cannot be measured in data.
    scatter : dict
        5th and 95th percentile of single runs, where they can be measured.
    margins : dict of float
        Half of the 90 % interval of the data, by leaving out one state at a time, where it is above 0.
    """

    engine: Yearly
    data: Yearly
    facts: dict[str, Fact]
    observed: dict[str, Fact]
    scatter: dict[str, tuple[float, float]]
    margins: dict[str, float]


def compare(engine: Yearly, data: Yearly, case: list[Fact]) -> Comparison:
    """Return the facts of both tables; ``case`` are those of the seed case, which data of the world do not have."""
    errors = jackknife(data)
    return Comparison(
        engine=engine,
        data=data,
        facts={fact.key: fact for fact in (*evaluate(engine), *case)},
        observed={fact.key: fact for fact in evaluate(data) if not math.isnan(fact.value)},
        scatter={key: band for key, band in spread(engine).items() if not math.isnan(band[0])},
        margins={key: NINETY * error for key, error in errors.items() if error > 0},
    )
