"""A variable of the model is one line: all else is computed from it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stability_sim
from stability_sim.dynamics import events as kernels
from stability_sim.engine.mesa_model import GroupAgent, StabilityModel, StateAgent
from stability_sim.engine.record import TALLIES, Tallies
from stability_sim.scenario import DirectedBorder, Scenario
from stability_sim.scenario.document import MEMBERS
from stability_sim.scenario.events import SETTABLE
from stability_sim.scenario.quantity import bounds_of
from stability_sim.scenario.variables import FIELDS, Field, settable
from stability_sim.world.fields import ARRAYS, SHARED, World
from stability_sim.world.initial import begin

RECORD_OF = {
    "state": MEMBERS["states"], "group": MEMBERS["groups"], "dyad": MEMBERS["borders"], "tie": MEMBERS["stances"],
    "support": MEMBERS["supports"],
}  # fmt: skip


def test_every_array_of_a_world_is_said_by_one_line(small: Scenario) -> None:
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    assert list(World._fields) == [name for field in FIELDS for name in field.arrays] == list(ARRAYS)
    world = begin(small).world
    for field in FIELDS:
        assert field.unit, field.name
        assert field.meaning, field.name
        for name in field.arrays:
            assert getattr(world, name).dtype == ARRAYS[name], name


def test_both_worlds_share_what_is_said_to_be_shared_and_every_level() -> None:
    assert set(SHARED) == {f.name for f in FIELDS if f.shared} | {f"{f.name}_level" for f in FIELDS if f.drifts}
    assert not [field.name for field in FIELDS if field.shared and (field.drifts or field.rewritten)]


@pytest.mark.parametrize("field", [field for field in FIELDS if field.file_key], ids=lambda field: field.name)
def test_what_begins_in_the_file_has_a_key_there_of_the_same_unit(field: Field) -> None:
    key = RECORD_OF[field.of].model_fields[field.file_key]
    assert field.of != "dyad" or field.file_key in DirectedBorder._fields
    bounds = bounds_of(key)
    extra = key.json_schema_extra if isinstance(key.json_schema_extra, dict) else {}
    if bounds is None:
        assert field.unit == "0 or 1"
    elif bounds.high == 1:
        assert field.unit.startswith("share")
    else:
        assert field.unit == extra["unit"]


def test_what_an_event_can_set_is_in_the_table() -> None:
    kinds = {"states": "state", "groups": "group", "borders": "dyad", "corridors": "dyad"}
    assert set(SETTABLE) == set(kinds)
    for section, keys in SETTABLE.items():
        assert keys == tuple(field.file_key for field in FIELDS if field.of == kinds[section] and field.event)


@pytest.mark.parametrize("kind", ["state", "dyad", "group"])
def test_an_event_sets_its_variable_with_its_level_and_no_other(small: Scenario, kind: Any) -> None:
    for code, field in enumerate(settable(kind)):
        before, world = begin(small).world, begin(small).world
        getattr(kernels, f"_set_{kind}")(world, code, 0.7654, 0, 1)
        changed = [name for name in World._fields if not np.array_equal(getattr(before, name), getattr(world, name))]
        assert changed == list(field.arrays)
        assert all(getattr(world, name)[0, 1] == 0.7654 for name in changed)


def test_what_is_recorded_is_among_the_tallies() -> None:
    recorded = {field.name: field.recorded for field in FIELDS if field.recorded}
    assert {field.of for field in FIELDS if field.recorded} <= {"state", "dyad", "group", "tie", "conflict", "support"}
    assert recorded.keys() >= {"hardship", "legitimacy", "capacity"}
    assert recorded == {tally.name: tally.parts for tally in TALLIES if tally.name in recorded}
    assert Tallies._fields == tuple(tally.name for tally in TALLIES)


def test_agents_have_the_variables_of_their_kind(small: Scenario) -> None:
    model = StabilityModel(small)
    for field in FIELDS:
        if field.of in ("state", "group") and field.refers is None:
            agent = model.state("B") if field.of == "state" else model.group("rebels")
            assert getattr(agent, field.label) == getattr(model.batch.now, field.name)[0, agent.index]
            assert field.meaning in (getattr(StateAgent if field.of == "state" else GroupAgent, field.label).__doc__)


LINE = '    Field("unrest", "state", "share", "Unrest, U", default=0.2, drifts=True, event=True, recorded=SHARE_UNIT),\n'
MECHANISM = '''"""Unrest: people who flee leave it behind, and it calms down."""

from stability_sim.dynamics.formulas import toward
from stability_sim.kernels.compile import kernel


@kernel
def unrest(SIGNATURE):
    """Let unrest return to its level, but where people were displaced."""
    for r in range(now.unrest.shape[0]):
        for i in range(now.unrest.shape[1]):
            moved = month.displaced[r, i] > 0.0
            after.unrest[r, i] = 1.0 if moved else toward(now.unrest[r, i], now.unrest_level[r, i], 0.5)
'''
SCENARIO = {
    "scenario": "unrest", "question": "q", "start": "2020-01", "months": 12, "replicates": 3, "map": {"projection": "network"},
    "states": {"A": {}, "B": {"unrest": 0.4}}, "borders": {"A-B": {}},
    "events": [
        {"on": "2020-03", "displacement": "A", "people": 1000}, {"on": "2020-09", "set": {"states.A.unrest": 0.6}},
        {"on": "2020-06", "displacement": "B", "people": 1000},
    ],
    "variants": {"calm": {"set": {"borders.A-B.openness": 0.0}}},
}  # fmt: skip
SCRIPT = """
import json, sys
import xarray
from stability_sim.engine.mesa_model import StabilityModel
from stability_sim.ensemble.run import run_forked
from stability_sim.scenario import Scenario, apply_variant, resolve

