"""What the agents are made of and what lies between them: conditions, ways, borders, ties, conflicts, supports,
members, pacts.

All rules read ``now`` and write ``next``; a month ends when ``next`` becomes ``now``.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from reference.formulas import toward

if TYPE_CHECKING:
    from reference.agents import Alliance, Group, State


class Changing:
    """Something that has a condition now and one next month; while events happen the two are one."""

    now: Any
    next: Any

    def look_ahead(self) -> None:
        """Begin next month's condition as a copy of this month's."""
        self.next = copy.copy(self.now)

    def move_on(self) -> None:
        """Let next month's condition be the present one."""
        self.now = self.next


@dataclass
class StateCondition:
    """What changes about a state."""

    capacity: float
    legitimacy: float
    hardship: float
    prestige: float
    forces: float
    support: float
    screening: float
    managed_refugees: float
    peacekeeping: float
    export_aim: float
    in_conflict: bool = False
    log_deaths: float = 0.0
    deaths: float = 0.0
    conflict_age: int = 0
    since_conflict: int = 0
    war_memory: float = 0.0
    rebels: Group | None = None
    governed_by: Group | None = None
    capacity_level: float = 0.0
    legitimacy_level: float = 0.0
    hardship_level: float = 0.0
    prestige_level: float = 0.0
    talks_left: int = 0


@dataclass
class StateMonth:
    """What happens to a state in one month."""

    action: str = "none"
    target: Tie | Pact | None = None
    displaced: float = 0.0
    cells_before: float = 0.0
    cells_left: float = 0.0
    onsets: int = 0
    outbreaks: int = 0
    new_rate: float = 0.0
    hazards: dict[str, float] = field(default_factory=dict)
    risk: float = 0.0


@dataclass
class GroupCondition:
    """What changes about a group."""

    export_aim: float
    control: float
    stake: float
    credibility: float
    support: float
    governs: State | None = None


@dataclass
class GroupMonth:
    """What a group does in one month."""

    action: str = "none"
    route: Route | None = None
    misjudges: float = 0.0
    attempts: int = 0


@dataclass
class TieCondition:
    """What changes between a group and a state: its members there, and how the state sees and treats it."""

    fighters: float = 0.0
    cells: float = 0.0
    threat: float = 0.0
    engage: bool = False
    recognise: bool = False
    listed: bool = False
    embassy: bool = False
    sanction: float = 0.0
    aid: float = 0.0


@dataclass
class ConflictCondition:
    """What changes about a conflict, fought or not; ``channel``, ``source`` and ``way`` are those of its last outbreak."""

    fought: bool = False
    fought_months: int = 0
    quiet_months: int = 1200
    outcome: str | None = None
    known_months: int = 0
    months_fought: int = 0
    rebels_backed: bool = False
    government_backed: bool = False
    own_level: float = 0.0
    swing: float = 0.0
    level: float = 0.0
    killed: float = 0.0
    year_killed: float = 0.0
    last_year_killed: float = 0.0
    counted: bool = False
    channel: str | None = None
    source: State | None = None
    way: Way | None = None
    rising: float = 0.0
    first_strength: float = 0.0
    balance: float = 0.0
    fortune: float = 0.0
    ground: float = 0.0


@dataclass
class SupportCondition:
    """What a state gives to a side."""

    troops: float = 0.0
    arms: float = 0.0
    funds: float = 0.0
    sanctuary: float = 0.0


@dataclass
class WayCondition:
    """What changes about a way from one state into another."""

    guard: float
    openness: float
    hostility: float
    refugees: float
    guard_level: float
    hostility_level: float
    by_crossing: float = 0.0
    by_refugees: float = 0.0


@dataclass
class WayMonth:
    """What passes a way in one month."""

    detection: float = 0.0
    refugees: float = 0.0
    crossed: float = 0.0
    hidden: float = 0.0
    raids: int = 0
    attacks: int = 0
    attack_by_file: bool = False


@dataclass
class MemberCondition:
    """How far a member of an alliance is believed, and how fresh its last drill is."""

    honoured: float
    abandoned: float
    drill: float = 0.0

    @property
    def reliability(self) -> float:
        """Return the share of calls that it is expected to honour."""
        return self.honoured / (self.honoured + self.abandoned)


@dataclass
class PactCondition:
    """The forces of one member in the state of another."""

    deployed: float = 0.0
    wait: int = 0
    left: int = 0


@dataclass(eq=False)
class Border:
    """A land border: both ways at once."""

    name: str
    number: int
    forth: Way
    back: Way
    length_km: float
    incidents: int = 0


@dataclass(eq=False)
class Way(Changing):
    """The way from one state into another, over land or, as a corridor, otherwise."""

    source: State
    target: State
    number: int
    is_corridor: bool
    ruggedness: float
    kin: float
    trade: float
    gravity: float
    now: WayCondition
    next: WayCondition
    month: WayMonth = field(default_factory=WayMonth)
    back: Way | None = None
    border: Border | None = None

    def embitter(self, share: float) -> None:
        """Raise hostility, both ways."""
        for way in (self, self.back):
            way.next.hostility = toward(way.next.hostility, 1.0, share)


class Route(NamedTuple):
    """Where the members of a group in a state can go next."""

    way: Way
    tie: Tie


@dataclass(eq=False)
class Tie(Changing):
    """A group and a state where it is, could go, or is dealt with."""

    group: Group
    state: State
    number: int
    kin: float
    now: TieCondition
    next: TieCondition
    way_from_home: Way | None = None
    routes: list[Route] = field(default_factory=list)
    conflict: Conflict | None = None

    @property
    def abroad(self) -> bool:
        """Return whether the state is not the home of the group."""
        return self.state is not self.group.home


@dataclass(eq=False)
class Conflict(Changing):
    """The government of a state and who may fight it: a group at a tie, or rebels without a name."""

    state: State
    tie: Tie | None
    number: int
    now: ConflictCondition
    next: ConflictCondition

    @property
    def group(self) -> Group | None:
        """Return the group, if the rebels have a name."""
        return self.tie.group if self.tie else None


@dataclass(eq=False)
class Support(Changing):
    """What a state gives to the government or the group that it helps."""

    giver: State
    now: SupportCondition
    next: SupportCondition


@dataclass(eq=False)
class Member(Changing):
    """A state in an alliance."""

    alliance: Alliance
    state: State
    now: MemberCondition
    next: MemberCondition
    honoured: int = 0
    abandoned: int = 0


@dataclass(eq=False)
class Pact(Changing):
    """The promise of one member of an alliance to help another."""

    alliance: Alliance
    helper: Member
    ally: Member
    number: int
    now: PactCondition
    next: PactCondition

    @property
    def idle(self) -> bool:
        """Return whether no forces are there or on their way."""
        return self.now.deployed == 0.0 and self.now.wait == 0
