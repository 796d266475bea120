"""All pages with markers: what would change if they were made anew, and what is missing from them."""

from __future__ import annotations

import json
from pathlib import Path

from mechanism_pages.curves import CURVES
from mechanism_pages.equations import DOCS, draft_parameters, unread
from mechanism_pages.panel import Panel, fingerprint
from mechanism_pages.tables import MARKER, named, refreshed
from stability_sim.scenario.parameters import PARAMETERS

LARGEST = 60_000  # bytes of a picture


def pages(docs: Path = DOCS) -> list[Path]:
    """Return the pages that may have markers."""
    return [*sorted(docs.glob("*.md")), *sorted((docs / "mechanisms").glob("*.md"))]


def homes(docs: Path = DOCS) -> dict[str, list[str]]:
    """Return on which mechanism pages each parameter stands."""
    found: dict[str, list[str]] = {name: [] for name in PARAMETERS}
    for page in sorted((docs / "mechanisms").glob("*.md")):
        for match in MARKER.finditer(page.read_text(encoding="utf-8")):
            if match["kind"] == "parameters":
                for name in named(match["given"]):
                    found[name].append(page.stem)
    return found


def misplaced(docs: Path = DOCS) -> list[str]:
    """Return a line for each parameter that is on no mechanism page, drafts aside, or on several."""
    early = draft_parameters(docs)
    return [
        f"{name} is on {', '.join(where) or 'no mechanism page'}"
        for name, where in homes(docs).items()
        if len(where) != 1 and not (name in early and not where)
    ]


def curves() -> dict[str, list[Panel]]:
    """Return what each picture shows."""
    return {name: make() for name, make in CURVES.items()}


def fingerprints(docs: Path = DOCS) -> dict[str, str]:
    """Return what the committed pictures showed when they were drawn."""
    kept = docs / "mechanisms" / "img" / "fingerprints.json"
    return json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}


def stale(docs: Path = DOCS, shown: dict[str, list[Panel]] | None = None) -> list[str]:
    """Return a line for each page or picture that is not what the sources say now; ``shown`` if the curves are known."""
    told = [*misplaced(docs), *unread(docs)]
    for page in pages(docs):
        text = page.read_text(encoding="utf-8")
        if refreshed(text) != text:
            told.append(f"{page.relative_to(docs)} has tables that are out of date")
    kept = fingerprints(docs)
    for name, panels in (shown or curves()).items():
        picture = docs / "mechanisms" / "img" / f"{name}.png"
        if not picture.exists() or kept.get(name) != fingerprint(panels):
            told.append(f"{picture.relative_to(docs)} is out of date")
    return told


def refresh(docs: Path = DOCS) -> list[str]:
    """Make all tables and pictures anew, those alone that changed; return the names of the files written."""
    from mechanism_pages.drawing import draw

    written = []
    for page in pages(docs):
        text = page.read_text(encoding="utf-8")
        if refreshed(text) != text:
            page.write_text(refreshed(text), encoding="utf-8")
            written.append(str(page.relative_to(docs)))
    folder = docs / "mechanisms" / "img"
    folder.mkdir(parents=True, exist_ok=True)
    kept = fingerprints(docs)
    shown = {name: (panels, fingerprint(panels)) for name, panels in curves().items()}
    for name, (panels, print_now) in shown.items():
        target = folder / f"{name}.png"
        if kept.get(name) != print_now or not target.exists():
            draw(panels, target)
            written.append(str(target.relative_to(docs)))
    prints = {name: print_now for name, (_, print_now) in sorted(shown.items())}
    (folder / "fingerprints.json").write_text(json.dumps(prints, indent=1) + "\n", encoding="utf-8")
    return written
