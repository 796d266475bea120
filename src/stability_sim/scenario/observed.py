"""What happened in fact, as numbers that a run can be held against: a closed vocabulary of measures, never evaluated."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from stability_sim.scenario.problems import HintedError, closest, quoted
from stability_sim.scenario.quantity import Real, Whole

Argument = Literal["state", "group", "alliance", "border", "way"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=600)]


class Measure(NamedTuple):
    """A quantity read off a run: the kinds of thing each argument may name, unit, highest value, meaning.

    ``many``: the last argument may be repeated. ``whole``: known for the whole run alone, not for its first months.
    """

    arguments: tuple[tuple[Argument, ...], ...]
    unit: str
    high: float
    meaning: str
    many: bool = False
    whole: bool = False


class Reading(NamedTuple):
    """A measure and what it is applied to."""

    measure: str
    arguments: tuple[str, ...]


class MeasureError(HintedError):
    """A measure that cannot be read."""


_MANY = math.inf
MEASURES: dict[str, Measure] = {
    "onset": Measure((("state",),), "yes or no", 1.0, "1 if a conflict begins in the state"),
    "ended": Measure((("state",),), "yes or no", 1.0, "1 if a conflict in the state ends"),
    "takeover": Measure((("state",),), "yes or no", 1.0, "1 if a conflict in the state ends with a group in power"),
    "conflict": Measure((("state",),), "months", 1200.0, "Months that the state is in conflict"),
    "onsets": Measure((), "onsets", _MANY, "Conflicts that begin in all states"),
    "spread": Measure((("way",),), "onsets", _MANY, "Conflicts in the second state that are traced to the first"),
    "spread_from": Measure((("state",),), "onsets", _MANY, "Conflicts elsewhere that are traced to the state"),
    "attacks_on": Measure((("state", "alliance"),), "attacks", _MANY, "Overt attacks on the state, or on members by others"),
    "raids_on": Measure((("state",),), "raids", _MANY, "Raids into the state"),
    "raids_by": Measure((("group",),), "raids", _MANY, "Raids of the group"),
    "attempts": Measure((), "attempts", _MANY, "Attempts of all groups to cross or to raid", whole=True),
    "incidents": Measure((), "skirmishes", _MANY, "Skirmishes on all borders"),
    "incidents_on": Measure((("border",),), "skirmishes", _MANY, "Skirmishes on the border, mean of the replicates"),
    "calls": Measure((("alliance",),), "calls", _MANY, "Calls of the alliance, one for each member that is asked"),
    "honoured": Measure((("alliance",),), "share", 1.0, "Share of the calls that is honoured, where there are any"),
    "deployments": Measure((("alliance",),), "deployments", _MANY, "Forces that members send to one that called"),
    "deaths": Measure((), "deaths", _MANY, "Battle deaths in all states", whole=True),
    "refugees": Measure((), "persons", _MANY, "Refugees in the states of the scenario in the last month"),
    "hosted": Measure((("state",),), "persons", _MANY, "Refugees in the state in the last month, mean of the replicates"),
    "hosted_share": Measure((("state",),), "share", 1.0, "Share of those refugees who are in the states named", many=True),
    "refuge_share": Measure(
        (("state",), ("state",)), "share", 1.0, "Share of those who leave the first state that goes to the others, mean", many=True
    ),
    "moved": Measure((("way",),), "persons", _MANY, "Refugees who go from the first state to the second, mean"),
}  # fmt: skip
_FORM = re.compile(r"(?P<measure>[A-Za-z_]+) *\((?P<arguments>[^()]*)\)")


def usage(name: str) -> str:
    """Return how a measure is written, such as ``onset(state)``."""
    kinds = [" or ".join(kinds) for kinds in MEASURES[name].arguments]
    return f"{name}({', '.join(kinds)}{', ...' if MEASURES[name].many else ''})"


def parse_measure(text: str) -> Reading:
    """Return a measure and its arguments; MeasureError if it cannot be read."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise MeasureError(f"{quoted(text)} is not a measure: write it as 'onset(AFG)'")
    name = match["measure"]
    if name not in MEASURES:
        hint = closest(name, MEASURES) or f"the measures are {', '.join(MEASURES)}"
        raise MeasureError(f"no measure is called {quoted(name)}", hint)
    arguments = tuple(word.strip() for word in match["arguments"].split(",")) if match["arguments"].strip() else ()
    expected = len(MEASURES[name].arguments)
    enough = len(arguments) >= expected if MEASURES[name].many else len(arguments) == expected
    if not enough or not all(arguments):
        raise MeasureError(f"{name} has {len(arguments)} arguments here, but is written {usage(name)}")
    return Reading(name, arguments)


def kinds_of(reading: Reading) -> list[tuple[tuple[Argument, ...], str]]:
    """Return each argument with the kinds of thing that it may name."""
    kinds = MEASURES[reading.measure].arguments
    return [(kinds[min(k, len(kinds) - 1)], word) for k, word in enumerate(reading.arguments)]


class Observation(BaseModel):
    """Something that happened, and how to read it off a run; it changes nothing of what runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    what: Text = Field(description="What happened, in words.")
    measure: Text = Field(description=f"One of {', '.join(map(usage, MEASURES))}.")
    within: Whole = Field(ge=1, le=1200, description="Months from the start that count.", json_schema_extra={"unit": "months"})
    value: Real | None = Field(None, ge=0, description="The number that was observed.")
    range: tuple[Real, Real] | None = Field(None, description="Lowest and highest number that fits what was observed.")
    source: Text = Field(description="Who reports it.")

    @model_validator(mode="after")
    def _has_a_number(self) -> Observation:
        if (self.value is None) == (self.range is None):
            raise ValueError("an observation needs either 'value' or 'range', and not both")
        if self.range is not None and not 0 <= self.range[0] <= self.range[1]:
            raise ValueError(f"the range runs backwards or below 0: {self.range[0]:g} to {self.range[1]:g}")
        return self

    @property
    def low(self) -> float:
        """The lowest number that fits."""
        return self.range[0] if self.range else float(self.value or 0.0)

    @property
    def high(self) -> float:
        """The highest number that fits."""
        return self.range[1] if self.range else float(self.value or 0.0)


def misfit(observation: dict[str, Any], months: int) -> tuple[str, str]:
    """Return the key that does not fit a run of some months and why, of a well-formed observation; or two blanks."""
    within = observation["within"]
    name = parse_measure(observation["measure"]).measure
    spec = MEASURES[name]
    if within > months:
        return "within", f"{within} months are longer than the run, {months} months"
    if spec.whole and within != months:
        return "within", f"{name} are known for the whole run alone, {months} months"
    key = "range" if observation.get("range") else "value"
    over = [number for number in (observation["range"] if key == "range" else [observation[key]]) if number > spec.high]
    return (key, f"{over[0]:g} is above {spec.high:g}, the most that {name} can be") if over else ("", "")
