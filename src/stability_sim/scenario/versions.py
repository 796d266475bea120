"""Which schema a file is of: older ones are read, newer ones are refused with advice.

Schema 1 is that of 0.1.0, and of all versions since: they have added keys, and taken none away nor changed what one means
(``tests/compatibility`` keeps a file and a run of each).
"""

from __future__ import annotations

from stability_sim.scenario.document import Document
from stability_sim.scenario.problems import Finding
from stability_sim.scenario.schema import SCHEMA_VERSION

KEY = "schema_version"


def unreadable_version(document: Document) -> Finding | None:
    """Return what is wrong with the version that a document states; None if it can be read, or states none."""
    given = document.get(KEY, SCHEMA_VERSION)
    if isinstance(given, bool):  # which Python would take for 1
        return Finding((KEY,), f"a whole number is needed here, not {str(given).lower()}")
    if not isinstance(given, int) or given == SCHEMA_VERSION:
        return None  # what is no whole number is reported with the other types
    if given > SCHEMA_VERSION:
        message = f"this file is of schema {given}; this version of stability-sim reads schemas up to {SCHEMA_VERSION}"
        return Finding((KEY,), message, "update it: pip install --upgrade stability-sim")
    return Finding((KEY,), f"there has never been a schema {given}", f"write {KEY}: {SCHEMA_VERSION}, or leave it out")
