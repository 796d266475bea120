"""A hindcast as a command: run and print it, write its tables, figure, manifest and the page of the docs about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from stability_sim import terminal
from stability_sim.analysis.facts import Fact, evaluate, panel_years
from stability_sim.analysis.verification import ENGINE, Score
from stability_sim.ensemble.run import prepare
from stability_sim.panel import Panel, data_folder, read_panel
from stability_sim.report.history_tables import (
    CHAIN,
    CLARITY,
    COUPLED_CHAIN,
    SHOWN,
    as_json,
    horizons_of,
    origin_rows,
    table_rows,
    verdict_lines,
)
from stability_sim.report.tables import write_rows
from stability_sim.scenario.parameters import PARAMETERS, fitted_until, outside_range
from stability_sim.scenario.posterior import read_posterior
from stability_sim.storage.files import OUTPUTS, UsageError, moved_into
from stability_sim.storage.manifest import write_manifest
from stability_sim.storage.run_folder import check_target, staged
from stability_sim.studies.facts import world_facts
from stability_sim.studies.hindcast import (
    Hindcast,
    Plan,
    Provenance,
    about_line,
    hindcast,
    parameters_line,
    provenance,
    scores_hash,
)
from stability_sim.studies.points import Say
from stability_sim.terminal import literal

FACT_REPLICATES = 50
FACT_BURN_IN = 5  # years of the data before the world from which facts are measured

HOW = """## How to repeat it

1. Build a folder of CSV files from public downloads, as [data](data.md) says: UCDP/PRIO Armed Conflict Dataset and Battle-Related
   Deaths, UCDP GED by month, UCDP External Support, World Bank WDI and WGI, UNHCR Refugee Data Finder, CIA World Factbook borders.
2. `{command}`

The hash below is over all scores; the same data, version and seed give the same. What the scores mean, how the baselines are
computed, and what is known when: [hindcast](hindcast.md).
"""


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def _skill(result: Hindcast) -> str:
    parts = []
    for horizon in horizons_of(result.scores):
        rows = [[cell.replace(" *", " \\*") for cell in row] for row in table_rows(result.scores, horizon)]
        parts.append(f"### {horizon} year{'' if horizon == 1 else 's'} ahead\n")
        parts.append(_table(["forecast", *(title for _, _, title, _ in SHOWN)], rows) + "\n")
        lines = [f"- {text[0].upper()}{text[1:]}." for text in verdict_lines(result.scores, horizon)]
        parts.append("**Verdict** (engine less rival, 90 % interval)\n\n" + "\n".join(lines) + "\n")
    parts.append(f"\\* the best of the column. {CLARITY}\n")
    return "\n".join(parts)


def _by_origin(result: Hindcast) -> str:
    rows = origin_rows(result.by_origin, (ENGINE, COUPLED_CHAIN, CHAIN))
    return _table(["origin", "years ahead", "AUC", "Brier", "AUC at peace"], rows)


def _misses(result: Hindcast, panel: Panel) -> str:
    names = dict(zip(panel.states, panel.names, strict=True))
    parts = []
    for horizon, misses in result.misses.items():
        entries = [
            f"{literal(names[m.country])} {m.year} ({m.forecast:.0%}, {'conflict' if m.happened else 'none'})" for m in misses
        ]
        parts.append(f"- {horizon} year{'' if horizon == 1 else 's'} ahead: " + ", ".join(entries))
    return "\n".join(parts)


def facts_of(panel: Panel, seed: int, workers: int | None = None) -> list[tuple[Fact, Fact]]:
    """Return each fact of the data and of the engine, from the world five years into the data to the end of them."""
    start = int(panel.years[0]) + FACT_BURN_IN
    _, engine = world_facts(panel, start, replicates=FACT_REPLICATES, seed=seed, workers=workers)
    data = {fact.key: fact for fact in evaluate(panel_years(panel, start))}
    return [(data[fact.key], fact) for fact in engine if fact.key in data]


def _facts(pairs: list[tuple[Fact, Fact]]) -> str:
    rows = []
    for data, engine in pairs:
        accepted = f"{engine.band.number}: {engine.write(engine.band.low)} to {engine.write(engine.band.high)}"
        rows.append([engine.band.meaning, data.write(data.value), engine.write(engine.value), accepted, engine.verdict])
    return _table(["fact", "data", "engine", "accepted", "engine"], rows)


def page(result: Hindcast, source: Provenance, panel: Panel, pairs: list[tuple[Fact, Fact]]) -> str:
    """Return the page of the docs about how the engine did, as Markdown."""
    plan = result.plan
    version = source.versions.get("stability-sim", "unknown")
    hits = sum(engine.verdict == "hit" for _, engine in pairs)
    measured = sum(engine.verdict != "none" for _, engine in pairs)
    data = "\n".join(f"| {name} | `{digest[:16]}` |" for name, digest in source.data.items())
    packages = ", ".join(f"{name} {number}" for name, number in source.versions.items())
    origins = ", ".join(map(str, plan.origins))
    return f"""# Validation

Written by `{source.command}` on {source.started[:10]}, stability-sim {version}; do not edit: run it again.

The engine is started from the world of {origins}, built from rows up to that year only, and runs free for {max(plan.horizons)}
years ({plan.replicates:,} replicates, seed {plan.seed}). It is scored on the country-years that followed, beside baselines on the
same rows. Coefficients of the logit chains are trained on years up to {plan.train_until}; the engine ran with
{parameters_line(plan)}. It took {result.seconds:.0f} s.

## Skill on what followed

{_skill(result)}
![Skill by horizon and reliability](hindcast.png)

## By origin

Engine / logit chain with neighbours / logit chain. Years after {plan.train_until} are new to both chains; few rows, much luck.

