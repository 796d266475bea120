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
def utility(frame, now, action, tie, pact, r, s):
    """Return U = w_S·threat removed + w_Π·prestige − w_N·norm cost − cost of an action, or IMPOSSIBLE.

    The sizes are judgement; what matters is their order: guarding removes most of a threat that crosses a border,
    talking is cheap but costs norms if the group is listed, a summit buys prestige whatever comes of it.
    """
    if action == NONE:
        return 0.0
    safe = frame.security_weight[s]
    glory = frame.prestige_weight[s]
    norms = frame.norms_weight[s]
    poor = 1.0 - now.capacity[r, s]
    if action == DEPLOY:
        return 0.25 * safe + 0.3 * glory - 0.45 if pact >= 0 else IMPOSSIBLE
    if tie < 0:
        return IMPOSSIBLE
    g = frame.tie_group[tie]
    fear = safe * now.threat[r, tie]
    governs = 1.0 if now.governs[r, g] >= 0 else 0.0
    listed = now.listed[r, tie]
    if action == ENGAGE:
        return 0.25 * fear * governs + 0.1 * glory * governs - norms * (0.1 + 0.3 * listed) - 0.05 - now.engage[r, tie]
    if action == RECOGNISE:
        early = 1.0 - now.engage[r, tie] * governs
        return 0.2 * fear + 0.15 * glory - norms * (0.7 + 0.3 * listed) - 0.1 - early - now.recognise[r, tie]
    if action == SANCTION:
        return 0.15 * fear * governs + 0.15 * norms - 0.2 - 0.5 * now.sanction[r, tie]
    if action == AID:
        return 0.2 * fear * governs + 0.1 * glory - 0.15 - 0.3 * poor - 0.5 * now.aid[r, tie]
    if action == GUARD:
        d = frame.tie_dyad[tie]
        return 0.5 * fear * (1.0 - now.guard[r, d]) - 0.1 - 0.2 * poor if d >= 0 else IMPOSSIBLE
    if action == DRILL:
        bound = frame.ally_start[s + 1] > frame.ally_start[s]
        return 0.2 * fear + 0.1 * glory - 0.2 - 0.1 * poor if bound else IMPOSSIBLE
    if action == SUMMIT:
        return 0.1 * fear + 0.4 * glory * now.prestige[r, s] - 0.3
    return IMPOSSIBLE


@inlined
def _choose(frame, p, now, tie, pact, u, r, s):
    """Return the action at quantile ``u`` of the logit choice with precision ψ."""
    total = 0.0
    for action in range(N_ACTIONS):
        total += math.exp(p.choice_precision * utility(frame, now, action, tie, pact, r, s))
    left = u * total
    for action in range(N_ACTIONS):
        left -= math.exp(p.choice_precision * utility(frame, now, action, tie, pact, r, s))
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
            action = _choose(frame, p, now, tie, pact, u, r, s)
            month.state_action[r, s] = action
            month.state_target[r, s] = pact if action == DEPLOY else tie
