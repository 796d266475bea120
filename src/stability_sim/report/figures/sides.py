"""Who fights whom, what they hold, and who helps whom: what figures show of a run, and how they draw it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.path import Path as Outline

from stability_sim.results.results import Results
from stability_sim.results.vocabulary import UNNAMED

FOUGHT = 0.05  # share of its months in all runs from which a conflict is shown
_SHARES = {"arms": "arms", "funds": "money", "sanctuary": "sanctuary"}


class Support(NamedTuple):
    """What a state gives to a side: from where to where it leads, at its height, and when it has ended."""

    of: str
    to: str
    home: str  # the state that is supported, or that of the group
    gives: str
    ended: str  # month, or empty


def supports_of(results: Results) -> list[Support]:
    """Return who supports whom in some month, those with most troops first."""
    if "support" not in results.coords:  # a run of an earlier version
        return []
    supports: list[tuple[float, Support]] = []
    homes, months = results.attributes["group_homes"], results.coords["month"]
    for k, label in enumerate(results.coords["support"]):
        of, to = label.split(">", 1)
        given = {kind: results[kind][:, k] for kind in ("troops", *_SHARES)}
        most = {kind: float(values.max(initial=0.0)) for kind, values in given.items()}
        if not any(most.values()):
            continue
        phrases = [f"{most['troops']:.2g} thousand troops"] if most["troops"] > 0 else []
        phrases += [f"{word} {most[kind]:.0%}" for kind, word in _SHARES.items() if most[kind] > 0]
        on = np.flatnonzero(np.sum(list(given.values()), axis=0) > 1e-6)
        ended = months[on[-1] + 1] if on[-1] + 1 < len(months) else ""
        supports.append((-most["troops"], Support(of, to, homes.get(to, to), ", ".join(phrases), ended)))
    return [support for _, support in sorted(supports)]


class Pair(NamedTuple):
    """Rebels of a state, the share of its months in which they fight, and what they hold of the ground while they do."""

    state: str
    rebels: str
    fought: float
    ground: float


def pairs_of(results: Results, t: int | None = None, least: float = FOUGHT) -> list[Pair]:
    """Return who fights whom, over the run or in a month, where that is often enough: the most fought first."""
    if "fought" not in results.variables:  # a run of an earlier version
        return []
    over = slice(None) if t is None else slice(t, t + 1)
    fought, held = (results[name][over].mean(axis=0) for name in ("fought", "ground"))
    names, pairs, unnamed = results.attributes["group_names"], [], set()
    for c in np.argsort(-fought, kind="stable"):
        state, rebels = results.coords["conflict"][c].split("/", 1)
        if fought[c] < least:
            break
        who = names.get(rebels, rebels)
        if rebels.startswith("#"):
            who = f"further {UNNAMED}" if state in unnamed else UNNAMED
            unnamed.add(state)
        pairs.append(Pair(state, who, float(fought[c]), float(held[c] / fought[c])))
    return pairs


def sector(share: float, inner: float = 0.0) -> Outline:
    """Return a part of a ring of radius 1 as a marker: clockwise from the top; a disc if ``inner`` is 0."""
    angles = np.pi / 2 - 2 * np.pi * np.linspace(0.0, share, max(3, round(90 * share)))
    outer = np.column_stack([np.cos(angles), np.sin(angles)])
    return Outline(np.concatenate([outer, inner * outer[::-1], outer[:1]]), closed=True)


def marker_area(radius: float, outline: Outline) -> float:
    """Return the size of a marker with a radius in points: matplotlib scales it by its largest coordinate."""
    return float((2 * radius * np.abs(outline.vertices).max()) ** 2)
