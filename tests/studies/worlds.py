"""Small panels for tests: states on a ring, with a history of conflict that is drawn."""

from __future__ import annotations

import numpy as np

from stability_sim.panel import Panel
from stability_sim.panel.conflicts import after_quiet_years
from stability_sim.panel.panel import Rebel


def ring_panel(n: int = 12, first: int = 1990, years: int = 16, seed: int = 3) -> Panel:
    """Return states on a ring; poorer ones fight more."""
    rng = np.random.default_rng(seed)
    income = np.exp(np.linspace(6.5, 10.5, n))
    incidence = np.zeros((n, years), dtype=bool)
    incidence[0, 0] = incidence[1, 0] = True
    for t in range(1, years):
        p = np.where(incidence[:, t - 1], 0.75, 0.30 * np.linspace(1.0, 0.05, n))
        incidence[:, t] = rng.random(n) < p
    deaths = np.where(incidence, np.round(np.exp(rng.normal(5.5, 1.2, (n, years)))) + 25, 0.0)
    monthly = np.repeat(deaths / 12.0, 12, axis=1)
    codes = tuple(f"S{k:02d}" for k in range(n))
    neighbours = np.zeros((years, n, n), dtype=bool)
    for k in range(n):
        neighbours[:, k, (k + 1) % n] = neighbours[:, (k + 1) % n, k] = True
    exists = np.ones((n, years), dtype=bool)
    quiet = np.where(incidence[:, 0], 0, 10)
    at_risk = after_quiet_years(exists, incidence, quiet)
    rebels = tuple(
        Rebel(codes[i], first + t, 100 + i, f"front of {codes[i]}", float(deaths[i, t]), f"{first + t}-03", 0)
        for i in range(n)
        for t in range(years)
        if incidence[i, t]
    )
    return Panel(
        states=codes,
        names=codes,
        years=np.arange(first, first + years),
        exists=exists,
        incidence=incidence,
        onset=incidence & at_risk,
        at_risk=at_risk,
        quiet_before=quiet,
        deaths=deaths,
        monthly_deaths=monthly,
        neighbours=neighbours,
        border_km=np.where(neighbours, 300.0, 0.0),
        refugees=np.zeros((years, n, n)),
        population=np.repeat(np.linspace(5, 60, n)[:, None], years, axis=1),
        gdp_per_capita=np.repeat(income[:, None], years, axis=1),
        infant_mortality=np.repeat((120.0 / np.linspace(1, 20, n))[:, None], years, axis=1),
        wgi=np.full((n, years, 6), np.nan),
        elevation=np.full(n, 500.0),
        capital=np.stack([np.linspace(0, 40, n), np.linspace(0, 60, n)], axis=1),
        last_year=np.full(n, 2024),
        rebels=rebels,
        blocs=(),
    )
