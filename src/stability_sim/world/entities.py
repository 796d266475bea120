"""The names of all entities of a scenario, in the order of their indices."""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np

from stability_sim.kernels.randomness import entity_id
from stability_sim.scenario import DirectedBorder, Scenario, directed
from stability_sim.scenario.events import Setting, StanceChange, SupportChange
from stability_sim.scenario.quantity import Quantity
from stability_sim.world.fields import Frame, Ids, Ints
from stability_sim.world.scheduled_events import compile_events
from stability_sim.world.vocabulary import OBLIGATIONS, THREATS

SPARE = 2  # conflicts of a state with rebels without a name beside those of the file: a second one can begin while one is fought
REACH = 2  # steps from its home that a group can take: Afghanistan, Central Asia, Russia


@dataclass(frozen=True)
class Names:
    """The names behind the indices, in the order of the indices."""

    states: list[str]
    groups: list[str]
    dyads: list[tuple[str, str]]
    borders: list[tuple[str, str]]
    ties: list[tuple[str, str]]  # group, state
    conflicts: list[tuple[str, str]]  # state, and the group or the number of rebels without a name
    supports: list[tuple[str, str]]  # state, and the state or group that it supports
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

    def conflict_labels(self) -> list[str]:
        """Return the conflicts as ``AAA/group``, or ``AAA/#1`` of rebels without a name."""
        return [f"{state}/{rebels}" for state, rebels in self.conflicts]

    def support_labels(self) -> list[str]:
        """Return the supports as ``AAA>BBB`` or ``AAA>group``."""
        return [f"{of}>{to}" for of, to in self.supports]


def _reachable(home: str, ways: dict[str, list[str]]) -> list[str]:
    """Return the states within reach of a home, nearest first."""
    steps = {home: 0}
    queue = deque([home])
    while queue:
        code = queue.popleft()
        if steps[code] < REACH:
            for neighbour in ways.get(code, []):
                if neighbour not in steps:
                    steps[neighbour] = steps[code] + 1
                    queue.append(neighbour)
    return list(steps)


