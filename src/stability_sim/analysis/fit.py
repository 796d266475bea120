"""Fit parameters to facts: least squares of simulated moments on paired draws, penalised by the priors.

The residual of a fact is its error in units of its tolerance; the residual of a parameter is its distance from its
prior, in units of half its documented range. All points are simulated on the same draws, so that differences between
them are those of the parameters, and the procedure gives the same answer each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Simulate = Callable[[dict[str, float]], Vector]
STEP = 0.12  # of a range: wide enough that the slope stands out from the noise
EDGE = 1e-6


@dataclass(frozen=True)
class Target:
    """A fact to fit: its name, its value in the data, and the error that counts as one."""

    name: str
    value: float
    tolerance: float


@dataclass(frozen=True)
class Range:
    """A parameter to fit: its prior, and the documented range that bounds it."""

    prior: float
    low: float
    high: float

    def share(self, value: float) -> float:
        """Return where in the range a value lies, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """Return the value at a share of the range."""
        return min(max(self.low + share * (self.high - self.low), self.low), self.high)  # rounding may leave it at an end


@dataclass(frozen=True)
class Fit:
    """Result of a fit: values, simulated facts at them and at the prior, and the loss of each evaluation."""

    values: dict[str, float]
    facts: dict[str, float]
    facts_at_prior: dict[str, float]
    losses: tuple[float, ...]
    evaluations: int


class _Problem:
    """The residuals of facts and priors at a point of the unit cube, each point simulated once."""

    def __init__(self, simulate: Simulate, targets: list[Target], ranges: Mapping[str, Range], step: float) -> None:
        self.simulate, self.targets, self.ranges, self.step = simulate, targets, ranges, step
        self.prior = np.array([r.share(r.prior) for r in ranges.values()])
        self.simulated: dict[bytes, Vector] = {}

    def values(self, shares: Vector) -> dict[str, float]:
        return {name: r.value(float(share)) for (name, r), share in zip(self.ranges.items(), shares, strict=True)}

    def facts(self, shares: Vector) -> Vector:
        key = shares.tobytes()
        if key not in self.simulated:
            self.simulated[key] = np.asarray(self.simulate(self.values(shares)), dtype=np.float64)
        return self.simulated[key]

    def residuals(self, shares: Vector) -> Vector:
        missed = [(fact - t.value) / t.tolerance for fact, t in zip(self.facts(shares), self.targets, strict=True)]
        moved = (shares - self.prior) / 0.5
        return np.concatenate([missed, moved])

    def slopes(self, shares: Vector) -> Vector:
        """Return the Jacobian by differences across a part of each range, inward at its edge."""
        centre = self.residuals(shares)
        columns = []
        for k in range(len(shares)):
            step = self.step if shares[k] + self.step <= 1.0 else -self.step
            shifted = shares.copy()
            shifted[k] += step
            columns.append((self.residuals(shifted) - centre) / step)
        return np.array(columns).T


def fit(simulate: Simulate, targets: list[Target], ranges: Mapping[str, Range], *, steps: int = 8, step: float = STEP) -> Fit:
    """Fit parameters to facts; deterministic if ``simulate`` is.

    Parameters
    ----------
    simulate : callable
        From values of the parameters to the facts, in the order of ``targets``.
    targets : list of Target
        Facts to fit.
    ranges : mapping of str to Range
        Parameters to fit.
    steps : int
        Most steps of the trust-region search.
    step : float
        Part of each range over which slopes are taken.
    """
    from scipy.optimize import least_squares

    problem = _Problem(simulate, targets, ranges, step)
    losses: list[float] = []

    def residuals(shares: Vector) -> Vector:
        values = problem.residuals(shares)
        losses.append(float(np.square(values).sum()))
        return values

    inside = np.clip(problem.prior, EDGE, 1.0 - EDGE)
    solution: Any = least_squares(residuals, inside, jac=problem.slopes, bounds=(0.0, 1.0), max_nfev=steps, xtol=1e-3, ftol=1e-3)
    best = np.asarray(solution.x)
    names = [target.name for target in targets]
    return Fit(
        values=problem.values(best),
        facts=dict(zip(names, problem.facts(best).tolist(), strict=True)),
        facts_at_prior=dict(zip(names, problem.facts(inside).tolist(), strict=True)),
        losses=tuple(losses),
        evaluations=len(problem.simulated),
    )
