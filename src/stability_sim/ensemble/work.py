"""A unit of work as plain data, and how it is done: on a thread, in a process, on another machine.

Whoever does a unit rebuilds the beginning from the text of the scenario, and keeps it for the next one. A replicate
that cannot be run does not take the others with it: the unit is halved until the replicate stands alone, and what
went wrong is part of what comes back.
"""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from stability_sim.engine.mechanisms import source_of
from stability_sim.engine.record import Paths, Rows, Tallies, add, empty_paths, empty_rows, empty_tallies
from stability_sim.engine.run import LOG_FIELDS, LogPart, Memory, Stopped, never, run_chunk
from stability_sim.ensemble.chunks import FORMAT, decode, encode, fingerprint
from stability_sim.ensemble.threads import broken, chunk_size
from stability_sim.kernels.fingerprint import fingerprint as of_sources
from stability_sim.scenario import MechanismError, Scenario
from stability_sim.scenario.document import plain
from stability_sim.storage.run_folder import StoreError
from stability_sim.world.initial import Beginning, begin

MOST_FAILURES = 16  # in one unit: more are a fault of the program, not of a replicate
CACHED_BEGINNINGS = 4
MANY = 2**40


class OtherVersion(StoreError):  # noqa: N818 - reads as a statement where it is caught
    """A worker has another version of the program than the one that sent the unit."""


@cache
def code_version() -> str:
    """Return a hash over all sources that a unit rests on: of chunks of another version nothing is reused."""
    return of_sources([__name__])


def code_of(mechanisms: Collection[str]) -> str:
    """Return the version of all that runs a scenario: of the model, and of the mechanisms from outside that it names."""
    if not mechanisms:
        return code_version()
    return fingerprint(code_version(), *(hashlib.sha256(source_of(name)).hexdigest() for name in sorted(mechanisms)))


def as_text(scenario: Scenario) -> str:
    """Return a resolved scenario without variants as text that workers can read and that a key can rest on.

    States keep their order: it is the order of the axes of what comes back.
    """
    return json.dumps(plain(scenario), separators=(",", ":"), ensure_ascii=True)


@dataclass(frozen=True)
class Unit:
    """Replicates ``first`` .. ``first + n - 1`` of a scenario, which is given as text."""

    scenario: str
    seed: int
    first: int
    n: int
    months: int
    log: bool = False
    paths: bool = False
    code: str = ""

    @cached_property
    def key(self) -> str:
        """Name of the chunk that comes of it: a hash over all that decides its content."""
        return unit_key(fingerprint(self.scenario), self)

    def part(self, first: int, n: int) -> Unit:
        """Return the unit of some of the replicates."""
        told = asdict(self) | {"first": first, "n": n}
        return Unit(**told)


def unit_key(scenario_hash: str, unit: Unit) -> str:
    """Return the key of a unit whose scenario has a hash."""
    numbers = f"{unit.seed} {unit.first} {unit.n} {unit.months} {unit.log} {unit.paths}"
    return fingerprint(scenario_hash, numbers, unit.code, str(FORMAT))


class Failure(NamedTuple):
    """A replicate that could not be run, and why; ``n`` above 1 if so many from ``replicate`` on were not tried."""

    replicate: int
    n: int
    error: str
    traceback: str


class Piece(NamedTuple):
    """What came of some replicates: sums, rows, log, paths if asked for, and failures."""

    tallies: Tallies
    rows: Rows
    log: LogPart
    paths: Paths | None
    failures: list[Failure]


class _Work(NamedTuple):
    beginning: Beginning
    unit: Unit
    stop: Callable[[], bool]


@lru_cache(maxsize=CACHED_BEGINNINGS)
def beginning_of(text: str) -> Beginning:
    """Return the beginning of a scenario given as text."""
    return begin(Scenario.model_validate(json.loads(text)))


def _ranges(first: int, n: int, size: int) -> Iterator[tuple[int, int]]:
    for k in range(first, first + n, size):
        yield k, min(size, first + n - k)


def _run(work: _Work, first: int, n: int) -> Piece:
    """Run some replicates, as many at a time as fit the processor's cache."""
    beginning, unit, stop = work
    tallies = empty_tallies(beginning.frame, unit.months)
    parts = []
    memory = Memory()
    for k, size in _ranges(first, n, chunk_size(beginning, MANY, 1)):
        part = run_chunk(beginning, unit.seed, k, size, unit.months, tallies, stop, trajectories=unit.paths, memory=memory)
        if wrong := broken(part.rows):
            raise FloatingPointError(f"replicate {k + wrong[0]}: {wrong[1]}")
        parts.append(part if unit.log else part._replace(log=no_log()))
    rows, log = _joined([part.rows for part in parts]), _joined([part.log for part in parts])
    return Piece(tallies, rows, log, _joined([part.paths for part in parts]) if unit.paths else None, [])


