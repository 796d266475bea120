"""Approximate Bayesian computation by population Monte Carlo, the same bytes whatever the workers.

Half of the pilot runs from the prior fit the summaries, the other half gives the first population. Each later population is
proposed from the one before by a normal kernel on the logits of shares (Beaumont et al. 2009) and accepted within the median
distance of the one before. At the end a local linear regression adjusts the sample to the observed facts (Beaumont, Zhang &
Balding 2002).

Proposals are keyed by (seed, number, generation, parameter) and accepted in the order of their numbers, block by block;
simulations get the number as their key. The result does not depend on the order in which workers finish.
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

Floats = NDArray[np.float64]
INSIDE = 1e-9  # keeps the logit of a share finite


@dataclass(frozen=True)
class Prior:
    """Names of parameters and the ranges over which they are uniform, independently of each other."""

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
    clipped = np.clip(shares, INSIDE, 1.0 - INSIDE)
    return np.log(clipped) - np.log1p(-clipped)


def share(logits: Floats) -> Floats:
    """Return shares from their logits."""
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))


RIDGE = 1.0  # penalty on the coefficients of standardised facts
FURTHEST = 5.0  # standard deviations at which standardised facts are clipped


@dataclass(frozen=True)
class Summary:
    """A regression from facts to the expected logit of each parameter, in units of its residual standard deviation.

    It reduces many facts to one number a parameter (Fearnhead & Prangle 2012).
    """

    middle: Floats
    spread: Floats
    weights: Floats  # (feature, parameter)
    residual: Floats  # residual standard deviation of the logit of each parameter
    explained: Floats  # share of the variance of each parameter that the facts explain

    def __call__(self, facts: Floats) -> Floats:
        """Return the summaries of rows of facts, (row, parameter)."""
        return features(facts, self.middle, self.spread) @ self.weights / self.residual


def features(facts: Floats, middle: Floats, spread: Floats) -> Floats:
    """Return (row, feature): a constant, the standardised facts, their squares; a fact that is not finite counts as typical."""
    with np.errstate(invalid="ignore"):
        z = (facts - middle) / spread
    z = np.clip(np.where(np.isfinite(facts), z, 0.0), -FURTHEST, FURTHEST)
    return np.concatenate([np.ones((len(z), 1)), z, np.square(z)], axis=1)


def learn(facts: Floats, shares: Floats) -> Summary:
    """Return the summary learned from pilot runs.

    Parameters
    ----------
    facts : (run, fact) float
        NaN or infinite where it cannot be measured in a run.
    shares : (run, parameter) float
        Position of each parameter in its range.
    """
    finite = np.where(np.isfinite(facts), facts, np.nan)
    useful = np.isfinite(finite).any(axis=0)
    middle, spread = np.zeros(facts.shape[1]), np.ones(facts.shape[1])
    middle[useful] = np.nanmedian(finite[:, useful], axis=0)
    deviation = np.nanmean(np.abs(finite[:, useful] - middle[useful]), axis=0)
    spread[useful] = np.where(deviation > 0, 1.25 * deviation, 1.0)
    x, y = features(facts, middle, spread), logit(shares)
    penalty = RIDGE * np.diag([0.0] + [1.0] * (x.shape[1] - 1))
    weights = np.asarray(np.linalg.solve(x.T @ x + penalty, x.T @ y), dtype=np.float64)
    residual: Floats = (y - x @ weights).std(axis=0)
    explained = np.asarray(1.0 - np.square(residual / y.std(axis=0)), dtype=np.float64)
    return Summary(middle, spread, weights, residual, explained)


Simulate = Callable[[Floats, int], Floats]  # values of the parameters and a key -> facts
Map = Callable[[Callable[[tuple[Floats, int]], Floats], Iterable[tuple[Floats, int]]], Iterable[Floats]]
BLOCK = 32  # proposals that are simulated together; a number of the algorithm, not of the machine
GENERATION_KEYS = 1_000_000
WIDEN = 2.0  # variance of the kernel over that of the population


@dataclass(frozen=True)
class Plan:
    """Size of the inference: pilot runs, particles, generations after the pilot, most proposals a generation."""

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
    """Accepted particles: logits, weights that sum to one, summaries, distances."""

    logits: Floats
    weights: Floats
    summaries: Floats
    distances: Floats


@dataclass(frozen=True)
class Posterior:
    """A weighted sample of the posterior, with the tolerances and simulations of the inference.

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
        quantiles = []
        for column in self.samples.T:
            order = np.argsort(column, kind="stable")
            cumulative = np.cumsum(self.weights[order])
            quantiles.append(column[order][min(int(np.searchsorted(cumulative, q)), len(column) - 1)])
        return np.array(quantiles)


