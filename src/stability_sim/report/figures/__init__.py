"""Figures of a run: each kind by its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from stability_sim.report.figures.cascade import cascade
from stability_sim.report.figures.maps import animation, hero, small_multiples
from stability_sim.report.figures.network import channels, network
from stability_sim.report.figures.observed_card import card_figure
from stability_sim.report.figures.series import carpet, fan
from stability_sim.results.results import Results

KINDS: dict[str, Callable[[Results, Path, list[str]], list[Path]]] = {
    "map": hero,
    "months": small_multiples,
    "fan": fan,
    "cascade": cascade,
    "network": network,
    "carpet": carpet,
    "channels": channels,
    "card": card_figure,
    "animation": animation,
}


def draw_all(results: Results, folder: Path, kinds: list[str], formats: list[str], month: str | None) -> list[Path]:
    """Draw some kinds of figures of a run into a folder; return the files that were written. The map is that of ``month``."""
    folder.mkdir(parents=True, exist_ok=True)
    drawers = KINDS | {"map": partial(hero, month=month)}
    return [path for kind in kinds for path in drawers[kind](results, folder, formats)]
