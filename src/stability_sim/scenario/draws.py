"""Joint draws from what a calibration wrote: draw k is the same whoever asks, and however many are taken."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stability_sim.randomness import STREAM_DESIGN, entity_id, uniform
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.quantity import Quantity

_KEY = "posterior draws"  # of the design of experiments


@dataclass(frozen=True)
class Draws:
    """The sample of a posterior, with weights; ``given`` is what a scenario gets that names the file.

    ``values`` is (draw, parameter), in the order of ``names``.
    """

    path: Path
    sha256: str
    about: str
    names: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]
    given: dict[str, Quantity]

    def draw(self, k: int, seed: int) -> dict[str, float]:
        """Return draw k: a value for each parameter, all of one row of the sample, taken by its weight.

        Keyed by seed and k alone, so that variants meet the same draws, and more draws leave the first ones as they were.
        """
        u = uniform(np.uint64(seed), np.uint64(k), 0, STREAM_DESIGN, np.uint64(entity_id(_KEY)))
        aim, reached = float(u) * sum(self.weights), 0.0
        for row, weight in zip(self.values, self.weights, strict=True):
            reached += weight
            if aim < reached:
                return dict(zip(self.names, row, strict=True))
        last = max(k for k, weight in enumerate(self.weights) if weight > 0)  # rounding left the aim beyond the sum
        return dict(zip(self.names, self.values[last], strict=True))

    def fitted(self, parameters: dict[str, Quantity]) -> list[str]:
        """Return the parameters that a scenario still has from the posterior: set by nobody else since."""
        return [name for name in self.names if name in self.given and parameters.get(name) == self.given[name]]


def _finite(value: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _table(told: dict[str, Any]) -> tuple[list[str], list[list[float]], list[float]] | str:
    """Return names, rows and weights of a sample, or what is wrong with their form."""
    names, rows, weights = (told.get(key) for key in ("parameters", "values", "weights"))
    if not (isinstance(names, list) and isinstance(rows, list) and isinstance(weights, list)):
        return "samples need parameters, values and weights"
    if not names or not rows or len(rows) != len(weights) or len(set(map(str, names))) != len(names):
        return "samples need a name for each parameter, and a weight for each row of values"
    for k, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(names) or not all(map(_finite, row)):
            return f"row {k} of the samples is not {len(names)} numbers"
    if not all(_finite(weight) and weight >= 0 for weight in weights) or not sum(weights) > 0:
        return "the weights of the samples are not numbers from 0 on, one of them above it"
    return names, rows, weights


def _beyond(names: list[str], rows: list[list[float]]) -> str | None:
    for k, row in enumerate(rows):
        for name, value in zip(names, row, strict=True):
            spec = PARAMETERS.get(name)
            if spec is None:
                return f"no parameter is called {name!r}"
            if not spec.low <= value <= spec.high:
                return (
                    f"row {k} of the samples: {value:g} is outside the documented range of {name}, {spec.low:g} to {spec.high:g}"
                )
    return None


def read_draws(path: Path, given: dict[str, Quantity]) -> Draws | str | None:
    """Return the sample of a posterior file that was read before; what is wrong with it; or None if it holds none.

    Parameters
    ----------
    path : Path
        Of the file.
    given : dict
        The parameters that the file gives a scenario: means, with 90 % intervals as ranges.
    """
    raw = path.read_bytes()
    content = json.loads(raw)
    told = content.get("samples")
    if told is None:
        return None
    table = _table(told) if isinstance(told, dict) else "samples need parameters, values and weights"
    if isinstance(table, str):
        return table
    names, rows, weights = table
    wrong = _beyond(names, rows)
    if wrong:
        return wrong
    values = tuple(tuple(float(value) for value in row) for row in rows)
    about = str(content.get("about", ""))
    sha256 = hashlib.sha256(raw).hexdigest()
    return Draws(path, sha256, about, tuple(names), values, tuple(float(weight) for weight in weights), given)
