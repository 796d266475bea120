"""What governments choose: a logit choice among nine actions, when they review their policy."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.dynamics.diplomacy import hold_summit, left_out, listing, run_drill
from stability_sim.dynamics.formulas import toward, write
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import STREAM_STATE_CHOICE, STREAM_STATE_REVIEWS, fill_uniform, uniform
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
    STATE_ACTIONS,
    SUMMIT,
)

N_ACTIONS = len(STATE_ACTIONS)
IMPOSSIBLE = -1e9  # a utility that no choice makes up for
NOT_FEARED = -2.0  # less than any threat, and than none


@inlined
def worst_tie(frame, now, r, s):
    """Return the tie of the group that a state fears most, leaving out a group that governs it; -1 if none."""
    best = -1
    most = -1.0
    for k in range(frame.local_start[s], frame.local_start[s + 1]):
        tie = frame.local_ties[k]
        feared = now.threat[r, tie] if now.governs[r, frame.tie_group[tie]] != s else NOT_FEARED
        best = tie if feared > most else best
        most = max(feared, most)
    return best


@inlined
def ally_in_need(frame, now, r, s):
    """Return the pact with an ally in conflict to which a state has sent nobody yet; -1 if none."""
    for k in range(frame.helper_start[s], frame.helper_start[s + 1]):
        c = frame.helper_pacts[k]
        idle = now.deployed[r, c] == 0.0 and now.deploy_wait[r, c] == 0
        if idle and now.in_conflict[r, frame.member_state[frame.pact_ally[c]]] == 1:
            return c
    return -1


@inlined
def _toward_group(frame, p, now, month, r, s, tie, fear):
    """Write the utilities of what a government can do to the group: engage, recognise, sanction, aid."""
    glory, norms = frame.prestige_weight[s], frame.norms_weight[s]
    governs = 1.0 if now.governs[r, frame.tie_group[tie]] >= 0 else 0.0
    listed = p.listed_norms * now.listed[r, tie]
    engaged = 1.0 * now.engage[r, tie]
    gain = (p.engage_security * fear + p.engage_prestige * glory) * governs
    month.weights[ENGAGE] = gain - norms * (p.engage_norms + listed) - p.engage_cost - p.talking_already * engaged
    gain = p.recognise_security * fear + p.recognise_prestige * glory - p.recognise_early * (1.0 - engaged * governs)
    lost = norms * (p.recognise_norms + listed) + p.talking_already * now.recognise[r, tie]
    month.weights[RECOGNISE] = gain - lost - p.recognise_cost
    gain = p.sanction_security * fear * governs + p.sanction_norms * norms
    month.weights[SANCTION] = gain - p.sanction_cost - p.already_done * now.sanction[r, tie]
    gain = p.aid_security * fear * governs + p.aid_prestige * glory
    poor = p.poor_cost * (1.0 - now.capacity[r, s])
    month.weights[AID] = gain - p.aid_cost - poor - p.already_done * now.aid[r, tie]


@inlined
def _on_its_own(frame, p, now, month, r, s, tie, fear):
    """Write the utilities of what a government can do without the group: guard a border, drill, host a summit."""
    glory = frame.prestige_weight[s]
    poor = p.poor_cost * (1.0 - now.capacity[r, s])
    d = frame.tie_dyad[tie]
    if d >= 0:
        month.weights[GUARD] = p.guard_security * fear * (1.0 - now.guard[r, d]) - p.guard_cost - poor
    if frame.ally_start[s + 1] > frame.ally_start[s]:
        month.weights[DRILL] = p.drill_security * fear + p.drill_prestige * glory - p.drill_cost - p.drill_poor * poor
    month.weights[SUMMIT] = p.summit_security * fear + p.summit_glory * glory * now.prestige[r, s] - p.summit_cost


@inlined
def write_utilities(frame, p, now, month, r, s, tie, pact):
    """Write U = w_S·threat removed + w_Π·prestige − w_N·norm cost − cost of each action, or IMPOSSIBLE.

    The sizes are parameters. To do nothing has the utility 0.
    """
    for action in range(N_ACTIONS):
        month.weights[action] = IMPOSSIBLE
    month.weights[NONE] = 0.0
    if pact >= 0:
        gain = p.deploy_security * frame.security_weight[s] + p.deploy_prestige * frame.prestige_weight[s]
        month.weights[DEPLOY] = gain - p.deploy_cost
    if tie >= 0:
        fear = frame.security_weight[s] * now.threat[r, tie]
        _toward_group(frame, p, now, month, r, s, tie, fear)
        _on_its_own(frame, p, now, month, r, s, tie, fear)


@inlined
def _choose(p, month, u):
    """Return the action at quantile ``u`` of the logit choice with precision ψ, given the utilities.

    Counts the actions that are passed over, without leaving the loop: where it would end cannot be predicted.
    """
    for action in range(1, N_ACTIONS):
        month.weights[action] = exp(p.choice_precision * month.weights[action])
    month.weights[NONE] = 1.0  # e⁰
    total = 0.0
    for action in range(N_ACTIONS):
        total += month.weights[action]
    remaining = u * total
    passed = 0
    for action in range(N_ACTIONS):
        remaining -= month.weights[action]
        passed += 1 if remaining >= 0.0 else 0
    return passed if passed < N_ACTIONS else NONE


@kernel
def state_decisions(frame, p, now, after, month, log, seed, replicates, t):
    """Let each state that chooses, and that reviews its policy this month, choose an action and its object."""
    reviews = 1.0 / p.review_months
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        fill_uniform(month.draws, key, STREAM_STATE_REVIEWS, frame.state_id)
        for s in range(frame.state_id.shape[0]):
            if frame.state_chooses[s] == 0:
                continue
            if month.draws[s] >= reviews:
                continue
            tie = worst_tie(frame, now, r, s)
            pact = ally_in_need(frame, now, r, s)
            u = uniform(key, STREAM_STATE_CHOICE, frame.state_id[s])
            write_utilities(frame, p, now, month, r, s, tie, pact)
            action = _choose(p, month, u)
            month.state_action[r, s] = action
            month.state_target[r, s] = pact if action == DEPLOY else tie


@inlined
def _policy_toward_group(frame, p, now, after, r, tie, action):
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
def _own_summit(frame, p, now, after, log, key, r, s, tie):
    """Host a summit that the scenario did not schedule: the host and the group, at middle rank."""
    listed = now.listed[r, tie]
    about = frame.group_home[frame.tie_group[tie]]
    spoiled = p.summit_outsiders * left_out(frame, now, r, about, now.fighters[r, frame.home_tie[frame.tie_group[tie]]])
    hold_summit(frame, p, now, after, log, key, r, s, about, frame.state_id[s], p.own_summit_rank, spoiled, listed)


@inlined
def carry_out(frame, p, now, after, month, log, key, r, s):
    """Carry out the action that a state chose."""
    action = month.state_action[r, s]
    target = month.state_target[r, s]
    if action == NONE:
        return
    if action == DEPLOY:
        after.deploy_wait[r, target] = frame.lag_months[frame.pact_alliance[target]] + 1
        write(log, key, r, LOG_ACTION, s, frame.member_state[frame.pact_ally[target]], action, -1, -1, 1.0)
        return
    g = frame.tie_group[target]
    write(log, key, r, LOG_ACTION, s, frame.group_home[g], action, g, -1, 1.0)
    if action == SUMMIT:
        _own_summit(frame, p, now, after, log, key, r, s, target)
    elif action == DRILL:
        for k in range(frame.ally_start[s], frame.ally_start[s + 1]):
            c = frame.ally_pacts[k]
            if k == frame.ally_start[s] or frame.pact_alliance[c] != frame.pact_alliance[frame.ally_pacts[k - 1]]:
                run_drill(frame, p, now, after, r, frame.pact_alliance[c], s, -1, p.own_drill_size)
    else:
        _policy_toward_group(frame, p, now, after, r, target, action)


@kernel
def policy(frame, p, now, after, month, log, seed, replicates, t):
    """Carry out what the states chose."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for s in range(frame.state_id.shape[0]):
            carry_out(frame, p, now, after, month, log, key, r, s)
