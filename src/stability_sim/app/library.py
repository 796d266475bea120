"""The scenarios that the page offers: those that ship, and the files that were named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stability_sim.app.levers import levers
from stability_sim.lesson import lessons
from stability_sim.scenario import InvalidScenario, Loaded, Scenario, load, resolve
from stability_sim.scenario.events import month_labels
from stability_sim.scenario.load import find, shipped


class Library:
    """Scenarios by name; each is read once."""

    def __init__(self, files: Sequence[str] = ()) -> None:
        self._loaded: dict[str, Loaded] = {}
        self._resolved: dict[str, Scenario] = {}
        self.first = ""
        for name in files:
            loaded = load(find(name))
            key = loaded.scenario.scenario
            if key in self._loaded:
                key = f"{key}-{len(self._loaded) + 1}"
            self._loaded[key] = loaded
            self.first = self.first or key
        self._shipped: dict[str, Path] = {name: path for name, path in shipped().items() if name not in self._loaded}

    def loaded(self, name: str) -> Loaded:
        """Return a scenario as loaded; KeyError for an unknown name."""
        if name not in self._loaded:
            self._loaded[name] = load(self._shipped[name])
        return self._loaded[name]

    def resolved(self, name: str) -> Scenario:
        """Return a resolved scenario; KeyError for an unknown name."""
        if name not in self._resolved:
            self._resolved[name] = resolve(self.loaded(name).scenario)
        return self._resolved[name]

    def cards(self) -> list[dict[str, Any]]:
        """Return the card of each scenario in the library; files that were named come first."""
        cards: list[dict[str, Any]] = []
        for name in [*self._loaded, *(name for name in self._shipped if name not in self._loaded)]:
            try:
                scenario = self.loaded(name).scenario
            except InvalidScenario as error:
                cards.append({"id": name, "title": name, "question": "", "wrong": str(error)})
                continue
            cards.append(
                {
                    "id": name,
                    "title": scenario.title or scenario.scenario,
                    "question": scenario.question,
                    "about": scenario.about,
                    "start": scenario.start,
                    "months": scenario.months,
                    "states": len(scenario.states),
                    "groups": len(scenario.groups),
                    "variants": len(scenario.variants),
                    "lesson": scenario.scenario in lessons(),
                }
            )
        return cards

    def describe(self, name: str) -> dict[str, Any]:
        """Return what the page needs to change a scenario: variants, levers, months, runs, seed. KeyError if there is none."""
        scenario = self.resolved(name)
        rows = [lever._asdict() | {"choices": [list(choice) for choice in lever.choices]} for lever in levers(scenario)]
        return {
            "id": name,
            "title": scenario.title or scenario.scenario,
            "question": scenario.question,
            "months": month_labels(scenario.start, scenario.months),
            "seed": scenario.seed,
            "replicates": min(scenario.replicates, 200),
            "variants": [[key, variant.note] for key, variant in scenario.variants.items()],
            "levers": rows,
            "lesson": scenario.scenario in lessons(),
        }
