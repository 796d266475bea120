"""Domestic onset and what resists the rest: grievance, capacity, population, a recent conflict."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.compilation import inlined
from stability_sim.exponential import exp


@inlined
def domestic_rate(p, world, log_population, shock, hardship, r, i):
    """Return the yearly onset rate of a state from within, λD.

    λD = h0·exp(−ηK(K−½) + ηG(G−Ḡ) + ηP·ln(pop/pop̄) + ρ·exp(−τ/τR)) with G = H(1−L) (Epstein 2002), times the
    shock that all states share; peacekeepers and a mediated end change the part that a recent conflict adds.
    """
    grievance = hardship * (1.0 - world.legitimacy[r, i])
    years = world.since_conflict[r, i] / 12.0
    fresh = exp(-years / p.recent_conflict_years)
    relapse = 1.0 - fresh * world.peacekeeping[r, i] * (1.0 - p.peacekeeping_relapse)
    mediated = 1.0 if world.mediated[r, i] == 1 and years >= 2.0 else 0.0
    relapse *= 1.0 + mediated * fresh * (p.talks_recurrence - 1.0)
    exponent = (
        -p.capacity_effect * (world.capacity[r, i] - 0.5)
        + p.grievance_effect * (grievance - p.grievance_reference)
        + p.population_effect * (log_population - math.log(p.population_reference))
        + p.recent_conflict_effect * fresh
    )
    return p.onset_per_year * exp(exponent) * relapse * shock


@inlined
def susceptibility(p, capacity):
    """Return how far a state is open to what comes from outside: exp(−γ(K−½))."""
    return exp(-p.resistance * (capacity - 0.5))
