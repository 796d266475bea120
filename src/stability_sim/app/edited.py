"""A scenario with levers moved: as a variant, so that it is checked, resolved and hashed like any other."""

from __future__ import annotations

from typing import Any

from stability_sim.app.levers import Lever, check, in_words, levers
from stability_sim.scenario import Scenario, apply_variant, resolve
from stability_sim.scenario.events import Setting, StanceChange
from stability_sim.scenario.schema import Variant
from stability_sim.units import month_index, month_labels

EDITED = "edited"


def _without_later(scenario: Scenario, path: str, month: int) -> Scenario:
    """Return the scenario without the dated events of the file that would change the same thing in or after a month."""
    kept: list[Any] = []
    for event in scenario.events:
        if event.on is None or month_index(event.on, scenario.start) < month:
            kept.append(event)
            continue
        if isinstance(event, Setting) and path in event.set:
            rest = {key: value for key, value in event.set.items() if key != path}
            kept += [event.model_copy(update={"set": rest})] if rest else []
            continue
        if isinstance(event, StanceChange) and path.startswith(f"stances.{event.stance}.{event.to}."):
            event = event.model_copy(update={path.rsplit(".", 1)[1]: None})  # noqa: PLW2901
            said = ("engage", "recognise", "listed", "embassy", "sanction", "aid")
            if all(getattr(event, name) is None for name in said):
                continue
        kept.append(event)
    return scenario.model_copy(update={"events": kept})


def _later(lever: Lever, value: float | str, on: str) -> dict[str, Any]:
    steps = lever.path.split(".")
    if steps[0] == "stances":
        return {"on": on, "stance": steps[1], "to": steps[2], steps[3]: value, "note": "changed on the page"}
    return {"on": on, "set": {lever.path: value}, "note": "changed on the page"}


def edited(base: Scenario, variant: str | None, edits: dict[str, float | str], month: int) -> tuple[Scenario, str]:
    """Return a variant of a scenario with levers moved from a month on, and what was changed in words.

    Parameters
    ----------
    base : Scenario
        Resolved.
    variant : str, optional
        The variant of the file to begin with.
    edits : dict
        Path of a lever → its value.
    month : int
        From which month on, counted from 0; levers that cannot wait change at the start.

    Raises ValueError if an edit is none, InvalidScenario if the outcome is no scenario.
    """
    scenario = apply_variant(base, variant)
    if not 0 <= month < scenario.months:
        raise ValueError(f"the run has no month {month}")
    moved = check(levers(scenario), edits)
    removals = [lever.path for lever, value in moved if value == "dissolved"]
    moved = [one for one in moved if not any(one[0].path.startswith(f"{gone}.") for gone in removals)]
    settings: dict[str, Any] = {}
    events: list[dict[str, Any]] = []
    for lever, value in moved:
        begins = month if lever.timed else 0
        scenario = _without_later(scenario, lever.path, begins)
        if value == "dissolved":
            continue
        if lever.path.startswith("rules."):
            rules = scenario.rules.model_copy(update={lever.path.removeprefix("rules."): value})
            scenario = scenario.model_copy(update={"rules": rules})
        elif begins:
            events.append(_later(lever, value, month_labels(scenario.start, begins + 1)[-1]))
        else:
            settings[lever.path] = value.split(",") if lever.path.endswith(".covers") and isinstance(value, str) else value
    said = "; ".join(in_words(lever, value) for lever, value in moved)
    if month and any(lever.timed for lever, _ in moved):
        said += f"; from {month_labels(scenario.start, month + 1)[-1]}"
    if not moved:
        return scenario, ""
    change = Variant(set=settings, remove=removals, add={"events": events} if events else {})
    return resolve(apply_variant(scenario.model_copy(update={"variants": {EDITED: change}}), EDITED)), said
