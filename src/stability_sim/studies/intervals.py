"""What an interval includes: nine tenths of the runs by luck alone, with the parameters, and with rival rules as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LUCK, PARAMETERS, ALL = "luck", "luck and parameters", "luck, parameters and structure"
LEVELS = (0.05, 0.5, 0.95)


def intervals(names: Sequence[str], runs: Mapping[str, NDArray[np.float64]]) -> Any:  # noqa: ANN401 - a pandas table
    """Return where the middle nine tenths of the runs lie, for each outcome and each thing that was varied.

    Parameters
    ----------
    names : sequence of str
        Outcomes.
    runs : mapping
        By what the interval includes: outcomes of single runs, (outcome, run).

    Columns: ``outcome``, ``includes``, ``runs``, ``mean``, ``q05``, ``median``, ``q95`` (quantiles are values of runs, as in
    the summary of a run).
    """
    import pandas as pd

    rows = []
    for m, name in enumerate(names):
        for includes, values in runs.items():
            low, middle, high = np.quantile(values[m], LEVELS, method="inverted_cdf")
            mean = float(sum(values[m].tolist()) / len(values[m]))
            rows.append((name, includes, len(values[m]), mean, float(low), float(middle), float(high)))
    return pd.DataFrame(rows, columns=["outcome", "includes", "runs", "mean", "q05", "median", "q95"])
