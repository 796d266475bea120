"""What can happen in a scenario, and when: one record per kind of event, told apart by its own key."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from stability_sim.scenario.problems import HintedError, closest, quoted
from stability_sim.scenario.quantity import (
    MOST_GROUPS,
    MOST_STATES,
    Flag,
    Months,
    Number,
    Persons,
    Rank,
    Share,
    Thousands,
    quantity,
)
from stability_sim.scenario.variables import Kind, settable

MOST_PARTIES = MOST_STATES + MOST_GROUPS
MONTHS_PER_YEAR = 12


def month_index(date: str, start: str) -> int:
    """Return the months from ``start`` (YYYY-MM) to ``date`` (YYYY-MM or YYYY-MM-DD); negative if before."""
    year, month = int(date[:4]), int(date[5:7])
    return (year - int(start[:4])) * MONTHS_PER_YEAR + month - int(start[5:7])


def month_labels(start: str, n_months: int) -> list[str]:
    """Return ``n_months`` calendar months as YYYY-MM, the first of them ``start``."""
    first = int(start[:4]) * MONTHS_PER_YEAR + int(start[5:7]) - 1
    return [f"{m // MONTHS_PER_YEAR:04d}-{m % MONTHS_PER_YEAR + 1:02d}" for m in range(first, first + n_months)]


class Happening(BaseModel):
    """What all events share: when they happen."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    on: str | None = Field(
        None, pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])(-[0-3][0-9])?$", description="Month or day, YYYY-MM or YYYY-MM-DD."
    )
    when: str | None = Field(None, max_length=200, description="Condition on the world, such as 'raids(TJK) >= 2 in 6 months'.")
    repeats: Flag = Field(False, description="Whether a triggered event can happen more than once.")
    note: str | None = Field(None, max_length=600, description="What is meant.")
    source: str | None = Field(None, max_length=600, description="Who reports it.")

    @model_validator(mode="after")
    def _has_a_time(self) -> Happening:
        if (self.on is None) == (self.when is None):
            raise ValueError("an event needs either 'on' (a date) or 'when' (a condition), and not both")
        return self


class Summit(Happening):
    """A meeting of states and groups about the conflict in a state."""

    summit: str = Field(max_length=60, description="Name of the meeting.")
    host: str = Field(description="State that hosts it, and gains prestige whatever comes of it.")
    about: str = Field(description="State whose conflict and groups it is about.")
    parties: list[str] = Field(min_length=1, max_length=MOST_PARTIES, description="States and groups that sit in.")
    absent: list[str] = Field(
        default_factory=list, max_length=MOST_PARTIES, description="States that refuse to sit in: spoilers."
    )
    vetoes: list[str] = Field(
        default_factory=list,
        max_length=MOST_PARTIES,
        description="Parties without whose consent nothing is agreed: the more, the harder.",
    )
    rank: dict[str, Rank] = Field(
        default_factory=dict,
        max_length=MOST_PARTIES,
        description="Rank of a delegation, 0 a clerk, 1 the leader; 0.6 if not given.",
    )


class Drill(Happening):
    """An exercise of an alliance at a border or in a member."""

    drill: str = Field(description="The alliance.")
    at: str = Field(description="Border (AAA-BBB) or member at which it is held.")
    size: Share = Field(quantity(1.0), description="Size of the drill; 1 is the largest.")


class StanceChange(Happening):
    """A change of how a state deals with a group; what is not named stays as it was."""

    stance: str = Field(description="The state.")
    to: str = Field(description="The group.")
    engage: Flag | None = Field(None, description="Talks with it.")
    recognise: Flag | None = Field(None, description="Recognises it.")
    listed: Flag | None = Field(None, description="Lists it as terrorist.")
    embassy: Flag | None = Field(None, description="Keeps an embassy.")
    sanction: Share | None = Field(None, description="Severity of sanctions.")
    aid: Share | None = Field(None, description="Aid as a share of need.")


