"""Which numbers an uncertainty study tries together: a Latin hypercube of ranges, and whole rows of a posterior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stability_sim.analysis.sensitivity import Factor, latin_points
from stability_sim.scenario import Scenario
from stability_sim.scenario.draws import Draws

RANGE, DRAWN = "over its range", "joint draw from the posterior"


@dataclass(frozen=True)
class Numbers:
    """The numbers that a study varies: their paths, and the value of each at each point.

    ``fitted`` are the paths that are drawn jointly from a posterior, ``posterior`` the file, or None.
    """

    factors: list[Factor]
    points: list[dict[str, float]]
    fitted: list[str] = field(default_factory=list)
    posterior: Path | None = None
    posterior_sha256: str = ""

    @property
    def words(self) -> str:
        """How the numbers are varied, for people."""
        ranged = len(self.factors) - len(self.fitted)
        if not self.posterior:
            return f"{ranged} numbers over their ranges"
        return f"{len(self.fitted)} numbers drawn jointly from {self.posterior.name}, {ranged} over their ranges"

    def table(self) -> Any:  # noqa: ANN401 - a pandas table
        """Return the points as a table: one row a point, one column a number."""
        import pandas as pd

        paths = [factor.path for factor in self.factors]
        return pd.DataFrame([{"point": k, **{path: values[path] for path in paths}} for k, values in enumerate(self.points)])

    def sources(self) -> Any:  # noqa: ANN401 - a pandas table
        """Return what is known of each number: value that runs, range, basis, and how it was varied."""
        import pandas as pd

        fitted = set(self.fitted)
        rows = [
            (one.path, one.value, one.low, one.high, one.basis, DRAWN if one.path in fitted else RANGE) for one in self.factors
        ]
        return pd.DataFrame(rows, columns=["factor", "value", "low", "high", "basis", "varied"])


def numbers_of(scenario: Scenario, factors: Sequence[Factor], draws: Draws | None, n_points: int, seed: int) -> Numbers:
    """Return the points of a study: point k takes draw k of the posterior, and point k of a Latin hypercube for the rest.

    Parameters
    ----------
    scenario : Scenario
        Whose parameters say which of them are still those of the posterior.
    factors : sequence of Factor
        What varies.
    draws : Draws, optional
        The sample of a posterior.
    n_points, seed : int
        How many points, and the key of the draws.
    """
    paths = {factor.path for factor in factors}
    names = draws.fitted(scenario.parameters) if draws else []
    fitted = [path for path in (f"parameters.{name}" for name in names) if path in paths]
    ranged = [factor for factor in factors if factor.path not in set(fitted)]
    free = [factor.path for factor in ranged]
    rows = latin_points(ranged, n_points, seed).tolist() if ranged else [[] for _ in range(n_points)]
    points = [dict(zip(free, row, strict=True)) for row in rows]
    if draws is None or not fitted:
        return Numbers(list(factors), points)
    for k, values in enumerate(points):
        drawn = draws.draw(k, seed)
        values.update({path: drawn[path.removeprefix("parameters.")] for path in fitted})
    return Numbers(list(factors), points, fitted, draws.path, draws.sha256)
