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
from stability_sim.scenario.variables import FIELDS
from stability_sim.world.initial import begin

MONTHS = 24
WORLDS = (1, 3, 4, 7, 9)
LONELY = "S0lonely"


def _numbers(batch: Batch) -> dict[tuple[str, Any], NDArray[Any]]:
    """Return every number of a batch by its name and the name of what it belongs to; indices differ from world to world."""
    names, now, month = batch.beginning.names, batch.now, batch.month
    entities: dict[str, list[Any]] = {
        "state": names.states, "dyad": names.dyads, "group": names.groups, "tie": names.ties, "conflict": names.conflicts,
        "support": names.supports, "member": names.members, "pact": names.pacts,
    }  # fmt: skip
    columns = [(field.name, entities[field.of], now) for field in FIELDS if field.of in entities and not field.refers]
    columns += [(name, names.states, month) for name in ("hazard", "risk", "onset", "outbreaks", "new_rate")]
    columns += [(name, names.dyads, month) for name in ("raids", "attacks", "crossing", "hidden", "refugee_flow")]
    columns += [("attempts", names.groups, month), ("incidents", [frozenset(pair) for pair in names.borders], month)]
    found: dict[tuple[str, Any], NDArray[Any]] = {}
    for name, owners, record in columns:
        values = getattr(record, name)
        assert values.shape[1] == len(owners)
        found |= {(name, owner): values[:, k].copy() for k, owner in enumerate(owners)}
    return found


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
