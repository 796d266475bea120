"""Fit what is identified from data (tag D) to the facts of the world panel; the fitted values become the defaults.

The procedure: the world of all states at the end of a year, built from the panel; many runs of it on the same draws; the
facts of these runs against those of the data; least squares, held by the priors. Priors, targets and seed are below, so
that anyone with the data gets the same numbers.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from stability_sim.analysis.facts import ACCEPTED, engine_years, fact_values, panel_years
from stability_sim.analysis.fit import Fit, Range, Target, Vector, fit
from stability_sim.ensemble.run import prepare, run
from stability_sim.panel import Panel, read_panel, world_scenario
from stability_sim.scenario import Scenario
from stability_sim.scenario.parameters import PRIORS
from stability_sim.storage.files import write_file
from stability_sim.studies.points import Say, with_parameters

SEED = 20040229
START = 1989
UNTIL = 2014

# Parameters that are fitted: of those tagged D the ones that move what the panel shows of onset, restart, duration and deaths.
# The rest have estimates of their own: causes of endings and support (NSA, ESD), months (GED), the gravity of refuge.
FREE = (
    "onset_per_year", "capacity_effect", "kin_onset", "restart_per_year", "restart_neighbours", "ending_level", "settles",
    "level_mean", "level_sd", "swing_sd", "swing_persistence",
)  # fmt: skip
# Facts that are aims, as measured in the same years by the same function; each miss counts in parts of its accepted band.
AIMS = (
    "onset_rate", "relative_risk", "dose_many", "income_difference", "duration_mean", "one_year", "recurrence", "deaths_log_sd",
    "deaths_large", "deaths_tail", "deaths_top",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """A world scenario, the panel that it came from, and its facts in the data."""

    panel: Panel
    scenario: Scenario
    data: dict[str, float]


def prepare_world(folder: Path, start: int = START, months: int = 12 * (UNTIL - START)) -> World:
    """Return the world at the end of a year, from a data folder."""
    panel = read_panel(folder)
    data = fact_values(panel_years(panel, start, start + months // 12))
    return World(panel, world_scenario(panel, start, months=months, seed=SEED), data)


def facts_of(world: World, values: dict[str, float], replicates: int, start: int = START) -> dict[str, float]:
    """Run the world with some values of parameters, and return its facts by key."""
    results = run(with_parameters(world.scenario, values), replicates=replicates, trajectories=True)
    return fact_values(engine_years(results, world.panel, start))


def targets(world: World) -> list[Target]:
    """Return the targets of the fit: each a value, and the miss that counts as one unit of error."""
    aims = []
    for key in AIMS:
        value, band = world.data[key], ACCEPTED[key]
        if value is not None and np.isfinite(value):
            high = min(band.high, 3.0 * band.low) if band.high > 1e9 else band.high
            aims.append(Target(key, float(value), 0.25 * (high - band.low)))
    return aims


def fit_world(folder: Path, *, until: int = UNTIL, replicates: int = 80, steps: int = 8, say: Say = print) -> dict[str, Any]:
    """Fit the free parameters to the years up to ``until`` and return what ``fitted.json`` holds.

    That is: values, facts before and after, and where they come from.
    """
    prepare(say)
    world = prepare_world(folder, months=12 * (until - START))
    aims = targets(world)
    ranges = {name: Range(PRIORS[name].value, PRIORS[name].low, PRIORS[name].high) for name in FREE}
    done = 0

    def simulate(values: dict[str, float]) -> Vector:
        nonlocal done
        done += 1
        facts = facts_of(world, values, replicates)
        say(f"{done:4d}: " + "  ".join(f"{t.name} {facts[t.name]:.3g}" for t in aims))
        return np.array([facts[target.name] for target in aims])

    return _content(fit(simulate, aims, ranges, steps=steps), aims, folder, until, replicates, steps)


def _content(fitted: Fit, aims: list[Target], folder: Path, until: int, replicates: int, steps: int) -> dict[str, Any]:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        digest.update(path.name.encode() + path.read_bytes())
    return {
        "values": {name: float(f"{value:.4g}") for name, value in fitted.values.items()},
        "facts": {a.name: [round(a.value, 4), round(fitted.facts_at_prior[a.name], 4), round(fitted.facts[a.name], 4)] for a in aims},
        "columns": ["aim", "at the prior", "fitted"],
        "loss": [round(loss, 3) for loss in fitted.losses],
        "procedure": {
            "start": START, "until": until, "seed": SEED, "replicates": replicates, "steps": steps,
            "runs": fitted.evaluations, "data_sha256": digest.hexdigest(),
        },
    }  # fmt: skip


def save(content: dict[str, Any], path: Path | None = None) -> Path:
    """Write the fitted values, by default to the file of defaults of the package."""
    place = path or Path(str(files("stability_sim.scenario").joinpath("fitted.json")))
    write_file(place, json.dumps(content, indent=2) + "\n")
    return place
