"""Present mode: large letters, one part at a time, by click and by what a remote control sends, on projectors old and new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

VISIBLE = "() => [...document.querySelectorAll('main.parts > *')].filter((part) => part.offsetParent).map((part) => part.id)"
SMALL = """() => [...document.querySelectorAll('main.parts svg text')].filter((text) => text.getBoundingClientRect().width)
    .map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a).filter((size) => size < 12)"""


def test_each_part_can_be_shown_alone(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri(), 1920, 1080).page
    assert len(page.evaluate(VISIBLE)) > 10
    page.click("button.present")
    assert page.evaluate(VISIBLE) == ["maps"]
    links = page.locator(".parts-nav a")
    for k in range(links.count()):
        links.nth(k).click()
        shown = page.evaluate(VISIBLE)
        assert [f"#{part}" for part in shown] == [links.nth(k).get_attribute("href")]
        assert page.locator(".parts-nav a[aria-current]").count() == 1
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, shown
        assert page.evaluate(SMALL) == [], f"{shown[0]} has letters that a back row cannot read"
    page.keyboard.press("Escape")
    assert len(page.evaluate(VISIBLE)) > 10


def test_a_remote_control_turns_the_parts(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri(), 1920, 1080).page
    page.keyboard.press("p")
    for wanted in ("fans", "contrasts"):
        page.keyboard.press("PageDown")
        assert page.evaluate(VISIBLE) == [wanted]
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    assert page.evaluate(VISIBLE) == ["maps"]
    page.keyboard.press("p")
    assert len(page.evaluate(VISIBLE)) > 10


@pytest.mark.parametrize("size", [(1024, 768), (1280, 720), (1366, 768)])
def test_old_projectors_show_all_of_the_width(size: tuple[int, int], pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri(), *size).page
    page.click("button.present")
    for link in page.locator(".parts-nav a").all():
        link.click()
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, link.inner_text()
    page.locator(".parts-nav a").first.click()
    leave = page.locator(".parts-nav .present").bounding_box()
    assert leave["x"] + leave["width"] <= size[0]


def test_what_differs_in_one_run_is_marked(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri()).page
    logs = page.locator("#log .log-box")
    assert logs.count() == 2
    marked = 0
    for value in page.locator("#log select option").evaluate_all("all => all.map((one) => one.value)"):
        page.select_option("#log select", value)
        rows = [[item.inner_text() for item in logs.nth(k).locator("li").all()] for k in range(2)]
        for k in range(2):
            alone = [item.inner_text() for item in logs.nth(k).locator("li.apart").all()]
            assert alone == [row for row in rows[k] if row not in rows[1 - k]]
            marked += len(alone)
        said = page.inner_text("#log p.quiet")
        assert ("no difference" in said) == (page.locator("#log li.apart").count() == 0)
    assert marked > 0, "no run of the seed case tells the two apart: take other runs"


def test_a_phone_can_read_charts_and_tables(pages: dict[str, Path], open_page: Any) -> None:
    page = open_page(pages["seed"].as_uri(), 390, 844).page
    sizes = page.evaluate(SMALL.replace("< 12", "< 8.5"))
    assert sizes == [], "letters on charts that nobody can read on a phone"
    cut = page.evaluate(
        "() => [...document.querySelectorAll('table.stacks')].filter((t) => t.scrollWidth > t.clientWidth + 1).length"
    )
    assert cut == 0


def _open_seed_case(page: Any) -> None:
    page.set_default_timeout(60_000)  # two cases are run here, on a machine that may have other things to do
    page.wait_for_selector(".parts-nav")  # the first case is there: the way to the library has moved into it
    page.get_by_role("button", name="Library").click()
    page.locator(".shelf-card", has_text="Central Asia").get_by_role("button").click()
    page.wait_for_selector(".parts-nav", timeout=60_000)
    page.wait_for_selector(".run-row .go:not(.due):enabled", state="attached")


def test_the_app_is_presented_from_the_shelf_to_the_reveal(app_address: str, open_page: Any) -> None:
    watched = open_page(app_address, 1366, 768)
    page = watched.page
    page.locator(".screens .present").click()
    assert page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 20
    _open_seed_case(page)
    assert page.locator("#side").is_hidden()
    page.get_by_role("link", name="Change B").click()
    assert page.evaluate(VISIBLE) == []
    page.check("#predict-first")
    page.select_option("#b-variant", "watched-border")
    page.click(".run-row .go")
    page.wait_for_selector(".predict")
    assert page.locator("#side").is_hidden()
    for group in page.locator(".predict fieldset").all():
        group.locator("input").first.check()
    page.click(".predict button[type=submit]")
    page.wait_for_selector("#reveal")
    assert page.evaluate(VISIBLE) == ["reveal"]
    assert "pairs of runs" in page.inner_text("#reveal")
    page.keyboard.press("PageDown")
    assert page.evaluate(VISIBLE) == ["maps"]
    assert watched.wrong == []


def test_on_a_phone_the_maps_are_seen_after_a_run(app_address: str, open_page: Any) -> None:
    page = open_page(app_address, 390, 844).page
    _open_seed_case(page)
    assert page.locator("h1").bounding_box()["y"] < 200, "the question comes first"
    page.get_by_role("link", name="Change B").click()
    page.locator(".lever", has_text="Watch on Afghanistan–Tajikistan").locator("input").fill("90")
    page.click(".run-row .go")
    page.wait_for_selector(".maps.two")
    page.wait_for_function("() => scrollY === 0")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
