"""What governments and groups choose: logit choices over utilities."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

from reference.draws import Purpose, pick
from reference.perception import susceptibility

if TYPE_CHECKING:
    from reference.agents import Group, State
    from reference.things import Pact, Route, Tie

Option = TypeVar("Option")


def choose(utilities: dict[Option, float], precision: float, u: float) -> Option:
    """Return the option at quantile ``u`` of the logit choice."""
    weights = [math.exp(precision * utility) for utility in utilities.values()]
    return list(utilities)[pick(weights, u)]


def decide(state: State) -> None:
    """Choose an action and its object, if the government reviews its policy this month."""
    model = state.model
    if not state.chooses:
        return
    if model.dice.uniform(model.month, Purpose.STATE_REVIEWS, state.number) >= 1.0 / model.p.review_months:
        return
    tie, pact = _most_feared(state), _ally_in_need(state)
    u = model.dice.uniform(model.month, Purpose.STATE_CHOICE, state.number)
    state.month.action = choose(_options(state, tie, pact), model.p.choice_precision, u)
    state.month.target = pact if state.month.action == "deploy" else tie


def _most_feared(state: State) -> Tie | None:
    feared = [tie for tie in state.ties if tie.group.now.governs is not state]
    return max(feared, key=lambda tie: tie.now.threat, default=None)


def _ally_in_need(state: State) -> Pact | None:
    return next((pact for pact in state.pacts_to_help if pact.idle and pact.ally.state.now.in_conflict), None)


def _options(state: State, tie: Tie | None, pact: Pact | None) -> dict[str, float]:
    """Return U = w_S·threat removed + w_Π·prestige − w_N·norm cost − cost of each action that is possible."""
    p = state.model.p
    options = {"none": 0.0}
    if tie is not None:
        fear = state.weights["security"] * tie.now.threat
        options |= _toward_group(state, tie, fear, p) | _on_its_own(state, tie, fear, p)
    if pact is not None:
        gain = p.deploy_security * state.weights["security"] + p.deploy_prestige * state.weights["prestige"]
        options["deploy"] = gain - p.deploy_cost
    return options


def _toward_group(state: State, tie: Tie, fear: float, p: Any) -> dict[str, float]:
    glory, norms, poor = state.weights["prestige"], state.weights["norms"], 1.0 - state.now.capacity
    governs = 1.0 if tie.group.now.governs else 0.0
    stance = tie.now
    return {
        "engage": (p.engage_security * fear + p.engage_prestige * glory) * governs
        - norms * (p.engage_norms + p.listed_norms * stance.listed)
        - p.engage_cost
        - p.talking_already * stance.engage,
        "recognise": (
            p.recognise_security * fear + p.recognise_prestige * glory - p.recognise_early * (1.0 - stance.engage * governs)
        )
        - (norms * (p.recognise_norms + p.listed_norms * stance.listed) + p.talking_already * stance.recognise)
        - p.recognise_cost,
        "sanction": p.sanction_security * fear * governs
        + p.sanction_norms * norms
        - p.sanction_cost
        - p.already_done * stance.sanction,
        "aid": p.aid_security * fear * governs
        + p.aid_prestige * glory
        - p.aid_cost
        - p.poor_cost * poor
        - p.already_done * stance.aid,
    }


def _on_its_own(state: State, tie: Tie, fear: float, p: Any) -> dict[str, float]:
    glory, poor = state.weights["prestige"], 1.0 - state.now.capacity
    options = {}
    if tie.way_from_home is not None:
        unwatched = 1.0 - tie.way_from_home.now.guard
        options["guard"] = p.guard_security * fear * unwatched - p.guard_cost - p.poor_cost * poor
    if state.alliances:
        options["drill"] = p.drill_security * fear + p.drill_prestige * glory - p.drill_cost - p.drill_poor * p.poor_cost * poor
    options["summit"] = p.summit_security * fear + p.summit_glory * glory * state.now.prestige - p.summit_cost
    return options


def plan(group: Group) -> None:
    """Choose to govern, police rivals, build cells behind a border, or raid across it."""
    model = group.model
    if not group.chooses or group.at_home.now.fighters <= 0.0:
        return
    options: dict[tuple[str, Route | None], float] = {
        ("govern", None): _govern(group, model.p),
        ("police", None): _police(group, model.p),
    }
    for route in group.at_home.routes:
        options["build", route] = _build(group, route, model.p)
        options["raid", route] = _raid(group, route, model.p)
    u = model.dice.uniform(model.month, Purpose.GROUP_CHOICE, group.number)
    group.month.action, group.month.route = choose(options, model.p.choice_precision, u)


def _govern(group: Group, p: Any) -> float:
    return p.govern_base + (p.govern_stake * group.now.stake if group.now.governs else 0.0)


def _police(group: Group, p: Any) -> float:
    rivals = group.rivals() if group.now.governs else 0.0
    felt = rivals / (rivals + p.rivals_felt * group.at_home.now.fighters + 1.0)
    return (p.police_rivals * felt if group.now.governs else 0.0) + p.police_control * group.now.control - p.police_cost


def _to_lose(group: Group) -> float:
    """Return what an adventure abroad puts at stake: nothing for a group without an address."""
    return 0.0 if group.clandestine else group.now.stake * group.now.control


def _build(group: Group, route: Route, p: Any) -> float:
    wanted = p.build_aim + p.build_soft * susceptibility(route.way.target) + p.build_kin * route.tie.kin
    to_lose = _to_lose(group)
    return group.now.export_aim * wanted - p.build_risk * route.way.month.detection - p.build_stake * to_lose


def _raid(group: Group, route: Route, p: Any) -> float:
    wanted = p.raid_aim + p.raid_soft * susceptibility(route.way.target) + p.raid_hostility * route.way.now.hostility
    to_lose = _to_lose(group)
    utility = group.now.export_aim * wanted - p.raid_risk * route.way.month.detection
    utility -= p.raid_stake * to_lose + p.raid_cost
    return utility - p.raid_governs if group.now.governs else utility
