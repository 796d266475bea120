"""Can the observations of a document be read off a run of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from stability_sim.scenario.document import Document, members
from stability_sim.scenario.observed import MeasureError, Observation, misfit, parse_measure
from stability_sim.scenario.problems import Finding
from stability_sim.scenario.references import Names


def _months(document: Document) -> int | None:
    months = document.get("months", 36)
    return months if type(months) is int and 1 <= months <= 1200 else None


def _well_formed(given: dict[str, Any]) -> bool:
    try:
        Observation.model_validate(given)
    except ValidationError:  # reported where pydantic finds it
        return False
    return True


def check_observed(document: Document, _: Names) -> Iterator[Finding]:
    """Yield what is wrong with measures and their months, apart from names that do not exist."""
    months = _months(document)
    for loc, given in members(document, "observed"):
        if not isinstance(given.get("measure"), str):
            continue
        try:
            parse_measure(given["measure"])
        except MeasureError as error:
            yield Finding((*loc, "measure"), str(error), error.hint)
            continue
        key, message = misfit(given, months) if months and _well_formed(given) else ("", "")
        if key:
            yield Finding((*loc, key), message)


def forget_what_is_not_reached(document: Document) -> None:
    """Drop observations that a run of other months cannot be held against."""
    months = _months(document)
    given = document.get("observed")
    if months is None or not isinstance(given, list):
        return
    readable = [k for k, one in enumerate(given) if isinstance(one, dict) and _well_formed(one)]
    document["observed"] = [one for k, one in enumerate(given) if k not in readable or not misfit(one, months)[0]]
