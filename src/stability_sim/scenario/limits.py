"""Lists and mappings of a document that are longer than the schema allows, looked for before anything in them is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from stability_sim.scenario.document import MEMBERS, Document, members, section
from stability_sim.scenario.events import EVENT_KINDS, event_kind
from stability_sim.scenario.problems import Finding, Loc
from stability_sim.scenario.schema import Map, Scenario


@cache
def _most(record: type[BaseModel]) -> dict[str, int]:
    """Return the fields of a record whose length has a limit, texts among them."""
    lengths = {name: [getattr(part, "max_length", None) for part in info.metadata] for name, info in record.model_fields.items()}
    return {name: min(filter(None, known)) for name, known in lengths.items() if any(known)}


def _longer(record: type[BaseModel], loc: Loc, content: dict[str, Any]) -> Iterator[Finding]:
    for name, most in _most(record).items():
        part = content.get(name)
        if isinstance(part, list | dict) and len(part) > most:
            yield Finding((*loc, name), f"{len(part)} entries, but at most {most} fit here")


def too_long(document: Document) -> list[Finding]:
    """Return the lists and mappings of a document that hold more than the schema allows, however ill-formed the rest is."""
    findings = list(_longer(Scenario, (), document))
    crowded = {finding.loc[0] for finding in findings}
    findings += _longer(Map, ("map",), section(document, "map"))
    for name, record in MEMBERS.items():
        if name not in crowded and _most(record):
            for loc, content in members(document, name):
                findings += _longer(record, loc, content)
    if "events" not in crowded:
        for loc, event in members(document, "events"):
            kind = event_kind(event)
            if kind is not None:
                findings += _longer(EVENT_KINDS[kind], loc, event)
    return findings
