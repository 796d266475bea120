"""The report: one picture for each of its parts."""

from __future__ import annotations

from pathlib import Path

from screens.camera import Camera

# The id of each part, the words of its link, and what is to be seen.
PARTS = {
    "maps": ("Maps", "The question, both maps in step, what was logged so far in one run"),
    "fans": ("Outlook", "Fans: median, half and nine tenths of all runs"),
    "contrasts": ("Difference", "What B changes, over pairs of runs with the same dice"),
    "log": ("One run", "Everything that was logged in one run, with its causes"),
    "tree": ("Who to whom", "The conflicts of one run, each below the one that it came from"),
    "carpet": ("Where and when", "Share of runs at war by state and month"),
    "why": ("Why?", "What the risk of a state is made of"),
    "limits": ("Limits", "What must not be concluded"),
    "case": ("The case", "What happened in fact, beside the runs"),
    "assumptions": ("Assumptions", "Every number in force, with range, basis and source"),
    "manifest": ("Manifest", "What made the runs, so that they can be made again"),
    "files": ("File", "The scenario as it ran, to read and to save"),
}


def walk(camera: Camera, report: Path) -> None:
    """Take all parts of a report."""
    page = camera.page
    page.goto(report.resolve().as_uri())
    page.wait_for_selector("svg.map")
    if camera.size.presents:
        page.locator("button.present").click()
    for key, (words, _) in PARTS.items():
        if key != "maps":
            camera.part(words)
        if key == "files":
            page.locator("#files summary").first.click()
        camera.take(f"report-{key}", ".page-head" if key == "maps" else f"#{key}")
