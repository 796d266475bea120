"""The app as a class uses it: from the command to a page, levers, guesses, causes, export, and who may ask."""

from __future__ import annotations

import http.client
import json
import zipfile
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from stability_sim.app.levers import edited, levers
from stability_sim.scenario import Scenario, content_hash

RUN = ".run-row .go"
DONE = ".run-row .go:not(.due):enabled"


def _ask(address: str, path: str, headers: dict[str, str], method: str = "GET", body: str | None = None) -> tuple[int, str]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.putrequest(method, path, skip_host=True)
    for name, value in ({"Host": parts.netloc} | headers | ({"Content-Length": str(len(body))} if body else {})).items():
        connection.putheader(name, value)
    connection.endheaders(body.encode() if body else None)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_from_command_to_page(app_address: str, open_page: Any) -> None:
    watched = open_page(app_address)
    watched.page.wait_for_selector(".side")
    assert watched.page.evaluate("() => window.pwned") is None


def test_only_its_own_page_may_ask(app_address: str) -> None:
    address = app_address
    parts = urlsplit(address)
    token = parts.query.removeprefix("token=")
    own = {"X-Stability-Sim-Token": token}
    good = f"/?token={token}"
    assert parts.hostname == "127.0.0.1"
    assert _ask(address, good, {})[0] == 200
    assert _ask(address, "/api/scenario/central-asia-2021", own)[0] == 200
    refused = [
        ("/", {}), ("/?token=wrong", {}), ("/api/scenario/central-asia-2021", {}), ("/favicon.ico", {}), (good, {"Host": "evil.example"}),
        (good, {"Host": f"evil.example:{parts.port}"}), (good, {"Origin": "https://evil.example"}), (good, {"Origin": "null"}),
        ("/api/scenario/central-asia-2021", own | {"Origin": "http://127.0.0.1:1"}),
    ]  # fmt: skip
    for path, headers in refused:
        assert _ask(address, path, headers)[0] == 403, (path, headers)
    assert _ask(address, "/api/run", {"Origin": f"http://{parts.netloc}"}, "POST", "{}")[0] == 403
    status, text = _ask(address, "/api/run", own, "POST", json.dumps({"scenario": "central-asia-2021", "a": {"edits": {"x": 1}}}))
    assert (status, "there is no lever 'x'" in text) == (400, True)
    assert _ask(address, "/api/run", own, "POST", json.dumps({"scenario": "../../etc/passwd", "a": {}}))[0] == 404
    assert _ask(address, "/api/run", own, "POST", "{")[0] == 400
    assert _ask(address, "/api/job/999/bundle", own)[0] == 404


def test_every_lever_changes_what_runs(central_asia: Scenario) -> None:
    known = levers(central_asia)
    assert {lever.topic for lever in known} == {
        "Borders", "Alliances", "Aid and sanctions", "Refugees", "States", "Groups", "Rival rules", "Support in war",
    }  # fmt: skip
    before = content_hash(edited(central_asia, None, {}, 0)[0])
    for lever in known:
        other = (
            next(key for key, _ in lever.choices if key != lever.value)
            if lever.choices
            else round(lever.high - float(lever.value), 2)
        )
        other = 0.37 if other == lever.value else other
        for month in (0, 6):
            scenario, said = edited(central_asia, None, {lever.path: other}, month)
            assert content_hash(scenario) != before, lever.path
            assert lever.label in said
    with pytest.raises(ValueError, match="share from 0 to 1"):
        edited(central_asia, None, {"borders.AFG-TJK.guard": 1.5}, 0)
    later, _ = edited(central_asia, None, {"stances.USA.taliban.aid": 0.5}, 0)
    assert not any(getattr(event, "aid", None) for event in later.events), "later changes of the same thing are dropped"


@pytest.fixture
def desk(app_address: str, open_page: Any) -> Any:
    """The compare screen of the seed case; the app opens the file that was named, the library is one click away."""
    watched = open_page(app_address)
    page = watched.page
    page.wait_for_selector(".side")
    page.click("button.back")  # while the first run is on: it must not come back
    page.locator(".shelf-card", has_text="Central Asia").get_by_role("button").click()
    page.wait_for_selector("svg.map .state[data-code=TJK]", timeout=60_000)
    page.wait_for_selector(DONE)
    assert "Kabul" in page.inner_text("h1")
    yield watched
    assert watched.wrong == []
    assert watched.outside(f"http://127.0.0.1:{urlsplit(app_address).port}/") == []


