"""What groups choose: govern, police rivals at home, build cells in a neighbour, or raid it."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

import math

from stability_sim.compilation import inlined, kernel
from stability_sim.dynamics.instruments import means
from stability_sim.randomness import STREAM_GROUP_CHOICE, fill_uniform
from stability_sim.world.vocabulary import BUILD, GOVERN, POLICE, RAID


@inlined
def rivals_at_home(frame, now, r, g):
    """Return the fighters of other groups in the home of a group."""
    home = frame.group_home[g]
    total = 0.0
    for k in range(frame.local_start[home], frame.local_start[home + 1]):
        tie = frame.local_ties[k]
        if frame.tie_group[tie] != g:
            total += now.fighters[r, tie]
    return total


@inlined
def utility_at_home(frame, p, now, action, rivals, r, g):
    """Return the utility of governing (what there is to lose) or of policing rivals (how many they are)."""
    governs = 1.0 if now.governs[r, g] >= 0 else 0.0
    if action == GOVERN:
        return p.govern_base + p.govern_stake * now.stake[r, g] * governs
    own = now.fighters[r, frame.home_tie[g]]
    felt = rivals / (rivals + 0.05 * own + 1.0)
    return governs * p.police_rivals * felt + p.police_control * now.control[r, g] - p.police_cost


@inlined
def utilities_abroad(frame, p, now, month, route, r, g):
    """Return the utilities of building cells behind a border and of raiding across it: aim, weakness, kin, less risk.

    Who has no address has nothing to lose there: a clandestine group is not deterred.
    """
    d = frame.onward_dyad[route]
    aim = now.group_export_aim[r, g]
    seen = month.detection[r, d]
    soft = month.susceptibility[r, frame.dyad_target[d]]
    lose = (1.0 - frame.clandestine[g]) * now.stake[r, g] * now.control[r, g]
    kin = frame.tie_kin[frame.onward_tie[route]]
    building = aim * (p.build_aim + p.build_soft * soft + p.build_kin * kin) - p.build_risk * seen - p.build_stake * lose
    raiding = aim * (p.raid_aim + p.raid_soft * soft + p.raid_hostility * now.hostility[r, d]) - p.raid_risk * seen
    raiding -= p.raid_stake * lose + p.raid_cost
    if now.governs[r, g] >= 0:
        raiding -= p.raid_governs
    return building, raiding


@inlined
def _weigh(frame, p, now, month, r, g):
    """Write the weight of each option of a group: govern, police, then build and raid for each way out of home."""
    home = frame.home_tie[g]
    rivals = rivals_at_home(frame, now, r, g) if now.governs[r, g] >= 0 else 0.0  # only who governs can police
    month.weights[r, 0] = math.exp(p.choice_precision * utility_at_home(frame, p, now, GOVERN, rivals, r, g))
    month.weights[r, 1] = math.exp(p.choice_precision * utility_at_home(frame, p, now, POLICE, rivals, r, g))
    option = 2
    for route in range(frame.onward_start[home], frame.onward_start[home + 1]):
        building, raiding = utilities_abroad(frame, p, now, month, route, r, g)
        month.weights[r, option] = math.exp(p.choice_precision * building)
        month.weights[r, option + 1] = math.exp(p.choice_precision * raiding)
        option += 2
    return option


@inlined
def _choose(month, n_options, u, r, g):
    """Write the action and target at quantile ``u`` of the logit choice of a group."""
    total = 0.0
    for option in range(n_options):
        total += month.weights[r, option]
    left = u * total
    option = 0
    while option < n_options - 1 and left >= month.weights[r, option]:
        left -= month.weights[r, option]
        option += 1
    if option < 2:
        month.group_action[r, g] = GOVERN if option == 0 else POLICE
        return
    month.group_action[r, g] = BUILD if option % 2 == 0 else RAID
    month.group_target[r, g] = (option - 2) // 2


@inlined
def _police(frame, p, now, after, r, g):
    """Let a group that governs take out part of its rivals' fighters and cells at home, as far as it controls its own."""
    home = frame.group_home[g]
    share = p.rivals_policed * now.control[r, g]
    for k in range(frame.local_start[home], frame.local_start[home + 1]):
        tie = frame.local_ties[k]
        if frame.tie_group[tie] != g:
            after.fighters[r, tie] -= share * now.fighters[r, tie]
            after.cells[r, tie] -= share * now.cells[r, tie]


@inlined
def _fight_rivals(frame, p, now, after, r, g):
    """Let groups that share a home wear each other down: each loses a share of N·M/(N + M), M the others' fighters."""
    tie = frame.home_tie[g]
    own = now.fighters[r, tie]
    rivals = rivals_at_home(frame, now, r, g)
    if rivals > 0.0:
        after.fighters[r, tie] -= p.rivalry_losses * own * rivals / (own + rivals)


@inlined
def _at_home(frame, p, now, after, month, r, g):
    """Let a group recruit, go home after its war, wear down its rivals and be worn down by them."""
    home = frame.group_home[g]
    tie = frame.home_tie[g]
    own = now.fighters[r, tie]
    if own <= 0.0:
        return
    if now.governs[r, g] < 0:
        if month.group_action[r, g] == GOVERN:
            scarce = now.hardship[r, home] * (1.0 - now.capacity[r, home])
            after.fighters[r, tie] += p.recruits * scarce * means(frame, p, now, g, r) * own
        if now.in_conflict[r, home] == 0:
            after.fighters[r, tie] -= p.demobilisation * own
    if month.group_action[r, g] == POLICE:
        _police(frame, p, now, after, r, g)
    _fight_rivals(frame, p, now, after, r, g)


@kernel
def group_decisions(frame, p, now, after, month, log, seed, replicates, t):
    """Let each group that chooses and has fighters choose what to do this month."""
    for r in range(replicates.shape[0]):
        fill_uniform(month.draws, r, seed, replicates[r], t, STREAM_GROUP_CHOICE, frame.group_id)
        for g in range(frame.group_id.shape[0]):
            if frame.group_chooses[g] == 1 and now.fighters[r, frame.home_tie[g]] > 0.0:
                _choose(month, _weigh(frame, p, now, month, r, g), month.draws[r, g], r, g)


@kernel
def group_policy(frame, p, now, after, month, log, seed, replicates, t):
    """Carry out what the groups chose to do at home; what they chose abroad has processes of its own."""
    for r in range(replicates.shape[0]):
        for g in range(frame.group_id.shape[0]):
            _at_home(frame, p, now, after, month, r, g)
