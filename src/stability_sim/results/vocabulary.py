"""What the numbers that come out mean: outcomes of a run, columns of its tables, kinds of rows of its log; with units."""

from __future__ import annotations

from typing import NamedTuple

from stability_sim.scenario.problems import closest


class Entry(NamedTuple):
    """A name that stands in results: where, what it means, in which unit."""

    name: str
    where: str
    meaning: str
    unit: str


_OF_A_RUN = "outcome of a run"
_ROW = "row of events.csv"
OUTCOME_ENTRIES = (
    Entry(
        "onsets",
        _OF_A_RUN,
        "Intrastate conflicts that began, in any state; UCDP counts those of 25 battle deaths a year and more, the model smaller ones too",
        "conflicts",
    ),
    Entry(
        "cross_border_onsets", _OF_A_RUN, "Of the onsets, those whose drawn channel and source lead to another state", "conflicts"
    ),
    Entry(
        "months_in_conflict", _OF_A_RUN, "Months in conflict, summed over states (a state at war for a year: 12)", "state-months"
    ),
    Entry("most_states_in_conflict", _OF_A_RUN, "The most states in conflict in one month", "states"),
    Entry("incidents", _OF_A_RUN, "Border skirmishes: the lowest rung; never added to raids or attacks", "skirmishes"),
    Entry("raids", _OF_A_RUN, "Raids of armed groups across a border", "raids"),
    Entry("attacks", _OF_A_RUN, "Overt attacks of a government, or of a group that governs, on another state", "attacks"),
    Entry("attacks_on_allies", _OF_A_RUN, "Overt attacks on a member of an alliance by who is not in it", "attacks"),
    Entry(
        "crossing_attempts",
        _OF_A_RUN,
        "Times that a group raids or sends hidden fighters across a border: at most one a month each",
        "attempts",
    ),
    Entry(
        "crossed",
        _OF_A_RUN,
        "Hidden fighters that crossed unseen, two steps from home as well; those among refugees are counted apart",
        "persons",
    ),
    Entry("hidden_among_refugees", _OF_A_RUN, "Hidden fighters that came among refugees", "persons"),
    Entry("refugees_at_end", _OF_A_RUN, "Refugees hosted in all states in the last month", "persons"),
    Entry("deaths", _OF_A_RUN, "Battle deaths of all conflicts", "deaths"),
    Entry("calls_honoured", _OF_A_RUN, "Times that a member of an alliance honoured a call", "calls"),
    Entry("calls_abandoned", _OF_A_RUN, "Times that a member of an alliance was called and did not come", "calls"),
)
_SUMMARY = "summary.csv, and the summary on the screen"
COLUMN_ENTRIES = (
    Entry("mean", _SUMMARY, "Mean of the outcome over the replicates", "that of the outcome"),
    Entry("q05", _SUMMARY, "Value that one replicate in twenty does not exceed; q95 is exceeded by one in twenty. Luck alone", "that of the outcome"),
    Entry("median", _SUMMARY, "Value in the middle of the replicates", "that of the outcome"),
    Entry("probability", _SUMMARY, "P(any): share of replicates in which the outcome is above 0", "share, 0 to 1"),
    Entry("probability_onset", _SUMMARY, "P(onset): share of replicates in which a conflict began in the state, once or more; for a state at war, began again", "share, 0 to 1"),
    Entry("incidence_end", _SUMMARY, "Share of replicates in which the state is in conflict in the last month", "share, 0 to 1"),
    Entry("risk_end", _SUMMARY, "Mean risk in the last month: probability that a conflict starts within 12 months, conditions staying as they are; 1 while in conflict", "probability"),
    Entry("refugees_end", _SUMMARY, "Mean number of refugees hosted in the last month", "persons"),
    Entry("cells_end", _SUMMARY, "Mean number of hidden members of groups from abroad in the last month", "persons"),
    Entry("hazard_from_abroad", "sensitivity", "Hazard by channels from abroad that states at peace at the start meet, summed over the run: smoother than a count", "expected onsets a run"),
    Entry("hazard_from_within", "sensitivity", "The same, by the domestic channel", "expected onsets a run"),
)  # fmt: skip
LOG_ENTRIES = (
    Entry("onset", _ROW, "A conflict begins in `state`, by `channel`, from `source`; value: battle deaths at the rate of the first month", "deaths a year"),
    Entry("ending", _ROW, "A conflict ends in `state`; channel: how (government, takeover, settlement, fades); value: how long it lasted", "months"),
    Entry("raid", _ROW, "A group raids `state` from `source`; value: 1", "raids"),
    Entry("attack", _ROW, "`source`, or a group that governs it, attacks `state` openly; value: 1", "attacks"),
    Entry("call_honoured", _ROW, "`state` comes to the help of `source`; channel: the threat; value: how reliable it was held to be before", "share, 0 to 1"),
    Entry("call_abandoned", _ROW, "`state` was called by `source` and does not come; value: how reliable it was held to be before", "share, 0 to 1"),
    Entry("deployment", _ROW, "Troops of `state` arrive in `source`; value: how many are there", "thousands"),
    Entry("summit_success", _ROW, "A summit held by `state` on the conflict of `source` succeeds; value: lowest rank of a delegation", "rank, 0 to 1"),
    Entry("summit_failure", _ROW, "A summit held by `state` on the conflict of `source` fails; value: lowest rank of a delegation", "rank, 0 to 1"),
    Entry("action", _ROW, "The government of `state` takes an action (channel): towards `group` at home in `source`, or for the ally `source`; value: 1", ""),
    Entry("event", _ROW, "An event of the file with a condition takes place; value: its number in the file, from 0", ""),
)  # fmt: skip
ENTRIES = (*OUTCOME_ENTRIES, *COLUMN_ENTRIES, *LOG_ENTRIES)
_ALSO = {"p(any)": "probability", "p(onset)": "probability_onset", "risk": "risk_end", "risk at end": "risk_end", "q95": "q05",
         "in conflict at end": "incidence_end", "incidence": "incidence_end", "hidden cells": "cells_end", "median": "median"}  # fmt: skip
UNITS = {entry.name: entry.unit for entry in ENTRIES}


def entries(name: str) -> list[Entry]:
    """Return what a name in results means; also as it stands on the screen, such as ``P(onset)``. Empty if it is none."""
    asked = _ALSO.get(name.lower(), name)
    return [entry for entry in ENTRIES if entry.name == asked]


def closest_entry(name: str) -> str:
    """Return a hint at the name in results that was probably meant, or nothing."""
    return closest(name, sorted(UNITS))
