"""The engine held against the facts: run the world and the seed case, measure both sides alike, write what came out."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stability_sim.analysis.facts import Fact, case_facts, engine_years, evaluate, panel_years, spread
from stability_sim.ensemble.run import prepare
from stability_sim.ensemble.run import run as run_scenario
from stability_sim.ensemble.store import MANIFEST, staged
from stability_sim.library import shipped
from stability_sim.panel import Panel, PanelError, world_scenario
from stability_sim.results import Results
from stability_sim.scenario import Scenario, content_hash, load
from stability_sim.scenario.events import Setting
from stability_sim.scenario.parameters import PARAMETERS

Say = Callable[[str], None]
CASE, VARIANT, GROUP = "central-asia-2021", "watched-border", "isis-k"
CASE_MONTHS, CASE_RUNS = 24, 500
WATCH = "set_group"  # how the log calls what the event below does
COLUMNS = (
    "number", "key", "meaning", "engine", "engine_05", "engine_95", "data", "published", "accepted_low", "accepted_high",
    "verdict", "verdict_of_data",
)  # fmt: skip


def watched_case() -> Scenario:
    """Return the seed case for 24 months, with an event that notes when ISIS-K first tries to cross, and changes nothing."""
    scenario = load(shipped()[CASE]).scenario
    when = f"crossings({GROUP}) >= 1 in {CASE_MONTHS} months"
    watch = Setting(when=when, set={f"groups.{GROUP}.control": scenario.groups[GROUP].control})
    return scenario.model_copy(update={"months": CASE_MONTHS, "events": [*scenario.events, watch]})


def _case(seed: int | None, workers: int | None) -> list[Fact]:
    scenario = watched_case()
    base, variant = (
        run_scenario(scenario, variant=name, replicates=CASE_RUNS, seed=seed, workers=workers) for name in (None, VARIANT)
    )
    return case_facts(base, variant, WATCH)


def world_facts(
    panel: Panel,
    start_year: int,
    *,
    replicates: int = 50,
    seed: int = 1,
    workers: int | None = None,
    scenario: Scenario | None = None,
) -> tuple[Results, list[Fact]]:
    """Run the world of a year to the end of the data; return results and facts.

    Parameters
    ----------
    panel : Panel
    start_year : int
        Last year that is known.
    replicates, seed, workers : int
        Of the ensemble.
    scenario : Scenario, optional
        In place of `world_scenario`: the same world under other parameters or rules.
    """
    world = scenario or _world(panel, start_year)
    results = run_scenario(world, replicates=replicates, seed=seed, workers=workers, trajectories=True)
    return results, evaluate(engine_years(results, panel, start_year, elsewhere_share=_elsewhere(world)))


def _world(panel: Panel, start_year: int) -> Scenario:
    last = int(panel.years[-1])
    if not int(panel.years[0]) <= start_year < last:
        raise PanelError(f"the data go from {panel.years[0]} to {last}: no year after {start_year} to compare with")
    return world_scenario(panel, start_year, months=12 * (last - start_year))


def _elsewhere(scenario: Scenario) -> float:
    given = scenario.parameters.get("elsewhere_share")
    return given.value if given else PARAMETERS["elsewhere_share"].value


def _number(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.6g}"


def _rows(facts: list[Fact], observed: dict[str, Fact], scatter: dict[str, tuple[float, float]]) -> list[dict[str, Any]]:
    rows = []
    for fact in facts:
        low, high = scatter.get(fact.key, (math.nan, math.nan))
        seen = observed.get(fact.key)
        values = (
            fact.band.number, fact.key, fact.band.meaning, fact.value, low, high, seen.value if seen else math.nan,
            fact.band.published, fact.band.low, fact.band.high, fact.verdict, seen.verdict if seen else "none",
        )  # fmt: skip
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of the table
    """Return a cell as JSON can hold it: no NaN, no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write(folder: Path, rows: list[dict[str, Any]], told: dict[str, Any]) -> None:
    with (folder / "facts.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for row in rows:
            out.writerow([_number(row[name]) if isinstance(row[name], float | None) else row[name] for name in COLUMNS])
    facts = [{name: _plain(value) for name, value in row.items()} for row in rows]
    text = json.dumps({**told, "facts": facts}, indent=2, ensure_ascii=False) + "\n"
    (folder / "facts.json").write_text(text, encoding="utf-8")
    (folder / MANIFEST).write_text(json.dumps({"kind": "facts", **told}, indent=2) + "\n", encoding="utf-8")


def print_facts(facts: list[Fact], observed: dict[str, Fact], scatter: dict[str, tuple[float, float]], title: str) -> None:
    """Print the table of facts: engine, data, what is accepted, verdict."""
    from rich.console import Console
    from rich.table import Table

    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 150)
    console.print(f"[bold]{title}[/bold]")
    table = Table("", "fact", "engine", "90 % of runs", "data", "published", "accepted", "verdict", box=None, header_style="bold")
    for column in table.columns[2:7]:
        column.justify = "right"
    for fact in facts:
        low, high = scatter.get(fact.key, (math.nan, math.nan))
        seen = observed.get(fact.key)
        between = "–" if math.isnan(low) else f"{fact.write(low)} to {fact.write(high)}"
        accepted = f"{fact.write(fact.band.low)} to {fact.write(fact.band.high)}"
        table.add_row(
            fact.band.number, fact.band.meaning, fact.write(fact.value), between, fact.write(seen.value if seen else None),
            fact.write(fact.band.published), accepted, f"[bold]{fact.verdict.upper()}[/bold]" if fact.verdict == "miss" else fact.verdict,
        )  # fmt: skip
    console.print(table)


