"""Slow variables: hardship, legitimacy, capacity, prestige, hostility, guard, what a group has to lose, its word."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.compilation import inlined, kernel
from stability_sim.dynamics.formulas import toward


@inlined
def _outside_pressure(frame, now, g, r):
    """Return the aid to the people under a group, the sanctions on them, and the share of states that recognise it."""
    needy = 1.0
    free = 1.0
    recognised = 0.0
    n = 0
    for tie in range(frame.tie_start[g], frame.tie_start[g + 1]):
        if tie != frame.home_tie[g]:
            needy *= 1.0 - now.aid[r, tie]
            free *= 1.0 - now.sanction[r, tie]
            recognised += 0.7 * now.recognise[r, tie] + 0.3 * now.engage[r, tie]
            n += 1
    share = recognised / n if n > 0 else 0.0
    return 1.0 - needy, 1.0 - free, share


@inlined
def _hardship_level(frame, p, now, r, i):
    """Return the level to which hardship returns: relieved by aid, raised by sanctions on the group that governs."""
    level = now.hardship_level[r, i]
    g = now.governed_by[r, i]
    if g < 0:
        return level
    aid, sanctions, _ = _outside_pressure(frame, now, g, r)
    relieved = level * (1.0 - p.aid_relief * aid)
    return toward(relieved, 1.0, p.sanction_hardship * sanctions)


@inlined
def _state(frame, p, now, after, r, i):
    """Let the slow variables of a state drift."""
    level = _hardship_level(frame, p, now, r, i)
    after.hardship[r, i] = toward(after.hardship[r, i], level, p.hardship_recovery)
    believed = now.legitimacy_level[r, i]
    if now.in_conflict[r, i] == 1:
        after.hardship[r, i] = toward(after.hardship[r, i], 1.0, p.hardship_war)
        after.capacity[r, i] = toward(after.capacity[r, i], 0.0, p.capacity_war)
        believed *= 0.8
    else:
        after.capacity[r, i] = toward(after.capacity[r, i], now.capacity_level[r, i], p.capacity_recovery)
    after.legitimacy[r, i] = toward(after.legitimacy[r, i], believed, p.legitimacy_rate)
    after.prestige[r, i] = toward(after.prestige[r, i], now.prestige_level[r, i], p.prestige_fading)
    if after.talks_left[r, i] > 0:
        after.talks_left[r, i] -= 1


@inlined
def _group(frame, p, now, after, month, r, g):
    """Let what a group has to lose follow recognition and aid, and its word recover while it keeps quiet."""
    offered = 0.1
    if now.governs[r, g] >= 0:
        aid, _, recognised = _outside_pressure(frame, now, g, r)
        offered += 0.2 + 0.4 * recognised + 0.3 * aid
    after.stake[r, g] = toward(after.stake[r, g], offered, p.stake_rate)
    if month.attempts[r, g] == 0:
        kept = 0.5 + 0.5 * now.control[r, g]
        after.credibility[r, g] = toward(after.credibility[r, g], kept, p.credibility_rate)


@kernel
def recovery(frame, p, now, after, month, log, seed, replicates, t):
    """Let all slow variables drift by a month."""
    for r in range(replicates.shape[0]):
        for i in range(frame.state_id.shape[0]):
            _state(frame, p, now, after, r, i)
        for g in range(frame.group_id.shape[0]):
            _group(frame, p, now, after, month, r, g)
        for d in range(frame.dyad_id.shape[0]):
            after.hostility[r, d] = toward(after.hostility[r, d], now.hostility_level[r, d], p.hostility_fading)
            after.guard[r, d] = toward(after.guard[r, d], now.guard_level[r, d], p.guard_relaxing)
