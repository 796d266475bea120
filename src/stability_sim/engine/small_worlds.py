"""Two small worlds in which no two kinds of entities are equally many: whoever takes an index of one for another is seen.

What are more in the one are fewer in the other, as far as the model lets them be: states, groups, dyads, alliances.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from stability_sim.scenario import Scenario, resolve
from stability_sim.world.build import Beginning, begin

N_REPLICATES = 2
_WAR = {"in_conflict": True, "deaths_per_year": 2000, "conflict_age": 20, "hardship": 0.7}


def _events(borders: list[str], dated: int, waiting: int) -> list[dict[str, Any]]:
    """Return events: some in the first month, and some that wait for one condition more than they are."""
    first = borders[0].partition("-")[0]
    events: list[dict[str, Any]] = [{"on": "2000-01", "displacement": first, "people": 1000 * (k + 1)} for k in range(dated)]
    several = f"incidents({borders[0]}) >= 9 in 3 months and conflicts() >= 9"
    conditions = [several, *(f"incidents({borders[0]}) >= {9 + k} in 3 months" for k in range(1, waiting))]
    return events + [{"when": condition, "displacement": first, "people": 1000} for condition in conditions]


def _scenario(
    n_states: int, borders: list[tuple[int, int]], n_groups: int, alliances: list[int], events: tuple[int, int]
) -> Mapping[str, Any]:
    states = [f"S{i:02}" for i in range(n_states)]
    pairs = [f"{states[i]}-{states[k]}" for i, k in borders]
    homes = [states[-1 - g % n_states] for g in range(n_groups)]
    groups = {
        f"g{g}": {"home": home, "export_aim": 0.8, "fighters": {home: 2000}, "cells": {states[0]: 50}, "kin": {states[0]: 0.2}}
        for g, home in enumerate(homes)
    }
    return {
        "scenario": "small", "question": "none", "start": "2000-01", "months": 1, "map": {"projection": "network"},
        "states": {code: _WAR if i % 2 else {"forces": 50} for i, code in enumerate(states)},
        "borders": {pair: {"hostility": 0.6, "refugees": 5000} for pair in pairs},
        "groups": groups,
        "alliances": {f"a{k}": {"members": states[:size], "lead": states[0]} for k, size in enumerate(alliances)},
        "stances": [{"of": states[0], "to": "g0", "listed": True, "aid": 0.2}],
        "events": _events(pairs, *events),
    }  # fmt: skip


@functools.cache
def small_worlds() -> tuple[Beginning, Beginning]:
    """Return the beginnings of a world of many states with little between them, and of one of few with much."""
    wide = _scenario(13, [(0, 1), (1, 2), (2, 3), (3, 4)], 3, [2, 2, 2, 2, 3], (3, 6))
    dense = _scenario(4, list(combinations(range(4), 2))[:5], 14, [2, 2, 2, 2, 2, 3], (5, 2))
    return begin(resolve(Scenario.model_validate(wide))), begin(resolve(Scenario.model_validate(dense)))


def sizes(beginning: Beginning) -> dict[str, int]:
    """Return how many there are of each kind; no two are equal in a small world."""
    frame = beginning.frame
    return {
        "replicates": N_REPLICATES, "states": len(frame.state_id), "dyads": len(frame.dyad_id), "borders": len(frame.border_id),
        "groups": len(frame.group_id), "ties": len(frame.tie_id), "alliances": len(frame.alliance_lead),
        "members": len(frame.member_state), "pacts": len(frame.pact_id), "events": len(frame.event_id),
        "conditions": len(frame.condition_metric),
    }  # fmt: skip
