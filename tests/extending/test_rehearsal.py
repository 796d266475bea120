"""A mechanism from outside that takes one index for another is an error with a message, before it is compiled."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stability_sim.engine import mechanisms as extensions
from stability_sim.engine import rehearsal
from stability_sim.engine.guarded import WrongIndex, guarded
from stability_sim.engine.mechanisms import Mechanism
from stability_sim.engine.rehearsal import sizes, small_worlds
from stability_sim.engine.schedule import SCHEDULE
from stability_sim.ensemble.executors import Execution
from stability_sim.ensemble.run import run
from stability_sim.scenario import MechanismError, Scenario, dump

HERE = Path(__file__).parent
FAULTY = HERE / "faulty_rules"
UNLIKE = [("states", "groups"), ("states", "dyads"), ("states", "alliances"), ("states", "borders"), ("groups", "dyads"),
          ("groups", "borders"), ("groups", "alliances"), ("states", "ties"), ("dyads", "ties"), ("states", "members"),
          ("groups", "members")]  # fmt: skip


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> dict[str, Mechanism]:
    spec = importlib.util.spec_from_file_location("faulty_rules", FAULTY / "faulty_rules.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "faulty_rules", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(extensions, "_REGISTERED", dict(module.MECHANISMS))
    return module.MECHANISMS


def _asking_for(scenario: Scenario, *names: str) -> Scenario:
    return scenario.model_copy(update={"mechanisms": {name: {} for name in names}})


def _line(words: str, after: str) -> int:
    lines = (FAULTY / "faulty_rules.py").read_text().splitlines()
    start = next(k for k, line in enumerate(lines) if after in line)
    return next(k for k, line in enumerate(lines) if k > start and words in line) + 1


SAID = {
    "swapped": ("after.hardship[j, r]", "def swapped", "World.hardship has 2 replicates, index 2 was asked"),
    "by-hand": ("after.hardship[j, r]", "def swapped", "World.hardship has 2 replicates, index 2 was asked"),
    "group-for-state": ("after.hardship[r, g]", "def group_for_state", "World.hardship has 4 states, index 4 was asked"),
    "state-for-group": ("after.stake[r, j]", "def state_for_group", "World.stake has 3 groups, index 3 was asked"),
    "none-for-one": ("return now.capacity", "def _governed", "World.capacity has 13 states, index -1 was asked"),
    "refuses": ("raise ValueError", "def refuses", "ValueError: not with me"),
}


@pytest.mark.parametrize("name", SAID)
def test_a_faulty_mechanism_is_named_with_its_line(small: Scenario, faulty: dict[str, Mechanism], name: str) -> None:
    words, after, said = SAID[name]
    expected = f"the mechanism {name} (faulty_rules.py, line {_line(words, after)}): {said}"
    for _ in range(2):  # it is not trusted the second time either
        with pytest.raises(MechanismError) as caught:
            run(_asking_for(small, name), replicates=3)
        assert str(caught.value) == expected


def test_a_faulty_mechanism_is_no_failure_of_a_replicate(small: Scenario, faulty: dict[str, Mechanism], tmp_path: Path) -> None:
    with pytest.raises(MechanismError, match=r"the mechanism swapped \(faulty_rules"):
        run(_asking_for(small, "swapped"), replicates=8, execution=Execution(chunks=tmp_path))


@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_the_command_says_what_is_wrong(small: Scenario, tmp_path: Path, engine: str) -> None:
    info = tmp_path / "faulty_rules-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty-rules\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[stability_sim.mechanisms]\nswapped = faulty_rules:SWAPPED\n")
    path = tmp_path / "small.yaml"
    path.write_text(dump(_asking_for(small, "swapped")))
    words = ["run", str(path), "-n", "3", "--no-figures", "--engine", engine, "-o", str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-m", "stability_sim", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(FAULTY)))}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    line = _line(*SAID["swapped"][:2])
    said = f"the mechanism swapped (faulty_rules.py, line {line}): World.hardship has 2 replicates, index 2 was asked"
    assert done.stderr.splitlines()[-1] == said
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_a_mechanism_leaves_behind_is_its_fault(small: Scenario, faulty: dict[str, Mechanism]) -> None:
    said = r"the mechanism misleads leaves what the model fails on \(.*\.py, line \d+\): .*index 1000 was asked"
    with pytest.raises(MechanismError, match=said):
        run(_asking_for(small, "misleads"), replicates=3)


@pytest.mark.parametrize("name", ["divides", "careful"])
def test_a_good_mechanism_changes_nothing_by_its_rehearsal(
    small: Scenario, faulty: dict[str, Mechanism], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rehearsed = run(_asking_for(small, name), replicates=5)
    monkeypatch.setattr(rehearsal, "_rehearse", lambda pairs: None)
    monkeypatch.setattr(rehearsal, "_TRUSTED", {})
    trusted = run(_asking_for(small, name), replicates=5)
    assert rehearsed.hash() == trusted.hash() == run(small, replicates=5).hash()


def test_a_mechanism_is_rehearsed_once_for_its_settings(small: Scenario, monkeypatch: pytest.MonkeyPatch, faulty) -> None:
    seen = []
    usual = rehearsal._rehearse
    monkeypatch.setattr(rehearsal, "_rehearse", lambda pairs: (seen.append(len(pairs)), usual(pairs)))
    made = Mechanism("set", lambda settings: faulty["careful"].make({}), "after", "hazards", {"size": 1.0})
    extensions.register(made)
    for size in (1.0, 1.0, 2.0):
        run(Scenario.model_validate(small.model_dump() | {"mechanisms": {"set": {"size": size}}}), replicates=3, chunk_size=1)
    assert seen == [1, 1]


def test_small_worlds_tell_every_kind_from_every_other() -> None:
    worlds = [sizes(beginning) for beginning in small_worlds()]
    for counted in worlds:
        assert len(set(counted.values())) == len(counted), counted
        assert min(counted.values()) == counted["replicates"]
    for one, other in UNLIKE:
        assert {counted[one] < counted[other] for counted in worlds} == {True, False}, (one, other)


def test_the_model_itself_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []
    monkeypatch.setattr(rehearsal, "_judge", lambda error, name, before: heard.append(error))
    with rehearsal._interpreted(), np.errstate(all="ignore"):
        rehearsal._rehearse([])
    assert heard == []


def test_what_calls_no_kernel_is_not_rehearsed(faulty: dict[str, Mechanism]) -> None:
    called = []
    assert not rehearsal.uses_kernels(lambda *given: called.append(np.asarray(given)))
    assert not rehearsal.uses_kernels(print)
    assert all(rehearsal.uses_kernels(mechanism.make({})) for mechanism in faulty.values())
    assert all(rehearsal.uses_kernels(process) for phase in SCHEDULE for process in phase.processes)


def test_guarded_arrays_are_arrays_but_for_wrong_indices() -> None:
    plain = np.arange(24.0).reshape(2, 3, 4)
    field = guarded(plain, "World.x", ("replicates", "states", "entries"))
    for key in ((1, 2, 3), (1, 2), (slice(None), 2), (..., 0), (slice(-1), [0, 2]), plain > 5):
        assert np.array_equal(field[key], plain[key])
    assert field[1.0, np.int8(2), True] == plain[1, 2, 1]  # as kernels have it
    for key, said in (
        ((2, 0, 0), "World.x has 2 replicates, index 2 was asked"),
        ((0, -1, 0), "World.x has 3 states, index -1 was asked"),
        ((slice(None), -1), "World.x has 3 states, index -1 was asked"),
        ((0, 0, 4), "World.x has 4 entries, index 4 was asked"),
    ):
        for wrong in (lambda key=key: field[key], lambda key=key: field.__setitem__(key, 1.0)):
            with pytest.raises(WrongIndex) as caught:
                wrong()
            assert str(caught.value) == said
    with pytest.raises(WrongIndex, match=r"World\.x has 3 states, index 3 was asked"):
        field[1][3]
    with pytest.raises(WrongIndex, match=r"World\.x has 3 states, index 7 was asked"):
        field[:, np.array([0, 7])]
    assert (field + 1.0)[-1, -1, -1] == 24.0  # what is computed is the mechanism's own
