"""Write a lesson into a folder: start page, plan, hand-out, questions, pages to show, scenario, answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from stability_sim.ensemble.run import prepare, run
from stability_sim.lesson.answers import answer, as_json
from stability_sim.lesson.case import Lesson, read_lesson
from stability_sim.lesson.pages import handout_page, plan_page, questions_page, start_page
from stability_sim.lesson.pictures import case_map
from stability_sim.report.page.bundle import Run, build
from stability_sim.report.page.html import html_page
from stability_sim.report.page.words import drawing
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_variant, load, resolve, without_remarks
from stability_sim.scenario.load import shipped
from stability_sim.storage.files import check_writable, moved_into

Say = Callable[[str], None]


class _Ensembles:
    """Results of the variants of a lesson, each run once, with the seed of the file."""

    def __init__(self, scenario: Scenario, replicates: int) -> None:
        self.scenario, self.replicates = scenario, replicates
        self._results: dict[str, Results] = {}

    def __call__(self, name: str) -> Results:
        if name not in self._results:
            self._results[name] = run(self.scenario, variant=name, replicates=self.replicates)
        return self._results[name]

    def page(self, sides: tuple[str, str], *, secret: bool, single_run: bool) -> str:
        """Return the page of two variants; with ``single_run`` it opens on a single run instead of the ensemble."""
        scenario = _without_answer(self.scenario) if secret else self.scenario
        runs = [Run(self(name), apply_variant(scenario, name), {"variant": name}, "", self.note(name)) for name in sides]
        bundle = build(runs)
        if single_run:
            replicate = bundle["replicates"][0][0] if bundle["replicates"] else -1
            bundle["opens"] = {"shown": "run", "month": 0, "replicate": replicate}
        return html_page(bundle)

    def note(self, name: str) -> str:
        """Return the note of a variant in the file."""
        return self.scenario.variants[name].note if name in self.scenario.variants else ""


def _without_answer(scenario: Scenario) -> Scenario:
    """Return a scenario without the author's hints at the answer: what counts against it, and remarks on parameters."""
    return without_remarks(scenario).model_copy(update={"against": ""})


def _maps(lesson: Lesson) -> dict[tuple[str, str], str]:
    """Return the pairs of variants that a question compares, each with the file that shows them."""
    files = {("base", lesson.compare): "show.html"}
    for k, question in enumerate(lesson.questions, 1):
        if question.kind == "contrast":
            files.setdefault((question.a, question.b), f"show-question-{k}.html")
    return files


def _question_numbers(lesson: Lesson, sides: tuple[str, str]) -> str:
    numbers = [str(k) for k, q in enumerate(lesson.questions, 1) if q.kind == "contrast" and (q.a, q.b) == sides]
    return f"question{'s' if len(numbers) > 1 else ''} {' and '.join(numbers)}"


def _provenance(scenario: Scenario, lesson: Lesson) -> str:
    return (
        f"Computed by stability-sim {version('stability-sim')} from {scenario.scenario}: {lesson.replicates:,} runs of each variant, seed "
        f"{scenario.seed}. The same version gives everybody the same numbers. They follow from the assumptions of the file; they are no forecast."
    )


def pack(name: str) -> dict[str, str]:
    """Return the lesson of a scenario as texts by the name of their files.

    Raises KeyError if there is no such lesson, or if the scenario does not ship with this copy.
    """
    lesson = read_lesson(name)
    loaded = load(shipped()[lesson.scenario])
    scenario = resolve(loaded.scenario)
    ensembles = _Ensembles(scenario, lesson.replicates)
    answers = [answer(question, ensembles) for question in lesson.questions]
    first = ensembles("base")
    case_drawing = drawing(first, first.attributes["alliances"])
    provenance = _provenance(scenario, lesson)
    picture = case_map(case_drawing, first.attributes["names"], f"Map of {lesson.title}")
    alliances = [alliance.name or key for key, alliance in scenario.alliances.items()]
    outlined = alliances if case_drawing["kind"] == "map" else None
    maps = _maps(lesson)
    shows = {
        file: ensembles.page(sides, secret=lesson.keeps_secret, single_run=file == "show.html") for sides, file in maps.items()
    }
    others = [
        (file, f"for {_question_numbers(lesson, sides)}: {ensembles.note(sides[1])}")
        for sides, file in maps.items()
        if file != "show.html"
    ]
    return {
        "start.html": start_page(lesson, others),
        "plan.html": plan_page(lesson, scenario.question, answers, provenance),
        "handout.html": handout_page(
            lesson, scenario.question, answers, picture, outlined, f"{provenance} {case_drawing['disclaimer']}".strip()
        ),
        "questions.html": questions_page(lesson, scenario.question, answers, maps, provenance),
        **shows,
        "answers.json": json.dumps(as_json(answers), indent=2, ensure_ascii=False) + "\n",
        f"{scenario.scenario}.yaml": loaded.text,
    }


def write_lesson(name: str, folder: Path, say: Say = lambda _: None) -> list[Path]:
    """Write the lesson of a scenario into a folder; return what was written.

    Raises KeyError if there is no such lesson, or if the scenario does not ship with this copy.
    """
    read_lesson(name)  # before anything is compiled
    check_writable(folder)
    prepare(say)
    parts = pack(name)
    with moved_into(folder) as room:
        for file, text in parts.items():
            (room / file).write_text(text, encoding="utf-8")
    return [folder / file for file in parts]
