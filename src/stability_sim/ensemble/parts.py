"""The parts of an ensemble, done in any order, put together; and how much of their log is held meanwhile."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stability_sim.engine.chunk import LogPart, Part
from stability_sim.engine.tallies import OUTCOMES, Paths, Rows, Tallies
from stability_sim.ensemble.store import StoreError

MOST_LOG_ROWS = 1_000_000


class ReplicateFailed(StoreError):  # noqa: N818 - reads as a statement where it is caught
    """A replicate of a run that could not be run."""


def broken(rows: Rows) -> tuple[int, str] | None:
    """Return the place of a replicate with an outcome that is no number, and which it is; None if all are numbers."""
    wrong = np.argwhere(~np.isfinite(rows.outcomes))
    if not len(wrong):
        return None
    place, outcome = (int(k) for k in wrong[0])
    return place, f"{OUTCOMES[outcome]} is {rows.outcomes[place, outcome]}"


def check_numbers(rows: Rows, first: int) -> None:
    """Raise ReplicateFailed if an outcome of the replicates from ``first`` on is no number."""
    found = broken(rows)
    if found is not None:
        raise ReplicateFailed(f"replicate {first + found[0]} cannot be run: {found[1]}")


class Ensemble(NamedTuple):
    """All that is kept of an ensemble: tallies, one row a replicate, and the log of the first replicates."""

    tallies: Tallies
    rows: Rows
    log: LogPart
    n_logged: int  # replicates whose log is whole
    paths: Paths | None = None


class LogBound:
    """Takes from parts the log that an ensemble cannot keep, so that memory does not grow with replicates.

    What is kept in the end depends on the first parts alone, not on the order in which they are done.
    """

    def __init__(self, order: list[int]) -> None:
        self.order = order  # first replicates of all parts
        self.rows_of: dict[int, int] = {}  # log rows of each part that is done, by its first replicate
        self.whole = 0  # parts from the first without a gap that are done
        self.rows = 0  # and their log rows
        self.full_at: int | None = None  # first replicate of the part in which the log is full

    def bounded(self, part: Part) -> Part:
        """Return a part with as much of its log as may be needed."""
        self.rows_of[part.first] = len(part.log.values)
        while self.full_at is None and self.whole < len(self.order) and self.order[self.whole] in self.rows_of:
            self.rows += self.rows_of[self.order[self.whole]]
            if self.rows > MOST_LOG_ROWS:
                self.full_at = self.order[self.whole]
            self.whole += 1
        if self.full_at is not None and part.first > self.full_at:
            return part._replace(log=_cut(part.log, 0))
        return part._replace(log=_cut(part.log, MOST_LOG_ROWS + 1)) if len(part.log.values) > MOST_LOG_ROWS + 1 else part


def _cut(log: LogPart, n_rows: int) -> LogPart:
    return LogPart(log.replicate[:n_rows].copy(), log.rows[:n_rows].copy(), log.values[:n_rows].copy())


def joined_log(logs: list[LogPart], first: int, n_replicates: int) -> tuple[LogPart, int]:
    """Return the log of as many replicates, from ``first`` on, as fit, and how many; the same whatever the parts were."""
    log = LogPart(*(np.concatenate([part[k] for part in logs]) for k in range(3)))
    if len(log.values) <= MOST_LOG_ROWS:
        return log, n_replicates
    whole = int(log.replicate[MOST_LOG_ROWS]) - first
    keep = slice(0, int(np.searchsorted(log.replicate, first + whole)))
    return LogPart(*(column[keep] for column in log)), whole  # type: ignore[arg-type]


def _joined_paths(parts: list[Part]) -> Paths:
    found = [part.paths for part in parts if part.paths is not None]
    return Paths(*(np.concatenate([paths[k] for paths in found]) for k in range(len(Paths._fields))))


def joined(tallies: Tallies, parts: list[Part], *, trajectories: bool) -> Ensemble:
    """Return the ensemble of some parts, in whatever order they are, and of the sum of their tallies."""
    parts = sorted(parts, key=lambda part: part.first)
    rows = Rows(*(np.concatenate([part.rows[k] for part in parts]) for k in range(len(Rows._fields))))
    log, n_logged = joined_log([part.log for part in parts], parts[0].first, len(rows.outcomes))
    return Ensemble(tallies, rows, log, n_logged, _joined_paths(parts) if trajectories else None)
