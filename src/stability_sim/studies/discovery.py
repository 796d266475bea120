"""The conditions under which an outcome occurs, from a sample of the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stability_sim import terminal
from stability_sim.analysis.prim import Box, find_boxes
from stability_sim.ensemble.sweep_folder import DESIGN, OUTCOMES
from stability_sim.storage.csv_files import bare_table
from stability_sim.storage.files import UsageError
from stability_sim.storage.run_folder import StoreError
from stability_sim.storage.staging import is_there
from stability_sim.studies.sensitivity import SAMPLE

if TYPE_CHECKING:
    import pandas as pd

PREFIX = "outcome."


@dataclass(frozen=True)
class Discovery:
    """The boxes of a sample in which an outcome is above, or below, a threshold."""

    folder: Path
    outcome: str
    threshold: float
    above: bool
    n_points: int
    share: float
    boxes: list[Box]


def _sample(folder: Path) -> pd.DataFrame:
    import pandas as pd

    if not is_there(folder):
        raise FileNotFoundError(str(folder))
    path = folder / SAMPLE
    if path.is_file():
        return bare_table(pd.read_csv(path))
    if not all((folder / name).is_file() for name in (DESIGN, OUTCOMES)):
        raise StoreError(f"{folder} holds no {SAMPLE}: give the folder of a sensitivity study or of a sweep")
    design = bare_table(pd.read_csv(folder / DESIGN)).set_index("point")
    means = bare_table(pd.read_csv(folder / OUTCOMES)).pivot_table(index="point", columns="outcome", values="mean", sort=False)
    return design.select_dtypes("number").join(means.add_prefix(PREFIX), how="inner")


def discover(
    folder: Path, outcome: str | None = None, *, above: float | None = None, below: float | None = None, density: float = 0.8
) -> Discovery:
    """Return the conditions (PRIM) under which an outcome of a sample is at or above, or at or below, a threshold.

    Parameters
    ----------
    folder : Path
        Of a sensitivity study, whose ``sample.csv`` has a column for each number and ``outcome.<name>`` for each outcome,
        or of a sweep; means over replicates are looked at.
    outcome : str, optional
        The first if not given.
    above, below : float, optional
        Threshold; the upper quartile of the outcome if neither is given.
    density : float
        Share of a box in which the outcome should occur.
    """
    table = _sample(folder)
    names = [column.removeprefix(PREFIX) for column in table.columns if column.startswith(PREFIX)]
    factors = [column for column in table.columns if not column.startswith(PREFIX)]
    outcome = outcome or names[0]
    if outcome not in names:
        raise UsageError(f"the sample has no outcome {outcome!r}; it has {', '.join(names)}")
    if above is not None and below is not None:
        raise UsageError("give --above or --below, not both")
    values = table[PREFIX + outcome].to_numpy(dtype=float)
    if not np.isfinite(values).all():
        raise UsageError(f"{outcome} is not a number at some points")
    up = below is None
    threshold = float(np.quantile(values, 0.75)) if above is None and below is None else float(above if up else below)  # type: ignore[arg-type]
    occurs = values >= threshold if up else values <= threshold
    try:
        boxes = find_boxes(table[factors].to_numpy(dtype=float), occurs, factors, density=density)
    except ValueError as error:
        raise UsageError(f"{outcome} {'≥' if up else '≤'} {threshold:g}: {error}") from None
    return Discovery(folder, outcome, threshold, up, len(values), float(occurs.mean()), boxes)


def box_table(discovery: Discovery) -> pd.DataFrame:
    """Return the boxes as a table: one row a restriction."""
    import pandas as pd

    rows = [
        (k, restriction.factor, restriction.low, restriction.high, restriction.p_value, box.coverage, box.density, box.mass)
        for k, box in enumerate(discovery.boxes, start=1)
        for restriction in box.restrictions
    ]
    return pd.DataFrame(rows, columns=["box", "factor", "low", "high", "p_value", "coverage", "density", "mass"])


def print_discovery(discovery: Discovery) -> None:
    """Print the boxes, for people."""
    sign = "≥" if discovery.above else "≤"
    out = terminal.write
    out(f"{discovery.outcome} {sign} {discovery.threshold:.4g}: in {discovery.share:.0%} of {discovery.n_points:,} points\n")
    for k, box in enumerate(discovery.boxes, start=1):
        out(
            f"\nbox {k}: occurs in {box.density:.0%} of its {box.n_points:,} points; holds {box.coverage:.0%} of all that occur\n"
        )
        for restriction in box.restrictions:
            low = "" if math.isinf(restriction.low) else f"{restriction.low:.4g} ≤ "
            high = "" if math.isinf(restriction.high) else f" ≤ {restriction.high:.4g}"
            out(f"  {low}{restriction.factor}{high}   (by chance: p = {restriction.p_value:.2g})\n")
    if not discovery.boxes:
        out("no condition on the numbers does better than chance\n")
    out("\nAssociations in a sample of assumptions, not causes in the world.\n")
