"""The definition of a fact: its accepted band, and the verdict on a measured value."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """The accepted range of a fact, and the value published for longer data than a user may have."""

    number: str
    meaning: str
    low: float
    high: float
    published: float | None
    decimals: int = 2
    percent: bool = False


@dataclass(frozen=True)
class Fact:
    """A fact as measured: key, value and what is accepted."""

    key: str
    value: float
    band: Band

    @property
    def verdict(self) -> str:
        """``hit`` if the value is accepted, ``miss`` if not, ``none`` if it could not be measured."""
        if math.isnan(self.value):
            return "none"
        return "hit" if self.band.low <= self.value <= self.band.high else "miss"

    @property
    def accepted(self) -> str:
        """What is accepted, in words."""
        if math.isinf(self.band.high):
            return f"at least {self.write(self.band.low)}"
        return f"{self.write(self.band.low)} to {self.write(self.band.high)}"

    def write(self, value: float | None) -> str:
        """Return a value in the unit and precision of the fact; a dash for none."""
        if value is None or math.isnan(value):
            return "–"
        if math.isinf(value):
            return "∞"
        return f"{100 * value:.{self.band.decimals}f} %" if self.band.percent else f"{value:.{self.band.decimals}f}"


INF = math.inf

# Values published with the facts are of 1946/1950-2024; facts about events in a shorter window can differ.
ACCEPTED: dict[str, Band] = {
    "onset_rate": Band("1", "onset in a country-year at risk, after two quiet years", 0.020, 0.031, 0.025, 2, percent=True),
    "relative_risk": Band("2", "risk with a land neighbour in conflict ÷ without", 2.0, 3.6, 2.7),
    "dose_rises": Band("3", "steps from 0 to 4+ neighbours in conflict at which risk rises (of 4)", 4, 4, 4, 0),
    "dose_many": Band("3", "risk with four or more neighbours in conflict", 0.08, 0.13, 0.108, 1, percent=True),
    "income_difference": Band("5", "added risk by a neighbour in conflict, poorest ÷ richest third", 3.0, INF, 8.0, 1),
    "duration_shape": Band("7", "Weibull shape of an episode's duration", 0.0, 0.8, 0.49),
    "duration_median": Band("7", "median duration of an episode, calendar years", 2, 3, 3, 0),
    "duration_mean": Band("7", "mean duration of an episode, calendar years", 5.0, 8.0, 7.6, 1),
    "one_year": Band("a", "conflicts that last one calendar year", 0.32, 0.52, 0.42),
    "recurrence": Band("8", "recurrence within 10 years, after two quiet years", 0.39, 0.58, 0.39),
    "deaths_log_sd": Band("9", "log standard deviation of deaths in a country-year of conflict", 1.5, 1.9, 1.69),
    "deaths_large": Band("9", "country-years of conflict with 1,000 deaths or more", 0.20, 0.30, 0.27),
    "deaths_tail": Band("9", "tail exponent of deaths above 1,000", 1.8, 2.2, 1.98),
    "deaths_top": Band("9", "share of deaths in the top tenth of country-years", 0.60, 0.80, 0.73),
    "refugees_near": Band("10", "refugees hosted by a land neighbour", 0.65, 0.85, 0.81),
    "traced": Band("11", "share of onsets traced to a neighbour, by regression", 0.14, 0.34, 0.25),
    "reproduction": Band("11", "onsets traced to a conflict, by regression", 0.10, 0.35, 0.22),
    "traced_tree": Band("11", "share of onsets traced to another state, by the log", 0.14, 0.34, 0.25),
    "reproduction_tree": Band("11", "onsets traced to a conflict, by the log", 0.10, 0.35, 0.22),
    "dispersion": Band("b", "variance ÷ mean of the onsets of a year", 0.8, 2.0, None),
}  # fmt: skip

CASE_ACCEPTED: dict[str, Band] = {
    "case_honoured": Band("14", "Central Asia, 24 months: alliance calls honoured", 0.40, 0.75, None),
    "case_attack": Band("15", "Central Asia: probability of an overt attack on a member of the CSTO", 0.0, 0.10, None, 1, percent=True),
    "case_incidents": Band("15", "Central Asia: border skirmishes", 25, 100, None, 0),
    "case_attempts": Band("15", "Central Asia: runs in which ISIS-K tries to cross a border", 0.80, 1.0, None, 0, percent=True),
    "case_refugees": Band("15", "Central Asia: Iran and Pakistan among the neighbours' refugees", 0.95, 1.0, None, 1, percent=True),
    "paired_variance": Band("16", "variance of a paired difference ÷ unpaired, worst outcome", 0.0, 0.25, None, 3),
}  # fmt: skip
