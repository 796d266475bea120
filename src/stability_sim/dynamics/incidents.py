"""Three rungs that are never merged: skirmishes on a border, raids across it, overt attacks."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.dynamics.alliances import credible_alliance, fresh_drill
from stability_sim.dynamics.formulas import HALF, PERSONS_PER_THOUSAND, logistic, toward, write
from stability_sim.dynamics.perception import misjudged
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import STREAM_ATTACK, STREAM_INCIDENTS, STREAM_RAID, fill_uniform, poisson, uniform
from stability_sim.world.vocabulary import LOG_ATTACK, LOG_RAID, RAID


@inlined
def _embitter(frame, after, r, d, share):
    """Raise the hostility of a dyad, both ways."""
    reverse = frame.dyad_reverse[d]
    after.hostility[r, d] = toward(after.hostility[r, d], 1.0, share)
    after.hostility[r, reverse] = toward(after.hostility[r, reverse], 1.0, share)


@kernel
def incidents(frame, p, now, after, month, log, seed, replicates, t):
    """Draw the skirmishes on each border: Poisson with rate ι·exp(a(h − ½)) a month, more on a long one."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        fill_uniform(month.draws, key, STREAM_INCIDENTS, frame.border_id)
        for b in range(frame.border_id.shape[0]):
            d = frame.border_dyad[b]
            h = HALF * (now.hostility[r, d] + now.hostility[r, frame.dyad_reverse[d]])
            month.skirmish_rate[b] = p.incidents_per_month * frame.border_scale[b] * exp(p.incident_hostility * (h - HALF))
            month.quiet[b] = exp(-month.skirmish_rate[b])
        for b in range(frame.border_id.shape[0]):
            if month.draws[b] > month.quiet[b]:
                count = poisson(month.skirmish_rate[b], month.quiet[b], month.draws[b])
                month.incidents[r, b] = count
                _embitter(frame, after, r, frame.border_dyad[b], 1.0 - exp(-p.embitters_incident * count))


@kernel
def raids(frame, p, now, after, month, log, seed, replicates, t):
    """Let the groups that chose to raid try: a watched border stops more of them."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for g in range(frame.group_id.shape[0]):
            if month.group_action[r, g] != RAID:
                continue
            d = frame.onward_dyad[frame.onward_start[frame.home_tie[g]] + month.group_target[r, g]]
            month.attempts[r, g] += 1
            chance = p.raid_success * (1.0 - p.raid_watched * month.detection[r, d])
            if uniform(key, STREAM_RAID, frame.group_id[g]) < chance:
                month.raids[r, d] += 1
                after.credibility[r, g] = toward(after.credibility[r, g], 0.0, p.word_broken)
                _embitter(frame, after, r, d, p.embitters_raid)
                write(log, key, r, LOG_RAID, frame.dyad_target[d], frame.dyad_source[d], 0, g, frame.dyad_border[d], 1.0)


@inlined
def _forces(frame, now, r, i):
    """Return the forces that fight for a state: its own, those of the group that governs it, those of allies."""
    total = now.forces[r, i]
    g = now.governed_by[r, i]
    if g >= 0:
        total += now.fighters[r, frame.home_tie[g]] / PERSONS_PER_THOUSAND
    for k in range(frame.ally_start[i], frame.ally_start[i + 1]):
        total += now.deployed[r, frame.ally_pacts[k]]
    return total


@inlined
def wants_attack(now, r, i):
    """Return how much whoever governs a state wants to attack: its export aim."""
    g = now.governed_by[r, i]
    return now.group_export_aim[r, g] if g >= 0 else now.state_export_aim[r, i]


@inlined
def probability_of_attack(frame, p, now, month, r, d):
    """Return the monthly probability of an overt attack along a dyad; 0 for a government that wants none.

    logit p = a0 + a1·ω + a2·ln(force ratio) + a3·h − δA·C − δE·E + δD·D, with C as the attacker sees it.
    """
    i, j = frame.dyad_source[d], frame.dyad_target[d]
    aim = wants_attack(now, r, i)
    if aim <= 0.0:
        return 0.0
    g = now.governed_by[r, i]
    stake = now.stake[r, g] if g >= 0 else p.state_stake
    believed = credible_alliance(frame, p, now, r, i, j)
    if g >= 0 and 0.0 < believed < 1.0:
        believed = misjudged(believed, 1.0, month.group_error[r, g])
    ratio = (_forces(frame, now, r, i) + 1.0) / (_forces(frame, now, r, j) + 1.0)
    return logistic(
        p.attack_baseline
        + p.attack_aim * aim
        + p.attack_force * math.log(ratio)
        + p.attack_hostility * now.hostility[r, d]
        - p.alliance_deters * believed
        - p.stake_deters * stake
        + p.drill_effect * fresh_drill(frame, now, r, i, j)
    )


@inlined
def _attack(frame, p, now, after, month, log, key, r, d):
    """Attack along a dyad: the word of the attacker is broken, the attacked suffers, both are embittered."""
    i, j = frame.dyad_source[d], frame.dyad_target[d]
    month.attacks[r, d] += 1
    g = now.governed_by[r, i]
    if g >= 0:
        after.credibility[r, g] = toward(after.credibility[r, g], 0.0, p.attack_breaks_word * p.word_broken)
    after.hardship[r, j] = toward(after.hardship[r, j], 1.0, p.attack_hardship)
    _embitter(frame, after, r, d, p.embitters_attack)
    write(log, key, r, LOG_ATTACK, j, i, 0, g, frame.dyad_border[d], 1.0)


@inlined
def _any_forced(frame, month, r):
    """Return whether an event of the scenario makes somebody attack this month."""
    forced = 0
    for d in range(frame.dyad_id.shape[0]):
        forced += month.forced_attack[r, d]
    return forced > 0


@inlined
def _attacks_from(frame, p, now, after, month, log, key, r, i, wants_attacks):
    """Draw the overt attacks from one state on those that it borders."""
    for d in range(frame.dyad_start[i], frame.dyad_start[i + 1]):
        attacked = month.forced_attack[r, d] == 1
        if wants_attacks and not attacked and frame.dyad_border[d] >= 0:
            attacked = month.draws[d] < probability_of_attack(frame, p, now, month, r, d)
        if attacked:
            _attack(frame, p, now, after, month, log, key, r, d)


@kernel
def attacks(frame, p, now, after, month, log, seed, replicates, t):
    """Draw overt attacks of whoever governs a state on the states that it borders."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        fill_uniform(month.draws, key, STREAM_ATTACK, frame.dyad_id)
        forced = _any_forced(frame, month, r)
        for i in range(frame.state_id.shape[0]):
            wants_attacks = wants_attack(now, r, i) > 0.0
            if wants_attacks or forced:
                _attacks_from(frame, p, now, after, month, log, key, r, i, wants_attacks)
