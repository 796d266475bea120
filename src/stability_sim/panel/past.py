"""What is known of a state by the end of a year: the last value on record, and its history of conflict.

Every function here looks at positions up to and including ``t`` and at none behind it: hindcasts rest on that.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from stability_sim.panel.panel import Floats, Panel

STILL_ON_MONTHS = 3  # a conflict without a battle death in the last quarter of a year is over: more than half are, 1989-2004
HALF_YEAR = 6
RECENT_WEIGHT = 0.6  # of the last half of a year in the intensity of its conflict; of a logit of endings, 1989-2004
UNKNOWN_YEARS = 20  # "more than ten quiet years" before the first year of the data


class History(NamedTuple):
    """The conflict of a state at the end of a year; months, and deaths a year."""

    in_conflict: bool
    deaths: float
    age: int
    since: int
    seen: bool  # whether age or since comes from the data alone


def last_known(values: Floats, t: int) -> float:
    """Return the last value of one state up to position ``t``, NaN if there is none."""
    past = values[: t + 1]
    known = np.flatnonzero(~np.isnan(past))
    return float(past[known[-1]]) if len(known) else math.nan


def _months_quiet(panel: Panel, i: int, t: int) -> int:
    """Return the months from the last battle death of year ``t`` to its end; 3 if no month is on record."""
    months = np.flatnonzero(panel.monthly_deaths[i, 12 * t : 12 * (t + 1)] > 0)
    return 11 - int(months[-1]) if len(months) else STILL_ON_MONTHS


def _still_on(panel: Panel, i: int, t: int) -> bool:
    if not panel.incidence[i, t]:
        return False
    year = panel.monthly_deaths[i, 12 * t : 12 * (t + 1)]
    return not year.any() or bool(year[12 - STILL_ON_MONTHS :].any())


def _intensity(panel: Panel, i: int, t: int) -> float:
    """Return the battle deaths a year at which a conflict goes on: those of the year, moved toward the pace of its last half.

    D·(2h)^0.6, with the deaths D of the year and the share h of its last half by months. Conflicts that fade by the end of
    a year are over sooner than those that began in it, and the year's deaths alone do not tell them apart.
    """
    year = panel.monthly_deaths[i, 12 * t : 12 * (t + 1)]
    total, deaths = float(year.sum()), float(panel.deaths[i, t])
    if total <= 0.0:
        return deaths
    return deaths * (2.0 * float(year[HALF_YEAR:].sum()) / total) ** RECENT_WEIGHT


def _age(panel: Panel, i: int, t: int) -> tuple[int, bool]:
    """Return the months since the episode began, and whether its first year is in the data.

    An episode goes back over at most one quiet year. If it reaches the first year of the data, the first battle death of
    the conflicts that are on dates it (UCDP), which may be long before: the eldest of them is taken.
    """
    begin = t
    while begin > 0 and panel.incidence[i, max(begin - 2, 0) : begin].any():
        begin -= 1 if panel.incidence[i, begin - 1] else 2
    first = int(panel.exists[i].argmax())
    year = int(panel.years[t])
    if begin > first or panel.quiet_before[i] > 0:
        quiet = np.flatnonzero(panel.monthly_deaths[i, 12 * begin : 12 * (begin + 1)] > 0)
        return 12 * (t - begin + 1) - (int(quiet[0]) if len(quiet) else 0), True
    starts = [r.start for r in panel.rebels if r.state == panel.states[i] and r.year == year]
    eldest = min(starts)
    return 12 * (year + 1 - int(eldest[:4])) - int(eldest[5:7]) + 1, True


def _since(panel: Panel, i: int, t: int) -> tuple[int, bool]:
    """Return the months since the last conflict, and whether it is in the data."""
    active = np.flatnonzero(panel.incidence[i, : t + 1])
    if len(active):
        return 12 * (t - int(active[-1])) + _months_quiet(panel, i, int(active[-1])), True
    quiet = int(panel.quiet_before[i])
    before = UNKNOWN_YEARS if quiet >= 10 else quiet
    return 12 * (t - int(panel.exists[i].argmax()) + 1 + before), False


def history(panel: Panel, i: int, t: int) -> History:
    """Return the history of conflict of a state by the end of the year at position ``t``."""
    if _still_on(panel, i, t):
        age, seen = _age(panel, i, t)
        return History(True, _intensity(panel, i, t), max(age, 1), 0, seen)
    since, seen = _since(panel, i, t)
    return History(False, 0.0, 0, since, seen)


REMEMBERED_YEARS = 25  # how far back a conflict that is over is known to begin again
USUAL_YEARS = 5  # of a conflict, from which its usual deaths are taken
TYPICAL = 5.3  # log deaths a year of a conflict of which little is known
TRUSTED = 0.85  # in what its own years say of its usual deaths; of a regression on the years after, 1989-2004


class Pair(NamedTuple):
    """A conflict of a state at the end of a year, as UCDP numbers it; months, and deaths a year."""

    conflict: int
    fought: bool
    deaths: float
    usual: float
    age: int
    since: int


def _usual(deaths: list[float]) -> float:
    mean = sum(math.log(max(d, 1.0)) for d in deaths[-USUAL_YEARS:]) / len(deaths[-USUAL_YEARS:])
    return math.exp(TRUSTED * mean + (1.0 - TRUSTED) * TYPICAL)


def pairs(panel: Panel, i: int, t: int) -> list[Pair]:
    """Return the conflicts of a state that were active in the 25 years up to the end of the year at position ``t``.

    One that was active in that year is fought, unless its state had no battle death in the last quarter. The months of its
    deaths are those of the state: where there are several, their pace in the last half of the year is one.
    """
    year, code = int(panel.years[t]), panel.states[i]
    rows: dict[int, list[tuple[int, float, str]]] = {}
    for rebel in panel.rebels:
        if rebel.state == code and year - REMEMBERED_YEARS < rebel.year <= year:
            rows.setdefault(rebel.conflict, []).append((rebel.year, rebel.deaths, rebel.start))
    on = _still_on(panel, i, t)
    total = float(panel.deaths[i, t])
    pace = _intensity(panel, i, t) / total if on and total > 0.0 else 1.0
    known = []
    for conflict, years in sorted(rows.items()):
        years.sort()
        last, deaths, start = years[-1]
        fought = on and last == year
        if fought:
            age = 12 * (year + 1 - int(start[:4])) - int(start[5:7]) + 1
            known.append(Pair(conflict, True, deaths * pace, _usual([d for _, d, _ in years]), max(min(age, 1200), 1), 0))
        else:
            quiet = _months_quiet(panel, i, last - int(panel.years[0])) if last == year else 0
            since = 12 * (year - last) + (quiet if last == year else STILL_ON_MONTHS)
            known.append(Pair(conflict, False, deaths, _usual([d for _, d, _ in years]), 12 * len(years), since))
    return known
