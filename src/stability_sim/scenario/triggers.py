"""Conditions on the world, such as ``incidents(AFG-TJK) >= 5 in 3 months``: a closed vocabulary, never evaluated."""

from __future__ import annotations

import math
import re
from typing import Literal, NamedTuple

from stability_sim.scenario.problems import closest, quoted

Comparison = Literal[">=", ">", "<=", "<", "=="]
MOST_CONDITIONS = 3
LONGEST_WINDOW = 60


class Metric(NamedTuple):
    """What a condition can look at: the kinds of its arguments, whether it is counted over months, its meaning."""

    arguments: tuple[Literal["border", "state", "group"], ...]
    counted: bool
    meaning: str


class Condition(NamedTuple):
    """One comparison of a metric with a threshold; ``window_months`` is None unless the metric is counted."""

    metric: str
    arguments: tuple[str, ...]
    comparison: Comparison
    threshold: float
    window_months: int | None


class TriggerError(ValueError):
    """A condition that cannot be read; ``hint`` is what was probably meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


METRICS: dict[str, Metric] = {
    "incidents": Metric(("border",), True, "Skirmishes on a land border"),
    "raids": Metric(("state",), True, "Raids of groups into a state"),
    "attacks": Metric(("state",), True, "Overt attacks on a state"),
    "crossings": Metric(("group",), True, "Border crossings that a group tries"),
    "conflict": Metric(("state",), False, "1 while the state is in conflict, else 0"),
    "conflicts": Metric((), False, "States in conflict"),
    "cells": Metric(("group", "state"), False, "Hidden members of a group in a state, persons; 0 where it never comes"),
    "refugees": Metric(("state",), False, "Refugees hosted by a state, per 100 inhabitants"),
    "deaths": Metric(("state",), True, "Battle deaths in a state"),
    "hardship": Metric(("state",), False, "Hardship of the people of a state, 0 to 1"),
    "legitimacy": Metric(("state",), False, "Legitimacy of a government, 0 to 1"),
    "month": Metric((), False, "Months since the start; 0 is the first"),
}

_FORM = re.compile(
    r"(?P<metric>[A-Za-z_]+) *\((?P<arguments>[^()]*)\) *(?P<comparison>[<>=!]+) *(?P<threshold>[^ ]+)"
    r"(?: +in +(?P<window>[^ ]+) +months?)?"
)
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_COMPARISONS: dict[str, Comparison] = {">=": ">=", ">": ">", "<=": "<=", "<": "<", "==": "=="}


def usage(name: str) -> str:
    """Return how a metric is written, such as ``cells(group, state)``."""
    return f"{name}({', '.join(METRICS[name].arguments)})"


def _threshold(text: str) -> float:
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise TriggerError(f"{quoted(text)} in the condition is not a number")
    return number


def _window(name: str, text: str | None) -> int | None:
    if not METRICS[name].counted:
        if text is not None:
            raise TriggerError(f"{name} is read off the present month, so 'in {text} months' has no meaning")
        return None
    if text is None:
        raise TriggerError(f"{name} are counted over a time: add 'in 3 months'")
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= LONGEST_WINDOW:
        raise TriggerError(f"the window {quoted(text)} is not a whole number of months from 1 to {LONGEST_WINDOW}")
    return int(text)


def _condition(text: str) -> Condition:
    match = _FORM.fullmatch(text)
    if match is None:
        raise TriggerError(
            f"{quoted(text)} is not a condition: write it as 'incidents(AFG-TJK) >= 5 in 3 months'",
        )
    name, comparison = match["metric"], match["comparison"]
    if name not in METRICS:
        hint = closest(name, METRICS) or f"the metrics are {', '.join(METRICS)}"
        raise TriggerError(f"no metric is called {quoted(name)}", hint)
    if comparison not in _COMPARISONS:
        raise TriggerError(f"{quoted(comparison)} does not compare: use one of {', '.join(_COMPARISONS)}")
    arguments = tuple(word.strip() for word in match["arguments"].split(",")) if match["arguments"].strip() else ()
    if len(arguments) != len(METRICS[name].arguments) or not all(arguments):
        raise TriggerError(f"{name} has {len(arguments)} arguments here, but is written {usage(name)}")
    return Condition(name, arguments, _COMPARISONS[comparison], _threshold(match["threshold"]), _window(name, match["window"]))


def parse_trigger(text: str) -> tuple[Condition, ...]:
    """Return the conditions of a trigger, all of which must hold; TriggerError if it cannot be read."""
    parts = re.split(r"\s+and\s+", text.strip())
    if len(parts) > MOST_CONDITIONS:
        raise TriggerError(f"{len(parts)} conditions are joined, but at most {MOST_CONDITIONS} can be")
    return tuple(_condition(" ".join(part.split())) for part in parts)
