"""Pictures of the report at three sizes, whole pages: to be looked at after a change of the viewer.

Usage: python scripts/screenshots.py REPORT.html FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SIZES = {"desk": (1440, 900), "projector": (1920, 1080), "phone": (390, 844)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main(report: Path, folder: Path) -> None:
    """Write a picture of the page for each size; on the projector in present mode."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name, (width, height) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(report.resolve().as_uri())
            page.wait_for_timeout(800)
            if name == "projector":
                page.get_by_role("button", name="Present").click()
                page.wait_for_timeout(500)
            page.screenshot(path=folder / f"report-{name}.jpg", type="jpeg", quality=55, full_page=name != "projector")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
