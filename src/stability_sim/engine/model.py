"""One replicate as a Mesa model: the same schedule, the same draws, the same bits as in an ensemble."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mesa
import numpy as np

from stability_sim.engine.agents import Action, GroupAgent, StateAgent
from stability_sim.engine.run import Chunk, start, step
from stability_sim.scenario import Scenario, apply_variant, resolve
from stability_sim.world.build import Beginning, begin
from stability_sim.world.vocabulary import BUILD, DEPLOY, GROUP_ACTIONS, RAID, STATE_ACTIONS

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
    ) -> None:
        key = scenario.seed if seed is None else seed
        super().__init__(rng=key)
        # not "scenario": Mesa from 3.5 on keeps one of its own kind under that name
        self.resolved = apply_variant(resolve(scenario), variant)
        self.beginning: Beginning = begin(self.resolved)
        names = self.beginning.names
        self._states = [_chosen(state_class, code, StateAgent)(self, i) for i, code in enumerate(names.states)]
        self._groups = [_chosen(group_class, name, GroupAgent)(self, g) for g, name in enumerate(names.groups)]
        self._leave_alone()
        self.chunk: Chunk = start(self.beginning, key, replicate, 1)

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

    @property
    def month(self) -> int:
        """Months done."""
        return self.chunk.month_number

    @property
    def states_in_conflict(self) -> int:
        """Number of states in conflict now."""
        return int(self.chunk.now.in_conflict[0].sum())

    def step(self) -> None:
        """Run one month."""
        step(self.chunk, self._ask)

    def _ask(self, chunk: Chunk, phase: str) -> None:
        """Ask the agents that decide for themselves, when their phase is over for all others."""
        if phase == _STATES:
            for state in self._states:
                if self._decides(state, StateAgent) and (action := state.decide()) is not None:
                    self._put_state(chunk, state, action)
        elif phase == _GROUPS:
            for group in self._groups:
                if self._decides(group, GroupAgent) and (action := group.decide()) is not None:
                    self._put_group(chunk, group, action)

    def _put_state(self, chunk: Chunk, agent: StateAgent, action: Action) -> None:
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
        chunk.month.state_action[0, agent.index] = code
        chunk.month.state_target[0, agent.index] = target

    def _put_group(self, chunk: Chunk, agent: GroupAgent, action: Action) -> None:
        code = _word(action.name, GROUP_ACTIONS)
        frame, names = self.beginning.frame, self.beginning.names
        chunk.month.group_action[0, agent.index] = code
        if code not in (BUILD, RAID):
            return
        home = int(frame.home_tie[agent.index])
        routes = range(int(frame.onward_start[home]), int(frame.onward_start[home + 1]))
        targets = [names.states[int(frame.dyad_target[frame.onward_dyad[route]])] for route in routes]
        places = [k for k, state in enumerate(targets) if state == action.target]
        chunk.month.group_target[0, agent.index] = _first(places, f"{agent.name} has no way to {action.target!r}")


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


def _first(found: list[int], message: str) -> int:
    if not found:
        raise ValueError(message)
    return found[0]
