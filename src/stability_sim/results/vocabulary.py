"""The words of results, each said once: outcomes, columns, rows of the log, series, channels, ways to end, threats.

The dictionary of the command line, tables, figures, the page and lessons take names, labels, units, meanings and colours
from this module; `viewer/src/vocabulary.ts` is made from it by `scripts/build_vocabulary.py`.
"""

from __future__ import annotations

from typing import NamedTuple

from stability_sim.scenario.problems import closest


class Entry(NamedTuple):
    """A name that stands in results: where, what it means, in which unit; how it is called, and its colour, if it has one.

    A label with ``{}`` is of a state or of a set of states.
    """

    name: str
    where: str
    meaning: str
    unit: str
    label: str = ""
    colour: str = ""


_OF_A_RUN, _SUMMARY, _ROW = "outcome of a run", "summary.csv, and the summary on the screen", "row of events.csv"
_SENSITIVITY, _COMPARISON, _SERIES = "sensitivity", "outcome of a comparison", "series of the region by month"
_CHANNEL, _ENDING, _THREAT = "channel of an outbreak or onset", "channel of an ending", "channel of a call of an alliance"
OUTCOME_ENTRIES = (
    Entry("onsets", _OF_A_RUN, "Intrastate conflicts that came to count, in any state: fighting with 25 battle deaths in a calendar year, as UCDP counts", "conflicts", "conflicts that began"),
    Entry("cross_border_onsets", _OF_A_RUN, "Of the onsets, those whose drawn channel and source lead to another state", "conflicts", "conflicts brought in from another state"),
    Entry("outbreaks", _OF_A_RUN, "Times that fighting broke out, in any state, be it with fewer deaths than make a conflict", "outbreaks", "times that fighting broke out"),
    Entry("months_in_conflict", _OF_A_RUN, "Months in conflict, summed over states (a state at war for a year: 12)", "state-months", "state-months in conflict"),
    Entry("most_states_in_conflict", _OF_A_RUN, "The most states in conflict in one month", "states", "most states in conflict at once"),
    Entry("incidents", _OF_A_RUN, "Border skirmishes: the lowest rung; never added to raids or attacks", "skirmishes", "border skirmishes"),
    Entry("raids", _OF_A_RUN, "Raids of armed groups across a border", "raids", "raids"),
    Entry("attacks", _OF_A_RUN, "Overt attacks of a government, or of a group that governs, on another state", "attacks", "overt attacks"),
    Entry("attacks_on_allies", _OF_A_RUN, "Overt attacks on a member of an alliance by who is not in it", "attacks", "overt attacks on a member of an alliance"),
    Entry("crossing_attempts", _OF_A_RUN, "Times that a group raids or sends hidden fighters across a border: at most one a month each", "attempts", "attempts of groups to cross"),
    Entry("crossed", _OF_A_RUN, "Hidden fighters that crossed unseen, two steps from home as well; those among refugees are counted apart", "persons", "hidden fighters that crossed unseen"),
    Entry("hidden_among_refugees", _OF_A_RUN, "Hidden fighters that came among refugees", "persons", "hidden fighters among refugees"),
    Entry("refugees_at_end", _OF_A_RUN, "Refugees hosted in all states in the last month", "persons", "refugees abroad at the end"),
    Entry("deaths", _OF_A_RUN, "Battle deaths of all conflicts", "deaths", "battle deaths"),
    Entry("calls_honoured", _OF_A_RUN, "Times that a member of an alliance honoured a call", "calls", "alliance calls honoured"),
    Entry("calls_abandoned", _OF_A_RUN, "Times that a member of an alliance was called and did not come", "calls", "alliance calls abandoned"),
)  # fmt: skip
COLUMN_ENTRIES = (
    Entry("mean", _SUMMARY, "Mean of the outcome over the replicates", "that of the outcome"),
    Entry("q05", _SUMMARY, "Value that one replicate in twenty does not exceed; q95 is exceeded by one in twenty. Luck alone", "that of the outcome"),
    Entry("median", _SUMMARY, "Value in the middle of the replicates", "that of the outcome"),
    Entry("probability", _SUMMARY, "P(any): share of replicates in which the outcome is above 0", "share, 0 to 1"),
    Entry("probability_onset", _SUMMARY, "P(onset): share of replicates in which a conflict began in the state, once or more; for a state at war, a further one, or the same again", "share, 0 to 1"),
    Entry("incidence_end", _SUMMARY, "Share of replicates in which the state is in conflict in the last month", "share, 0 to 1"),
    Entry("risk_end", _SUMMARY, "Mean risk in the last month: probability that fighting breaks out within 12 months, conditions staying as they are; 1 while in conflict", "probability"),
    Entry("refugees_end", _SUMMARY, "Mean number of refugees hosted in the last month", "persons"),
    Entry("cells_end", _SUMMARY, "Mean number of hidden members of groups from abroad in the last month", "persons"),
    Entry("hazard_from_abroad", _SENSITIVITY, "Hazard by channels from abroad that states at peace at the start meet, summed over the run: smoother than a count", "expected outbreaks a run", "hazard of fighting from abroad"),
    Entry("hazard_from_within", _SENSITIVITY, "The same, by the domestic channel", "expected outbreaks a run", "hazard of fighting from within"),
)  # fmt: skip
LOG_ENTRIES = (
    Entry("onset", _ROW, "Fighting in `state` comes to count as a conflict: 25 deaths in the calendar year; by `channel`, from `source`, as it broke out; value: deaths so far", "deaths", "a conflict begins", "#a63603"),
    Entry("ending", _ROW, "A conflict ends in `state`; channel: how (government, takeover, settlement, fades); value: how long it lasted", "months", "a conflict ends", "#cc79a7"),
    Entry("raid", _ROW, "A group raids `state` from `source`; value: 1", "raids", "a raid", "#e69f00"),
    Entry("attack", _ROW, "`source`, or a group that governs it, attacks `state` openly; value: 1", "attacks", "an overt attack", "#d55e00"),
    Entry("call_honoured", _ROW, "`state` comes to the help of `source`; channel: the threat; value: how reliable it was held to be before", "share, 0 to 1", "a call honoured", "#0072b2"),
    Entry("call_abandoned", _ROW, "`state` was called by `source` and does not come; value: how reliable it was held to be before", "share, 0 to 1", "a call abandoned", "#56b4e9"),
    Entry("deployment", _ROW, "Troops of `state` arrive in `source`; value: how many are there", "thousands", "forces arrive", "#009e73"),
    Entry("summit_success", _ROW, "A summit held by `state` on the conflict of `source` succeeds; value: lowest rank of a delegation", "rank, 0 to 1", "a summit succeeds", "#7f3c8d"),
    Entry("summit_failure", _ROW, "A summit held by `state` on the conflict of `source` fails; value: lowest rank of a delegation", "rank, 0 to 1", "a summit fails", "#b98fc4"),
    Entry("action", _ROW, "The government of `state` takes an action (channel): towards `group` at home in `source`, or for the ally `source`; value: 1", "", "a government's choice", "#8c8c94"),
    Entry("event", _ROW, "An event of the file with a condition takes place; value: its number in the file, from 0", "", "an event that is set off", "#444444"),
    Entry("outbreak", _ROW, "Fighting breaks out in `state`, by `channel`, from `source`; value: battle deaths at the rate of the first month", "deaths a year", "fighting breaks out", "#d9925f"),
)  # fmt: skip
COMPARISON_ENTRIES = (
    Entry("ever_onset", _COMPARISON, "Whether a conflict began in the state, once or more", "share, 0 to 1", "a conflict begins in {}"),
    Entry("attacks_on_set", _COMPARISON, "Overt attacks from outside on a fixed set of states", "attacks", "overt attacks from outside on {}"),
    Entry("raids_on_set", _COMPARISON, "Raids from outside on a fixed set of states", "raids", "raids from outside on {}"),
    Entry("onsets_on_set", _COMPARISON, "Conflicts that began in a fixed set of states", "conflicts", "conflicts that began in {}"),
    Entry("arrivals_on_set", _COMPARISON, "Onsets in a fixed set of states whose source is another state", "conflicts", "conflicts brought from outside into {}"),
)  # fmt: skip
SERIES_ENTRIES = (
    Entry("states_in_conflict", _SERIES, "States in conflict in the month", "states", "States in conflict"),
    Entry("refugees_hosted", _SERIES, "Refugees hosted in all states in the month", "persons", "Refugees abroad"),
    Entry("cells", _SERIES, "Hidden members of groups outside their home in the month", "persons", "Hidden members of groups abroad"),
    Entry("incidents_cumulative", _SERIES, "Border skirmishes up to the month", "skirmishes", "Border skirmishes since the start"),
    Entry("deaths_12_months", _SERIES, "Battle deaths in the twelve months up to the month", "deaths", "Battle deaths in the past 12 months"),
)  # fmt: skip
CHANNEL_ENTRIES = (
    Entry("start", _CHANNEL, "No onset: the state is at war when the run starts", "", "at war from the start", "#3b3b46"),
    Entry("domestic", _CHANNEL, "What the state's own conditions bring about", "", "from within", "#8c8c94"),
    Entry("infiltration_crossing", _CHANNEL, "Cells of a group that crossed the border", "", "cells that crossed", "#d55e00"),
    Entry("infiltration_refugees", _CHANNEL, "Cells of a group that came among refugees", "", "cells among refugees", "#e69f00"),
    Entry("kin", _CHANNEL, "Conflict among kin across a border, and ideas", "", "kin and ideas", "#cc79a7"),
    Entry("refugees", _CHANNEL, "The burden of refugees on their host", "", "refugees", "#009e73"),
    Entry("economy", _CHANNEL, "Losses of trade by a conflict next door", "", "economy", "#56b4e9"),
    Entry("entanglement", _CHANNEL, "Troops sent to the war of another", "", "entanglement abroad", "#0072b2"),
    Entry("event", _CHANNEL, "An event of the scenario file", "", "event of the scenario"),
)  # fmt: skip
ENDING_ENTRIES = (
    Entry("government", _ENDING, "The government wins", "", "the government prevails"),
    Entry("takeover", _ENDING, "The group takes over", "", "the group takes over"),
    Entry("settlement", _ENDING, "Both settle", "", "a settlement"),
    Entry("fades", _ENDING, "The conflict ends without a winner", "", "it fades out"),
)
THREAT_ENTRIES = (
    Entry("overt_attack", _THREAT, "Another state attacked the member openly", "", "an overt attack"),
    Entry("raid", _THREAT, "A group raided the member", "", "a raid"),
    Entry("infiltration", _THREAT, "Hidden fighters came to the member", "", "infiltration"),
)
ENTRIES = (
    *OUTCOME_ENTRIES, *COLUMN_ENTRIES, *LOG_ENTRIES, *COMPARISON_ENTRIES, *SERIES_ENTRIES, *CHANNEL_ENTRIES, *ENDING_ENTRIES,
    *THREAT_ENTRIES,
)  # fmt: skip
_ALSO = {"p(any)": "probability", "p(onset)": "probability_onset", "risk": "risk_end", "risk at end": "risk_end", "q95": "q05",
         "in conflict at end": "incidence_end", "incidence": "incidence_end", "hidden cells": "cells_end", "median": "median"}  # fmt: skip
