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

from stability_sim.report.page.bundle import Run, build, to_json
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_variant, load, resolve
from stability_sim.storage.files import write_file
from stability_sim.storage.run_folder import SCENARIO, read_manifest, read_run

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
        What :func:`stability_sim.report.page.bundle` returns.
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

# The page inside a notebook: ``show(results, scenario=scenario)`` as the last line of a cell.


class Shown:
    """A page that a notebook displays in a frame of its own, from which nothing is loaded; ``save`` writes it to a file."""

    def __init__(self, page: str, height: int) -> None:
        self.page = page
        self.height = height

    def _repr_html_(self) -> str:
        """Return the frame; its content is in it, and its scripts can reach neither the notebook nor the network."""
        return (
            f'<iframe title="Results of stability-sim" srcdoc="{html.escape(self.page, quote=True)}" width="100%" height="{self.height}" '
            'sandbox="allow-scripts allow-downloads" style="border:0"></iframe>'
        )

    def save(self, path: str) -> None:
        """Write the page as an HTML file."""
        write_file(Path(path), self.page)


def _run(results: Results, scenario: Scenario) -> Run:
    variant = results.attributes["variant"]
    known = variant if variant in scenario.variants else None
    note = scenario.variants[known].note if known else ""
    told = {key: results.attributes[key] for key in ("scenario", "variant", "seed", "replicates", "months")}
    return Run(results, apply_variant(scenario, known), told | {"results_hash": results.hash()}, "", note)


def show(results: Results, other: Results | None = None, *, scenario: Scenario, height: int = 900) -> Shown:
    """Return one run, or two as A and B, as a page that a notebook displays.

    Parameters
    ----------
    results, other : Results
        What :func:`stability_sim.ensemble.run.run` returned.
    scenario : Scenario
        The scenario of both, with its variants.
    height : int
        Height of the frame, pixels.

    Raises ValueError if the two cannot stand side by side.
    """
    whole = resolve(scenario)
    runs = [_run(one, whole) for one in (results, other) if one is not None]
    return Shown(html_page(build(runs)), height)
