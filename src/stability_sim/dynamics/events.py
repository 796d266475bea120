"""Events of the scenario: dated or triggered, one operation each; they change the world before anybody looks at it."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.diplomacy import hold_summit, left_out, run_drill
from stability_sim.dynamics.ending import close
from stability_sim.dynamics.formulas import toward, write
from stability_sim.dynamics.onset import at_level, new_pair, rise
from stability_sim.dynamics.triggers import holds
from stability_sim.dynamics.war import sum_up
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.handles import field_named
from stability_sim.world.fields import SET_BY_EVENTS
from stability_sim.world.vocabulary import (
    ARMS,
    FIGHTERS,
    FUNDS,
    LOG_EVENT,
    LOG_OUTBREAK,
    OP_AID,
    OP_ATTACK,
    OP_DEPLOY,
    OP_DISPLACEMENT,
    OP_DRILL,
    OP_EMBASSY,
    OP_ENGAGE,
    OP_LISTED,
    OP_OUTBREAK,
    OP_PEACE,
    OP_RECOGNISE,
    OP_SANCTION,
    OP_SET_DYAD,
    OP_SET_GROUP,
    OP_SET_MEMBERS,
    OP_SET_STATE,
    OP_SUMMIT,
    OP_SUPPORT,
    OP_WITHDRAW_GROUP,
    OP_WITHDRAW_STATE,
    OP_WITHDRAW_SUPPORT,
    SAME_AS_BEFORE,
    SETTLEMENT,
    TROOPS,
)


def _setter(variables):
    """Return the formula that sets variable number ``code`` of an entity; what drifts gets the new level too."""

    @inlined
    def set_variable(world, code, value, r, k):
        """Know no variable."""

    for number, arrays in reversed(list(enumerate(variables))):
        set_variable = _link(number, arrays[0], arrays[-1], set_variable)
    return set_variable


def _link(number, name, level, others):
    """Return a formula that sets the variable with this number, and leaves all others to another formula."""

    @inlined
    def set_variable(world, code, value, r, k):
        if code == number:
            field_named(world, name)[r, k] = value
            field_named(world, level)[r, k] = value
        else:
            others(world, code, value, r, k)

    return set_variable


_set_state, _set_dyad, _set_group = (_setter(SET_BY_EVENTS[kind]) for kind in ("state", "dyad", "group"))


@inlined
def _set_stance(frame, p, world, r, tie, operation, value):
    """Change one instrument of a state to a group; a cut of aid hurts at once."""
    if operation == OP_ENGAGE:
        world.engage[r, tie] = int(value)
    elif operation == OP_RECOGNISE:
        world.recognise[r, tie] = int(value)
    elif operation == OP_LISTED:
        world.listed[r, tie] = int(value)
    elif operation == OP_EMBASSY:
        world.embassy[r, tie] = int(value)
    elif operation == OP_SANCTION:
        world.sanction[r, tie] = value
    else:
        cut = max(world.aid[r, tie] - value, 0.0)
        home = frame.group_home[frame.tie_group[tie]]
        world.hardship[r, home] = toward(world.hardship[r, home], 1.0, p.aid_cut_shock * cut)
        world.aid[r, tie] = value


@inlined
def _summit(frame, p, world, log, key, r, e):
    """Hold a summit of the file: whether a party lists another, and who is left out, is seen when it meets."""
    listed = 0
    for k in range(frame.party_start[e], frame.party_start[e + 1]):
        listed = max(listed, world.listed[r, frame.party_ties[k]])
    inside = 0.0
    for k in range(frame.seat_start[e], frame.seat_start[e + 1]):
        inside += world.fighters[r, frame.seat_ties[k]]
    host, about = frame.event_a[e], frame.event_b[e]
    spoiled = p.summit_spoiler * frame.event_c[e] + p.summit_veto * frame.event_d[e]
    spoiled += p.summit_outsiders * left_out(frame, world, r, about, inside)
    hold_summit(frame, p, world, world, log, key, r, host, about, frame.event_id[e], frame.event_value[e], spoiled, listed)


@inlined
def _outbreak(frame, p, world, month, log, key, r, i, deaths):
    """Let fighting break out because the file says so: with the strongest group at home, or with nobody who has a name.

    Not in a state that is in conflict already.
    """
    c = new_pair(frame, world, r, i, False, True)
    if world.in_conflict[r, i] == 1 or c < 0:
        return
    rise(frame, p, world, world, key, r, c)
    at_level(world, r, c, math.log(max(deaths, 1.0)))
    sum_up(frame, world, r, i)
    world.began_by[r, c], world.began_from[r, c], world.began_over[r, c] = -1, i, -1
    tie = frame.conflict_tie[c]
    month.outbreaks[r, i] += 1
    write(log, key, r, LOG_OUTBREAK, i, i, -1, frame.tie_group[tie] if tie >= 0 else -1, -1, deaths)


@inlined
def _peace(frame, p, world, log, key, r, i):
    """End all that is fought in a state by a settlement."""
    for c in range(frame.conflict_start[i], frame.conflict_start[i + 1]):
        if world.fought[r, c] == 1:
            close(frame, p, world, world, log, key, r, c, SETTLEMENT)
    sum_up(frame, world, r, i)


@inlined
def _deploy(world, r, pact, forces, months):
    """Send forces at once."""
    world.deployed[r, pact] = forces
    world.deploy_left[r, pact] = months


@inlined
def _set_support(world, r, support, kind, value):
    """Set one of the four things that a state gives to a side."""
    if kind == TROOPS:
        world.troops[r, support] = value
    elif kind == ARMS:
        world.arms[r, support] = value
    elif kind == FUNDS:
        world.funds[r, support] = value
    else:
        world.sanctuary[r, support] = value


@inlined
def _set_members(world, r, tie, kind, value):
    """Set the fighters or the hidden members of a group in a state."""
    if kind == FIGHTERS:
        world.fighters[r, tie] = value
    else:
        world.cells[r, tie] = value


@inlined
def _conditions(frame, world, r, e, operation):
    """Apply the operations that set conditions or end support."""
    a, c, value = frame.event_a[e], frame.event_c[e], frame.event_value[e]
    if operation == OP_SET_STATE:
        _set_state(world, c, value, r, a)
    elif operation == OP_SET_DYAD:
        _set_dyad(world, c, value, r, a)
    elif operation == OP_SET_GROUP:
        _set_group(world, c, value, r, a)
    elif operation == OP_SET_MEMBERS:
        _set_members(world, r, a, c, value)
    elif operation == OP_SUPPORT:
        _set_support(world, r, a, c, value)
    elif operation == OP_WITHDRAW_SUPPORT:
        world.troops[r, a] *= 1.0 - value
        world.arms[r, a] *= 1.0 - value
        world.funds[r, a] *= 1.0 - value
        world.sanctuary[r, a] *= 1.0 - value
    elif operation == OP_WITHDRAW_STATE:
        world.state_support[r, a] *= 1.0 - value
    elif operation == OP_WITHDRAW_GROUP:
        world.group_support[r, a] *= 1.0 - value


@inlined
def _apply(frame, p, world, month, log, key, r, e):
    """Apply the operation of one event."""
    operation = frame.event_operation[e]
    a, b, value = frame.event_a[e], frame.event_b[e], frame.event_value[e]
    if operation == OP_SUMMIT:
        _summit(frame, p, world, log, key, r, e)
    elif operation == OP_DRILL:
        run_drill(frame, p, world, world, r, a, b, frame.event_c[e], value)
    elif OP_ENGAGE <= operation <= OP_AID:
        _set_stance(frame, p, world, r, a, operation, value)
    elif operation == OP_DISPLACEMENT:
        month.displaced[r, a] += value
    elif operation == OP_OUTBREAK:
        _outbreak(frame, p, world, month, log, key, r, a, value)
    elif operation == OP_PEACE:
        _peace(frame, p, world, log, key, r, a)
    elif operation == OP_ATTACK:
        month.forced_attack[r, a] = 1
    elif operation == OP_DEPLOY:
        _deploy(world, r, a, value, b)
    else:
        _conditions(frame, world, r, e, operation)


@kernel
def events(frame, p, now, after, month, log, seed, replicates, t):
    """Let the events happen that are due this month, by their date or their condition."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        due = False
        for e in range(frame.event_operation.shape[0]):
            if frame.event_trigger[e] != SAME_AS_BEFORE:
                due = frame.event_month[e] == t
            if frame.event_trigger[e] >= 0 and (now.fired[r, e] == 0 or frame.event_repeats[e] == 1):
                due = holds(frame, now, key, r, frame.event_trigger[e])
            if due:
                if frame.event_trigger[e] >= 0:
                    write(log, key, r, LOG_EVENT, -1, -1, frame.event_operation[e], -1, -1, 1.0 * e)
                now.fired[r, e] = 1
                _apply(frame, p, now, month, log, key, r, e)
