"""The page of the docs that shows all pictures."""

from __future__ import annotations

from screens import app, report
from screens.camera import SIZES

HEAD = """# How it looks

Every screen of the app and every part of the report, as they came out last: the picture is that of a projector (1920×1080, present
mode), with links to a desk (1440×900) and a phone (390×844). One command starts the app, goes through it, and takes them again:

<!-- not run -->
```sh
python scripts/screenshots.py
```

Look at them after a change of the viewer. `.ci/run` takes them too, into the folder that `STABILITY_SIM_SCREENS` names.
How to use the page: [the page for class](page.md).
"""


def names() -> dict[str, str]:
    """Return every screen with what is to be seen on it, in the order in which they are taken."""
    return app.SCREENS | {f"report-{key}": seen for key, (_, seen) in report.PARTS.items()}


def _screen(name: str, seen: str) -> str:
    first, *others = sorted((size.name for size in SIZES), key=lambda size: size != "projector")
    links = " · ".join(f"[{size}](screens/{name}-{size}.jpg)" for size in others)
    return f"**{name.removeprefix('report-')}**: {seen}. {links}\n\n![{seen}](screens/{name}-{first}.jpg){{ loading=lazy }}\n"


def page() -> str:
    """Return docs/screens.md."""
    told = names()
    parts = {
        "The app": [_screen(name, seen) for name, seen in told.items() if name in app.SCREENS],
        "The report": [_screen(name, seen) for name, seen in told.items() if name not in app.SCREENS],
    }
    return HEAD + "".join(f"\n## {title}\n\n" + "\n".join(screens) for title, screens in parts.items())
