"""From published indicators to the numbers of a state: fixed, monotone, the same for every state and year.

They place states on the scales of the model. Which indicators were taken was decided by how well they tell onsets of 1990 to
2004 apart, and by nothing later: infant mortality does better than income, and political stability better than voice and
accountability. Capacity takes income too, for what neighbours do to rich and poor states. Where governance was not measured (before 1996) it is what states of that infant
mortality had in 1996 to 2004.
"""

from __future__ import annotations

import math

INFANTS_MIDDLE = math.log(40.0)  # deaths in 1,000 births at which capacity is one half: about the median state of 1990
INFANTS_SLOPE = 0.6
INCOME_MIDDLE = math.log(7332.0)  # PPP dollars a person, likewise
INCOME_SLOPE = 0.45
GOVERNANCE_SLOPE = 0.5
GOVERNANCE_ON_INFANTS = (-0.50, -0.76)  # mean of government effectiveness and rule of law on log infant mortality, 1996-2004
STABILITY_ON_INFANTS = (-0.42, -0.61)  # political stability and absence of violence on log infant mortality, 1996-2004
HARDSHIP_HALF = 30.0  # deaths in 1,000 births at which hardship is one half
STABILITY_SLOPE = 0.9


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def _above(infant_mortality: float) -> float:
    return math.log(max(infant_mortality, 1.0)) - INFANTS_MIDDLE


def capacity(infant_mortality: float, income: float, governance: float) -> float:
    """Return K in (0, 1): logistic in log infant mortality, log income, and government effectiveness and rule of law.

    Parameters
    ----------
    infant_mortality : float
        Deaths of infants in 1,000 births: what a state fails to prevent everywhere, its capacity as far as it reaches.
    income : float
        GDP per capita, PPP dollars: what a state can pay for.
    governance : float
        Mean of the WGI on government effectiveness and rule of law (about -2.5 to 2.5); NaN if not measured, then what
        states of that infant mortality have.
    """
    above = _above(infant_mortality)
    a, b = GOVERNANCE_ON_INFANTS
    quality = a + b * above if math.isnan(governance) else governance
    earned = INCOME_SLOPE * (math.log(income) - INCOME_MIDDLE)
    return _logistic(earned - INFANTS_SLOPE * above + GOVERNANCE_SLOPE * (quality - a))


def relative(share: float, shift: float) -> float:
    """Return a share whose log odds are less by some shift: what all states gain pacifies none of them."""
    return _logistic(math.log(share / (1.0 - share)) - shift)


def legitimacy(infant_mortality: float, stability: float) -> float:
    """Return L in (0, 1): logistic in the WGI on political stability; that of its infant mortality if not measured (NaN)."""
    a, b = STABILITY_ON_INFANTS
    seen = a + b * _above(infant_mortality) if math.isnan(stability) else stability
    return _logistic(STABILITY_SLOPE * seen)


def hardship(infant_mortality: float) -> float:
    """Return H in (0, 1): m / (m + 30) for m deaths of infants in 1,000 births."""
    return infant_mortality / (infant_mortality + HARDSHIP_HALF)


def prestige(economy: float) -> float:
    """Return Π in (0, 1): logistic in the log of the economy (thousand million PPP dollars), one half at 1,000."""
    return _logistic(0.6 * (math.log(max(economy, 0.01)) - math.log(1000.0)))


def forces(population: float) -> float:
    """Return armed forces in thousands from millions of inhabitants: 4.5·pop^0.8 (28 for ten millions, 1,000 for India)."""
    return 4.5 * population**0.8


STRONG_GOVERNMENT = 1.5  # log worth of a soldier of a state of full capacity over one of none: capacity_worth


def fighters(army: float, capacity: float, legitimacy: float, age_years: float, deaths_per_year: float) -> float:
    """Return the fighters of a rebel group, at most 50,000, by how strong rebels are relative to their government.

    Nobody counts rebels in all wars. Relative to the government's army, as far as it stands, those of NSA 3.4 have a mean log
    strength of -2.05 when they rise; those who are left of old wars are weaker, those of deadly wars stronger.
    """
    government = army * math.exp(STRONG_GOVERNMENT * (capacity - 0.5)) * legitimacy**2
    relative = -2.05 - 0.15 * math.log(1.0 + age_years) + 0.35 * math.log(max(deaths_per_year, 1.0) / 165.0)
    return min(1000.0 * government * math.exp(relative) / 0.75, 50_000.0)


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
