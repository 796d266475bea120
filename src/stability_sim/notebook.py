"""The page inside a notebook: ``show(results, scenario=scenario)`` as the last line of a cell."""

from __future__ import annotations

import html
from pathlib import Path

from stability_sim.report.bundle import Run, build
from stability_sim.report.page import html_page
from stability_sim.results import Results
from stability_sim.scenario import Scenario, apply_variant, resolve
from stability_sim.writing import write_file


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
