"""One lever from end to end: what the outcome does on the way."""

from __future__ import annotations

from typing import Any

from stability_sim.app.edited import edited
from stability_sim.app.jobs import Desk, Side
from stability_sim.app.levers import levers
from stability_sim.report.bundle import paired
from stability_sim.report.tables import LABELS
from stability_sim.scenario import Scenario, apply_variant

POINTS = 6
MOST_RUNS = 500  # at each point: a sweep is asked for in class and answered while the class looks


def sweep(desk: Desk, scenario: Scenario, side: Side, path: str, outcome: str, replicates: int, seed: int) -> dict[str, Any]:
    """Return an outcome at values of one lever, the others as in a side, each against the first with the same dice.

    Raises ValueError if there is no such lever or outcome.
    """
    base = apply_variant(scenario, side.variant)
    lever = next((one for one in levers(base) if one.path == path), None)
    if lever is None:
        raise ValueError(f"there is no lever {path!r}")
    if outcome not in LABELS:
        raise ValueError(f"there is no outcome {outcome!r}")
    values: list[float | str]
    values = [key for key, _ in lever.choices] if lever.choices else [round(k / (POINTS - 1), 2) for k in range(POINTS)]
    rows, first = [], None
    for value in values:
        made, _ = edited(scenario, side.variant, side.edits | {path: value}, side.month)
        results = desk.results(made, min(replicates, MOST_RUNS), seed)
        first = first or results
        gap = next(one for one in paired(first, results) if one.name == outcome)
        label = dict(lever.choices).get(str(value), f"{float(value) * 100:.0f} %" if not lever.choices else str(value))
        rows.append([label, gap.b, gap.mean, gap.low, gap.high])
    return {
        "label": lever.label,
        "outcome": LABELS[outcome].replace("... of these ", "conflicts "),
        "rows": rows,
        "replicates": min(replicates, MOST_RUNS),
    }
