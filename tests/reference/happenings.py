"""Events of the file: dated or triggered; they change the world before anybody looks at it."""

from __future__ import annotations

import math
import operator
from collections import deque
from typing import Any

from reference.draws import number_of
from reference.endings import close
from reference.formulas import toward
from reference.onset import new_pair, rage, rise
from reference.policy import hold_summit, left_out
from reference.war import sum_up
from stability_sim.scenario import Condition, parse_trigger
from stability_sim.scenario import events as kinds
from stability_sim.scenario.events import METRICS, month_index

USUAL_RANK = 0.6
COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq}
SUPPORT = {"external_support": "support"}
DRIFTING = {"capacity", "legitimacy", "hardship", "prestige", "guard", "hostility"}
GIVEN = ("troops", "arms", "funds", "sanctuary")
STANCES = ("engage", "recognise", "listed", "embassy", "sanction", "aid")


class Watched:
    """One condition on the world; what is counted is remembered over its window of past months."""

    def __init__(self, model: Any, condition: Condition) -> None:
        self.model, self.condition = model, condition
        self.past: deque[float] = deque(maxlen=condition.window_months or 1)

    def holds(self) -> bool:
        """Return whether the condition holds now."""
        counted = METRICS[self.condition.metric].counted
        value = sum(self.past) if counted else self._present()
        return COMPARE[self.condition.comparison](value, self.condition.threshold)

    def remember(self) -> None:
        """Remember what was counted this month."""
        if METRICS[self.condition.metric].counted:
            self.past.append(self._happened())

    def _present(self) -> float:
        model, names = self.model, self.condition.arguments
        match self.condition.metric:
            case "month":
                return float(model.month)
            case "conflicts":
                return sum(state.now.in_conflict for state in model.states.values())
            case "cells":
                tie = model.groups[names[0]].ties.get(names[1])  # none where the group never comes
                return tie.now.cells if tie else 0.0
        state = model.states[names[0]]
        match self.condition.metric:
            case "conflict":
                return float(state.now.in_conflict)
            case "refugees":
                return state.hosted / (state.population * 1e4)
            case "hardship":
                return state.now.hardship
        return state.now.legitimacy

    def _happened(self) -> float:
        model, name = self.model, self.condition.arguments[0]
        match self.condition.metric:
            case "incidents":
                a, b = name.replace(">", "-").split("-")
                return model.ways[a, b].border.incidents
            case "crossings":
                return model.groups[name].month.attempts
            case "deaths":
                return model.states[name].next.deaths
        return sum(getattr(way.month, self.condition.metric) for way in model.states[name].ways_in)


class Event:
    """One event of the file, with its date or its conditions."""

    def __init__(self, model: Any, given: kinds.Happening, name: str, first_row: int) -> None:
        self.model, self.given, self.name, self.first_row = model, given, name, first_row
        self.month = month_index(given.on, model.case.start) if given.on else None
        self.conditions = [Watched(model, c) for c in parse_trigger(given.when)] if given.when else []
        self.happened = False

    @property
    def n_rows(self) -> int:
        """Return into how many single changes it falls."""
        match self.given:
            case kinds.StanceChange():
                return sum(getattr(self.given, field) is not None for field in STANCES)
            case kinds.SupportChange():
                return sum(getattr(self.given, field) is not None for field in GIVEN)
            case kinds.Setting():
                return sum(2 if path.startswith(("borders", "corridors")) and "-" in path else 1 for path in self.given.set)
        return 1

    def happen_if_due(self) -> None:
        """Happen, if it is the month or the conditions hold."""
        if self.month is not None:
            due = self.month == self.model.month
        else:
            due = (self.given.repeats or not self.happened) and all(c.holds() for c in self.conditions)
        if due:
            if self.conditions:
                self.model.tell("event", None, None, self._first_change(), value=float(self.first_row))
            self.happened = True
            HAPPEN[type(self.given)](self.model, self.given, self.name)

    def _first_change(self) -> str:
        """Return the word of the log for its first change."""
        match self.given:
            case kinds.StanceChange():
                return next(field for field in STANCES if getattr(self.given, field) is not None)
            case kinds.Setting():
                section, *deeper = next(iter(self.given.set)).split(".")
                words = {"states": "set_state", "groups": "set_members" if len(deeper) > 2 else "set_group"}
                return words.get(section, "set_dyad")
            case kinds.Withdrawal():
                if (self.given.withdraw, self.given.support_to) in self.model.supports:
                    return "withdraw_support"
                return "withdraw_state" if self.given.support_to in self.model.states else "withdraw_group"
        return kinds.event_kind(self.given) or ""


def events(model: Any) -> list[Event]:
    """Return the events of a scenario, each named by what it is and how often it was said before."""
    made: list[Event] = []
    seen: dict[str, int] = {}
    row = 0
    for given in model.case.events:
        kind = kinds.event_kind(given)
        name = f"{kind}:{getattr(given, kind or '', '')}@{given.on or given.when}"
        seen[name] = seen.get(name, -1) + 1
        made.append(Event(model, given, f"event:{name}#{seen[name]}:0", row))
        row += made[-1].n_rows
    return made