def _run(simulate: Simulate, prior: Prior, shares: Floats, keys: NDArray[np.int64], map_: Map) -> Floats:
    jobs = [(values, int(key)) for values, key in zip(prior.values(shares), keys, strict=True)]
    return np.array(list(map_(lambda job: simulate(*job), jobs)))


def pilot_runs(simulate: Simulate, prior: Prior, plan: Plan, map_: Map = map) -> Pilot:
    """Return runs at points of the prior."""
    keys = np.arange(plan.pilot)
    shares = prior.draws(plan.seed, keys, STREAM_PRIOR)
    return Pilot(shares, _run(simulate, prior, shares, keys, map_))


def _first(pilot: Pilot, summary: Summary, target: Floats, particles: int) -> Population:
    summaries = summary(pilot.facts)
    distances = np.sqrt(np.square(summaries - target).sum(axis=1))
    best = np.sort(np.argsort(distances, kind="stable")[:particles])
    weights = np.full(len(best), 1.0 / len(best))
    return Population(logit(pilot.shares[best]), weights, summaries[best], distances[best])


def _spread(population: Population) -> Floats:
    """Return the covariance of the kernel."""
    middle = population.weights @ population.logits
    deviations = population.logits - middle
    covariance = (deviations * population.weights[:, None]).T @ deviations
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
    offsets = logits[:, None, :] - before.logits[None, :, :]
    exponent = -0.5 * np.einsum("nmi,ij,nmj->nm", offsets, inverse, offsets)
    proposed = np.exp(exponent - exponent.max()) @ before.weights
    u = share(logits)
    weights = (u * (1.0 - u)).prod(axis=1) / np.maximum(proposed, 1e-300)
    return weights / weights.sum()


def _next(
    simulate: Simulate, prior: Prior, summary: Summary, target: Floats, before: Population, plan: Plan, generation: int, map_: Map
) -> tuple[Population | None, int]:
    """Return the next population, and the simulations that it took; None if too few proposals were close enough."""
    tolerance = float(np.median(before.distances))
    accepted: list[tuple[Floats, Floats, float]] = []
    done = 0
    while len(accepted) < plan.particles and done < plan.most_proposals:
        numbers = np.arange(done, min(done + BLOCK, plan.most_proposals))
        logits = _proposed(before, prior, plan.seed, generation, numbers)
        facts = _run(simulate, prior, share(logits), numbers + generation * GENERATION_KEYS, map_)
        summaries = summary(facts)
        distances = np.sqrt(np.square(summaries - target).sum(axis=1))
        accepted += [(logits[k], summaries[k], float(distances[k])) for k in np.flatnonzero(distances <= tolerance)]
        done += len(numbers)
    if len(accepted) < plan.particles:
        return None, done
    chosen = accepted[: plan.particles]
    logits = np.array([particle[0] for particle in chosen])
    distances = np.array([particle[2] for particle in chosen])
    return Population(logits, _weighted(logits, before), np.array([particle[1] for particle in chosen]), distances), done


