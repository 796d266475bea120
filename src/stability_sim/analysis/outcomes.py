"""Outcomes of each replicate as columns: those of the region, of each state, and of fixed sets of states.

A set is fixed by the base: the members of an alliance stay a set of states in a variant in which the alliance does not
exist, so that attacks on them can be compared.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.results.results import Results
from stability_sim.results.vocabulary import COMPARISON_LABELS, LABELS

OTHERS = "outside all alliances"


class Column(NamedTuple):
    """An outcome on a set of states, with its values over the replicates."""

    outcome: str
    label: str
    scope: str  # region, a state, or a set of states
    values: NDArray[Any]


def log_rows(results: Results, n_replicates: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the place of each log row's replicate, and whether it is among the first ``n_replicates``."""
    place = results.log.columns["replicate"] - int(results.coords["replicate"][0])
    return place, place < n_replicates


def n_logged(*results: Results) -> int:
    """Return how many replicates, from the first, have a complete log in all results."""
    return min(int(run.attributes.get("replicates_logged", run.n_replicates)) for run in results)


def alliances_of(results: Results) -> dict[str, list[str]]:
    """Return the members of each alliance."""
    return dict(results.attributes["alliances"])


def _region(results: Results, left_out: tuple[str, ...]) -> list[Column]:
    values = results["outcome_per_replicate"]
    return [
        Column(name, LABELS.get(name, name), "region", values[:, k])
        for k, name in enumerate(results.coords["outcome"])
        if name not in left_out
    ]


def _states(results: Results, base: Results) -> list[Column]:
    names = base.attributes["names"]
    months = results["onset_month"]
    positions = {code: i for i, code in enumerate(results.coords["state"])}
    never = np.zeros(len(months))
    return [
        Column("ever_onset", COMPARISON_LABELS["ever_onset"].format(names.get(code, code)), code,
               (months[:, positions[code]] >= 0) * 1.0 if code in positions else never)
        for code in base.coords["state"]
    ]  # fmt: skip


def _sets(base: Results) -> dict[str, tuple[str, set[str]]]:
    """Return the title and the states of each set of the base."""
    titles = base.attributes["alliance_names"]
    sets = {name: (f"members of {titles.get(name, name)}", set(members)) for name, members in alliances_of(base).items()}
    if sets:
        bound = set().union(*(members for _, members in sets.values()))
        rest = [code for code in base.coords["state"] if code not in bound]
        if rest:
            sets[OTHERS] = ("states outside all alliances", set(rest))
    return sets


def _logged(results: Results, base: Results, n: int) -> list[Column]:
    """Return the outcomes on fixed sets of states, counted from the log."""
    log = results.log.columns
    place, inside = log_rows(results, n)
    counted = []
    masks = {kind: inside & (log["kind"] == kind) for kind in ("attack", "raid", "onset")}
    masks["arrival"] = masks["onset"] & (log["source"] != log["state"]) & (log["source"] != "")
    for key, (title, members) in _sets(base).items():
        target = np.isin(log["state"].astype(str), list(members))
        outside = ~np.isin(log["source"].astype(str), list(members))
        for kind, mask in masks.items():
            rows = mask & target & (outside if kind != "onset" else True)
            counts = np.bincount(place[rows], minlength=n)[:n].astype(np.float64)
            name = f"{kind}s_on_set"
            counted.append(Column(name, COMPARISON_LABELS[name].format(title), key, counts))
    return counted


def columns(results: Results, base: Results, n_log: int) -> list[Column]:
    """Return every outcome of a variant as a column, on the sets of states of the base.

    Parameters
    ----------
    results, base : Results
        A variant, or the base itself, and the base that fixes the sets.
    n_log : int
        Replicates whose log is complete in all results that are compared; columns from the log have this many values.
    """
    moved = alliances_of(results) != alliances_of(base) or "attacks_on_allies" not in results.coords["outcome"]
    left_out = ("attacks_on_allies",) if moved else ()
    return _region(results, left_out) + _states(results, base) + _logged(results, base, n_log)


MOST_BINS = 8
POINTS_A_BIN = 8  # at least, where a number has many values
Floats = NDArray[np.float64]


class Marginal(NamedTuple):
    """An outcome by bins of one number of a design in which other numbers vary too.

    ``centre``, ``n``, ``mean`` and ``half`` have an entry for each bin: mean of the number, points, mean of the outcome, two
    standard errors of it over the points (NaN for a single one). ``swing`` is the outcome in the last bin less that in
    the first; for words that in the highest less that in the lowest; ``swing_half`` two standard errors of it.
    """

    centre: Floats
    n: NDArray[np.int64]
    mean: Floats
    half: Floats
    swing: float
    swing_half: float


def _bins(x: Floats) -> list[NDArray[np.intp]]:
    """Return the places of the points of each bin: one a value, or about as many points in each."""
    levels = np.unique(x)
    if len(levels) <= MOST_BINS:
        return [np.flatnonzero(x == level) for level in levels]
    n_bins = min(MOST_BINS, max(2, len(x) // POINTS_A_BIN))
    return np.array_split(np.argsort(x, kind="stable"), n_bins)


def marginal(x: Floats, y: Floats, *, words: bool = False) -> Marginal:
    """Return an outcome by bins of one number.

    Parameters
    ----------
    x : array of (point,)
        The number at each point; for words their place among the levels.
    y : array of (point,)
        The outcome at each point.
    words : bool
        Whether the levels have no order.
    """
    bins = _bins(x)
    n = np.array([len(places) for places in bins], dtype=np.int64)
    mean = np.array([sum(y[places].tolist()) / len(places) for places in bins])
    centre = np.array([sum(x[places].tolist()) / len(places) for places in bins])
    half = np.array([2.0 * y[p].std(ddof=1) / np.sqrt(len(p)) if len(p) > 1 else np.nan for p in bins])
    first, last = (int(mean.argmin()), int(mean.argmax())) if words else (0, len(bins) - 1)
    swing = float(mean[last] - mean[first])
    return Marginal(centre, n, mean, half, swing, float(np.sqrt(half[first] ** 2 + half[last] ** 2)))
