"""What happens in one month, and what processes note down for themselves meanwhile."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.world.arrays import Few, Floats, Frame, Ints, Small
from stability_sim.world.vocabulary import STATE_ACTIONS


class Month(NamedTuple):
    """What happens in one month; emptied when the month begins, but for what is kept.

    The fields from ``draws`` on are of one replicate at a time: what a process notes down for itself.
    """

    state_action: Ints
    state_target: Ints  # tie, dyad or pact, as the action asks
    group_action: Ints
    group_target: Ints  # which way out of home
    detection: Floats  # probability that a crossing of a dyad is seen
    susceptibility: Floats
    group_error: Floats  # how it misjudges alliances this month
    cells_before: Floats  # of groups from abroad in a state, before the police found some
    forced_attack: Small
    displaced: Floats
    refugee_flow: Floats
    crossing: Floats
    hidden: Floats
    attempts: Few
    incidents: Few
    raids: Few
    attacks: Few
    calls_honoured: Few
    calls_abandoned: Few
    onset: Small
    hazard: Floats  # (replicate, state, channel), per year
    risk: Floats  # probability of conflict within 12 months
    draws: Floats  # what one process draws for one kind of entity
    behind_border: Floats  # what the fighters of a group weigh for those next door
    weights: Floats  # of the options of a state
    at_stake: Floats  # what a group has to lose abroad
    govern_weight: Floats  # of the options of groups
    police_weight: Floats
    build_weight: Floats  # by way out of home
    raid_weight: Floats
    from_abroad: Floats  # cells away from home
    found: Floats  # share of the cells in a state that the police finds
    moved: Floats  # members who leave a state for the next
    cells_kept: Floats  # the share of the cells from abroad that is left in a state
    movers: Ints  # ties from which cells move on
    skirmish_rate: Floats  # by border
    quiet: Floats  # probability of no skirmish
    believed: Floats  # the level to which legitimacy returns
    kept: Floats  # share of the refugees from a state that does not return this month
    domestic: Floats  # hazard from within, per year
    open_to: Floats  # susceptibility, as a rival rule has it
    infiltrated: Floats  # hazard of all hidden cells, per year
    chance: Floats  # probability of an onset this month


# What a process notes down for itself, of one replicate at a time.
OF_ONE = frozenset(Month._fields[Month._fields.index("draws") :])

# What a process writes before anybody reads it: it need not be emptied.
KEPT = OF_ONE | {
    "state_target", "group_target", "detection", "susceptibility", "group_error", "cells_before", "refugee_flow", "crossing",
    "hidden", "hazard", "risk",
}  # fmt: skip


def no_month(frame: Frame, n_replicates: int) -> Month:
    """Return the happenings of a month in which nothing has happened yet."""

    def zeros(n: int, kind: type) -> NDArray[Any]:
        return np.zeros((n_replicates, n), dtype=kind)

    states, dyads, groups = len(frame.state_id), len(frame.dyad_id), len(frame.group_id)
    members = len(frame.member_state)
    return Month(
        state_action=zeros(states, np.int64),
        state_target=zeros(states, np.int64),
        group_action=zeros(groups, np.int64),
        group_target=zeros(groups, np.int64),
        detection=zeros(dyads, np.float64),
        susceptibility=zeros(states, np.float64),
        group_error=zeros(groups, np.float64),
        cells_before=zeros(states, np.float64),
        forced_attack=zeros(dyads, np.int8),
        displaced=zeros(states, np.float64),
        refugee_flow=zeros(dyads, np.float64),
        crossing=zeros(dyads, np.float64),
        hidden=zeros(dyads, np.float64),
        attempts=zeros(groups, np.int16),
        incidents=zeros(len(frame.border_id), np.int16),
        raids=zeros(dyads, np.int16),
        attacks=zeros(dyads, np.int16),
        calls_honoured=zeros(members, np.int16),
        calls_abandoned=zeros(members, np.int16),
        onset=zeros(states, np.int8),
        hazard=np.zeros((n_replicates, states, 7)),
        risk=zeros(states, np.float64),
        draws=np.zeros(max(states, dyads, groups, len(frame.tie_id))),
        behind_border=np.zeros(groups),
        weights=np.zeros(len(STATE_ACTIONS)),
        at_stake=np.zeros(groups),
        govern_weight=np.zeros(groups),
        police_weight=np.zeros(groups),
        build_weight=np.zeros(len(frame.way_dyad)),
        raid_weight=np.zeros(len(frame.way_dyad)),
        from_abroad=np.zeros(len(frame.tie_id)),
        found=np.zeros(states),
        moved=np.zeros(states),
        cells_kept=np.zeros(states),
        movers=np.zeros(len(frame.moving_ties) + 1, dtype=np.int64),
        skirmish_rate=np.zeros(len(frame.border_id)),
        quiet=np.zeros(len(frame.border_id)),
        believed=np.zeros(states),
        kept=np.zeros(states),
        domestic=np.zeros(states),
        open_to=np.zeros(states),
        infiltrated=np.zeros(states),
        chance=np.zeros(states),
    )


def clear(month: Month) -> None:
    """Empty the happenings of a month."""
    for name, values in zip(Month._fields, month, strict=True):
        if name not in KEPT:
            values.fill(0)  # type: ignore[attr-defined]
