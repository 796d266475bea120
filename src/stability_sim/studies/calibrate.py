"""Calibration: the posterior of parameters given the facts of the data, written so that a scenario can use it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from stability_sim import terminal
from stability_sim.analysis.abc import Floats, Plan, Posterior, Prior, infer
from stability_sim.analysis.facts import Yearly, engine_years, fact_values, panel_years
from stability_sim.ensemble.run import prepare, run
from stability_sim.ensemble.tasks import default_workers
from stability_sim.panel import Panel, data_folder, read_panel, world_scenario
from stability_sim.scenario import Scenario, content_hash, resolve
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.storage.files import UsageError, check_writable, write_file
from stability_sim.studies.hindcast import Provenance, provenance
from stability_sim.studies.points import Say, with_parameters

# Facts that one history can show; those from the log of causes have no counterpart in data.
FACTS = (
    "onset_rate", "relative_risk", "dose_many", "income_difference", "duration_shape", "duration_mean", "one_year",
    "recurrence", "deaths_log_sd", "deaths_large", "deaths_tail", "deaths_top", "traced", "dispersion",
)  # fmt: skip
SIMPLE = ("share_in_conflict", "mean_log_deaths", "share_of_onsets_exposed")
FREE = (
    "onset_per_year", "capacity_effect", "grievance_effect", "restart_per_year", "kin_onset", "ending_level", "level_mean",
    "swing_sd",
)  # fmt: skip
SEEDS = 4_294_967_291  # a prime below 2**32
DIGITS = 6  # of the numbers in a posterior file


def prior_of(names: Sequence[str]) -> Prior:
    """Return the prior of some parameters: uniform over their documented ranges; UsageError for an unknown name."""
    unknown = [name for name in names if name not in PARAMETERS]
    if unknown:
        raise UsageError(f"no parameter is called {unknown[0]!r}: see stability-sim explain")
    specs = [PARAMETERS[name] for name in names]
    return Prior(tuple(names), tuple(s.low for s in specs), tuple(s.high for s in specs))


def _simple(years: Yearly) -> list[float]:
    """Return the summaries of `SIMPLE`: how much conflict there is, how deadly, and how often onsets are next to a conflict."""
    counted = slice(years.counted, None)
    exists = np.broadcast_to(years.exists[None, :, counted], years.incidence[:, :, counted].shape)
    on = years.incidence[:, :, counted] & exists
    deaths = years.deaths[:, :, counted][on]
    before = years.incidence[:, :, years.counted - 1 : -1]
    near = np.einsum("rst,tsn->rnt", before.astype(np.float64), years.neighbours[counted].astype(np.float64)) > 0
    begun = on & ~before
    return [
        float(on.sum() / max(exists.sum(), 1)),
        float(np.log(np.maximum(deaths, 25.0)).mean()) if len(deaths) else float("nan"),
        float(near[begun].mean()) if begun.any() else float("nan"),
    ]


def facts_of(years: Yearly) -> Floats:
    """Return the facts that inference compares, in the order of `FACTS` and `SIMPLE`; NaN for what cannot be measured."""
    values = fact_values(years)
    return np.array([*(values[key] for key in FACTS), *_simple(years)])


def restricted(panel: Panel, codes: Sequence[str]) -> Panel:
    """Return a panel of some states alone, in the order of the panel; UsageError for a state that it does not have."""
    missing = [code for code in codes if code not in panel.states]
    if missing:
        raise UsageError(f"the data have no state {missing[0]!r}")
    rows = [i for i, code in enumerate(panel.states) if code in set(codes)]
    selected = {panel.states[i] for i in rows}
    by_state = (
        "exists", "incidence", "onset", "at_risk", "quiet_before", "deaths", "monthly_deaths", "population", "gdp_per_capita",
        "infant_mortality", "wgi", "elevation", "capital", "last_year",
    )  # fmt: skip
    pairs = ("neighbours", "border_km", "refugees")
    return replace(
        panel,
        states=tuple(panel.states[i] for i in rows),
        names=tuple(panel.names[i] for i in rows),
        **{name: getattr(panel, name)[rows] for name in by_state},
        **{name: getattr(panel, name)[:, rows][:, :, rows] for name in pairs},
        rebels=tuple(rebel for rebel in panel.rebels if rebel.state in selected),
        blocs=tuple(bloc for bloc in panel.blocs if bloc.state in selected),
    )


@dataclass(frozen=True)
class Simulator:
    """A scenario whose parameters vary; ``histories`` are pooled in one simulation: data are one history.

    Called with values of the parameters and a key; the key picks the dice, so that no two simulations share them.
    """

    scenario: Scenario
    panel: Panel
    start_year: int
    prior: Prior
    histories: int = 1
    seed: int = 1

    def __call__(self, values: Floats, key: int) -> Floats:
        """Return the facts of one simulation."""
        parameters = dict(zip(self.prior.names, map(float, values), strict=True))
        seed = (self.seed * 1_000_003 + key) % SEEDS
        chosen = with_parameters(self.scenario, parameters)
        results = run(chosen, replicates=self.histories, seed=seed, workers=1, chunk_size=self.histories, trajectories=True)
        return facts_of(engine_years(results, self.panel, self.start_year))

    def observed(self) -> Floats:
        """Return the facts of the data over the months of the scenario."""
        return facts_of(panel_years(self.panel, self.start_year, self.start_year + self.scenario.months // 12))


def simulator(scenario: Scenario, panel: Panel, names: Sequence[str], *, histories: int = 1, seed: int = 1) -> Simulator:
    """Return the simulator of a scenario that begins in a January of the data; UsageError if it does not."""
    year, month = int(scenario.start[:4]), int(scenario.start[5:])
    if month != 1:
        raise UsageError(f"the scenario begins in {scenario.start}: facts are of calendar years, it must begin in a January")
    first, last = int(panel.years[0]), int(panel.years[-1])
    whole = scenario.months // 12
    if whole < 1 or year <= first or year + whole - 1 > last:
        raise UsageError(f"the scenario needs whole years of the data, which go from {first} to {last}, and one before it")
    return Simulator(resolve(scenario), restricted(panel, list(scenario.states)), year - 1, prior_of(names), histories, seed)


@contextlib.contextmanager
def workers_map(workers: int | None) -> Iterator[Any]:
    """Give a ``map`` that runs on threads and keeps the order."""
    n = workers or default_workers()
    if n == 1:
        yield map
        return
    with ThreadPoolExecutor(max_workers=n) as pool:
        yield pool.map


def calibrate(simulate: Simulator, plan: Plan, *, workers: int | None = None) -> Posterior:
    """Return the posterior of the parameters of a simulator given the facts of its data."""
    with workers_map(workers) as map_:
        return infer(simulate, simulate.observed(), simulate.prior, plan, map_=map_)


def _short(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if value == value else None


def posterior_content(posterior: Posterior, simulate: Simulator, plan: Plan, source: Provenance) -> dict[str, Any]:
    """Return the content of a posterior file: means and 90 % intervals, samples, facts, provenance."""
    low, middle, high, mean = posterior.quantile(0.05), posterior.quantile(0.5), posterior.quantile(0.95), posterior.mean()
    parameters = {
        name: {
            "mean": _short(min(max(mean[k], low[k]), high[k])), "low": _short(low[k]), "median": _short(middle[k]),
            "high": _short(high[k]), "prior": [posterior.prior.low[k], posterior.prior.high[k]], "default": PARAMETERS[name].value,
            "explained": _short(posterior.explained[k]),
        }
        for k, name in enumerate(posterior.prior.names)
    }  # fmt: skip
    last = simulate.start_year + simulate.scenario.months // 12
    about = f"{simulate.scenario.scenario}, facts of {simulate.start_year + 1} to {last}, {posterior.simulations} simulations, seed {plan.seed}"
    return {
        "kind": "posterior",
        "format": 1,
        "about": about,
        "parameters": parameters,
        "facts": {n: _short(v) for n, v in zip((*FACTS, *SIMPLE), simulate.observed().tolist(), strict=True)},
        "tolerances": [_short(t) for t in posterior.tolerances],
        "plan": asdict(plan),
        "scenario_hash": content_hash(simulate.scenario),
        "provenance": source.as_dict(),
        "samples": {
            "parameters": list(posterior.prior.names),
            "values": [[_short(v) for v in row] for row in posterior.samples.tolist()],
            "weights": [_short(w) for w in posterior.weights.tolist()],
        },
    }


def print_posterior(content: dict[str, Any]) -> None:
    """Print mean, interval and prior of each parameter, and the share of its variance that the facts explain."""
    console = terminal.console(120)
    console.print(terminal.bold("Posterior", f": {content['about']}"))
    table = terminal.table("parameter", "mean", "5 %", "95 %", "prior", "default", "facts explain")
    for name, p in content["parameters"].items():
        numbers = [f"{p[key]:.4g}" for key in ("mean", "low", "high")]
        table.add_row(
            name, *numbers, f"{p['prior'][0]:g} to {p['prior'][1]:g}", f"{p['default']:.4g}", f"{max(p['explained'], 0.0):.0%}"
        )
    console.print(table)
    console.print("'facts explain': share of the variance over the prior that the facts of one history tell of the parameter.")


def _scenario(file: Scenario | None, panel: Panel, start: int | None, until: int) -> Scenario:
    if file is not None:
        return file
    year = int(panel.years[0]) + 1 if start is None else start
    if not int(panel.years[0]) <= year < until <= int(panel.years[-1]):
        raise UsageError(f"from {year} to {until}: the data have the years {panel.years[0]} to {panel.years[-1]}")
    return world_scenario(panel, year, months=12 * (until - year))


def calibrate_to_file(
    data: Path | None,
    scenario: Scenario | None,
    output: Path,
    *,
    names: Sequence[str] = FREE,
    start: int | None = None,
    until: int = 2004,
    plan: Plan | None = None,
    workers: int | None = None,
    say: Say = print,
) -> dict[str, Any]:
    """Calibrate a scenario, or the world if none is given, to the data of a folder; write the posterior file."""
    plan = plan or Plan()
    check_writable(output.parent)
    folder = data_folder(data)
    panel = read_panel(folder)
    chosen = _scenario(scenario, panel, start, until)
    simulate = simulator(chosen, panel, names, seed=plan.seed)
    source = provenance(folder)
    prepare(say)
    say(
        f"Simulating {len(chosen.states)} states for {chosen.months} months, {plan.pilot:,} times from the prior, then closer ..."
    )
    posterior = calibrate(simulate, plan, workers=workers)
    content = posterior_content(posterior, simulate, plan, source)
    write_file(output, json.dumps(content, indent=1) + "\n")
    print_posterior(content)
    terminal.write(f"\n{output}\n")
    return content
