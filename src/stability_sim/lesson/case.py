"""The file of a lesson: goals, plan, questions that the engine answers, and what not to conclude."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

MINUTES = 50
Kind = Literal["contrast", "probability", "channel", "honoured", "strongest"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Record):
    """A part of the lesson."""

    minutes: int = Field(ge=1, le=MINUTES)
    title: str
    do: str


class Question(_Record):
    """A prediction to make, and how the engine answers it.

    ``contrast``: B − A of an outcome. ``probability``: share of runs of A in which an outcome happens (``onset:TJK`` is a
    conflict that begins in TJK). ``channel``: by which way most conflicts from abroad come. ``honoured``: share of alliance
    calls that are honoured. ``strongest``: which of some variants, each with a label for what it removes, lowers an outcome most.
    ``happens`` is the outcome of a ``probability`` as a clause.
    """

    ask: str
    kind: Kind
    outcome: str = "onsets"
    a: str = "base"
    b: str = "base"
    variants: dict[str, str] = Field(default_factory=dict)
    happens: str = ""
    talk: str = ""


class Lesson(_Record):
    """A lesson about one scenario."""

    scenario: str
    title: str
    level: str
    compare: str  # the variant that the page shows as B
    keeps_secret: bool = False  # whether the page leaves out what would count against the model, because that contains the answer
    replicates: int = Field(1000, ge=20, le=2000)
    case: str
    prepare: list[str]
    goals: list[str]
    plan: list[Step]
    questions: list[Question]
    discuss: list[str]
    not_to_conclude: list[str]
    words: dict[str, str]


def lessons() -> list[str]:
    """Return the names of the scenarios that have a lesson."""
    folder = files("stability_sim.lesson").joinpath("cases")
    return sorted(path.name.removesuffix(".yaml") for path in folder.iterdir() if path.name.endswith(".yaml"))


def read_lesson(name: str) -> Lesson:
    """Return the lesson of a scenario.

    Raises KeyError if there is none, ValueError if its steps do not fill the minutes of a lesson.
    """
    if name not in lessons():
        raise KeyError(name)
    text = files("stability_sim.lesson").joinpath("cases", f"{name}.yaml").read_text(encoding="utf-8")
    lesson = Lesson.model_validate(YAML(typ="safe", pure=True).load(text))
    total = sum(step.minutes for step in lesson.plan)
    if total != MINUTES:
        raise ValueError(f"the plan of {name} takes {total} minutes, not {MINUTES}")
    return lesson
