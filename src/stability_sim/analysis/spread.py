"""Exporters and importers of conflict: next-generation matrix, reproduction number, realised spread.

Diekmann, Heesterbeek & Metz 1990: N_ij is the number of conflicts that one conflict of state j brings about in state i
over its whole length, the rate j → i times the mean duration; its spectral radius R0 is the growth from one generation
to the next.
"""

from __future__ import annotations

import math
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.contrasts import check_paired, student_95
from stability_sim.analysis.outcomes import log_rows, n_logged
from stability_sim.results.results import Results

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]


class Episodes(NamedTuple):
    """Conflicts of all logged replicates, sorted by replicate, state and month; -1 stands for none.

    Each array has one entry an episode: place of the replicate, state, month of onset (-1: at war from the start),
    source state (its own if from within), channel, episode that it came from, and step in its chain. Together they are the
    transmission trees: an episode that was on from the start, began from within or by an event of the file is the first of its
    chain (step 0); one that was brought in is a step further than its parent.
    """

    replicate: Ints
    state: Ints
    month: Ints
    source: Ints
    channel: Ints
    parent: Ints
    step: Ints
    from_abroad: NDArray[np.bool_]


def positions(column: NDArray[Any], labels: list[str]) -> Ints:
    """Return the position of each word of a column among labels; -1 for words that are not among them."""
    import pandas as pd

    codes, words = pd.factorize(column)
    place = {label: k for k, label in enumerate(labels)}
    return np.array([place.get(word, -1) for word in words] + [-1], dtype=np.int64)[codes]


def _onsets(results: Results, n: int) -> tuple[Ints, ...]:
    log = results.log.columns
    place, inside = log_rows(results, n)
    rows = inside & (log["kind"] == "onset")
    states = results.coords["state"]
    homes = results.attributes["group_homes"]
    home = {group: states.index(code) for group, code in homes.items() if code in states}
    groups = list(home)
    group = positions(log["group"][rows], groups)
    at_home = np.array([home[name] for name in groups] + [-1], dtype=np.int64)[group]
    return (
        place[rows].astype(np.int64), positions(log["state"][rows], states), log["month"][rows].astype(np.int64),
        positions(log["source"][rows], states), positions(log["channel"][rows], results.coords["channel"]), at_home,
    )  # fmt: skip


def _with_initial_conflicts(results: Results, n: int, onsets: tuple[Ints, ...]) -> tuple[Ints, ...]:
    """Return the onsets with an episode, in each replicate, for every conflict that is on from the start."""
    at_war = np.array([results.index("state", state) for state, _ in results.wars_at_start], dtype=np.int64)
    place = np.repeat(np.arange(n, dtype=np.int64), len(at_war))
    state = np.tile(at_war, n)
    none = np.full(len(state), -1, dtype=np.int64)
    started = (place, state, none, state, none, none)
    return tuple(np.concatenate([first, second]) for first, second in zip(started, onsets, strict=True))


