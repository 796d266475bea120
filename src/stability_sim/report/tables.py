"""The numbers of a run as tables: outcomes of the whole region, and each state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stability_sim.results.results import Results
from stability_sim.results.vocabulary import ROW_LABELS, UNITS
from stability_sim.storage.csv_files import Writer

CONDITIONAL = "Conditional on the assumptions of the scenario; intervals show luck only, not parameters or structure."


def write_rows(path: Path, names: Sequence[str], rows: Iterable[Iterable[object]], missing: str = "nan") -> None:
    """Write rows as CSV under the names of their columns: numbers to six digits, ``missing`` where there is none."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = Writer(file)
        writer.writerow(names)
        for row in rows:
            writer.writerow((missing if cell != cell else f"{cell:.6g}") if isinstance(cell, float) else cell for cell in row)


class OutcomeRow(NamedTuple):
    """One outcome over the replicates: mean, quantiles, and the share of replicates in which it happened."""

    outcome: str
    label: str
    mean: float
    q05: float
    median: float
    q95: float
    probability: float


class StateRow(NamedTuple):
    """One state: what its conflict, risk and burden were."""

    code: str
    name: str
    at_war_at_start: bool
    probability_onset: float
    incidence_end: float
    risk_end: float
    refugees_end: float
    cells_end: float


def outcome_rows(results: Results) -> list[OutcomeRow]:
    """Return a row for each outcome of the region."""
    values = results["outcome_per_replicate"]
    rows = []
    for k, name in enumerate(results.coords["outcome"]):
        column = np.sort(values[:, k])
        low, middle, high = np.quantile(column, (0.05, 0.5, 0.95), method="inverted_cdf").astype(float).tolist()
        mean = float(sum(column.tolist()) / len(column))
        happened = float((column > 0).sum() / len(column))
        rows.append(OutcomeRow(name, ROW_LABELS.get(name, name), mean, low, middle, high, happened))
    return rows


def state_rows(results: Results) -> list[StateRow]:
    """Return a row for each state."""
    names = results.attributes["names"]
    return [
        StateRow(
            code,
            names.get(code, code),
            bool(results["initial_conflict"][i]),
            float(results["ever_onset"][i]),
            float(results["incidence"][-1, i]),
            float(results["risk"][-1, i]),
            float(results["refugees_hosted"][-1, i]),
            float(results["cells"][-1, i]),
        )
        for i, code in enumerate(results.coords["state"])
    ]


def write_summary(results: Results, path: Path) -> None:
    """Write both tables into one CSV file: entity, measure, value, unit; the file says what it is conditional on."""
    rows: list[tuple[object, ...]] = []
    for row in outcome_rows(results):
        for measure in ("mean", "q05", "median", "q95", "probability"):
            unit = UNITS["probability"] if measure == "probability" else UNITS.get(row.outcome, "")
            rows.append(("region", f"{row.outcome}.{measure}", getattr(row, measure), unit, CONDITIONAL))
    for state in state_rows(results):
        rows += [(state.code, measure, getattr(state, measure), UNITS[measure], CONDITIONAL) for measure in StateRow._fields[3:]]
    write_rows(path, ("entity", "measure", "value", "unit", "note"), rows)
