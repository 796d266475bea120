"""The page of the docs that tells how the engine did, written from a hindcast and from the facts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from stability_sim.analysis.facts import Fact, evaluate, panel_years
from stability_sim.analysis.verification import ENGINE
from stability_sim.markdown import literal
from stability_sim.panel import Panel
from stability_sim.report.skill_table import (
    CHAIN,
    CLARITY,
    COUPLED_CHAIN,
    SHOWN,
    horizons_of,
    origin_rows,
    table_rows,
    verdict_lines,
)
from stability_sim.validation.facts import world_facts
from stability_sim.validation.hindcast import Hindcast
from stability_sim.validation.provenance import Provenance, about_line, parameters_line, scores_hash
from stability_sim.writing import moved_into

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


def _skill(found: Hindcast) -> str:
    parts = []
    for horizon in horizons_of(found.scores):
        rows = [[cell.replace(" *", " \\*") for cell in row] for row in table_rows(found.scores, horizon)]
        parts.append(f"### {horizon} year{'' if horizon == 1 else 's'} ahead\n")
        parts.append(_table(["forecast", *(title for _, _, title, _ in SHOWN)], rows) + "\n")
        lines = [f"- {text[0].upper()}{text[1:]}." for text in verdict_lines(found.scores, horizon)]
        parts.append("**Verdict** (engine less rival, 90 % interval)\n\n" + "\n".join(lines) + "\n")
    parts.append(f"\\* the best of the column. {CLARITY}\n")
    return "\n".join(parts)


def _by_origin(found: Hindcast) -> str:
    rows = origin_rows(found.by_origin, (ENGINE, COUPLED_CHAIN, CHAIN))
    return _table(["origin", "years ahead", "AUC", "Brier", "AUC at peace"], rows)


def _misses(found: Hindcast, panel: Panel) -> str:
    names = dict(zip(panel.states, panel.names, strict=True))
    parts = []
    for horizon, misses in found.misses.items():
        told = [
            f"{literal(names[m.country])} {m.year} ({m.forecast:.0%}, {'conflict' if m.happened else 'none'})" for m in misses
        ]
        parts.append(f"- {horizon} year{'' if horizon == 1 else 's'} ahead: " + ", ".join(told))
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


def page(found: Hindcast, told: Provenance, panel: Panel, pairs: list[tuple[Fact, Fact]]) -> str:
    """Return the page as Markdown."""
    plan = found.plan
    version = told.versions.get("stability-sim", "unknown")
    hits = sum(engine.verdict == "hit" for _, engine in pairs)
    measured = sum(engine.verdict != "none" for _, engine in pairs)
    data = "\n".join(f"| {name} | `{digest[:16]}` |" for name, digest in told.data.items())
    packages = ", ".join(f"{name} {number}" for name, number in told.versions.items())
    origins = ", ".join(map(str, plan.origins))
    return f"""# Validation

Written by `{told.command}` on {told.started[:10]}, stability-sim {version}; do not edit: run it again.

The engine is started from the world of {origins}, built from rows up to that year only, and runs free for {max(plan.horizons)}
years ({plan.replicates:,} replicates, seed {plan.seed}). It is scored on the country-years that followed, beside baselines on the
same rows. Coefficients of the logit chains are trained on years up to {plan.train_until}; the engine ran with
{parameters_line(plan)}. It took {found.seconds:.0f} s.

## Skill on what followed

{_skill(found)}
![Skill by horizon and reliability](hindcast.png)

## By origin

Engine / logit chain with neighbours / logit chain. Years after {plan.train_until} are new to both chains; few rows, much luck.

{_by_origin(found)}

## What it got most wrong

P(conflict in the year) that the engine gave, and what happened:

{_misses(found, panel)}

## Facts

Measured the same way on the data and on {FACT_REPLICATES} runs from {int(panel.years[0]) + FACT_BURN_IN} to {int(panel.years[-1])}; {hits} of {measured} are within what is accepted.

{_facts(pairs)}

{HOW.format(command=told.command)}
Scores: `{scores_hash(found)}`. Versions: {packages}.

| data | SHA-256, first 16 |
|---|---|
{data}
"""


def write_page(
    path: Path, panel: Panel, found: Hindcast, told: Provenance, say: Callable[[str], None], workers: int | None = None
) -> None:
    """Write the page, and its figure beside it."""
    from stability_sim.report.figures.skill import skill

    say("Measuring the facts ...")
    pairs = facts_of(panel, found.plan.seed, workers)
    text = page(found, told, panel, pairs)
    with moved_into(path.parent) as room:
        skill(found.scores, found.reliability, about_line(found.plan), room, ["png"])
        (room / path.name).write_text(text, encoding="utf-8")
