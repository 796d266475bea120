"""The app, started as a user starts it, and a way through all of its screens."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from screens.camera import Camera

SCREENS = {
    "library": "The cases that ship, each with its question",
    "compare": "A as the file says, B with one lever moved: two maps in step, and what was logged in one run",
    "side": "What B is: levers in plain words, with the value of the file beside each that was moved",
    "predict": "The outcome is hidden until everybody has said what they expect",
    "reveal": "What was guessed beside what the model says",
    "why": "A state that was picked: what its risk is made of, who brought it, the chain of logged causes",
    "uncertainty": "Share of runs at war by state and month, over all runs",
    "run": "Any run by its number: what was logged in it, each conflict with its cause",
    "sweep": "One lever from end to end, the rest as in B",
    "export": "What can be saved: the report, the scenario file, the figures, a moving map, a lesson",
}
CASE = "Central Asia"
WATCH = "Watch on Afghanistan–Tajikistan"
ANY_RUN = "12"
DONE = ".run-row .go:not(.due):not([disabled])"


@contextmanager
def app() -> Iterator[str]:
    """Yield the address of the app while it runs."""
    command = [sys.executable, "-m", "stability_sim", "app", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def _run(camera: Camera, waits_for: str) -> None:
    """Press Run where the panel of B is: beside the maps, or as a part of its own in present mode."""
    camera.page.locator(".run-row .go").click()
    camera.page.wait_for_selector(waits_for)
    camera.page.wait_for_selector(DONE, state="attached")


def _change(camera: Camera) -> None:
    if camera.size.presents:
        camera.part("Change B")


def _maps(camera: Camera) -> None:
    _change(camera)
    topic = camera.page.locator("details.topic", has_text=WATCH)
    if topic.get_attribute("open") is None:
        topic.locator("summary").click()
    camera.page.locator(".lever", has_text=WATCH).locator("input").fill("90")
    _run(camera, ".maps.two")
    if camera.size.name == "phone":
        camera.part("Maps")
    camera.take("compare", ".page-head")
    camera.part("Change B")
    camera.take("side", "#side")


def _guess(camera: Camera) -> None:
    page = camera.page
    _change(camera)
    page.check("#predict-first")
    page.select_option("#b-variant", "watched-border")
    _run(camera, ".predict")
    groups = page.locator(".predict fieldset").all()
    for k, group in enumerate(groups):
        group.locator("input").nth(0 if k < 2 else 1).check()
    page.locator(".predict select").select_option("TJK")
    camera.take("predict", ".stage-place")
    page.locator(".predict button[type=submit]").click()
    page.wait_for_selector(".outcome")
    camera.take("reveal", "#reveal")


def _study(camera: Camera) -> None:
    page = camera.page
    camera.part("Maps")
    page.locator("svg.map").first.locator("[data-code=TJK]").press("Enter")
    camera.part("Why?")
    camera.take("why", "#why")
    camera.part("Where and when")
    camera.take("uncertainty", "#carpet")
    camera.part("One run")
    form = page.locator("#log form")
    form.locator("input").fill(ANY_RUN)
    form.get_by_role("button").click()
    page.wait_for_selector("#log select option[value='" + ANY_RUN + "']", state="attached")
    camera.take("run", "#log")
    camera.part("Sweep")
    page.select_option("#sweep-lever", "borders.AFG-TJK.guard")
    page.locator("#sweep .go").click()
    page.wait_for_selector("#sweep table")
    camera.take("sweep", "#sweep")


def _export(camera: Camera, report: Path) -> None:
    page = camera.page
    camera.part("Change B")
    page.locator("#side summary", has_text="About and export").click()
    page.locator(".exports").scroll_into_view_if_needed()
    camera.take("export", ".exports")
    if not report.exists():
        with page.expect_download() as waiting:
            page.locator("[data-export=report]").click()
        waiting.value.save_as(report)


def walk(camera: Camera, address: str, report: Path) -> None:
    """Take all screens of the app; save the report of what ran last, as its export writes it, if it is not there yet."""
    page = camera.page
    page.goto(address)
    page.wait_for_selector(".shelf-card")
    if camera.size.presents:
        page.locator("button.present").first.click()
    camera.take("library")
    page.locator(".shelf-card", has_text=CASE).get_by_role("button").click()
    page.wait_for_selector(".page-head", timeout=120_000)
    page.wait_for_selector(DONE, state="attached")
    _maps(camera)
    _guess(camera)
    _study(camera)
    _export(camera, report)