def test_a_lever_gives_new_maps(desk: Any) -> None:
    page = desk.page
    for value in ("80", "90"):
        page.locator(".lever", has_text="Watch on Afghanistan–Tajikistan").locator("input").fill(value)
        page.click(RUN)
        page.wait_for_selector(DONE)
        page.wait_for_selector(".maps.two")
    assert "attempts of groups to cross" in page.inner_text("#contrasts")
    assert "90 %" in page.locator(".map-title").nth(1).inner_text()


def test_predict_by_keyboard_then_reveal(desk: Any) -> None:
    page = desk.page
    page.locator("#predict-first").focus()
    page.keyboard.press("Space")
    page.select_option("#b-variant", "watched-border")
    page.locator(RUN).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".predict")
    assert page.locator("svg.map").count() == 0, "the outcome is hidden until it was guessed"
    for group in page.locator(".predict fieldset").all():
        group.locator("input").first.focus()
        page.keyboard.press("Space")
    page.locator(".predict button[type=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".outcome")
    assert "fewer in B" in page.inner_text(".outcome")
    assert page.locator(".maps.two").is_visible()


def test_any_run_pin_and_export(desk: Any, tmp_path: Path) -> None:
    page = desk.page
    form = page.locator(".below form")
    form.locator("input").fill("7")
    form.get_by_role("button").click()
    page.wait_for_selector(".log-title:has-text('run 7')")
    assert page.evaluate("() => window.stabilityStage.now.replicate") == 7
    assert "run 7" in page.locator(".log-title").first.inner_text()
    page.select_option("#b-variant", "no-pledge")
    page.click("text=Make B the new A")
    assert "no-pledge" in page.inner_text(".pinned")
    page.locator("summary", has_text="About and export").click()
    with page.expect_download() as waiting:
        page.locator("[data-export=report]").click()
    target = tmp_path / "report.html"
    waiting.value.save_as(target)
    assert "default-src 'none'" in unescape(target.read_text(encoding="utf-8"))
    with page.expect_download() as waiting:
        page.locator("[data-export=yaml]").click()
    waiting.value.save_as(tmp_path / "x.yaml")
    assert "scenario: central-asia-2021" in (tmp_path / "x.yaml").read_text(encoding="utf-8")


def test_a_teacher_takes_the_lesson_home(desk: Any, tmp_path: Path) -> None:
    page = desk.page
    page.locator("summary", has_text="About and export").click()
    with page.expect_download(timeout=60_000) as waiting:
        page.locator("[data-export=lesson]").click()
    assert waiting.value.suggested_filename == "lesson-central-asia-2021.zip"
    waiting.value.save_as(tmp_path / "lesson.zip")
    with zipfile.ZipFile(tmp_path / "lesson.zip") as archive:
        names = archive.namelist()
        plan = archive.read("lesson-central-asia-2021/plan.html").decode()
    assert {f"lesson-central-asia-2021/{name}.html" for name in ("start", "plan", "handout", "questions", "show")} <= set(names)
    assert "Fifty minutes" in plan


def test_only_cases_with_a_lesson_offer_one(app_address: str, open_page: Any) -> None:
    page = open_page(app_address).page
    page.wait_for_selector(".side")  # the file that was named, which has none
    assert page.locator("[data-export=report]").count() == 1
    assert page.locator("[data-export=lesson]").count() == 0
    page.click("button.back")
    assert page.locator(".shelf-card", has_text="with a lesson").count() == 3


def test_a_sweep_follows_a_lever_from_end_to_end(desk: Any) -> None:
    page = desk.page
    page.select_option("#sweep-lever", "borders.AFG-TJK.guard")
    page.locator("#sweep .go").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#sweep table")
    rows = [[cell.inner_text() for cell in row.locator("th, td").all()] for row in page.locator("#sweep tbody tr").all()]
    assert [row[0] for row in rows] == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
    assert float(rows[0][1]) > float(rows[-1][1]), "the more closely watched, the fewer cross"


def test_a_run_can_be_cancelled(desk: Any) -> None:
    page = desk.page
    page.locator("summary", has_text="Runs and dice").click()
    page.select_option("#runs", "2000")
    page.fill("#seed", "99")
    page.click(RUN)
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector(".status:has-text('Cancelled')")
    assert page.locator("svg.map").first.is_visible()


def test_axe_finds_no_violation_in_the_app(desk: Any, axe: str) -> None:
    page = desk.page
    page.evaluate(f"() => {{ {axe}; return true; }}")

    def violations() -> list[str]:
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]

    assert violations() == []
    page.check("#predict-first")
    page.select_option("#b-variant", "no-pledge")
    page.click(RUN)
    page.wait_for_selector(".predict")
    assert violations() == []
    page.click("text=Show without a guess")
    page.wait_for_selector(".maps.two")
    assert violations() == []
    page.click("button.back")
    assert violations() == []