def no_log() -> LogPart:
    """Return a log without rows."""
    return LogPart(np.zeros(0, np.int64), np.zeros((0, len(LOG_FIELDS)), np.int32), np.zeros(0))


def _joined(parts: list[Any]) -> Any:  # noqa: ANN401 - named tuples of arrays, all of one kind
    return type(parts[0])(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def lost(unit: Unit, first: int, n: int, error: str, told: str) -> Piece:
    """Return what is left of replicates that could not be run: rows without numbers, and the failure."""
    frame = beginning_of(unit.scenario).frame
    rows = empty_rows(frame, n)
    rows.outcomes[:] = np.nan
    paths = empty_paths(frame, n, unit.months) if unit.paths else None
    return Piece(empty_tallies(frame, unit.months), rows, no_log(), paths, [Failure(first, n, error, told)])


def _bisect(work: _Work, first: int, n: int, found: list[Piece]) -> None:
    """Run replicates, in halves if they cannot be run together, down to the one that cannot be run at all."""
    if sum(len(piece.failures) for piece in found) >= MOST_FAILURES:
        found.append(lost(work.unit, first, n, "not tried: too many others failed", ""))
        return
    try:
        found.append(_run(work, first, n))
    except (Stopped, MemoryError, MechanismError):  # none of them is the fault of a replicate
        raise
    except Exception as error:  # noqa: BLE001 - whatever a replicate raises is its failure, and is told
        if n == 1:
            found.append(lost(work.unit, first, 1, f"{type(error).__name__}: {error}", traceback.format_exc()))
            return
        _bisect(work, first, n // 2, found)
        _bisect(work, first + n // 2, n - n // 2, found)


def together(pieces: list[Piece]) -> Piece:
    """Return pieces that follow each other as one."""
    if len(pieces) == 1:
        return pieces[0]
    tallies = pieces[0].tallies
    for piece in pieces[1:]:
        add(tallies, piece.tallies)
    paths = _joined([piece.paths for piece in pieces]) if pieces[0].paths else None
    rows, log = _joined([piece.rows for piece in pieces]), _joined([piece.log for piece in pieces])
    return Piece(tallies, rows, log, paths, [failure for piece in pieces for failure in piece.failures])


def to_bytes(unit: Unit, piece: Piece) -> bytes:
    """Return what came of a unit as the bytes of a chunk."""
    arrays: dict[str, Any] = {f"tallies.{name}": values for name, values in piece.tallies._asdict().items()}
    arrays |= {"outcomes": piece.rows.outcomes, "first_onset": piece.rows.first_onset}
    if unit.log:
        arrays |= {f"log.{name}": values for name, values in piece.log._asdict().items()}
    if piece.paths is not None:
        arrays |= {f"paths.{name}": values for name, values in piece.paths._asdict().items()}
    told = {name: value for name, value in asdict(unit).items() if name != "scenario"}
    name = str(json.loads(unit.scenario)["scenario"]) if piece.failures else ""
    failures = [{"scenario": name, "scenario_hash": fingerprint(unit.scenario), "seed": unit.seed, **f._asdict()}
                for f in piece.failures]  # fmt: skip
    return encode({"key": unit.key, "unit": told, "failures": failures}, arrays)


def perform(unit: Unit, stop: Callable[[], bool] = never) -> bytes:
    """Do a unit and return its chunk as bytes; Stopped if ``stop()`` says so, OtherVersion if it is not ours."""
    if unit.code != code_of(json.loads(unit.scenario).get("mechanisms", {})):  # before another version reads the rest
        raise OtherVersion(
            "a worker has another version of stability-sim, or of a mechanism, than this process: install the same"
        )
    found: list[Piece] = []
    _bisect(_Work(beginning_of(unit.scenario), unit, stop), unit.first, unit.n, found)
    return to_bytes(unit, together(found))


# From the bytes of a chunk back to what came of its replicates.


def piece_of(raw: bytes) -> Piece:
    """Return the tallies, rows, log, paths and failures of a chunk; DamagedChunk if it is not whole."""
    header, arrays = decode(raw)
    n = len(arrays["outcomes"])
    tallies = Tallies(*(arrays[f"tallies.{name}"].copy() for name in Tallies._fields))
    # copies, since a view would hold all bytes of the chunk; past deaths serve a run that goes on
    rows = Rows(arrays["outcomes"].copy(), arrays["first_onset"].copy(), np.zeros((n, 12)))
    log = LogPart(*(arrays[f"log.{name}"].copy() for name in LogPart._fields)) if header["unit"]["log"] else no_log()
    paths = Paths(*(arrays[f"paths.{name}"] for name in Paths._fields)) if header["unit"]["paths"] else None
    names = Failure._fields
    return Piece(tallies, rows, log, paths, [Failure(*(told[name] for name in names)) for told in header["failures"]])
