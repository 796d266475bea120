"""Approximate Bayesian computation by population Monte Carlo, the same bytes whatever the workers.

One half of a pilot from the prior teaches the summaries, the other gives the first population; each later one is proposed from the one before
by a normal kernel on the logits of shares (Beaumont et al. 2009), accepted within the median distance of the one before. In
the end a local linear regression moves the sample to the observed facts (Beaumont, Zhang & Balding 2002).

Proposals are keyed by (seed, number, generation, parameter) and accepted in the order of their numbers, block by block;
simulations get the number as their key. Nothing depends on who finishes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.kernels.randomness import (
    STREAM_ANCESTOR,
    STREAM_PRIOR,
    STREAM_PROPOSAL,
    STREAM_SYNTHETIC,
    entity_id,
    uniform_array,
)

# The prior: each parameter uniform over its documented range, independent of the others.


Floats = NDArray[np.float64]
INSIDE = 1e-9  # keeps the logit of a share finite


@dataclass(frozen=True)
class Prior:
    """Names of parameters and the ranges over which they are uniform."""

    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.names or not all(a < b for a, b in zip(self.low, self.high, strict=True)):
            raise ValueError("a prior needs parameters, each with a range that is not empty")

    @property
    def entities(self) -> NDArray[np.uint64]:
        """Return the key of each parameter."""
        return np.array([entity_id(f"parameter {name}") for name in self.names], dtype=np.uint64)

    def draws(self, seed: int, keys: NDArray[np.int64], stream: np.uint64, month: int = 0) -> Floats:
        """Return uniform numbers for each key and parameter, (key, parameter): shares of the ranges."""
        return uniform_array(seed, keys[:, None], month, stream, self.entities[None, :])

    def values(self, shares: Floats) -> Floats:
        """Return values of the parameters from shares of their ranges."""
        low, high = np.array(self.low), np.array(self.high)
        return np.clip(low + shares * (high - low), low, high)  # rounding may leave a range at its end


def logit(shares: Floats) -> Floats:
    """Return ln(u/(1−u)), the scale on which kernels and regressions work: no bound can be crossed."""
    kept = np.clip(shares, INSIDE, 1.0 - INSIDE)
    return np.log(kept) - np.log1p(-kept)


def share(logits: Floats) -> Floats:
    """Return shares from their logits."""
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))


# From many facts to one number a parameter: what a regression on pilot runs expects of it (Fearnhead & Prangle 2012).


RIDGE = 1.0  # of standardised facts
FURTHEST = 5.0  # standard deviations beyond which a fact is not taken to say more


@dataclass(frozen=True)
class Summary:
    """A fitted map from facts to the expected logit of each parameter, in units of what it leaves unexplained."""

    middle: Floats
    spread: Floats
    weights: Floats  # (feature, parameter)
    left: Floats  # standard deviation left of each parameter
    explained: Floats  # share of the variance of each parameter that the facts explain

    def __call__(self, facts: Floats) -> Floats:
        """Return the summaries of rows of facts, (row, parameter)."""
        return features(facts, self.middle, self.spread) @ self.weights / self.left


def features(facts: Floats, middle: Floats, spread: Floats) -> Floats:
    """Return (row, feature): one, each standardised fact, its square; a fact that cannot be measured counts as typical."""
    with np.errstate(invalid="ignore"):
        z = (facts - middle) / spread
    z = np.clip(np.where(np.isfinite(facts), z, 0.0), -FURTHEST, FURTHEST)
    return np.concatenate([np.ones((len(z), 1)), z, np.square(z)], axis=1)


def learn(facts: Floats, shares: Floats) -> Summary:
    """Return the summary learned from pilot runs.

    Parameters
    ----------
    facts : (run, fact) float
        NaN or infinite where a run could not tell.
    shares : (run, parameter) float
        Of the ranges of the parameters.
    """
    known = np.where(np.isfinite(facts), facts, np.nan)
    useful = np.isfinite(known).any(axis=0)
    middle, spread = np.zeros(facts.shape[1]), np.ones(facts.shape[1])
    middle[useful] = np.nanmedian(known[:, useful], axis=0)
    deviation = np.nanmean(np.abs(known[:, useful] - middle[useful]), axis=0)
    spread[useful] = np.where(deviation > 0, 1.25 * deviation, 1.0)
    x, y = features(facts, middle, spread), logit(shares)
    held = RIDGE * np.diag([0.0] + [1.0] * (x.shape[1] - 1))
    weights = np.asarray(np.linalg.solve(x.T @ x + held, x.T @ y), dtype=np.float64)
    left: Floats = (y - x @ weights).std(axis=0)
    explained = np.asarray(1.0 - np.square(left / y.std(axis=0)), dtype=np.float64)
    return Summary(middle, spread, weights, left, explained)


Simulate = Callable[[Floats, int], Floats]  # values of the parameters and a key -> facts
Map = Callable[[Callable[[tuple[Floats, int]], Floats], Iterable[tuple[Floats, int]]], Iterable[Floats]]
BLOCK = 32  # proposals that are simulated together; a number of the algorithm, not of the machine
GENERATION_KEYS = 1_000_000
WIDEN = 2.0  # variance of the kernel over that of the population


@dataclass(frozen=True)
class Plan:
    """How much work inference does: pilot runs, particles, generations after the pilot, proposals a generation at most."""

    pilot: int = 1000
    particles: int = 200
    generations: int = 2
    most_proposals: int = 2000
    seed: int = 1


class Pilot(NamedTuple):
    """Runs from the prior: shares of the ranges, and facts."""

    shares: Floats
    facts: Floats


class Population(NamedTuple):
    """Particles that were accepted: logits, weights that sum to one, summaries, distances."""

    logits: Floats
    weights: Floats
    summaries: Floats
    distances: Floats


@dataclass(frozen=True)
class Posterior:
    """A weighted sample of the posterior, and how it came about.

    Attributes
    ----------
    samples : (sample, parameter) float
        In the units of the parameters.
    weights : (sample,) float
        Sum to one.
    tolerances : tuple of float
        Largest distance accepted, by generation.
    simulations : int
    explained : (parameter,) float
        Share of the variance over the prior that the facts explain.
    """

    prior: Prior
    samples: Floats
    weights: Floats
    tolerances: tuple[float, ...]
    simulations: int
    explained: Floats = field(default_factory=lambda: np.zeros(0))

    def mean(self) -> Floats:
        """Return the posterior mean of each parameter."""
        return self.weights @ self.samples

    def quantile(self, q: float) -> Floats:
        """Return a quantile of each parameter."""
        found = []
        for column in self.samples.T:
            order = np.argsort(column, kind="stable")
            below = np.cumsum(self.weights[order])
            found.append(column[order][min(int(np.searchsorted(below, q)), len(column) - 1)])
        return np.array(found)


def _run(simulate: Simulate, prior: Prior, shares: Floats, keys: NDArray[np.int64], map_: Map) -> Floats:
    jobs = [(values, int(key)) for values, key in zip(prior.values(shares), keys, strict=True)]
    return np.array(list(map_(lambda job: simulate(*job), jobs)))


def pilot_runs(simulate: Simulate, prior: Prior, plan: Plan, map_: Map = map) -> Pilot:
    """Return runs at points of the prior."""
    keys = np.arange(plan.pilot)
    shares = prior.draws(plan.seed, keys, STREAM_PRIOR)
    return Pilot(shares, _run(simulate, prior, shares, keys, map_))


def _first(pilot: Pilot, summary: Summary, seen: Floats, particles: int) -> Population:
    found = summary(pilot.facts)
    distances = np.sqrt(np.square(found - seen).sum(axis=1))
    best = np.sort(np.argsort(distances, kind="stable")[:particles])
    weights = np.full(len(best), 1.0 / len(best))
    return Population(logit(pilot.shares[best]), weights, found[best], distances[best])


def _spread(population: Population) -> Floats:
    """Return the covariance of the kernel."""
    middle = population.weights @ population.logits
    apart = population.logits - middle
    covariance = (apart * population.weights[:, None]).T @ apart
    return WIDEN * covariance + 1e-6 * np.eye(covariance.shape[0])


def _proposed(population: Population, prior: Prior, seed: int, generation: int, numbers: NDArray[np.int64]) -> Floats:
    """Return the logits of some proposals: an ancestor by weight, moved by the kernel."""
    from scipy.special import ndtri

    u = uniform_array(seed, numbers, generation, STREAM_ANCESTOR, entity_id("ancestor"))
    ancestors = np.minimum(np.searchsorted(np.cumsum(population.weights), u), len(population.weights) - 1)
    steps = ndtri(prior.draws(seed, numbers, STREAM_PROPOSAL, generation))
    return population.logits[ancestors] + steps @ np.linalg.cholesky(_spread(population)).T


def _weighted(logits: Floats, before: Population) -> Floats:
    """Return the importance weights: prior density over that of the proposals, both on the logits."""
    inverse = np.linalg.inv(_spread(before))
    apart = logits[:, None, :] - before.logits[None, :, :]
    exponent = -0.5 * np.einsum("nmi,ij,nmj->nm", apart, inverse, apart)
    proposed = np.exp(exponent - exponent.max()) @ before.weights
    u = share(logits)
    weights = (u * (1.0 - u)).prod(axis=1) / np.maximum(proposed, 1e-300)
    return weights / weights.sum()


def _next(
    simulate: Simulate, prior: Prior, summary: Summary, seen: Floats, before: Population, plan: Plan, generation: int, map_: Map
) -> tuple[Population | None, int]:
    """Return the next population, and the simulations that it took; None if too few proposals were close enough."""
    tolerance = float(np.median(before.distances))
    kept: list[tuple[Floats, Floats, float]] = []
    done = 0
    while len(kept) < plan.particles and done < plan.most_proposals:
        numbers = np.arange(done, min(done + BLOCK, plan.most_proposals))
        logits = _proposed(before, prior, plan.seed, generation, numbers)
        facts = _run(simulate, prior, share(logits), numbers + generation * GENERATION_KEYS, map_)
        found = summary(facts)
        distances = np.sqrt(np.square(found - seen).sum(axis=1))
        kept += [(logits[k], found[k], float(distances[k])) for k in np.flatnonzero(distances <= tolerance)]
        done += len(numbers)
    if len(kept) < plan.particles:
        return None, done
    chosen = kept[: plan.particles]
    logits = np.array([one[0] for one in chosen])
    distances = np.array([one[2] for one in chosen])
    return Population(logits, _weighted(logits, before), np.array([one[1] for one in chosen]), distances), done


def _adjusted(population: Population, seen: Floats) -> tuple[Floats, Floats]:
    """Return logits moved to the observed summaries by a local linear regression, and their weights."""
    widest = float(population.distances.max()) or 1.0
    weights = population.weights * (1.0 - np.square(population.distances / (widest * (1.0 + 1e-9))))
    x = np.concatenate([np.ones((len(weights), 1)), population.summaries - seen], axis=1)
    held = 1e-6 * np.eye(x.shape[1])
    slopes = np.linalg.solve((x * weights[:, None]).T @ x + held, (x * weights[:, None]).T @ population.logits)
    return population.logits - (population.summaries - seen) @ slopes[1:], weights / weights.sum()


def infer(
    simulate: Simulate, observed: Floats, prior: Prior, plan: Plan | None = None, *, pilot: Pilot | None = None, map_: Map = map
) -> Posterior:
    """Return the posterior of parameters given observed facts.

    Parameters
    ----------
    simulate : callable
        From values of the parameters and a key (a whole number below 2³²) to facts; NaN for what it cannot tell.
    observed : (fact,) float
    prior : Prior
    plan : Plan, optional
    pilot : Pilot, optional
        Runs from the prior that are there already.
    map_ : callable
        As ``map``, in order: that of an executor to use several workers.
    """
    plan = plan or Plan()
    given = pilot or pilot_runs(simulate, prior, plan, map_)
    half = len(given.shares) // 2
    summary = learn(given.facts[:half], given.shares[:half])
    seen = summary(observed[None, :])[0]
    rest = Pilot(given.shares[half:], given.facts[half:])  # a regression flatters the runs on which it was fitted
    population = _first(rest, summary, seen, min(plan.particles, half))
    tolerances, simulations = [float(population.distances.max())], len(given.shares)
    for generation in range(1, plan.generations + 1):
        found, done = _next(simulate, prior, summary, seen, population, plan, generation, map_)
        simulations += done
        if found is None:
            break
        population = found
        tolerances.append(float(population.distances.max()))
    logits, weights = _adjusted(population, seen)
    return Posterior(prior, prior.values(share(logits)), weights, tuple(tolerances), simulations, summary.explained)


# Whether inference is calibrated: it must recover parameters that made synthetic worlds (Talts et al. 2018).


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


# Parameters from facts: approximate Bayesian computation by sequential Monte Carlo, and the test that it is calibrated.


__all__ = [
    "Plan", "Posterior", "Prior", "Recovery", "coverage", "infer", "pilot_runs", "rank_histogram", "rank_of", "recover",
]  # fmt: skip
