"""What groups choose: govern, police rivals at home, build cells in a neighbour, or raid it."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.dynamics.diplomacy import means
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import STREAM_GROUP_CHOICE, fill_uniform
from stability_sim.world.vocabulary import BUILD, GOVERN, POLICE, RAID

# The options of a group in their order: to govern, to police; for each way out of home, to build and to raid.
AT_HOME, PER_WAY = 2, 2


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
def utilities_at_home(frame, p, now, r, g, rivals):
    """Return the utilities of governing (what there is to lose) and of policing rivals (how many they are)."""
    governs = 1.0 if now.governs[r, g] >= 0 else 0.0
    own = now.fighters[r, frame.home_tie[g]]
    felt = rivals / (rivals + p.rivals_felt * own + 1.0)
    governing = p.govern_base + p.govern_stake * now.stake[r, g] * governs
    return governing, governs * p.police_rivals * felt + p.police_control * now.control[r, g] - p.police_cost


@inlined
def at_stake(frame, now, r, g):
    """Return what a group has to lose abroad: who has no address has nothing, a clandestine group is not deterred."""
    return (1.0 - frame.clandestine[g]) * now.stake[r, g] * now.control[r, g]


@inlined
def utilities_abroad(frame, p, now, month, r, way):
    """Return the utilities of building cells behind a border and of raiding across it: aim, weakness, kin, less risk."""
    g = frame.way_group[way]
    d = frame.way_dyad[way]
    aim = now.group_export_aim[r, g]
    detection = month.detection[r, d]
    soft = month.susceptibility[r, frame.way_target[way]]
    lose = month.at_stake[g]
    governs = 1.0 if now.governs[r, g] >= 0 else 0.0
    building = aim * (p.build_aim + p.build_soft * soft + p.build_kin * frame.way_kin[way])
    raiding = aim * (p.raid_aim + p.raid_soft * soft + p.raid_hostility * now.hostility[r, d])
    return (
        building - p.build_risk * detection - p.build_stake * lose,
        raiding - p.raid_risk * detection - p.raid_stake * lose - p.raid_cost - p.raid_governs * governs,
    )


@inlined
def _weigh(frame, p, now, month, r):
    """Write the weight of each option of each group, e^(ψU): govern, police; build or raid for each way out of home.

    In plain loops, whether a group has a choice or not, so that several weights are worked out at once.
    """
    for g in range(frame.group_id.shape[0]):
        rivals = rivals_at_home(frame, now, r, g) if now.governs[r, g] >= 0 else 0.0  # only who governs can police
        month.govern_weight[g], month.police_weight[g] = utilities_at_home(frame, p, now, r, g, rivals)
        month.at_stake[g] = at_stake(frame, now, r, g)
    for g in range(frame.group_id.shape[0]):
        month.govern_weight[g] = exp(p.choice_precision * month.govern_weight[g])
        month.police_weight[g] = exp(p.choice_precision * month.police_weight[g])
    for way in range(frame.way_dyad.shape[0]):
        month.build_weight[way], month.raid_weight[way] = utilities_abroad(frame, p, now, month, r, way)
    for way in range(frame.way_dyad.shape[0]):
        month.build_weight[way] = exp(p.choice_precision * month.build_weight[way])
        month.raid_weight[way] = exp(p.choice_precision * month.raid_weight[way])


@inlined
def _choose(frame, month, r, g, u):
    """Write the action and target at quantile ``u`` of the logit choice of a group.

    Counts the options that are passed over, without leaving the loop: where it would end cannot be predicted.
    """
    first, last = frame.way_start[g], frame.way_start[g + 1]
    total = month.govern_weight[g] + month.police_weight[g]
    for way in range(first, last):
        total += month.build_weight[way] + month.raid_weight[way]
    remaining = u * total - month.govern_weight[g]
    passed = 1 if remaining >= 0.0 else 0
    remaining -= month.police_weight[g]
    passed += 1 if remaining >= 0.0 else 0
    for way in range(first, last):
        remaining -= month.build_weight[way]
        passed += 1 if remaining >= 0.0 else 0
        remaining -= month.raid_weight[way]
        passed += 1 if remaining >= 0.0 else 0
    option = min(passed, AT_HOME + PER_WAY * (last - first) - 1)
    at_home = GOVERN if option == 0 else POLICE
    abroad = BUILD if (option - AT_HOME) % PER_WAY == 0 else RAID
    month.group_action[r, g] = at_home if option < AT_HOME else abroad
    month.group_target[r, g] = max(option - AT_HOME, 0) // PER_WAY


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
            after.fighters[r, tie] += p.recruits * scarce * means(frame, p, now, r, g) * own
        if now.since_conflict[r, home] > 0:
            after.fighters[r, tie] -= p.demobilisation * own
    if month.group_action[r, g] == POLICE:
        _police(frame, p, now, after, r, g)
    _fight_rivals(frame, p, now, after, r, g)


@kernel
def group_decisions(frame, p, now, after, month, log, seed, replicates, t):
    """Let each group that chooses and has fighters choose what to do this month."""
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        fill_uniform(month.draws, key, STREAM_GROUP_CHOICE, frame.group_id)
        _weigh(frame, p, now, month, r)
        for g in range(frame.group_id.shape[0]):
            if frame.group_chooses[g] == 1 and now.fighters[r, frame.home_tie[g]] > 0.0:
                _choose(frame, month, r, g, month.draws[g])


@kernel
def group_policy(frame, p, now, after, month, log, seed, replicates, t):
    """Carry out what the groups chose to do at home; what they chose abroad has processes of its own."""
    for r in range(replicates.shape[0]):
        for g in range(frame.group_id.shape[0]):
            _at_home(frame, p, now, after, month, r, g)
