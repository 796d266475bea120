"""Calibration on the engine: facts of a simulation, recovery of a synthetic world, the file and the command."""

from __future__ import annotations

import importlib.util
import json
import os
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from typer.testing import CliRunner

from stability_sim.analysis.abc import Plan, coverage
from stability_sim.cli.main import app
from stability_sim.panel import Panel, world_scenario
from stability_sim.scenario import load
from stability_sim.storage.files import UsageError
from stability_sim.studies.calibrate import (
    FACTS,
    SIMPLE,
    Simulator,
    calibrate,
    posterior_content,
    prior_of,
    restricted,
    simulator,
)
from stability_sim.studies.hindcast import Provenance

NAMES = ("onset_per_year", "ending_level")
PLAN = Plan(pilot=60, particles=24, generations=1, most_proposals=96)


@pytest.fixture(scope="module")
def simulate(ring: Panel) -> Simulator:
    return simulator(world_scenario(ring, 1995, months=96), ring, NAMES, histories=2)


def test_a_simulation_is_a_function_of_parameters_and_key(simulate: Simulator) -> None:
    values = np.array([0.009, 0.6])
    first, again, other = simulate(values, 5), simulate(values, 5), simulate(values, 6)
    assert first.shape == (len(FACTS) + len(SIMPLE),)
    assert np.array_equal(first, again, equal_nan=True)
    assert not np.array_equal(first, other, equal_nan=True)
    shares = [np.mean([simulate(np.array([0.009, level]), k)[len(FACTS)] for k in range(12)]) for level in (0.9, 0.3)]
    assert shares[0] < shares[1]  # conflicts that last longer: more of the years are in conflict


def test_the_facts_of_the_data_are_those_of_the_months_of_the_scenario(ring: Panel, simulate: Simulator) -> None:
    share = simulate.observed()[len(FACTS)]
    assert share == pytest.approx(ring.incidence[:, 6:14].mean())
    later = replace(ring, incidence=np.where(np.arange(16) >= 14, ~ring.incidence, ring.incidence))
    other = simulator(world_scenario(ring, 1995, months=96), later, NAMES)
    assert np.array_equal(simulate.observed(), other.observed(), equal_nan=True)


def test_a_panel_of_some_states(ring: Panel) -> None:
    some = restricted(ring, ["S03", "S02"])
    assert some.states == ("S02", "S03")
    assert some.neighbours[0].tolist() == [[False, True], [True, False]]
    assert {rebel.state for rebel in some.rebels} <= {"S02", "S03"}
    with pytest.raises(UsageError, match="the data have no state 'XXX'"):
        restricted(ring, ["XXX"])


def test_a_scenario_must_begin_in_a_january_of_the_data(ring: Panel) -> None:
    world = world_scenario(ring, 1995, months=96)
    for start, months, message in (("1996-03", 96, "January"), ("1996-01", 6, "whole years"), ("1996-01", 240, "whole years")):
        with pytest.raises(UsageError, match=message):
            simulator(world.model_copy(update={"start": start, "months": months}), ring, NAMES)
    with pytest.raises(UsageError, match="no parameter"):
        simulator(world, ring, ["luck"])


def test_a_posterior_file_serves_a_scenario_and_workers_do_not_matter(simulate: Simulator, tmp_path: Path) -> None:
    found = calibrate(simulate, PLAN, workers=2)
    assert found.samples.tobytes() == calibrate(simulate, PLAN, workers=1).samples.tobytes()
    content = posterior_content(found, simulate, PLAN, Provenance("stability-sim calibrate", "2020-01-01", {}, {}))
    (tmp_path / "posterior.json").write_text(json.dumps(content))
    path = tmp_path / "s.yaml"
    path.write_text(
        "scenario: s\nquestion: q\nstart: 2020-01\nstates: {A: {}}\nmap: {projection: network}\nparameters: {posterior: posterior.json}\n"
    )
    used = load(path).scenario.parameters
    assert set(used) == set(NAMES)
    assert used["ending_level"].value == pytest.approx(found.mean()[1], rel=1e-3)
    assert sum(content["samples"]["weights"]) == pytest.approx(1.0, abs=1e-3)


def _benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "recovery.py"
    spec = importlib.util.spec_from_file_location("recovery", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_parameters_of_synthetic_worlds_are_recovered() -> None:
    module = _benchmark()
    benchmark = Simulator(module.ring(), module.blank_panel(module.ring(), 1999), 1999, prior_of(module.NAMES))
    found = module.recovery(worlds=15, pilot=400, generations=0, histories=4)
    assert coverage(found) >= 0.8  # 60 intervals of 90 %: fewer than 48 would be bad luck
    assert (found.ranks > 0.02).mean() > 0.8
    ranges = np.array(benchmark.prior.high) - np.array(benchmark.prior.low)
    narrower = (found.high - found.low).mean(axis=0) / (0.9 * ranges)
    assert narrower.mean() < 0.93  # and they are learned, not only repeated from the prior


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    invoke = CliRunner().invoke
    neither = invoke(app, ["calibrate"])
    assert neither.exit_code == 2
    assert "--world" in neither.stderr
    assert invoke(app, ["calibrate", "--world", "--data", str(tmp_path / "none")]).exit_code == 3
    assert invoke(app, ["calibrate", "no-such-file", "--data", str(tmp_path)]).exit_code == 3


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("STABILITY_SIM_DATA"), reason="STABILITY_SIM_DATA names no data folder")
def test_the_world_is_calibrated_by_the_command(tmp_path: Path) -> None:
    out = tmp_path / "p.json"
    given = ["calibrate", "--world", "--vary", "onset_per_year", "--until", "1998", "--pilot", "50", "--particles", "20"]
    done = CliRunner().invoke(app, [*given, "--generations", "0", "-o", str(out)])
    assert done.exit_code == 0, done.stderr
    assert json.loads(out.read_text())["parameters"]["onset_per_year"]["low"] >= 0.009
