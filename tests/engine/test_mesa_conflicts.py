"""Conflicts as agents of the Mesa model: who fights whom, how strong, who holds the ground."""

from __future__ import annotations

import mesa
import numpy as np
import pytest

from stability_sim.engine.mesa_model import ConflictAgent, GroupAgent, StabilityModel, StateAgent
from stability_sim.engine.run import start, step
from stability_sim.scenario import Scenario, resolve
from stability_sim.scenario.variables import FIELDS
from stability_sim.world.initial import begin


@pytest.fixture(scope="module")
def war() -> Scenario:
    """A government and a group that fights it, each with a friend, and a neighbour."""
    return resolve(
        Scenario.model_validate(
            {
                "scenario": "war", "question": "q", "start": "2020-01", "months": 24, "map": {"projection": "network"},
                "states": {"A": {"forces": 40}, "B": {}, "C": {}},
                "borders": {"A-B": {}, "B-C": {}},
                "groups": {"rebels": {"home": "A", "fighters": {"A": 9000}}},
                "conflicts": [{"state": "A", "group": "rebels", "deaths_per_year": 900, "age": 30, "ground": 0.3}],
                "supports": [{"of": "B", "to": "rebels", "sanctuary": 0.5}, {"of": "C", "to": "A", "troops": 2.0}],
            }
        )
    )  # fmt: skip


def test_a_conflict_is_that_of_the_ensemble(war: Scenario) -> None:
    model, batch = StabilityModel(war, replicate=5), start(begin(war), war.seed, 0, 8)
    conflict = model.conflict("A", "rebels")
    for _ in range(12):
        model.step()
        step(batch)
        for field in FIELDS:
            if field.of == "conflict" and field.refers is None:
                assert getattr(conflict, field.label) == getattr(batch.now, field.name)[5, conflict.index], field.name
        assert [c.key for c in model.conflicts] == [
            label for label, fought in zip(model.beginning.names.conflict_labels(), batch.now.fought[5], strict=True) if fought
        ]


def test_both_sides_have_a_strength(war: Scenario) -> None:
    model = StabilityModel(war)
    conflict = model.conflict("A", "rebels")
    assert [c.key for c in model.conflicts] == ["A/rebels"]
    sides = conflict.strengths
    assert conflict.balance == pytest.approx(np.log((sides.rebels + 1e-3) / (sides.government + 1e-3)))
    model.batch.now.troops[0, model.beginning.names.supports.index(("C", "A"))] = 0.0
    assert conflict.strengths.government < sides.government
    assert conflict.strengths.rebels == sides.rebels


def test_what_is_set_takes_effect(war: Scenario) -> None:
    model = StabilityModel(war)
    model.conflict("A", "rebels").fought = 0
    model.step()
    assert model.conflicts == []
    assert model.state("A").in_conflict == 0


def test_what_is_worked_out_each_month_cannot_be_set(war: Scenario) -> None:
    model = StabilityModel(war)
    agents = {"state": model.state("A"), "group": model.group("rebels"), "conflict": model.conflict("A", "rebels")}
    derived = [field for field in FIELDS if field.of in agents and field.rewritten]
    assert {field.name for field in derived} >= {"in_conflict", "deaths", "conflict_age", "counted"}
    for field in derived:
        with pytest.raises(AttributeError, match=f"{field.label} of a {field.of} is worked out anew each month"):
            setattr(agents[field.of], field.label, 1)


def test_conflicts_can_be_collected(war: Scenario) -> None:
    class Named(ConflictAgent):
        pass

    model = StabilityModel(war, conflict_class={"A/rebels": Named})
    assert isinstance(model.conflict("A", "rebels"), Named)
    assert type(model.conflict("A", "#1")) is ConflictAgent
    collector = mesa.DataCollector(
        {"fought": lambda m: len(m.conflicts)},
        agenttype_reporters={Named: {"ground": "ground", "killed": "killed", "key": "key"}},
    )
    for _ in range(3):
        model.step()
        collector.collect(model)
    frame = collector.get_agenttype_vars_dataframe(Named)
    assert list(frame["key"]) == ["A/rebels"] * 3
    assert frame["ground"].iloc[-1] == model.conflict("A", "rebels").ground
    kinds = {
        kind: len(model.agents.select(lambda agent, kind=kind: isinstance(agent, kind))) for kind in (StateAgent, GroupAgent)
    }
    assert kinds == {StateAgent: 3, GroupAgent: 1}
    with pytest.raises(KeyError, match="B has no conflict with 'nobody'"):
        model.conflict("B", "nobody")


@pytest.mark.parametrize("start_month", ["2020-01", "2020-07"])
def test_a_small_conflict_still_counts_after_its_first_month(war: Scenario, start_month: str) -> None:
    """It had its deaths in the year before: the run does not forget them in January."""
    small = war.conflicts[0].model_copy(
        update={"deaths_per_year": war.conflicts[0].deaths_per_year.model_copy(update={"value": 60.0})}
    )
    scenario = war.model_copy(update={"start": start_month, "conflicts": [small]})
    for replicate in range(6):
        model = StabilityModel(scenario, replicate=replicate)
        conflict = model.conflict("A", "rebels")
        model.step()
        assert conflict.counted == conflict.fought
