"""The report in a real browser: by click, by key, with hostile words, without network."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from waiting import until

VIEWER = Path(__file__).parents[2] / "viewer"


def _violations(page: Any, axe: str) -> list[str]:
    page.evaluate(f"() => {{ {axe}; return true; }}")
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


def _month(page: Any) -> str:
    return str(page.inner_text("output.month b"))


def test_every_report_opens_without_network_and_without_errors(pages: dict[str, Path], open_page: Any) -> None:
    for name, path in pages.items():
        watched = open_page(path.as_uri())
        watched.page.wait_for_selector("svg.map")
        assert watched.wrong == [], name
        assert watched.outside(path.as_uri()) == [], name
        wide = watched.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is wider than the window"


def test_play_scrub_and_difference_by_click(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri()).page
    assert _month(page) == "July 2024"
    page.click("button.play")
    page.wait_for_selector("button.play:has-text('Pause')")
    until(lambda: _month(page) not in ("July 2024", "August 2021"))
    page.click("button.play")
    page.locator("input[type=range]").fill("4")
    assert _month(page) == "December 2021"
    assert page.locator("svg.map").count() == 3
    assert page.get_by_label("Map of B minus A").is_hidden()
    page.get_by_label("show B − A").check()
    assert page.get_by_label("Map of B minus A").is_visible()
    assert page.locator(".legend:visible", has_text="percentage points").count() == 1


def test_everything_can_be_reached_by_keys(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri()).page
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "() => { const e = document.activeElement; return e.className?.baseVal ?? (e.className || e.type || e.tagName); }"
            )
        )
        if page.evaluate("() => document.activeElement.tagName === 'PRE'"):
            break
    assert {"play", "range", "present", "checkbox", "search"} <= reached
    assert any(str(one).startswith("state") for one in reached)
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("ArrowLeft")
    assert _month(page) == "June 2024"
    page.keyboard.press("d")
    assert page.get_by_label("Map of B minus A").is_visible()
    page.keyboard.press("d")
    page.locator("svg.map .state[tabindex='0']").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    picked = page.evaluate("() => document.activeElement.getAttribute('data-code')")
    assert picked == page.locator("#why-state").input_value()
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("p")
    assert page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 20


def test_why_shows_logged_causes_of_the_state_that_was_clicked(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri()).page
    box = page.locator("svg.map").first.locator("text.name", has_text="Pakistan").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.locator("#why-state").input_value() == "PAK"
    assert "at war from the start" in page.inner_text("#why")
    page.select_option("#tree select", index=1)
    run = page.locator("#tree select").input_value()
    assert f"run {run}" in page.inner_text("#why").lower()


def test_what_hardly_differs_is_one_click_away(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri()).page
    assert "Without" in page.inner_text("#contrasts p")
    assert "CSTO" in page.inner_text("#contrasts p")
    shown = {row.inner_text() for row in page.locator("#contrasts table.contrasts").first.locator("tbody th").all()}
    summary = page.locator("#contrasts summary")
    assert "overt attacks on a member of an alliance" in shown | {summary.inner_text().rpartition(": ")[2]}
    hidden = page.locator("#contrasts details table tbody tr")
    assert hidden.first.is_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    assert hidden.first.is_visible()
    labels = {row.locator("th").inner_text() for row in hidden.all()}
    assert labels
    assert not labels & shown
    assert all(label in summary.inner_text() for label in labels)


def test_present_mode_fits_a_projector(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri(), 1920, 1080).page
    page.click("button.present")
    boxes = [page.locator("svg.map").first.bounding_box(), page.locator(".front svg.chart").first.bounding_box()]
    assert all(box and box["y"] >= 0 and box["y"] + box["height"] <= 1080 for box in boxes)
    assert page.evaluate("() => document.documentElement.scrollHeight") <= 1090


def test_a_phone_shows_one_column(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri(), 390, 844).page
    first, second = (page.locator(".map-card").nth(k).bounding_box() for k in range(2))
    assert first["x"] == second["x"]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_hostile_words_stay_words(pages: dict[str, Path], open_page: Any) -> None:
    watched = open_page(pages["hostile"].as_uri())
    page = watched.page
    for summary in page.locator("summary:visible").all():
        summary.click()
    page.locator("#assumptions input[type=search]").fill("capacity")
    assert page.evaluate("() => window.pwned") is None
    assert page.locator("main img, main b > b, h1 img").count() == 0
    assert "<img src=x onerror" in page.inner_text("h1")
    assert "<script>" in page.inner_text("#case")
    assert watched.wrong == []


@pytest.mark.parametrize("name", ["seed", "hostile"])
def test_axe_finds_no_violation(name: str, pages: dict[str, Path], open_page: Any, axe: str) -> None:
    page = open_page(pages[name].as_uri()).page
    assert _violations(page, axe) == []
    if name == "seed":
        page.click("button.present")
        assert _violations(page, axe) == []


def test_two_maps_of_sixty_states_play_to_the_end(pages: dict[str, Path], open_page: Any) -> None:
    watched = open_page(pages["sixty"].as_uri())
    page = watched.page
    assert page.locator("svg.map").first.locator(".state").count() >= 58
    last = _month(page)
    page.get_by_label("Speed").select_option("16")
    before = page.evaluate("() => { window.stabilityStage.play(); return window.stabilityStage.frames; }")
    until(lambda: _month(page) != last)
    until(lambda: _month(page) == last)
    assert page.evaluate("() => window.stabilityStage.frames") > before + 2, "it moves, and does not jump"
    assert watched.wrong == []


def test_a_validator_accepts_the_report(pages: dict[str, Path], open_page: Any, tmp_path: Path) -> None:
    validator, node = VIEWER / "node_modules" / "html-validate" / "bin" / "html-validate.mjs", shutil.which("node")
    if not validator.is_file() or node is None:
        pytest.skip("html-validate is not installed: npm ci in viewer/")
    rendered = tmp_path / "rendered.html"
    page = open_page(pages["seed"].as_uri()).page
    rendered.write_text("<!DOCTYPE html>\n" + page.evaluate("() => document.documentElement.outerHTML"), encoding="utf-8")
    config = str(VIEWER / "html-validate.json")
    done = subprocess.run(
        [node, str(validator), "--config", config, str(pages["seed"]), str(pages["hostile"]), str(rendered)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-500:]
