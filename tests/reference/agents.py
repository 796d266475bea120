"""The agents: states, groups, alliances."""

from __future__ import annotations

from typing import Any

import mesa

from reference.draws import number_of
from reference.formulas import toward
from reference.things import (
    Changing,
    Conflict,
    GroupCondition,
    GroupMonth,
    Member,
    Pact,
    StateCondition,
    StateMonth,
    Support,
    Tie,
    Way,
)


class State(mesa.Agent, Changing):
    """A government with its people and forces."""

    def __init__(self, model: Any, code: str, given: Any, now: StateCondition) -> None:
        super().__init__(model)
        self.code = code
        self.number = number_of(f"state:{code}")
        self.population = given.population.value
        self.weights = {name: getattr(given.weights, name).value for name in ("security", "prestige", "norms")}
        self.chooses = given.decides == "chooses"
        self.ways_out: list[Way] = []
        self.ways_in: list[Way] = []
        self.ties: list[Tie] = []
        self.conflicts: list[Conflict] = []
        self.supports: list[Support] = []
        self.pacts_to_be_helped: list[Pact] = []
        self.pacts_to_help: list[Pact] = []
        self.now = self.next = now
        self.month = StateMonth()

    @property
    def hosted(self) -> float:
        """Return the refugees that it hosts, in persons."""
        return sum(way.now.refugees for way in self.ways_in)

    @property
    def alliances(self) -> list[Alliance]:
        """Return its alliances."""
        return list(dict.fromkeys(pact.alliance for pact in self.pacts_to_be_helped))

    def foreign_cells(self, when: str) -> float:
        """Return the hidden members here of groups from elsewhere, ``now`` or ``next``."""
        return sum(getattr(tie, when).cells for tie in self.ties if tie.abroad)

    def guests(self) -> float:
        """Return the thousands of troops that allies have here."""
        return sum(pact.now.deployed for pact in self.pacts_to_be_helped)


class Group(mesa.Agent, Changing):
    """A non-state armed group, which may govern a state."""

    def __init__(self, model: Any, name: str, given: Any, home: State, now: GroupCondition) -> None:
        super().__init__(model)
        self.name = name
        self.number = number_of(f"group:{name}")
        self.home = home
        self.clandestine = given.clandestine
        self.chooses = given.decides == "chooses"
        self.ties: dict[str, Tie] = {}
        self.supports: list[Support] = []
        self.now = self.next = now
        self.month = GroupMonth()

    @property
    def at_home(self) -> Tie:
        """Return its tie to its home."""
        return self.ties[self.home.code]

    def rivals(self) -> float:
        """Return the fighters of other groups at its home."""
        return sum(tie.now.fighters for tie in self.home.ties if tie.group is not self)

    def treated(self) -> dict[str, float]:
        """Return what other states do: aid and sanctions together, the shares that recognise, engage and list it."""
        abroad = [tie.now for tie in self.ties.values() if tie.abroad]
        without_aid = without_sanctions = 1.0
        for stance in abroad:
            without_aid *= 1.0 - stance.aid
            without_sanctions *= 1.0 - stance.sanction
        n = max(len(abroad), 1)
        return {
            "aid": 1.0 - without_aid,
            "sanctions": 1.0 - without_sanctions,
            "recognised": sum(stance.recognise for stance in abroad) / n,
            "engaged": sum(stance.engage for stance in abroad) / n,
            "listed": sum(stance.listed for stance in abroad) / n,
        }

    def means(self) -> float:
        """Return what it can afford, relative to a group that nobody lists, sanctions or aids."""
        p, treated = self.model.p, self.treated()
        starved = (1.0 - p.listing_starves * treated["listed"]) * (1.0 - p.sanction_starves * treated["sanctions"])
        return starved * (1.0 + p.aid_diverted * treated["aid"])


class Alliance(mesa.Agent):
    """States that promised each other something."""

    def __init__(self, model: Any, name: str, given: Any, lead: State | None) -> None:
        super().__init__(model)
        self.name = name
        self.lead = lead
        self.obliges = given.obliges
        self.covers = set(given.covers)
        self.lag = round(given.lag_months.value)
        self.members: dict[str, Member] = {}
        self.pacts: list[Pact] = []

    def drill(self, places: list[State], size: float) -> None:
        """Drill: a signal for the members at whose place it is held above all, and credit to their word."""
        p = self.model.p
        for member in self.members.values():
            seen = size if member.state in places else p.drill_elsewhere * size
            member.next.drill = toward(member.next.drill, 1.0, seen)
            member.next.honoured += p.drill_credit * seen * (1.0 - member.now.reliability)

    def binds(self, state: State | None) -> bool:
        """Return whether a state is a member."""
        return state is not None and state.code in self.members
