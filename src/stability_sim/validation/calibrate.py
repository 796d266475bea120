"""Calibration: the posterior of parameters given the facts of the data, written so that a scenario can use it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stability_sim import terminal
from stability_sim.analysis.inference import Plan, Posterior, infer
from stability_sim.ensemble.run import prepare
from stability_sim.ensemble.runner import default_workers
from stability_sim.panel import Panel, data_folder, read_panel, world_scenario
from stability_sim.scenario import Scenario, content_hash
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.usage import UsageError
from stability_sim.validation.provenance import Provenance, provenance
from stability_sim.validation.simulator import FACTS, FREE, SIMPLE, Simulator, simulator
from stability_sim.writing import check_writable, write_file

Say = Callable[[str], None]
DIGITS = 6


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


def posterior_content(found: Posterior, simulate: Simulator, plan: Plan, told: Provenance) -> dict[str, Any]:
    """Return what a posterior file holds: means and 90 % intervals, samples, facts, where from."""
    low, middle, high, mean = found.quantile(0.05), found.quantile(0.5), found.quantile(0.95), found.mean()
    parameters = {
        name: {
            "mean": _short(min(max(mean[k], low[k]), high[k])), "low": _short(low[k]), "median": _short(middle[k]),
            "high": _short(high[k]), "prior": [found.prior.low[k], found.prior.high[k]], "default": PARAMETERS[name].value,
            "explained": _short(found.explained[k]),
        }
        for k, name in enumerate(found.prior.names)
    }  # fmt: skip
    last = simulate.start_year + simulate.scenario.months // 12
    about = f"{simulate.scenario.scenario}, facts of {simulate.start_year + 1} to {last}, {found.simulations} simulations, seed {plan.seed}"
    return {
        "kind": "posterior",
        "format": 1,
        "about": about,
        "parameters": parameters,
        "facts": {n: _short(v) for n, v in zip((*FACTS, *SIMPLE), simulate.observed().tolist(), strict=True)},
        "tolerances": [_short(t) for t in found.tolerances],
        "plan": asdict(plan),
        "scenario_hash": content_hash(simulate.scenario),
        "provenance": told.as_dict(),
        "samples": {
            "parameters": list(found.prior.names),
            "values": [[_short(v) for v in row] for row in found.samples.tolist()],
            "weights": [_short(w) for w in found.weights.tolist()],
        },
    }


def print_posterior(content: dict[str, Any]) -> None:
    """Print mean, interval and prior of each parameter, and how much of it the facts tell."""
    from rich.table import Table

    console = terminal.console(120)
    console.print(terminal.bold("Posterior", f": {content['about']}"))
    table = Table("parameter", "mean", "5 %", "95 %", "prior", "default", "facts explain", box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
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
    told = provenance(folder)
    prepare(say)
    say(
        f"Simulating {len(chosen.states)} states for {chosen.months} months, {plan.pilot:,} times from the prior, then closer ..."
    )
    found = calibrate(simulate, plan, workers=workers)
    content = posterior_content(found, simulate, plan, told)
    write_file(output, json.dumps(content, indent=1) + "\n")
    print_posterior(content)
    terminal.write(f"\n{output}\n")
    return content
