"""Worlds and frames of a few numbers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np


def world(**values: list[Any]) -> SimpleNamespace:
    """Return a world, or what happens in a month, of one replicate: an array (1, entity, ...) for each list."""
    return SimpleNamespace(**{name: np.array([column]) for name, column in values.items()})


def copy(now: SimpleNamespace) -> SimpleNamespace:
    """Return a world that has nothing in common with another."""
    return SimpleNamespace(**{name: values.copy() for name, values in vars(now).items()})


def log(rows: int = 10) -> SimpleNamespace:
    """Return an empty log of one replicate."""
    return SimpleNamespace(count=np.zeros(1, np.int64), rows=np.zeros((1, rows, 7), np.int64), values=np.zeros((1, rows)))


def interpreted(kernel: Callable[..., None]) -> Callable[..., None]:
    """Return a kernel as plain Python, which takes what is no array of the engine too."""
    return getattr(kernel, "py_func", kernel)


KEY = (np.uint64(9), np.uint64(8), 5)  # seed, replicate, month
SEED, REPLICATES = np.uint64(9), np.array([8], np.uint64)
