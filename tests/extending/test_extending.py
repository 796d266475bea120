"""A mechanism from another package changes the model without touching it."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stability_sim.engine import mechanisms as extensions
from stability_sim.engine.mechanisms import Mechanism, make_all, placed
from stability_sim.engine.schedule import SCHEDULE
from stability_sim.ensemble.driver import ReplicateFailed
from stability_sim.ensemble.executors import Execution
from stability_sim.ensemble.run import run, run_forked
from stability_sim.ensemble.sweep import sweep
from stability_sim.ensemble.tasks import OtherVersion, Task, as_text, code_version, perform_to_bytes
from stability_sim.scenario import InvalidScenario, MechanismError, Scenario, apply_settings, apply_variant, dump, loads
from stability_sim.scenario.quantity import Quantity

PACKAGE = Path(__file__).parent / "tipping_point"


def _module(folder: Path = PACKAGE):
    spec = importlib.util.spec_from_file_location("tipping_point", folder / "tipping_point.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["tipping_point"] = module  # where the cache of compiled kernels looks for it
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tipping(monkeypatch: pytest.MonkeyPatch) -> Mechanism:
    monkeypatch.setattr(extensions, "_REGISTERED", {})
    mechanism = _module().MECHANISM
    extensions.register(mechanism)
    return mechanism


def _with(scenario: Scenario, **settings: float) -> Scenario:
    given = {name: Quantity(value=value) for name, value in settings.items()}
    return scenario.model_copy(update={"mechanisms": {"tipping-point": given}})


def test_a_rival_rule_is_short() -> None:
    lines = [line for line in (PACKAGE / "tipping_point.py").read_text().splitlines() if line.strip()]
    assert len(lines) < 40


def test_a_rival_rule_changes_what_it_says_and_nothing_else(small: Scenario, tipping: Mechanism) -> None:
    base = run(small, replicates=200)
    same = run(_with(small, factor=1.0), replicates=200)
    tipped = run(_with(small, neighbours=1.0, factor=5.0), replicates=200)
    assert same["outcome_per_replicate"].tobytes() == base["outcome_per_replicate"].tobytes()
    domestic, outside = tipped["hazard"][:, 0] - base["hazard"][:, 0], tipped["hazard"][:, 1:].sum() - base["hazard"][:, 1:].sum()
    assert outside > 0.5 * base["hazard"][:, 1:].sum()
    assert np.abs(domestic).sum() < outside


def test_a_mechanism_goes_where_it_says(tipping: Mechanism) -> None:
    names = [process.__name__ for phase in placed(make_all({"tipping-point": {}})) for process in phase.processes]
    assert names.index("tipping_point") == names.index("hazards") + 1
    assert len(names) == sum(len(phase.processes) for phase in SCHEDULE) + 1


def test_a_mechanism_can_stand_instead_of_one(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "_REGISTERED", {})

    def peace(settings):
        return lambda *given: None

    extensions.register(Mechanism("peace", peace, "instead of", "onset"))
    calm, usual = run(small.model_copy(update={"mechanisms": {"peace": {}}}), replicates=20), run(small, replicates=20)
    outbreaks = usual.index("outcome", "outbreaks")
    assert (calm["outcome_per_replicate"][:, outbreaks] == 1).all(), "what the file says breaks out, and no more"
    assert usual["outcome_per_replicate"][:, outbreaks].sum() > 20


def test_a_fork_keeps_its_mechanisms(small: Scenario, tipping: Mechanism) -> None:
    tipped = _with(small, neighbours=1.0, factor=5.0)
    forked = run_forked(tipped, tipped, 11, replicates=20, seed=small.seed)
    assert forked.hash() == run(tipped, replicates=20).hash()


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_mechanism_that_breaks_the_numbers_is_found_out(
    small: Scenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: float
) -> None:
    monkeypatch.setattr(extensions, "_REGISTERED", {})

    def spoil(settings):
        def spoilt(frame, p, now, after, month, log, seed, replicates, t):
            if t == small.months - 1:
                getattr(after, "fields", after).refugees[replicates == 3] = number

        return spoilt

    extensions.register(Mechanism("spoilt", spoil, "after", "remember"))
    given = small.model_copy(update={"mechanisms": {"spoilt": {}}})
    said = rf"replicate 3 cannot be run: .*refugees_at_end is {number}"
    with pytest.raises(ReplicateFailed, match=said):
        run(given, replicates=8)
    with pytest.raises(ReplicateFailed, match=said):
        run(given, replicates=8, execution=Execution(chunks=tmp_path))


def test_what_is_not_installed_is_named(small: Scenario, tipping: Mechanism) -> None:
    with pytest.raises(MechanismError, match=r"no mechanism is called 'rain'; installed: tipping-point"):
        run(small.model_copy(update={"mechanisms": {"rain": {}}}), replicates=1)
    with pytest.raises(MechanismError, match=r"has no setting 'colour'; it has: neighbours, factor"):
        run(_with(small, colour=1.0), replicates=1)
    with pytest.raises(ValueError, match="no process is called 'weather'"):
        extensions.register(Mechanism("rain", lambda settings: print, "after", "weather"))


def test_a_mechanism_is_set_as_any_number_is(small: Scenario, tipping: Mechanism) -> None:
    expected = _with(small, neighbours=1.0, factor=5.0)
    laid = apply_settings(small, ["mechanisms.tipping-point.neighbours=1", "mechanisms.tipping-point.factor=5"])
    assert run(laid, replicates=10).hash() == run(expected, replicates=10).hash()
    variants = {
        "tipped": {"set": {"mechanisms.tipping-point.neighbours": 1, "mechanisms.tipping-point.factor": 5}},
        "as-it-comes": {"set": {"mechanisms.tipping-point": {}}},
        "not": {"remove": ["mechanisms.tipping-point"]},
    }
    varied = loads(json.dumps(expected.model_dump(mode="json", exclude_none=True) | {"variants": variants})).scenario
    assert apply_variant(varied, "tipped").mechanisms == expected.mechanisms
    assert apply_variant(varied, "as-it-comes").mechanisms == {"tipping-point": {}}
    assert apply_variant(varied, "not").mechanisms == {}
    surrounded = apply_settings(small, ["mechanisms.tipping-point.neighbours=1"])
    swept = sweep(surrounded, ["mechanisms.tipping-point.factor=1,5"], replicates=10)
    assert swept.results["mean"][0].tolist() != swept.results["mean"][1].tolist()
    with pytest.raises(InvalidScenario, match=r"mechanisms\.tipping-point\.factor"):
        apply_settings(small, ["mechanisms.tipping-point.factor.value.more=1"])


def test_chunks_of_an_older_mechanism_are_not_taken_for_its_own(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    given, found, means = _with(small), [], []
    for least in ("2.0", "1.0", "2.0"):
        monkeypatch.setattr(extensions, "_REGISTERED", {})
        (tmp_path / "tipping_point.py").write_text(
            (PACKAGE / "tipping_point.py").read_text().replace('"neighbours": 2.0', f'"neighbours": {least}')
        )
        extensions.register(_module(tmp_path).MECHANISM)
        swept = sweep(given, ["mechanisms.tipping-point.factor=1,5"], replicates=10, folder=tmp_path / "out")
        found.append(swept.found)
        means.append(swept.results["mean"][1].tolist())
        with pytest.raises(OtherVersion):
            perform_to_bytes(Task(as_text(given), 1, 0, 2, small.months, code=code_version()))
    assert found == [0, 0, 30]  # two points and the scenario as it is, of ten replicates each
    assert means[0] == means[2] != means[1]


def test_a_sweep_with_a_mechanism_that_is_not_installed_does_not_begin(small: Scenario, tipping: Mechanism) -> None:
    with pytest.raises(MechanismError, match="no mechanism is called 'rain'"):
        sweep(small.model_copy(update={"mechanisms": {"rain": {}}}), ["states.A.capacity=0.2,0.3"], replicates=2)


def test_a_place_that_is_none_and_a_process_without_a_name(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "_REGISTERED", {})
    with pytest.raises(ValueError, match="'befor' is no place: before, after, instead of"):
        extensions.register(Mechanism("rain", lambda settings: print, "befor", "onset"))
    called = []
    for name in ("one", "two"):
        made = functools.partial(lambda *given, say: called.append(say), say=name)
        extensions.register(Mechanism(name, lambda settings, made=made: made, "after", "hazards"))
    run(small.model_copy(update={"mechanisms": {"one": {}, "two": {}}, "months": 1, "events": []}), replicates=1)
    assert called == ["two", "one"]  # both stand right behind hazards, the later one nearer


def test_streams_of_mechanisms_are_their_own() -> None:
    assert extensions.stream("rain") != extensions.stream("snow")
    assert int(extensions.stream("rain")) >= extensions.FIRST_STREAM


def _installed(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which the example package is installed as pip would leave it."""
    info = tmp_path / "tipping_point-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tipping-point\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[stability_sim.mechanisms]\ntipping-point = tipping_point:MECHANISM\n")
    (tmp_path / "tipping_point.py").write_text((PACKAGE / "tipping_point.py").read_text())
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


def test_an_installed_package_is_found_by_the_command(small: Scenario, tmp_path: Path) -> None:
    environment = _installed(tmp_path)
    path = tmp_path / "small.yaml"
    for name, code in (("tipping-point", 0), ("rain", 2)):
        path.write_text(dump(small.model_copy(update={"mechanisms": {name: {}}})))
        done = subprocess.run(
            [sys.executable, "-m", "stability_sim", "run", str(path), "-n", "3", "--no-figures", "-o", str(tmp_path / name)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
    assert "no mechanism is called 'rain'" in done.stderr
