"""A scenario in which every mechanism is live: rare things are made common."""

from __future__ import annotations

from typing import Any

MONTHS = 36

PARAMETERS = {
    "onset_per_year": 0.15, "infiltration_onset": 0.1, "kin_onset": 0.1, "refugee_onset": 0.05, "entanglement_onset": 0.5,
    "attack_baseline": -3.5, "hidden_share": 0.01, "review_months": 2.0, "deployed_share": 0.2, "ending_level": 0.9,
    "contagion_multiplies": 0.2, "cells_sent": 0.02, "choice_precision": 3.0, "recognise_norms": 0.2, "recognise_early": 0.4,
    "stalemate_deaths": 200.0, "most_leave_per_month": 0.01, "drill_effect": -0.7, "honour_prestige": 2.0,
    "summit_glory": 0.7, "capital_falls": 1.1, "ground_speed": 3.0, "restart_per_year": 0.265, "ground_at_onset": 0.2,
}  # fmt: skip

RICH: dict[str, Any] = {
    "scenario": "rich", "question": "q", "start": "2020-01", "months": MONTHS, "replicates": 24, "seed": 11,
    "map": {"projection": "network"}, "parameters": PARAMETERS,
    "states": {
        "A": {"in_conflict": True, "capacity": 0.2, "hardship": 0.7, "deaths_per_year": 3000, "population": 30,
              "external_support": 0.4, "peacekeeping": 0.3, "forces": 20, "conflict_age": 30},
        "B": {"capacity": 0.3, "population": 0.7, "legitimacy": 0.2, "hardship": 0.6, "forces": 10, "export_aim": 0.5, "managed_refugees": 0.2},
        "C": {"capacity": 0.6, "prestige": 0.6, "forces": 90, "peacekeeping": 0.2, "since_conflict": 20, "weights": {"prestige": 2.0}},
        "D": {"capacity": 0.4, "export_aim": 0.6, "forces": 200, "since_conflict": 30, "hardship": 0.6},
        "F": {"in_conflict": True, "capacity": 0.9, "legitimacy": 0.9, "hardship": 0.1},
        "E": {"in_conflict": True, "deaths_per_year": 80, "conflict_age": 40, "forces": 5, "capacity": 0.3},
    },
    "groups": {
        "rulers": {"home": "A", "governs": "A", "export_aim": 0.4, "fighters": {"A": 20000}, "cells": {"B": 20}, "kin": {"B": 0.3}},
        "rebels": {"home": "A", "export_aim": 0.9, "fighters": {"A": 3000}, "cells": {"B": 120, "C": 30}, "external_support": 0.4,
                   "control": 0.9, "kin": {"B": 0.2}},
        "ghosts": {"home": "A", "clandestine": True, "export_aim": 0.8, "stake": 0.6, "fighters": {"A": 2000}, "cells": {"E": 60}},
        "junta": {"home": "E", "export_aim": 0.5, "control": 0.8, "fighters": {"E": 6000}, "external_support": 0.3},
    },
    "borders": {
        "A-B": {"hostility": 0.7}, "B-C": {}, "C-D": {"hostility": 0.6}, "A>B": {"refugees": 50000}, "A-E": {"hostility": 0.5},
        "D-E": {}, "D-F": {"hostility": 0.1},
    },
    "corridors": {"A-C": {"trade": 0.1, "refugees": 1000}, "B-D": {}},
    "alliances": {
        "P": {"members": ["B", "C", "E"], "lead": "C", "covers": ["overt_attack", "raid", "infiltration"],
              "reliability": {"C": 0.7}},
        "Q": {"members": ["C", "D"], "obliges": "consultation"},
        "N": {"members": ["D", "E"], "obliges": "non_aggression"},
    },
    "stances": [
        {"of": "C", "to": "rulers", "listed": True, "aid": 0.3}, {"of": "B", "to": "rebels", "embassy": True},
        {"of": "B", "to": "rulers", "engage": True, "sanction": 0.2}, {"of": "D", "to": "rulers", "recognise": True, "listed": True}, {"of": "E", "to": "rulers", "listed": True},
    ],
    "conflicts": [
        {"state": "A", "group": "rebels", "deaths_per_year": 3000, "age": 30, "ground": 0.4},
        {"state": "A", "group": "ghosts", "fought": False, "age": 24, "since": 12, "ended": "settlement"},
        {"state": "E", "deaths_per_year": 80, "age": 40, "usual_deaths": 200},
        {"state": "B", "fought": False, "age": 60, "since": 6, "ended": "takeover"},
        {"state": "C", "deaths_per_year": 900_000, "age": 3, "ground": 0.6},
    ],
    "supports": [
        {"of": "D", "to": "rebels", "troops": 2, "arms": 0.3, "funds": 0.2, "sanctuary": 0.5},
        {"of": "C", "to": "A", "troops": 1, "arms": 0.4, "funds": 0.3},
    ],
    "events": [
        {"on": "2020-03", "summit": "talks", "host": "C", "about": "A", "parties": ["C", "D", "rulers"], "absent": ["E"],
         "vetoes": ["rulers"], "rank": {"rulers": 0.9, "C": 1.0, "D": 0.9}},
        {"on": "2020-04", "drill": "P", "at": "B", "size": 0.8},
        {"on": "2020-05", "withdraw": "B", "support_to": "A", "share": 0.7},
        {"on": "2020-05", "withdraw": "C", "support_to": "rebels", "share": 0.5},
        {"on": "2020-06", "stance": "C", "to": "rulers", "engage": True, "recognise": False, "listed": False, "embassy": True,
         "sanction": 0.5, "aid": 0.1},
        {"on": "2020-08", "displacement": "A", "people": 200000},
        {"when": "incidents(A-B) >= 1 in 3 months", "set": {"borders.A-B.guard": 0.7}},
        {"when": "raids(B) >= 1 in 6 months", "repeats": True, "displacement": "B", "people": 20000},
        {"on": "2020-02", "outbreak": "B", "deaths_per_year": 900},
        {"on": "2020-06", "peace": "B"},
        {"on": "2020-02", "peace": "F"},
        {"on": "2021-03", "attack": "D", "on_state": "C"},
        {"on": "2020-11", "deploy": "C", "to": "B", "forces": 4, "months": 5},
        {"on": "2020-07", "support": "D", "to": "rebels", "troops": 4, "arms": 0.5, "funds": 0.4, "sanctuary": 0.8},
        {"on": "2020-10", "withdraw": "C", "support_to": "A", "share": 0.5},
    ],
}  # fmt: skip
