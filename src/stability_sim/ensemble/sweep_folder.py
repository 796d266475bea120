"""A sweep on disk: its design, its numbers and the list of its chunks, beside the chunks themselves."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.ensemble.chunks import CHUNKS, FAILURES, FIGURES, LOCK, ChunkStore, DamagedChunk, disk_full_as_store_error
from stability_sim.ensemble.design import REFERENCE, VARIANT, Design, Factor, parse_level, scenario_at
from stability_sim.ensemble.sweep import Sweep
from stability_sim.ensemble.tasks import code_version
from stability_sim.results.results import LOG_COLUMNS, EventLog, Results
from stability_sim.scenario import Scenario, dump, load, resolve
from stability_sim.storage.csv_files import Writer, read_records
from stability_sim.storage.files import moved_into
from stability_sim.storage.manifest import (
    MANIFEST,
    StoreError,
    SweepManifest,
    check_files,
    read_kind,
    read_manifest,
    write_manifest,
)
from stability_sim.storage.run_folder import SCENARIO, identity, read_results, write_results
from stability_sim.storage.staging import clear_leftovers

DESIGN, OUTCOMES, NUMBERS, INDEX, FAILED = "design.csv", "outcomes.csv", "sweep.nc", "chunks.csv", "failures.json"
BASE_FILE = "base.yaml"  # the scenario with its variants, where the design varies these
_OURS = (CHUNKS, FAILURES, LOCK, DESIGN, OUTCOMES, NUMBERS, INDEX, FAILED, SCENARIO, BASE_FILE, MANIFEST, FIGURES)


def check_place(folder: Path) -> None:
    """Raise StoreError if a folder holds anything that no sweep wrote; what a kill left there is cleared."""
    clear_leftovers(folder)
    if folder.is_file():
        raise StoreError(f"{folder} is a file: choose another folder")
    if not folder.is_dir():
        return
    names = {path.name for path in folder.iterdir()}
    if names and (LOCK not in names or any(name not in _OURS and not name.startswith(".") for name in names)):
        raise StoreError(f"{folder} holds something that is not a sweep: choose another folder")


def _csv(rows: list[dict[str, Any]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = Writer(stream)
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return stream.getvalue().encode()


def _index(sweep: Sweep) -> bytes:
    plan = sweep.plan
    return _csv([chunk._asdict() for point in plan.points for chunk in plan.chunks_of(point)])


def write_sweep(folder: Path, sweep: Sweep, about: dict[str, Any]) -> None:
    """Write the results of a sweep into its folder, each file whole or as it was; ``about`` is added to the manifest.

    Raises StoreError if the disk is full.
    """
    with disk_full_as_store_error(folder), moved_into(folder, last=MANIFEST) as room:
        _write_parts(room, sweep, about)


def _write_parts(folder: Path, sweep: Sweep, about: dict[str, Any]) -> None:
    plan, design = sweep.plan, sweep.design
    scenario = scenario_at(plan.base, plan.variant, design, REFERENCE)
    points = [{"point": k, **dict(zip(design.paths, values, strict=True))} for k, values in enumerate(design.points)]
    written = {
        DESIGN: _csv(points),
        OUTCOMES: _csv(sweep.rows()),
        INDEX: _index(sweep),
        FAILED: (json.dumps(sweep.failures, indent=2) + "\n").encode(),
        SCENARIO: dump(scenario).encode(),
    }
    if VARIANT in design.paths:
        written[BASE_FILE] = dump(plan.base).encode()
    for name, raw in written.items():
        (folder / name).write_bytes(raw)
    write_results(sweep.results, folder / NUMBERS)
    record = identity(sweep.results, scenario) | {
        **{name: sweep.results.attributes[name] for name in ("months", "design")},
        "factors": list(design.paths),
        "points": len(design.points),
        "failed_replicates": sum(failure["n"] for failure in sweep.failures),
        "results_hash": sweep.results.hash(),
        "code": code_version(),
    }
    write_manifest(folder, "sweep", record | about)


def read_sweep(folder: Path) -> Results:
    """Return the numbers of a sweep on the axes of its design; StoreError if a file is missing or was changed."""
    check_files(folder, read_kind(folder, SweepManifest))
    return read_results(folder / NUMBERS, EventLog({name: np.zeros(0) for name in LOG_COLUMNS}))


def _design(folder: Path) -> list[dict[str, str]]:
    with (folder / DESIGN).open(newline="", encoding="utf-8") as file:
        return list(read_records(file))


def scenario_of_point(folder: Path, point: int) -> tuple[Scenario, dict[str, str]]:
    """Return the scenario that ran at a point of a sweep's folder, resolved, and the values of its factors as written there.

    Raises StoreError if a file is missing or was changed, or there is no such point.
    """
    manifest = read_manifest(folder)
    if not isinstance(manifest, SweepManifest):
        raise StoreError(f"{folder} holds no sweep, and has no points")
    check_files(folder, manifest)
    points = _design(folder)
    if not 0 <= point < len(points):
        raise StoreError(f"{folder} has the points 0 to {len(points) - 1}, and no point {point}")
    factors = {name: value for name, value in points[point].items() if name != "point"}
    varied = VARIANT in factors
    base = resolve(load(folder / (BASE_FILE if varied else SCENARIO)).scenario)
    values = tuple(parse_level(value) for value in factors.values())
    design = Design("grid", tuple(Factor(path, (value,)) for path, value in zip(factors, values, strict=True)), (values,))
    return scenario_at(base, None, design, 0), factors


def replicates(folder: Path) -> Iterator[tuple[dict[str, str], NDArray[np.float64]]]:
    """Yield each point of a sweep: the values of its factors, and the outcomes of its replicates.

    The array is (replicate, outcome), not a number where a replicate failed; its columns are the axis ``outcome`` of
    ``read_sweep``, and replicate k has the same draws at every point. Raises StoreError if a chunk is not whole.
    """
    check_files(folder, read_kind(folder, SweepManifest))
    points = _design(folder)
    with (folder / INDEX).open(newline="", encoding="utf-8") as file:
        keys: dict[str, list[str]] = {}
        for row in read_records(file):
            keys.setdefault(row["point"], []).append(row["key"])
    store = ChunkStore(folder)
    for point in points:
        try:
            parts = [store.read(key, ("outcomes",))[1]["outcomes"] for key in keys[point["point"]]]
        except DamagedChunk as error:
            raise StoreError(f"{error}; the same sweep again makes it anew") from None
        yield {name: value for name, value in point.items() if name != "point"}, np.concatenate(parts)
