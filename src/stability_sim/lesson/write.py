"""A lesson into a folder: plan, hand-out, the page to show, the scenario, the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from stability_sim.ensemble.run import prepare, run
from stability_sim.lesson.answers import Answer, answer, as_json
from stability_sim.lesson.case import Lesson, read_lesson
from stability_sim.lesson.pages import handout_page, plan_page
from stability_sim.lesson.picture import picture
from stability_sim.library import shipped
from stability_sim.report.bundle import Run, build
from stability_sim.report.bundle.drawing import drawing
from stability_sim.report.page import html_page
from stability_sim.results import Results
from stability_sim.scenario import Loaded, Scenario, apply_variant, load, resolve
from stability_sim.writing import check_writable, moved_into

Say = Callable[[str], None]


class _Ensembles:
    """The variants that a lesson asks for, each run once, with the seed of the file."""

    def __init__(self, scenario: Scenario, replicates: int) -> None:
        self.scenario, self.replicates = scenario, replicates
        self._known: dict[str, Results] = {}

    def __call__(self, name: str) -> Results:
        if name not in self._known:
            self._known[name] = run(self.scenario, variant=name, replicates=self.replicates)
        return self._known[name]

    def page(self, other: str, *, secret: bool) -> str:
        """Return the page that the class looks at: it opens on one run, the spread is a choice away."""
        told = self.scenario.model_copy(update={"against": ""}) if secret else self.scenario
        runs = [Run(self(name), apply_variant(told, name), {"variant": name}, "", self._note(name)) for name in ("base", other)]
        bundle = build(runs)
        bundle["opens"] = {"shown": "run", "month": 0, "replicate": bundle["replicates"][0][0] if bundle["replicates"] else -1}
        return html_page(bundle)

    def _note(self, name: str) -> str:
        return self.scenario.variants[name].note if name in self.scenario.variants else ""


def _made(scenario: Scenario, lesson: Lesson) -> str:
    return (
        f"Computed by stability-sim {version('stability-sim')} from {scenario.scenario}: {lesson.replicates} runs of each variant, seed "
        f"{scenario.seed}. The same version gives everybody the same numbers. They follow from the assumptions of the file; they are no forecast."
    )


def _pack(lesson: Lesson, loaded: Loaded) -> tuple[dict[str, str], list[Answer]]:
    scenario = resolve(loaded.scenario)
    ensembles = _Ensembles(scenario, lesson.replicates)
    answers = [answer(question, ensembles) for question in lesson.questions]
    first = ensembles("base")
    drawn = drawing(first, first.attributes["alliances"])
    made = _made(scenario, lesson)
    picture_ = picture(drawn, first.attributes["names"], f"Map of {lesson.title}")
    return {
        "plan.html": plan_page(lesson, scenario.question, answers, made),
        "handout.html": handout_page(lesson, scenario.question, answers, picture_, f"{made} {drawn['disclaimer']}".strip()),
        "show.html": ensembles.page(lesson.compare, secret=lesson.keeps_secret),
        "answers.json": json.dumps(as_json(answers), indent=2, ensure_ascii=False) + "\n",
        f"{scenario.scenario}.yaml": loaded.text,
    }, answers


def write_lesson(name: str, folder: Path, say: Say = lambda _: None) -> list[Path]:
    """Write the lesson of a scenario into a folder; return what was written.

    Raises KeyError if there is no such lesson, or if the scenario does not ship with this copy.
    """
    lesson = read_lesson(name)
    check_writable(folder)
    prepare(say)
    parts, _ = _pack(lesson, load(shipped()[lesson.scenario]))
    with moved_into(folder) as room:
        for file, text in parts.items():
            (room / file).write_text(text, encoding="utf-8")
    return [folder / file for file in parts]
