"""The names of all entities of a scenario, in the order of their indices."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import permutations

from stability_sim.scenario import DirectedBorder, Scenario, directed

REACH = 2  # steps from its home that a group can take: Afghanistan, Central Asia, Russia


@dataclass(frozen=True)
class Names:
    """The names behind the indices, in the order of the indices."""

    states: list[str]
    groups: list[str]
    dyads: list[tuple[str, str]]
    borders: list[tuple[str, str]]
    ties: list[tuple[str, str]]  # group, state
    alliances: list[str]
    members: list[tuple[str, str]]  # alliance, state
    pacts: list[tuple[str, str, str]]  # alliance, helper, ally
    dyad_numbers: dict[tuple[str, str], DirectedBorder] = field(repr=False)

    def dyad_labels(self) -> list[str]:
        """Return the dyads as ``AAA>BBB``."""
        return [f"{source}>{target}" for source, target in self.dyads]

    def border_labels(self) -> list[str]:
        """Return the borders as ``AAA-BBB``."""
        return [f"{a}-{b}" for a, b in self.borders]


def _reachable(home: str, ways: dict[str, list[str]]) -> list[str]:
    """Return the states within reach of a home, nearest first."""
    steps = {home: 0}
    queue = deque([home])
    while queue:
        here = queue.popleft()
        if steps[here] < REACH:
            for there in ways.get(here, []):
                if there not in steps:
                    steps[there] = steps[here] + 1
                    queue.append(there)
    return list(steps)


def _ties(scenario: Scenario, dyads: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the (group, state) pairs that matter: present, within reach, kin, or with a stance."""
    ways: dict[str, list[str]] = {}
    for source, target in dyads:
        ways.setdefault(source, []).append(target)
    stances = [(stance.to, stance.of) for stance in scenario.stances]
    stances += [(event.to, event.stance) for event in scenario.events if hasattr(event, "stance")]  # type: ignore[union-attr]
    ties: list[tuple[str, str]] = []
    for name, group in scenario.groups.items():
        here = {*_reachable(group.home, ways), *group.fighters, *group.cells, *group.kin}
        here |= {of for to, of in stances if to == name}
        ties += [(name, code) for code in sorted(here)]
    return ties


def _pacts(scenario: Scenario) -> list[tuple[str, str, str]]:
    return [(name, *pair) for name, alliance in scenario.alliances.items() for pair in permutations(alliance.members, 2)]


def name_entities(scenario: Scenario) -> Names:
    """Return the names of all entities; neighbours stand by name, so that no draw picks by the order of the file."""
    numbers = directed(scenario)
    order = {code: i for i, code in enumerate(scenario.states)}
    dyads = sorted(numbers, key=lambda pair: (order[pair[0]], pair[1]))
    borders = [(a, b) for a, b in dyads if order[a] < order[b] and not numbers[(a, b)].is_corridor]
    return Names(
        states=list(scenario.states),
        groups=list(scenario.groups),
        dyads=dyads,
        borders=borders,
        ties=_ties(scenario, dyads),
        alliances=list(scenario.alliances),
        members=[(name, m) for name, alliance in scenario.alliances.items() for m in alliance.members],
        pacts=_pacts(scenario),
        dyad_numbers=numbers,
    )
