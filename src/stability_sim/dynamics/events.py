"""Events of the scenario: dated or triggered, one operation each; they change the world before anybody looks at it."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.conflict import close
from stability_sim.dynamics.diplomacy import hold_summit, left_out, run_drill
from stability_sim.dynamics.formulas import toward, write
from stability_sim.dynamics.triggers import holds
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.world.vocabulary import (
    LOG_EVENT,
    LOG_ONSET,
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
    OP_SET_STATE,
    OP_SUMMIT,
    OP_WITHDRAW_GROUP,
    OP_WITHDRAW_STATE,
    SAME_AS_BEFORE,
    SETTLEMENT,
)


@inlined
def _set_state(world, field, value, r, i):
    """Set a condition of a state; what drifts back to a level gets the new level too."""
    if field == 0:
        world.capacity[r, i] = value
        world.capacity_level[r, i] = value
    elif field == 1:
        world.legitimacy[r, i] = value
        world.legitimacy_level[r, i] = value
    elif field == 2:
        world.hardship[r, i] = value
        world.hardship_level[r, i] = value
    elif field == 3:
        world.prestige[r, i] = value
        world.prestige_level[r, i] = value
    elif field == 4:
        world.forces[r, i] = value
    elif field == 5:
        world.state_support[r, i] = value
    elif field == 6:
        world.screening[r, i] = value
    elif field == 7:
        world.managed_refugees[r, i] = value
    elif field == 8:
        world.peacekeeping[r, i] = value
    else:
        world.state_export_aim[r, i] = value


@inlined
def _set_dyad(world, field, value, r, d):
    """Set a condition of a dyad, and the level to which it returns."""
    if field == 0:
        world.guard[r, d] = value
        world.guard_level[r, d] = value
    elif field == 1:
        world.openness[r, d] = value
    else:
        world.hostility[r, d] = value
        world.hostility_level[r, d] = value


@inlined
def _set_group(world, field, value, r, g):
    """Set a trait of a group."""
    if field == 0:
        world.stake[r, g] = value
    elif field == 1:
        world.credibility[r, g] = value
    elif field == 2:
        world.group_support[r, g] = value
    elif field == 3:
        world.group_export_aim[r, g] = value
    else:
        world.control[r, g] = value


@inlined
def _set_stance(frame, p, world, operation, tie, value, r):
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
def _summit(frame, p, world, log, e, seed, replicate, t, r):
    """Hold a summit of the file: whether a party lists another, and who is left out, is seen when it meets."""
    listed = 0
    for k in range(frame.party_start[e], frame.party_start[e + 1]):
        listed = max(listed, world.listed[r, frame.party_ties[k]])
    inside = 0.0
    for k in range(frame.seat_start[e], frame.seat_start[e + 1]):
        inside += world.fighters[r, frame.seat_ties[k]]
    host, about = frame.event_a[e], frame.event_b[e]
    spoiled = p.summit_spoiler * frame.event_c[e] + p.summit_veto * frame.event_d[e]
    spoiled += p.summit_outsiders * left_out(frame, world, inside, about, r)
    hold_summit(
        frame, p, world, world, log, host, about, frame.event_value[e], spoiled, listed, seed, replicate, t, frame.event_id[e], r
    )


@inlined
def _outbreak(world, log, i, deaths, t, r):
    """Begin a conflict because the file says so."""
    if world.in_conflict[r, i] == 1:
        return
    world.in_conflict[r, i] = 1
    world.conflict_age[r, i] = 0
    world.log_deaths[r, i] = math.log(max(deaths, 1.0))
    write(log, r, t, LOG_ONSET, i, i, -1, world.rebels[r, i], -1, deaths)


@inlined
def _deploy(world, pact, forces, months, r):
    """Send forces at once."""
    world.deployed[r, pact] = forces
    world.deploy_left[r, pact] = months


@inlined
def _conditions(frame, world, operation, e, r):
    """Apply the operations that set conditions or end support."""
    a, c, value = frame.event_a[e], frame.event_c[e], frame.event_value[e]
    if operation == OP_SET_STATE:
        _set_state(world, c, value, r, a)
    elif operation == OP_SET_DYAD:
        _set_dyad(world, c, value, r, a)
    elif operation == OP_SET_GROUP:
        _set_group(world, c, value, r, a)
    elif operation == OP_WITHDRAW_STATE:
        world.state_support[r, a] *= 1.0 - value
    elif operation == OP_WITHDRAW_GROUP:
        world.group_support[r, a] *= 1.0 - value


@inlined
def _apply(frame, p, world, month, log, e, seed, replicate, t, r):
    """Apply the operation of one event."""
    operation = frame.event_operation[e]
    a, b, value = frame.event_a[e], frame.event_b[e], frame.event_value[e]
    if operation == OP_SUMMIT:
        _summit(frame, p, world, log, e, seed, replicate, t, r)
    elif operation == OP_DRILL:
        run_drill(frame, p, world, world, a, b, frame.event_c[e], value, r)
    elif OP_ENGAGE <= operation <= OP_AID:
        _set_stance(frame, p, world, operation, a, value, r)
    elif operation == OP_DISPLACEMENT:
        month.displaced[r, a] += value
    elif operation == OP_OUTBREAK:
        _outbreak(world, log, a, value, t, r)
    elif operation == OP_PEACE:
        if world.in_conflict[r, a] == 1:
            close(frame, p, world, world, log, SETTLEMENT, t, r, a)
    elif operation == OP_ATTACK:
        month.forced_attack[r, a] = 1
    elif operation == OP_DEPLOY:
        _deploy(world, a, value, b, r)
    else:
        _conditions(frame, world, operation, e, r)


@kernel
def events(frame, p, now, after, month, log, seed, replicates, t):
    """Let the events happen that are due this month, by their date or their condition."""
    for r in range(replicates.shape[0]):
        due = False
        for e in range(frame.event_operation.shape[0]):
            if frame.event_trigger[e] != SAME_AS_BEFORE:
                due = frame.event_month[e] == t
            if frame.event_trigger[e] >= 0 and (now.fired[r, e] == 0 or frame.event_repeats[e] == 1):
                due = holds(frame, now, r, frame.event_trigger[e], t)
            if due:
                if frame.event_trigger[e] >= 0:
                    write(log, r, t, LOG_EVENT, -1, -1, frame.event_operation[e], -1, -1, 1.0 * e)
                now.fired[r, e] = 1
                _apply(frame, p, now, month, log, e, seed, replicates[r], t, r)
