"""What exists at one moment: arrays by (replicate, entity), and the frame of who is who, which never changes.

Entities: states (S), dyads (D: directed pairs, sorted by source), borders (B: dyads with land in common, both
directions at once), groups (G), ties (P: a group and a state where it is, could go or is dealt with; sorted by group),
conflicts (K: a state and those who may fight its government, sorted by state; a group at a tie, or nobody who has a name),
supports (a state and the government or group that it helps),
alliances (A), members (N: a state in an alliance), pacts (C: a member bound to help another), events (E), conditions.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, get_args

import numpy as np
from numpy.typing import NDArray

from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.variables import FIELDS, Kind, settable
from stability_sim.world.vocabulary import N_CHANNELS, SHOCKS, STATE_ACTIONS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int8]
Few = NDArray[np.int16]
Ids = NDArray[np.uint64]

Parameters = namedtuple("Parameters", list(PARAMETERS))  # type: ignore[misc]


class Frame(NamedTuple):
    """Who is who: indices, names as numbers, and what never changes in a run."""

    first_month: Ints  # one entry: the calendar month of the first month of a run, from 0
    common_id: Ids  # one entry: what all states share
    state_id: Ids
    population: Floats  # millions
    log_population: Floats
    security_weight: Floats
    prestige_weight: Floats
    norms_weight: Floats
    state_chooses: Small
    dyad_id: Ids
    dyad_source: Ints
    dyad_target: Ints
    dyad_reverse: Ints
    dyad_border: Ints  # -1 for a corridor
    dyad_start: Ints  # dyads out of a state: dyad_start[i] .. dyad_start[i+1]
    into_start: Ints
    into_dyads: Ints  # dyads into a state
    ruggedness: Floats
    dyad_kin: Floats
    trade: Floats
    gravity: Floats  # weight of a refuge, without openness
    border_id: Ids
    border_dyad: Ints  # one of its two dyads
    border_scale: Floats  # how its length scales skirmishes
    group_id: Ids
    group_home: Ints
    clandestine: Small
    group_chooses: Small
    tie_id: Ids
    tie_group: Ints
    tie_state: Ints
    tie_dyad: Ints  # the dyad from the home of the group into the state, or -1
    tie_kin: Floats
    tie_start: Ints  # ties of a group
    moving_ties: Ints  # those from which cells lead further: away from home, with a way out
    tie_abroad: Small
    home_tie: Ints
    local_start: Ints
    local_ties: Ints  # ties in a state
    tie_conflict: Ints  # the conflict of the group of a tie with the government of its state
    conflict_id: Ids
    conflict_state: Ints
    conflict_tie: Ints  # -1 for rebels without a name
    conflict_start: Ints  # conflicts of a state: conflict_start[i] .. conflict_start[i+1]
    support_id: Ids
    support_of: Ints  # the state that gives it
    backed_state_start: Ints
    backed_state_supports: Ints  # supports of a government
    backed_group_start: Ints
    backed_group_supports: Ints  # supports of a group
    onward_start: Ints  # where a tie leads: dyad and next tie of the same group
    onward_dyad: Ints
    onward_tie: Ints
    way_start: Ints  # where a group can go from its home: the onward routes of its home tie
    way_group: Ints
    way_dyad: Ints
    way_target: Ints
    way_kin: Floats
    alliance_lead: Ints  # -1 without a lead
    obliges: Ints
    covers: Small  # (A, 3)
    lag_months: Ints
    member_alliance: Ints
    member_state: Ints
    member_start: Ints
    pact_id: Ids
    pact_alliance: Ints
    pact_helper: Ints  # a member
    pact_ally: Ints  # a member
    ally_start: Ints
    ally_pacts: Ints  # pacts in which a state is to be helped
    helper_start: Ints
    helper_pacts: Ints  # pacts in which a state is to help
    event_id: Ids
    event_month: Ints  # -1 if it waits for a condition
    event_trigger: Ints  # -1 if it is dated
    event_repeats: Small
    event_operation: Ints
    event_a: Ints
    event_b: Ints
    event_c: Ints
    event_d: Ints
    event_value: Floats
    party_start: Ints  # summit: ties (state, group) of which one is listed or not
    party_ties: Ints
    seat_start: Ints  # summit: ties in the state it is about of the groups that sit in
    seat_ties: Ints
    condition_start: Ints  # conditions of a trigger
    condition_metric: Ints
    condition_a: Ints
    condition_b: Ints
    condition_comparison: Ints
    condition_threshold: Floats
    condition_window: Ints


_KINDS: dict[type, Any] = {float: np.float64, int: np.int64, bool: np.int8}
# The arrays of a world and their types; a field that drifts is followed by its level.
ARRAYS: dict[str, Any] = {name: _KINDS[field.kind] for field in FIELDS for name in field.arrays}
# Settable by events: the arrays of each variable of a kind of entity, in the order of their numbers in the frame.
SET_BY_EVENTS = {kind: tuple(field.arrays for field in settable(kind)) for kind in get_args(Kind)}
# Changed by events alone, in the world now: both worlds of a batch share these arrays.
SHARED = tuple(field.arrays[-1] for field in FIELDS if field.shared or field.drifts)
# Written in full each month by their process, so that last month's values need not be copied.
REWRITTEN = frozenset(field.name for field in FIELDS if field.rewritten)

if TYPE_CHECKING:

    class Arrays(tuple[NDArray[Any], ...]):
        """A named tuple of arrays whose names are computed."""

        _fields: ClassVar[tuple[str, ...]]

        def __new__(cls, *args: NDArray[Any], **kwargs: NDArray[Any]) -> Self: ...  # noqa: D102
        def __getattr__(self, name: str) -> NDArray[Any]: ...
        def _replace(self, **kwargs: NDArray[Any]) -> Self: ...
        def _asdict(self) -> dict[str, NDArray[Any]]: ...

    class World(Arrays):
        """All that changes: each array is (replicate, entity); ``history`` is (replicate, condition, window)."""
else:
    World = namedtuple("World", ARRAYS)


class Log(NamedTuple):
    """What is worth telling: rows (month, kind, state, source, channel, group, border) and a number each."""

    count: Ints  # type: ignore[assignment]
    rows: NDArray[np.int32]
    values: Floats


def sizes(frame: Frame) -> dict[str, int]:
    """Return how many entities there are of each kind."""
    return {
        "state": len(frame.state_id), "dyad": len(frame.dyad_id), "border": len(frame.border_id), "group": len(frame.group_id),
        "tie": len(frame.tie_id), "conflict": len(frame.conflict_id), "support": len(frame.support_id), "alliance": len(frame.alliance_lead), "member": len(frame.member_state),
        "pact": len(frame.pact_id), "event": len(frame.event_id), "condition": len(frame.condition_metric),
    }  # fmt: skip


def as_numbers(values: dict[str, float]) -> Any:  # noqa: ANN401 - the named tuple is made from the table
    """Return the parameters as the kernels take them: defaults, with the given values in their place."""
    return Parameters(**{name: float(values.get(name, spec.value)) for name, spec in PARAMETERS.items()})


def copy_into(source: World, target: World) -> None:
    """Write the arrays of one world over those of another of the same shape, but for those shared or written anew."""
    for name, values, place in zip(World._fields, source, target, strict=True):
        if place is not values and name not in REWRITTEN:
            np.copyto(place, values)


class Month(NamedTuple):
    """What happens in one month; emptied when the month begins, but for what is kept.

    The fields from ``draws`` on are working arrays of a process, for one replicate at a time.
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
    onset: Small  # conflicts of a state that came to count
    outbreaks: Small  # fighting that broke out in a state, be it with few deaths
    hazard: Floats  # (replicate, state, channel), per year
    new_rate: Floats  # hazard of a new conflict from within, per year
    shock: Floats  # (replicate, shock): what all states share this year
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
    open_to: Floats  # susceptibility, as a rival rule has it
    infiltrated: Floats  # hazard of all hidden cells, per year
    chance: Floats  # probability of an onset this month


# Working arrays of a process, for one replicate at a time.
OF_ONE = frozenset(Month._fields[Month._fields.index("draws") :])

# Written by a process before any other reads it, so that it need not be emptied.
KEPT = OF_ONE | {
    "state_target", "group_target", "detection", "susceptibility", "group_error", "cells_before", "refugee_flow", "crossing",
    "hidden", "hazard", "new_rate", "shock", "risk",
}  # fmt: skip


def no_month(frame: Frame, n_replicates: int) -> Month:
    """Return the happenings of a month, all empty."""

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
        outbreaks=zeros(states, np.int8),
        hazard=np.zeros((n_replicates, states, N_CHANNELS)),
        new_rate=zeros(states, np.float64),
        shock=zeros(len(SHOCKS), np.float64),
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
        open_to=np.zeros(states),
        infiltrated=np.zeros(states),
        chance=np.zeros(states),
    )


def clear(month: Month) -> None:
    """Empty the happenings of a month."""
    for name, values in zip(Month._fields, month, strict=True):
        if name not in KEPT:
            values.fill(0)  # type: ignore[attr-defined]
