"""One replicate as a Mesa model, bit for bit as in an ensemble: states, groups and conflicts are agents; those who decide can be overridden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import mesa
import numpy as np

from stability_sim.dynamics.strength import government_strength, rebel_strength
from stability_sim.engine.run import Batch, start, step
from stability_sim.kernels.randomness import STREAM_AGENT, entity_id, uniform
from stability_sim.scenario import Scenario, apply_variant, resolve
from stability_sim.scenario.variables import FIELDS, Field
from stability_sim.world.initial import Beginning, begin
from stability_sim.world.vocabulary import BUILD, DEPLOY, GROUP_ACTIONS, RAID, STATE_ACTIONS


class Action(NamedTuple):
    """What an agent chooses: a word of the vocabulary, and whom it concerns.

    For a state: none, engage, recognise, sanction, aid, guard, drill or summit, and a group; or deploy, and an ally.
    For a group: none, govern or police; or build or raid, and a state.
    """

    name: str
    target: str = ""


class _Actor(mesa.Agent):  # type: ignore[misc]
    model: StabilityModel
    kind: str
    key: str  # the code of the state, the name of the group, or both of a conflict

    def __init__(self, model: StabilityModel, index: int, key: str) -> None:
        super().__init__(model)
        self.index, self.key = index, key

    def draw(self, number: int = 0) -> float:
        """Return the uniform number in (0, 1) that belongs to this agent, month and purpose alone."""
        entity = np.uint64(entity_id(f"{self.kind}:{self.key}:{number}"))
        batch = self.model.batch
        return float(uniform((batch.seed, batch.replicates[0], batch.month_number), STREAM_AGENT, entity))


class StateAgent(_Actor):
    """A government. Its attributes are those of the state now; setting one sets it in the world."""

    kind = "state"

    def __init__(self, model: StabilityModel, index: int) -> None:
        super().__init__(model, index, model.beginning.names.states[index])
        self.code = self.key

    @property
    def risk(self) -> float:
        """Probability that fighting breaks out within 12 months, as of the month that is over; 1 while in conflict."""
        return float(self.model.batch.month.risk[0, self.index])

    def decide(self) -> Action | None:
        """Choose what to do this month; a class that overrides this is asked in place of the logit choice.

        Return None to do nothing.
        """
        return None


class GroupAgent(_Actor):
    """A non-state armed group."""

    kind = "group"

    def __init__(self, model: StabilityModel, index: int) -> None:
        super().__init__(model, index, model.beginning.names.groups[index])
        self.name = self.key

    @property
    def home(self) -> str:
        """The state of its base."""
        names = self.model.beginning.names
        return names.states[int(self.model.beginning.frame.group_home[self.index])]

    def fighters(self, state: str = "") -> float:
        """Return its fighters in a state; at home if none is named."""
        return self._in_state(self.model.batch.now.fighters, state)

    def cells(self, state: str) -> float:
        """Return its hidden members in a state."""
        return self._in_state(self.model.batch.now.cells, state)

    def _in_state(self, values: Any, state: str) -> float:  # noqa: ANN401 - an array of the world
        tie = (self.name, state or self.home)
        ties = self.model.beginning.names.ties
        return float(values[0, ties.index(tie)]) if tie in ties else 0.0

    def decide(self) -> Action | None:
        """Choose what to do this month; a class that overrides this is asked in place of the logit choice."""
        return None


class Strengths(NamedTuple):
    """What the two sides of a conflict can bring to bear, in thousands of soldiers."""

    government: float
    rebels: float


class ConflictAgent(_Actor):
    """A conflict that is or may be: the government of a state, and a group or rebels without a name. It decides nothing.

    Its ``key`` is state and group, as on the axes of results: ``AFG/taliban``; ``AFG/#1`` for rebels without a name.
    """

    kind = "conflict"

    def __init__(self, model: StabilityModel, index: int) -> None:
        super().__init__(model, index, model.beginning.names.conflict_labels()[index])
        self.state, self.group = model.beginning.names.conflicts[index]

    @property
    def strengths(self) -> Strengths:
        """Strength of both sides now; the government's is all of it, which it divides among the conflicts that it fights."""
        beginning, now = self.model.beginning, self.model.batch.now
        frame, p = beginning.frame, beginning.parameters
        state = int(frame.conflict_state[self.index])
        return Strengths(float(government_strength(frame, p, now, 0, state)), float(rebel_strength(frame, p, now, 0, self.index)))


