"""The facts as tables: for people, as CSV, as JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from stability_sim import terminal
from stability_sim.analysis.facts import Comparison
from stability_sim.spreadsheet import Writer

COLUMNS = (
    "number", "key", "meaning", "engine", "engine_05", "engine_95", "data", "data_05", "data_95", "published", "accepted_low",
    "accepted_high", "verdict", "verdict_of_data",
)  # fmt: skip
NAN = math.nan


def fact_rows(compared: Comparison) -> list[dict[str, Any]]:
    """Return a row for each fact; a number that there is none of is NaN."""
    rows = []
    for key, fact in compared.facts.items():
        low, high = compared.scatter.get(key, (NAN, NAN))
        seen = compared.observed.get(key)
        value, margin = (seen.value if seen else NAN), compared.margins.get(key, NAN)
        published = NAN if fact.band.published is None else fact.band.published
        values = (
            fact.band.number, key, fact.band.meaning, fact.value, low, high, value, value - margin, value + margin, published,
            fact.band.low, fact.band.high, fact.verdict, seen.verdict if seen else "none",
        )  # fmt: skip
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def _cell(value: Any) -> str:  # noqa: ANN401 - a cell of the table
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.6g}"
    return str(value)


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of the table
    """Return a cell as JSON can hold it: no NaN, no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_facts(compared: Comparison, folder: Path, told: dict[str, Any]) -> None:
    """Write ``facts.csv`` and ``facts.json``; ``told`` is what made them."""
    rows = fact_rows(compared)
    with (folder / "facts.csv").open("w", encoding="utf-8", newline="") as file:
        out = Writer(file)
        out.writerow(COLUMNS)
        out.writerows([_cell(row[name]) for name in COLUMNS] for row in rows)
    facts = [{name: _plain(value) for name, value in row.items()} for row in rows]
    text = json.dumps({**told, "facts": facts}, indent=2, ensure_ascii=False) + "\n"
    (folder / "facts.json").write_text(text, encoding="utf-8")


def print_facts(compared: Comparison, title: str) -> None:
    """Print the facts: engine, data, what is accepted, verdict."""
    from rich.table import Table

    console = terminal.console(160)
    console.print(terminal.bold(title))
    names = ("", "fact", "engine", "90 % of runs", "data", "published", "accepted", "verdict")
    table = Table(*names, box=None, header_style="bold")
    for column in table.columns[2:7]:
        column.justify = "right"
    for key, fact in compared.facts.items():
        between = " to ".join(fact.write(value) for value in compared.scatter.get(key, ())) or "–"
        seen, margin = compared.observed.get(key), compared.margins.get(key)
        data = fact.write(seen.value if seen else None) + (f" ± {fact.write(margin)}" if seen and margin else "")
        verdict = terminal.bold(fact.verdict.upper()) if fact.verdict == "miss" else fact.verdict
        published = fact.write(fact.band.published)
        table.add_row(
            fact.band.number, fact.band.meaning, fact.write(fact.value), between, data, published, fact.accepted, verdict
        )
    console.print(table)
    missed = [fact for fact in compared.facts.values() if fact.verdict == "miss"]
    counted = [fact for fact in compared.facts.values() if fact.verdict != "none"]
    console.print(
        f"{len(counted) - len(missed)} of {len(counted)} within what is accepted. ± is 90 %, by leaving out one state at a time."
    )
