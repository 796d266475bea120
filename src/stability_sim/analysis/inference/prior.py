"""The prior: each parameter uniform over its documented range, independent of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stability_sim.randomness import entity_id, uniform_array

Floats = NDArray[np.float64]
INSIDE = 1e-9  # keeps the logit of a share finite


@dataclass(frozen=True)
class Prior:
    """Names of parameters and the ranges over which they are uniform."""

    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.names or not all(a < b for a, b in zip(self.low, self.high, strict=True)):
            raise ValueError("a prior needs parameters, each with a range that is not empty")

    @property
    def entities(self) -> NDArray[np.uint64]:
        """Return the key of each parameter."""
        return np.array([entity_id(f"parameter {name}") for name in self.names], dtype=np.uint64)

    def draws(self, seed: int, keys: NDArray[np.int64], stream: np.uint64, month: int = 0) -> Floats:
        """Return uniform numbers for each key and parameter, (key, parameter): shares of the ranges."""
        return uniform_array(seed, keys[:, None], month, stream, self.entities[None, :])

    def values(self, shares: Floats) -> Floats:
        """Return values of the parameters from shares of their ranges."""
        low, high = np.array(self.low), np.array(self.high)
        return low + shares * (high - low)


def logit(shares: Floats) -> Floats:
    """Return ln(u/(1−u)), the scale on which kernels and regressions work: no bound can be crossed."""
    kept = np.clip(shares, INSIDE, 1.0 - INSIDE)
    return np.log(kept) - np.log1p(-kept)


def share(logits: Floats) -> Floats:
    """Return shares from their logits."""
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))
