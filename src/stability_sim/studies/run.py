"""What the commands do, as functions: run a scenario to a folder, begin a new scenario."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from stability_sim import terminal
from stability_sim.analysis.observed_card import card
from stability_sim.ensemble.executors import THREADS, Execution
from stability_sim.ensemble.run import BASE, prepare
from stability_sim.ensemble.run import run as run_scenario
from stability_sim.report.observed_card import COLUMNS, LUCK, cells, write_card
from stability_sim.report.tables import CONDITIONAL, outcome_rows, state_rows, write_summary
from stability_sim.results.results import Results
from stability_sim.scenario import Loaded, Scenario, content_hash, json_schema, variant_scenarios
from stability_sim.scenario.load import find, shipped
from stability_sim.storage.files import OUTPUTS, UsageError, command_line, moved_into, shown
from stability_sim.storage.run_folder import check_target, staged, write_run
from stability_sim.studies.points import MOST_IN_ENSEMBLE, Say


def run_ensemble(scenario: Scenario, variant: str, n: int, seed: int, first: int, execution: Execution, say: Say) -> Results:
    """Run replicates ``first`` to ``first + n - 1`` under the name of a variant, with a progress bar."""
    prepare(say)
    with terminal.progress(n) as progress:
        results = run_scenario(scenario, replicates=n, seed=seed, first=first, progress=progress, execution=execution)
    results.attributes["variant"] = variant
    return results


def refuse_giants(scenario: Scenario, n: int) -> None:
    """Raise UsageError if a run would hold more numbers than a machine can."""
    size = n * scenario.months * (len(scenario.states) + len(scenario.groups))
    if size > MOST_IN_ENSEMBLE:
        raise UsageError(
            f"{n:,} replicates × {scenario.months} months × {len(scenario.states) + len(scenario.groups)} actors is more "
            f"than a run may hold ({MOST_IN_ENSEMBLE:,}): use fewer replicates"
        )


def run_to_folder(
    loaded: Loaded,
    *,
    variant: str | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    output: Path | None = None,
    execution: Execution = THREADS,
    figures: bool = True,
    say: Say = print,
) -> Path:
    """Run a loaded scenario into a folder of its own and print its summary; return the folder."""
    scenario = variant_scenarios(loaded, variant=variant)
    n = scenario.replicates if replicates is None else replicates
    key = scenario.seed if seed is None else seed
    about = {"source": shown(str(loaded.path))}
    folder, _ = run_scenario_to_folder(
        scenario, variant or BASE, n, key, about, output=output, execution=execution, figures=figures, say=say
    )
    return folder


def run_scenario_to_folder(
    scenario: Scenario,
    name: str,
    n: int,
    key: int,
    about: dict[str, Any],
    *,
    output: Path | None = None,
    execution: Execution = THREADS,
    figures: bool = True,
    say: Say = print,
) -> tuple[Path, Results]:
    """Run a resolved scenario into a folder, under a name; ``about`` is added to the manifest. Return folder and results."""
    began, clock = datetime.now(UTC), time.perf_counter()
    refuse_giants(scenario, n)
    target = output or OUTPUTS / scenario.scenario / f"{name}-n{n}-s{key}-{content_hash(scenario)[:8]}"
    check_target(target)  # before the work, not after it
    results = run_ensemble(scenario, name, n, key, 0, execution, say)
    seconds = time.perf_counter() - clock
    made = {"command": command_line(), "started": began.isoformat(timespec="seconds"), "seconds": round(seconds, 3)}
    with staged(target) as folder:
        write_tables(results, folder)
        write_run(folder, results, scenario, made | about)
        if figures:
            say("Drawing ...")
            from stability_sim.studies.plot import draw

            draw(results, folder / "figures", "all", ["png", "svg", "pdf"], None)
    print_summary(results, seconds)
    terminal.write(f"\n{target}\n")
    return target, results


def write_tables(results: Results, folder: Path) -> None:
    """Write the tables of a run into its folder."""
    write_summary(results, folder / "summary.csv")
    write_card(results, folder)


def print_summary(results: Results, seconds: float) -> None:
    """Print the summary of a run."""
    console = terminal.console(110)
    attributes = results.attributes
    console.print(terminal.bold(attributes["title"], f" · variant {attributes['variant']} · {attributes['months']} months from {attributes['start']} · "
                  f"{attributes['replicates']:,} replicates, seed {attributes['seed']} · {seconds:.1f} s"))  # fmt: skip
    table = terminal.table("outcome of a run", "mean", "5 %", "median", "95 %", "P(any)")
    for row in outcome_rows(results):
        numbers = [f"{value:,.1f}" if row.mean < 1000 else f"{value:,.0f}" for value in row[2:6]]
        table.add_row(row.label, *numbers, f"{row.probability:.0%}")
    console.print(table)
    states = terminal.table("state", "P(onset)", "in conflict at end", "risk at end", "refugees", "hidden cells")
    for state in state_rows(results):
        states.add_row(
            state.name + (" (at war from the start)" if state.at_war_at_start else ""),
            f"{state.probability_onset:.1%}", f"{state.incidence_end:.1%}", f"{state.risk_end:.1%}",
            f"{state.refugees_end:,.0f}", f"{state.cells_end:,.1f}",
        )  # fmt: skip
    console.print(states)
    console.print(CONDITIONAL)
    half = 196.0 * (0.1 * 0.9 / attributes["replicates"]) ** 0.5
    console.print(f"With {attributes['replicates']:,} replicates a share of 10 % is good to ±{half:.1f} points (95 %).")
    _print_card(results, console)


def _print_card(results: Results, console: terminal.Console) -> None:
    """Print what happened beside what the runs say of it, if the scenario has observations."""
    rows = cells(card(results))
    if not rows:
        return
    table = terminal.table(*COLUMNS, numbers=slice(3, 4))
    for row in rows:
        table.add_row(*row)
    console.print("")
    console.print(table)
    if results.attributes["variant"] != BASE:
        console.print("A variant: what happened is what happened without its change.")
    console.print(LUCK)


def _template(name: str, template: str) -> str:
    if template == "fictional":
        text = files("stability_sim.scenario").joinpath("fictional.yaml").read_text(encoding="utf-8")
    elif template in shipped():
        text = find(template).read_text(encoding="utf-8")
    else:
        raise UsageError(f"there is no template {template!r}; there are fictional, {', '.join(shipped())}")
    return re.sub(r"(?m)^scenario: .*$", f"scenario: {name}", text, count=1)


def new_scenario(name: str, template: str, folder: Path) -> list[Path]:
    """Write a scenario file to begin with and its schema; return what was written. Nothing is overwritten."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", name):
        raise UsageError(f"{name!r} is no name for a scenario: use small letters, digits and hyphens")
    text = _template(name, template)
    path = folder / f"{name}.yaml"
    if path.exists():
        raise UsageError(f"{path} exists already")
    schema = folder / "scenario.schema.json"
    texts = {path.name: text}
    if not schema.exists():
        texts[schema.name] = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    with moved_into(folder) as staging:
        for file, content in texts.items():
            (staging / file).write_text(content, encoding="utf-8")
    return [folder / file for file in texts]
