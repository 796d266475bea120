"""Measures of onsets, episodes, deaths and refugees in a yearly table, and the curves of the figures."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.facts.panels import Yearly
from stability_sim.panel.conflicts import after_quiet_years
from stability_sim.panel.panel import Flags, Floats


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

    @property
    def complete(self) -> Flags:
        """Whether income and population are known."""
        return np.isfinite(self.log_income) & np.isfinite(self.log_population)


def _exposure(years: Yearly) -> NDArray[np.int64]:
    """Return the land neighbours in conflict in the year before, by (replicate, state, year)."""
    at_war = years.incidence.astype(np.float32)
    exposure = np.zeros(at_war.shape, dtype=np.int64)
    for t in range(max(years.counted, 1), at_war.shape[2]):
        exposure[:, :, t] = np.rint(at_war[:, :, t - 1] @ years.neighbours[t].astype(np.float32).T)
    return exposure


def _thirds(years: Yearly) -> NDArray[np.int64]:
    """Return the third of income of each state among the states of the year, (state, year)."""
    third = np.full(years.income.shape, -1, dtype=np.int64)
    for t in range(years.income.shape[1]):
        states = np.flatnonzero(years.exists[:, t] & ~np.isnan(years.income[:, t]))
        if len(states):
            limits = np.quantile(years.income[states, t], (1 / 3, 2 / 3))
            third[states, t] = np.digitize(years.income[states, t], limits)
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

    state_years = rows[1:]
    with np.errstate(divide="ignore"):
        log_income, log_population = np.log(years.income), np.log(years.population)
    ongoing = int(years.incidence[:, years.counts, years.counted - 1].sum()) if years.counted else 0
    return Onsets(
        began=began[rows],
        exposure=_exposure(years)[rows],
        third=_thirds(years)[state_years],
        log_income=log_income[state_years],
        log_population=log_population[state_years],
        recent=_recent(years)[rows],
        by_year=began.sum(axis=1)[:, years.counted :],
        n_conflicts=ongoing + int(began.sum()),
    )


def _share(hits: Flags) -> float:
    return float(hits.mean()) if len(hits) else math.nan


def onset_rate(onsets: Onsets) -> float:
    """Return onsets in a country-year at risk."""
    return _share(onsets.began)


def relative_risk(onsets: Onsets) -> float:
    """Return the risk with at least one neighbour in conflict over that with none."""
    exposed = onsets.exposure > 0
    base = _share(onsets.began[~exposed])
    return _share(onsets.began[exposed]) / base if base > 0 else math.nan


def dose_response(onsets: Onsets) -> Floats:
    """Return the risk with 0, 1, 2, 3, 4 or more neighbours in conflict; NaN where no country-year was so exposed."""
    dose = np.minimum(onsets.exposure, 4)
    return np.array([_share(onsets.began[dose == k]) for k in range(5)])


def difference_by_income(onsets: Onsets) -> Floats:
    """Return risk with a neighbour in conflict less risk with none, in the poorest, middle and richest third."""
    exposed = onsets.exposure > 0
    thirds = [onsets.third == third for third in range(3)]
    return np.array([_share(onsets.began[third & exposed]) - _share(onsets.began[third & ~exposed]) for third in thirds])


def dispersion(onsets: Onsets) -> float:
    """Return the variance over the mean of the onsets of a year, averaged over replicates; 1 if onsets are independent."""
    mean = onsets.by_year.mean(axis=1)
    used = mean > 0
    if onsets.by_year.shape[1] < 2 or not used.any():
        return math.nan
    return float((onsets.by_year.var(axis=1, ddof=1)[used] / mean[used]).mean())


LONGEST_DURATION = 400  # years to which the mean duration is summed
RECURRENCE_YEARS = 10


class Episodes(NamedTuple):
    """Episodes of all replicates, a row each; positions are those of the years."""

    row: NDArray[np.int64]  # replicate × state
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    censored: Flags  # still on when the record ends, or ended too close to it to be sure
    known: Flags  # its beginning is on record
    end_of_record: NDArray[np.int64]

    @property
    def years(self) -> NDArray[np.int64]:
        """Length in calendar years."""
        return self.last - self.first + 1


def episodes_of(years: Yearly, quiet: int) -> Episodes:
    """Return the episodes of conflict, each ended by ``quiet`` (1 or 2) years without.

    An episode that is on in the first year of the record is left-truncated: its age is unknown, so that
    ``known`` is false and facts about durations leave it out. An episode is right-censored if it has not been quiet for
    ``quiet`` years when the record of its state ends.
    """
    n, states, n_years = years.incidence.shape
    on = years.incidence.reshape(n * states, n_years).copy()
    if quiet == 2:
        on[:, 1:-1] |= on[:, :-2] & on[:, 2:]
    on[~np.tile(years.counts, n)] = False
    edged = np.zeros((len(on), n_years + 2), dtype=np.int8)
    edged[:, 1:-1] = on
    change = np.diff(edged, axis=1)
    row, first = np.nonzero(change == 1)
    last = np.nonzero(change == -1)[1] - 1
    state = row % states
    begin = years.exists.argmax(axis=1)[state]
    end = (n_years - 1 - years.exists[:, ::-1].argmax(axis=1))[state]
    known = first - begin + years.quiet_before[state] >= quiet
    return Episodes(row, first, last, last + quiet > end, known, end)


def _begun(episodes: Episodes, counted: int) -> tuple[NDArray[np.int64], Flags]:
    chosen = episodes.known & (episodes.first >= counted)
    return episodes.years[chosen], episodes.censored[chosen]


def weibull(years: NDArray[np.int64], censored: Flags) -> tuple[float, float]:
    """Return shape and scale (years) of the duration by maximum likelihood, for lengths counted in calendar years.

    A whole episode of d calendar years counts as an end between d−1 and d years (interval censoring), a censored one as
    lasting longer than d−1. NaN if fewer than five ended, or if all that ended have one length.
    """
    ended = np.bincount(years[~censored], minlength=2).astype(float)
    open_ = np.bincount(years[censored], minlength=2).astype(float)
    if ended.sum() < 5 or (ended > 0).sum() < 2:
        return math.nan, math.nan
    d, c = np.flatnonzero(ended), np.flatnonzero(open_)
    middle, half = np.array([np.log(0.7), np.log(4.0)]), np.array([1.2, 2.5])
    for _ in range(14):  # a grid that halves around its best point
        shapes = np.exp(middle[0] + half[0] * np.linspace(-1, 1, 21))[:, None, None]
        scales = np.exp(middle[1] + half[1] * np.linspace(-1, 1, 21))[None, :, None]

        def survival(x: NDArray[np.int64], k: Floats = shapes, s: Floats = scales) -> Floats:
            return np.exp(-((x / s) ** k))

        ends = np.log(np.maximum(survival(d - 1) - survival(d), 1e-300)) @ ended[d]
        lasts = (-(((c - 1) / scales) ** shapes)) @ open_[c] if len(c) else 0.0
        best = np.unravel_index(np.argmax(ends + lasts), ends.shape)
        middle = np.log([shapes[best[0], 0, 0], scales[0, best[1], 0]])
        half = half * 0.5
    return float(np.exp(middle[0])), float(np.exp(middle[1]))


def survivors(years: NDArray[np.int64], ended: Flags, longest: int) -> Floats:
    """Return the Kaplan-Meier share that lasts longer than 0, 1, ... ``longest`` years; ``ended`` are uncensored."""
    ends = np.bincount(years[ended], minlength=longest + 1)[: longest + 1].astype(float)
    at_risk = np.array([(years >= d).sum() for d in range(longest + 1)], dtype=float)
    surviving = np.where(at_risk > 0, 1.0 - ends / np.maximum(at_risk, 1.0), 1.0).astype(np.float64)
    return np.cumprod(surviving).astype(np.float64)


def duration_facts(years: Yearly) -> dict[str, float]:
    """Return ``shape``, ``mean`` and ``median`` of episodes ended by two quiet years.

    The mean is that of the fitted distribution in calendar years, Σ exp(−(d/scale)^shape) over d ≥ 0. The median is Kaplan and
    Meier's, infinite if more than half of the episodes outlast the record.
    """
    lengths, censored = _begun(episodes_of(years, 2), years.counted)
    if not len(lengths):
        return {"shape": math.nan, "mean": math.nan, "median": math.nan}
    shape, scale = weibull(lengths, censored)
    mean = float(np.exp(-((np.arange(LONGEST_DURATION) / scale) ** shape)).sum())
    curve = survivors(lengths, ~censored, int(lengths.max()))
    below = np.flatnonzero(curve <= 0.5)
    return {"shape": shape, "mean": mean, "median": float(below[0]) if len(below) else math.inf}


def one_year_share(years: Yearly) -> float:
    """Return the share of conflicts that last one calendar year, of those followed for at least two."""
    lengths, censored = _begun(episodes_of(years, 1), years.counted)
    followed = ~censored | (lengths > 1)
    return float((lengths[followed] == 1).mean()) if followed.any() else math.nan


def returned(years: Yearly, quiet: int) -> Floats:
    """Return the share of ended episodes followed by another within 0, 1, ... 10 years (Kaplan-Meier).

    An episode ends with its last year of conflict, ``quiet`` years (1 or 2) without must follow; time runs from then on.
    """
    episodes = episodes_of(years, quiet)
    ended = ~episodes.censored & (episodes.last >= years.counted - 1)
    follows = np.zeros(len(episodes.row), dtype=bool)
    follows[:-1] = episodes.row[1:] == episodes.row[:-1]
    gap = episodes.end_of_record - episodes.last
    gap[follows] = (np.roll(episodes.first, -1) - episodes.last)[follows]
    if not ended.any():
        return np.full(RECURRENCE_YEARS + 1, np.nan)
    return 1.0 - survivors(gap[ended], follows[ended], RECURRENCE_YEARS)


def recurrence(years: Yearly, quiet: int) -> float:
    """Return the share of ended episodes followed by another within ten years."""
    return float(returned(years, quiet)[-1])


LARGE = 1000.0  # battle deaths a year from which UCDP calls a conflict a war; the tail begins here


def deaths_in_conflict(years: Yearly) -> Floats:
    """Return the battle deaths of the country-years in conflict, of all replicates and years that count."""
    counted = slice(years.counted, None)
    fought = years.incidence[:, :, counted] & years.counts[None, :, None]
    return years.deaths[:, :, counted][fought]


def death_facts(deaths: Floats) -> dict[str, float]:
    """Return ``log_sd``, share of ``large`` years, exponent of the ``tail``, share of the ``top`` tenth.

    The tail exponent is Hill's, of the density above 1,000 deaths: 1 + n / Σ ln(x / 1000).
    """
    if len(deaths) < 2:
        return dict.fromkeys(("log_sd", "large", "tail", "top"), math.nan)
    large = deaths[deaths >= LARGE]
    beyond = float(np.log(large / LARGE).sum())
    ranked = np.sort(deaths)
    tenth = max(round(len(ranked) / 10), 1)
    return {
        "log_sd": float(np.log(deaths).std(ddof=1)),
        "large": len(large) / len(deaths),
        "tail": 1.0 + len(large) / beyond if beyond > 0 else math.nan,
        "top": float(ranked[-tenth:].sum() / ranked.sum()),
    }


def near_share(years: Yearly) -> float:
    """Return the share of refugees who are in a land neighbour, over all years that count.

    Of data these are stocks. Of the engine they are flows: stocks shrink at one rate wherever they are, so that both
    shares agree in the long run.
    """
    counted = slice(years.counted, None)
    stock = years.refugees[counted] * years.counts[None, :, None]
    total = float(stock.sum()) + years.refugees_elsewhere
    return float(stock[years.neighbours[counted]].sum()) / total if total > 0 else math.nan


LONGEST = 20  # years to which the survival curve is drawn


def survival(years: Yearly) -> Floats:
    """Return the share of episodes that last longer than 0, 1, ... 20 calendar years (Kaplan-Meier)."""
    lengths, censored = _begun(episodes_of(years, 2), years.counted)
    return survivors(lengths, ~censored, LONGEST)


def beyond(years: Yearly, at: Floats) -> Floats:
    """Return the share of country-years of conflict with at least so many deaths."""
    deaths = np.sort(deaths_in_conflict(years))
    if not len(deaths):
        return np.full(len(at), np.nan)
    return (len(deaths) - np.searchsorted(deaths, at)) / len(deaths)
