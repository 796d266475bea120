"""Onset: seven hazards, one draw, and the channel and source to which it is attributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.draws import Purpose, pick
from reference.formulas import chance
from reference.perception import susceptibility

if TYPE_CHECKING:
    from reference.agents import State
    from reference.things import Tie, Way


def break_out(state: State) -> None:
    """Begin a conflict in a state at peace with probability 1 − exp(−Σλ/12)."""
    model = state.model
    state.month.hazards = hazards(state)
    total = max(sum(state.month.hazards.values()), 0.0)
    if state.now.in_conflict:
        state.month.risk = 1.0
        return
    state.month.risk = chance(total, 1.0)
    if model.dice.uniform(model.month, Purpose.ONSET, state.number) < chance(total, 1.0 / 12.0):
        _begin(state)
    else:
        state.next.since_conflict = state.now.since_conflict + 1


def common_shock(model) -> float:
    """Return the shock of this year that all states share: log-normal with mean 1."""
    noise = model.dice.normal(model.month - model.month % 12, Purpose.COMMON_SHOCK, model.common)
    return math.exp(model.p.common_shock_sd * noise - 0.5 * model.p.common_shock_sd * model.p.common_shock_sd)


def domestic(state: State) -> float:
    """Return λD = h0·exp(−ηK(K−½) + ηG(G−Ḡ) + ηP·ln(pop/pop̄) + ρ·exp(−τ/τR)), times relapse and the common shock."""
    p, now = state.model.p, state.now
    grievance = now.hardship * (1.0 - now.legitimacy)
    years = now.since_conflict / 12.0
    fresh = math.exp(-years / p.recent_conflict_years)
    relapse = 1.0 - fresh * now.peacekeeping * (1.0 - p.peacekeeping_relapse)
    if now.mediated and years >= p.talks_recurrence_years:
        relapse *= 1.0 + fresh * (p.talks_recurrence - 1.0)
    return (
        p.onset_per_year
        * math.exp(
            -p.capacity_effect * (now.capacity - 0.5)
            + p.grievance_effect * (grievance - p.grievance_reference)
            + p.population_effect * (math.log(state.population) - math.log(p.population_reference))
            + p.recent_conflict_effect * fresh
        )
        * relapse
        * state.model.shock
    )


def hazards(state: State) -> dict[str, float]:
    """Return the hazards of a state per year, by channel, as if it were at peace."""
    p, now = state.model.p, state.now
    own = domestic(state)
    open_to = susceptibility(state)
    if p.contagion_multiplies > 0.0:
        open_to *= math.pow(own / p.contagion_reference, p.contagion_multiplies)
    crossing, hidden = _infiltration(state, open_to)
    at_war = [way for way in state.ways_in if way.source.now.in_conflict]
    per_hundred = state.hosted / (state.population * 1e4)
    return {
        "domestic": own,
        "infiltration_crossing": crossing,
        "infiltration_refugees": hidden,
        "kin": p.kin_onset * open_to * sum(way.kin for way in at_war),
        "refugees": p.refugee_onset * open_to * (1.0 - now.managed_refugees) * min(per_hundred, p.refugee_ceiling),
        "economy": _economy(state, own, at_war),
        "entanglement": p.entanglement_onset * sum(pact.now.deployed for pact in _at_war_abroad(state)),
    }


def _infiltration(state: State, open_to: float) -> tuple[float, float]:
    """Return λF = φF·s·3.5·(1 − exp(−X/X*)), split into those who crossed by themselves and among refugees."""
    p, cells = state.model.p, state.month.cells_before
    rate = p.infiltration_onset * open_to * p.near_war_cells * (1.0 - math.exp(-cells / p.cells_half))
    among = sum(way.now.by_refugees for way in state.ways_in)
    share = min(1.0, among / cells) if cells > 0.0 else 0.0
    return rate * (1.0 - share), rate * share


def _economy(state: State, own: float, at_war: list[Way]) -> float:
    """Return λD with the hardship that trade with states at war spills over, less λD without."""
    p, now = state.model.p, state.now
    lost = 1.0 - math.prod(1.0 - way.trade for way in at_war)
    if lost <= 0.0:
        return 0.0
    more = p.economic_spillover * lost * (1.0 - now.hardship) * (1.0 - now.legitimacy)
    return own * (math.exp(p.grievance_effect * more) - 1.0)


def _at_war_abroad(state: State) -> list:
    return [pact for pact in state.pacts_to_help if pact.ally.state.now.in_conflict]


def _begin(state: State) -> None:
    """Begin a conflict: attribute it, raise its rebels, draw its intensity."""
    model = state.model
    p, dice, t = model.p, model.dice, model.month
    hazard = state.month.hazards
    place = pick([max(rate, 0.0) for rate in hazard.values()], dice.uniform(t, Purpose.CHANNEL, state.number))
    channel = list(hazard)[place or 0]
    tie = _strongest(state, foreign=channel in ("infiltration_crossing", "infiltration_refugees"))
    source, way = _source(state, channel, tie, dice.uniform(t, Purpose.SOURCE, state.number))
    state.next.rebels = tie.group if tie else None
    if tie:
        tie.next.fighters += p.rebels_at_onset
    state.month.onset = True
    state.next.in_conflict = True
    state.next.conflict_age = 0
    state.next.log_deaths = p.onset_log_deaths + p.onset_log_deaths_sd * dice.normal(t, Purpose.INTENSITY_AT_START, state.number)
    deaths = math.exp(state.next.log_deaths)
    model.tell("onset", state, source, channel, tie.group.name if tie else None, way.border if way else None, deaths)


def _strongest(state: State, *, foreign: bool) -> Tie | None:
    """Return the strongest group that does not govern the state: by cells if it is from elsewhere, or one at home."""
    others = [tie for tie in state.ties if tie.group.now.governs is not state and tie.abroad is foreign]
    if foreign:
        return max((tie for tie in others if tie.now.cells > 0.0), key=lambda tie: tie.now.cells, default=None)
    return max(others, key=lambda tie: tie.now.cells + tie.now.fighters, default=None)


def _source(state: State, channel: str, tie: Tie | None, u: float) -> tuple[State | None, Way | None]:
    """Return the state and the way to which an onset is attributed: the state itself if from within."""
    if channel == "domestic":
        return state, None
    if channel == "entanglement":
        pacts = _at_war_abroad(state)
        place = pick([pact.now.deployed for pact in pacts], u)
        return (None if place is None else pacts[place].ally.state), None
    place = pick([_adds(way, channel) for way in state.ways_in], u)
    if place is not None:
        return state.ways_in[place].source, state.ways_in[place]
    return (tie.group.home if tie else state), None


def _adds(way: Way, channel: str) -> float:
    """Return what one way adds to a channel."""
    match channel:
        case "infiltration_crossing":
            return way.now.by_crossing
        case "infiltration_refugees":
            return way.now.by_refugees
        case "refugees":
            return way.now.refugees
        case "kin":
            return way.kin if way.source.now.in_conflict else 0.0
        case "economy":
            return way.trade if way.source.now.in_conflict else 0.0
    return 0.0
