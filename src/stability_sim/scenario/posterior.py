"""``parameters: {posterior: FILE}``: parameters from what a calibration wrote.

Each parameter of the posterior that the file does not set itself gets the posterior mean as its value and the central 90 %
interval as its range, so that a run is a run at the mean, and sweeps and sensitivity know how far the data leave it open.
A run is at the means: its bands show luck alone. ``uncertainty`` draws whole rows of the sample.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stability_sim.kernels.randomness import STREAM_DESIGN, entity_id, uniform
from stability_sim.scenario.document import Document, section
from stability_sim.scenario.parameters import PARAMETERS, POSTERIOR, outside_range
from stability_sim.scenario.problems import Finding, quoted
from stability_sim.scenario.quantity import Quantity

_KEY = "posterior draws"  # of the design of experiments


@dataclass(frozen=True)
class Draws:
    """The weighted sample of a posterior; ``summaries`` are the parameters of a scenario that names the file.

    ``values`` is (draw, parameter), in the order of ``names``.
    """

    path: Path
    sha256: str
    about: str
    names: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]
    summaries: dict[str, Quantity]

    def draw(self, k: int, seed: int) -> dict[str, float]:
        """Return draw k: a value for each parameter, all of one row of the sample, taken by its weight.

        Keyed by seed and k alone, so that variants meet the same draws, and more draws leave the first ones as they were.
        """
        u = uniform((np.uint64(seed), np.uint64(k), 0), STREAM_DESIGN, np.uint64(entity_id(_KEY)))
        aim, reached = float(u) * sum(self.weights), 0.0
        for row, weight in zip(self.values, self.weights, strict=True):
            reached += weight
            if aim < reached:
                return dict(zip(self.names, row, strict=True))
        last = max(k for k, weight in enumerate(self.weights) if weight > 0)  # rounding left the aim beyond the sum
        return dict(zip(self.names, self.values[last], strict=True))

    def fitted(self, parameters: dict[str, Quantity]) -> list[str]:
        """Return the parameters that a scenario still has from the posterior: set by nobody else since."""
        return [name for name in self.names if name in self.summaries and parameters.get(name) == self.summaries[name]]


def _finite(value: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _table(samples: dict[str, Any]) -> tuple[list[str], list[list[float]], list[float]] | str:
    """Return names, rows and weights of a sample, or what is wrong with their form."""
    names, rows, weights = (samples.get(key) for key in ("parameters", "values", "weights"))
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
            if name not in PARAMETERS:
                return f"no parameter is called {name!r}"
            if error := outside_range(name, value):
                return f"row {k} of the samples: {error}"
    return None


def read_draws(path: Path, summaries: dict[str, Quantity]) -> Draws | str | None:
    """Return the sample of a posterior file that was read before; what is wrong with it; or None if it holds none.

    Parameters
    ----------
    path : Path
        Of the file.
    summaries : dict
        The parameters that the file gives a scenario: means, with 90 % intervals as ranges.
    """
    raw = path.read_bytes()
    content = json.loads(raw)
    samples = content.get("samples")
    if samples is None:
        return None
    table = _table(samples) if isinstance(samples, dict) else "samples need parameters, values and weights"
    if isinstance(table, str):
        return table
    names, rows, weights = table
    error = _beyond(names, rows)
    if error:
        return error
    values = tuple(tuple(float(value) for value in row) for row in rows)
    about = str(content.get("about", ""))
    sha256 = hashlib.sha256(raw).hexdigest()
    return Draws(path, sha256, about, tuple(names), values, tuple(float(weight) for weight in weights), summaries)


LARGEST_BYTES = 20_000_000
LOC = ("parameters", POSTERIOR)


def _number(value: Any) -> float | None:  # noqa: ANN401 - whatever the file holds
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if good else None


def _quantity(name: str, summary: Any, source: str) -> dict[str, Any] | str:  # noqa: ANN401 - whatever the file holds
    """Return a parameter as a scenario file would give it, or what is wrong with it."""
    if name not in PARAMETERS:
        return f"no parameter is called {quoted(name)}"
    spec = PARAMETERS[name]
    numbers = [_number(summary.get(key)) for key in ("mean", "low", "high")] if isinstance(summary, dict) else [None]
    mean, low, high = numbers if len(numbers) == 3 else (None, None, None)
    if mean is None or low is None or high is None:
        return f"{name} needs the numbers mean, low and high"
    if not spec.low <= low <= mean <= high <= spec.high:
        bounds = f"{spec.low:g} to {spec.high:g} ({spec.unit})"
        return f"{low:g}, {mean:g}, {high:g} are not in order within the documented range of {name}, {bounds}"
    return {"value": mean, "range": [low, high], "basis": "fitted", "source": source, "note": "posterior mean and 90 % interval"}


def read_posterior(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the parameters of a posterior file as a scenario file would give them, and everything that is wrong with it."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return {}, [f"{path} is larger than {LARGEST_BYTES // 1_000_000} MB"]
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, [f"{path}: there is no such file"]
    except OSError as error:
        return {}, [f"{path}: {error.strerror or error}"]
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        return {}, [f"{path} is not JSON as calibrate writes it"]
    if not isinstance(content, dict) or content.get("kind") != "posterior" or not isinstance(content.get("parameters"), dict):
        return {}, [f"{path} is not a posterior: it needs kind: posterior, and parameters"]
    source = f"calibrated: {path.name}, {content.get('about', 'no account of it')}"[:600]
    summaries = {name: _quantity(name, record, source) for name, record in content["parameters"].items()}
    errors = [f"{path}: {text}" for text in summaries.values() if isinstance(text, str)]
    return {name: summary for name, summary in summaries.items() if isinstance(summary, dict)}, errors


def with_posterior(document: Document, folder: Path, instead: Path | None = None) -> tuple[Document, Draws | None, list[Finding]]:
    """Return a document with the parameters of its posterior in place of the file's name, the sample, and what is wrong.

    Parameters
    ----------
    document : mapping
        Of a scenario file.
    folder : Path
        From which a relative name is taken.
    instead : Path, optional
        A posterior file in place of the one that the document names.
    """
    parameters = section(document, "parameters")
    own = {name: value for name, value in parameters.items() if name != POSTERIOR}
    name = parameters.get(POSTERIOR)
    if instead is None and (not isinstance(name, str) or not name):
        return {**document, "parameters": own}, None, [Finding(LOC, "the name of a file is needed here")]
    path = instead or folder / str(name)
    summaries, errors = read_posterior(path)
    draws = None if errors else read_draws(path, {name: Quantity(**summary) for name, summary in summaries.items()})
    if isinstance(draws, str):
        draws, errors = None, [f"{path}: {draws}"]
    return {**document, "parameters": {**summaries, **own}}, draws, [Finding(LOC, text) for text in errors]
