"""The variance of an outcome split into luck (replicates), parameters (ranges) and structure (rival rules).

The design is crossed: every structure at every point of the parameters on the same replicates. With y(s, p, r) the outcome
of one run, the variance of y over all three is split as

    luck        mean over (s, p) of the variance over r
    parameters  mean over s of the variance over p of the mean over r
    structure   variance over s of the mean over p and r

each corrected for the noise in the means that it is computed from (analysis of variance; Searle, Casella & McCulloch 1992).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stability_sim.kernels.randomness import STREAM_RESAMPLING, entity_id, uniform_array

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("luck", "parameters", "structure")
RESAMPLES = 200
Values = NDArray[np.float64]


def components(y: Values) -> tuple[float, float, float]:
    """Return the variance of luck, parameters and structure of outcomes (structure, point, replicate).

    A negative estimate, of a part too small to be detected, counts as 0.
    """
    n_s, n_p, n_r = y.shape
    luck = float(y.var(axis=2, ddof=1).mean())
    cell, by_replicate = y.mean(axis=2), y.mean(axis=1)
    of_structure, overall = cell.mean(axis=1), y.mean()
    residual = y - cell[:, :, None] - by_replicate[:, None, :] + of_structure[:, None, None]
    noise = (residual**2).sum(axis=(1, 2)) / ((n_p - 1) * (n_r - 1))
    parameters = float((cell.var(axis=1, ddof=1) - noise / n_r).mean())
    if n_s == 1:
        return luck, max(parameters, 0.0), 0.0
    with_point = cell - of_structure[:, None] - cell.mean(axis=0)[None, :] + overall
    with_luck = by_replicate - of_structure[:, None] - by_replicate.mean(axis=0)[None, :] + overall
    of_points = (with_point**2).sum() / ((n_s - 1) * (n_p - 1)) / n_p
    of_replicates = (with_luck**2).sum() / ((n_s - 1) * (n_r - 1)) / n_r
    structure = float(of_structure.var()) - (n_s - 1) / n_s * float(of_points + of_replicates)
    return luck, max(parameters, 0.0), max(structure, 0.0)


@functools.lru_cache(maxsize=4096)
def resampled(n: int, draw: int, name: str) -> NDArray[np.int64]:
    """Return n places below n, with replacement: a reproducible bootstrap sample."""
    entity = np.uint64(entity_id(f"resampling:{name}"))
    return (n * uniform_array(np.arange(n), draw, 0, STREAM_RESAMPLING, entity)).astype(np.int64)


def split(y: Values, outcome: str) -> pd.DataFrame:
    """Return the variance of an outcome by part, one row each.

    Parameters
    ----------
    y : array of (structure, point, replicate)
        The outcome of every run of the design.
    outcome : str
        Its name.

    Returns
    -------
    table : pandas table
        ``part``, ``variance``, ``share`` with a 95 % interval by resampling points and replicates, the ``mean`` and what
        90 % of the means over luck lie between (``mean_q05``, ``mean_q95``), over parameters and structures, and the shares
        of these that lie above and below 0.

    Raises
    ------
    ValueError
        The outcome never changes, or is not a number in some runs.
    """
    import pandas as pd

    if not np.isfinite(y).all():
        raise ValueError(f"{outcome} is not a number in some runs")
    if np.ptp(y) == 0:
        raise ValueError(f"{outcome} is {y.flat[0]:g} in all runs: there is no variance to split")
    variances = np.array(components(y))
    _, n_p, n_r = y.shape
    shares = []
    for b in range(RESAMPLES):
        resample = np.array(components(y[:, resampled(n_p, b, "points")][:, :, resampled(n_r, b, "replicates")]))
        if resample.sum() > 0:
            shares.append(resample / resample.sum())
    low, high = np.quantile(np.array(shares), [0.025, 0.975], axis=0)
    q05, q95 = np.quantile(y.mean(axis=2), [0.05, 0.95])
    return pd.DataFrame(
        {
            "outcome": outcome, "part": PARTS, "variance": variances, "share": variances / variances.sum(), "share_low": low,
            "share_high": high, "mean": float(y.mean()), "mean_q05": float(q05), "mean_q95": float(q95),
            "share_above": float((y.mean(axis=2) > 0).mean()), "share_below": float((y.mean(axis=2) < 0).mean()),
        }
    )  # fmt: skip
