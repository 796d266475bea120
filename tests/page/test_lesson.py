"""Lessons: fifty minutes, answers that the engine gives, a hand-out of two pages, the same for everybody."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stability_sim.ensemble.run import run
from stability_sim.lesson import lessons, read_lesson, write_lesson
from stability_sim.library import shipped
from stability_sim.notebook import show
from stability_sim.scenario import Scenario, load


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("lessons")
    names = [name for name in lessons() if name in shipped()]
    for name in names:
        write_lesson(name, folder / name)
    return {name: folder / name for name in names}


@pytest.mark.parametrize("name", lessons())
def test_a_lesson_takes_fifty_minutes(name: str) -> None:
    lesson = read_lesson(name)
    assert sum(step.minutes for step in lesson.plan) == 50
    assert len(lesson.questions) >= 5
    assert len(lesson.not_to_conclude) >= 3
    if name in shipped():
        variants = {"base", *load(shipped()[name]).scenario.variants}
        asked = {lesson.compare, *(v for one in lesson.questions for v in (one.a, one.b, *one.variants))}
        assert asked <= variants


def test_answers_are_those_of_the_engine_and_the_same_each_time(packs: dict[str, Path], tmp_path: Path) -> None:
    again = tmp_path / "again"
    write_lesson("central-asia-2021", again)
    for path in sorted(again.iterdir()):
        assert path.read_bytes() == (packs["central-asia-2021"] / path.name).read_bytes()
    told = json.loads((again / "answers.json").read_text(encoding="utf-8"))
    scenario = load(shipped()["central-asia-2021"]).scenario
    results = run(scenario, replicates=read_lesson("central-asia-2021").replicates)
    attacked = results["outcome_per_replicate"][:, results.index("outcome", "attacks_on_allies")] > 0
    assert told[0]["numbers"]["share"] == pytest.approx(attacked.mean())
    assert told[2]["answer"] == "fewer in B"


def test_the_pages_of_a_lesson_load_nothing_and_print_on_two_pages(packs: dict[str, Path], open_page: Any) -> None:
    for name, folder in packs.items():
        for file in ("plan.html", "handout.html", "show.html"):
            watched = open_page((folder / file).as_uri())
            assert watched.wrong == [], (name, file)
            assert watched.outside((folder / file).as_uri()) == []
            if file == "handout.html":
                pdf = watched.page.pdf(prefer_css_page_size=True)
                assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 2, name
        assert "right" not in re.findall(r'<li class="(\w+)"', (folder / "handout.html").read_text(encoding="utf-8"))


def test_the_class_sees_one_run_first(packs: dict[str, Path], open_page: Any) -> None:
    page = open_page((packs["central-asia-2021"] / "show.html").as_uri()).page
    assert page.get_by_label("Maps show").input_value() == "run"
    assert page.inner_text("output.month b") == "August 2021"


def test_a_notebook_shows_the_page_in_a_frame(central_asia: Scenario, open_page: Any, tmp_path: Path) -> None:
    a = run(central_asia, replicates=20)
    b = run(central_asia, replicates=20, variant="no-pledge")
    shown = show(a, b, scenario=central_asia)
    file = tmp_path / "notebook.html"
    file.write_text(f"<!DOCTYPE html><title>x</title>{shown._repr_html_()}", encoding="utf-8")
    watched = open_page(file.as_uri())
    frame = watched.page.frame_locator("iframe")
    frame.locator("svg.map").first.wait_for()
    assert frame.locator("svg.map").count() == 3
    frame.locator("button.play").click()
    assert watched.outside(file.as_uri()) == ["about:srcdoc"] or watched.outside(file.as_uri()) == []
    assert watched.wrong == []
