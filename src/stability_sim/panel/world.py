"""A scenario of all states from what was known at the end of a year."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

import numpy as np

from stability_sim.panel import transforms
from stability_sim.panel.panel import Panel, Rebel
from stability_sim.panel.past import Pair, last_known, pairs
from stability_sim.panel.tables import PanelError
from stability_sim.scenario.quantity import Quantity
from stability_sim.scenario.schema import Alliance, Border, Conflict, Group, Map, Scenario, State

# Defence blocs of a year as alliances of a scenario.


LEADS = {
    "NATO": "USA", "CSTO": "RUS", "WP": "RUS", "ANZUS": "USA", "GCC": "SAU", "US-JPN": "USA", "US-KOR": "USA",
    "US-PHL": "USA", "SCO": "CHN", "UniState": "RUS", "RUS-PRK": "RUS", "CHN-PRK": "CHN", "AZE-TUR": "TUR",
}  # fmt: skip
CONSULTATION = ("SCO",)


def alliances_of(panel: Panel, codes: Sequence[str], year: int) -> dict[str, Alliance]:
    """Return the blocs that had at least two of the states as members in a year."""
    members: dict[str, list[str]] = {}
    for bloc in panel.blocs:
        bound = members.setdefault(bloc.bloc, [])
        current = bloc.start <= year and (bloc.end is None or bloc.end >= year)
        if current and bloc.state in codes and bloc.state not in bound:
            bound.append(bloc.state)
    alliances = {}
    for name, bound in members.items():
        obliges: Literal["defence", "consultation"] = "consultation" if name in CONSULTATION else "defence"
        if len(bound) >= 2:
            lead = LEADS.get(name)
            alliances[name] = Alliance(members=sorted(bound), lead=lead if lead in bound else None, obliges=obliges)
    return alliances


# One group for each conflict that is on; those that are over can begin again with rebels without a name.


AIM = 0.35
KIN = 0.1  # share of the people of a neighbour who are kin
SUPPORT = 1.0  # with at least one state behind it: the rates of ending were estimated on whether there was any
LONGEST = 44


def _slug(state: str, name: str, taken: set[str]) -> str:
    """Return a name for a group: state and side B in plain letters, numbered if it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:LONGEST].strip("-") or "rebels"
    base = f"{state.lower()}-{words}"
    slug, k = base, 2
    while slug in taken:
        slug, k = f"{base}-{k}", k + 1
    taken.add(slug)
    return slug


def _group(panel: Panel, rebel: Rebel, home: int, chosen: Sequence[int], t: int, strength: int) -> Group:
    near = [panel.states[j] for j in chosen if panel.neighbours[t, home, j]]
    return Group(
        name=rebel.name[:60],
        home=rebel.state,
        export_aim=Quantity(value=AIM, range=(0.1, 0.6), note="most rebels fight at home"),
        external_support=Quantity(
            value=SUPPORT if rebel.supporters else 0.0,
            range=(0.0, 1.0),
            note="1 if a state supported it in the year (UCDP External Support)",
        ),
        fighters={
            rebel.state: Quantity(
                value=float(strength),
                range=(float(strength // 3), 3.0 * strength),
                note="of a strength relative to the government that rebels of its age and deadliness have (NSA 3.4)",
            )
        },
        kin={code: Quantity(value=KIN, range=(0.0, 0.3), note="not measured") for code in near},
    )


def _of_pair(panel: Panel, i: int, pair: Pair, group: str | None, year: int) -> Conflict:
    source = UCDP.format(year)
    age = "from its first battle death on record" if pair.fought else "its active years on record"
    return Conflict(
        state=panel.states[i],
        group=group,
        fought=pair.fought,
        deaths_per_year=_sourced(max(pair.deaths, 1.0), source),
        usual_deaths=Quantity(
            value=_rounded(max(pair.usual, 1.0)), basis="assumed", source=source, note="its last five active years"
        ),
        age=_sourced(float(pair.age), source, age),
        since=_sourced(float(pair.since), source),
    )


def sides_of(panel: Panel, chosen: Sequence[int], t: int, states: _States) -> tuple[dict[str, Group], list[Conflict]]:
    """Return the conflicts of the 25 years up to position ``t``, and a group for each that is fought at its end."""
    year = int(panel.years[t])
    rebels = {(rebel.state, rebel.conflict): rebel for rebel in panel.rebels if rebel.year == year}
    taken: set[str] = set()
    groups: dict[str, Group] = {}
    conflicts: list[Conflict] = []
    for i in chosen:
        for pair in pairs(panel, i, t):
            name = None
            if pair.fought:
                rebel = rebels[panel.states[i], pair.conflict]
                name = _slug(rebel.state, rebel.name, taken)
                groups[name] = _group(panel, rebel, i, chosen, t, states.fighters(i, pair))
            conflicts.append(_of_pair(panel, i, pair, name, year))
    return groups, conflicts


WDI = "World Bank WDI, Penn World Table, Maddison Project: {0}"
WGI = "World Bank WGI: {0}"
UCDP = "UCDP/PRIO Armed Conflict Dataset, UCDP Battle-Related Deaths, UCDP GED: {0}"
UNHCR = "UNHCR Refugee Data Finder: {0}"
CIA = "CIA World Factbook"
SIGNIFICANT = 4
NAMES = {  # states that were larger than the one whose code they bear, until the year given
    "SRB": (2005, "Yugoslavia"), "RUS": (1990, "Soviet Union"), "ETH": (1992, "Ethiopia (with Eritrea)"),
    "SDN": (2010, "Sudan (with South Sudan)"),
}  # fmt: skip


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT}g}")


