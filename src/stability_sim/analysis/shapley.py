"""The importance of each channel by three measures: hazard share, knock-out, Shapley value.

Single knock-outs overlap and do not add up; the Shapley value (Shapley 1953) is the mean of what a channel adds over all
orders of adding the channels, and sums to what knocking out all of them takes away.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.contrasts import mean, variance
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import LABELS

if TYPE_CHECKING:
    import pandas as pd

# channel: the parameters that switch it off, and the channels of the log that it makes
CHANNELS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "infiltration": (("infiltration_onset",), ("infiltration_crossing", "infiltration_refugees")),
    "kin": (("kin_onset", "restart_neighbours"), ("kin",)),
    "refugees": (("refugee_onset",), ("refugees",)),
    "economy": (("economic_spillover",), ("economy",)),
    "entanglement": (("entanglement_onset",), ("entanglement",)),
}
HIDDEN = LABELS["hidden_among_refugees"]  # a part of infiltration: knocked out alone, no player of its own
HIDDEN_PARAMETER = "hidden_share"
Values = NDArray[np.float64]


def coalitions(players: Sequence[str]) -> list[frozenset[str]]:
    """Return every set of players, from none to all."""
    return [frozenset(members) for size in range(len(players) + 1) for members in itertools.combinations(players, size)]


def shapley(players: Sequence[str], value: Callable[[frozenset[str]], Values]) -> dict[str, Values]:
    """Return the Shapley value of each player in each replicate.

    Parameters
    ----------
    players : sequence of str
        The channels that can be on or off.
    value : callable
        Outcome of each replicate when some players are in; called once for each of the 2^n sets.

    Returns
    -------
    values : dict
        By player, arrays of (replicate,); they sum to all in less none in, replicate by replicate.
    """
    n = len(players)
    outcomes = {coalition: value(coalition) for coalition in coalitions(players)}
    weight = [math.factorial(k) * math.factorial(n - k - 1) / math.factorial(n) for k in range(n)]
    result = {}
    for player in players:
        total = np.zeros_like(outcomes[frozenset()])
        for coalition in outcomes:
            if player not in coalition:
                total += weight[len(coalition)] * (outcomes[coalition | {player}] - outcomes[coalition])
        result[player] = total
    return result


def hazard_shares(results: Results) -> dict[str, float]:
    """Return the share of each channel in the hazard from abroad, over the states that are at peace at the start.

    The hazard is what would act on a state at peace; states at war from the start are left out. A channel below 0 counts 0.
    """
    at_peace = results["initial_conflict"] == 0
    by_channel = dict(zip(results.coords["channel"], results["hazard"][at_peace].sum(axis=0).tolist(), strict=True))
    sums = {name: max(0.0, sum(by_channel[c] for c in parts)) for name, (_, parts) in CHANNELS.items()}
    total = sum(sums.values())
    return {name: value / total if total else 0.0 for name, value in sums.items()}


def importance(shares: dict[str, float], full: Values, single: dict[str, Values], values: dict[str, Values]) -> pd.DataFrame:
    """Return the three measures side by side: one row a channel, in outcomes a run and as shares of the whole effect.

    Parameters
    ----------
    shares : dict
        Share of the hazard from abroad.
    full : array of (replicate,)
        Outcome with all channels.
    single : dict
        Outcome without one channel; may hold more than the players.
    values : dict
        Shapley values: arrays of (replicate,).

    Returns
    -------
    pandas.DataFrame
        One row a channel of ``single``; the Shapley columns are nan for one that is no player.
    """
    import pandas as pd

    total = math.fsum(mean(channel_values) for channel_values in values.values())
    rows = []
    for name, without in single.items():
        effect = full - without
        row: dict[str, str | float] = {
            "channel": name, "hazard_share": shares.get(name, math.nan), "knock_out": mean(effect),
            "knock_out_se": math.sqrt(variance(effect) / len(full)),
            "knock_out_share": mean(effect) / total if total else math.nan, "shapley": math.nan, "shapley_se": math.nan,
            "shapley_share": math.nan,
        }  # fmt: skip
        if name in values:
            shapley_mean = mean(values[name])
            row |= {"shapley": shapley_mean, "shapley_se": math.sqrt(variance(values[name]) / len(full))}
            row["shapley_share"] = shapley_mean / total if total else math.nan
        rows.append(row)
    return pd.DataFrame(rows)
