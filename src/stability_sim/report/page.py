"""One HTML file that shows one run or two: everything inside, nothing loaded, whatever is in it stays text."""

from __future__ import annotations

import base64
import functools
import hashlib
import html
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from stability_sim.ensemble.store import SCENARIO, read_manifest, read_run
from stability_sim.report.bundle import Run, build, to_json
from stability_sim.scenario import load

BROKEN = "This page needs a browser with scripts switched on. Nothing is loaded from the internet."


@functools.cache
def asset(name: str) -> str:
    """Return a built file of the viewer: report.js, app.js, page.css, app.css, LICENSES.txt."""
    return files("stability_sim.report").joinpath("assets", name).read_text(encoding="utf-8")


def digest(text: str) -> str:
    """Return the source expression that lets a policy accept exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(scripts: Sequence[str], styles: Sequence[str], extra: str = "") -> str:
    """Return a content security policy under which only these scripts and styles run, and nothing is loaded."""
    return (
        f"default-src 'none'; script-src {' '.join(map(digest, scripts))}; style-src {' '.join(map(digest, styles))}; "
        f"img-src data: blob:; base-uri 'none'; form-action 'none'{extra}"
    )


def html_page(bundle: dict[str, Any], *, title: str = "") -> str:
    """Return a bundle as an HTML file that opens anywhere, with no network.

    Parameters
    ----------
    bundle : dict
        What :func:`stability_sim.report.bundle.build` returns.
    title : str, optional
        Title of the document; the question of the scenario if empty.
    """
    script, style = asset("report.js"), asset("page.css")
    shown = html.escape(title or f"{bundle['title']}: {bundle['question']}"[:200], quote=True)
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy([script], [style]), quote=True)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{shown}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<div id="page"><noscript>{BROKEN}</noscript></div>\n'
        f'<script type="application/json" id="bundle">{to_json(bundle)}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def run_of(folder: Path) -> Run:
    """Return the run of a folder as the page needs it; StoreError if the folder holds none that is whole."""
    results, manifest = read_run(folder), read_manifest(folder)
    loaded = load(folder / SCENARIO)
    kept = {key: value for key, value in manifest.items() if key not in ("sha256", "format")}
    if "source" in kept:
        kept["source"] = Path(str(kept["source"])).name
    return Run(results, loaded.scenario, kept)


def report(folders: Sequence[Path]) -> str:
    """Return the HTML page of one folder of a run, or of two as A and B.

    Raises StoreError if a folder is no whole run, ValueError if two runs cannot stand side by side.
    """
    return html_page(build([run_of(folder) for folder in folders]))


__all__ = ["asset", "digest", "html_page", "policy", "report", "run_of"]
