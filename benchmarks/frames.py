"""How smoothly a report plays: frames a second of its maps, as a share of what the same window draws when nothing moves.

Usage: python benchmarks/frames.py REPORT.html
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from screens.camera import chromium

MILLISECONDS = 3000
IDLE = """(limit) => new Promise((done) => {
    const began = performance.now();
    let frames = 0;
    const next = (now) => { frames += 1; if (now - began < limit) requestAnimationFrame(next); else done(frames / (now - began)); };
    requestAnimationFrame(next);
})"""
PLAYING = """(limit) => new Promise((done) => {
    const stage = window.stabilityStage, began = performance.now(), before = stage.frames;
    stage.play();
    setTimeout(() => done((stage.frames - before) / (performance.now() - began)), limit);
})"""


def main() -> None:
    """Print both rates and their ratio."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        page = chromium(play).new_page(viewport={"width": 1440, "height": 900})
        page.goto(Path(sys.argv[1]).resolve().as_uri())
        page.get_by_label("Speed").select_option("16")
        idle, playing = (1000 * page.evaluate(script, MILLISECONDS) for script in (IDLE, PLAYING))
    print(f"frames a second: {idle:.1f} at rest, {playing:.1f} while it plays: {playing / idle:.2f} of it")


if __name__ == "__main__":
    main()
