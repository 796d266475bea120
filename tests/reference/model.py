"""One month, in the order of docs/odd.md."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import mesa

from reference import calls, choices, clashes, endings, hazards, movement, onset, perception, policy, setting, slow, war
from reference.agents import Group, State
from reference.draws import Dice, number_of
from reference.happenings import Event, events
from reference.things import Border, Changing, GroupMonth, StateMonth, WayMonth
from stability_sim.scenario import Scenario, resolve


class Told(NamedTuple):
    """A row of the log, in words."""

    month: int
    kind: str
    state: str | None
    source: str | None
    what: str
    who: str | None
    border: str | None
    value: float


class Twin(mesa.Model):
    """A replicate of a scenario, acted out by objects.

    Parameters
    ----------
    scenario : Scenario
        As loaded, or resolved.
    replicate, seed : int
        Keys of all draws.
    """

    def __init__(self, scenario: Scenario, replicate: int = 0, seed: int | None = None) -> None:
        key = scenario.seed if seed is None else seed
        super().__init__(rng=key)
        self.case = resolve(scenario)
        self.p = setting.parameters(self.case)
        self.dice = Dice(key, replicate)
        self.common = number_of("common:all")
        self.month = 0
        self.first_month = int(self.case.start[5:7]) - 1
        self.log: list[Told] = []
        self.states = setting.states(self, self.case)
        self.ways, self.borders = setting.ways(self.case, self.states, self.p)
        self.groups = setting.groups(self, self.case, self.states)
        self.conflicts = setting.conflicts(self.case, self.states, self.p)
        self.supports = setting.supports(self.case, self.states, self.groups)
        self.alliances = setting.alliances(self, self.case, self.states, self.p)
        self.events: list[Event] = events(self)
        for tie in self.ties:
            tie.now.threat = perception.threat(tie)
        for state in self.states.values():
            war.strengthen(state)
        self.datacollector = mesa.DataCollector({"conflicts": Twin.states_at_war, "refugees": Twin.refugees})

    def states_at_war(self) -> int:
        """Return how many states are in conflict."""
        return sum(state.now.in_conflict for state in self.states.values())

    def refugees(self) -> float:
        """Return the refugees hosted everywhere."""
        return sum(way.now.refugees for way in self.ways.values())

    @property
    def ties(self) -> list[Any]:
        """Return what lies between groups and states."""
        return [tie for group in self.groups.values() for tie in group.ties.values()]

    @property
    def changing(self) -> Iterable[Changing]:
        """Yield all that has a condition."""
        yield from self.states.values()
        yield from self.groups.values()
        yield from self.ways.values()
        yield from self.ties
        yield from self.conflicts.values()
        yield from self.supports.values()
        for alliance in self.alliances.values():
            yield from alliance.members.values()
            yield from alliance.pacts

    def step(self) -> None:
        """Run one month."""
        self._turn_the_page()
        for event in self.events:
            event.happen_if_due()
        for thing in self.changing:
            thing.look_ahead()
        self.shocks = hazards.shocks(self)
        self._perceive_and_choose()
        self._move()
        self._clash()
        self._fight()
        self._drift()
        for thing in self.changing:
            thing.move_on()
        self.month += 1
        self.datacollector.collect(self)
        self.running = self.month < self.case.months

    def _turn_the_page(self) -> None:
        for state in self.states.values():
            state.month = StateMonth()
        for group in self.groups.values():
            group.month = GroupMonth()
        for way in self.ways.values():
            way.month = WayMonth()
        for alliance in self.alliances.values():
            for member in alliance.members.values():
                member.honoured = member.abandoned = 0

    def _perceive_and_choose(self) -> None:
        for way in self.ways.values():
            perception.watch(way)
        self.agents_of(State).do(perception.observe_groups)
        self.agents_of(Group).do(perception.observe_alliances)
        self.agents_of(State).do(choices.decide)
        self.agents_of(Group).do(choices.plan)
        self.agents_of(State).do(policy.carry_out)
        self.agents_of(Group).do(policy.live)

    def _move(self) -> None:
        self.agents_of(State).do(movement.flee)
        self.agents_of(State).do(movement.find_cells)
        self.agents_of(State).do(movement.hide)
        self.agents_of(Group).do(movement.send)
        self.agents_of(Group).do(movement.wander)

    def _clash(self) -> None:
        for border in self.borders:
            clashes.skirmish(border)
        self.agents_of(Group).do(clashes.raid)
        for way in self.ways.values():
            clashes.attack(way)
        self.agents_of(State).do(calls.call)
        for alliance in self.alliances.values():
            calls.move_forces(alliance)

    def _fight(self) -> None:
        self.agents_of(State).do(onset.look)
        self.agents_of(State).do(onset.break_out)
        self.agents_of(State).do(war.fight)
        self.agents_of(State).do(endings.end)
        for conflict in self.conflicts.values():
            war.count(conflict)
        self.agents_of(State).do(war.remember)

    def _drift(self) -> None:
        self.agents_of(State).do(slow.recover)
        self.agents_of(Group).do(slow.settle)
        for way in self.ways.values():
            slow.calm(way)
        for event in self.events:
            for condition in event.conditions:
                condition.remember()

    def agents_of(self, kind: type[mesa.Agent]) -> Any:
        """Return the agents of a kind, in the order in which the file names them."""
        by_type = self.agents_by_type
        return by_type[kind] if kind in by_type else self.agents.select(agent_type=kind)

    def tell(
        self,
        kind: str,
        state: State | None,
        source: State | None,
        what: str = "",
        who: str | None = None,
        border: Border | None = None,
        value: float = 0.0,
    ) -> None:
        """Write a row of the log."""
        place, other = state.code if state else None, source.code if source else None
        self.log.append(Told(self.month, kind, place, other, what, who, border.name if border else None, value))