def _latest_before(key: Ints, group: Ints, span: int, month: Ints) -> Ints:
    """Return the last episode of a (replicate, state) that began before a month, or -1; ``key`` is sorted."""
    latest = np.searchsorted(key, group * span + month + 1, side="left").astype(np.int64) - 1
    belongs = (latest >= 0) & (key[np.maximum(latest, 0)] // span == group)
    return np.where(belongs, latest, -1)


def _steps(parent: Ints, from_abroad: NDArray[np.bool_]) -> Ints:
    step = np.zeros(len(parent), dtype=np.int64)
    while True:
        further = np.where(from_abroad, np.where(parent >= 0, step[np.maximum(parent, 0)] + 1, 1), 0)
        if np.array_equal(further, step):
            return step
        step = further


def episodes(results: Results, n_replicates: int) -> Episodes:
    """Return the conflicts of the first ``n_replicates`` with the episode that each came from.

    Fighters pass through states at peace: where the source of an onset was never at war, the parent is the latest episode
    of the home of the group whose cells caused it; if that was at peace too there is no parent, and the onset is a first step.
    """
    n_states, span = len(results.coords["state"]), len(results.coords["month"]) + 2
    columns = _with_initial_conflicts(results, n_replicates, _onsets(results, n_replicates))
    key = (columns[0] * n_states + columns[1]) * span + columns[2] + 1
    order = np.argsort(key, kind="stable")
    place, state, month, source, channel, home = (column[order] for column in columns)
    key = key[order]
    from_abroad = (source >= 0) & (source != state) & (month >= 0)
    parent = _latest_before(key, place * n_states + source, span, month)
    at_home = _latest_before(key, place * n_states + home, span, month)
    parent = np.where((parent < 0) & (home >= 0) & (home != state), at_home, parent)
    parent = np.where(from_abroad, parent, -1)
    return Episodes(place, state, month, source, channel, parent, _steps(parent, from_abroad), from_abroad)


class Spread(NamedTuple):
    """How conflict spreads among the states of a run.

    ``matrix[i, j]``: conflicts that one of state j brings about in state i; ``states`` a pandas table by state;
    ``relayed``: share of the conflicts from abroad without a parent, which count for no exporter.
    """

    codes: list[str]
    matrix: NDArray[np.float64]
    r0: float
    r0_low: float
    r0_high: float
    mean_duration_months: float
    realised_r: float
    relayed: float
    generations: list[int]
    states: pd.DataFrame


class _Counts(NamedTuple):
    transmitted: NDArray[np.float64]  # (target, origin)
    months: NDArray[np.float64]  # in conflict, by state
    conflicts: NDArray[np.float64]
    endings: float


def _counts(tree: Episodes, results: Results, ends: tuple[NDArray[np.int64], NDArray[np.int64]]) -> _Counts:
    n_states, n_months = len(results.coords["state"]), len(results.coords["month"])
    transmitted = np.zeros((n_states, n_states))
    sent = tree.parent >= 0
    np.add.at(transmitted, (tree.state[sent], tree.state[tree.parent[sent]]), 1.0)
    conflicts = np.bincount(tree.state, minlength=n_states).astype(np.float64)
    begun = np.bincount(tree.state, weights=np.maximum(tree.month, 0), minlength=n_states)
    ended = np.bincount(ends[0], minlength=n_states).astype(np.float64)
    when = np.bincount(ends[0], weights=ends[1], minlength=n_states)
    return _Counts(transmitted, when - begun + n_months * (conflicts - ended), conflicts, float(ended.sum()))


def _matrix(counts: _Counts) -> NDArray[np.float64]:
    """Return the matrix of conflicts brought about in each state by a conflict of each other, as counted."""
    conflicts = counts.conflicts[None, :]
    return np.divide(counts.transmitted, conflicts, out=np.zeros_like(counts.transmitted), where=conflicts > 0)


def radius(matrix: NDArray[np.float64]) -> float:
    """Return the spectral radius of a matrix: the largest size of its eigenvalues."""
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if len(matrix) else 0.0


def interval_of_r0(matrices: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the spectral radius of the mean of independent matrices, with a 95 % interval by the jackknife."""
    n = len(matrices)
    r0 = radius(matrices.mean(axis=0))
    if n < 3:
        return r0, math.nan, math.nan
    without = [radius(np.delete(matrices, b, axis=0).mean(axis=0)) for b in range(n)]
    middle = fmean(without)
    se = math.sqrt((n - 1) / n * math.fsum((x - middle) ** 2 for x in without))
    return r0, max(0.0, r0 - student_95(n) * se), r0 + student_95(n) * se


def _ends(results: Results, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return state and month of the endings of the first ``n`` replicates."""
    log = results.log.columns
    rows = log_rows(results, n)[1] & (log["kind"] == "ending")
    return positions(log["state"][rows], results.coords["state"]), log["month"][rows].astype(np.int64)


def _table(results: Results, counts: _Counts, matrices: NDArray[np.float64], tree: Episodes, n: int) -> pd.DataFrame:
    import pandas as pd

    codes, names = results.coords["state"], results.attributes["names"]
    arrived = np.bincount(tree.state[tree.from_abroad], minlength=len(codes))
    sent = counts.transmitted.sum(axis=0)
    batches = len(matrices)
    spread_of = np.std(matrices.sum(axis=1), axis=0, ddof=1) / math.sqrt(batches) if batches > 1 else math.nan
    mean = matrices.mean(axis=0)
    return pd.DataFrame(
        {
            "state": codes,
            "name": [names.get(code, code) for code in codes],
            "conflicts": counts.conflicts / n,
            "months_in_conflict": counts.months / n,
            "exports": mean.sum(axis=0),  # column: conflicts that one of its own brings about elsewhere
            "exports_half": student_95(batches) * spread_of,  # half the width of a 95 % interval; NaN from one batch
            "imports": arrived / n,  # conflicts brought in, a run
            "imports_half": 1.96 * np.sqrt(arrived) / n,
            "imports_if_all_at_war": mean.sum(axis=1),  # row of the matrix: if each state had one conflict
            "realised_r": np.divide(sent, counts.conflicts, out=np.full_like(sent, math.nan), where=counts.conflicts > 0),
        }
    )


def spread(results: Results, matrices: NDArray[np.float64] | None = None) -> Spread:
    """Return how conflict spreads in a run: next-generation matrix, R0, exporters, importers, realised R.

    Parameters
    ----------
    results : Results
        A run.
    matrices : array of (batch, target, origin), optional
        Independent estimates of the next-generation matrix, from wars introduced into a world at peace. Without them
        the matrix counts the transmissions between states in the run, which is unbiased for rows and columns, but too
        sparse for a good R0.

    Notes
    -----
    The mean duration is the time at war over the number of endings, as if the rate of ending did not change with age.
    Standard errors of counts are Poisson.
    """
    n = n_logged(results)
    tree, ends = episodes(results, n), _ends(results, n)
    counts = _counts(tree, results, ends)
    by_batch = _matrix(counts)[None] if matrices is None else matrices
    r0, low, high = interval_of_r0(by_batch)
    duration = float(counts.months.sum()) / counts.endings if counts.endings else math.nan
    abroad = int(tree.from_abroad.sum())
    lost = int((tree.from_abroad & (tree.parent < 0)).sum())
    return Spread(
        codes=results.coords["state"], matrix=by_batch.mean(axis=0), r0=r0, r0_low=low, r0_high=high,
        mean_duration_months=duration, relayed=lost / abroad if abroad else 0.0,
        realised_r=float(counts.transmitted.sum() / max(counts.conflicts.sum(), 1.0)),
        generations=np.bincount(tree.step, minlength=1).tolist(), states=_table(results, counts, by_batch, tree, n),
    )  # fmt: skip


CUTS = ("border", "channel", "step")
PATHWAY_COLUMNS = (
    "variant", "cut", "part", "base_count", "variant_count", "difference_count", "base_mean", "variant_mean", "difference",
    "se_paired", "share_of_difference", "replicates",
)  # fmt: skip
FLOWS = ("crossings", "hidden_refugees", "refugee_flow", "raids", "attacks")


def _parts(tree: Episodes, results: Results, cut: str) -> NDArray[Any]:
    """Return the part to which each conflict from abroad belongs."""
    abroad = tree.from_abroad
    if cut == "step":
        names = [f"step {step}" for step in range(1, 1 + int(tree.step.max(initial=0)))]
        return np.array(names, dtype=object)[tree.step[abroad] - 1]
    if cut == "channel":
        return np.array([*results.coords["channel"], "event"], dtype=object)[tree.channel[abroad]]
    states = np.array(results.coords["state"], dtype=object)
    return states[tree.source[abroad]] + ">" + states[tree.state[abroad]]


def _count(base: tuple[Episodes, Results], other: tuple[Episodes, Results], cut: str) -> pd.DataFrame:
    """Return, for each part and replicate that has any, the conflicts in the base and in the variant."""
    import pandas as pd

    tables = [
        pd.DataFrame({"part": _parts(tree, results, cut), "replicate": tree.replicate[tree.from_abroad], side: 1})
        for side, (tree, results) in (("base", base), ("variant", other))
    ]
    counts = pd.concat(tables).fillna(0)
    return counts.groupby(["part", "replicate"], sort=True, observed=True)[["base", "variant"]].sum().astype(np.int64)


def _cut(counts: pd.DataFrame, n: int, total: int, cut: str, variant: str) -> list[dict[str, Any]]:
    counts["d"] = counts["variant"] - counts["base"]
    counts["dd"] = counts["d"] ** 2
    rows = []
    for part, sums in counts.groupby(level="part").sum().iterrows():
        d, dd = int(sums["d"]), int(sums["dd"])
        spread = (dd - d * d / n) / (n - 1) if n > 1 else math.nan
        rows.append(
            {
                "variant": variant, "cut": cut, "part": part, "base_count": int(sums["base"]),
                "variant_count": int(sums["variant"]), "difference_count": d, "base_mean": sums["base"] / n,
                "variant_mean": sums["variant"] / n, "difference": d / n, "se_paired": math.sqrt(max(spread, 0.0) / n),
                "share_of_difference": d / total + 0.0 if total else math.nan, "replicates": n,
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: (-abs(row["difference_count"]), str(row["part"])))


def pathways(base: Results, other: Results) -> pd.DataFrame:
    """Return the difference in conflicts brought in from abroad, cut by border, by channel and by step of the chain.

    Every conflict that was brought in crossed one border, by one channel, at one step: the parts of each cut add up to the
    total difference.

    Returns
    -------
    pandas.DataFrame
        One row a cut and part of it. ``difference_count`` is a whole number over all logged replicates.
        ``share_of_difference`` is a part over the total: parts of the opposite sign are negative, and others may exceed 1.

    Raises
    ------
    NotPairedError
        If the two are runs of other replicates, seeds or months.
    """
    import pandas as pd

    check_paired(base, other)
    n = n_logged(base, other)
    mine, theirs = (episodes(base, n), base), (episodes(other, n), other)
    total = int(theirs[0].from_abroad.sum()) - int(mine[0].from_abroad.sum())
    rows: list[dict[str, Any]] = []
    for cut in CUTS:
        rows += _cut(_count(mine, theirs, cut), n, total, cut, str(other.attributes["variant"]))
    return pd.DataFrame(rows, columns=list(PATHWAY_COLUMNS))


def flows(base: Results, other: Results) -> pd.DataFrame:
    """Return the mean flows along each dyad over a run: base, variant, difference.

    One row a kind of flow and a dyad of either; a dyad that one of them lacks has a flow of 0 in it.
    """
    import pandas as pd

    rows = []
    dyads = list(dict.fromkeys([*base.coords["dyad"], *other.coords["dyad"]]))
    for name in FLOWS:
        sums = [
            dict(zip(results.coords["dyad"], (math.fsum(column) for column in results[name].T.tolist()), strict=True))
            for results in (base, other)
        ]
        for dyad in dyads:
            was, now = (side.get(dyad, 0.0) for side in sums)
            rows.append((str(other.attributes["variant"]), name, dyad, was, now, now - was))
    return pd.DataFrame(rows, columns=["variant", "flow", "dyad", "base_mean", "variant_mean", "difference"])
