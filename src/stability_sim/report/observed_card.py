"""The card in words and as a table: what happened, and how probable the runs made it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from stability_sim.analysis.observed_card import CardRow, card
from stability_sim.report.tables import write_rows
from stability_sim.results.results import Results
from stability_sim.terminal import literal

LUCK = (
    "Luck only: the share of replicates that fit and the range of the middle nine tenths say nothing of what is not known about "
    "the numbers of the file and the rules of the model. One case proves little."
)
_IN_WORDS = {"onset": ("no onset", "onset"), "ended": ("did not end", "ended"), "takeover": ("no takeover", "takeover")}
COLUMNS = ("what happened", "observed", "median (5 to 95 %)", "P", "")


def amount(value: float, unit: str = "") -> str:
    """Return a number as short as it can be read."""
    if math.isnan(value):
        return "–"
    if unit == "share":
        return f"{value:.0%}"
    return f"{value / 1e6:.2f} M" if value >= 1e6 else f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def observed(row: CardRow) -> str:
    """Return what was observed, with its unit where it is not plain."""
    if row.unit == "yes or no":
        return _IN_WORDS[row.measure.partition("(")[0]][int(row.low >= 1)]
    unit = "" if row.unit == "share" else f" {row.unit}"
    if row.low == row.high == 1.0:
        return f"1{unit.removesuffix('s')}"
    if row.low == row.high:
        return amount(row.low, row.unit) + unit
    return f"{amount(row.low, row.unit)} to {amount(row.high, row.unit)}{unit}"


def engine(row: CardRow) -> str:
    """Return what the runs say: median and middle nine tenths, or the mean if it is all that is kept."""
    if row.unit == "yes or no":
        return ""
    if row.basis == "mean":
        return f"mean {amount(row.median, row.unit)}"
    return f"{amount(row.median, row.unit)} ({amount(row.q05, row.unit)} to {amount(row.q95, row.unit)})"


def probability(row: CardRow) -> str:
    """Return the share of replicates that fit what was observed, or a dash if it is not known."""
    if math.isnan(row.probability):
        return "–"
    return "< 1%" if 0 < row.probability < 0.01 else f"{row.probability:.0%}"


def verdict(row: CardRow) -> str:
    """Return whether what was observed lies in the middle nine tenths of the runs."""
    return "inside" if row.inside else "outside"


def cells(rows: Sequence[CardRow]) -> list[tuple[str, str, str, str, str]]:
    """Return the card as text, a tuple for each observation in the order of COLUMNS."""
    return [(row.what, observed(row), engine(row), probability(row), verdict(row)) for row in rows]


def _heading(results: Results) -> str:
    attributes = results.attributes
    logged = attributes["replicates_logged"]
    few = f" (what is counted event by event: the first {logged:,})" if logged < attributes["replicates"] else ""
    return f"{attributes['scenario']}, variant {attributes['variant']}: {attributes['replicates']:,} replicates{few}, seed {attributes['seed']}"


def markdown(results: Results, rows: Sequence[CardRow]) -> str:
    """Return the card as a table in Markdown."""
    lines = [f"**{_heading(results)}**", "", f"| {' | '.join(COLUMNS)} |", "|---|---|---|---:|---|"]
    lines += ["| " + " | ".join(map(literal, row)) + " |" for row in cells(rows)]
    return "\n".join([*lines, "", LUCK, ""])


def write_card(results: Results, folder: Path) -> list[Path]:
    """Write the card as ``card.csv`` and ``card.md``; return what was written, nothing if nothing was observed."""
    rows = card(results)
    if not rows:
        return []
    paths = [folder / "card.csv", folder / "card.md"]
    write_rows(paths[0], (*CardRow._fields, "note"), ((*row, LUCK) for row in rows), missing="")
    paths[1].write_text(markdown(results, rows), encoding="utf-8")
    return paths
