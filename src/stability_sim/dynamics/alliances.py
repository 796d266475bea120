"""Alliances are called: members honour or abandon, are remembered for it, and send forces after the lag."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.formulas import foreign_cells, logistic, logit, reliability, toward, write
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import STREAM_HONOUR, uniforms
from stability_sim.world.vocabulary import (
    BY_ATTACK,
    BY_INFILTRATION,
    BY_RAID,
    DEFENCE,
    LOG_ABANDONED,
    LOG_DEPLOYMENT,
    LOG_HONOURED,
    NON_AGGRESSION,
)

LN_2 = math.log(2.0)  # a half-life is ln 2 over the rate
NOT_NOTHING = 1e-9  # thousands of troops: a share of no forces at all is defined


@inlined
def is_member(frame, alliance, state):
    """Return whether a state is bound by an alliance."""
    bound = False
    for m in range(frame.member_start[alliance], frame.member_start[alliance + 1]):
        bound = bound or frame.member_state[m] == state
    return bound


@inlined
def promise(frame, p, alliance, attacker):
    """Return how much of its credibility an alliance brings to bear against an attacker: by what it obliges to."""
    inside = is_member(frame, alliance, attacker)
    kind = frame.obliges[alliance]
    if kind == NON_AGGRESSION:
        return 1.0 if inside else 0.0
    if inside or frame.covers[alliance, BY_ATTACK] == 0:
        return 0.0
    return 1.0 if kind == DEFENCE else p.consultation_promise


@inlined
def credible_alliance(frame, p, now, r, attacker, state):
    """Return the credibility of the strongest alliance of a state against an attacker, C in [0, 1).

    It is the mean reliability of the other members, weighted by their forces: the word of the strong counts.
    """
    best = 0.0
    first, last = frame.ally_start[state], frame.ally_start[state + 1]
    k = first
    while k < last:
        alliance = frame.pact_alliance[frame.ally_pacts[k]]
        weight = 0.0
        total = 0.0
        while k < last and frame.pact_alliance[frame.ally_pacts[k]] == alliance:
            helper = frame.pact_helper[frame.ally_pacts[k]]
            strength = now.forces[r, frame.member_state[helper]] + 1.0
            weight += strength
            total += strength * reliability(now, r, helper)
            k += 1
        best = max(best, promise(frame, p, alliance, attacker) * total / weight)
    return best


@inlined
def fresh_drill(frame, now, r, attacker, state):
    """Return the freshest drill signal of a state in its alliances that the attacker does not belong to."""
    best = 0.0
    for k in range(frame.ally_start[state], frame.ally_start[state + 1]):
        c = frame.ally_pacts[k]
        if not is_member(frame, frame.pact_alliance[c], attacker):
            best = max(best, now.drill[r, frame.pact_ally[c]])
    return best


@inlined
def _attacker(frame, events, r, j):
    """Return the state from which something came into a state this month, or -1."""
    for k in range(frame.into_start[j], frame.into_start[j + 1]):
        d = frame.into_dyads[k]
        if events[r, d] > 0:
            return frame.dyad_source[d]
    return -1


@inlined
def _covered(frame, j, threat):
    """Return whether an alliance of a state covers a threat."""
    covered = False
    for k in range(frame.ally_start[j], frame.ally_start[j + 1]):
        covered = covered or frame.covers[frame.pact_alliance[frame.ally_pacts[k]], threat] == 1
    return covered


@inlined
def _infiltrated(frame, p, now, after, r, j):
    """Return whether hidden cells became a serious matter in a state this month."""
    level = p.cells_serious * p.cells_half
    return foreign_cells(frame, now.cells, r, j) < level <= foreign_cells(frame, after.cells, r, j)


@inlined
def overstretch(frame, now, r, helper):
    """Return the share of a state's forces that is bound: at war at home, or sent abroad."""
    state = frame.member_state[helper]
    if now.in_conflict[r, state] == 1:
        return 1.0
    sent = 0.0
    for k in range(frame.helper_start[state], frame.helper_start[state + 1]):
        sent += now.deployed[r, frame.helper_pacts[k]]
    return sent / (sent + now.forces[r, state] + NOT_NOTHING)


@inlined
def fair_share(frame, now, r, pact):
    """Return a helper's part of the forces of all who are bound to help the same ally in the same alliance.

    An equal part would be one over their number: returned second.
    """
    alliance = frame.pact_alliance[pact]
    ally = frame.pact_ally[pact]
    total = 0.0
    n = 0
    for m in range(frame.member_start[alliance], frame.member_start[alliance + 1]):
        if m != ally:
            total += now.forces[r, frame.member_state[m]]
            n += 1
    own = now.forces[r, frame.member_state[frame.pact_helper[pact]]]
    return (own + NOT_NOTHING) / (total + n * NOT_NOTHING), 1.0 / n


@inlined
def burden(frame, p, now, r, pact):
    """Return the thousands of troops that a helper sends: its fair part of what the ally needs, at most what it can spare."""
    share, _ = fair_share(frame, now, r, pact)
    need = p.burden_need * (now.forces[r, frame.member_state[frame.pact_ally[pact]]] + 1.0)
    return min(share * need, p.deployed_share * now.forces[r, frame.member_state[frame.pact_helper[pact]]])


