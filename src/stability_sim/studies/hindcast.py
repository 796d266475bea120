"""The engine started from the world of a past year, beside the baselines, on the same country-years."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stability_sim.analysis.baselines import (
    Forecast,
    climatology,
    country_history,
    fit_chain,
    from_runs,
    persistence,
    simulate_chain,
)
from stability_sim.analysis.facts.panels import yearly_conflict
from stability_sim.analysis.scores import Bin
from stability_sim.analysis.shapley import CHANNELS
from stability_sim.analysis.verification import (
    ENGINE,
    UNCOUPLED,
    Miss,
    OriginScore,
    Score,
    origin_scores,
    reliability_of,
    rows_of,
    score_all,
    worst_misses,
)
from stability_sim.ensemble.run import run
from stability_sim.panel import Panel, world_scenario
from stability_sim.panel.read import SHAPE
from stability_sim.scenario.parameters import fitted_until
from stability_sim.storage.files import command_line
from stability_sim.storage.manifest import versions
from stability_sim.studies.points import Say, silent, with_parameters

ACROSS_BORDERS = tuple(off for switches, _ in CHANNELS.values() for off in switches)


@dataclass(frozen=True)
class Plan:
    """What a hindcast does: origins (last years known), horizons in years, replicates, seed, end of training, draws."""

    origins: tuple[int, ...] = (1999, 2004, 2009)
    horizons: tuple[int, ...] = (1, 3, 5)
    replicates: int = 1000
    seed: int = 1
    train_until: int = 2004
    draws: int = 1000
    settings: dict[str, float] = field(default_factory=dict)  # parameters of the engine in place of the defaults


@dataclass(frozen=True)
class Hindcast:
    """The result: scores, reliability, the worst misses by horizon, scores by origin, and the seconds it took."""

    plan: Plan
    scores: tuple[Score, ...]
    reliability: dict[str, list[Bin]]
    misses: dict[int, list[Miss]]
    by_origin: tuple[OriginScore, ...]
    seconds: float


def engine_forecast(
    panel: Panel, origin: int, years: int, plan: Plan, *, coupled: bool = True, workers: int | None = None
) -> Forecast:
    """Return the forecast of the engine from the world of a year, run free.

    Only rows up to ``origin`` are read. Uncoupled, every channel that crosses a border is off; the draws are the same.
    """
    scenario = world_scenario(panel, origin, months=12 * years, replicates=plan.replicates, seed=plan.seed)
    off = {} if coupled else dict.fromkeys(ACROSS_BORDERS, 0.0)
    results = run(with_parameters(scenario, {**plan.settings, **off}), workers=workers, trajectories=True)
    incidence, deaths = yearly_conflict(results["conflict_trajectory"], results["deaths_trajectory"])
    return from_runs(ENGINE if coupled else UNCOUPLED, origin, tuple(results.coords["state"]), incidence, deaths)


def forecasts_of(panel: Panel, plan: Plan, *, workers: int | None = None, say: Say = silent) -> dict[str, list[Forecast]]:
    """Return all forecasts by name, one for each origin: the engine with and without borders, and the baselines.

    The state of every forecast at an origin is made of rows up to the origin. Coefficients of the chains are fitted on the
    years up to ``plan.train_until``, which may be after an origin, as the defaults of the engine are.
    """
    years = max(plan.horizons)
    chains = [fit_chain(panel, plan.train_until, with_neighbours=near) for near in (False, True)]
    forecasts: list[Forecast] = []
    for origin in plan.origins:
        say(f"From {origin}: {plan.replicates:,} runs of {years} years, with borders and without ...")
        engine = engine_forecast(panel, origin, years, plan, workers=workers)
        codes = engine.states
        forecasts += [engine, engine_forecast(panel, origin, years, plan, coupled=False, workers=workers)]
        forecasts += [maker(panel, codes, origin, years) for maker in (climatology, persistence, country_history)]
        forecasts += [
            simulate_chain(chain, panel, codes, origin, years, replicates=plan.replicates, seed=plan.seed) for chain in chains
        ]
    by_name: dict[str, list[Forecast]] = {}
    for forecast in forecasts:
        by_name.setdefault(forecast.name, []).append(forecast)
    return by_name


def hindcast(panel: Panel, plan: Plan, *, workers: int | None = None, say: Say = silent) -> Hindcast:
    """Run the engine and the baselines from every origin and score them on the same rows.

    Raises
    ------
    ValueError
        The data do not have the years of an origin and its horizons, or too few to train on.
    """
    clock = time.perf_counter()
    for year in (plan.train_until, *plan.origins, *(origin + max(plan.horizons) for origin in plan.origins)):
        panel.year_index(year)
    forecasts = forecasts_of(panel, plan, workers=workers, say=say)
    origins = {forecast.origin: forecast.states for forecast in forecasts[ENGINE]}
    scores: list[Score] = []
    for horizon in plan.horizons:
        scores += score_all(rows_of(panel, origins, horizon), forecasts, horizon, draws=plan.draws, seed=plan.seed)
    return Hindcast(
        plan=plan,
        scores=tuple(scores),
        reliability=reliability_of(panel, forecasts, plan.horizons, draws=plan.draws, seed=plan.seed),
        misses={h: worst_misses(panel, forecasts[ENGINE], h) for h in plan.horizons},
        by_origin=tuple(score for h in plan.horizons for score in origin_scores(panel, forecasts, h)),
        seconds=time.perf_counter() - clock,
    )


@dataclass(frozen=True)
class Provenance:
    """Where the numbers of a validation come from."""

    command: str
    started: str
    versions: dict[str, str]
    data: dict[str, str]  # SHA-256 of each file read

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"command": self.command, "started": self.started, "versions": self.versions, "data_sha256": self.data}


def data_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a data folder that the panel is read from."""
    return {f"{name}.csv": hashlib.sha256((folder / f"{name}.csv").read_bytes()).hexdigest() for name in sorted(SHAPE)}


def provenance(folder: Path) -> Provenance:
    """Return the provenance of a validation that begins now."""
    command = command_line()
    return Provenance(command, datetime.now(UTC).isoformat(timespec="seconds"), versions(), data_hashes(folder))


def scores_hash(result: Hindcast) -> str:
    """Return the SHA-256 over all scores to six digits: the same run, the same hash."""
    text = json.dumps([[f"{v:.6g}" if isinstance(v, float) else v for v in score] for score in result.scores])
    return hashlib.sha256(text.encode()).hexdigest()


def parameters_line(plan: Plan) -> str:
    """Return which parameters the engine ran with."""
    if not plan.settings:
        return "the defaults of the model, which know all years of the panel"
    if plan.settings == fitted_until(plan.train_until):
        return f"parameters fitted to the years up to {plan.train_until}"
    return "parameters given on the command line"


def about_line(plan: Plan) -> str:
    """Return the note under a figure of a hindcast."""
    origins = ", ".join(map(str, plan.origins))
    return (
        f"Origins {origins}, run free; {plan.replicates:,} replicates, seed {plan.seed}; chains trained to {plan.train_until}. "
        f"Conditional on {parameters_line(plan)}."
    )
