"""Facts about episodes: how long they last, and whether they come back. Lengths are calendar years; ends may be unseen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.facts.yearly import Yearly
from stability_sim.panel.panel import Flags, Floats

LONGEST = 400  # years to which a mean is summed
RECURRENCE_YEARS = 10


class Episodes(NamedTuple):
    """Episodes of all replicates, a row each; positions are those of the years."""

    row: NDArray[np.int64]  # replicate × state
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    censored: Flags  # still on when the record ends, or too close to it to tell
    known: Flags  # its beginning is on record
    end_of_record: NDArray[np.int64]

    @property
    def years(self) -> NDArray[np.int64]:
        """Length in calendar years."""
        return self.last - self.first + 1


def episodes_of(years: Yearly, quiet: int) -> Episodes:
    """Return the episodes of conflict, each ended by ``quiet`` (1 or 2) years without.

    An episode that is on in the first year of the record is left-truncated: how old it is cannot be seen, so that
    ``known`` is false and facts about durations leave it out. Right-censored is what has not been quiet for ``quiet``
    years when the record of its state ends.
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
        return float("nan"), float("nan")
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


def survivors(years: NDArray[np.int64], seen: Flags, longest: int) -> Floats:
    """Return the Kaplan-Meier share that lasts longer than 0, 1, ... ``longest`` years; ``seen`` are whole."""
    ends = np.bincount(years[seen], minlength=longest + 1)[: longest + 1].astype(float)
    ends[-1] = np.sum(years[seen] == longest)
    at_risk = np.array([(years >= d).sum() for d in range(longest + 1)], dtype=float)
    kept = np.where(at_risk > 0, 1.0 - ends / np.maximum(at_risk, 1.0), 1.0).astype(np.float64)
    return np.cumprod(kept).astype(np.float64)


def duration_facts(years: Yearly) -> dict[str, float]:
    """Return ``shape``, ``mean`` and ``median`` of episodes ended by two quiet years.

    The median is infinite if more than half of the episodes outlast the record. The mean is that of the fitted distribution in calendar years, Σ exp(−(d/scale)^shape) over d ≥ 0; the median is
    Kaplan and Meier's.
    """
    lengths, censored = _begun(episodes_of(years, 2), years.counted)
    if not len(lengths):
        return {"shape": float("nan"), "mean": float("nan"), "median": float("nan")}
    shape, scale = weibull(lengths, censored)
    mean = float(np.exp(-((np.arange(LONGEST) / scale) ** shape)).sum())
    kept = survivors(lengths, ~censored, int(lengths.max()))
    below = np.flatnonzero(kept <= 0.5)
    return {"shape": shape, "mean": mean, "median": float(below[0]) if len(below) else float("inf")}


def one_year_share(years: Yearly) -> float:
    """Return the share of conflicts that last one calendar year, of those followed for at least two."""
    lengths, censored = _begun(episodes_of(years, 1), years.counted)
    followed = ~censored | (lengths > 1)
    return float((lengths[followed] == 1).mean()) if followed.any() else float("nan")


def returned(years: Yearly, quiet: int) -> Floats:
    """Return the share of ended episodes followed by another within 0, 1, ... 10 years (Kaplan-Meier).

    An episode ends with its last year of conflict, ``quiet`` years (1 or 2) without must follow; time runs from then on.
    """
    found = episodes_of(years, quiet)
    ended = ~found.censored & (found.last >= years.counted - 1)
    follows = np.zeros(len(found.row), dtype=bool)
    follows[:-1] = found.row[1:] == found.row[:-1]
    gap = found.end_of_record - found.last
    gap[follows] = (np.roll(found.first, -1) - found.last)[follows]
    if not ended.any():
        return np.full(RECURRENCE_YEARS + 1, np.nan)
    return 1.0 - survivors(gap[ended], follows[ended], RECURRENCE_YEARS)


def recurrence(years: Yearly, quiet: int) -> float:
    """Return the share of ended episodes followed by another within ten years."""
    return float(returned(years, quiet)[-1])
