"""Scores of forecasts against what happened, by horizon, with intervals and differences from the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from stability_sim.analysis.baselines import Flags, Floats, Forecast
from stability_sim.analysis.scores import (
    Bin,
    auc,
    brier_scores,
    country_weights,
    crps,
    interval,
    log_scores,
    mean_score,
    reliability,
)
from stability_sim.panel import Panel

ENGINE = "engine"
UNCOUPLED = "engine, borders off"
TARGETS = {
    "incidence": "conflict in the year, all states",
    "at_peace": "conflict in the year, states at peace in the origin's year",
    "onset": "conflict in any year up to it, states at peace in the origin's year",
    "deaths": "battle deaths in the year, all states",
}
METRICS = {
    "auc": ("AUC", True),  # whether more is better
    "brier": ("Brier", False),
    "log": ("log score", False),
    "crps": ("CRPS, deaths", False),
    "crps_log": ("CRPS, ln(1 + deaths)", False),
}


class Rows(NamedTuple):
    """Country-years of one horizon, all origins, with what happened."""

    countries: tuple[str, ...]
    origins: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]  # rows of each origin among the states of its forecasts
    incidence: Flags
    at_peace: Flags
    onset: Flags
    deaths: Floats


class Score(NamedTuple):
    """One score of one forecast: value and interval; engine minus it, and that interval; NaN for the engine itself."""

    horizon: int
    target: str
    metric: str
    forecast: str
    value: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float
    rows: int
    events: int


def rows_of(panel: Panel, origins: Mapping[int, Sequence[str]], horizon: int) -> Rows:
    """Return the country-years at a horizon: states of each origin that exist in the year of the horizon.

    Parameters
    ----------
    panel : Panel
        With the years that are to be forecast.
    origins : mapping of int to codes
        The states of the forecasts from each origin.
    horizon : int
        Years after the origin.

    Raises
    ------
    ValueError
        The panel does not have the year of an origin, or that of its horizon.
    """
    countries: list[str] = []
    places, parts = [], []
    for origin, codes in origins.items():
        t = panel.year_index(origin)
        panel.year_index(origin + horizon)
        rows = np.array([panel.state_index(code) for code in codes])
        existing = np.flatnonzero(panel.exists[rows, t + horizon])
        rows = rows[existing]
        countries += [codes[int(k)] for k in existing]
        places.append(tuple(existing.tolist()))
        after = slice(t + 1, t + horizon + 1)
        now = panel.incidence[rows, t + horizon]
        parts.append((now, ~panel.incidence[rows, t], panel.incidence[rows, after].any(axis=1), panel.deaths[rows, t + horizon]))
    return Rows(tuple(countries), tuple(origins), tuple(places), *(np.concatenate(column) for column in zip(*parts, strict=True)))


class _Aligned(NamedTuple):
    """One forecast aligned with rows of country-years."""

    incidence: Floats
    any_by: Floats
    crps: Floats
    crps_log: Floats


def _aligned(rows: Rows, forecasts: Sequence[Forecast], horizon: int) -> _Aligned:
    by_origin = {forecast.origin: forecast for forecast in forecasts}
    parts: list[list[Floats]] = [[], [], [], []]
    begin = 0
    for origin, place in zip(rows.origins, rows.places, strict=True):
        forecast, chosen = by_origin[origin], np.array(place)
        observed = rows.deaths[begin : begin + len(place)]
        begin += len(place)
        members = forecast.deaths[chosen, horizon - 1]
        parts[0].append(forecast.incidence[chosen, horizon - 1])
        parts[1].append(forecast.any_by[chosen, horizon - 1])
        parts[2].append(crps(observed, members))
        parts[3].append(crps(np.log1p(observed), np.log1p(members)))
    return _Aligned(*(np.concatenate(part) for part in parts))


def _measures(rows: Rows, aligned: _Aligned, weights: Floats | None) -> dict[tuple[str, str], Floats]:
    """Return every score of a forecast, by target and metric: one number a draw."""
    everybody = np.ones(len(rows.countries), dtype=bool)
    targets = {
        "incidence": (everybody, rows.incidence, aligned.incidence),
        "at_peace": (rows.at_peace, rows.incidence, aligned.incidence),
        "onset": (rows.at_peace, rows.onset, aligned.any_by),
    }
    scores = {}
    for name, (chosen, happened, probability) in targets.items():
        y, p, w = happened[chosen], probability[chosen], None if weights is None else weights[:, chosen]
        scores[name, "auc"] = auc(y, p, w)
        scores[name, "brier"] = mean_score(brier_scores(y, p), w)
        scores[name, "log"] = mean_score(log_scores(y, p), w)
    scores["deaths", "crps"] = mean_score(aligned.crps, weights)
    scores["deaths", "crps_log"] = mean_score(aligned.crps_log, weights)
    return scores


def score_all(
    rows: Rows, forecasts: Mapping[str, Sequence[Forecast]], horizon: int, *, draws: int = 1000, seed: int = 1
) -> list[Score]:
    """Return the scores of all forecasts on the same rows; intervals hold 90 % of the draws of the bootstrap by country.

    Parameters
    ----------
    rows : Rows
    forecasts : mapping of str to forecasts
        By name, one for each origin; `ENGINE` must be among them.
    horizon : int
    draws, seed : int
        Of the bootstrap.
    """
    weights = country_weights(rows.countries, draws, seed)
    aligned = {name: _aligned(rows, by_origin, horizon) for name, by_origin in forecasts.items()}
    values = {name: _measures(rows, forecast, None) for name, forecast in aligned.items()}
    resampled = {name: _measures(rows, forecast, weights) for name, forecast in aligned.items()}
    n_peace = int(rows.at_peace.sum())
    counted = {
        "incidence": (len(rows.countries), int(rows.incidence.sum())),
        "at_peace": (n_peace, int(rows.incidence[rows.at_peace].sum())),
        "onset": (n_peace, int(rows.onset[rows.at_peace].sum())),
        "deaths": (len(rows.countries), int(rows.incidence.sum())),
    }
    scores = []
    for target, metric in values[ENGINE]:
        key = (target, metric)
        for name in forecasts:
            low, high = interval(resampled[name][key])
            advantage = (float("nan"),) * 3
            if name != ENGINE:
                difference = float(values[ENGINE][key] - values[name][key])
                advantage = (difference, *interval(resampled[ENGINE][key] - resampled[name][key]))
            scores.append(Score(horizon, target, metric, name, float(values[name][key]), low, high, *advantage, *counted[target]))
    return scores


def reliability_of(
    panel: Panel, forecasts: Mapping[str, Sequence[Forecast]], horizons: Sequence[int], *, draws: int = 1000, seed: int = 1
) -> dict[str, list[Bin]]:
    """Return the reliability of each forecast's P(conflict in the year), the horizons pooled."""
    origins = {forecast.origin: forecast.states for forecast in forecasts[ENGINE]}
    tables = [(h, rows_of(panel, origins, h)) for h in horizons]
    countries = [code for _, rows in tables for code in rows.countries]
    happened = np.concatenate([rows.incidence for _, rows in tables])
    weights = country_weights(countries, draws, seed)
    return {
        name: reliability(happened, np.concatenate([_aligned(rows, by_origin, h).incidence for h, rows in tables]), weights)
        for name, by_origin in forecasts.items()
    }


