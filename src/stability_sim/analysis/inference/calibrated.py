"""Whether inference is calibrated: it must recover parameters that made synthetic worlds (Talts et al. 2018)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.inference.prior import Floats, Prior
from stability_sim.analysis.inference.smc import GENERATION_KEYS, Map, Pilot, Plan, Posterior, Simulate, infer, pilot_runs
from stability_sim.randomness import STREAM_SYNTHETIC

SYNTHETIC_KEYS = 900 * GENERATION_KEYS  # apart from the keys of every generation


class Recovery(NamedTuple):
    """What came of inference on synthetic worlds, (world, parameter)."""

    truth: Floats
    ranks: Floats  # posterior mass below the truth: uniform if all is well
    low: Floats
    high: Floats
    simulations: int

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Whether each interval holds the truth."""
        return (self.low <= self.truth) & (self.truth <= self.high)


def rank_of(posterior: Posterior, truth: Floats) -> Floats:
    """Return the posterior mass below the true value of each parameter."""
    return posterior.weights @ (posterior.samples < truth[None, :])


def coverage(recovery: Recovery) -> float:
    """Return the share of intervals that hold the truth, over worlds and parameters."""
    return float(recovery.covered.mean())


def rank_histogram(recovery: Recovery, bins: int = 10) -> NDArray[np.int64]:
    """Return how many ranks fall in each of some equal bins, (parameter, bin)."""
    place = np.minimum((recovery.ranks * bins).astype(np.int64), bins - 1)
    return np.array([np.bincount(column, minlength=bins) for column in place.T])


def recover(
    simulate: Simulate,
    prior: Prior,
    worlds: int = 20,
    plan: Plan | None = None,
    *,
    level: float = 0.9,
    pilot: Pilot | None = None,
    map_: Map = map,
) -> Recovery:
    """Draw parameters from the prior, make a world with each, infer them again; the pilot is shared by all worlds.

    Parameters
    ----------
    simulate, prior, plan, pilot, map_
        As for `infer`.
    worlds : int
    level : float
        Of the intervals.
    """
    plan = plan or Plan()
    pilot = pilot or pilot_runs(simulate, prior, plan, map_)
    keys = np.arange(worlds)
    truth = prior.values(prior.draws(plan.seed, keys, STREAM_SYNTHETIC))
    ranks, low, high = [], [], []
    simulations = len(pilot.shares)
    for k in keys:
        observed = simulate(truth[k], SYNTHETIC_KEYS + int(k))
        found = infer(simulate, observed, prior, plan, pilot=pilot, map_=map_)
        ranks.append(rank_of(found, truth[k]))
        low.append(found.quantile(0.5 - level / 2))
        high.append(found.quantile(0.5 + level / 2))
        simulations += 1 + found.simulations - len(pilot.shares)
    return Recovery(truth, np.array(ranks), np.array(low), np.array(high), simulations)