def _sourced(value: float, source: str, note: str | None = None) -> Quantity:
    return Quantity(value=_rounded(value), basis="sourced", source=source, note=note)


def _share(value: float, spread: float, note: str) -> Quantity:
    value = round(value, 4)
    low, high = round(max(value - spread, 0.0), 4), round(min(value + spread, 1.0), 4)
    return Quantity(value=value, range=(low, high), basis="assumed", note=note)


def standing(panel: Panel, start_year: int) -> list[int]:
    """Return the positions of the states that exist at the end of a year, in the order of their codes."""
    t = panel.year_index(start_year)
    last = int(panel.last_year.max())  # that of all states that have not come to an end
    return [
        i
        for i in range(len(panel.states))
        if panel.exists[i, t] and (panel.last_year[i] > start_year or panel.last_year[i] == last)
    ]


def _around(panel: Panel, i: int, t: int, known: Sequence[float]) -> float:
    """Return the geometric mean of the neighbours' values, of all states if no neighbour has one."""
    values = np.array(known)
    for chosen in (panel.neighbours[t, i], np.ones(len(values), dtype=bool)):
        available = values[chosen & ~np.isnan(values)]
        if len(available):
            return float(np.exp(np.log(available).mean()))
    raise PanelError("economy.csv, governance_wgi.csv: there are no numbers up to the start")


def _filled(panel: Panel, name: str, t: int) -> tuple[list[float], list[bool]]:
    """Return the last known value of each state, that of its neighbours where there is none, and which are known."""
    values = getattr(panel, name)
    known = [last_known(values[i], t) for i in range(len(panel.states))]
    filled = [_around(panel, i, t, known) if math.isnan(v) else v for i, v in enumerate(known)]
    return filled, [not math.isnan(v) for v in known]


class _States:
    """The states of a year, each from its last known numbers."""

    def __init__(self, panel: Panel, start_year: int) -> None:
        self.panel, self.year, self.t = panel, start_year, panel.year_index(start_year)
        self.income, self.income_known = _filled(panel, "gdp_per_capita", self.t)
        self.people, self.people_known = _filled(panel, "population", self.t)
        self.infants, _ = _filled(panel, "infant_mortality", self.t)
        typical = [self._capacity(i) for i in standing(panel, start_year)]
        self.shift = float(np.median([math.log(k / (1.0 - k)) for k in typical]))

    def _number(self, value: float, source: str, *, known: bool) -> Quantity:
        if known:
            return _sourced(value, source.format(self.year))
        return Quantity(value=_rounded(value), basis="assumed", note="no number on record: mean of the neighbours")

    def _capacity(self, i: int) -> float:
        return transforms.capacity(self.infants[i], self.income[i], self._governance(i, 1, 2))

    def _governance(self, i: int, *columns: int) -> float:
        measured = [last_known(self.panel.wgi[i, :, k], self.t) for k in columns]
        return sum(measured) / len(measured)

    def fighters(self, i: int, pair: Pair) -> int:
        """Return the fighters of the rebels of a conflict, who are not counted in most wars."""
        infants = self.infants[i]
        army = transforms.forces(max(self.people[i], 1e-3))
        capacity = transforms.relative(self._capacity(i), self.shift)
        legitimacy = transforms.legitimacy(infants, self._governance(i, 0))
        return round(transforms.fighters(army, capacity, legitimacy, pair.age / 12.0, pair.deaths))

    def _name(self, i: int) -> str:
        last, name = NAMES.get(self.panel.states[i], (0, ""))
        return name if self.year <= last else self.panel.names[i]

    def state(self, i: int) -> State:
        """Return a state as it was."""
        income, people, infants = self.income[i], max(self.people[i], 1e-3), self.infants[i]
        governance, stability = self._governance(i, 1, 2), self._governance(i, 0)
        measured = "and governance (WGI)" if not math.isnan(governance) else "(no governance measured yet)"
        economy = income * people * 1e6 / 1e9
        return State(
            name=self._name(i)[:60],
            population=self._number(people, WDI, known=self.people_known[i]),
            gdp_per_capita=self._number(income / 1000.0, WDI, known=self.income_known[i]),
            capacity=_share(
                transforms.relative(self._capacity(i), self.shift),
                0.1,
                f"logistic in infant mortality, income {measured}, relative to the typical state of the year",
            ),
            legitimacy=_share(
                transforms.legitimacy(infants, stability), 0.15, "logistic in political stability (WGI), or infant mortality"
            ),
            hardship=_share(transforms.hardship(infants), 0.1, f"m/(m+30) at {infants:.4g} infant deaths in 1,000 births"),
            prestige=_share(transforms.prestige(economy), 0.15, "logistic in the log of the economy"),
            since_conflict=Quantity(value=1200.0, basis="assumed", note="the conflicts of the state are listed by themselves"),
            forces=Quantity(value=_rounded(transforms.forces(people)), basis="assumed", note="4.5·population^0.8"),
        )


