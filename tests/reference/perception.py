"""What the month looks like: what is watched, who is feared, what is believed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.draws import Purpose
from reference.formulas import logit, misjudged, toward

if TYPE_CHECKING:
    from reference.agents import Group, State
    from reference.things import Tie, Way

LEAST = 0.01
NOTICED = 1.0


def watch(way: Way) -> None:
    """See a crossing with probability 1 − exp(−a·b·(1 − c·r))."""
    p = way.source.model.p
    way.month.detection = 1.0 - math.exp(-p.guard_detects * way.now.guard * (1.0 - p.terrain_hides * way.ruggedness))


def log_odds_of_capacity(state: State) -> float:
    """Return ln(K/(1 − K)), of a capacity from 0.02 to 0.98."""
    return logit(max(0.02, min(0.98, state.now.capacity)))


def susceptibility(state: State) -> float:
    """Return s = (K/(1 − K))^−ηK · exp(−ηR·R), R how far income, (K/(1 − K))^ι, is above 1."""
    p, odds = state.model.p, log_odds_of_capacity(state)
    riches = max(0.0, math.exp(p.capacity_income * odds) - 1.0)
    return math.exp(-p.capacity_effect * odds - p.capacity_bends * riches)


def threat(tie: Tie) -> float:
    """Return the threat of a group to a state: cells inside, and fighters behind its border who aim at it."""
    p, group = tie.group.model.p, tie.group
    weight = p.near_war_cells * tie.now.cells
    if tie.way_from_home is not None:
        aim = group.now.export_aim * (1.0 - p.word_believed * group.now.credibility)
        weight += p.fighters_seen * aim * group.at_home.now.fighters
    return LEAST + (1.0 - 2.0 * LEAST) * weight / (weight + p.cells_half)


def observe_groups(state: State) -> None:
    """Update what a state believes of each group it has to do with: an embassy and talks make it see better."""
    model = state.model
    p = model.p
    for tie in state.ties:
        seen = LEAST
        if tie.way_from_home is not None or tie.now.cells >= NOTICED:
            clarity = 1.0 - p.embassy_sees * (p.talks_see * tie.now.engage + (1.0 - p.talks_see) * tie.now.embassy)
            draw = model.dice.uniform(model.month, Purpose.STATE_SEES, tie.number)
            seen = misjudged(threat(tie), (2.0 * draw - 1.0) * p.perception_noise * clarity)
        tie.next.threat = toward(tie.now.threat, seen, 1.0 - p.perception_memory)


def observe_alliances(group: Group) -> None:
    """Draw how a group misjudges alliances this month."""
    model = group.model
    draw = model.dice.uniform(model.month, Purpose.GROUP_SEES, group.number)
    group.month.misjudges = model.p.groups_misjudge * model.p.perception_noise * (2.0 * draw - 1.0)
