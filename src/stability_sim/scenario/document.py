"""The document: a scenario as plain mappings, lists, words and numbers, valid or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from stability_sim.scenario.events import EVENT_KINDS
from stability_sim.scenario.observed import Observation
from stability_sim.scenario.problems import Loc
from stability_sim.scenario.quantity import Quantity
from stability_sim.scenario.schema import Alliance, Border, Group, Map, Scenario, Stance, State, Variant, Weights

Document = dict[str, Any]

MEMBERS: dict[str, type[BaseModel]] = {
    "states": State, "groups": Group, "borders": Border, "corridors": Border, "alliances": Alliance,
    "stances": Stance, "variants": Variant,
}  # fmt: skip


def plain(value: Any) -> Any:  # noqa: ANN401 - any part of a scenario
    """Return a record and all in it as plain values; what is None is left out, a bare quantity is its number."""
    if isinstance(value, Quantity) and value == Quantity(value=value.value):
        return value.value
    if isinstance(value, BaseModel):
        return {name: plain(given) for name, given in value if given is not None}
    if isinstance(value, dict):
        return {key: plain(given) for key, given in value.items()}
    if isinstance(value, list | tuple):
        return [plain(given) for given in value]
    return value


def section(document: Document, name: str) -> dict[str, Any]:
    """Return a section that maps names to members, empty if the document has none or something else."""
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def members(document: Document, name: str) -> Iterator[tuple[Loc, dict[str, Any]]]:
    """Yield path and content of each well-formed member of a section."""
    found = document.get(name)
    if isinstance(found, dict):
        pairs: Iterator[tuple[Any, Any]] = iter(found.items())
    else:
        pairs = enumerate(found if isinstance(found, list) else [])
    for key, content in pairs:
        if isinstance(content, dict):
            yield (name, key), content


def words(value: Any) -> Iterator[tuple[Any, str]]:  # noqa: ANN401 - whatever the file holds
    """Yield index and word of a list of words, or key and key of a mapping; nothing of anything else."""
    if isinstance(value, list):
        yield from ((k, word) for k, word in enumerate(value) if isinstance(word, str))
    elif isinstance(value, dict):
        yield from ((word, word) for word in value if isinstance(word, str))


def number(value: Any) -> float | None:  # noqa: ANN401 - whatever the file holds
    """Return the number of a quantity as a file writes it, or None if it is none."""
    given = value.get("value") if isinstance(value, dict) else value
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) else None


def record_at(loc: Loc, document: Document) -> type[BaseModel]:
    """Return the record whose fields are the keys at a path."""
    if not loc:
        return Scenario
    if loc == ("map",):
        return Map
    if len(loc) == 2 and loc[0] == "events":
        found = document.get("events")
        event = found[loc[1]] if isinstance(found, list) and isinstance(loc[1], int) else None
        kind = next((kind for kind in EVENT_KINDS if isinstance(event, dict) and kind in event), None)
        return EVENT_KINDS[kind] if kind else Quantity
    if len(loc) == 2 and loc[0] == "observed":
        return Observation
    if len(loc) == 2 and loc[0] in MEMBERS:
        return MEMBERS[str(loc[0])]
    return Weights if loc[-1] == "weights" else Quantity
