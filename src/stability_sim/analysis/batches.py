"""Differences of what is kept as means alone, with intervals from batches of replicates.

Risk, hardship or flows are not kept by replicate. Run in batches, paired batch by batch, the means of the batches tell
how much their difference owes to luck (Law 2015, batch means): the batches are independent, so Student's t holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from stability_sim.analysis.contrast import check_paired
from stability_sim.results import Results

BATCHES = 20


def batch_sizes(n_replicates: int) -> list[tuple[int, int]]:
    """Return the first replicate and the size of each of twenty batches of equal size; fewer if there are not enough."""
    size = max(1, n_replicates // BATCHES)
    return [(k * size, size) for k in range(min(BATCHES, n_replicates))]


def student_95(n: int) -> float:
    """Return how many standard errors from the mean of n independent batches a 95 % interval ends; NaN for one batch."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 0.975)) if n > 1 else math.nan


def batch_differences(bases: Sequence[Results], others: Sequence[Results], name: str = "risk", month: int = -1) -> Any:  # noqa: ANN401
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
    there = {code: k for k, code in enumerate(others[0].coords["state"])}
    rows, t = [], student_95(len(bases))
    for i, code in enumerate(states):
        if code not in there:
            continue
        was = np.array([one[name][month, i] for one in bases])
        now = np.array([one[name][month, there[code]] for one in others])
        d = now - was
        middle = math.fsum(d.tolist()) / len(d)
        se = math.sqrt(math.fsum(((d - middle) ** 2).tolist()) / (len(d) - 1) / len(d)) if len(d) > 1 else math.nan
        rows.append(
            (str(others[0].attributes["variant"]), code, math.fsum(was.tolist()) / len(d), math.fsum(now.tolist()) / len(d),
             middle, se, middle - t * se, middle + t * se)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["variant", "scope", "base_mean", "variant_mean", "difference", "se", "low", "high"])
