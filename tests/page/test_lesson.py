"""Lessons: fifty minutes, answers that the engine gives, a hand-out of two pages, the same for everybody."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stability_sim.ensemble.run import run
from stability_sim.lesson import lessons, read_lesson, write_lesson
from stability_sim.lesson.answers import DIRECTIONS, LEAST, direction
from stability_sim.report.page.html import show
from stability_sim.scenario import Scenario, load
from stability_sim.scenario.load import shipped

ROOT = Path(__file__).parents[2]


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
        shown = sorted(path.name for path in folder.glob("show*.html"))
        for file in ("start.html", "plan.html", "handout.html", "questions.html", *shown):
            watched = open_page((folder / file).as_uri())
            assert watched.wrong == [], (name, file)
            assert watched.outside((folder / file).as_uri()) == []
            if file in ("handout.html", "plan.html"):
                pdf = watched.page.pdf(prefer_css_page_size=True)
                assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 2, name
        assert "right" not in re.findall(r'<li class="(\w+)"', (folder / "handout.html").read_text(encoding="utf-8"))


def test_the_class_sees_one_run_first(packs: dict[str, Path], open_page: Any) -> None:
    page = open_page((packs["central-asia-2021"] / "show.html").as_uri()).page
    assert page.get_by_label("Maps show").input_value() == "run"
    assert page.inner_text("output.month b") == "August 2021"


@pytest.mark.parametrize(
    ("b", "interval", "word"),
    [(0.99, (-0.015, -0.005), "no difference to speak of"), (0.97, (-0.05, 0.001), "no difference to speak of"),
     (0.97, (-0.05, -0.01), "fewer in B"), (1.03, (0.01, 0.05), "more in B"), (0.0, (0.0, 0.0), "no difference to speak of")],
)  # fmt: skip
def test_a_small_change_is_none_even_if_luck_cannot_make_it(b: float, interval: tuple[float, float], word: str) -> None:
    assert DIRECTIONS[direction(1.0, b, *interval)] == word


def test_a_small_change_is_none_and_an_edge_is_said(packs: dict[str, Path]) -> None:
    told = {name: json.loads((folder / "answers.json").read_text(encoding="utf-8")) for name, folder in packs.items()}
    watched = told["four-rivers"][2]
    assert watched["answer"] == "no difference to speak of"
    attacked = told["central-asia-2021"][0]
    assert [attacked["choices"][k] for k in attacked["also"]] == ["1 to 5 in 100"]
    assert "as good an answer" in attacked["words"]
    for answers in told.values():
        for one in answers:
            assert not re.search(r"0\.\d{2}", one["words"]), "runs of so many are for a class, shares are for a paper"
    predict = (ROOT / "viewer" / "src" / "app" / "predict.ts").read_text(encoding="utf-8")
    assert f"const LEAST = {LEAST};" in predict, "the app and the lesson call the same change none"


def _links(page: Path) -> set[str]:
    return {link.partition("#")[0] for link in re.findall(r'href="([^"#][^"]*)"', page.read_text(encoding="utf-8"))}


def test_every_file_is_reached_and_every_comparison_can_be_seen(packs: dict[str, Path]) -> None:
    for name, folder in packs.items():
        pages = {path.name for path in folder.glob("*.html")}
        assert _links(folder / "start.html") == pages - {"start.html"}
        lesson = read_lesson(name)
        for k, one in enumerate(lesson.questions, 1):
            section = (
                (folder / "questions.html").read_text(encoding="utf-8").partition(f'id="q{k}"')[2].partition("</section>")[0]
            )
            links = re.findall(r'href="(show[\w-]*\.html)#present:contrasts"', section)
            assert len(links) == (one.kind == "contrast"), (name, k)
            for link in links:
                bundle = json.loads(re.findall(r'id="bundle">(.*?)</script>', (folder / link).read_text(encoding="utf-8"))[0])
                assert [variant["variant"] for variant in bundle["variants"]] == [one.a, one.b]


def test_the_answer_that_is_to_be_found_stands_on_no_page_for_the_class(packs: dict[str, Path]) -> None:
    folder = packs["four-rivers"]
    assert "lanted" in (folder / "four-rivers.yaml").read_text(encoding="utf-8")
    for path in [folder / "handout.html", *folder.glob("show*.html")]:
        bundle = path.read_text(encoding="utf-8")
        assert "he planted" not in bundle, path.name
        assert "Planted" not in bundle, path.name


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (390, 844)])
def test_answers_are_hidden_until_a_key_reveals_them(size: tuple[int, int], packs: dict[str, Path], open_page: Any) -> None:
    for name, folder in packs.items():
        page = open_page((folder / "questions.html").as_uri(), *size).page
        for k in range(1, len(read_lesson(name).questions) + 1):
            section = page.locator(f"#q{k}")
            assert section.locator(".answer").is_hidden()
            section.locator("summary").focus()
            page.keyboard.press("Enter")
            assert section.locator(".answer").is_visible()
            assert section.locator("svg").first.is_visible()
            if size[0] > 1000:
                assert section.bounding_box()["height"] <= size[1] + 40, f"question {k} of {name} does not fit the screen"
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_what_the_plan_tells_to_click_and_type_is_there(packs: dict[str, Path], open_page: Any) -> None:
    for name, folder in packs.items():
        told = " ".join(step.do for step in read_lesson(name).plan)
        page = open_page((folder / "show.html").as_uri() + "#present:assumptions").page
        assert page.locator("html.presenting #assumptions").is_visible(), "the address asks for a part in large letters"
        parts = set(page.locator(".parts-nav a").all_inner_texts())
        clicked = re.findall(r"[Cc]lick ([A-Z][\w]*(?: run| to whom| and when| case)?\??)", told)
        assert clicked
        assert set(clicked) <= parts, name
        for word in re.findall(r"type (\w+) into Words", told):
            page.locator("#assumptions input[type=search]").fill(word)
            assert page.locator("#assumptions tbody tr").count() > 0, f"{name}: nothing is found by {word}"


def test_axe_finds_no_violation_in_the_pages_of_a_lesson(packs: dict[str, Path], open_page: Any, axe: str) -> None:
    for file in ("start.html", "questions.html", "handout.html", "plan.html"):
        text = (packs["central-asia-2021"] / file).read_text(encoding="utf-8")
        open_without_policy = packs["central-asia-2021"].parent / f"axe-{file}"
        open_without_policy.write_text(re.sub(r"<meta http-equiv[^>]*>", "", text), encoding="utf-8")
        page = open_page(open_without_policy.as_uri()).page
        for summary in page.locator("summary").all():
            summary.click()
        page.evaluate(f"() => {{ {axe}; return true; }}")
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:100]) for one in found] == [], file


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
