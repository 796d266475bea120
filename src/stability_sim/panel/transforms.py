"""From published indicators to the numbers of a state: fixed, monotone, the same for every state and year.

None of these is estimated: they only place states on the scales of the model. What is known best of a state, its income, drives
capacity; governance moves it up or down; where governance was not measured (before 1996) income stands for it.
"""

from __future__ import annotations

import math

INCOME_MIDDLE = math.log(7332.0)  # PPP dollars a person at which capacity is one half: about the median state of 1990
INCOME_SLOPE = 0.75
GOVERNANCE_SLOPE = 0.75
GOVERNANCE_ON_INCOME = (-0.27, 0.61)  # mean of government effectiveness and rule of law on log income, 1996-2014
VOICE_ON_INCOME = (-0.26, 0.44)  # voice and accountability on log income, 1996-2014
HARDSHIP_HALF = 30.0  # deaths in 1,000 births at which hardship is one half
VOICE_SLOPE = 0.9


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def capacity(income: float, governance: float) -> float:
    """Return K in (0, 1): logistic in log income and in the mean of government effectiveness and rule of law.

    Parameters
    ----------
    income : float
        GDP per capita, PPP dollars.
    governance : float
        Mean of the WGI on government effectiveness and rule of law (about -2.5 to 2.5); NaN if not measured, then what
        states of that income have.
    """
    above = math.log(income) - INCOME_MIDDLE
    a, b = GOVERNANCE_ON_INCOME
    quality = a + b * above if math.isnan(governance) else governance
    return _logistic(INCOME_SLOPE * above + GOVERNANCE_SLOPE * (quality - a))


def legitimacy(income: float, voice: float) -> float:
    """Return L in (0, 1): logistic in the WGI on voice and accountability; that of its income if not measured (NaN)."""
    a, b = VOICE_ON_INCOME
    heard = a + b * (math.log(income) - INCOME_MIDDLE) if math.isnan(voice) else voice
    return _logistic(VOICE_SLOPE * heard)


def hardship(infant_mortality: float) -> float:
    """Return H in (0, 1): m / (m + 30) for m deaths of infants in 1,000 births."""
    return infant_mortality / (infant_mortality + HARDSHIP_HALF)


def prestige(economy: float) -> float:
    """Return Π in (0, 1): logistic in the log of the economy (thousand million PPP dollars), one half at 1,000."""
    return _logistic(0.6 * (math.log(max(economy, 0.01)) - math.log(1000.0)))


def forces(population: float) -> float:
    """Return armed forces in thousands from millions of inhabitants: 4.5·pop^0.8 (28 for ten millions, 1,000 for India)."""
    return 4.5 * population**0.8


def fighters(deaths_per_year: float) -> float:
    """Return the fighters of a rebel group from the battle deaths of its conflict: 300 + 4 a death, at most 50,000."""
    return min(300.0 + 4.0 * deaths_per_year, 50_000.0)


def ruggedness(elevation_a: float, elevation_b: float) -> float:
    """Return r in [0, 1) of a border from the mean elevation (m) of its states: e / (e + 1000); 0.3 if neither is known."""
    known = [max(e, 0.0) for e in (elevation_a, elevation_b) if not math.isnan(e)]
    if not known:
        return 0.3
    mean = sum(known) / len(known)
    return mean / (mean + 1000.0)


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance between two places given as latitude and longitude in degrees."""
    (u, x), (v, y) = ((math.radians(p[0]), math.radians(p[1])) for p in (a, b))
    h = math.sin((v - u) / 2) ** 2 + math.cos(u) * math.cos(v) * math.sin((y - x) / 2) ** 2
    return 2.0 * 6371.0 * math.asin(math.sqrt(h))
