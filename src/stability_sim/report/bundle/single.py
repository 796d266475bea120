"""Single runs: which ones to show, and what was logged in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.results import Results

KINDS = (
    "onset", "ending", "raid", "attack", "call_honoured", "call_abandoned", "deployment", "summit_success",
    "summit_failure", "event", "action",
)  # fmt: skip
MOST_EVENTS = 400  # of one run, without what governments choose each month


def _outcome(results: Results, name: str) -> NDArray[Any]:
    logged = int(results.attributes["replicates_logged"])
    return results["outcome_per_replicate"][:logged, results.index("outcome", name)]


def chosen(variants: list[Results]) -> list[tuple[int, str]]:
    """Return the replicates worth showing, each with the reason; the same ones for both variants."""
    first = variants[0]
    logged = min(int(one.attributes["replicates_logged"]) for one in variants)
    if not logged:
        return []
    numbers = first.coords["replicate"][:logged]
    months = [_outcome(one, "months_in_conflict")[:logged].astype(float) for one in variants]
    abroad = [_outcome(one, "cross_border_onsets")[:logged].astype(float) for one in variants]
    onsets = [_outcome(one, "onsets")[:logged].astype(float) for one in variants]
    middle = np.abs(months[0] - np.sort(months[0])[(logged - 1) // 2])
    picks = []
    for which, letter in zip(range(len(variants)), "AB", strict=False):
        score = abroad[which] * 1000 + onsets[which]
        picks.append((int(np.argmax(score)), f"most spread in {letter}" if len(variants) == 2 else "most spread"))
    picks += [(int(np.argmin(middle)), "the middle one by months of conflict"), (0, "the first one")]
    if len(variants) == 2:
        gap = months[1] - months[0]
        least, most = int(np.argmin(gap)), int(np.argmax(gap))
        picks += [(least, "B most peaceful against A")] if gap[least] < 0 else []
        picks += [(most, "B most violent against A")] if gap[most] > 0 else []
    reasons: dict[int, list[str]] = {}
    for place, reason in picks:
        reasons.setdefault(place, []).append(reason)
    return [
        (int(numbers[place]), "; ".join(why).replace("in A; most spread in B", "in A and in B")) for place, why in reasons.items()
    ]


def logged(results: Results, replicate: int, wanted: Callable[[str], bool] = lambda kind: kind != "action") -> list[list[Any]]:
    """Return what happened in one run: month, kind, state, source, channel, group, value, in the order of the log."""
    rows = [row for row in results.log.where(replicate=replicate).rows() if wanted(row["kind"])]
    return [
        [row["month"], row["kind"], row["state"], row["source"], row["channel"], row["group"], round(float(row["value"]), 2)]
        for row in rows[:MOST_EVENTS]
    ]
