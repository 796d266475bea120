"""From tallies to results on named axes, with the codes of the log turned back into words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.engine.record import OUTCOMES, QUANTILES, SERIES, TALLIES, Paths, bin_value
from stability_sim.engine.run import LogPart
from stability_sim.ensemble.driver import Ensemble
from stability_sim.results.results import EventLog, Results, Variable
from stability_sim.scenario import Scenario
from stability_sim.scenario.events import Summit, month_labels
from stability_sim.world.entities import Names
from stability_sim.world.initial import Beginning
from stability_sim.world.vocabulary import (
    CHANNELS,
    ENDINGS,
    LOG_ABANDONED,
    LOG_ACTION,
    LOG_DEPLOYMENT,
    LOG_ENDING,
    LOG_EVENT,
    LOG_HONOURED,
    LOG_KINDS,
    LOG_ONSET,
    LOG_OUTBREAK,
    OPERATIONS,
    STATE_ACTIONS,
    THREATS,
)

_MONTH, _KIND, _STATE, _SOURCE, _CHANNEL, _GROUP, _BORDER = range(7)


def _means(ensemble: Ensemble, n_replicates: int) -> dict[str, Variable]:
    """Return the means over replicates of all that is counted."""
    return {
        tally.variable or tally.name: Variable(tally.axes, counts / (tally.parts * n_replicates), tally.unit, tally.meaning)
        for tally, counts in zip(TALLIES, ensemble.tallies, strict=True)
        if tally.meaning
    }


def _fan(histogram: NDArray[np.int64], n_replicates: int) -> NDArray[np.float64]:
    """Return the quantiles of each series in each month, from its histogram: (month, series, quantile)."""
    n_months, n_series, _ = histogram.shape
    fan = np.zeros((n_months, n_series, len(QUANTILES)))
    for t in range(n_months):
        for s in range(n_series):
            below = np.cumsum(histogram[t, s])
            for k, q in enumerate(QUANTILES):
                needed = math.ceil(q * n_replicates)
                place = int(np.searchsorted(below, needed))
                inside = int(histogram[t, s, place])
                fan[t, s, k] = bin_value(place, (needed - (int(below[place]) - inside) - 0.5) / inside)
    return fan


def _words(codes: NDArray[Any], words: list[str] | tuple[str, ...]) -> NDArray[Any]:
    """Return the word for each code; an empty one for codes below 0."""
    return np.array([*words, ""], dtype=object)[codes]


def _how(rows: NDArray[np.int32]) -> NDArray[Any]:
    """Return the column that says how: its meaning depends on the kind of the row."""
    kind, code = rows[:, _KIND], rows[:, _CHANNEL]
    how = np.full(len(rows), "", dtype=object)
    tables: dict[int, tuple[str, ...]] = {
        LOG_ONSET: CHANNELS, LOG_OUTBREAK: CHANNELS, LOG_ENDING: ENDINGS, LOG_HONOURED: THREATS, LOG_ABANDONED: THREATS,
        LOG_ACTION: STATE_ACTIONS, LOG_EVENT: OPERATIONS,
    }  # fmt: skip
    for which, table in tables.items():
        chosen = kind == which
        how[chosen] = _words(code[chosen], table)
    return how


def _log(log: LogPart, names: Names) -> EventLog:
    rows = log.rows
    kind = rows[:, _KIND]
    by_alliance = np.isin(kind, (LOG_HONOURED, LOG_ABANDONED, LOG_DEPLOYMENT))
    who = _words(np.where(by_alliance, -1, rows[:, _GROUP]), names.groups)
    who[by_alliance] = _words(rows[by_alliance, _GROUP], names.alliances)
    return EventLog(
        {
            "replicate": log.replicate,
            "month": rows[:, _MONTH].astype(np.int64),
            "kind": _words(kind, LOG_KINDS),
            "state": _words(rows[:, _STATE], names.states),
            "source": _words(rows[:, _SOURCE], names.states),
            "channel": _how(rows),
            "group": who,
            "value": log.values,
        }
    )


def _coords(scenario: Scenario, names: Names, first: int, n_replicates: int, n_months: int) -> dict[str, list[Any]]:
    return {
        "month": month_labels(scenario.start, n_months),
        "state": names.states,
        "source": names.states,
        "target": names.states,
        "group": names.groups,
        "dyad": names.dyad_labels(),
        "border": names.border_labels(),
        "tie": [f"{group}@{state}" for group, state in names.ties],
        "conflict": names.conflict_labels(),
        "support": names.support_labels(),
        "channel": list(CHANNELS),
        "outcome": list(OUTCOMES),
        "outcome_series": list(SERIES),
        "quantile": list(QUANTILES),
        "replicate": list(range(first, first + n_replicates)),
    }


def _attributes(scenario: Scenario, names: Names, extra: dict[str, Any]) -> dict[str, Any]:
    bound = {code for pair in names.dyads for code in pair} | {group.home for group in scenario.groups.values()}
    # who only hosts summits or helps from afar has no place on the map
    guests = {event.host for event in scenario.events if isinstance(event, Summit)} | {of for of, _ in names.supports}
    drawn = scenario.map.states or [code for code in names.states if code in bound or code not in guests] or names.states
    return extra | {
        "scenario": scenario.scenario,
        "title": scenario.title or scenario.scenario,
        "question": scenario.question,
        "start": scenario.start,
        "names": {code: state.name or code for code, state in scenario.states.items()},
        "group_names": {key: group.name or key for key, group in scenario.groups.items()},
        "group_homes": {key: group.home for key, group in scenario.groups.items()},
        "governs": {key: group.governs for key, group in scenario.groups.items() if group.governs},
        "alliances": {key: list(alliance.members) for key, alliance in scenario.alliances.items()},
        "alliance_names": {key: alliance.name or key for key, alliance in scenario.alliances.items()},
        "observed": [observation.model_dump(mode="json") for observation in scenario.observed],
        "map": {"projection": scenario.map.projection, "states": list(drawn), "focus": list(scenario.map.focus)}
        | ({"shapes": dict(scenario.map.shapes)} if scenario.map.shapes else {}),
    }


def _paths(paths: Paths) -> dict[str, Variable]:
    axes = ("replicate", "month", "state")
    return {
        "conflict_trajectory": Variable(axes, paths.in_conflict, "", "Whether the state is in conflict at the end of the month"),
        "deaths_trajectory": Variable(axes, paths.deaths, "deaths", "Battle deaths in the month"),
    }


def assemble(beginning: Beginning, ensemble: Ensemble, *, first: int, n_months: int, extra: dict[str, Any]) -> Results:
    """Return the results of an ensemble; ``extra`` holds further attributes."""
    names, scenario = beginning.names, beginning.scenario
    n_replicates = len(ensemble.rows.outcomes)
    variables = _means(ensemble, n_replicates) | {
        "fan": Variable(
            ("month", "outcome_series", "quantile"),
            _fan(ensemble.tallies.histogram, n_replicates),
            "",
            "Quantiles over replicates of series of the whole region; above 100 to within 0.7 %",
        ),
        "outcome_per_replicate": Variable(
            ("replicate", "outcome"), ensemble.rows.outcomes, "", "Outcomes of each replicate over the whole run"
        ),
        "onset_month": Variable(
            ("replicate", "state"), ensemble.rows.first_onset, "month", "Month of the first onset; -1 if there is none"
        ),
        "initial_conflict": Variable(
            ("state",), beginning.world.in_conflict[0].astype(np.int8), "", "Whether a conflict is on at the start"
        ),
        "initial_conflicts": Variable(
            ("conflict",), beginning.world.counted[0].astype(np.int8), "", "Whether it counts as a conflict at the start"
        ),
    }
    if ensemble.paths is not None:
        variables |= _paths(ensemble.paths)
    attributes = _attributes(scenario, names, {"replicates": n_replicates, "months": n_months, **extra})
    attributes["replicates_logged"] = ensemble.n_logged
    coords = _coords(scenario, names, first, n_replicates, n_months)
    return Results(coords, variables, _log(ensemble.log, names), attributes)
