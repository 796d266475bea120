"""What the page says of a scenario: events in words, numbers with their basis, differences of variants, and the map."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.contrasts import NotPairedError, check_paired, mean, variance
from stability_sim.geography import DISCLAIMER, OWN_DISCLAIMER, Atlas, atlas_for, network_layout, projected
from stability_sim.geography.topology import topology
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, explanations, quantities
from stability_sim.scenario import events as kinds
from stability_sim.scenario.events import month_index

CONDITIONAL = "Conditional on the assumptions below. Not a forecast."

LIMITS = (
    "This is not a forecast. It shows what follows from assumptions: a probability of 6 % means 6 of 100 runs of these assumptions.",
    "Bands and intervals show luck alone. What is not known of the numbers (their ranges are in the table of assumptions) and of the "
    "model (rival rules, such as whether drills deter or provoke) is not in them.",
    "A difference between A and B holds the dice fixed: the same draws in both. It tells what the policy does in the model, not in the world.",
    "One case proves nothing about deterrence: an attack that is improbable with a pledge and without it says little about the pledge.",
    "Many numbers are judgement. The table says of each whether it was published (sourced), inferred from data (fitted), asked of an expert (elicited) or assumed.",
    "Small numbers of hidden fighters are bookkeeping: that 12 crossed means that the flow was of that order.",
    "Skirmishes, raids and overt attacks are three things and are never added up.",
    "Boundaries on maps endorse nothing.",
)


def _names(scenario: Scenario) -> dict[str, str]:
    states = {code: state.name or code for code, state in scenario.states.items()}
    groups = {key: group.name or key for key, group in scenario.groups.items()}
    return states | groups | {key: alliance.name or key for key, alliance in scenario.alliances.items()}


def _place(place: str, names: Mapping[str, str]) -> str:
    for sign in "->":
        if sign in place:
            return "–".join(names.get(code, code) for code in place.split(sign, 1))
    return names.get(place, place)


def _changes(event: kinds.StanceChange) -> str:
    words = {"engage": ("talks with it", "stops talking"), "recognise": ("recognises it", "withdraws recognition"),
             "listed": ("lists it as terrorist", "takes it off the list"), "embassy": ("keeps an embassy", "closes its embassy")}  # fmt: skip
    phrases = [words[name][0 if change else 1] for name in words if (change := getattr(event, name)) is not None]
    phrases += [
        f"{name} {change.value * 100:.0f} %" for name in ("sanction", "aid") if (change := getattr(event, name)) is not None
    ]
    return ", ".join(phrases)


def _support(event: kinds.SupportChange) -> str:
    """Return what a state gives from then on."""
    troops = "no troops" if event.troops is None or event.troops.value == 0 else f"{event.troops.value:g} thousand troops"
    phrases = [troops] if event.troops is not None else []
    phrases += [
        f"{word} {share.value * 100:.0f} %"
        for name, word in (("arms", "arms"), ("funds", "money"), ("sanctuary", "sanctuary"))
        if (share := getattr(event, name)) is not None
    ]
    return ", ".join(phrases)


_MEMBERS = {"fighters": "Fighters", "cells": "Hidden members"}


def _setting(path: str, value: float, names: Mapping[str, str]) -> str:
    """Return a change of a condition; how many members a group has in a state is said in words."""
    steps = path.split(".")
    if len(steps) == 4 and steps[2] in _MEMBERS:
        return f"{_MEMBERS[steps[2]]} of {_place(steps[1], names)} in {_place(steps[3], names)} become {value:,.0f}"
    return f"{path} becomes {value:g}"


def in_words(event: kinds.Happening, names: Mapping[str, str]) -> str:
    """Return what an event of a file is, in words."""
    match event:
        case kinds.Summit():
            return f"Summit “{event.summit}”, host {_place(event.host, names)}, about {_place(event.about, names)}"
        case kinds.Drill():
            return f"Drill of {names.get(event.drill, event.drill)} at {_place(event.at, names)}"
        case kinds.StanceChange():
            return f"{_place(event.stance, names)} to {_place(event.to, names)}: {_changes(event)}"
        case kinds.SupportChange():
            return f"{_place(event.support, names)} to {_place(event.to, names)}: {_support(event)}"
        case kinds.Withdrawal():
            part = "" if event.share.value == 1 else f"{event.share.value * 100:.0f} % of "
            return f"{_place(event.withdraw, names)} ends {part}its support to {_place(event.support_to, names)}"
        case kinds.Setting():
            return "; ".join(_setting(path, value.value, names) for path, value in event.set.items())
        case kinds.Displacement():
            return f"{event.people.value:,.0f} people leave {_place(event.displacement, names)}"
        case kinds.Outbreak():
            return f"Fighting breaks out in {_place(event.outbreak, names)}"
        case kinds.Peace():
            return f"Settlement in {_place(event.peace, names)}"
        case kinds.Attack():
            return f"{_place(event.attack, names)} attacks {_place(event.on_state, names)}"
        case kinds.Deployment():
            return f"{_place(event.deploy, names)} sends forces to {_place(event.to, names)}"
    return type(event).__name__


def scheduled(scenario: Scenario) -> list[list[Any]]:
    """Return the dated events of a scenario, the first first: month counted from 0, words, note."""
    names = _names(scenario)
    dated = [(month_index(event.on, scenario.start), event) for event in scenario.events if event.on is not None]
    return [[t, in_words(event, names), event.note or ""] for t, event in sorted(dated, key=lambda pair: pair[0])]


def triggered(scenario: Scenario) -> dict[str, str]:
    """Return the conditional events of a scenario in words, by their place in the file: the log names them so."""
    names = _names(scenario)
    return {
        str(k): f"{in_words(event, names)} (because {event.when})"
        for k, event in enumerate(scenario.events)
        if event.when is not None
    }


def _key(path: str) -> str:
    """Return the key of the schema at which a path stands: ``states.TJK.capacity`` is ``states.capacity``."""
    steps = path.split(".")
    if steps[0] == "parameters" or len(steps) < 3:
        return path
    below = steps[2:] if steps[0] != "states" or steps[2] != "weights" else steps[2:4]
    return ".".join([steps[0], *below[: 2 if below[0] == "weights" else 1]])


def assumptions(scenarios: list[Scenario]) -> dict[str, Any]:
    """Return every number in force: path, its value in each scenario, range, basis, source, note; and what keys mean.

    Rows: ``[path, value of A, value of B or None if it is the same, low, high, basis, source, note]``.
    """
    tables = [dict(quantities(scenario)) for scenario in scenarios]
    first, last = tables[0], tables[-1]
    meanings = {explanation.key: [explanation.meaning, explanation.unit] for explanation in explanations()}
    rows: list[list[Any]] = []
    for path in [*first, *(path for path in last if path not in first)]:
        a, b = first.get(path), last.get(path)
        quantity = b if a is None else a
        if quantity is None:
            continue
        low, high = quantity.range or (None, None)
        same = a is not None and b is not None and a.value == b.value
        values = [None if a is None else a.value, None if same else ("gone" if b is None else b.value)]
        rows.append([path, *values, low, high, quantity.basis, quantity.source or "", quantity.note or ""])
    keys = {row[0]: _key(row[0]) for row in rows}
    used = sorted({key for key in keys.values() if key in meanings})
    return {"rows": rows, "meanings": {key: meanings[key] for key in used}}


Z95 = 1.959964  # normal quantile of 0.975


class Contrast(NamedTuple):
    """B minus A of one quantity over pairs of replicates.

    ``low`` and ``high`` bound the mean with 95 % confidence; ``q05`` and ``q95`` hold nine of ten pairs; the shares say
    in how many pairs B is less than A, the same, more.
    """

    name: str
    a: float
    b: float
    mean: float
    low: float
    high: float
    q05: float
    q95: float
    less: float
    same: float
    more: float


def _contrast(name: str, a: NDArray[np.float64], b: NDArray[np.float64]) -> Contrast:
    n = len(a)
    difference = b - a
    middle = mean(difference)
    error = Z95 * math.sqrt(variance(difference) / n) if n > 1 else 0.0
    q05, q95 = np.quantile(difference, (0.05, 0.95), method="inverted_cdf").tolist()
    less, same, more = (float(pairs.sum() / n) for pairs in (difference < 0, difference == 0, difference > 0))
    return Contrast(name, mean(a), mean(b), middle, middle - error, middle + error, q05, q95, less, same, more)


def are_paired(a: Results, b: Results) -> bool:
    """Return whether two results have the same draws: seed, replicates and months."""
    try:
        check_paired(a, b)
    except NotPairedError:
        return False
    return True


def _contrasts(a: Results, b: Results, axis: str, values: Callable[[Results, str], NDArray[Any]]) -> list[Contrast]:
    check_paired(a, b)
    names = [name for name in a.coords[axis] if name in b.coords[axis]]
    return [_contrast(name, values(a, name).astype(np.float64), values(b, name).astype(np.float64)) for name in names]


def paired(a: Results, b: Results) -> list[Contrast]:
    """Return B minus A of each outcome of the region that both have; NotPairedError if they do not share their draws."""
    return _contrasts(a, b, "outcome", Results.outcome)


def paired_by_state(a: Results, b: Results) -> list[Contrast]:
    """Return B minus A of whether a conflict began in each state that both have; NotPairedError if they are no pair."""
    return _contrasts(a, b, "state", lambda run, code: run["onset_month"][:, run.index("state", code)] >= 0)


Codes = tuple[str, ...]

WIDTH, HEIGHT, MARGIN = 2000, 1400, 170
NARROWEST = 1.45  # width over height: two maps side by side leave room for what is below them


def _network(results: Results, codes: list[str]) -> dict[str, Any]:
    edges = [border.split("-", 1) for border in results.coords["border"]]
    inside = [(a, b) for a, b in edges if a in codes and b in codes]
    places = network_layout(codes, inside)
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    labels = {code: [round(MARGIN + x * wide), round(MARGIN + (1 - y) * high)] for code, (x, y) in places.items()}
    order = {code: k for k, code in enumerate(codes)}
    links = [[order[a], order[b]] for a, b in inside]
    return {"kind": "network", "width": WIDTH, "height": HEIGHT, "labels": labels, "links": links, "disclaimer": ""}


def drawing(results: Results, blocs: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return shapes, outlines of blocs and places of names of a run."""
    settings = results.attributes["map"]
    codes = [code for code in settings["states"] if code in results.coords["state"]]
    atlas = None if settings["projection"] == "network" else atlas_for(settings.get("shapes"))
    if atlas is None or not any(code in atlas for code in codes):
        return {**_network(results, codes), "states": codes}
    members = tuple((name, tuple(states)) for name, states in blocs.items())
    drawn = _map(atlas, tuple(codes), tuple(settings["focus"]), settings["projection"], members)
    return {**drawn, "disclaimer": OWN_DISCLAIMER if settings.get("shapes") else DISCLAIMER}


@functools.lru_cache(maxsize=16)
def _map(atlas: Atlas, codes: Codes, focus: Codes, projection: str, blocs: tuple[tuple[str, Codes], ...]) -> dict[str, Any]:
    """Return the map of some states; the same one is asked for at every change of a lever."""
    drawn = projected(atlas, codes, focus, projection, NARROWEST)
    return {"kind": "map", **topology(drawn, dict(blocs)), "links": [], "states": drawn.codes}
