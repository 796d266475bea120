"""What a variant changes: paired, replicate by replicate, on the same draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.outcomes import Column, columns, n_logged
from stability_sim.results.results import Results

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LUCK = "luck only"
CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


class ContrastRow(NamedTuple):
    """A row of contrasts: one outcome of a variant beside the base, over paired replicates.

    Means, quantiles, errors and interval are in the unit of the outcome, a run; shares are of the replicates; ``label`` is the
    outcome in words, ``effect_in_sd`` the difference in standard deviations of the base.
    """

    variant: str
    scope: str
    outcome: str
    label: str
    replicates: int
    base_mean: float
    variant_mean: float
    difference: float
    q05: float
    q25: float
    median: float
    q75: float
    q95: float
    share_differs: float
    share_more: float
    share_less: float
    se_paired: float
    se_unpaired: float
    low: float
    high: float
    effect_in_sd: float
    interval: str


CONTRAST_COLUMNS = ContrastRow._fields


class NotPairedError(ValueError):
    """Two results that cannot be paired: other seeds, replicates or months."""


def check_paired(base: Results, other: Results) -> None:
    """Raise NotPairedError unless two results are of the same replicates, seed and months."""
    for name in ("scenario", "seed", "start", "months", "replicates"):
        mine, theirs = base.attributes.get(name), other.attributes.get(name)
        if mine != theirs:
            raise NotPairedError(f"the runs cannot be paired: {name} is {mine} in one and {theirs} in the other")
    if base.coords["replicate"] != other.coords["replicate"]:
        raise NotPairedError("the runs cannot be paired: they hold different replicates")


def mean(values: NDArray[np.float64]) -> float:
    """Return the mean of an array (n,) by an exact sum, whatever the order."""
    return fmean(values.tolist())


def variance(values: NDArray[np.float64]) -> float:
    """Return the variance of an array (n,) with n − 1; nan for one value."""
    if len(values) < 2:
        return math.nan
    middle = mean(values)
    return math.fsum(((values - middle) ** 2).tolist()) / (len(values) - 1)


def _row(variant: str, was: Column, now: Column) -> ContrastRow:
    a, b = was.values.astype(np.float64), now.values.astype(np.float64)
    d = b - a
    n = len(d)
    middle, paired = mean(d), math.sqrt(variance(d) / n)
    spread = math.sqrt(variance(a)) if n > 1 else math.nan
    q05, q25, median, q75, q95 = np.quantile(d, QUANTILES, method="inverted_cdf").tolist()
    return ContrastRow(
        variant, was.scope, was.outcome, was.label, n, mean(a), mean(b), middle,
        q05, q25, median, q75, q95,
        share_differs=int((d != 0).sum()) / n, share_more=int((d > 0).sum()) / n, share_less=int((d < 0).sum()) / n,
        se_paired=paired, se_unpaired=math.sqrt((variance(a) + variance(b)) / n),
        low=middle - _Z * paired, high=middle + _Z * paired,
        effect_in_sd=middle / spread if spread > 0 else (math.nan if middle else 0.0),
        interval=LUCK,
    )  # fmt: skip


def contrast(base: Results, other: Results) -> pd.DataFrame:
    """Return the paired differences of a variant from the base.

    Parameters
    ----------
    base, other : Results
        Runs of the same replicates, seed and months.

    Returns
    -------
    pandas.DataFrame
        One row an outcome that both have, with the columns of ``ContrastRow``: means of both, quantiles of the difference over
        replicates, shares of replicates that differ, standard error of the mean difference with the pairing and without it,
        an interval of the mean (luck only), and the difference in standard deviations of the base.

    Raises
    ------
    NotPairedError
        If the two are runs of other replicates, seeds or months.
    """
    import pandas as pd

    check_paired(base, other)
    n = n_logged(base, other)
    mine = {(c.scope, c.outcome): c for c in columns(base, base, n)}
    rows = []
    for now in columns(other, base, n):
        was = mine.get((now.scope, now.outcome))
        if was is not None:
            rows.append(_row(str(other.attributes["variant"]), was, now))
    return pd.DataFrame(rows, columns=list(CONTRAST_COLUMNS))


def clear_threshold(table: pd.DataFrame) -> float:
    """Return how many standard errors a difference must be from zero to be clear, given the number of outcomes that differ.

    Bonferroni: with a 95 % interval each, one outcome in twenty would seem to differ by luck alone.
    """
    looked_at = max(1, int((table["share_differs"] > 0).sum()))
    return NormalDist().inv_cdf(1.0 - (1.0 - CONFIDENCE) / (2 * looked_at))


FEWEST = 10  # replicates that must differ before a normal interval of their mean says anything


def clear_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of contrasts whose difference is clear, the largest in standard deviations of the base first.

    Clear is a difference beyond ``clear_threshold`` standard errors in which enough replicates differ.
    """
    z = clear_threshold(table)
    enough = table["share_differs"] * table["replicates"] >= FEWEST
    clear = table[enough & (table["difference"].abs() > z * table["se_paired"])].copy()
    clear["size"] = clear["effect_in_sd"].abs().fillna(math.inf)
    return clear.sort_values(["size", "scope", "outcome"], ascending=[False, True, True], kind="stable").drop(columns="size")


# Variables such as risk, hardship and flows are stored as means over replicates. Intervals of their differences come from
# paired batches of replicates: the batches are independent, so Student's t applies to their means (Law 2015, batch means).
BATCHES = 20


def batch_sizes(n_replicates: int) -> list[tuple[int, int]]:
    """Return the first replicate and the size of each of twenty batches of equal size; fewer if there are not enough."""
    size = max(1, n_replicates // BATCHES)
    return [(k * size, size) for k in range(min(BATCHES, n_replicates))]


def student_95(n: int) -> float:
    """Return how many standard errors from the mean of n independent batches a 95 % interval ends; NaN for one batch."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 0.975)) if n > 1 else math.nan


def batch_differences(bases: Sequence[Results], others: Sequence[Results], name: str = "risk", month: int = -1) -> pd.DataFrame:
    """Return the difference of a mean by state in one month, with a 95 % interval from the batches.

    Parameters
    ----------
    bases, others : sequences of Results
        The same batches of replicates of the base and of a variant, in the same order.
    name : str
        A variable of (month, state).
    month : int
        Place of the month.

    Returns
    -------
    table : pandas table
        ``variant``, ``scope``, ``base_mean``, ``variant_mean``, ``difference``, ``se``, ``low``, ``high``.
    """
    import pandas as pd

    for mine, theirs in zip(bases, others, strict=True):
        check_paired(mine, theirs)
    states = bases[0].coords["state"]
    positions = {code: k for k, code in enumerate(others[0].coords["state"])}
    rows, t, variant = [], student_95(len(bases)), str(others[0].attributes["variant"])
    for i, code in enumerate(states):
        if code not in positions:
            continue
        was = np.array([results[name][month, i] for results in bases])
        now = np.array([results[name][month, positions[code]] for results in others])
        d = now - was
        middle, se = mean(d), math.sqrt(variance(d) / len(d))
        rows.append((variant, code, mean(was), mean(now), middle, se, middle - t * se, middle + t * se))
    return pd.DataFrame(rows, columns=["variant", "scope", "base_mean", "variant_mean", "difference", "se", "low", "high"])
