"""A forecast of conflict by state and year, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Forecast:
    """Probabilities and ensembles for the years after an origin, made from the years up to it.

    Attributes
    ----------
    name : str
    origin : int
        Last year that was known.
    states : tuple of str
    incidence : (state, year) float
        P(conflict with at least 25 battle deaths in the calendar year); the first year is that after the origin.
    any_by : (state, year) float
        P(conflict in at least one year up to and including it).
    deaths : (state, year, member) float
        Equally likely battle deaths in the year.
    """

    name: str
    origin: int
    states: tuple[str, ...]
    incidence: Floats
    any_by: Floats
    deaths: Floats


def from_runs(name: str, origin: int, states: tuple[str, ...], incidence: Flags, deaths: Floats) -> Forecast:
    """Return the forecast of an ensemble: shares of runs.

    Parameters
    ----------
    incidence : (replicate, state, year) bool
    deaths : (replicate, state, year) float
    """
    return Forecast(
        name=name,
        origin=origin,
        states=states,
        incidence=incidence.mean(axis=0),
        any_by=np.logical_or.accumulate(incidence, axis=2).mean(axis=0),
        deaths=np.moveaxis(deaths, 0, 2),
    )
