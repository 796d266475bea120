"""Refugees and hidden cells move."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.draws import Purpose

if TYPE_CHECKING:
    from reference.agents import Group, State
    from reference.things import Route, Tie, Way

NOBODY = 0.01


def flee(state: State) -> None:
    """Send refugees out: ln(a year's flow) = a + b·ln deaths + N(0, σ), shared by gravity times openness; others return."""
    model = state.model
    p = model.p
    people = state.month.displaced
    if state.now.in_conflict:
        noise = model.dice.normal(model.month - model.month % 12, Purpose.REFUGEES, state.number)
        flow = math.exp(p.refugees_intercept + p.refugees_elasticity * state.now.log_deaths + p.refugees_sd * noise)
        people += min(flow / 12.0, p.most_leave_per_month * state.population * 1e6)
    draws = {way: way.gravity * way.now.openness for way in state.ways_out}
    total = sum(draws.values())
    if people > 0.0 and total > 0.0:
        open_on_average = total / sum(way.gravity for way in state.ways_out)
        people *= min(open_on_average / p.openness_enough, 1.0)
        for way, pull in draws.items():
            turned_away = p.screening_false_positives * way.target.now.screening
            way.month.refugees = people * (1.0 - p.elsewhere_share) * (pull / total) * (1.0 - turned_away)
    kept = math.exp(-(p.return_war_per_year if state.now.in_conflict else p.return_peace_per_year) / 12.0)
    for way in state.ways_out:
        way.next.refugees = way.now.refugees * kept + way.month.refugees


def find_cells(state: State) -> None:
    """Find part of the cells in a state, δ(K); those that came over each way become fewer in the same proportion."""
    p = state.model.p
    for tie in state.ties:
        there = tie.now.cells if tie.now.cells >= NOBODY else 0.0
        onward = p.cells_onward if moves_on(tie) else 0.0
        kept = there * (1.0 - (p.cells_loss + p.cells_loss_capacity * state.now.capacity) - onward)
        tie.next.cells += kept - tie.now.cells
        if tie.abroad:
            state.month.cells_before += there
            state.month.cells_left += kept
    if state.month.cells_before > 0.0:
        kept = state.month.cells_left / state.month.cells_before
        for way in state.ways_in:
            way.next.by_crossing = way.now.by_crossing * kept
            way.next.by_refugees = way.now.by_refugees * kept


def moves_on(tie: Tie) -> bool:
    """Return whether cells are enough, and far enough from home, to move on."""
    return tie.abroad and bool(tie.routes) and tie.now.cells >= tie.group.model.p.cells_stay


def hide(state: State) -> None:
    """Hide fighters among those who flee: φ·refugees·(1 − screening), shared among the groups by aim and numbers."""
    p = state.model.p
    if sum(way.month.refugees for way in state.ways_out) <= 0.0:
        return
    would = {tie: _would_leave(tie) for tie in state.ties if tie.group.now.governs is None}
    total = sum(would.values())
    for tie, many in would.items():
        if many <= 0.0:
            continue
        for route in tie.routes:
            missed = 1.0 - route.way.target.now.screening
            people = p.hidden_share * route.way.month.refugees * missed * (many / total)
            route.way.month.hidden += people
            route.way.next.by_refugees += people
            route.tie.next.cells += people


def _would_leave(tie: Tie) -> float:
    return tie.group.now.export_aim * (tie.now.fighters + tie.now.cells)


def send(group: Group) -> None:
    """Send fighters across the border that the group chose: ε·ω·N, and those who are not seen become cells."""
    if group.month.action != "build":
        return
    people = group.model.p.cells_sent * group.now.export_aim * group.at_home.now.fighters * group.means()
    people *= group.model.p.governing_sends if group.now.governs else 1.0
    group.month.attempts += 1
    group.at_home.next.fighters -= people
    _cross(group.month.route, people)


def wander(group: Group) -> None:
    """Let part of the cells away from home go one state on, in equal parts over the ways that lead on."""
    for tie in group.ties.values():
        if moves_on(tie):
            for route in tie.routes:
                _cross(route, group.model.p.cells_onward * tie.now.cells / len(tie.routes))


def _cross(route: Route, people: float) -> None:
    way: Way = route.way
    unseen = people * (1.0 - way.month.detection)
    way.month.crossed += unseen
    way.next.by_crossing += unseen
    route.tie.next.cells += unseen
