"""Every screen that the viewer knows has a picture for each size, and the page of pictures shows it."""

from __future__ import annotations

import re

from PIL import Image

from mechanism_pages.pages import DOCS
from screens import app, report
from screens.camera import SIZES
from screens.page import names, page

FOLDER = DOCS / "screens"
LARGEST, ALL = 120_000, 4_000_000
VIEWER = DOCS.parent / "viewer" / "src" / "viewer.ts"


def test_every_part_that_the_viewer_links_to_is_taken() -> None:
    text = VIEWER.read_text(encoding="utf-8")
    links = text[text.index("const LINKS") : text.index("];", text.index("const LINKS"))]
    known = dict(re.findall(r'\["(\w+)", "([^"]+)"\]', links))
    assert len(known) > 10
    assert set(known) == set(report.PARTS) | {"side", "reveal", "sweep"}
    assert {"side", "reveal", "sweep"} <= set(app.SCREENS)
    assert {key: words for key, (words, _) in report.PARTS.items()} == {key: known[key] for key in report.PARTS}


def test_every_screen_has_its_pictures() -> None:
    wanted = {f"{name}-{size.name}.jpg" for name in names() for size in SIZES}
    there = {path.name for path in FOLDER.iterdir()}
    assert there == wanted, "run: python scripts/screenshots.py"
    for size in SIZES:
        with Image.open(FOLDER / f"why-{size.name}.jpg") as picture:
            assert picture.width == round(size.width * size.kept)


def test_pictures_are_small() -> None:
    sizes = [path.stat().st_size for path in FOLDER.iterdir()]
    assert max(sizes) <= LARGEST
    assert sum(sizes) <= ALL


def test_the_page_shows_every_picture() -> None:
    text = (DOCS / "screens.md").read_text(encoding="utf-8")
    assert text == page(), "run: python scripts/screenshots.py"
    assert {path.name for path in FOLDER.iterdir()} == set(re.findall(r"\(screens/([\w-]+\.jpg)\)", text))
