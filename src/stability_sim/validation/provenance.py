"""What the numbers of a validation rest on: command, versions, data; and what is said of it beside a figure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stability_sim.ensemble.store import versions
from stability_sim.panel.read import SHAPE
from stability_sim.scenario.parameters import fitted_until
from stability_sim.validation.hindcast import Hindcast, Plan
from stability_sim.writing import command_line


@dataclass(frozen=True)
class Provenance:
    """Where the numbers of a validation come from."""

    command: str
    started: str
    versions: dict[str, str]
    data: dict[str, str]  # SHA-256 of each file read

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"command": self.command, "started": self.started, "versions": self.versions, "data_sha256": self.data}


def data_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a data folder that the panel is read from."""
    return {f"{name}.csv": hashlib.sha256((folder / f"{name}.csv").read_bytes()).hexdigest() for name in sorted(SHAPE)}


def provenance(folder: Path) -> Provenance:
    """Return what a validation that begins now rests on."""
    command = command_line()
    return Provenance(command, datetime.now(UTC).isoformat(timespec="seconds"), versions(), data_hashes(folder))


def scores_hash(found: Hindcast) -> str:
    """Return the SHA-256 over all scores to six digits: the same run, the same hash."""
    text = json.dumps([[f"{v:.6g}" if isinstance(v, float) else v for v in score] for score in found.scores])
    return hashlib.sha256(text.encode()).hexdigest()


def parameters_line(plan: Plan) -> str:
    """Return which parameters the engine ran with."""
    if not plan.settings:
        return "the defaults of the model, which know all years of the panel"
    if plan.settings == fitted_until(plan.train_until):
        return f"parameters fitted to the years up to {plan.train_until}"
    return "parameters given on the command line"


def about_line(plan: Plan) -> str:
    """Return what a figure says of a hindcast."""
    origins = ", ".join(map(str, plan.origins))
    return (
        f"Origins {origins}, run free; {plan.replicates:,} replicates, seed {plan.seed}; chains trained to {plan.train_until}. "
        f"Conditional on {parameters_line(plan)}."
    )
