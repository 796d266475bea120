"""The first month in which the paired logs of a replicate differ, and the first event that differs in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.contrasts import check_paired
from stability_sim.analysis.outcomes import log_rows, n_logged
from stability_sim.analysis.spread import positions
from stability_sim.results.results import Results

if TYPE_CHECKING:
    import pandas as pd

# in the order of a month: an event can have caused those after it
PHASES = (
    "event", "summit_success", "summit_failure", "action", "raid", "attack", "call_honoured", "call_abandoned", "deployment",
    "outbreak", "onset", "ending",
)  # fmt: skip
WARS = ("onset", "ending")
_FIELDS = ("kind", "state", "source", "channel", "group")
LOGGED, UNLOGGED = "logged", "no logged event differs"
_INSTEAD = tuple(f"instead_{name}" for name in _FIELDS)
DIVERGENCE_COLUMNS = ("replicate", "month", "date", "basis", "side", *_FIELDS, *_INSTEAD)
ONLY_VARIANT, ONLY_BASE = "variant", "base"


def _events(base: Results, other: Results, n: int, kinds: tuple[str, ...]) -> tuple[list[NDArray[np.int64]], pd.DataFrame]:
    """Return (replicate, month, number of the event) of both logs, and the table of events by number."""
    import pandas as pd

    parts = []
    for results in (base, other):
        place, inside = log_rows(results, n)
        log = results.log.columns
        rows = inside & (positions(log["kind"], list(kinds)) >= 0)
        parts.append(pd.DataFrame({"replicate": place[rows], "month": log["month"][rows]} | {f: log[f][rows] for f in _FIELDS}))
    events = pd.concat(parts, ignore_index=True)
    numbers = events.groupby(list(_FIELDS), sort=True, observed=True).ngroup().to_numpy(dtype=np.int64)
    table = events[list(_FIELDS)].assign(number=numbers).drop_duplicates("number").set_index("number").sort_index()
    cut = len(parts[0])
    keyed = np.column_stack([events["replicate"].to_numpy(), events["month"].to_numpy(), numbers]).astype(np.int64)
    return [keyed[:cut], keyed[cut:]], table


def _net(sides: list[NDArray[np.int64]], n_months: int, n_events: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (replicate, month, event) rows that differ, sorted, and how much more often they are in the variant."""
    events = np.concatenate(sides)
    key = (events[:, 0] * n_months + events[:, 1]) * max(n_events, 1) + events[:, 2]
    sign = np.repeat([-1, 1], [len(sides[0]), len(sides[1])])
    keys, inverse = np.unique(key, return_inverse=True)
    net = np.rint(np.bincount(inverse, weights=sign, minlength=len(keys))).astype(np.int64)
    keys, net = keys[net != 0], net[net != 0]
    when = keys // max(n_events, 1)
    return np.column_stack([when // n_months, when % n_months, keys % max(n_events, 1)]), net


def _first(rows: NDArray[np.int64], net: NDArray[np.int64], phase: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Return, for each replicate that differs, the row that comes first, and the row of the other side behind it or -1."""
    order = np.lexsort((rows[:, 2], -net, phase[rows[:, 2]], rows[:, 1], rows[:, 0]))
    replicates, first = np.unique(rows[order, 0], return_index=True)
    chosen = order[first]
    opposite = np.full(len(chosen), -1, dtype=np.int64)
    of = np.searchsorted(replicates, rows[:, 0])
    mine = chosen[of]
    fits = (rows[:, 1] == rows[mine, 1]) & (np.sign(net) == -np.sign(net[mine]))
    fits &= phase[rows[:, 2]] == phase[rows[mine, 2]]
    backwards = order[::-1][fits[order[::-1]]]
    opposite[of[backwards]] = backwards  # reversed, so that the first of several is assigned last
    return chosen, opposite


def _outcomes_differ(base: Results, other: Results, n: int) -> NDArray[np.bool_]:
    shared = [name for name in base.coords["outcome"] if name in other.coords["outcome"] and name != "attacks_on_allies"]
    mine = base["outcome_per_replicate"][:n, [base.index("outcome", name) for name in shared]]
    theirs = other["outcome_per_replicate"][:n, [other.index("outcome", name) for name in shared]]
    return np.asarray((mine != theirs).any(axis=1))


def divergence(base: Results, other: Results, *, kinds: tuple[str, ...] = PHASES) -> pd.DataFrame:
    """Return one row for each replicate that differs: the first month in which the logs differ, and the event.

    Parameters
    ----------
    base, other : Results
        Paired runs. Only replicates whose log is complete in both are compared.
    kinds : tuple of str
        Kinds of events to look at: all of them, or ``WARS`` for the month in which the wars begin to differ.

    Returns
    -------
    pandas.DataFrame
        Columns ``DIVERGENCE_COLUMNS``, ordered by replicate; ``month`` counts from 0.

    Raises
    ------
    NotPairedError
        If the two are runs of other replicates, seeds or months.

    Notes
    -----
    Events are compared by kind, place, source, channel and actor; a difference in size alone is not detected. Of several
    that differ in the first month the first in the order of a month is taken; ``instead_...`` is the event of the same
    phase on the other side. Where outcomes differ but no logged event does, month is -1 and the basis is ``UNLOGGED``: the
    difference is in a quantity that is not logged, such as how many crossed.
    """
    import pandas as pd

    check_paired(base, other)
    n = n_logged(base, other)
    first = int(base.coords["replicate"][0])
    months = base.coords["month"]
    sides, table = _events(base, other, n, kinds)
    rows, net = _net(sides, len(months), len(table))
    words = table[list(_FIELDS)].to_numpy(dtype=object)
    phase = np.array([PHASES.index(kind) for kind in table["kind"]], dtype=np.int64)
    chosen, opposite = _first(rows, net, phase) if len(rows) else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    result = pd.DataFrame(words[rows[chosen, 2]], columns=list(_FIELDS), dtype=object)
    result.insert(0, "replicate", rows[chosen, 0] + first)
    result.insert(1, "month", rows[chosen, 1])
    result.insert(2, "date", [months[t] for t in rows[chosen, 1].tolist()])
    result.insert(3, "basis", LOGGED)
    result.insert(4, "side", np.where(net[chosen] > 0, ONLY_VARIANT, ONLY_BASE))
    nothing = np.full((1, len(_FIELDS)), "", dtype=object)
    result[list(_INSTEAD)] = np.concatenate([words, nothing])[np.where(opposite >= 0, rows[opposite, 2], -1)] if len(rows) else ""
    if kinds == PHASES:
        silent = _outcomes_differ(base, other, n)
        silent[rows[chosen, 0]] = False
        rest = pd.DataFrame({"replicate": np.flatnonzero(silent) + first, "month": -1}, columns=result.columns)
        rest = rest.astype(result.dtypes).assign(basis=UNLOGGED, **dict.fromkeys(("date", "side", *_FIELDS, *_INSTEAD), ""))
        result = pd.concat([result, rest], ignore_index=True) if len(rest) else result
    return result[list(DIVERGENCE_COLUMNS)].sort_values("replicate", kind="stable").reset_index(drop=True)


def timeline(table: pd.DataFrame, n_months: int) -> pd.DataFrame:
    """Return how many replicates first differ in each month, by the kind of event, as a table (months, kinds)."""
    import pandas as pd

    logged = table[table["basis"] == LOGGED]
    counts = pd.crosstab(logged["month"].astype(int), logged["kind"])
    kinds = [kind for kind in PHASES if kind in counts.columns]
    return counts.reindex(index=range(n_months), columns=kinds, fill_value=0)


def commonest(table: pd.DataFrame, most: int = 5) -> list[tuple[int, dict[str, str]]]:
    """Return the events that most often come first: in how many replicates, and what they are."""
    logged = table[table["basis"] == LOGGED]
    counts = logged.groupby(["side", *_FIELDS], sort=True).size().sort_values(ascending=False, kind="stable")
    most_often = counts.head(most)
    names = ("side", *_FIELDS)
    keys = most_often.index.to_list()
    return [(int(n), dict(zip(names, map(str, key), strict=True))) for key, n in zip(keys, most_often, strict=True)]


def by_side(table: pd.DataFrame) -> dict[str, list[tuple[str, int]]]:
    """Return, for the base and the variant, the kinds of event at the first difference of the logs, most frequent first."""
    logged = table[table["basis"] == LOGGED]
    own, instead = (
        (logged[f"{side}kind"] + " " + logged[f"{side}channel"].where(logged[f"{side}kind"] == "action", "")).str.strip()
        for side in ("", "instead_")
    )
    counted = {}
    for side in (ONLY_BASE, ONLY_VARIANT):
        labels = own.where(logged["side"] == side, instead)
        counts = labels[labels != ""].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        counted[side] = [(str(name), int(count)) for name, count in counts.items()]
    return counted
