"""The same seed gives the same bytes, however the work is divided, and whoever does it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stability_sim.engine.mesa_model import Action, ConflictAgent, GroupAgent, StabilityModel, StateAgent
from stability_sim.engine.run import start, step
from stability_sim.ensemble.run import run
from stability_sim.kernels.randomness import entity_id
from stability_sim.scenario import Scenario, dump
from stability_sim.world.entities import name_entities
from stability_sim.world.initial import begin


@pytest.mark.parametrize(("workers", "size"), [(1, 1), (1, 7), (2, 7), (2, 64), (2, None)])
def test_tasks_and_threads_change_nothing(small: Scenario, workers: int, size: int | None) -> None:
    expected = run(small, replicates=80, workers=1, chunk_size=80).hash()
    assert run(small, replicates=80, workers=workers, chunk_size=size).hash() == expected


def test_another_seed_changes_it(small: Scenario) -> None:
    assert run(small, replicates=5).hash() != run(small, replicates=5, seed=6).hash()


def test_a_replicate_alone_is_the_one_of_the_ensemble(small: Scenario) -> None:
    whole, alone = run(small, replicates=30), run(small, replicates=1, first=17)
    assert np.array_equal(alone["outcome_per_replicate"][0], whole["outcome_per_replicate"][17])
    assert np.array_equal(alone["onset_month"][0], whole["onset_month"][17])
    rows = whole.log.where(replicate=17)
    assert all(np.array_equal(alone.log.columns[name], rows.columns[name]) for name in rows.columns)


def test_global_generators_are_not_touched(small: Scenario) -> None:
    import random

    expected = run(small, replicates=3).hash()
    random.seed(1)
    np.random.seed(1)
    assert run(small, replicates=3).hash() == expected
    assert random.random() == random.Random(1).random()


def test_the_mesa_model_is_the_replicate(central_asia: Scenario) -> None:
    model = StabilityModel(central_asia, replicate=17)
    batch = start(begin(central_asia), central_asia.seed, 0, 20)
    for _ in range(24):
        model.step()
        step(batch)
        for name, alone, many in zip(batch.now._fields, model.batch.now, batch.now, strict=True):
            assert np.array_equal(alone[0], many[17]), name
    assert np.array_equal(model.batch.log.count[0], batch.log.count[17])


def test_mesa_users_find_what_they_expect(small: Scenario) -> None:
    import mesa

    model = StabilityModel(small)
    collector = mesa.DataCollector({"at war": "states_in_conflict"}, agent_reporters={"kind": "kind"})
    model.run_for(6)
    collector.collect(model)
    assert model.month == 6
    conflicts = model.agents.select(lambda agent: isinstance(agent, ConflictAgent))
    assert [agent.key for agent in conflicts] == model.beginning.names.conflict_labels()
    assert len(model.agents) == 6 + len(conflicts)
    assert len(model.agents.select(lambda agent: isinstance(agent, GroupAgent))) == 2
    assert collector.get_model_vars_dataframe()["at war"].iloc[-1] == model.states_in_conflict
    state = model.state("B")
    state.capacity = 0.123
    assert model.batch.now.capacity[0, 1] == 0.123


class Cautious(StateAgent):
    """Guards against the rebels whenever its own coin says so."""

    asked = 0

    def decide(self) -> Action | None:
        self.asked += 1
        return Action("guard", "rebels") if self.draw() < 0.5 else None


class Quiet(GroupAgent):
    """Never leaves its home."""

    def decide(self) -> Action | None:
        return Action("govern")


def test_overriding_decide_replaces_the_choice_of_that_agent_alone(small: Scenario) -> None:
    base = StabilityModel(small)
    changed = StabilityModel(small, state_class={"B": Cautious})
    again = StabilityModel(small, state_class={"B": Cautious})
    others = [i for i, code in enumerate(small.states) if code != "B"]
    for _ in range(3):  # before the change can come round to the others
        base.step()
        changed.step()
        again.step()
        assert np.array_equal(base.batch.month.draws.shape, changed.batch.month.draws.shape)
        assert np.array_equal(changed.batch.now.guard, again.batch.now.guard)
    assert changed.state("B").asked == 3
    assert np.array_equal(base.batch.month.state_action[0, others], changed.batch.month.state_action[0, others])


def test_a_quiet_group_sends_nobody(small: Scenario) -> None:
    model = StabilityModel(small, group_class={"rebels": Quiet})
    tried = 0
    for _ in range(12):
        model.step()
        tried += int(model.batch.month.attempts[0, 1])
    assert tried == 0
    base = StabilityModel(small)
    base.run_for(12)
    assert base.group("rebels").fighters() < model.group("rebels").fighters()


def test_an_impossible_action_is_named(small: Scenario) -> None:
    class Odd(StateAgent):
        def decide(self) -> Action:
            return Action("dance")

    with pytest.raises(ValueError, match="no action 'dance'"):
        StabilityModel(small, state_class={"B": Odd}).step()


def _interpreted(path: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "interpreted.py"), str(path), *words],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_interpreted_kernels_give_the_same_bytes(small: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(dump(small))
    assert _interpreted(path, "hash") == run(small, replicates=3).hash()


ALWAYS = {"1", "9", "11", "14", "15", "16"}  # streams of which every entity draws every month
REMOVED = {"no-csto": "alliances.CSTO", "no-border": "borders.AFG-TJK", "no-isis-k": "groups.isis-k"}


@pytest.fixture(scope="module")
def draws(central_asia: Scenario, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    """All draws of the base and of each variant that removes something."""
    text = dump(central_asia.model_copy(update={"variants": {}, "months": 15, "observed": []})).replace("variants: {}\n", "")
    text += "variants:\n" + "".join(f"  {variant}: {{remove: [{path}]}}\n" for variant, path in REMOVED.items())
    kept = [line for line in text.splitlines(keepends=True) if "2023" not in line]
    path = tmp_path_factory.mktemp("draws") / "case.yaml"
    path.write_text("".join(kept))
    return json.loads(_interpreted(path, "draws", "base", *REMOVED))


@pytest.mark.parametrize(
    ("variant", "gone"),
    [
        ("no-csto", lambda name: "CSTO" in name),
        ("no-border", lambda name: {"AFG", "TJK"} <= set(name.replace(">", ":").replace("-", ":").split(":"))),
        ("no-isis-k", lambda name: "isis-k" in name),
    ],
)
def test_removing_something_leaves_all_other_draws(
    central_asia: Scenario, draws: dict[str, dict[str, int]], variant: str, gone
) -> None:
    base, changed = draws["base"], draws[variant]
    both = base.keys() & changed.keys()
    assert len(both) > 1500
    assert all(base[key] == changed[key] for key in both)
    allowed = {str(entity_id(name)) for name in _entities(central_asia) if gone(name)}
    missing = {key for key in base.keys() - changed.keys() if key.split(":")[1] in ALWAYS}
    strangers = {key for key in missing if key.split(":")[0] not in allowed}
    if variant == "no-border":  # ties of groups beyond the border can go with it
        strangers = {key for key in strangers if key.split(":")[1] != "14"}
    assert not strangers
    assert not {key for key in changed.keys() - base.keys() if key.split(":")[1] in ALWAYS - {"14"}}


def _entities(scenario: Scenario) -> list[str]:
    names = name_entities(scenario)
    return [
        *(f"dyad:{label}" for label in names.dyad_labels()),
        *(f"border:{'-'.join(sorted(pair))}" for pair in names.borders),
        *(f"group:{group}" for group in names.groups),
        *(f"tie:{group}@{state}" for group, state in names.ties),
        *(f"pact:{alliance}:{helper}>{ally}" for alliance, helper, ally in names.pacts),
    ]
