"""Slow variables drift: hardship, legitimacy, capacity, prestige, hostility, guard, stake, credibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.formulas import toward

if TYPE_CHECKING:
    from reference.agents import Group, State
    from reference.things import Way


def recover(state: State) -> None:
    """Let a state's hardship, legitimacy, capacity and prestige drift, and talks come nearer to their end."""
    p, now, after = state.model.p, state.now, state.next
    hardship, believed = _levels(state)
    after.hardship = toward(after.hardship, hardship, p.hardship_recovery)
    arrived = sum(way.month.refugees for way in state.ways_in)
    if arrived > 0.0:
        per_hundred = min(arrived / (state.population * 1e4), 1.0)
        after.hardship = toward(after.hardship, 1.0, p.screening_cost * now.screening * per_hundred)
    if now.in_conflict:
        after.hardship = toward(after.hardship, 1.0, p.hardship_war)
        after.capacity = toward(after.capacity, 0.0, p.capacity_war)
        believed *= p.legitimacy_war
    else:
        after.capacity = toward(after.capacity, now.capacity_level, p.capacity_recovery)
    after.legitimacy = toward(after.legitimacy, believed, p.legitimacy_rate)
    after.prestige = toward(after.prestige, now.prestige_level, p.prestige_fading)
    after.talks_left = max(after.talks_left - 1, 0)


def _levels(state: State) -> tuple[float, float]:
    """Return where hardship and legitimacy go: what others do to the group that governs moves both."""
    p, now = state.model.p, state.now
    if now.governed_by is None:
        return now.hardship_level, now.legitimacy_level
    treated = now.governed_by.treated()
    relieved = now.hardship_level * (1.0 - p.aid_relief * treated["aid"])
    return (
        toward(relieved, 1.0, p.sanction_hardship * treated["sanctions"]),
        toward(now.legitimacy_level, 1.0, p.recognition_legitimacy * treated["recognised"]),
    )


def settle(group: Group) -> None:
    """Let a group's stake follow what it is offered, its word recover while it keeps quiet, and talks ease hostility."""
    p, now, after = group.model.p, group.now, group.next
    offered = p.stake_base
    if now.governs is not None:
        treated = group.treated()
        accepted = p.recognised_counts * treated["recognised"] + (1.0 - p.recognised_counts) * treated["engaged"]
        offered += p.stake_rule + p.stake_recognition * accepted + p.stake_aid * treated["aid"]
    after.stake = toward(after.stake, offered, p.stake_rate)
    if group.month.attempts == 0:
        after.credibility = toward(
            after.credibility, p.word_uncontrolled + (1.0 - p.word_uncontrolled) * now.control, p.credibility_rate
        )
    if now.governs is group.home:
        for tie in group.ties.values():
            if tie.way_from_home is not None and tie.now.engage:
                for way in (tie.way_from_home, tie.way_from_home.back):
                    way.next.hostility = toward(way.next.hostility, 0.0, p.engagement_eases)


def calm(way: Way) -> None:
    """Let hostility and guard return to their levels."""
    p = way.source.model.p
    way.next.hostility = toward(way.next.hostility, way.now.hostility_level, p.hostility_fading)
    way.next.guard = toward(way.next.guard, way.now.guard_level, p.guard_relaxing)
