"""The panel: what is known of the world's states, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

WGI = ("wgi_pv", "wgi_ge", "wgi_rl", "wgi_cc", "wgi_rq", "wgi_va")


class Rebel(NamedTuple):
    """One intrastate conflict in one year: its state, its armed opposition, its battle deaths."""

    state: str
    year: int
    conflict: int  # UCDP conflict id
    name: str  # side B, as UCDP writes it
    deaths: float
    start: str  # first battle death, as YYYY-MM
    supporters: int  # states that supported side B in the year (UCDP ESD)


class Bloc(NamedTuple):
    """A member of a defence bloc; ``end`` is its last year, None if it is a member still."""

    bloc: str
    state: str
    start: int
    end: int | None


@dataclass(frozen=True)
class Panel:
    """States by years; axes are (state, year) unless said otherwise. Microstates are left out.

    Attributes
    ----------
    states, names : tuple of str
        ISO 3166 codes (historical ones for states that are no more; SRB is Yugoslavia while there was one), and names.
    years : (year,) int
    exists, incidence, onset, at_risk : bool
        A state exists; it has an intrastate conflict with at least 25 battle deaths in the year and its government on
        side A; such a conflict begins after two quiet years; two quiet years precede the year.
    quiet_before : (state,) int
        Years without conflict before the first year of the state in the panel, at least (UCDP's flags; 0, 1, 2, 5, 10).
    deaths : float
        Battle deaths of these conflicts in the year (UCDP best estimate), 0 where there is none.
    monthly_deaths : (state, year × 12) float
        Deaths in state-based conflict on the state's soil by month (UCDP GED), 0 where the file has no row.
    neighbours : (year, state, state) bool
    border_km : (year, state, state) float
    refugees : (year, state, state) float
        Land neighbours, length of the border in km, and refugees from the first state in the second.
    population, gdp_per_capita, infant_mortality : float
        Millions; PPP dollars; deaths in 1,000 births. NaN where missing.
    wgi : (state, year, indicator) float
        Governance in the order of ``WGI``; NaN where missing.
    elevation : (state,) float
    capital : (state, 2) float
        Mean elevation in metres; latitude and longitude of the capital in degrees. NaN where missing.
    last_year : (state,) int
        Last year of the state on record.
    rebels, blocs : tuple
        Conflicts by state and year; members of defence blocs.
    """

    states: tuple[str, ...]
    names: tuple[str, ...]
    years: Whole
    exists: Flags
    incidence: Flags
    onset: Flags
    at_risk: Flags
    quiet_before: Whole
    deaths: Floats
    monthly_deaths: Floats
    neighbours: Flags
    border_km: Floats
    refugees: Floats
    population: Floats
    gdp_per_capita: Floats
    infant_mortality: Floats
    wgi: Floats
    elevation: Floats
    capital: Floats
    last_year: Whole
    rebels: tuple[Rebel, ...]
    blocs: tuple[Bloc, ...]

    def year_index(self, year: int) -> int:
        """Return the position of a year; ValueError if the panel does not have it."""
        first, last = int(self.years[0]), int(self.years[-1])
        if not first <= year <= last:
            raise ValueError(f"the data have the years {first} to {last}, not {year}")
        return year - first

    def state_index(self, code: str) -> int:
        """Return the position of a state; KeyError if the panel does not have it."""
        try:
            return self.states.index(code)
        except ValueError:
            raise KeyError(f"{code!r} is no state of the data") from None