{_by_origin(result)}

## What it got most wrong

P(conflict in the year) that the engine gave, and what happened:

{_misses(result, panel)}

## Facts

Measured the same way on the data and on {FACT_REPLICATES} runs from {int(panel.years[0]) + FACT_BURN_IN} to {int(panel.years[-1])}; {hits} of {measured} are within what is accepted.

{_facts(pairs)}

{HOW.format(command=source.command)}
Scores: `{scores_hash(result)}`. Versions: {packages}.

| data | SHA-256, first 16 |
|---|---|
{data}
"""


def write_page(path: Path, panel: Panel, result: Hindcast, source: Provenance, say: Say, workers: int | None = None) -> None:
    """Write the page, and its figure beside it."""
    from stability_sim.report.figures.skill import skill

    say("Measuring the facts ...")
    pairs = facts_of(panel, result.plan.seed, workers)
    text = page(result, source, panel, pairs)
    with moved_into(path.parent) as staging:
        skill(result.scores, result.reliability, about_line(result.plan), staging, ["png"])
        (staging / path.name).write_text(text, encoding="utf-8")


def numbers(text: str, what: str) -> tuple[int, ...]:
    """Return whole numbers written with commas, each once, in their order; UsageError if the text holds anything else."""
    try:
        values = tuple(dict.fromkeys(int(part) for part in text.split(",")))
    except ValueError:
        raise UsageError(f"{what} are whole numbers with commas between them, such as 1,3,5, not {text!r}") from None
    if not values or min(values) < 1:
        raise UsageError(f"{what} are above 0, not {text!r}")
    return values


def settings_of(posterior: Path | None, assignments: Sequence[str], train_until: int) -> dict[str, float]:
    """Return parameters in place of the defaults, which know all years of the panel; UsageError if one is wrong.

    They are those fitted to the years up to ``train_until`` where such a fit ships, then the means of a posterior file,
    then NAME=VALUE.
    """
    settings = fitted_until(train_until)
    if posterior is not None:
        parameters, wrong = read_posterior(posterior)
        if wrong:
            raise UsageError(wrong[0])
        settings |= {name: entry["value"] for name, entry in parameters.items()}
    for text in assignments:
        name, _, number = text.partition("=")
        name = name.strip().removeprefix("parameters.")
        if name not in PARAMETERS:
            raise UsageError(f"no parameter is called {name!r}: a setting is NAME=VALUE, such as kin_onset=0.004")
        try:
            value = float(number)
        except ValueError:
            raise UsageError(f"{text!r}: {number!r} is not a number") from None
        if wrong_value := outside_range(name, value):
            raise UsageError(wrong_value)
        settings[name] = value
    return settings


def check_plan(plan: Plan, panel: Panel) -> None:
    """Raise UsageError if the data do not have the years of a plan."""
    first, last = int(panel.years[0]), int(panel.years[-1])
    for origin in plan.origins:
        if not first <= origin <= last - max(plan.horizons):
            raise UsageError(f"from {origin}, {max(plan.horizons)} years on: the data have the years {first} to {last}")
    if not first + 5 <= plan.train_until <= last:
        raise UsageError(f"training until {plan.train_until}: the data have the years {first} to {last}, and five are the least")


def print_hindcast(result: Hindcast) -> None:
    """Print the table of each horizon and its verdict, for people."""
    console = terminal.console(140)
    for horizon in horizons_of(result.scores):
        table = terminal.table(f"{horizon} year{'' if horizon == 1 else 's'} ahead", *(title for _, _, title, _ in SHOWN))
        for row in table_rows(result.scores, horizon):
            table.add_row(*row)
        console.print(table)
        for text in verdict_lines(result.scores, horizon):
            console.print(f"  {text}")
        console.print()
    console.print(f"* the best of the column. {CLARITY}")


def write_hindcast(result: Hindcast, source: Provenance, folder: Path, formats: Sequence[str] = ("png", "svg", "pdf")) -> None:
    """Write ``hindcast.csv``, ``hindcast.json``, the figure and the manifest into a folder."""
    from stability_sim.report.figures.skill import skill

    about = source.as_dict() | {"seconds": round(result.seconds, 1), "scores_hash": scores_hash(result)}
    write_rows(folder / "hindcast.csv", Score._fields, result.scores)
    (folder / "hindcast.json").write_text(as_json(result, about), encoding="utf-8")
    skill(result.scores, result.reliability, about_line(result.plan), folder, formats)
    write_manifest(folder, "hindcast", about)


def default_folder(plan: Plan) -> Path:
    """Return the folder of a hindcast for which none is named; each plan has its own."""
    mark = hashlib.sha256(json.dumps(asdict(plan), sort_keys=True).encode()).hexdigest()[:8]
    return OUTPUTS / "hindcast" / f"{'-'.join(map(str, plan.origins))}-n{plan.replicates}-s{plan.seed}-{mark}"


def hindcast_to_folder(
    data: Path | None,
    plan: Plan,
    *,
    output: Path | None = None,
    docs: Path | None = None,
    workers: int | None = None,
    say: Say = print,
) -> Path:
    """Run a hindcast on the data of a folder, print it and write it; return its folder."""
    folder = data_folder(data)
    panel = read_panel(folder)
    check_plan(plan, panel)
    target = output or default_folder(plan)
    check_target(target)  # before the work, not after it
    source = provenance(folder)
    prepare(say)
    result = hindcast(panel, replace(plan), workers=workers, say=say)
    with staged(target) as staging:
        write_hindcast(result, source, staging)
    print_hindcast(result)
    if docs is not None:
        write_page(docs, panel, result, source, say, workers)
    terminal.write(f"\n{result.seconds:.0f} s\n{target}\n")
    return target