class SupportChange(Happening):
    """A change of what a state gives to a side of a conflict; what is not named stays as it was."""

    support: str = Field(description="The state that gives it.")
    to: str = Field(description="The state or group that gets it.")
    troops: Thousands | None = Field(None, description="Troops that fight on its side.", json_schema_extra={"unit": "thousands"})
    arms: Share | None = Field(None, description="Arms, as a share of all that it could use.")
    funds: Share | None = Field(None, description="Money, as a share of all that it could use.")
    sanctuary: Share | None = Field(None, description="A place behind the border where a group is safe.")


class Withdrawal(Happening):
    """The end of the support of a state to a government or a group: its troops, arms, funds and sanctuary.

    Where the file names no supports between the two, it ends support from abroad as a whole (``external_support``).
    """

    withdraw: str = Field(description="The state that ends its support.")
    support_to: str = Field(description="The state or group that loses it.")
    share: Share = Field(quantity(1.0), description="Share of the support that ends.")


class Setting(Happening):
    """A change of conditions: paths of states, groups or borders that get a new value."""

    set: dict[str, Number] = Field(min_length=1, max_length=1000, description="Path → new value, such as borders.AFG-TJK.guard.")


class Displacement(Happening):
    """People who leave a state at once, besides the flow that fighting causes."""

    displacement: str = Field(description="State that they leave.")
    people: Persons = Field(description="How many.", json_schema_extra={"unit": "persons"})


class Outbreak(Happening):
    """An armed conflict that begins because the file says so."""

    outbreak: str = Field(description="State in which it begins.")
    deaths_per_year: Persons = Field(
        quantity(314.0), description="Its battle deaths a year.", json_schema_extra={"unit": "deaths a year"}
    )


class Peace(Happening):
    """An armed conflict that ends by settlement because the file says so."""

    peace: str = Field(description="State in which it ends.")


class Attack(Happening):
    """An overt attack that happens because the file says so."""

    attack: str = Field(description="State or group that attacks.")
    on_state: str = Field(description="State that is attacked.")


class Deployment(Happening):
    """Forces of a state that go to another."""

    deploy: str = Field(description="State that sends them.")
    to: str = Field(description="State that receives them; both share an alliance.")
    forces: Thousands = Field(quantity(2.0), description="Forces sent.", json_schema_extra={"unit": "thousands"})
    months: Months = Field(quantity(6.0), description="How long they stay.", json_schema_extra={"unit": "months"})


EVENT_KINDS: dict[str, type[Happening]] = {
    "summit": Summit, "drill": Drill, "stance": StanceChange, "support": SupportChange,
    "withdraw": Withdrawal, "set": Setting,
    "displacement": Displacement, "outbreak": Outbreak, "peace": Peace, "attack": Attack, "deploy": Deployment,
}  # fmt: skip


_SET_IN: dict[str, Kind] = {"states": "state", "groups": "group", "borders": "dyad", "corridors": "dyad"}
SETTABLE: dict[str, tuple[str, ...]] = {
    section: tuple(field.file_key for field in settable(kind)) for section, kind in _SET_IN.items()
}

MEMBERS_SETTABLE = ("fighters", "cells")  # of a group, by state: ``groups.taliban.fighters.AFG``


def event_kind(event: Any) -> str | None:  # noqa: ANN401 - whatever the file holds
    """Return the key that tells which kind of event a mapping or a record is, or None."""
    if isinstance(event, dict):
        return next((kind for kind in EVENT_KINDS if kind in event), None)
    return next((kind for kind, record in EVENT_KINDS.items() if isinstance(event, record)), None)


if TYPE_CHECKING:
    Event = Happening
else:
    _KINDS = Union[tuple(Annotated[record, Tag(kind)] for kind, record in EVENT_KINDS.items())]  # noqa: UP007 - computed
    Event = Annotated[_KINDS, Discriminator(event_kind)]

# Conditions on the world, such as ``incidents(AFG-TJK) >= 5 in 3 months``: a closed vocabulary, never evaluated.
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


class TriggerError(HintedError):
    """A condition that cannot be read."""


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
