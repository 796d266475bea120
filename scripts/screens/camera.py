"""A page of a real browser at one size, and the pictures that are taken of it."""

from __future__ import annotations

import os
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
LARGEST = 60_000  # bytes of a picture, if its letters stay readable
QUALITIES = (70, 60, 50, 40, 32)
PHONE_SCREENS = 2.0  # a phone's picture goes on below the fold, but not for ever


class Size(NamedTuple):
    """A window: its name, its width and height in pixels, how large its pictures are kept, and whether it is in present mode."""

    name: str
    width: int
    height: int
    kept: float = 1.0  # the picture's share of the window's width
    presents: bool = False


SIZES = (Size("desk", 1440, 900, 3 / 4), Size("projector", 1920, 1080, 2 / 3, presents=True), Size("phone", 390, 844))


def chromium(play: Any) -> Any:
    """Return a started chromium; FileNotFoundError if this machine has none."""
    path = os.environ.get("STABILITY_SIM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        raise FileNotFoundError("no chromium: scripts/install_chromium.sh installs it, or STABILITY_SIM_CHROMIUM names one")
    return play.chromium.launch(executable_path=path, args=FLAGS)


class Camera:
    """A window of a size, and the folder that its pictures go to."""

    def __init__(self, browser: Any, size: Size, folder: Path) -> None:
        self.size, self.folder = size, folder
        self.page = browser.new_page(
            viewport={"width": size.width, "height": size.height}, reduced_motion="reduce", accept_downloads=True
        )
        self.page.set_default_timeout(60_000)
        self.taken: list[Path] = []

    def part(self, words: str) -> None:
        """Go to a part of the page by its link, as a reader does; in present mode it is then the only one."""
        self.page.locator(".parts-nav").get_by_role("link", name=words, exact=True).click()

    def take(self, screen: str, selector: str = "") -> None:
        """Keep what is in the window; on a phone from the element on, further than the window goes."""
        self.page.evaluate("() => document.activeElement?.blur()")
        self.page.mouse.move(2, self.size.height - 2)
        self.page.wait_for_timeout(120)
        path = self.folder / f"{screen}-{self.size.name}.jpg"
        options = self._clip(selector) if self.size.name == "phone" else {}
        whole = Image.open(BytesIO(self.page.screenshot(**options))).convert("RGB")
        whole = whole.resize(
            (round(whole.width * self.size.kept), round(whole.height * self.size.kept)), Image.Resampling.LANCZOS
        )
        for quality in QUALITIES:
            whole.save(path, "JPEG", quality=quality, optimize=True, progressive=True)
            if path.stat().st_size <= LARGEST:
                break
        self.taken.append(path)

    def _clip(self, selector: str) -> dict[str, Any]:
        box = self.page.locator(selector).first.bounding_box() if selector else None
        above = 0.0 if box is None else box["y"] + self.page.evaluate("() => scrollY") - 6
        whole = float(self.page.evaluate("() => document.documentElement.scrollHeight"))
        tall = whole if box is None else box["height"] + 12
        high = min(max(tall, self.size.height), self.size.height * PHONE_SCREENS, whole - above)
        return {"full_page": True, "clip": {"x": 0, "y": max(0.0, above), "width": self.size.width, "height": high}}