def _view(field: Field) -> property:
    """Return a property that reads and writes one number of the world; reads alone, if the model works it out each month."""

    def get(agent: Any) -> Any:  # noqa: ANN401
        return getattr(agent.model.batch.now, field.name)[0, agent.index].item()

    def put(agent: Any, value: float) -> None:  # noqa: ANN401
        if field.rewritten:
            where = "; set what its conflicts are: model.conflict(state, group)" if field.of == "state" else ""
            raise AttributeError(f"{field.label} of a {field.of} is worked out anew each month and cannot be set{where}")
        getattr(agent.model.batch.now, field.name)[0, agent.index] = value

    return property(get, put, doc=f"{field.meaning}, now; {field.unit}." + " Cannot be set." * field.rewritten)


for _agent, _kind in ((StateAgent, "state"), (GroupAgent, "group"), (ConflictAgent, "conflict")):
    for _field in FIELDS:
        if _field.of == _kind and _field.refers is None:
            setattr(_agent, _field.label, _view(_field))

_STATES, _GROUPS = "states decide", "groups decide"


def _chosen(classes: Any, key: str, default: type) -> type:  # noqa: ANN401 - a class or a mapping
    if isinstance(classes, Mapping):
        return classes.get(key, default)
    return classes or default


class StabilityModel(mesa.Model):  # type: ignore[misc]
    """A scenario as a Mesa model; it equals replicate ``replicate`` of an ensemble with the same seed.

    Parameters
    ----------
    scenario : Scenario
        As loaded, or resolved.
    replicate : int
        Which replicate it is.
    seed : int, optional
        In place of that of the scenario.
    variant : str, optional
        One of the variants of the scenario.
    state_class, group_class : class, or dict of classes by code or name, optional
        Agents whose ``decide`` is asked; the kernel chooses for all others.
    conflict_class : class, or dict of classes by key, optional
        Agents for conflicts, which decide nothing; keys are as ``AFG/taliban``.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        replicate: int = 0,
        seed: int | None = None,
        variant: str | None = None,
        state_class: type[StateAgent] | Mapping[str, type[StateAgent]] | None = None,
        group_class: type[GroupAgent] | Mapping[str, type[GroupAgent]] | None = None,
        conflict_class: type[ConflictAgent] | Mapping[str, type[ConflictAgent]] | None = None,
    ) -> None:
        key = scenario.seed if seed is None else seed
        super().__init__(rng=key)
        # not "scenario": Mesa from 3.5 on keeps one of its own kind under that name
        self.resolved = apply_variant(resolve(scenario), variant)
        self.beginning: Beginning = begin(self.resolved)
        names = self.beginning.names
        self._states = [_chosen(state_class, code, StateAgent)(self, i) for i, code in enumerate(names.states)]
        self._groups = [_chosen(group_class, name, GroupAgent)(self, g) for g, name in enumerate(names.groups)]
        keys = enumerate(names.conflict_labels())
        self._conflicts = [_chosen(conflict_class, key, ConflictAgent)(self, c) for c, key in keys]
        self._leave_alone()
        self.batch: Batch = start(self.beginning, key, replicate, 1)

    def _leave_alone(self) -> None:
        """Have the kernels leave alone the agents that decide for themselves."""
        frame = self.beginning.frame
        states = np.array([0 if self._decides(agent, StateAgent) else 1 for agent in self._states], dtype=np.int8)
        groups = np.array([0 if self._decides(agent, GroupAgent) else 1 for agent in self._groups], dtype=np.int8)
        frame = frame._replace(state_chooses=frame.state_chooses * states, group_chooses=frame.group_chooses * groups)
        self.beginning = Beginning(self.resolved, self.beginning.names, frame, self.beginning.parameters, self.beginning.world)

    @staticmethod
    def _decides(agent: StateAgent | GroupAgent, base: type) -> bool:
        return type(agent).decide is not base.decide  # type: ignore[attr-defined]

    def state(self, code: str) -> StateAgent:
        """Return the agent of a state."""
        return self._states[self.beginning.names.states.index(code)]

    def group(self, name: str) -> GroupAgent:
        """Return the agent of a group."""
        return self._groups[self.beginning.names.groups.index(name)]

    def conflict(self, state: str, group: str) -> ConflictAgent:
        """Return the agent of the conflict of a state with a group; ``#1`` and so on are rebels without a name.

        Raises KeyError if the group has nothing to do with the state.
        """
        names = self.beginning.names.conflicts
        if (state, group) not in names:
            raise KeyError(f"{state} has no conflict with {group!r}; it may have one with {[g for s, g in names if s == state]}")
        return self._conflicts[names.index((state, group))]

    @property
    def conflicts(self) -> list[ConflictAgent]:
        """The conflicts that are fought now, be it with few deaths."""
        return [self._conflicts[c] for c in np.flatnonzero(self.batch.now.fought[0])]

    @property
    def month(self) -> int:
        """Months done."""
        return self.batch.month_number

    @property
    def states_in_conflict(self) -> int:
        """Number of states in conflict now."""
        return int(self.batch.now.in_conflict[0].sum())

    def step(self) -> None:
        """Run one month."""
        step(self.batch, self._ask)

    def _ask(self, batch: Batch, phase: str) -> None:
        """Ask the agents that decide for themselves, when their phase is over for all others."""
        if phase == _STATES:
            for state in self._states:
                if self._decides(state, StateAgent) and (action := state.decide()) is not None:
                    self._put_state(batch, state, action)
        elif phase == _GROUPS:
            for group in self._groups:
                if self._decides(group, GroupAgent) and (action := group.decide()) is not None:
                    self._put_group(batch, group, action)

    def _put_state(self, batch: Batch, agent: StateAgent, action: Action) -> None:
        code = _word(action.name, STATE_ACTIONS)
        names = self.beginning.names
        if code == DEPLOY:
            pacts = [k for k, (_, helper, ally) in enumerate(names.pacts) if (helper, ally) == (agent.code, action.target)]
            target = _first(pacts, f"{agent.code} has no alliance with {action.target!r}")
        elif code == 0:
            target = -1
        else:
            ties = [k for k, tie in enumerate(names.ties) if tie == (action.target, agent.code)]
            target = _first(ties, f"{agent.code} has nothing to do with a group {action.target!r}")
        batch.month.state_action[0, agent.index] = code
        batch.month.state_target[0, agent.index] = target

    def _put_group(self, batch: Batch, agent: GroupAgent, action: Action) -> None:
        code = _word(action.name, GROUP_ACTIONS)
        frame, names = self.beginning.frame, self.beginning.names
        batch.month.group_action[0, agent.index] = code
        if code not in (BUILD, RAID):
            return
        home = int(frame.home_tie[agent.index])
        routes = range(int(frame.onward_start[home]), int(frame.onward_start[home + 1]))
        targets = [names.states[int(frame.dyad_target[frame.onward_dyad[route]])] for route in routes]
        places = [k for k, state in enumerate(targets) if state == action.target]
        batch.month.group_target[0, agent.index] = _first(places, f"{agent.name} has no way to {action.target!r}")


if not hasattr(mesa.Model, "run_for"):  # Mesa has it from 3.5 on

    def _run_for(self: StabilityModel, duration: int) -> None:
        """Run some months."""
        for _ in range(int(duration)):
            self.step()

    StabilityModel.run_for = _run_for


def _word(name: str, vocabulary: tuple[str, ...]) -> int:
    if name not in vocabulary:
        raise ValueError(f"there is no action {name!r}; there are {', '.join(vocabulary)}")
    return vocabulary.index(name)


def _first(indices: list[int], message: str) -> int:
    if not indices:
        raise ValueError(message)
    return indices[0]
