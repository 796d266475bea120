"""A run on disk: written beside its place and moved there when it is whole; read again without loss."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stability_sim.results.results import LOG_COLUMNS, EventLog, Results, Variable
from stability_sim.scenario import Scenario, content_hash, dump
from stability_sim.storage import files as writing
from stability_sim.storage.csv_files import Writer, read_rows
from stability_sim.storage.files import OUTPUTS, check_writable
from stability_sim.storage.manifest import MANIFEST, RunManifest, check_files, read_kind, write_manifest
from stability_sim.storage.manifest import StoreError as StoreError
from stability_sim.storage.staging import clear_leftovers

RESULTS, EVENTS, SCENARIO = "results.nc", "events.csv", "scenario.yaml"
FILES = (RESULTS, EVENTS, SCENARIO)  # without which a folder is no run
DATE = "date"  # YYYY-MM, a column of events.csv alone
_INTEGERS = ("replicate", "month")


def check_target(target: Path) -> None:
    """Raise StoreError if a place is not one for a run: what is there and is no run stays as it is.

    Raises OSError if nothing can be written there.
    """
    if target.is_symlink() and not target.exists():
        raise StoreError(f"{target} is a symbolic link that leads nowhere: choose another folder")
    clear_leftovers(target.resolve())
    blocked = next((path for path in (target, *target.parents) if path.exists()), target)
    if blocked.exists() and not blocked.is_dir():
        raise StoreError(f"{blocked} is a file: choose another folder")
    if target.resolve() == Path.cwd():
        raise StoreError(f"{target} is the folder that you are in, and would be replaced: choose another folder")
    if target.is_dir() and not (target / MANIFEST).is_file() and any(target.iterdir()):
        raise StoreError(f"{target} holds something that is not a run: choose another folder")
    check_writable(target.resolve().parent)


def staged(target: Path) -> AbstractContextManager[Path]:
    """Give a folder to write a run or a study into; it takes the place of ``target`` when all went well."""
    return writing.staged(target, check_target)


def write_results(results: Results, path: Path) -> None:
    """Write the numbers of results on their named axes as netCDF; their log is not part of it.

    The file is made in memory first: on a full disk the library of HDF5 does not fail, it crashes.
    """
    import h5netcdf
    import h5py

    buffer = io.BytesIO()
    with h5netcdf.File(buffer, "w") as file:
        used = {dim for variable in results.variables.values() for dim in variable.dims}
        axes = {axis: labels for axis, labels in results.coords.items() if axis in used}
        file.dimensions = {axis: len(labels) for axis, labels in axes.items()}
        for axis, labels in axes.items():
            text = isinstance(labels[0] if labels else "", str)
            values = np.array(labels, dtype=object if text else None)
            file.create_variable(axis, (axis,), dtype=h5py.string_dtype() if text else values.dtype, data=values)
        for name, variable in results.variables.items():
            written = file.create_variable(name, variable.dims, dtype=variable.values.dtype, data=variable.values)
            written.attrs["units"] = variable.unit or "1"
            written.attrs["long_name"] = variable.meaning
        file.attrs["stability_sim"] = json.dumps({"attributes": results.attributes, "coords": results.coords})
        file.attrs["title"] = str(results.attributes.get("title", ""))
    path.write_bytes(buffer.getvalue())


def write_events(log: EventLog, months: list[str], path: Path) -> None:
    """Write the log, with the calendar month of each row behind it."""
    dates = [months[month] for month in log.columns["month"].tolist()]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = Writer(file)
        writer.writerow((*LOG_COLUMNS, DATE))
        writer.writerows(zip(*(log.columns[name].tolist() for name in LOG_COLUMNS), dates, strict=True))


def write_run(folder: Path, results: Results, scenario: Scenario, about: Mapping[str, object]) -> None:
    """Write results, events, the scenario that ran and the manifest, to which ``about`` is added, into a folder."""
    write_results(results, folder / RESULTS)
    write_events(results.log, results.coords["month"], folder / EVENTS)
    (folder / SCENARIO).write_text(dump(scenario), encoding="utf-8")
    record = identity(results, scenario) | {
        "first_replicate": results.coords["replicate"][0],
        "months": results.attributes["months"],
        "results_hash": results.hash(),
    }
    write_manifest(folder, "run", {**record, **about})


def _read_events(path: Path) -> EventLog:
    with path.open(newline="", encoding="utf-8") as file:
        reader = read_rows(file)
        names = next(reader)
        columns = list(zip(*reader, strict=True)) or [()] * len(names)
    arrays: dict[str, NDArray[Any]] = {}
    for name, column in zip(names, columns, strict=True):
        if name == DATE:  # follows from the month; files of 0.1 have none
            continue
        if name in _INTEGERS:
            arrays[name] = np.array(column, dtype=np.int64)
        elif name == "value":
            arrays[name] = np.array(column, dtype=np.float64)
        else:
            arrays[name] = np.array(column, dtype=object)
    return EventLog(arrays)


def read_results(path: Path, log: EventLog) -> Results:
    """Return the results of a netCDF file that ``write_results`` wrote, with a log from elsewhere."""
    import h5netcdf

    variables: dict[str, Variable] = {}
    with h5netcdf.File(path, "r") as file:
        content = json.loads(file.attrs["stability_sim"])
        for name, variable in file.variables.items():
            if name in content["coords"]:
                continue
            unit = str(variable.attrs["units"])
            values = np.asarray(variable[...])
            variables[name] = Variable(
                tuple(variable.dimensions), values, "" if unit == "1" else unit, str(variable.attrs["long_name"])
            )
    return Results(content["coords"], variables, log, content["attributes"])


def read_files(folder: Path) -> Results:
    """Return the results that the files of a run hold, whatever its manifest says."""
    return read_results(folder / RESULTS, _read_events(folder / EVENTS))


def read_run(folder: Path) -> Results:
    """Return the results of a run; StoreError if a file is missing or was changed that it cannot be without."""
    check_files(folder, read_kind(folder, RunManifest), FILES)
    return read_files(folder)


FORMATS = ["png", "svg", "pdf"]
MOST_IN_A_NAME = 60


def identity(base: Results, scenario: Scenario) -> dict[str, Any]:
    """Return what the manifest of a run or study says: of which scenario and variant it is, and with which draws."""
    names = ("scenario", "variant", "seed", "replicates")
    return {name: base.attributes[name] for name in names} | {"scenario_hash": content_hash(scenario)}


def study_folder(base: Results, kind: str, *parts: str, decides: Any) -> Path:  # noqa: ANN401 - whatever JSON can hold
    """Return the default folder of a study: the same study has the same folder, another one another.

    Parameters
    ----------
    base : Results
        What the study rests on: names the scenario, the replicates and the seed.
    kind : str
        First word of the name.
    *parts : str
        What a person should see in the name.
    decides : JSON
        All that decides what comes of it; stands in the name as a hash.
    """
    attributes = base.attributes
    name = "-".join([kind, *parts, f"n{attributes['replicates']}", f"s{attributes['seed']}"])
    mark = hashlib.sha256(json.dumps([name, decides], sort_keys=True).encode()).hexdigest()[:8]
    return OUTPUTS / attributes["scenario"] / f"{name[:MOST_IN_A_NAME]}-{mark}"


def _written(cell: Any) -> Any:  # noqa: ANN401 - a cell of a pandas table
    """Return a cell as it is written: what is missing as nothing, numbers to ten digits."""
    if cell is None or cell != cell:
        return ""
    return f"{cell:.10g}" if isinstance(cell, float) else cell


def write_table(table: Any, path: Path) -> None:  # noqa: ANN401 - a pandas table
    """Write a table as CSV, the same table as the same bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = Writer(file)  # pandas, too, would write a lone carriage return without quotes
        writer.writerow(str(name) for name in table.columns)
        for row in table.itertuples(index=False, name=None):
            writer.writerow(_written(cell) for cell in row)


def write_study(target: Path, kind: str, about: Mapping[str, object], write: Callable[[Path], None]) -> Path:
    """Write a study into a folder of its own: what ``write`` puts there, and a manifest.

    Parameters
    ----------
    target : Path
        Where it goes; a study that is there is replaced, anything else is not.
    kind : str
        That of the manifest.
    about : mapping
        What the manifest of this kind holds.
    write : callable
        Given the folder, writes everything else.
    """
    with staged(target) as folder:
        write(folder)
        write_manifest(folder, kind, about)
    return target