def _ties(scenario: Scenario, dyads: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the (group, state) pairs that matter: present, within reach, kin, or with a stance."""
    ways: dict[str, list[str]] = {}
    for source, target in dyads:
        ways.setdefault(source, []).append(target)
    stances = [(stance.to, stance.of) for stance in scenario.stances]
    stances += [(event.to, event.stance) for event in scenario.events if isinstance(event, StanceChange)]
    here: dict[str, set[str]] = {}
    for conflict in scenario.conflicts:
        here.setdefault(conflict.group or "", set()).add(conflict.state)
    for event in scenario.events:
        for path in event.set if isinstance(event, Setting) else ():
            steps = path.split(".")
            if len(steps) == 4:  # members of a group in a state
                here.setdefault(steps[1], set()).add(steps[3])
    ties: list[tuple[str, str]] = []
    for name, group in scenario.groups.items():
        codes = {*_reachable(group.home, ways), *group.fighters, *group.cells, *group.kin}
        codes |= {of for to, of in stances if to == name} | here.get(name, set())
        ties += [(name, code) for code in sorted(codes)]
    return ties


def _conflicts(scenario: Scenario, ties: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return who may fight the government of each state: each group with a tie to it, and some rebels without a name."""
    groups: dict[str, list[str]] = {code: [] for code in scenario.states}
    for name, code in ties:
        groups[code].append(name)
    listed = Counter(conflict.state for conflict in scenario.conflicts if conflict.group is None)
    unnamed = {code: [f"#{k + 1}" for k in range(listed[code] + SPARE)] for code in scenario.states}
    return [(code, rebels) for code in scenario.states for rebels in (*groups[code], *unnamed[code])]


def _supports(scenario: Scenario) -> list[tuple[str, str]]:
    """Return who supports whom, at the start or by an event."""
    pairs = [(support.of, support.to) for support in scenario.supports]
    pairs += [(event.support, event.to) for event in scenario.events if isinstance(event, SupportChange)]
    return sorted(set(pairs))


def _pacts(scenario: Scenario) -> list[tuple[str, str, str]]:
    return [(name, *pair) for name, alliance in scenario.alliances.items() for pair in permutations(alliance.members, 2)]


def name_entities(scenario: Scenario) -> Names:
    """Return the names of all entities; neighbours stand by name, so that no draw picks by the order of the file."""
    numbers = directed(scenario)
    order = {code: i for i, code in enumerate(scenario.states)}
    dyads = sorted(numbers, key=lambda pair: (order[pair[0]], pair[1]))
    borders = [(a, b) for a, b in dyads if order[a] < order[b] and not numbers[(a, b)].is_corridor]
    ties = _ties(scenario, dyads)
    return Names(
        states=list(scenario.states),
        groups=list(scenario.groups),
        dyads=dyads,
        borders=borders,
        ties=ties,
        conflicts=_conflicts(scenario, ties),
        supports=_supports(scenario),
        alliances=list(scenario.alliances),
        members=[(name, m) for name, alliance in scenario.alliances.items() for m in alliance.members],
        pacts=_pacts(scenario),
        dyad_numbers=numbers,
    )


def ids(kind: str, names: list[str]) -> Ids:
    """Return the number by which each entity of a kind is drawn for."""
    return np.array([entity_id(f"{kind}:{name}") for name in names], dtype=np.uint64)


def ints(values: list[int]) -> Ints:
    """Return whole numbers as an array."""
    return np.array(values, dtype=np.int64)


def grouped(keys: list[int], n: int, within: list[str] | None = None) -> tuple[Ints, Ints]:
    """Return where each key's rows start, and the rows by key: those of k are rows[start[k]:start[k+1]], by name ``within``."""
    array = np.array(keys, dtype=np.int64)
    rows = (np.lexsort((np.array(within), array)) if within else np.argsort(array, kind="stable")).astype(np.int64)
    return np.searchsorted(array[rows], np.arange(n + 1)).astype(np.int64), rows


def _refuge_weight(scenario: Scenario, pair: tuple[str, str], numbers: DirectedBorder, p: dict[str, float]) -> float:
    """Return the gravity of a refuge: distance, adjacency, population and income of the target."""
    target = scenario.states[pair[1]]
    return math.exp(
        p["gravity_distance"] * math.log(numbers.distance_km + 100.0)
        + (0.0 if numbers.is_corridor else p["gravity_adjacent"])
        + p["gravity_population"] * math.log(target.population.value)
        + p["gravity_income"] * math.log(max(target.gdp_per_capita.value, 0.1))
    )


def _length(names: Names, pair: tuple[str, str]) -> float:
    return 0.5 * (names.dyad_numbers[pair].length_km + names.dyad_numbers[pair[::-1]].length_km)


def _states(scenario: Scenario) -> dict[str, object]:
    states = scenario.states.values()
    return {
        "first_month": ints([int(scenario.start[5:7]) - 1]),
        "common_id": ids("common", ["all"]),
        "state_id": ids("state", list(scenario.states)),
        "population": np.array([s.population.value for s in states]),
        "log_population": np.array([math.log(s.population.value) for s in states]),
        "security_weight": np.array([s.weights.security.value for s in states]),
        "prestige_weight": np.array([s.weights.prestige.value for s in states]),
        "norms_weight": np.array([s.weights.norms.value for s in states]),
        "state_chooses": np.array([s.decides == "chooses" for s in states], dtype=np.int8),
    }


def _dyads(scenario: Scenario, names: Names, p: dict[str, float]) -> dict[str, object]:
    order = {code: i for i, code in enumerate(names.states)}
    position = {pair: d for d, pair in enumerate(names.dyads)}
    border = {pair: b for b, pair in enumerate(names.borders)}
    numbers = [names.dyad_numbers[pair] for pair in names.dyads]
    source = [order[a] for a, _ in names.dyads]
    target = [order[b] for _, b in names.dyads]
    into_start, into = grouped(target, len(order), [a for a, _ in names.dyads])
    return {
        "dyad_id": ids("dyad", names.dyad_labels()),
        "dyad_source": ints(source),
        "dyad_target": ints(target),
        "dyad_reverse": ints([position[b, a] for a, b in names.dyads]),
        "dyad_border": ints([border.get((a, b), border.get((b, a), -1)) for a, b in names.dyads]),
        "dyad_start": grouped(source, len(order))[0],
        "into_start": into_start,
        "into_dyads": into,
        "ruggedness": np.array([x.ruggedness for x in numbers]),
        "dyad_kin": np.array([x.kin for x in numbers]),
        "trade": np.array([x.trade for x in numbers]),
        "gravity": np.array([_refuge_weight(scenario, pair, x, p) for pair, x in zip(names.dyads, numbers, strict=True)]),
        "border_id": ids("border", ["-".join(sorted(pair)) for pair in names.borders]),
        "border_dyad": ints([position[pair] for pair in names.borders]),
        "border_scale": np.array([(_length(names, x) / p["incident_reference"]) ** p["incident_length"] for x in names.borders]),
    }


def _groups(scenario: Scenario, names: Names) -> dict[str, object]:
    order = {code: i for i, code in enumerate(names.states)}
    number = {name: g for g, name in enumerate(names.groups)}
    dyad = {pair: d for d, pair in enumerate(names.dyads)}
    tie = {pair: k for k, pair in enumerate(names.ties)}
    groups = scenario.groups
    out: dict[str, list[tuple[str, str]]] = {}
    for pair in names.dyads:
        out.setdefault(pair[0], []).append(pair)
    onward = [
        (k, dyad[pair], tie[name, pair[1]])
        for k, (name, code) in enumerate(names.ties)
        for pair in out.get(code, [])
        if (name, pair[1]) in tie and pair[1] != groups[name].home
    ]
    local_start, local = grouped([order[code] for _, code in names.ties], len(names.states))
    kin = [groups[name].kin.get(code) for name, code in names.ties]
    leading = {k for k, _, _ in onward}
    abroad = [groups[name].home != code for name, code in names.ties]
    return {
        "group_id": ids("group", names.groups),
        "group_home": ints([order[g.home] for g in groups.values()]),
        "clandestine": np.array([g.clandestine for g in groups.values()], dtype=np.int8),
        "group_chooses": np.array([g.decides == "chooses" for g in groups.values()], dtype=np.int8),
        "tie_id": ids("tie", [f"{name}@{code}" for name, code in names.ties]),
        "tie_group": ints([number[name] for name, _ in names.ties]),
        "tie_state": ints([order[code] for _, code in names.ties]),
        "tie_dyad": ints([dyad.get((groups[name].home, code), -1) for name, code in names.ties]),
        "tie_kin": np.array([share.value if share else 0.0 for share in kin]),
        "tie_start": grouped([number[name] for name, _ in names.ties], len(names.groups))[0],
        "moving_ties": ints([k for k, away in enumerate(abroad) if away and k in leading]),
        "tie_abroad": np.array(abroad, dtype=np.int8),
        "home_tie": ints([tie[name, g.home] for name, g in groups.items()]),
        "local_start": local_start,
        "local_ties": local,
        "onward_start": grouped([k for k, _, _ in onward], len(names.ties))[0],
        "onward_dyad": ints([d for _, d, _ in onward]),
        "onward_tie": ints([k for _, _, k in onward]),
        **_ways_out(names, {tie[name, group.home]: number[name] for name, group in groups.items()}, onward, kin, order),
    }


def _places(names: Names) -> dict[str, object]:
    """Return the conflicts that may be, state by state."""
    order = {code: i for i, code in enumerate(names.states)}
    tie = {(code, name): k for k, (name, code) in enumerate(names.ties)}
    place = {pair: c for c, pair in enumerate(names.conflicts)}
    return {
        "tie_conflict": ints([place[code, name] for name, code in names.ties]),
        "conflict_id": ids("conflict", names.conflict_labels()),
        "conflict_state": ints([order[code] for code, _ in names.conflicts]),
        "conflict_tie": ints([tie.get(pair, -1) for pair in names.conflicts]),
        "conflict_start": grouped([order[code] for code, _ in names.conflicts], len(names.states))[0],
    }


def _sponsors(names: Names) -> dict[str, object]:
    """Return the supports of each government and of each group."""
    order = {code: i for i, code in enumerate(names.states)}
    number = {name: g for g, name in enumerate(names.groups)}
    state_start, of_state = grouped([order.get(to, -1) for _, to in names.supports], len(names.states))
    group_start, of_group = grouped([number.get(to, -1) for _, to in names.supports], len(names.groups))
    return {
        "support_id": ids("support", names.support_labels()),
        "support_of": ints([order[of] for of, _ in names.supports]),
        "backed_state_start": state_start, "backed_state_supports": of_state,
        "backed_group_start": group_start, "backed_group_supports": of_group,
    }  # fmt: skip


def _ways_out(
    names: Names, home: dict[int, int], onward: list[tuple[int, int, int]], kin: list[Quantity | None], order: dict[str, int]
) -> dict[str, object]:
    """Return where each group can go from its home, group by group: the onward routes of its home tie, in their order."""
    ways = [(home[k], d, target_tie) for k, d, target_tie in onward if k in home]
    return {
        "way_start": grouped([g for g, _, _ in ways], len(names.groups))[0],
        "way_group": ints([g for g, _, _ in ways]),
        "way_dyad": ints([d for _, d, _ in ways]),
        "way_target": ints([order[names.dyads[d][1]] for _, d, _ in ways]),
        "way_kin": np.array([share.value if (share := kin[target_tie]) else 0.0 for _, _, target_tie in ways]),
    }


def _alliances(scenario: Scenario, names: Names) -> dict[str, object]:
    order = {code: i for i, code in enumerate(names.states)}
    number = {name: a for a, name in enumerate(names.alliances)}
    member = {pair: m for m, pair in enumerate(names.members)}
    alliances = scenario.alliances.values()
    ally_start, ally = grouped([order[code] for _, _, code in names.pacts], len(names.states))
    helper_start, helper = grouped([order[code] for _, code, _ in names.pacts], len(names.states))
    covers = [[threat in a.covers for threat in THREATS] for a in alliances]
    return {
        "alliance_lead": ints([order[a.lead] if a.lead else -1 for a in alliances]),
        "obliges": ints([OBLIGATIONS.index(a.obliges) for a in alliances]),
        "covers": np.array(covers, dtype=np.int8).reshape(-1, len(THREATS)),
        "lag_months": ints([round(a.lag_months.value) for a in alliances]),
        "member_alliance": ints([number[name] for name, _ in names.members]),
        "member_state": ints([order[code] for _, code in names.members]),
        "member_start": grouped([number[name] for name, _ in names.members], len(names.alliances))[0],
        "pact_id": ids("pact", [f"{name}:{helper}>{ally}" for name, helper, ally in names.pacts]),
        "pact_alliance": ints([number[name] for name, _, _ in names.pacts]),
        "pact_helper": ints([member[name, code] for name, code, _ in names.pacts]),
        "pact_ally": ints([member[name, code] for name, _, code in names.pacts]),
        "ally_start": ally_start,
        "ally_pacts": ally,
        "helper_start": helper_start,
        "helper_pacts": helper,
    }


def build_frame(scenario: Scenario, names: Names, p: dict[str, float]) -> Frame:
    """Return the frame of a resolved scenario; ValueError if two entities share a number by chance."""
    parts: dict[str, object] = {}
    parts |= _states(scenario)
    parts |= _dyads(scenario, names, p)
    parts |= _groups(scenario, names)
    parts |= _places(names)
    parts |= _sponsors(names)
    parts |= _alliances(scenario, names)
    parts |= compile_events(
        scenario, names.states, names.groups, names.dyads, names.borders, names.ties, names.pacts, names.supports
    )
    for key, values in parts.items():
        if key.endswith("_id") and len(np.unique(np.asarray(values))) < len(np.asarray(values)):
            raise ValueError(f"two entities have the same number in {key}: rename one of them")
    return Frame(**parts)  # type: ignore[arg-type]
