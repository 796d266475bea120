"""What governments choose: a logit choice among nine actions, when they review their policy."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.compilation import inlined, kernel
from stability_sim.randomness import STREAM_STATE_CHOICE, STREAM_STATE_REVIEWS, fill_uniform, uniform
from stability_sim.world.vocabulary import (
    AID,
    DEPLOY,
    DRILL,
    ENGAGE,
    GUARD,
    NONE,
    RECOGNISE,
    SANCTION,
    STATE_ACTIONS,
    SUMMIT,
)

N_ACTIONS = len(STATE_ACTIONS)
IMPOSSIBLE = -1e9


@inlined
def worst_tie(frame, now, r, s):
    """Return the tie of the group that a state fears most, leaving out a group that governs it; -1 if none."""
    best = -1
    for k in range(frame.local_start[s], frame.local_start[s + 1]):
        tie = frame.local_ties[k]
        mine = now.governs[r, frame.tie_group[tie]] == s
        if not mine and (best < 0 or now.threat[r, tie] > now.threat[r, best]):
            best = tie
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
def _on_its_own(frame, p, now, action, tie, fear, glory, poor, r, s):
    """Return the utility of what a government can do without the group: guard a border, drill, host a summit."""
    if action == GUARD:
        d = frame.tie_dyad[tie]
        if d < 0:
            return IMPOSSIBLE
        return p.guard_security * fear * (1.0 - now.guard[r, d]) - p.guard_cost - p.poor_cost * poor
    if action == DRILL:
        if frame.ally_start[s + 1] == frame.ally_start[s]:
            return IMPOSSIBLE
        return p.drill_security * fear + p.drill_prestige * glory - p.drill_cost - 0.5 * p.poor_cost * poor
    if action == SUMMIT:
        return p.summit_security * fear + p.summit_glory * glory * now.prestige[r, s] - p.summit_cost
    return IMPOSSIBLE


@inlined
def utility(frame, p, now, action, tie, pact, r, s):
    """Return U = w_S·threat removed + w_Π·prestige − w_N·norm cost − cost of an action, or IMPOSSIBLE.

    The sizes are parameters (preferences.py).
    """
    if action == NONE:
        return 0.0
    safe = frame.security_weight[s]
    glory = frame.prestige_weight[s]
    norms = frame.norms_weight[s]
    poor = 1.0 - now.capacity[r, s]
    if action == DEPLOY:
        return p.deploy_security * safe + p.deploy_prestige * glory - p.deploy_cost if pact >= 0 else IMPOSSIBLE
    if tie < 0:
        return IMPOSSIBLE
    g = frame.tie_group[tie]
    fear = safe * now.threat[r, tie]
    governs = 1.0 if now.governs[r, g] >= 0 else 0.0
    listed = now.listed[r, tie]
    if action == ENGAGE:
        gain = (p.engage_security * fear + p.engage_prestige * glory) * governs
        return gain - norms * (p.engage_norms + p.listed_norms * listed) - p.engage_cost - p.talking_already * now.engage[r, tie]
    if action == RECOGNISE:
        early = 1.0 - now.engage[r, tie] * governs
        gain = p.recognise_security * fear + p.recognise_prestige * glory - p.recognise_early * early
        lost = norms * (p.recognise_norms + p.listed_norms * listed) + p.talking_already * now.recognise[r, tie]
        return gain - lost - p.recognise_cost
    if action == SANCTION:
        gain = p.sanction_security * fear * governs + p.sanction_norms * norms
        return gain - p.sanction_cost - p.already_done * now.sanction[r, tie]
    if action == AID:
        gain = p.aid_security * fear * governs + p.aid_prestige * glory
        return gain - p.aid_cost - p.poor_cost * poor - p.already_done * now.aid[r, tie]
    return _on_its_own(frame, p, now, action, tie, fear, glory, poor, r, s)


@inlined
def _choose(frame, p, now, month, tie, pact, u, r, s):
    """Return the action at quantile ``u`` of the logit choice with precision ψ."""
    total = 0.0
    for action in range(N_ACTIONS):
        month.weights[r, action] = math.exp(p.choice_precision * utility(frame, p, now, action, tie, pact, r, s))
        total += month.weights[r, action]
    left = u * total
    for action in range(N_ACTIONS):
        left -= month.weights[r, action]
        if left < 0.0:
            return action
    return NONE


@kernel
def state_decisions(frame, p, now, after, month, log, seed, replicates, t):
    """Let each state that chooses, and that reviews its policy this month, choose an action and its object."""
    for r in range(replicates.shape[0]):
        fill_uniform(month.draws, r, seed, replicates[r], t, STREAM_STATE_REVIEWS, frame.state_id)
        for s in range(frame.state_id.shape[0]):
            if frame.state_chooses[s] == 0:
                continue
            if month.draws[r, s] >= 1.0 / p.review_months:
                continue
            tie = worst_tie(frame, now, r, s)
            pact = ally_in_need(frame, now, r, s)
            u = uniform(seed, replicates[r], t, STREAM_STATE_CHOICE, frame.state_id[s])
            action = _choose(frame, p, now, month, tie, pact, u, r, s)
            month.state_action[r, s] = action
            month.state_target[r, s] = pact if action == DEPLOY else tie
