"""A response curve as data: what is drawn, and a fingerprint by which a picture is known to be out of date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from mechanism_pages.bench import ends, numbers

_DRAWING = Path(__file__).parent / "drawing.py"


class Line(NamedTuple):
    """One curve; ``style`` as in matplotlib, ``colour`` its place among the colours of groups if it has one of its own."""

    label: str
    y: Sequence[float]
    style: str = "-"
    colour: int = -1


class Band(NamedTuple):
    """Between which values a curve lies as something is not known, or differs by chance."""

    label: str
    low: Sequence[float]
    high: Sequence[float]


class Panel(NamedTuple):
    """One pair of axes: all lines share ``x``. ``percent`` shares as percent, ``logs`` the axes that are logarithmic."""

    title: str
    x_label: str
    y_label: str
    x: Sequence[float]
    lines: Sequence[Line]
    band: Band | None = None
    percent: bool = False
    logs: str = ""
    bars: Line | None = None


def grid(low: float, high: float, n: int = 41) -> list[float]:
    """Return ``n`` equally spaced numbers from ``low`` to ``high``."""
    return [low + (high - low) * k / (n - 1) for k in range(n)]


def powers(low: float, high: float, n: int = 41) -> list[float]:
    """Return ``n`` numbers from ``low`` to ``high``, each the same multiple of the one before."""
    return [low * (high / low) ** (k / (n - 1)) for k in range(n)]


def over_range(parameter: str, x: Sequence[float], curve: Callable[[object, float], float], at: str = "") -> Band:
    """Return the band of a curve while one parameter moves through its documented range; ``at`` says of which curve."""
    low, high = ends(parameter)
    first = [curve(numbers(**{parameter: low}), value) for value in x]
    second = [curve(numbers(**{parameter: high}), value) for value in x]
    pairs = list(zip(first, second, strict=True))
    return Band(f"{parameter} from {low:g} to {high:g}{at}", [min(pair) for pair in pairs], [max(pair) for pair in pairs])


def _rounded(values: Sequence[float]) -> list[str]:
    return [f"{value:.4e}" for value in values]


def fingerprint(panels: Sequence[Panel]) -> str:
    """Return a short hash of what a picture shows and how it is drawn: its words, and its numbers to five digits."""
    told: list[object] = []
    for panel in panels:
        lines = [(line.label, line.style, line.colour, _rounded(line.y)) for line in panel.lines]
        band = (panel.band.label, _rounded(panel.band.low), _rounded(panel.band.high)) if panel.band else None
        bars = _rounded(panel.bars.y) if panel.bars else None
        told.append([panel.title, panel.x_label, panel.y_label, _rounded(panel.x), lines, band, panel.logs, bars])
    told.append(_DRAWING.read_text(encoding="utf-8"))
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]
