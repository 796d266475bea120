"""Pictures of every screen of the app and of every part of the report at three sizes: to be looked at after a change of the viewer.

Usage: python scripts/screenshots.py [FOLDER]        docs/screens, and the page that shows it, if none is named

The app is started as a user starts it, and the report is the one that it exports.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from screens import app, report
from screens.camera import SIZES, Camera, chromium
from screens.page import page

DOCS = Path(__file__).parents[1] / "docs"


def main(folder: Path) -> list[Path]:
    """Write a picture of each screen for each size, on the projector in present mode; return what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    with tempfile.TemporaryDirectory() as aside, sync_playwright() as play, app.app() as address:
        browser = chromium(play)
        for size in SIZES:
            camera = Camera(browser, size, folder)
            exported = Path(aside) / "report.html"
            app.walk(camera, address, exported)
            report.walk(camera, exported)
            camera.page.close()
            taken += camera.taken
        browser.close()
    return taken


if __name__ == "__main__":
    written = main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "screens")
    if len(sys.argv) == 1:
        (DOCS / "screens.md").write_text(page(), encoding="utf-8")
    print(f"{len(written)} pictures, {sum(path.stat().st_size for path in written) / 1e6:.1f} MB")
