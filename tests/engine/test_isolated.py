"""A state that nobody has to do with changes no number anywhere else; the order of the states in a file is nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reference.worlds import world
from stability_sim.engine.run import Batch, start, step
from stability_sim.ensemble.run import run
from stability_sim.scenario import Scenario
from stability_sim.scenario.schema import Group, State
from stability_sim.world.initial import begin

MONTHS = 24
WORLDS = (1, 3, 4, 7, 9)
LONELY = "S0lonely"
# What a world counts entities by, and how the arrays of the kernels are laid out.
BY_STATE = (
    "capacity", "legitimacy", "hardship", "prestige", "forces", "in_conflict", "log_deaths", "conflict_age",
    "since_conflict", "talks_left", "mediated",
)  # fmt: skip
BY_DYAD = ("guard", "openness", "hostility", "refugees", "by_crossing", "by_refugees")
BY_GROUP = ("stake", "credibility", "group_support", "control")
BY_TIE = ("fighters", "cells", "threat", "engage", "recognise", "listed", "sanction", "aid")
BY_MEMBER = ("honoured", "abandoned", "drill")
BY_PACT = ("deployed", "deploy_wait", "deploy_left")


def _numbers(batch: Batch) -> dict[tuple[str, Any], NDArray[Any]]:
    """Return every number of a batch by its name and the name of what it belongs to."""
    names, now, month = batch.beginning.names, batch.now, batch.month
    found: dict[tuple[str, Any], NDArray[Any]] = {}
    for fields, entities, record in (
        (BY_STATE, names.states, now), (BY_DYAD, names.dyads, now), (BY_GROUP, names.groups, now), (BY_TIE, names.ties, now),
        (BY_MEMBER, names.members, now), (BY_PACT, names.pacts, now), (("hazard", "risk", "onset"), names.states, month),
        (("raids", "attacks", "crossing", "hidden", "refugee_flow"), names.dyads, month), (("attempts",), names.groups, month),
    ):  # fmt: skip
        for field in fields:
            values = getattr(record, field)
            assert values.shape[1] == len(entities)
            found |= {(field, entity): values[:, k].copy() for k, entity in enumerate(entities)}
    borders = [frozenset(pair) for pair in names.borders]
    return found | {("incidents", pair): month.incidents[:, k].copy() for k, pair in enumerate(borders)}


def _history(scenario: Scenario) -> list[dict[tuple[str, Any], NDArray[Any]]]:
    batch = start(begin(scenario), scenario.seed, 0, 12)
    months = []
    for _ in range(MONTHS):
        step(batch)
        months.append(_numbers(batch))
    return months


def _without_counts(scenario: Scenario) -> Scenario:
    """Return the scenario without the conditions that count conflicts everywhere, which one more state may change."""
    return scenario.model_copy(update={"events": [e for e in scenario.events if "conflicts()" not in (e.when or "")]})


@pytest.mark.parametrize("number", WORLDS)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_an_isolated_state_changes_no_number_elsewhere(number: int, place: str) -> None:
    base = _without_counts(world(number))
    states = list(base.states.items())
    k = {"first": 0, "middle": len(states) // 2, "last": len(states)}[place]
    states.insert(k, (LONELY, State(in_conflict=True)))
    group = Group.model_validate({"home": LONELY, "export_aim": 1.0, "fighters": {LONELY: 5000}})
    more = base.model_copy(update={"states": dict(states), "groups": {"lonely": group, **base.groups}})
    happened = 0.0
    for before, after in zip(_history(base), _history(more), strict=True):
        assert before.keys() <= after.keys()
        for key, values in before.items():
            assert np.array_equal(values, after[key]), key
        happened += float(after["hazard", LONELY].sum())
    assert happened > 0.0


@pytest.mark.parametrize("number", WORLDS)
def test_the_order_of_the_states_is_nothing(number: int) -> None:
    """Sums may be taken in another order: equal to a relative 1e-9, and what happens happens in the same months."""
    base = world(number)
    turned = base.model_copy(update={"states": dict(reversed(base.states.items()))})
    for before, after in zip(_history(base), _history(turned), strict=True):
        assert before.keys() == after.keys()
        for key, values in before.items():
            np.testing.assert_allclose(after[key], values, rtol=1e-9, atol=1e-12, err_msg=str(key))


def test_names_change_the_dice_and_nothing_else(small: Scenario) -> None:
    """With other names of the states every draw is another: what is likely stays as it was, within five standard errors."""
    text = small.model_dump_json()
    for old, new in (('"A', '"Alpha'), ('"B', '"Beta'), ('"C', '"Gamma'), ('"D', '"Delta')):
        text = text.replace(f'{old}"', f'{new}"')
    for old, new in (("A", "Alpha"), ("B", "Beta"), ("C", "Gamma"), ("D", "Delta")):
        for sign in ("-", ">"):
            text = text.replace(f'"{old}{sign}', f'"{new}{sign}').replace(f'{sign}{old}"', f'{sign}{new}"')
    renamed = Scenario.model_validate_json(
        text.replace("borders.A-B.", "borders.Alpha-Beta.").replace("incidents(A-B)", "incidents(Alpha-Beta)")
    )
    n = 4000
    one, other = run(small, replicates=n)["outcome_per_replicate"], run(renamed, replicates=n)["outcome_per_replicate"]
    error = np.sqrt((one.var(axis=0) + other.var(axis=0)) / n)
    assert not np.array_equal(one, other)
    assert (np.abs(one.mean(axis=0) - other.mean(axis=0)) <= 5.0 * error).all()