def _adjusted(population: Population, target: Floats) -> tuple[Floats, Floats]:
    """Return logits moved to the observed summaries by a local linear regression, and their weights."""
    widest = float(population.distances.max()) or 1.0
    weights = population.weights * (1.0 - np.square(population.distances / (widest * (1.0 + 1e-9))))
    x = np.concatenate([np.ones((len(weights), 1)), population.summaries - target], axis=1)
    ridge = 1e-6 * np.eye(x.shape[1])
    slopes = np.linalg.solve((x * weights[:, None]).T @ x + ridge, (x * weights[:, None]).T @ population.logits)
    return population.logits - (population.summaries - target) @ slopes[1:], weights / weights.sum()


def infer(
    simulate: Simulate, observed: Floats, prior: Prior, plan: Plan | None = None, *, pilot: Pilot | None = None, map_: Map = map
) -> Posterior:
    """Return the posterior of parameters given observed facts.

    Parameters
    ----------
    simulate : callable
        From values of the parameters and a key (a whole number below 2³²) to facts; NaN for a fact that cannot be measured.
    observed : (fact,) float
    prior : Prior
    plan : Plan, optional
    pilot : Pilot, optional
        Runs from the prior, if they exist already.
    map_ : callable
        As ``map``, in order: that of an executor to use several workers.

    Returns
    -------
    Posterior
        Fewer generations than planned if too few proposals of one came close enough.
    """
    plan = plan or Plan()
    runs = pilot or pilot_runs(simulate, prior, plan, map_)
    half = len(runs.shares) // 2
    summary = learn(runs.facts[:half], runs.shares[:half])
    target = summary(observed[None, :])[0]
    rest = Pilot(runs.shares[half:], runs.facts[half:])  # a regression is too good on the runs on which it was fitted
    population = _first(rest, summary, target, min(plan.particles, half))
    tolerances, simulations = [float(population.distances.max())], len(runs.shares)
    for generation in range(1, plan.generations + 1):
        next_population, done = _next(simulate, prior, summary, target, population, plan, generation, map_)
        simulations += done
        if next_population is None:
            break
        population = next_population
        tolerances.append(float(population.distances.max()))
    logits, weights = _adjusted(population, target)
    return Posterior(prior, prior.values(share(logits)), weights, tuple(tolerances), simulations, summary.explained)


SYNTHETIC_KEYS = 900 * GENERATION_KEYS  # beyond the keys of every generation


class Recovery(NamedTuple):
    """Results of inference on synthetic worlds, (world, parameter)."""

    truth: Floats
    ranks: Floats  # posterior mass below the truth: uniform if inference is calibrated
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
    """Draw parameters from the prior, simulate a world with each, infer them again (Talts et al. 2018).

    All worlds share the pilot.

    Parameters
    ----------
    simulate, prior, plan, pilot, map_
        As for `infer`.
    worlds : int
    level : float
        Of the intervals.

    Returns
    -------
    Recovery
        (world, parameter): the values drawn, their ranks in the posteriors, and the ends of the intervals.
    """
    plan = plan or Plan()
    pilot = pilot or pilot_runs(simulate, prior, plan, map_)
    keys = np.arange(worlds)
    truth = prior.values(prior.draws(plan.seed, keys, STREAM_SYNTHETIC))
    ranks, low, high = [], [], []
    simulations = len(pilot.shares)
    for k in keys:
        observed = simulate(truth[k], SYNTHETIC_KEYS + int(k))
        posterior = infer(simulate, observed, prior, plan, pilot=pilot, map_=map_)
        ranks.append(rank_of(posterior, truth[k]))
        low.append(posterior.quantile(0.5 - level / 2))
        high.append(posterior.quantile(0.5 + level / 2))
        simulations += 1 + posterior.simulations - len(pilot.shares)
    return Recovery(truth, np.array(ranks), np.array(low), np.array(high), simulations)


__all__ = [
    "Plan", "Posterior", "Prior", "Recovery", "coverage", "infer", "pilot_runs", "rank_histogram", "rank_of", "recover",
]  # fmt: skip
