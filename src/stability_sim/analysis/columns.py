"""Outcomes of each replicate as columns: those of the region, of each state, and of fixed sets of states.

A set is fixed by the base: the members of an alliance stay a set of states in a variant in which the alliance does not
exist, so that attacks on them can be compared.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.results import Results

OTHERS = "outside all alliances"
LABELS = {
    "onsets": "conflicts that began",
    "cross_border_onsets": "conflicts brought in from another state",
    "months_in_conflict": "state-months in conflict",
    "most_states_in_conflict": "most states in conflict at once",
    "incidents": "border skirmishes",
    "raids": "raids",
    "attacks": "overt attacks",
    "attacks_on_allies": "overt attacks on a member of an alliance",
    "crossing_attempts": "attempts of groups to cross",
    "crossed": "hidden fighters that crossed unseen",
    "hidden_among_refugees": "hidden fighters among refugees",
    "refugees_at_end": "refugees abroad at the end",
    "deaths": "battle deaths",
    "calls_honoured": "alliance calls honoured",
    "calls_abandoned": "alliance calls abandoned",
}
_BY_SET = {
    "attack": "overt attacks from outside on {}",
    "raid": "raids from outside on {}",
    "onset": "conflicts that began in {}",
    "arrival": "conflicts brought from outside into {}",
}


class Column(NamedTuple):
    """One number a replicate: what it is, on which set of states, and its values over the replicates."""

    outcome: str
    label: str
    scope: str  # region, a state, or a set of states
    values: NDArray[Any]


def log_rows(results: Results, n_replicates: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the place of each log row's replicate, and whether it is among the first ``n_replicates``."""
    place = results.log.columns["replicate"] - int(results.coords["replicate"][0])
    return place, place < n_replicates


def n_logged(*results: Results) -> int:
    """Return how many replicates, from the first, have a whole log in all results."""
    return min(int(one.attributes.get("replicates_logged", one.n_replicates)) for one in results)


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
    there = {code: i for i, code in enumerate(results.coords["state"])}
    never = np.zeros(len(months))
    return [
        Column("ever_onset", f"a conflict begins in {names.get(code, code)}", code,
               (months[:, there[code]] >= 0) * 1.0 if code in there else never)
        for code in base.coords["state"]
    ]  # fmt: skip


def _sets(base: Results) -> dict[str, tuple[str, set[str]]]:
    """Return the sets of the base: what each is called, and its states."""
    titles = base.attributes["alliance_names"]
    found = {name: (f"members of {titles.get(name, name)}", set(members)) for name, members in alliances_of(base).items()}
    if found:
        bound = set().union(*(members for _, members in found.values()))
        rest = [code for code in base.coords["state"] if code not in bound]
        if rest:
            found[OTHERS] = ("states outside all alliances", set(rest))
    return found


def _logged(results: Results, base: Results, n: int) -> list[Column]:
    """Return the outcomes on fixed sets of states, counted from the log."""
    log = results.log.columns
    place, inside = log_rows(results, n)
    found = []
    masks = {kind: inside & (log["kind"] == kind) for kind in ("attack", "raid", "onset")}
    masks["arrival"] = masks["onset"] & (log["source"] != log["state"]) & (log["source"] != "")
    for key, (title, members) in _sets(base).items():
        target = np.isin(log["state"].astype(str), list(members))
        outside = ~np.isin(log["source"].astype(str), list(members))
        for kind, mask in masks.items():
            rows = mask & target & (outside if kind != "onset" else True)
            counts = np.bincount(place[rows], minlength=n)[:n].astype(np.float64)
            found.append(Column(f"{kind}s_on_set", _BY_SET[kind].format(title), key, counts))
    return found


def columns(results: Results, base: Results, n_log: int) -> list[Column]:
    """Return every outcome of a variant as a column, on the sets of states of the base.

    Parameters
    ----------
    results, base : Results
        A variant, or the base itself, and the base that fixes the sets.
    n_log : int
        Replicates whose log is whole in everything that is compared; columns from the log have this many values.
    """
    moved = alliances_of(results) != alliances_of(base) or "attacks_on_allies" not in results.coords["outcome"]
    left_out = ("attacks_on_allies",) if moved else ()
    return _region(results, left_out) + _states(results, base) + _logged(results, base, n_log)
