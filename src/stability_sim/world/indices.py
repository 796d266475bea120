"""Lists of names and whole numbers as the arrays that kernels read."""

from __future__ import annotations

import numpy as np

from stability_sim.randomness import entity_id
from stability_sim.world.arrays import Ids, Ints


def ids(kind: str, names: list[str]) -> Ids:
    """Return the number by which each entity of a kind is drawn for."""
    return np.array([entity_id(f"{kind}:{name}") for name in names], dtype=np.uint64)


def ints(values: list[int]) -> Ints:
    """Return whole numbers as an array."""
    return np.array(values, dtype=np.int64)


def grouped(keys: list[int], n: int, within: list[str] | None = None) -> tuple[Ints, Ints]:
    """Return where each key's rows start, and the rows by key: those of k are rows[start[k]:start[k+1]], by name ``within``."""
    array = np.array(keys, dtype=np.int64)
    rows = (np.lexsort((np.array(within), array)) if within else np.argsort(array, kind="stable")).astype(np.int64)
    return np.searchsorted(array[rows], np.arange(n + 1)).astype(np.int64), rows
