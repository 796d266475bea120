"""The bootstrap by country: rows of one country are drawn together, because its years are not independent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stability_sim.randomness import STREAM_RESAMPLE, entity_id, uniform_array

Floats = NDArray[np.float64]


def country_weights(countries: Sequence[str], draws: int, seed: int = 1) -> Floats:
    """Return how often each row counts in each draw of the cluster bootstrap.

    Draw b takes as many countries as there are, with replacement. Draws are keyed by (seed, draw, place), so that the
    first of a thousand are the first of a hundred. The same weights for two forecasts of the same rows make their
    difference a paired one.

    Parameters
    ----------
    countries : sequence of str
        The country of each row.
    draws : int
    seed : int

    Returns
    -------
    (draw, row) float, whole numbers
    """
    names = sorted(set(countries))
    place = {name: k for k, name in enumerate(names)}
    row = np.array([place[name] for name in countries], dtype=np.int64)
    n = len(names)
    u = uniform_array(seed, np.arange(draws)[:, None], np.arange(n)[None, :], STREAM_RESAMPLE, entity_id("country"))
    taken = np.minimum((u * n).astype(np.int64), n - 1)
    counts = np.zeros((draws, n))
    np.add.at(counts, (np.arange(draws)[:, None], taken), 1.0)
    return counts[:, row]
