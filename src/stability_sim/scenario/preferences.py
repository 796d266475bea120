"""What governments and groups want: the sizes in the utilities of their choices, all of them judgement.

What matters is their order: guarding removes most of a threat that crosses a border, talking is cheap but costs norms
if the group is listed, a summit buys prestige whatever comes of it. Threats, weights and shares are in [0, 1].
"""

from __future__ import annotations

from stability_sim.scenario.parameter import Parameter


def _size(value: float, high: float, meaning: str) -> Parameter:
    return Parameter(value, 0.0, high, "utility", "J", meaning)


PREFERENCES: dict[str, Parameter] = {
    "engage_security": _size(0.25, 0.6, "Government, engaging a group that governs: threat removed"),
    "engage_prestige": _size(0.1, 0.4, "Government, engaging a group that governs: prestige"),
    "engage_norms": _size(0.1, 0.4, "Government, engaging: norm cost"),
    "engage_cost": _size(0.05, 0.3, "Government, engaging: cost"),
    "listed_norms": _size(0.3, 0.8, "Government, engaging or recognising a group that it lists: further norm cost"),
    "recognise_security": _size(0.2, 0.6, "Government, recognising: threat removed"),
    "recognise_prestige": _size(0.15, 0.4, "Government, recognising: prestige"),
    "recognise_norms": _size(0.7, 1.5, "Government, recognising: norm cost"),
    "recognise_cost": _size(0.1, 0.3, "Government, recognising: cost"),
    "recognise_early": _size(1.0, 2.0, "Government, recognising a group that does not govern, or with which it does not talk: further cost"),
    "sanction_security": _size(0.15, 0.6, "Government, sanctioning a group that governs: threat removed"),
    "sanction_norms": _size(0.15, 0.4, "Government, sanctioning: norms kept"),
    "sanction_cost": _size(0.2, 0.5, "Government, sanctioning: cost"),
    "aid_security": _size(0.2, 0.6, "Government, giving aid under a group that governs: threat removed"),
    "aid_prestige": _size(0.1, 0.4, "Government, giving aid: prestige"),
    "aid_cost": _size(0.15, 0.4, "Government, giving aid: cost"),
    "guard_security": _size(0.5, 1.0, "Government, guarding a border that is not watched: threat removed"),
    "guard_cost": _size(0.1, 0.3, "Government, guarding: cost"),
    "drill_security": _size(0.2, 0.6, "Government, drilling with its allies: threat removed"),
    "drill_prestige": _size(0.1, 0.4, "Government, drilling: prestige"),
    "drill_cost": _size(0.2, 0.5, "Government, drilling: cost"),
    "summit_security": _size(0.1, 0.4, "Government, hosting a summit: threat removed"),
    "summit_glory": _size(0.4, 0.8, "Government, hosting a summit: prestige, for those who have some"),
    "summit_cost": _size(0.3, 0.6, "Government, hosting a summit: cost"),
    "deploy_security": _size(0.25, 0.6, "Government, sending forces to an ally at war: threat removed"),
    "deploy_prestige": _size(0.3, 0.6, "Government, sending forces: prestige"),
    "deploy_cost": _size(0.45, 0.9, "Government, sending forces: cost"),
    "poor_cost": _size(0.2, 0.5, "Government without capacity: further cost of aid and guard, and half of it of drills"),
    "already_done": _size(0.5, 1.0, "Government: what is sanctioned or aided in full already is worth so much less"),
    "talking_already": _size(1.0, 2.0, "Government: engaging or recognising again"),
    "govern_base": _size(0.2, 0.6, "Group, staying at home: base"),
    "govern_stake": _size(0.8, 1.5, "Group, staying at home: what it has to lose if it governs"),
    "police_rivals": _size(0.8, 1.5, "Group that governs, policing: as many rivals as a twentieth of its own fighters count half"),
    "police_control": _size(0.1, 0.4, "Group, policing: control of its own fighters"),
    "police_cost": _size(0.2, 0.5, "Group, policing: cost"),
    "build_aim": _size(0.4, 0.8, "Group, building cells abroad: export aim"),
    "build_soft": _size(0.2, 0.5, "Group, building cells abroad: aim, times susceptibility of the target"),
    "build_kin": _size(0.3, 0.6, "Group, building cells abroad: aim, times kin there"),
    "build_risk": _size(0.2, 0.5, "Group, building cells abroad: risk of being seen"),
    "build_stake": _size(0.5, 1.0, "Group, building cells abroad: stake times control"),
    "raid_aim": _size(0.2, 0.6, "Group, raiding: export aim"),
    "raid_soft": _size(0.15, 0.5, "Group, raiding: aim, times susceptibility of the target"),
    "raid_hostility": _size(0.4, 0.8, "Group, raiding: aim, times hostility"),
    "raid_risk": _size(0.3, 0.6, "Group, raiding: risk of being seen"),
    "raid_stake": _size(0.7, 1.4, "Group, raiding: stake times control"),
    "raid_cost": _size(0.1, 0.4, "Group, raiding: cost"),
    "raid_governs": _size(0.4, 1.0, "Group that governs, raiding: it answers for what its men do"),
    "sanction_step": Parameter(0.2, 0.05, 0.5, "share", "J", "Government: a choice to sanction moves severity so far toward full"),
    "aid_step": Parameter(0.15, 0.05, 0.5, "share", "J", "Government: a choice to give aid moves it so far toward full"),
    "guard_step": Parameter(0.15, 0.05, 0.5, "share", "J", "Government: a choice to guard moves the watch so far toward full"),
    "own_summit_rank": Parameter(0.5, 0.2, 1.0, "share", "J", "Government: rank of the delegations at a summit that no file scheduled"),
    "own_drill_size": Parameter(0.5, 0.2, 1.0, "share", "J", "Government: size of a drill that no file scheduled"),
}  # fmt: skip
