"""``parameters: {posterior: FILE}``: parameters from what a calibration wrote.

Each parameter of the posterior that the file does not set itself gets the posterior mean as its value and the central 90 %
interval as its range, so that a run is a run at the mean, and sweeps and sensitivity know how far the data leave it open.
A run is at the means: its bands show luck alone. ``uncertainty`` draws whole rows of the sample (``draws.py``).
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from stability_sim.scenario.document import Document, section
from stability_sim.scenario.draws import Draws, read_draws
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.problems import Finding, quoted
from stability_sim.scenario.quantity import Quantity

KEY = "posterior"
MEANING = (
    "A file that `calibrate` wrote, relative to this one: posterior means as values, 90 % intervals as ranges; `uncertainty` draws "
    "from its sample. What is set here beside it stands."
)
LARGEST_BYTES = 20_000_000
LOC = ("parameters", KEY)


def _number(value: Any) -> float | None:  # noqa: ANN401 - whatever the file holds
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if good else None


def _quantity(name: str, told: Any, source: str) -> dict[str, Any] | str:  # noqa: ANN401 - whatever the file holds
    """Return a parameter as a scenario file would give it, or what is wrong with it."""
    if name not in PARAMETERS:
        return f"no parameter is called {quoted(name)}"
    spec = PARAMETERS[name]
    found = [_number(told.get(key)) for key in ("mean", "low", "high")] if isinstance(told, dict) else [None]
    mean, low, high = found if len(found) == 3 else (None, None, None)
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
    found = {name: _quantity(name, told, source) for name, told in content["parameters"].items()}
    wrong = [f"{path}: {text}" for text in found.values() if isinstance(text, str)]
    return {name: given for name, given in found.items() if isinstance(given, dict)}, wrong


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
    given = section(document, "parameters")
    if KEY not in given and instead is None:
        return document, None, []
    own = {name: value for name, value in given.items() if name != KEY}
    name = given.get(KEY)
    if instead is None and (not isinstance(name, str) or not name):
        return {**document, "parameters": own}, None, [Finding(LOC, "the name of a file is needed here")]
    path = instead or folder / str(name)
    found, wrong = read_posterior(path)
    drawn = None if wrong else read_draws(path, {name: Quantity(**told) for name, told in found.items()})
    if isinstance(drawn, str):
        drawn, wrong = None, [f"{path}: {drawn}"]
    return {**document, "parameters": {**found, **own}}, drawn, [Finding(LOC, text) for text in wrong]
