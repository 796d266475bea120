"""States and groups as Mesa agents: views on the arrays of the world, whose ``decide`` a researcher can override."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import mesa
import numpy as np

from stability_sim.randomness import STREAM_AGENT, entity_id, uniform

if TYPE_CHECKING:
    from stability_sim.engine.model import StabilityModel

_STATE_VIEWS = (
    "capacity", "legitimacy", "hardship", "prestige", "forces", "screening", "managed_refugees", "peacekeeping",
    "in_conflict", "conflict_age", "since_conflict",
)  # fmt: skip
_GROUP_VIEWS = ("control", "stake", "credibility")


class Action(NamedTuple):
    """What an agent chooses: a word of the vocabulary, and whom it concerns.

    For a state: none, engage, recognise, sanction, aid, guard, drill or summit, and a group; or deploy, and an ally.
    For a group: none, govern or police; or build or raid, and a state.
    """

    name: str
    target: str = ""


class _Actor(mesa.Agent):  # type: ignore[misc]
    model: StabilityModel
    kind = "actor"

    def draw(self, number: int = 0) -> float:
        """Return the uniform number in (0, 1) that is this agent's for this month and purpose, and nobody else's."""
        entity = np.uint64(entity_id(f"{self.kind}:{self.key}:{number}"))
        chunk = self.model.chunk
        return float(uniform(chunk.seed, chunk.replicates[0], chunk.month_number, STREAM_AGENT, entity))

    @property
    def key(self) -> str:
        """The code of the state or the name of the group."""
        raise NotImplementedError


class StateAgent(_Actor):
    """A government. Its attributes are those of the state now; setting one sets it in the world."""

    kind = "state"

    def __init__(self, model: StabilityModel, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.code = model.beginning.names.states[index]

    @property
    def key(self) -> str:
        """The code of the state."""
        return self.code

    @property
    def risk(self) -> float:
        """Probability that a conflict starts within 12 months, as of the month that is over; 1 while in conflict."""
        return float(self.model.chunk.month.risk[0, self.index])

    def decide(self) -> Action | None:
        """Choose what to do this month; a class that overrides this is asked in place of the logit choice.

        Return None to do nothing.
        """
        return None


class GroupAgent(_Actor):
    """A non-state armed group."""

    kind = "group"

    def __init__(self, model: StabilityModel, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.name = model.beginning.names.groups[index]

    @property
    def key(self) -> str:
        """The name of the group."""
        return self.name

    @property
    def home(self) -> str:
        """The state of its base."""
        names = self.model.beginning.names
        return names.states[int(self.model.beginning.frame.group_home[self.index])]

    def fighters(self, state: str = "") -> float:
        """Return its fighters in a state; at home if none is named."""
        return self._there(self.model.chunk.now.fighters, state)

    def cells(self, state: str) -> float:
        """Return its hidden members in a state."""
        return self._there(self.model.chunk.now.cells, state)

    def _there(self, values: Any, state: str) -> float:  # noqa: ANN401 - an array of the world
        tie = (self.name, state or self.home)
        ties = self.model.beginning.names.ties
        return float(values[0, ties.index(tie)]) if tie in ties else 0.0

    def decide(self) -> Action | None:
        """Choose what to do this month; a class that overrides this is asked in place of the logit choice."""
        return None


def _view(name: str, place: str) -> property:
    """Return a property that reads and writes one number of the world."""

    def read(agent: Any) -> Any:  # noqa: ANN401
        return getattr(agent.model.chunk.now, place)[0, agent.index].item()

    def write(agent: Any, value: float) -> None:  # noqa: ANN401
        getattr(agent.model.chunk.now, place)[0, agent.index] = value

    return property(read, write, doc=f"The {name.replace('_', ' ')} now.")


for _name in _STATE_VIEWS:
    setattr(StateAgent, _name, _view(_name, _name))
for _name in _GROUP_VIEWS:
    setattr(GroupAgent, _name, _view(_name, _name))
GroupAgent.export_aim = _view("export_aim", "group_export_aim")
