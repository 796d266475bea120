"""A hindcast as a command: run, print, and write table, figure and what it rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from stability_sim import terminal
from stability_sim.ensemble.run import prepare
from stability_sim.ensemble.store import MANIFEST, check_target, staged
from stability_sim.panel import Panel, data_folder, read_panel
from stability_sim.report.skill_table import CLARITY, SHOWN, as_json, horizons_of, table_rows, verdict_lines, write_scores
from stability_sim.scenario.parameters import PARAMETERS, fitted_until
from stability_sim.scenario.posterior import read_posterior
from stability_sim.usage import OUTPUTS, UsageError
from stability_sim.validation.hindcast import Hindcast, Plan, hindcast
from stability_sim.validation.page import write_page
from stability_sim.validation.provenance import Provenance, about_line, provenance, scores_hash

Say = Callable[[str], None]


def numbers(text: str, what: str) -> tuple[int, ...]:
    """Return whole numbers written with commas, each once, in their order; UsageError if they are none."""
    try:
        found = tuple(dict.fromkeys(int(part) for part in text.split(",")))
    except ValueError:
        raise UsageError(f"{what} are whole numbers with commas between them, such as 1,3,5, not {text!r}") from None
    if not found or min(found) < 1:
        raise UsageError(f"{what} are above 0, not {text!r}")
    return found


def settings_of(posterior: Path | None, given: Sequence[str], train_until: int) -> dict[str, float]:
    """Return parameters in place of the defaults, which know all years of the panel; UsageError if one is wrong.

    They are those fitted to the years up to ``train_until`` where such a fit ships, then the means of a posterior file,
    then NAME=VALUE.
    """
    found = fitted_until(train_until)
    if posterior is not None:
        parameters, wrong = read_posterior(posterior)
        if wrong:
            raise UsageError(wrong[0])
        found |= {name: told["value"] for name, told in parameters.items()}
    for text in given:
        name, _, number = text.partition("=")
        name = name.strip().removeprefix("parameters.")
        if name not in PARAMETERS:
            raise UsageError(f"no parameter is called {name!r}: a setting is NAME=VALUE, such as kin_onset=0.004")
        spec = PARAMETERS[name]
        try:
            value = float(number)
        except ValueError:
            raise UsageError(f"{text!r}: {number!r} is not a number") from None
        if not spec.low <= value <= spec.high:
            raise UsageError(f"{value:g} is outside the documented range of {name}, {spec.low:g} to {spec.high:g}")
        found[name] = value
    return found


def check_plan(plan: Plan, panel: Panel) -> None:
    """Raise UsageError if the data do not have the years of a plan."""
    first, last = int(panel.years[0]), int(panel.years[-1])
    for origin in plan.origins:
        if not first <= origin <= last - max(plan.horizons):
            raise UsageError(f"from {origin}, {max(plan.horizons)} years on: the data have the years {first} to {last}")
    if not first + 5 <= plan.train_until <= last:
        raise UsageError(f"training until {plan.train_until}: the data have the years {first} to {last}, and five are the least")


def print_hindcast(found: Hindcast) -> None:
    """Print the table of each horizon and its verdict, for people."""
    from rich.table import Table

    console = terminal.console(140)
    for horizon in horizons_of(found.scores):
        table = Table(f"{horizon} year{'' if horizon == 1 else 's'} ahead", *(title for _, _, title, _ in SHOWN), box=None)
        for column in table.columns[1:]:
            column.justify = "right"
        for row in table_rows(found.scores, horizon):
            table.add_row(*row)
        console.print(table)
        for text in verdict_lines(found.scores, horizon):
            console.print(f"  {text}")
        console.print()
    console.print(f"* the best of the column. {CLARITY}")


def write_hindcast(found: Hindcast, told: Provenance, folder: Path, formats: Sequence[str] = ("png", "svg", "pdf")) -> None:
    """Write ``hindcast.csv``, ``hindcast.json``, the figure and the manifest into a folder."""
    from stability_sim.report.figures.skill import skill

    about = told.as_dict() | {"seconds": round(found.seconds, 1), "scores_hash": scores_hash(found)}
    write_scores(found.scores, folder / "hindcast.csv")
    (folder / "hindcast.json").write_text(as_json(found, about), encoding="utf-8")
    skill(found.scores, found.reliability, about_line(found.plan), folder, formats)
    (folder / MANIFEST).write_text(json.dumps({"format": 1, "kind": "hindcast", **about}, indent=2) + "\n", encoding="utf-8")


def default_folder(plan: Plan) -> Path:
    """Return where a hindcast goes if nobody says: the same plan to the same place, another one to another."""
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
    """Run a hindcast on the data of a folder, print it, write it; return where it is."""
    folder = data_folder(data)
    panel = read_panel(folder)
    check_plan(plan, panel)
    target = output or default_folder(plan)
    check_target(target)  # before the work, not after it
    told = provenance(folder)
    prepare(say)
    found = hindcast(panel, replace(plan), workers=workers, tell=say)
    with staged(target) as inside:
        write_hindcast(found, told, inside)
    print_hindcast(found)
    if docs is not None:
        write_page(docs, panel, found, told, say, workers)
    terminal.write(f"\n{found.seconds:.0f} s\n{target}\n")
    return target
