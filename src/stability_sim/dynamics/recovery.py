"""Slow variables: hardship, legitimacy, capacity, prestige, hostility, guard, what a group has to lose, its word."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.dynamics.diplomacy import outside_pressure
from stability_sim.dynamics.formulas import HUNDREDS_PER_MILLION, toward
from stability_sim.kernels.compile import inlined, kernel


@inlined
def _levels(frame, p, now, r, i):
    """Return the levels to which hardship and legitimacy return: what states do to the group that governs moves both."""
    level = now.hardship_level[r, i]
    believed = now.legitimacy_level[r, i]
    g = now.governed_by[r, i]
    if g < 0:
        return level, believed
    aid, sanctions, recognised, _, _ = outside_pressure(frame, now, r, g)
    relieved = level * (1.0 - p.aid_relief * aid)
    return toward(relieved, 1.0, p.sanction_hardship * sanctions), toward(believed, 1.0, p.recognition_legitimacy * recognised)


@inlined
def _screening_hurts(frame, p, now, after, month, r, i):
    """Let the screening of those who arrive take from what the people of a state have."""
    arrived = 0.0
    for k in range(frame.into_start[i], frame.into_start[i + 1]):
        arrived += month.refugee_flow[r, frame.into_dyads[k]]
    per_hundred = min(arrived / (frame.population[i] * HUNDREDS_PER_MILLION), 1.0)
    after.hardship[r, i] = toward(after.hardship[r, i], 1.0, p.screening_cost * now.screening[r, i] * per_hundred)


@inlined
def _states(frame, p, now, after, month, r):
    """Let the slow variables of states drift: hardship first to its level, then by what screening and war do to it."""
    for i in range(frame.state_id.shape[0]):
        level, month.believed[i] = _levels(frame, p, now, r, i)
        after.hardship[r, i] = toward(after.hardship[r, i], level, p.hardship_recovery)
        _screening_hurts(frame, p, now, after, month, r, i)
    for i in range(frame.state_id.shape[0]):
        war = 1.0 if now.in_conflict[r, i] == 1 else 0.0
        peace = 1.0 - war
        after.hardship[r, i] = toward(after.hardship[r, i], 1.0, war * p.hardship_war)
        level = peace * now.capacity_level[r, i]
        after.capacity[r, i] = toward(after.capacity[r, i], level, war * p.capacity_war + peace * p.capacity_recovery)
        believed = month.believed[i] * (peace + war * p.legitimacy_war)
        after.legitimacy[r, i] = toward(after.legitimacy[r, i], believed, p.legitimacy_rate)
        after.prestige[r, i] = toward(after.prestige[r, i], now.prestige_level[r, i], p.prestige_fading)
        after.talks_left[r, i] = max(after.talks_left[r, i] - 1, 0)


@inlined
def _group(frame, p, now, after, month, r, g):
    """Let what a group has to lose follow recognition and aid, and its word recover while it keeps quiet."""
    offered = p.stake_base
    if now.governs[r, g] >= 0:
        aid, _, recognised, engaged, _ = outside_pressure(frame, now, r, g)
        accepted = p.recognised_counts * recognised + (1.0 - p.recognised_counts) * engaged
        offered += p.stake_rule + p.stake_recognition * accepted + p.stake_aid * aid
    after.stake[r, g] = toward(after.stake[r, g], offered, p.stake_rate)
    if month.attempts[r, g] == 0:
        trusted = p.word_uncontrolled + (1.0 - p.word_uncontrolled) * now.control[r, g]
        after.credibility[r, g] = toward(after.credibility[r, g], trusted, p.credibility_rate)


@inlined
def _talks_ease(frame, p, now, after, r, g):
    """Let talks with a group that governs its home take hostility away between that state and those that talk."""
    if now.governs[r, g] != frame.group_home[g]:
        return
    for tie in range(frame.tie_start[g], frame.tie_start[g + 1]):
        d = frame.tie_dyad[tie]
        if d >= 0 and now.engage[r, tie] == 1:
            reverse = frame.dyad_reverse[d]
            after.hostility[r, d] = toward(after.hostility[r, d], 0.0, p.engagement_eases)
            after.hostility[r, reverse] = toward(after.hostility[r, reverse], 0.0, p.engagement_eases)


@kernel
def recovery(frame, p, now, after, month, log, seed, replicates, t):
    """Let all slow variables drift by a month."""
    for r in range(replicates.shape[0]):
        _states(frame, p, now, after, month, r)
        for g in range(frame.group_id.shape[0]):
            _group(frame, p, now, after, month, r, g)
            _talks_ease(frame, p, now, after, r, g)
        for d in range(frame.dyad_id.shape[0]):
            after.hostility[r, d] = toward(after.hostility[r, d], now.hostility_level[r, d], p.hostility_fading)
            after.guard[r, d] = toward(after.guard[r, d], now.guard_level[r, d], p.guard_relaxing)
