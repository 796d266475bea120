"""From the bytes of a chunk back to what came of its replicates."""

from __future__ import annotations

import numpy as np

from stability_sim.engine.chunk import LogPart
from stability_sim.engine.tallies import Paths, Rows, Tallies
from stability_sim.ensemble.chunkfile import decode
from stability_sim.ensemble.units import Failure, Piece, no_log


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
