"""A real browser, pages to open in it, and scenarios with hostile words."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stability_sim.ensemble.run import run
from stability_sim.geography import world
from stability_sim.report.page.bundle import Run, build
from stability_sim.report.page.html import html_page
from stability_sim.scenario import Scenario, apply_variant, resolve

VIEWER = Path(__file__).parents[2] / "viewer"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MARKUP = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>\'"&lt;'
RTL = "\u05d0\u05d9\u05e8\u05d0\u05df \u0627\u0644\u0639\u0631\u0627\u0642"


def hostile_document() -> dict[str, Any]:
    """Markup, quotes, right-to-left and 60 letters in every text that a scenario has."""
    return {
        "scenario": "hostile", "title": MARKUP + "</title>", "question": MARKUP + " \u200d?", "about": MARKUP * 8,
        "happened": MARKUP, "against": "</script><script>window.pwned=1</script>", "sources": [MARKUP, RTL],
        "start": "2020-01", "months": 24, "replicates": 20, "seed": 3, "map": {"projection": "network"},
        "states": {
            "A": {"name": "<b>A</b>\"'&", "in_conflict": True, "capacity": {"value": 0.1, "note": MARKUP}, "hardship": 0.9},
            "B": {"name": RTL, "capacity": 0.2, "hardship": 0.8},
            "C": {"name": "W" * 60, "capacity": {"value": 0.3, "basis": "sourced", "source": MARKUP}},
        },
        "groups": {"g": {"name": "<i>g</i>" + "x" * 50, "home": "A", "export_aim": 0.9, "fighters": {"A": 9000}, "cells": {"B": 200}}},
        "borders": {"A-B": {"hostility": 0.9}, "B-C": {}},
        "alliances": {"P": {"name": "<u>pact</u>", "members": ["B", "C"]}},
        "events": [
            {"on": "2020-03", "summit": "</script><b>", "host": "B", "about": "A", "parties": ["B", "g"], "note": MARKUP},
            {"when": "incidents(A-B) >= 2 in 3 months", "set": {"borders.A-B.guard": 0.7}, "note": MARKUP},
        ],
        "variants": {"open": {"note": MARKUP, "set": {"borders.A-B.openness": 1}}},
    }  # fmt: skip


def page_of(document: dict[str, Any], variant: str | None = None, replicates: int = 20) -> str:
    """The report of a scenario, and of a variant beside it."""
    scenario = resolve(Scenario.model_validate(document))
    runs = [Run(run(scenario, replicates=replicates), apply_variant(scenario, None), {"command": MARKUP})]
    if variant:
        note = scenario.variants[variant].note
        runs.append(Run(run(scenario, replicates=replicates, variant=variant), apply_variant(scenario, variant), {}, "", note))
    return html_page(build(runs))


def wide_document(n: int, projection: str = "equal-earth") -> dict[str, Any]:
    """The first ``n`` states of the atlas, two of them at war."""
    codes = list(world().codes)[:n]
    states = {code: {"in_conflict": k < 2, "hardship": 0.7, "capacity": 0.3} for k, code in enumerate(codes)}
    return {
        "scenario": "wide", "question": "All of them?", "start": "2020-01", "months": 60, "replicates": 10, "seed": 1,
        "map": {"projection": projection}, "states": states,
        "groups": {"g": {"home": codes[0], "export_aim": 0.9, "fighters": {codes[0]: 9000}}},
        "variants": {"calm": {"set": {f"states.{codes[0]}.hardship": 0.1}}},
    }  # fmt: skip


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory, central_asia: Scenario) -> dict[str, Path]:
    """Reports as files: the seed case, hostile words, one state, 60 and all states of the atlas."""
    folder = tmp_path_factory.mktemp("pages")
    name = "no-pledge"
    seed_case = [
        Run(run(central_asia, replicates=60), apply_variant(central_asia, None), {"seed": 1}),
        Run(run(central_asia, replicates=60, variant=name), apply_variant(central_asia, name), {"seed": 1}, "", "?"),
    ]
    alone = {"scenario": "alone", "question": "Alone?", "start": "2020-01", "months": 1, "states": {"AFG": {}}}
    texts = {
        "seed": html_page(build(seed_case)),
        "single": html_page(build(seed_case[:1])),
        "hostile": page_of(hostile_document(), "open"),
        "alone": page_of(alone),
        "sixty": page_of(wide_document(60), "calm", 10),
        "world": page_of(wide_document(174), None, 4),
    }
    for key, text in texts.items():
        (folder / f"{key}.html").write_text(text, encoding="utf-8")
    return {key: folder / f"{key}.html" for key in texts}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium without a window; skips where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = os.environ.get("STABILITY_SIM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("no chromium: scripts/install_chromium.sh installs it, or STABILITY_SIM_CHROMIUM names one")
    with playwright.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


class Watched:
    """A page of the browser that remembers what went wrong in it and what it asked for."""

    def __init__(self, browser: Any, width: int = 1440, height: int = 900) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": height}, accept_downloads=True)
        self.page.set_default_timeout(10_000)
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def outside(self, own: str) -> list[str]:
        """Requests to anywhere but the page's own place."""
        return [url for url in self.asked if not url.startswith((own, "data:", "blob:"))]


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """A way to open pages that are closed after the test."""
    opened: list[Watched] = []

    def open_(url: str, width: int = 1440, height: int = 900) -> Watched:
        watched = Watched(browser, width, height)
        opened.append(watched)
        watched.page.goto(url)
        return watched

    yield open_
    for watched in opened:
        watched.page.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core; skips where the viewer's packages are not installed."""
    path = VIEWER / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("axe-core is not installed: npm ci in viewer/")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def app_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app as a user starts it, with a hostile file beside the shipped ones: its address."""
    import json

    file = tmp_path_factory.mktemp("files") / "hostile.yaml"
    file.write_text(json.dumps(hostile_document()), encoding="utf-8")
    command = [sys.executable, "-m", "stability_sim", "app", str(file), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()
