"""The kernels against the twin, on random worlds: the same events in the same months, the same numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mechanism_pages.equations import draft_parameters
from reference import comparison
from reference.draws import Dice, Purpose, number_of, philox, pick, poisson
from reference.model import Told, Twin
from reference.worlds import KNOWN, world
from stability_sim.engine.run import Batch, start, step
from stability_sim.kernels import randomness
from stability_sim.scenario import Scenario
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.quantity import quantity
from stability_sim.world import vocabulary as v
from stability_sim.world.initial import begin

WORLDS = range(20)
MONTHS = 30
RENAMED = {"INTENSITY_AT_START": "INTENSITY_START"}
SAME = {"rtol": 1e-9, "atol": 1e-12}


def _same_numbers(twin: Twin, batch: Batch, replicate: int, where: str) -> None:
    names = batch.beginning.names
    for fields, expected in ((batch.now, comparison.world(twin, names)), (batch.month, comparison.month(twin, names))):
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
    assert set(v.CHANNELS) <= {what for kind, what in seen if kind == "onset"}
    assert set(v.ENDINGS) == {what for kind, what in seen if kind == "ending"}
    assert set(v.THREATS) == {what for kind, what in seen if kind in ("call_honoured", "call_abandoned")}
    assert set(v.STATE_ACTIONS) - {"none"} == {what for kind, what in seen if kind == "action"}


def test_kernels_equal_the_twin_on_central_asia(central_asia: Scenario) -> None:
    assert _compare(central_asia, 3)


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
    assert told["conflicts"].iloc[-1] == twin.conflicts()
    assert told["refugees"].max() > 50000


def test_the_twin_knows_every_parameter_but_those_of_drafts() -> None:
    assert set(PARAMETERS) - set(KNOWN) <= draft_parameters(), "write the rule into the twin, too"
