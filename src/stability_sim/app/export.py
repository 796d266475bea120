"""What the page lets people take home: a report, the scenario file, figures, a moving map, a lesson."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from stability_sim.app.jobs import Job
from stability_sim.lesson import lessons, pack
from stability_sim.library import shipped
from stability_sim.report.page import html_page
from stability_sim.scenario import dump

KINDS = ("report", "yaml", "figures", "gif", "lesson")


def _drawn(job: Job, kinds: list[str]) -> dict[str, bytes]:
    from stability_sim.report.figures import draw_all

    found: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for letter, run in zip("AB", job.runs, strict=False):
            place = Path(folder) / letter
            for path in draw_all(run.results, place, kinds, ["png", "svg"], None):
                found[f"{letter}/{path.name}"] = path.read_bytes()
    return found


def _zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def export(job: Job, kind: str) -> tuple[bytes, str, str]:
    """Return a file of a finished job: content, media type, name. ValueError if there is no such kind."""
    stem = job.runs[0].scenario.scenario
    if kind == "report":
        return html_page(job.bundle).encode(), "text/html; charset=utf-8", f"{stem}.html"
    if kind == "yaml":
        return dump(job.runs[-1].scenario).encode(), "application/yaml; charset=utf-8", f"{stem}-{'ab'[len(job.runs) - 1]}.yaml"
    if kind == "figures":
        kinds = ["map", "months", "fan", "cascade", "network", "carpet", "channels"]
        return _zipped(_drawn(job, kinds)), "application/zip", f"{stem}-figures.zip"
    if kind == "gif":
        drawn = _drawn(job, ["animation"])
        if len(drawn) == 1:
            return next(iter(drawn.values())), "image/gif", f"{stem}.gif"
        return _zipped(drawn), "application/zip", f"{stem}-animation.zip"
    if kind == "lesson":
        if stem not in lessons() or stem not in shipped():
            raise ValueError(f"there is no lesson about {stem}; there are {', '.join(lessons())}")
        return (
            _zipped({f"lesson-{stem}/{name}": text.encode() for name, text in pack(stem).items()}),
            "application/zip",
            f"lesson-{stem}.zip",
        )
    raise ValueError(f"there is no export {kind!r}; there are {', '.join(KINDS)}")
