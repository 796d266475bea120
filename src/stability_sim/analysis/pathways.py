"""By which border, by which channel and at which step of the chain a variant makes conflicts travel more or less.

Every conflict that was brought in crossed one border, by one channel, at one step: so the parts of the difference add up
to the whole difference, whichever way it is cut.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.chains import Episodes, episodes
from stability_sim.analysis.columns import n_logged
from stability_sim.analysis.contrast import check_paired
from stability_sim.results import Results

CUTS = ("border", "channel", "step")
PATHWAY_COLUMNS = (
    "variant", "cut", "part", "base_count", "variant_count", "difference_count", "base_mean", "variant_mean", "difference",
    "se_paired", "share_of_difference", "replicates",
)  # fmt: skip
FLOWS = ("crossings", "hidden_refugees", "refugee_flow", "raids", "attacks")


def _parts(found: Episodes, results: Results, cut: str) -> NDArray[Any]:
    """Return the part to which each conflict from abroad belongs."""
    abroad = found.from_abroad
    if cut == "step":
        return np.array([f"step {step}" for step in range(1, 1 + int(found.step.max(initial=0)))], dtype=object)[
            found.step[abroad] - 1
        ]
    if cut == "channel":
        return np.array([*results.coords["channel"], "event"], dtype=object)[found.channel[abroad]]
    states = np.array(results.coords["state"], dtype=object)
    return states[found.source[abroad]] + ">" + states[found.state[abroad]]


def _count(base: tuple[Episodes, Results], other: tuple[Episodes, Results], cut: str) -> Any:  # noqa: ANN401
    """Return, for each part and replicate that has any, the conflicts in the base and in the variant."""
    import pandas as pd

    tables = [
        pd.DataFrame({"part": _parts(found, results, cut), "replicate": found.replicate[found.from_abroad], side: 1})
        for side, (found, results) in (("base", base), ("variant", other))
    ]
    both = pd.concat(tables).fillna(0)
    return both.groupby(["part", "replicate"], sort=True, observed=True)[["base", "variant"]].sum().astype(np.int64)


def _cut(counts: Any, n: int, total: int, cut: str, variant: str) -> list[dict[str, Any]]:  # noqa: ANN401
    counts["d"] = counts["variant"] - counts["base"]
    counts["dd"] = counts["d"] ** 2
    rows = []
    for part, one in counts.groupby(level="part").sum().iterrows():
        d, dd = int(one["d"]), int(one["dd"])
        spread = (dd - d * d / n) / (n - 1) if n > 1 else math.nan
        rows.append(
            {
                "variant": variant, "cut": cut, "part": part, "base_count": int(one["base"]),
                "variant_count": int(one["variant"]), "difference_count": d, "base_mean": one["base"] / n,
                "variant_mean": one["variant"] / n, "difference": d / n, "se_paired": math.sqrt(max(spread, 0.0) / n),
                "share_of_difference": d / total + 0.0 if total else math.nan, "replicates": n,
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: (-abs(row["difference_count"]), str(row["part"])))


def pathways(base: Results, other: Results) -> Any:  # noqa: ANN401 - a pandas table
    """Return the difference in conflicts brought in from abroad, cut by border, by channel and by step of the chain.

    ``difference_count`` is a whole number over all logged replicates; within a cut these sum to the whole difference.
    ``share_of_difference`` is a part over the whole: parts that pull the other way are negative, and others may exceed 1.
    """
    import pandas as pd

    check_paired(base, other)
    n = n_logged(base, other)
    mine, theirs = (episodes(base, n), base), (episodes(other, n), other)
    total = int(theirs[0].from_abroad.sum()) - int(mine[0].from_abroad.sum())
    rows: list[dict[str, Any]] = []
    for cut in CUTS:
        rows += _cut(_count(mine, theirs, cut), n, total, cut, str(other.attributes["variant"]))
    return pd.DataFrame(rows, columns=list(PATHWAY_COLUMNS))


def flows(base: Results, other: Results) -> Any:  # noqa: ANN401 - a pandas table
    """Return what moved along each dyad over a run, in the mean: base, variant, difference.

    One row a dyad of either and a kind of flow; a dyad that one of them has not carries nothing there.
    """
    import pandas as pd

    rows = []
    dyads = list(dict.fromkeys([*base.coords["dyad"], *other.coords["dyad"]]))
    for name in FLOWS:
        sums = [
            dict(zip(one.coords["dyad"], (math.fsum(column) for column in one[name].T.tolist()), strict=True))
            for one in (base, other)
        ]
        for dyad in dyads:
            was, now = (side.get(dyad, 0.0) for side in sums)
            rows.append((str(other.attributes["variant"]), name, dyad, was, now, now - was))
    return pd.DataFrame(rows, columns=["variant", "flow", "dyad", "base_mean", "variant_mean", "difference"])