variable = xarray.open_dataset(sys.argv[2])["unrest"]
scenario = resolve(Scenario.model_validate(json.load(open(sys.argv[1]))))
fork = run_forked(scenario, apply_variant(scenario, "calm"), 6, replicates=3, seed=1)
model = StabilityModel(scenario)
agents = []
for _ in range(4):
    model.step()
    agents.append([model.state("A").unrest, model.state("B").unrest])
model.state("B").unrest = 1.0
model.step()
print(json.dumps({"attributes": variable.attrs, "axes": variable.dims, "run": variable.values.tolist(),
                  "fork": fork["unrest"].tolist(), "agents": agents, "eased": model.state("B").unrest}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with one more variable: a line of the table, a file that moves it, its place in the schedule."""
    folder = tmp_path_factory.mktemp("copy")
    package = folder / "stability_sim"
    shutil.copytree(Path(stability_sim.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))

    def insert(file: str, before: str, text: str) -> None:
        source = (package / file).read_text(encoding="utf-8")
        assert source.count(before) == 1
        (package / file).write_text(source.replace(before, text + before), encoding="utf-8")

    schedule = (package / "engine" / "schedule.py").read_text(encoding="utf-8")
    recovery = (package / "dynamics" / "recovery.py").read_text(encoding="utf-8")
    signature = recovery.partition("def recovery(")[2].partition(")")[0]
    (package / "dynamics" / "unrest.py").write_text(MECHANISM.replace("SIGNATURE", signature), encoding="utf-8")
    insert("scenario/variables.py", '    Field("forces"', LINE)
    last = next(line for line in schedule.splitlines() if '"slow variables"' in line)
    insert("engine/schedule.py", last, '    Phase("unrest", (unrest,)),\n')
    insert("engine/schedule.py", "\nProcess = ", "from stability_sim.dynamics.unrest import unrest\n")
    return folder


def _told(copy: Path, place: Path, *, interpreted: bool) -> dict[str, Any]:
    environment = {
        **os.environ, "PYTHONPATH": str(copy), "STABILITY_SIM_CACHE": str(copy / "cache"), "NUMBA_DISABLE_JIT": str(int(interpreted)),
        "NUMBA_OPT": "0",  # all kernels are compiled anew
    }  # fmt: skip
    (place / "unrest.yaml").write_text(json.dumps(SCENARIO), encoding="utf-8")  # JSON is YAML
    run = ["-m", "stability_sim", "run", "unrest.yaml", "--no-figures", "-o", "out", "--workers", "1"]
    for arguments in (run, ["-c", SCRIPT, "unrest.yaml", "out/results.nc"]):
        done = subprocess.run([sys.executable, *arguments], cwd=place, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _expected() -> list[list[float]]:
    """Return the unrest of A and B by month, by hand."""
    now, level, months = [0.2, 0.4], [0.2, 0.4], []
    for t in range(12):
        if t == 8:
            now, level = [0.6, now[1]], [0.6, level[1]]
        now = [1.0 if (t, i) in ((2, 0), (5, 1)) else now[i] + 0.5 * (level[i] - now[i]) for i in range(2)]
        months.append(now)
    return months


@pytest.mark.slow
def test_one_line_is_a_variable_of_the_whole_model(copy: Path, tmp_path: Path) -> None:
    """Key of the file, event, results with unit, fork and agent: compiled, in the machine code of a month, and interpreted."""
    both = []
    for interpreted in (True, False):
        place = tmp_path / str(interpreted)
        place.mkdir()
        both.append(_told(copy, place, interpreted=interpreted))
    told = both[0]
    assert both[1] == told
    assert told["attributes"] == {"units": "share", "long_name": "Mean unrest"}
    assert told["axes"] == ["month", "state"]
    np.testing.assert_allclose(told["run"], _expected(), atol=1e-9)
    np.testing.assert_allclose(told["fork"], _expected(), atol=1e-9)  # month 6, where it forks, is on the way back of B
    np.testing.assert_allclose(told["agents"], _expected()[:4], atol=1e-12)
    assert told["eased"] == pytest.approx(0.7)