class OriginScore(NamedTuple):
    """The scores of a forecast from one origin: AUC and Brier of incidence, AUC among states at peace."""

    origin: int
    horizon: int
    forecast: str
    auc: float
    brier: float
    auc_at_peace: float


def origin_scores(panel: Panel, forecasts: Mapping[str, Sequence[Forecast]], horizon: int) -> list[OriginScore]:
    """Return the scores of each forecast from each origin alone: few rows, but from years that were not trained on."""
    scores = []
    for name, by_origin in forecasts.items():
        for forecast in by_origin:
            rows = rows_of(panel, {forecast.origin: forecast.states}, horizon)
            p = forecast.incidence[list(rows.places[0]), horizon - 1]
            calm = rows.at_peace
            brier = float(mean_score(brier_scores(rows.incidence, p)))
            at_peace = float(auc(rows.incidence[calm], p[calm]))
            scores.append(OriginScore(forecast.origin, horizon, name, float(auc(rows.incidence, p)), brier, at_peace))
    return scores


class Miss(NamedTuple):
    """A country-year that a forecast got most wrong."""

    country: str
    origin: int
    year: int
    forecast: float
    happened: bool


def worst_misses(panel: Panel, forecasts: Sequence[Forecast], horizon: int, n: int = 10) -> list[Miss]:
    """Return the country-years with the largest Brier scores."""
    rows = rows_of(panel, {forecast.origin: forecast.states for forecast in forecasts}, horizon)
    p = np.concatenate([f.incidence[list(place), horizon - 1] for f, place in zip(forecasts, rows.places, strict=True)])
    origins = np.repeat(rows.origins, [len(place) for place in rows.places])
    worst = np.argsort(-brier_scores(rows.incidence, p), kind="stable")[:n]
    return [
        Miss(rows.countries[k], int(origins[k]), int(origins[k]) + horizon, float(p[k]), bool(rows.incidence[k])) for k in worst
    ]
