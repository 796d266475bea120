"""Folders of studies: tables, words, figures and a manifest, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stability_sim.ensemble.store import FORMAT, MANIFEST, staged, versions
from stability_sim.results import Results
from stability_sim.scenario import Scenario, content_hash
from stability_sim.spreadsheet import Writer
from stability_sim.usage import OUTPUTS
from stability_sim.writing import command_line

FORMATS = ["png", "svg", "pdf"]
MOST_IN_A_NAME = 60


def identity(base: Results, scenario: Scenario) -> dict[str, Any]:
    """Return what the manifest of every study says: of which scenario and variant it is, and with which dice."""
    told = {name: base.attributes[name] for name in ("scenario", "variant", "seed", "replicates")}
    return told | {"scenario_hash": content_hash(scenario)}


def study_folder(base: Results, kind: str, *parts: str, decides: Any) -> Path:  # noqa: ANN401 - whatever JSON can hold
    """Return where a study goes if nobody says: the same study to the same place, another one to another.

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
    told = base.attributes
    name = "-".join([kind, *parts, f"n{told['replicates']}", f"s{told['seed']}"])
    mark = hashlib.sha256(json.dumps([name, decides], sort_keys=True).encode()).hexdigest()[:8]
    return OUTPUTS / told["scenario"] / f"{name[:MOST_IN_A_NAME]}-{mark}"


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


def write_study(target: Path, kind: str, told: dict[str, Any], write: Callable[[Path], None]) -> Path:
    """Write a study into a folder of its own: what ``write`` puts there, and a manifest with checksums.

    Parameters
    ----------
    target : Path
        Where it goes; a study that is there is replaced, anything else is not.
    kind : str
        comparison, attribution, sensitivity, discovery or uncertainty.
    told : dict
        What the manifest should say besides versions, platform, command and checksums.
    write : callable
        Given the folder, writes everything else.
    """
    with staged(target) as folder:
        write(folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        manifest = {
            "format": FORMAT,
            "kind": kind,
            **told,
            "versions": versions(),
            "platform": platform.platform(),
            "command": command_line(),
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "sha256": {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
        }
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return target
