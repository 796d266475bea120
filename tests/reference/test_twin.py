"""The kernels against the twin, on random worlds: the same events in the same months, the same numbers."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from mechanism_pages.equations import draft_parameters
from reference import comparison
from reference.draws import Dice, Purpose, number_of, philox, pick, poisson
from reference.model import Told, Twin
from reference.worlds import KNOWN, LIVELY, world
from stability_sim.engine.run import Batch, start, step
from stability_sim.kernels import randomness
from stability_sim.scenario import Scenario, resolve
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.quantity import quantity
from stability_sim.world import vocabulary as v
from stability_sim.world.fields import Month, World
from stability_sim.world.initial import begin

WORLDS = range(20)
MONTHS = 30
RENAMED = {"INTENSITY_AT_START": "INTENSITY_START", "FORTUNE_AT_START": "FORTUNE_START", "SPONSORS_AT_START": "SPONSORS_START"}
SAME = {"rtol": 1e-9, "atol": 1e-12}


def _same_numbers(twin: Twin, batch: Batch, replicate: int, where: str) -> None:
    _same_world(twin, batch, replicate, where)
    _same(batch.month, comparison.month(twin, batch.beginning.names), replicate, where)


def _same_world(twin: Twin, batch: Batch, replicate: int, where: str) -> None:
    _same(batch.now, comparison.world(twin, batch.beginning.names), replicate, where)


def _same(fields: World | Month, expected: dict[str, list[float]], replicate: int, where: str) -> None:
    for name, values in expected.items():
        found = getattr(fields, name)[replicate].ravel()
        np.testing.assert_allclose(found, values, err_msg=f"{name}, {where}", **SAME)


def _same_log(twin: Twin, batch: Batch, replicate: int) -> None:
    found = comparison.told(batch, replicate)
    assert [row[:-1] for row in found] == [row[:-1] for row in twin.log]
    np.testing.assert_allclose([row.value for row in found], [row.value for row in twin.log], **SAME)


def _compare(scenario: Scenario, replicate: int) -> list[Told]:
    """Run both and compare them every month; return what happened."""
    batch = start(begin(scenario), scenario.seed, replicate, 1)
    twin = Twin(scenario, replicate=replicate)
    _same_world(twin, batch, 0, "the start")
    for month in range(min(scenario.months, MONTHS)):
        step(batch)
        twin.step()
        _same_numbers(twin, batch, 0, f"month {month}")
    _same_log(twin, batch, 0)
    return twin.log


@pytest.fixture(scope="module")
def told() -> list[Told]:
    """What happens in all random worlds together."""
    return []


@pytest.mark.parametrize("number", WORLDS)
def test_kernels_equal_the_twin(number: int, told: list[Told]) -> None:
    scenario = world(number)
    for replicate in (0, 7):
        told.extend(_compare(scenario, replicate))


def test_the_random_worlds_leave_nothing_out(told: list[Told]) -> None:
    """What never happened was not compared: needs the worlds above to have run."""
    if not told:
        pytest.skip("the random worlds did not run")
    seen = {(row.kind, row.what) for row in told}
    assert {kind for kind, _ in seen} == set(v.LOG_KINDS)
    for beginning in ("outbreak", "onset"):
        assert {*v.CHANNELS, ""} == {what for kind, what in seen if kind == beginning}
    assert set(v.ENDINGS) == {what for kind, what in seen if kind == "ending"}
    for kind, nameless in product(("outbreak", "onset", "ending"), (True, False)):
        assert any(row.kind == kind and (row.who is None) is nameless for row in told)
    assert set(v.THREATS) == {what for kind, what in seen if kind in ("call_honoured", "call_abandoned")}
    assert set(v.STATE_ACTIONS) - {"none"} == {what for kind, what in seen if kind == "action"}


def test_kernels_equal_the_twin_on_central_asia(central_asia: Scenario) -> None:
    assert _compare(central_asia, 3)


def test_a_group_that_wins_governs_one_state() -> None:
    """Two capitals fall to one group at once; a third to one that still governs elsewhere."""
    on = {"ground": 0.99, "deaths_per_year": 500, "fought": True}
    scenario = resolve(
        Scenario.model_validate(
            {
                "scenario": "capitals", "question": "Who governs?", "start": "2000-11", "months": 6,
                "map": {"projection": "network"}, "states": {"A": {}, "B": {}, "C": {}}, "borders": {"A-B": {}, "B-C": {}},
                "groups": {
                    "new": {"home": "C", "fighters": {"A": 90000, "B": 90000}},
                    "old": {"home": "A", "governs": "A", "fighters": {"C": 90000}},
                },
                "conflicts": [{"state": "A", "group": "new"} | on, {"state": "B", "group": "new"} | on, {"state": "C", "group": "old"} | on],
                "parameters": {"capital_falls": 1.1, "ending_level": 0.3},
            }
        )
    )  # fmt: skip
    taken = [(row.month, row.state, row.who) for row in _compare(scenario, 0) if row.what == "takeover"]
    assert taken == [(0, "A", "new"), (1, "C", "old")]


def test_every_variable_is_compared(small: Scenario) -> None:
    batch = start(begin(small), small.seed, 0, 1)
    twin = Twin(small)
    memory_of_events = {"fired", "history"}  # what they do is compared
    assert set(comparison.world(twin, batch.beginning.names)) == set(World._fields) - memory_of_events


def test_the_twin_notices_a_wrong_parameter(small: Scenario) -> None:
    batch = start(begin(small), small.seed, 0, 1)
    twin = Twin(small.model_copy(update={"parameters": {"capacity_war": quantity(0.0031)}}))
    step(batch)
    twin.step()
    with pytest.raises(AssertionError, match="capacity"):
        _same_numbers(twin, batch, 0, "month 0")


def test_draws_are_those_of_the_package() -> None:
    """The twin's generator is its own; it must give the same words and numbers."""
    assert philox((0, 0, 0, 0), (0, 0)) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)  # Salmon et al. 2011
    for purpose in Purpose:
        assert int(getattr(randomness, f"STREAM_{RENAMED.get(purpose.name, purpose.name)}")) == purpose
    dice, entity = Dice(7, 3), number_of("state:AFG")
    assert entity == randomness.entity_id("state:AFG")
    draw = (np.uint64(7), np.uint64(3), 11), randomness.STREAM_ONSET, np.uint64(entity)
    assert dice.two(11, Purpose.ONSET, entity) == randomness.uniforms(*draw)
    assert dice.normal(11, Purpose.ONSET, entity) == pytest.approx(randomness.normal(*draw), rel=1e-15)
    assert [poisson(2.5, u / 50) for u in range(1, 50)] == [randomness.poisson(2.5, math.exp(-2.5), u / 50) for u in range(1, 50)]
    assert [pick([0.0, 1.0, 3.0, 0.0], u) for u in (0.0, 0.2, 0.3, 1.0)] == [1, 1, 2, 2]


def test_mesa_users_find_what_they_expect(small: Scenario) -> None:
    import mesa

    twin = Twin(small)
    kinds = {type(agent).__name__ for agent in twin.agents}
    assert kinds == {"State", "Group", "Alliance"}
    assert isinstance(twin, mesa.Model)
    twin.run_model()
    told = twin.datacollector.get_model_vars_dataframe()
    assert len(told) == small.months
    assert told["conflicts"].iloc[-1] == twin.states_at_war()
    assert told["refugees"].max() > 50000


def test_the_twin_knows_every_parameter_but_those_of_drafts() -> None:
    assert set(PARAMETERS) - set(KNOWN) <= draft_parameters(), "write the rule into the twin, too"


def test_the_lively_worlds_set_parameters_that_exist() -> None:
    assert set(LIVELY) <= set(PARAMETERS)
