"""One HTML file that shows one run or two: everything inside, nothing loaded, whatever is in it stays text."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stability_sim.report.page.bundle import Run, build, to_json
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, apply_variant, load, resolve
from stability_sim.storage.files import write_file
from stability_sim.storage.manifest import RunManifest, read_kind
from stability_sim.storage.run_folder import SCENARIO, read_run

if TYPE_CHECKING:
    from jinja2 import Environment


@functools.cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("stability_sim", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["script_json"] = to_json
    return environment


def render(template: str, **values: object) -> str:
    """Return a template of the package with values in it, each of which stays text whatever signs it holds.

    Parameters
    ----------
    template : str
        Path of the template within the package, such as ``lesson/templates/plan.html.j2``.
    **values
        What the template names. jinja2.UndefinedError if one is missing.
    """
    return _templates().get_template(template).render(**values)


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
    return render(
        "report/page/page.html.j2",
        title=title or f"{bundle['title']}: {bundle['question']}"[:200],
        policy=policy([script], [style]),
        style=style,
        script=script,
        data=bundle,
        data_id="bundle",
    )


def run_of(folder: Path) -> Run:
    """Return the run of a folder as the page needs it; StoreError if the folder holds none that is whole."""
    results, manifest = read_run(folder), read_kind(folder, RunManifest)
    loaded = load(folder / SCENARIO)
    about = manifest.model_dump(exclude={"sha256", "bytes", "format"}, exclude_unset=True)
    if "source" in about:
        about["source"] = Path(str(about["source"])).name
    return Run(results, loaded.scenario, about)


def report(folders: Sequence[Path]) -> str:
    """Return the HTML page of one folder of a run, or of two as A and B.

    Raises StoreError if a folder is no whole run, ValueError if two runs cannot stand side by side.
    """
    return html_page(build([run_of(folder) for folder in folders]))


class Shown:
    """A page that a notebook displays in a frame of its own, from which nothing is loaded; ``save`` writes it to a file."""

    def __init__(self, page: str, height: int) -> None:
        self.page = page
        self.height = height

    def _repr_html_(self) -> str:
        """Return the frame; its content is in it, and its scripts can reach neither the notebook nor the network."""
        return render("report/page/frame.html.j2", page=self.page, height=self.height)

    def save(self, path: str) -> None:
        """Write the page as an HTML file."""
        write_file(Path(path), self.page)


def _run(results: Results, scenario: Scenario) -> Run:
    variant = results.attributes["variant"]
    name = variant if variant in scenario.variants else None
    note = scenario.variants[name].note if name else ""
    about = {key: results.attributes[key] for key in ("scenario", "variant", "seed", "replicates", "months")}
    return Run(results, apply_variant(scenario, name), about | {"results_hash": results.hash()}, "", note)


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
    resolved = resolve(scenario)
    runs = [_run(run, resolved) for run in (results, other) if run is not None]
    return Shown(html_page(build(runs)), height)


__all__ = ["asset", "digest", "html_page", "policy", "render", "report", "run_of"]