def _summit(model: Any, event: kinds.Summit, name: str) -> None:
    p = model.p
    rank = min(event.rank[party].value if party in event.rank else USUAL_RANK for party in event.parties)
    states = [party for party in event.parties if party in model.states]
    groups = [model.groups[party] for party in event.parties if party in model.groups]
    listed = any(group.ties[code].now.listed for group in groups for code in states if code in group.ties)
    about = model.states[event.about]
    inside = sum(group.ties[event.about].now.fighters for group in groups if event.about in group.ties)
    spoiled = p.summit_spoiler * len(event.absent) + p.summit_veto * len(event.vetoes)
    spoiled += p.summit_outsiders * left_out(about, inside)
    hold_summit(model.states[event.host], about, rank, spoiled, listed, number_of(name))


def _drill(model: Any, event: kinds.Drill, _: str) -> None:
    places = [model.states[code] for code in event.at.replace(">", "-").split("-")]
    model.alliances[event.drill].drill(places, event.size.value)


def _stance(model: Any, event: kinds.StanceChange, _: str) -> None:
    group = model.groups[event.to]
    stance = group.ties[event.stance].now
    for field in STANCES[:4]:
        if getattr(event, field) is not None:
            setattr(stance, field, getattr(event, field))
    if event.sanction is not None:
        stance.sanction = event.sanction.value
    if event.aid is not None:
        cut = max(stance.aid - event.aid.value, 0.0)
        people = group.home.now
        people.hardship = toward(people.hardship, 1.0, model.p.aid_cut_shock * cut)
        stance.aid = event.aid.value


def _setting(model: Any, event: kinds.Setting, _: str) -> None:
    for path, quantity in event.set.items():
        section, name, field, *where = path.split(".")
        if where:
            setattr(model.groups[name].ties[where[0]].now, field, quantity.value)
            continue
        for thing in _named(model, section, name):
            setattr(thing.now, SUPPORT.get(field, field), quantity.value)
            if field in DRIFTING:
                setattr(thing.now, f"{field}_level", quantity.value)


def _named(model: Any, section: str, name: str) -> list[Any]:
    if section == "states":
        return [model.states[name]]
    if section == "groups":
        return [model.groups[name]]
    if ">" in name:
        source, target = name.split(">")
        return [model.ways[source, target]]
    a, b = name.split("-")
    return [model.ways[a, b], model.ways[b, a]]


def _support(model: Any, event: kinds.SupportChange, _: str) -> None:
    now = model.supports[event.support, event.to].now
    for field in GIVEN:
        if getattr(event, field) is not None:
            setattr(now, field, getattr(event, field).value)


def _withdrawal(model: Any, event: kinds.Withdrawal, _: str) -> None:
    given = model.supports.get((event.withdraw, event.support_to))
    if given is not None:
        for field in GIVEN:
            setattr(given.now, field, getattr(given.now, field) * (1.0 - event.share.value))
        return
    supported = model.states.get(event.support_to) or model.groups[event.support_to]
    supported.now.support *= 1.0 - event.share.value


def _displacement(model: Any, event: kinds.Displacement, _: str) -> None:
    model.states[event.displacement].month.displaced += event.people.value


def _outbreak(model: Any, event: kinds.Outbreak, _: str) -> None:
    state, deaths = model.states[event.outbreak], event.deaths_per_year.value
    conflict = new_pair(state, known=True)
    if state.now.in_conflict or conflict is None:
        return
    state.month.outbreaks += 1
    rise(conflict)
    rage(conflict, math.log(max(deaths, 1.0)))
    conflict.now.channel, conflict.now.source, conflict.now.way = None, state, None
    sum_up(state)
    model.tell("outbreak", state, state, "", conflict.group.name if conflict.group else None, value=deaths)


def _peace(model: Any, event: kinds.Peace, _: str) -> None:
    state = model.states[event.peace]
    for conflict in state.conflicts:
        if conflict.now.fought:
            close(conflict, "settlement")
    sum_up(state)


def _attack(model: Any, event: kinds.Attack, _: str) -> None:
    attacker = event.attack
    if attacker in model.groups:
        given = model.case.groups[attacker]
        attacker = given.governs or given.home
    model.ways[attacker, event.on_state].month.attack_by_file = True


def _deployment(model: Any, event: kinds.Deployment, _: str) -> None:
    pacts = model.states[event.deploy].pacts_to_help
    pact = next(pact for pact in pacts if pact.ally.state.code == event.to)
    pact.now.deployed, pact.now.left = event.forces.value, round(event.months.value)


HAPPEN = {
    kinds.Summit: _summit,
    kinds.Drill: _drill,
    kinds.StanceChange: _stance,
    kinds.Setting: _setting,
    kinds.SupportChange: _support,
    kinds.Withdrawal: _withdrawal,
    kinds.Displacement: _displacement,
    kinds.Outbreak: _outbreak,
    kinds.Peace: _peace,
    kinds.Attack: _attack,
    kinds.Deployment: _deployment,
}
