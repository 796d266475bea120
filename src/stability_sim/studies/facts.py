"""The facts of the engine beside those of the data: run the world and the seed case, measure both alike, write the comparison."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stability_sim import terminal
from stability_sim.analysis.facts import Comparison, Fact, case_facts, compare, engine_years, evaluate, panel_years
from stability_sim.ensemble.run import prepare
from stability_sim.ensemble.run import run as run_scenario
from stability_sim.panel import Panel, PanelError, world_scenario
from stability_sim.report.history_tables import print_facts, write_facts
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, content_hash, load
from stability_sim.scenario.events import Setting
from stability_sim.scenario.load import shipped
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.storage.manifest import write_manifest
from stability_sim.storage.run_folder import check_target, staged
from stability_sim.studies.points import Say

CASE, VARIANT, GROUP = "central-asia-2021", "watched-border", "isis-k"
CASE_MONTHS, CASE_RUNS = 24, 500
WATCH = "set_group"  # how the log calls what the event below does


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
    parameter = scenario.parameters.get("elsewhere_share")
    return parameter.value if parameter else PARAMETERS["elsewhere_share"].value


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
) -> Comparison:
    """Measure every fact of the engine and of the data, print the table, and write it into a folder with one figure per fact."""
    world = _world(panel, start_year)
    check_target(output)  # before the work, not after it
    prepare(say)
    say(f"Running {len(world.states)} states for {world.months} months, {replicates} times ...")
    results, _ = world_facts(panel, start_year, replicates=replicates, seed=seed, workers=workers, scenario=world)
    say(f"Running {CASE} ...")
    case = _case(None, workers)
    engine = engine_years(results, panel, start_year, elsewhere_share=_elsewhere(world))
    compared = compare(engine, panel_years(panel, start_year), case)
    last = int(panel.years[-1])
    about = {
        "start_year": start_year, "years": [start_year + 1, last], "states": len(world.states), "replicates": replicates, "seed": seed,
        "scenario_hash": content_hash(world),
    }  # fmt: skip
    with staged(output) as folder:
        write_facts(compared, folder, about)
        if figures:
            say("Drawing ...")
            _draw(compared, folder / "figures", about)
        write_manifest(folder, "facts", about)
    print_facts(
        compared, f"Facts of {start_year + 1} to {last}: {len(world.states)} states, {replicates} replicates, seed {seed}"
    )
    terminal.write(f"\n{output}\n")
    return compared


def _draw(compared: Comparison, folder: Path, about: dict[str, Any]) -> None:
    from stability_sim.report.figures.facts import draw_facts

    world = (
        f"Conditional on the assumptions of the world after {about['start_year']}: {about['replicates']} replicates, seed {about['seed']}. "
        "Spread shows luck only."
    )
    case = f"Conditional on the assumptions of {CASE}, variant base: {CASE_RUNS} replicates of {CASE_MONTHS} months."
    draw_facts(compared, folder, ["png", "svg"], world, case)
