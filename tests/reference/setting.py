"""From a resolved scenario to agents and what lies between them."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, NamedTuple

from reference.agents import Alliance, Group, State
from reference.draws import number_of
from reference.things import (
    Border,
    Conflict,
    ConflictCondition,
    GroupCondition,
    Member,
    MemberCondition,
    Pact,
    PactCondition,
    Route,
    StateCondition,
    Support,
    SupportCondition,
    Tie,
    TieCondition,
    Way,
    WayCondition,
)
from reference.war import COUNTS
from stability_sim.scenario import DirectedBorder, Scenario, directed, parameters_of
from stability_sim.scenario.events import Setting, SupportChange
from stability_sim.scenario.parameters import PARAMETERS

SPARE = 2  # sides without a name in a state, beside those that the file lists
REACH = 2  # steps from its home that a group can take


class Past(NamedTuple):
    """What the file says of a conflict."""

    fought: bool
    deaths: float
    age: float
    since: float
    ground: float | None = None
    outcome: str | None = None
    usual: float | None = None

    def remembered(self, months: float) -> float:
        """Return which part of the past it was fought in: (1 − e^{−age/τ})·e^{−since/τ}."""
        part = 1.0 - math.exp(-self.age / months)
        return part if self.fought else part * math.exp(-self.since / months)


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
    fighting = {conflict.state for conflict in scenario.conflicts if conflict.group == group.name}
    near = _within_reach(group.home) | set(given.fighters) | set(given.cells) | set(given.kin) | treating | fighting
    near |= {where[1] for name, *where in _set_by_events(scenario) if name == group.name}
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


def _set_by_events(scenario: Scenario) -> list[list[str]]:
    """Return of whom events of the file set the members, which ones, and where."""
    paths = [path.split(".") for event in scenario.events if isinstance(event, Setting) for path in event.set]
    return [steps[1:] for steps in paths if steps[0] == "groups" and len(steps) == 4]


def conflicts(scenario: Scenario, at: dict[str, State], p: SimpleNamespace) -> dict[tuple[str, str], Conflict]:
    """Return who may fight each government, each group with a tie to its state and some without a name, and who does."""
    made: dict[tuple[str, str], Conflict] = {}
    for code, state in at.items():
        listed = sum(given.state == code and not given.group for given in scenario.conflicts)
        nameless = [f"#{k}" for k in range(1, listed + SPARE + 1)]
        sides = {tie.group.name: tie for tie in state.ties} | dict.fromkeys(nameless)
        for rebels, tie in sides.items():
            now = ConflictCondition(ground=p.ground_at_onset)
            conflict = Conflict(state, tie, number_of(f"conflict:{code}/{rebels}"), now, now)
            made[code, rebels] = conflict
            state.conflicts.append(conflict)
            if tie is not None:
                tie.conflict = conflict
    first = int(scenario.start[5:7])
    year_over = ((first - 1) or 12) / 12.0  # in January the year that is over is the last one
    for pair, given in _known(scenario, at).items():
        _begin(made[pair], given, p, year_over)
    return made


def _known(scenario: Scenario, at: dict[str, State]) -> dict[tuple[str, str], Past]:
    """Return the conflicts that the file lists; of a state of which it lists none, what the state says of one."""
    known: dict[tuple[str, str], Past] = {}
    for code, given in scenario.states.items():
        rebels = [tie for tie in at[code].ties if not tie.abroad and tie.group.now.governs is not at[code]]
        strongest = max(rebels, key=lambda tie: tie.now.fighters).group.name if rebels else "#1"
        past = Past(given.in_conflict, given.deaths_per_year.value, given.conflict_age.value, given.since_conflict.value)
        if all(conflict.state != code for conflict in scenario.conflicts):
            known[code, strongest] = past
    for given in scenario.conflicts:
        free = f"#{1 + sum(code == given.state and who.startswith('#') for code, who in known)}"
        known[given.state, given.group or free] = Past(
            given.fought, given.deaths_per_year.value, given.age.value, given.since.value,
            given.ground.value if given.ground else None, given.ended,
            given.usual_deaths.value if given.usual_deaths else None,
        )  # fmt: skip
    return known


def _begin(conflict: Conflict, given: Past, p: SimpleNamespace, year_over: float) -> None:
    """Set the condition of a conflict that the file knows; what is past of it fades from memory."""
    now, deaths = conflict.now, max(given.deaths, 1.0)
    now.outcome, now.own_level, now.level = given.outcome, math.log(deaths), math.log(deaths)
    if given.usual is not None:
        now.own_level = math.log(max(given.usual, 1.0))
        now.swing = now.level - now.own_level if given.fought else 0.0
    now.quiet_months = 0 if given.fought else round(given.since)
    if given.ground is not None:
        now.ground = max(0.001, min(0.999, given.ground))
    if given.fought:
        now.fought, now.fought_months, now.counted = True, round(given.age), deaths >= COUNTS
        now.killed, now.year_killed, now.last_year_killed = deaths / 12.0, deaths * year_over, deaths
    now.months_fought = round(given.age)
    now.known_months = now.months_fought + now.quiet_months
    memory = given.remembered(12.0 * p.war_remembered_years) if deaths >= COUNTS else 0.0
    conflict.state.now.war_memory = max(conflict.state.now.war_memory, memory)


def supports(scenario: Scenario, at: dict[str, State], groups: dict[str, Group]) -> dict[tuple[str, str], Support]:
    """Return who helps whom, at the start or by an event of the file."""
    given = {(support.of, support.to): support for support in scenario.supports}
    later = {(event.support, event.to) for event in scenario.events if isinstance(event, SupportChange)}
    made = {}
    for pair in sorted(later | set(given)):
        now = SupportCondition()
        if pair in given:
            its = given[pair]
            now = SupportCondition(its.troops.value, its.arms.value, its.funds.value, its.sanctuary.value)
        made[pair] = Support(at[pair[0]], now, now)
        (at.get(pair[1]) or groups[pair[1]]).supports.append(made[pair])
    return made


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