def _pair(panel: Panel, i: int, j: int, t: int) -> Border:
    a, b = ((float(panel.capital[k, 0]), float(panel.capital[k, 1])) for k in (i, j))
    apart = transforms.distance_km(a, b)
    elevation = transforms.ruggedness(float(panel.elevation[i]), float(panel.elevation[j]))
    distance = None if math.isnan(apart) else _sourced(apart, "GeoNames, capitals")
    return Border(
        length_km=_sourced(float(panel.border_km[t, i, j]), CIA),
        distance_km=distance,
        ruggedness=_share(elevation, 0.2, "e/(e+1000) in the mean elevation of both states"),
    )


def _borders(panel: Panel, chosen: Sequence[int], t: int, year: int) -> dict[str, Border]:
    borders: dict[str, Border] = {}
    for i in chosen:
        for j in chosen:
            if not panel.neighbours[t, i, j]:
                continue
            a, b = panel.states[i], panel.states[j]
            if i < j:
                borders[f"{a}-{b}"] = _pair(panel, i, j, t)
            if panel.refugees[t, i, j] > 0:
                borders[f"{a}>{b}"] = Border(refugees=_sourced(float(panel.refugees[t, i, j]), UNHCR.format(year)))
    return borders


def _about(year: int, n: int) -> str:
    return (
        f"{n} states as they stood at the end of {year}, built from rows up to that year only. A state without a number has "
        "that of its neighbours. Capacity, legitimacy, hardship, prestige and forces are fixed functions of published "
        "indicators and are tagged as assumed; each conflict that was on has one group, whose strength follows its battle "
        "deaths; those of 25 years before can begin again. Refugees in states without a common land border are not in it. Maps show today's borders."
    )


def world_scenario(
    panel: Panel, start_year: int, *, months: int = 120, replicates: int = 50, seed: int = 1, alliances: bool = True
) -> Scenario:
    """Return a scenario of all states from what was known at the end of a year.

    Parameters
    ----------
    panel : Panel
        From `read_panel`; only its years up to ``start_year`` are used.
    start_year : int
        The last year that is known: the run begins in January of the next.
    months, replicates, seed : int
        Of the scenario.
    alliances : bool
        With the defence blocs of the year, or without.

    Raises
    ------
    PanelError
        The panel does not have the year.
    """
    try:
        t = panel.year_index(start_year)
    except ValueError as error:
        raise PanelError(str(error)) from None
    chosen = standing(panel, start_year)
    states = _States(panel, start_year)
    codes = [panel.states[i] for i in chosen]
    groups, conflicts = sides_of(panel, chosen, t, states)
    return Scenario(
        scenario=f"world-{start_year}",
        title=f"The world after {start_year}",
        question=f"How would conflict have spread among all states from {start_year} on?",
        about=_about(start_year, len(codes)),
        sources=[s.format(start_year) for s in (WDI, WGI, UCDP, UNHCR)] + [CIA],
        start=f"{start_year + 1}-01",
        months=months,
        replicates=replicates,
        seed=seed,
        map=Map(projection="equal-earth", neighbours="listed"),
        states={panel.states[i]: states.state(i) for i in chosen},
        groups=groups,
        conflicts=conflicts,
        borders=_borders(panel, chosen, t, start_year),
        alliances=alliances_of(panel, codes, start_year) if alliances else {},
    )
