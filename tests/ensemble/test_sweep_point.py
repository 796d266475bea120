"""A point of a sweep as a run of its own: the same outcomes, and the log that the sweep does not keep."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from stability_sim.ensemble.sweep_folder import scenario_of_point
from stability_sim.scenario import Loaded, Scenario, content_hash, dump, loads
from stability_sim.storage.files import UsageError
from stability_sim.storage.run_folder import StoreError, read_run
from stability_sim.studies import sweep as sweeping
from stability_sim.studies.replay import replay
from stability_sim.studies.sweep import plan_of, run_point, sweep_to_folder

VARY = ["variant=base,guarded", "states.A.capacity=0.2:0.6", "rules.drills=deter,provoke"]
GUARDED = {"guarded": {"set": {"borders.A-B.guard": 0.95}}}


def _quiet(text: str) -> None:
    pass


@pytest.fixture(scope="module")
def loaded(small: Scenario) -> Loaded:
    return loads(dump(Scenario.model_validate(small.model_dump() | {"variants": GUARDED})))


@pytest.fixture(scope="module")
def folder(loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sweeps") / "swept"
    plan = plan_of(loaded, VARY, lhs=5, replicates=12, seed=4)
    sweep_to_folder(loaded, plan, output=place, figures=False, say=_quiet)
    return place


def test_a_point_is_the_scenario_that_ran_there(loaded: Loaded, folder: Path) -> None:
    plan = plan_of(loaded, VARY, lhs=5, replicates=12, seed=4)
    for point in range(5):
        scenario, values = scenario_of_point(folder, point)
        expected = sweeping_scenario(plan, point)
        assert content_hash(scenario) == content_hash(expected)
        assert list(values) == [part.partition("=")[0] for part in VARY]


def sweeping_scenario(plan: sweeping.Plan, point: int) -> Scenario:
    from stability_sim.ensemble.design import scenario_at

    return scenario_at(plan.base, plan.variant, plan.design, point)


def test_a_point_gives_its_outcomes_again_with_a_log(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_point(folder, 3, replicates_=20, output=tmp_path / "run", figures=False, say=_quiet) == 0
    assert "the same outcomes as in the sweep, 12 replicates compared" in capsys.readouterr().out
    results = read_run(tmp_path / "run")
    of_sweep = [rows for _, rows in sweeping.replicates(folder)][3]
    np.testing.assert_array_equal(results["outcome_per_replicate"][:12], of_sweep)
    assert len(results.log.columns["kind"]) > 20
    told = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert told["sweep"]["point"] == 3
    assert told["seed"] == 4


def test_other_outcomes_are_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(place: Path, point: int) -> tuple[Scenario, dict[str, str]]:
        scenario, values = scenario_of_point(place, point)
        return scenario.model_copy(update={"states": {**scenario.states, "A": scenario.states["B"]}}), values

    monkeypatch.setattr(sweeping, "scenario_of_point", other)
    assert run_point(folder, 1, output=tmp_path / "run", figures=False, say=_quiet) == 1
    assert "OTHER outcomes" in capsys.readouterr().out


def test_what_has_no_such_point_says_so(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the points 0 to 4, and no point 5"):
        scenario_of_point(folder, 5)
    run_point(folder, 0, output=tmp_path / "run", figures=False, say=_quiet)
    with pytest.raises(StoreError, match="holds no sweep"):
        scenario_of_point(tmp_path / "run", 0)


def test_a_sweep_is_not_replayed_as_a_run(folder: Path) -> None:
    with pytest.raises(UsageError, match="holds a sweep, not a run; it was made by: "):
        replay(folder, say=_quiet)
