"""At which rates fighting begins: new conflicts, old ones again, and what comes from beyond the border."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference import strength
from reference.draws import Purpose
from reference.perception import log_odds_of_capacity, susceptibility

if TYPE_CHECKING:
    from reference.agents import State
    from reference.model import Twin
    from reference.things import Conflict, Pact, Way

REMEMBERED = 300


def shocks(model: Twin) -> dict[str, float]:
    """Return the shocks of this year that all states share: e^{σ·N(0, 1) − σ²/2}, with mean 1."""
    spreads = {
        "onset": (Purpose.COMMON_SHOCK, model.p.common_shock_sd),
        "ending": (Purpose.COMMON_ENDING, model.p.common_ending_sd),
        "deaths": (Purpose.COMMON_DEATHS, model.p.common_deaths_sd),
    }
    first = model.month - model.month % 12
    return {
        what: math.exp(sd * model.dice.normal(first, purpose, model.common) - sd**2 / 2.0)
        for what, (purpose, sd) in spreads.items()
    }


def of_new_conflicts(state: State) -> float:
    """Return λ = h0·f(K)·exp(ηG(G − Ḡ) + ηP·ln(pop/pop̄)), G = H(1 − L); more in a state at war; times the common shock."""
    p, now = state.model.p, state.now
    grievance = p.grievance_effect * (now.hardship * (1.0 - now.legitimacy) - p.grievance_reference)
    size = p.population_effect * math.log(state.population / p.population_reference)
    further = p.onset_at_war if now.in_conflict else 1.0
    return p.onset_per_year * susceptibility(state) * math.exp(grievance + size) * further * state.model.shocks["onset"]


def of_pair(conflict: Conflict, new: float) -> float:
    """Return the rate, before the common shock, at which a pair begins, above that of any new conflict of its state.

    One within memory again: r·exp(χ·fought/known − ηR·odds(K))·(1 + years)^−φ, by how it ended, less under peacekeepers; a group
    at home that nobody remembers fighting: new·(exp(β·backing) − 1).
    """
    state, now, group = conflict.state, conflict.now, conflict.group
    p = state.model.p
    if now.fought or (group is not None and group.now.governs is state):
        return 0.0
    backed = math.exp(p.backing_onset * strength.backing_of_rebels(conflict))
    if now.quiet_months >= REMEMBERED:
        at_home = conflict.tie is not None and not conflict.tie.abroad
        return new * (backed - 1.0) if at_home else 0.0
    by_outcome = {
        "government": p.restart_after_victory, "takeover": p.restart_after_takeover,
        "settlement": p.restart_after_settlement, "fades": p.restart_after_fading, None: 1.0,
    }[now.outcome]  # fmt: skip
    chronic = now.months_fought / max(now.known_months, 1)
    past = math.exp(p.restart_chronic * chronic - p.restart_capacity * log_odds_of_capacity(state))
    fading = math.pow(1.0 + now.quiet_months / 12.0, -p.restart_fades)
    guarded = 1.0 - state.now.peacekeeping * (1.0 - p.peacekeeping_relapse)
    return p.restart_per_year * past * fading * by_outcome * guarded * backed


def again(state: State) -> dict[Conflict, float]:
    """Return the rates at which the pairs of a state begin, above that of any new conflict."""
    return {conflict: of_pair(conflict, state.month.new_rate) * state.model.shocks["onset"] for conflict in state.conflicts}


def wars_of_kin(state: State) -> float:
    """Return the kin ties to wars next door, remembered or on."""
    return sum(way.source.now.war_memory * way.kin for way in state.ways_in)


def of_state(state: State) -> dict[str, float]:
    """Return the hazards of a state per year, by channel."""
    p, new = state.model.p, state.month.new_rate
    open_to = susceptibility(state)
    if p.contagion_multiplies > 0.0:
        open_to *= math.pow(new / p.contagion_reference, p.contagion_multiplies)
    crossing, hidden = _infiltration(state, open_to)
    old, kin = sum(again(state).values()), wars_of_kin(state)
    per_hundred = state.hosted / (state.population * 1e4)
    return {
        "domestic": new + old,
        "infiltration_crossing": crossing,
        "infiltration_refugees": hidden,
        "kin": (p.kin_onset * open_to + p.restart_neighbours * old) * kin,
        "refugees": p.refugee_onset * open_to * (1.0 - state.now.managed_refugees) * min(per_hundred, p.refugee_ceiling),
        "economy": _economy(state, new),
        "entanglement": p.entanglement_onset * sum(pact.now.deployed for pact in at_war_abroad(state)),
    }


def _infiltration(state: State, open_to: float) -> tuple[float, float]:
    """Return λF = φF·s·3.5·(1 − exp(−X/X*)), split into those who crossed by themselves and among refugees."""
    p, cells = state.model.p, state.month.cells_before
    rate = p.infiltration_onset * open_to * p.near_war_cells * (1.0 - math.exp(-cells / p.cells_half))
    among = sum(way.now.by_refugees for way in state.ways_in)
    share = min(1.0, among / cells) if cells > 0.0 else 0.0
    return rate * (1.0 - share), rate * share


def at_war_next_door(state: State) -> list[Way]:
    """Return the ways from states at war."""
    return [way for way in state.ways_in if way.source.now.in_conflict]


def _economy(state: State, new: float) -> float:
    """Return the rate of new conflicts with the hardship that trade with states at war spills over, less that without."""
    p, now = state.model.p, state.now
    lost = 1.0 - math.prod(1.0 - way.trade for way in at_war_next_door(state))
    if lost <= 0.0:
        return 0.0
    more = p.economic_spillover * lost * (1.0 - now.hardship) * (1.0 - now.legitimacy)
    return new * (math.exp(p.grievance_effect * more) - 1.0)


def at_war_abroad(state: State) -> list[Pact]:
    """Return its promises to allies who are at war."""
    return [pact for pact in state.pacts_to_help if pact.ally.state.now.in_conflict]