def facts_to_folder(
    panel: Panel,
    start_year: int,
    *,
    replicates: int = 50,
    seed: int = 1,
    output: Path,
    workers: int | None = None,
    figures: bool = True,
    say: Say = print,
) -> list[Fact]:
    """Measure every fact of the engine and of the data, print the table, write it and a figure a fact into a folder."""
    world = _world(panel, start_year)
    prepare(say)
    say(f"Running {len(world.states)} states for {world.months} months, {replicates} times ...")
    results, facts = world_facts(panel, start_year, replicates=replicates, seed=seed, workers=workers, scenario=world)
    engine = engine_years(results, panel, start_year, elsewhere_share=_elsewhere(world))
    data = panel_years(panel, start_year)
    observed = {fact.key: fact for fact in evaluate(data)}
    scatter = spread(engine)
    say(f"Running {CASE} ...")
    facts += _case(None, workers)
    last = int(panel.years[-1])
    told = {
        "start_year": start_year, "years": [start_year + 1, last], "states": len(world.states), "replicates": replicates, "seed": seed,
        "scenario_hash": content_hash(world),
    }  # fmt: skip
    with staged(output) as folder:
        _write(folder, _rows(facts, observed, scatter), told)
        if figures:
            say("Drawing ...")
            _draw(folder, engine, data, facts, observed, scatter, told)
    title = f"Facts of {start_year + 1} to {last}: {len(world.states)} states, {replicates} replicates, seed {seed}"
    print_facts(facts, observed, scatter, title)
    sys.stdout.write(f"\n{output}\n")
    return facts


def _draw(folder: Path, engine: Any, data: Any, facts: list[Fact], observed: Any, scatter: Any, told: dict[str, Any]) -> None:  # noqa: ANN401
    from stability_sim.report.figures.fact_numbers import Compared
    from stability_sim.report.figures.facts import draw_facts

    conditional = (
        f"Conditional on the assumptions of the world after {told['start_year']}: {told['replicates']} replicates, seed {told['seed']}. "
        "Spread shows luck only."
    )
    case = f"Conditional on the assumptions of {CASE}, variant base: {CASE_RUNS} replicates of {CASE_MONTHS} months."
    compared = Compared(engine, data, {fact.key: fact for fact in facts}, observed, scatter, conditional, case)
    draw_facts(compared, folder / "figures", ["png", "svg", "pdf"])
