"""Run in a process of its own: what a kernel with a swapped index does on each way into it, and the hash of a run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "faulty_rules"))

from faulty_rules import none_for_one, swapped

from stability_sim.engine.record import empty_rows, empty_tallies, record
from stability_sim.engine.run import go_on_until, start, step
from stability_sim.engine.schedule import Phase
from stability_sim.ensemble.run import prepare, run
from stability_sim.kernels.compile import FOLDER
from stability_sim.kernels.handles import handle
from stability_sim.scenario import load, resolve
from stability_sim.scenario.load import shipped
from stability_sim.world.initial import begin

prepare()
scenario = resolve(load(shipped()[sys.argv[1]]).scenario)
told = {"folder": FOLDER.name, "hash": run(scenario, replicates=4).hash()}
beginning = begin(scenario)


def _heard(kernel, way):
    batch = start(beginning, 1, 0, 2)
    batch.schedule = (*batch.schedule, Phase("faulty", (kernel,)))
    try:
        way(batch)
    except IndexError as error:
        return str(error)
    return ""


def _months(batch) -> None:
    kept = handle(empty_tallies(beginning.frame, 12)), handle(empty_rows(beginning.frame, 2))
    go_on_until(batch, 12, record, kept)


if sys.argv[2] == "faulty":  # without a look at the indices it would write into the memory of others
    told["months"] = _heard(swapped, _months)
    told["month"] = _heard(swapped, step)
    told["phases"] = _heard(none_for_one, lambda batch: step(batch, lambda batch, phase: None))
sys.stdout.write(json.dumps(told))
