"""Which picture belongs to which page."""

from __future__ import annotations

from collections.abc import Callable

from mechanism_pages import (
    curves_actors,
    curves_conflict,
    curves_diplomacy,
    curves_onset,
    curves_people,
    curves_shocks,
    curves_sides,
)
from mechanism_pages.panel import Panel

CURVES: dict[str, Callable[[], list[Panel]]] = {
    "onset": curves_onset.onset_from_within,
    "channel-infiltration": curves_onset.infiltration,
    "channel-kin": curves_onset.kin_and_ideas,
    "channel-refugees": curves_onset.refugee_channel,
    "channel-economy": curves_onset.economy,
    "channel-entanglement": curves_onset.entanglement,
    "common-shocks": curves_shocks.common_shocks,
    "sides": curves_sides.sides,
    "support": curves_sides.support,
    "ground": curves_sides.ground,
    "deaths": curves_conflict.deaths,
    "ending": curves_conflict.ending,
    "refugees": curves_people.refugees,
    "cells": curves_people.cells,
    "slow-variables": curves_conflict.slow_variables,
    "perception": curves_actors.perception,
    "governments": curves_actors.governments,
    "groups": curves_actors.groups,
    "instruments": curves_actors.instruments,
    "incidents": curves_actors.incidents,
    "triggers": curves_actors.triggers,
    "alliances": curves_diplomacy.alliances,
    "deterrence": curves_diplomacy.deterrence,
    "summits": curves_diplomacy.summits,
    "rival-rules": curves_diplomacy.rival_rules,
}
