"""The pages of a lesson: start page, the instructor's plan with answers, hand-out, questions for the projector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import accumulate

from stability_sim.lesson.answers import Answer
from stability_sim.lesson.case import Lesson
from stability_sim.lesson.pictures import Picture
from stability_sim.report.page.html import policy, render


def _page(name: str, title: str, values: Mapping[str, object], css: str = "sheet.css") -> str:
    style = files("stability_sim.lesson").joinpath("templates", css).read_text(encoding="utf-8")
    shell = {"title": title, "style": style, "policy": policy(["no script runs here"], [style])}
    return render(f"lesson/templates/{name}.html.j2", **shell, **values)


def start_page(lesson: Lesson, maps: Iterable[tuple[str, str]]) -> str:
    """Return the page to open first: what each file of the folder is for.

    ``maps`` are the pages of maps besides ``show.html``: file, and what it is for.
    """
    return _page("start", f"{lesson.title}: start here", {"lesson": lesson, "maps": maps})


def plan_page(lesson: Lesson, question: str, answers: Sequence[Answer], provenance: str) -> str:
    """Return the instructor's sheet: goals, the fifty minutes, the answers, what not to conclude."""
    ends = list(accumulate(step.minutes for step in lesson.plan))
    minutes = list(zip([0, *ends], ends, lesson.plan, strict=False))
    values = {"lesson": lesson, "scenario_question": question, "answers": answers, "minutes": minutes, "provenance": provenance}
    return _page("plan", f"{lesson.title}: plan", values)


def handout_page(
    lesson: Lesson, question: str, answers: Sequence[Answer], picture: Picture, outlined: Sequence[str] | None, provenance: str
) -> str:
    """Return the students' sheet: case, map, words on the first page; predictions and notes on the second.

    ``outlined`` are the names of the alliances whose outline is bold on the map; None if there is no map, but a network.
    """
    values = {"lesson": lesson, "scenario_question": question, "answers": answers, "provenance": provenance}
    return _page("handout", f"{lesson.title}: hand-out", {**values, "picture": picture, "outlined": outlined})


def questions_page(
    lesson: Lesson, question: str, answers: Sequence[Answer], maps: Mapping[tuple[str, str], str], provenance: str
) -> str:
    """Return a screen for each question; ``maps`` names the page on which two variants can be seen."""
    values = {"lesson": lesson, "scenario_question": question, "answers": answers, "maps": maps, "provenance": provenance}
    return _page("questions", f"{lesson.title}: questions", values, "questions.css")
