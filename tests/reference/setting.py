"""From a resolved scenario to agents and what lies between them."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from reference.agents import Alliance, Group, State
from reference.draws import number_of
from reference.things import (
    Border,
    GroupCondition,
    Member,
    MemberCondition,
    Pact,
    PactCondition,
    Route,
    StateCondition,
    Tie,
    TieCondition,
    Way,
    WayCondition,
)
from stability_sim.scenario import DirectedBorder, Scenario, directed, parameters_of
from stability_sim.scenario.parameters import PARAMETERS

REACH = 2  # steps from its home that a group can take


def parameters(scenario: Scenario) -> SimpleNamespace:
    """Return the parameters: defaults, what the file sets, what its rules set."""
    p = {name: spec.value for name, spec in PARAMETERS.items()}
    p |= {name: quantity.value for name, quantity in scenario.parameters.items()}
    return SimpleNamespace(**p | parameters_of(scenario.rules))


def states(model: Any, scenario: Scenario) -> dict[str, State]:
    """Return the states as they are at the beginning."""
    made = {}
    for code, given in scenario.states.items():
        levels = {name: getattr(given, name).value for name in ("capacity", "legitimacy", "hardship", "prestige")}
        now = StateCondition(
            **levels,
            **{f"{name}_level": value for name, value in levels.items()},
            forces=given.forces.value,
            support=given.external_support.value,
            screening=given.screening.value,
            managed_refugees=given.managed_refugees.value,
            peacekeeping=given.peacekeeping.value,
            export_aim=given.export_aim.value,
            in_conflict=given.in_conflict,
            log_deaths=math.log(max(given.deaths_per_year.value, 1.0)),
            conflict_age=round(given.conflict_age.value) if given.in_conflict else 0,
            since_conflict=0 if given.in_conflict else round(given.since_conflict.value),
        )
        made[code] = State(model, code, given, now)
    return made


def _gravity(target: Any, numbers: DirectedBorder, p: SimpleNamespace) -> float:
    """Return how a refuge draws: distance, adjacency, population and income of the target."""
    return math.exp(
        p.gravity_distance * math.log(numbers.distance_km + 100.0)
        + (0.0 if numbers.is_corridor else p.gravity_adjacent)
        + p.gravity_population * math.log(target.population.value)
        + p.gravity_income * math.log(max(target.gdp_per_capita.value, 0.1))
    )


def ways(scenario: Scenario, at: dict[str, State], p: SimpleNamespace) -> tuple[dict[tuple[str, str], Way], list[Border]]:
    """Return all ways and borders, and tell the states of theirs."""
    numbers = directed(scenario)
    made: dict[tuple[str, str], Way] = {}
    for source in at:
        for target in sorted(at):
            if (source, target) not in numbers:
                continue
            given = numbers[source, target]
            now = WayCondition(given.guard, given.openness, given.hostility, given.refugees, given.guard, given.hostility)
            gravity = _gravity(scenario.states[target], given, p)
            way = Way(
                at[source], at[target], number_of(f"dyad:{source}>{target}"), given.is_corridor, given.ruggedness, given.kin,
                given.trade, gravity, now, now,
            )  # fmt: skip
            made[source, target] = way
            at[source].ways_out.append(way)
    for way in sorted(made.values(), key=lambda way: way.source.code):
        way.target.ways_in.append(way)
        way.back = made[way.target.code, way.source.code]
    return made, _borders(made, numbers)


def _borders(made: dict[tuple[str, str], Way], numbers: dict[tuple[str, str], DirectedBorder]) -> list[Border]:
    borders = []
    for way in made.values():
        if way.border is None and not way.is_corridor:
            pair = (way.source.code, way.target.code)
            length = 0.5 * (numbers[pair].length_km + numbers[pair[::-1]].length_km)
            border = Border("-".join(pair), number_of(f"border:{'-'.join(sorted(pair))}"), way, way.back, length)
            way.border = way.back.border = border
            borders.append(border)
    return borders


def groups(model: Any, scenario: Scenario, at: dict[str, State]) -> dict[str, Group]:
    """Return the groups, with their ties to states."""
    made = {}
    for name, given in scenario.groups.items():
        now = GroupCondition(
            given.export_aim.value, given.control.value, given.stake.value, given.credibility.value, given.external_support.value
        )
        group = Group(model, name, given, at[given.home], now)
        if given.governs:
            now.governs = at[given.governs]
            at[given.governs].now.governed_by = group
        made[name] = group
    for group in made.values():
        _tie(group, scenario, at)
    for state in at.values():
        _rebel(state)
    return made


def _within_reach(home: State) -> set[str]:
    """Return the states that a group can reach from its home."""
    reached, edge = {home.code}, [home]
    for _ in range(REACH):
        edge = [way.target for state in edge for way in state.ways_out if way.target.code not in reached]
        reached |= {state.code for state in edge}
    return reached


def _tie(group: Group, scenario: Scenario, at: dict[str, State]) -> None:
    """Tie a group to the states where it is, that it can reach, where it has kin, or that have a stance to it."""
    given = scenario.groups[group.name]
    stances = {stance.of: stance for stance in scenario.stances if stance.to == group.name}
    treating = set(stances) | {e.stance for e in scenario.events if hasattr(e, "stance") and e.to == group.name}
    near = _within_reach(group.home) | set(given.fighters) | set(given.cells) | set(given.kin) | treating
    for code in sorted(near):
        state = at[code]
        now = TieCondition(
            fighters=given.fighters[code].value if code in given.fighters else 0.0,
            cells=given.cells[code].value if code in given.cells else 0.0,
        )
        if code in stances:
            stance = stances[code]
            now.engage, now.recognise, now.listed, now.embassy = stance.engage, stance.recognise, stance.listed, stance.embassy
            now.sanction, now.aid = stance.sanction.value, stance.aid.value
        kin = given.kin[code].value if code in given.kin else 0.0
        tie = Tie(group, state, number_of(f"tie:{group.name}@{code}"), kin, now, now)
        tie.way_from_home = next((way for way in group.home.ways_out if way.target is state), None)
        group.ties[code] = tie
        state.ties.append(tie)
    for tie in group.ties.values():
        onward = [way for way in tie.state.ways_out if way.target is not group.home and way.target.code in group.ties]
        tie.routes = [Route(way, group.ties[way.target.code]) for way in onward]


def _rebel(state: State) -> None:
    """Let the strongest group at home in a state at war that does not govern it be its rebels."""
    if state.now.in_conflict:
        rebels = [tie for tie in state.ties if not tie.abroad and tie.group.now.governs is not state]
        if rebels:
            state.now.rebels = max(rebels, key=lambda tie: tie.now.fighters).group


def alliances(model: Any, scenario: Scenario, at: dict[str, State], p: SimpleNamespace) -> dict[str, Alliance]:
    """Return the alliances, with members and pacts."""
    made = {}
    for name, given in scenario.alliances.items():
        alliance = Alliance(model, name, given, at[given.lead] if given.lead else None)
        for code in given.members:
            share = given.reliability[code].value if code in given.reliability else p.honour_rate
            share = min(max(share, 0.01), 0.99)
            now = MemberCondition(p.honour_weight * share, p.honour_weight * (1.0 - share))
            alliance.members[code] = Member(alliance, at[code], now, now)
        for helper in alliance.members.values():
            for ally in alliance.members.values():
                if helper is not ally:
                    number = number_of(f"pact:{name}:{helper.state.code}>{ally.state.code}")
                    now = PactCondition()
                    pact = Pact(alliance, helper, ally, number, now, now)
                    alliance.pacts.append(pact)
                    helper.state.pacts_to_help.append(pact)
                    ally.state.pacts_to_be_helped.append(pact)
        made[name] = alliance
    return made
