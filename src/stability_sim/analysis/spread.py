"""Exporters and importers of conflict: next-generation matrix, reproduction number, realised spread.

Diekmann, Heesterbeek & Metz 1990: N_ij is the number of conflicts that one conflict of state j brings about in state i
over its whole length, the rate j → i times the mean duration; its spectral radius R0 is the growth from one generation
to the next.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.batches import student_95
from stability_sim.analysis.chains import Episodes, episodes, positions
from stability_sim.analysis.columns import n_logged
from stability_sim.results import Results


class Spread(NamedTuple):
    """How conflict spreads among the states of a run.

    ``matrix[i, j]``: conflicts that one of state j brings about in state i; ``states`` a pandas table by state;
    ``relayed``: share of the conflicts from abroad whose origin was never at war, counted for nobody.
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
    states: Any


class _Counts(NamedTuple):
    transmitted: NDArray[np.float64]  # (target, origin)
    months: NDArray[np.float64]  # in conflict, by state
    conflicts: NDArray[np.float64]
    endings: float


def _counts(found: Episodes, results: Results, ends: tuple[NDArray[np.int64], NDArray[np.int64]]) -> _Counts:
    n_states, n_months = len(results.coords["state"]), len(results.coords["month"])
    transmitted = np.zeros((n_states, n_states))
    sent = found.parent >= 0
    np.add.at(transmitted, (found.state[sent], found.state[found.parent[sent]]), 1.0)
    conflicts = np.bincount(found.state, minlength=n_states).astype(np.float64)
    begun = np.bincount(found.state, weights=np.maximum(found.month, 0), minlength=n_states)
    ended = np.bincount(ends[0], minlength=n_states).astype(np.float64)
    when = np.bincount(ends[0], weights=ends[1], minlength=n_states)
    return _Counts(transmitted, when - begun + n_months * (conflicts - ended), conflicts, float(ended.sum()))


def _matrix(counts: _Counts) -> NDArray[np.float64]:
    """Return the matrix of conflicts brought about by each conflict that there was, as counted."""
    each = counts.conflicts[None, :]
    return np.divide(counts.transmitted, each, out=np.zeros_like(counts.transmitted), where=each > 0)


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
    middle = math.fsum(without) / n
    se = math.sqrt((n - 1) / n * math.fsum((x - middle) ** 2 for x in without))
    return r0, max(0.0, r0 - student_95(n) * se), r0 + student_95(n) * se


def _ends(results: Results, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return state and month of the endings of the first ``n`` replicates."""
    log = results.log.columns
    rows = (log["kind"] == "ending") & (log["replicate"] - int(results.coords["replicate"][0]) < n)
    return positions(log["state"][rows], results.coords["state"]), log["month"][rows].astype(np.int64)


def _table(results: Results, counts: _Counts, matrices: NDArray[np.float64], found: Episodes, n: int) -> Any:  # noqa: ANN401
    import pandas as pd

    codes, names = results.coords["state"], results.attributes["names"]
    arrived = np.bincount(found.state[found.from_abroad], minlength=len(codes))
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
            "imports": arrived / n,  # what happened: conflicts brought in, a run
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
        the matrix counts who brought conflict to whom in the run, which is unbiased for rows and columns, but too
        sparse for a good R0.

    Notes
    -----
    The mean duration is the time at war over the number of endings, as if the rate of ending did not change with age.
    Standard errors of counts are Poisson.
    """
    n = n_logged(results)
    found, ends = episodes(results, n), _ends(results, n)
    counts = _counts(found, results, ends)
    by_batch = _matrix(counts)[None] if matrices is None else matrices
    r0, low, high = interval_of_r0(by_batch)
    duration = float(counts.months.sum()) / counts.endings if counts.endings else math.nan
    abroad = int(found.from_abroad.sum())
    lost = int((found.from_abroad & (found.parent < 0)).sum())
    return Spread(
        codes=results.coords["state"], matrix=by_batch.mean(axis=0), r0=r0, r0_low=low, r0_high=high,
        mean_duration_months=duration, relayed=lost / abroad if abroad else 0.0,
        realised_r=float(counts.transmitted.sum() / max(counts.conflicts.sum(), 1.0)),
        generations=np.bincount(found.step, minlength=1).tolist(), states=_table(results, counts, by_batch, found, n),
    )  # fmt: skip