UNNAMED = "rebels without a name"
UNITS = {entry.name: entry.unit for entry in ENTRIES if entry.unit}


def _labels(entries: tuple[Entry, ...]) -> dict[str, str]:
    return {entry.name: entry.label for entry in entries if entry.label}


LABELS = _labels(OUTCOME_ENTRIES)
ROW_LABELS = LABELS | {  # below the line of all onsets
    "cross_border_onsets": "... of these brought in from another state",
}
COMPARISON_LABELS = _labels(COMPARISON_ENTRIES)
SERIES = {entry.name: (entry.label, entry.unit) for entry in SERIES_ENTRIES}
CHANNEL_NAMES, ENDING_NAMES, THREAT_NAMES = (_labels(table) for table in (CHANNEL_ENTRIES, ENDING_ENTRIES, THREAT_ENTRIES))
KIND_NAMES, KIND_COLOURS = _labels(LOG_ENTRIES), {entry.name: entry.colour for entry in LOG_ENTRIES}
CHANNEL_COLOURS = {entry.name: entry.colour for entry in CHANNEL_ENTRIES if entry.colour}
# Attribution takes the two ways of hidden fighters as one channel.
PLAYER_NAMES = {"infiltration": THREAT_NAMES["infiltration"]} | CHANNEL_NAMES
PLAYER_COLOURS = {"infiltration": CHANNEL_COLOURS["infiltration_crossing"]} | CHANNEL_COLOURS
_OUTCOME_LABELS = LABELS | _labels(COLUMN_ENTRIES)


def outcome_label(name: str) -> str:
    """Return how an outcome is called where it stands alone."""
    return _OUTCOME_LABELS.get(name) or name.replace("_", " ")


def entries(name: str) -> list[Entry]:
    """Return what a name in results means; also as it stands on the screen, such as ``P(onset)``. Empty if it is none."""
    asked = _ALSO.get(name.lower(), name)
    return [entry for entry in ENTRIES if entry.name == asked]


def closest_entry(name: str) -> str:
    """Return a hint at the name in results that was probably meant, or nothing."""
    return closest(name, sorted({entry.name for entry in ENTRIES}))