@inlined
def probability_of_honouring(frame, p, now, r, pact, attacker, threat):
    """Return the probability that a member honours a call.

    logit p = logit(its reliability) − b1·(the attacker is a member) + b2·(Π_lead − Π̄) − b3·overstretch + b4·(no overt attack)
    + b5·(own part of the forces − an equal part): small members ride free (Olson & Zeckhauser 1966).
    """
    helper = frame.pact_helper[pact]
    alliance = frame.pact_alliance[pact]
    lead = frame.alliance_lead[alliance]
    inside = attacker >= 0 and is_member(frame, alliance, attacker)
    value = logit(reliability(now, r, helper))
    value -= p.honour_external if inside else 0.0
    if lead >= 0:
        value += p.honour_prestige * (now.prestige[r, lead] - p.prestige_reference)
    value -= p.honour_overstretch * overstretch(frame, now, r, helper)
    value -= 0.0 if threat == BY_ATTACK else p.honour_scope
    share, equal = fair_share(frame, now, r, pact)
    value += p.honour_burden * (share - equal)
    return logistic(value)


@inlined
def _answer(frame, p, now, after, month, log, key, r, pact, attacker, threat):
    """Let one member answer a call of another."""
    helper = frame.pact_helper[pact]
    alliance = frame.pact_alliance[pact]
    ally = frame.member_state[frame.pact_ally[pact]]
    state = frame.member_state[helper]
    u, v = uniforms(key, STREAM_HONOUR, frame.pact_id[pact])
    if threat == BY_RAID:
        u = v
    if u >= probability_of_honouring(frame, p, now, r, pact, attacker, threat):
        after.abandoned[r, helper] += 1.0
        month.calls_abandoned[r, helper] += 1
        write(log, key, r, LOG_ABANDONED, state, ally, threat, alliance, -1, reliability(now, r, helper))
        return
    after.honoured[r, helper] += 1.0
    month.calls_honoured[r, helper] += 1
    write(log, key, r, LOG_HONOURED, state, ally, threat, alliance, -1, reliability(now, r, helper))
    if frame.obliges[alliance] == DEFENCE and now.deployed[r, pact] == 0.0 and now.deploy_wait[r, pact] == 0:
        after.deploy_wait[r, pact] = frame.lag_months[alliance] + 1


@inlined
def _call(frame, p, now, after, month, log, key, r, j, attacker, threat):
    """Call every alliance of a state that covers a threat; the attacker is not asked."""
    for k in range(frame.ally_start[j], frame.ally_start[j + 1]):
        pact = frame.ally_pacts[k]
        alliance = frame.pact_alliance[pact]
        if frame.covers[alliance, threat] == 0 or frame.obliges[alliance] == NON_AGGRESSION:
            continue
        if frame.member_state[frame.pact_helper[pact]] != attacker:
            _answer(frame, p, now, after, month, log, key, r, pact, attacker, threat)


@kernel
def alliance_calls(frame, p, now, after, month, log, seed, replicates, t):
    """Call the alliances of states that were attacked, raided or infiltrated this month."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for j in range(frame.state_id.shape[0]):
            if frame.ally_start[j + 1] == frame.ally_start[j]:
                continue
            attacker = _attacker(frame, month.attacks, r, j)
            if attacker >= 0:
                _call(frame, p, now, after, month, log, key, r, j, attacker, BY_ATTACK)
            raider = _attacker(frame, month.raids, r, j)
            if raider >= 0:
                _call(frame, p, now, after, month, log, key, r, j, raider, BY_RAID)
            if _covered(frame, j, BY_INFILTRATION) and _infiltrated(frame, p, now, after, r, j):
                _call(frame, p, now, after, month, log, key, r, j, -1, BY_INFILTRATION)


@kernel
def deployments(frame, p, now, after, month, log, seed, replicates, t):
    """Let forces on the way arrive, and those whose time is over leave unless the ally is at war; drills fade."""
    fading = 1.0 - exp(-LN_2 / p.drill_half_life)
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for m in range(frame.member_state.shape[0]):
            after.drill[r, m] = toward(after.drill[r, m], 0.0, fading)
        for c in range(frame.pact_id.shape[0]):
            helper = frame.member_state[frame.pact_helper[c]]
            ally = frame.member_state[frame.pact_ally[c]]
            if now.deploy_wait[r, c] == 1:
                after.deployed[r, c] = burden(frame, p, now, r, c)
                after.deploy_left[r, c] = int(p.deployed_months)
                write(log, key, r, LOG_DEPLOYMENT, helper, ally, 0, frame.pact_alliance[c], -1, after.deployed[r, c])
            if now.deploy_wait[r, c] > 0:
                after.deploy_wait[r, c] = now.deploy_wait[r, c] - 1
            if now.deploy_left[r, c] > 0:
                after.deploy_left[r, c] = now.deploy_left[r, c] - 1
            if now.deploy_left[r, c] == 0 and now.deployed[r, c] > 0.0 and now.in_conflict[r, ally] == 0:
                after.deployed[r, c] = 0.0
