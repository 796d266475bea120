"""Parameters from facts: approximate Bayesian computation by sequential Monte Carlo, and the test that it is calibrated."""

from stability_sim.analysis.inference.calibrated import Recovery, coverage, rank_histogram, rank_of, recover
from stability_sim.analysis.inference.prior import Prior
from stability_sim.analysis.inference.smc import Plan, Posterior, infer, pilot_runs

__all__ = [
    "Plan", "Posterior", "Prior", "Recovery", "coverage", "infer", "pilot_runs", "rank_histogram", "rank_of", "recover",
]  # fmt: skip
