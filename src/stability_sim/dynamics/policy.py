"""What the choices of governments do: they take effect from the next month on."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.compilation import inlined, kernel
from stability_sim.dynamics.diplomacy import hold_summit, left_out, run_drill
from stability_sim.dynamics.formulas import toward, write
from stability_sim.dynamics.instruments import listing
from stability_sim.world.vocabulary import (
    AID,
    DEPLOY,
    DRILL,
    ENGAGE,
    GUARD,
    LOG_ACTION,
    NONE,
    RECOGNISE,
    SANCTION,
    SUMMIT,
)


@inlined
def _toward_group(frame, p, now, after, action, tie, r):
    """Change a stance of a state to a group, or the guard against it."""
    if action == ENGAGE:
        after.engage[r, tie] = 1
    elif action == RECOGNISE:
        after.recognise[r, tie] = 1
        s = frame.tie_state[tie]
        after.prestige[r, s] = toward(after.prestige[r, s], 0.0, p.recognition_costs_prestige * listing(frame, now, r, tie))
        after.listed[r, tie] = 0
    elif action == SANCTION:
        after.sanction[r, tie] = toward(now.sanction[r, tie], 1.0, p.sanction_step)
    elif action == AID:
        after.aid[r, tie] = toward(now.aid[r, tie], 1.0, p.aid_step)
    elif action == GUARD and frame.tie_dyad[tie] >= 0:
        d = frame.tie_dyad[tie]
        after.guard[r, d] = toward(after.guard[r, d], 1.0, p.guard_step)


@inlined
def _own_summit(frame, p, now, after, log, tie, seed, replicate, t, r, s):
    """Host a summit that the scenario did not schedule: the host and the group, at middle rank."""
    listed = now.listed[r, tie]
    about = frame.group_home[frame.tie_group[tie]]
    spoiled = p.summit_outsiders * left_out(frame, now, now.fighters[r, frame.home_tie[frame.tie_group[tie]]], about, r)
    hold_summit(frame, p, now, after, log, s, about, p.own_summit_rank, spoiled, listed, seed, replicate, t, frame.state_id[s], r)


@inlined
def carry_out(frame, p, now, after, month, log, seed, replicate, t, r, s):
    """Carry out the action that a state chose."""
    action = month.state_action[r, s]
    target = month.state_target[r, s]
    if action == NONE:
        return
    if action == DEPLOY:
        after.deploy_wait[r, target] = frame.lag_months[frame.pact_alliance[target]] + 1
        write(log, r, t, LOG_ACTION, s, frame.member_state[frame.pact_ally[target]], action, -1, -1, 1.0)
        return
    g = frame.tie_group[target]
    write(log, r, t, LOG_ACTION, s, frame.group_home[g], action, g, -1, 1.0)
    if action == SUMMIT:
        _own_summit(frame, p, now, after, log, target, seed, replicate, t, r, s)
    elif action == DRILL:
        for k in range(frame.ally_start[s], frame.ally_start[s + 1]):
            c = frame.ally_pacts[k]
            if k == frame.ally_start[s] or frame.pact_alliance[c] != frame.pact_alliance[frame.ally_pacts[k - 1]]:
                run_drill(frame, p, now, after, frame.pact_alliance[c], s, -1, p.own_drill_size, r)
    else:
        _toward_group(frame, p, now, after, action, target, r)


@kernel
def policy(frame, p, now, after, month, log, seed, replicates, t):
    """Carry out what the states chose."""
    for r in range(replicates.shape[0]):
        for s in range(frame.state_id.shape[0]):
            carry_out(frame, p, now, after, month, log, seed, replicates[r], t, r, s)
