"""Defence blocs of a year as alliances of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from stability_sim.panel.panel import Panel
from stability_sim.scenario.schema import Alliance

LEADS = {
    "NATO": "USA", "CSTO": "RUS", "WP": "RUS", "ANZUS": "USA", "GCC": "SAU", "US-JPN": "USA", "US-KOR": "USA",
    "US-PHL": "USA", "SCO": "CHN", "UniState": "RUS", "RUS-PRK": "RUS", "CHN-PRK": "CHN", "AZE-TUR": "TUR",
}  # fmt: skip
CONSULTATION = ("SCO",)


def alliances_of(panel: Panel, codes: Sequence[str], year: int) -> dict[str, Alliance]:
    """Return the blocs that had at least two of the states as members in a year."""
    members: dict[str, list[str]] = {}
    for bloc in panel.blocs:
        bound = members.setdefault(bloc.bloc, [])
        current = bloc.start <= year and (bloc.end is None or bloc.end >= year)
        if current and bloc.state in codes and bloc.state not in bound:
            bound.append(bloc.state)
    found = {}
    for name, bound in members.items():
        obliges: Literal["defence", "consultation"] = "consultation" if name in CONSULTATION else "defence"
        if len(bound) >= 2:
            lead = LEADS.get(name)
            found[name] = Alliance(members=sorted(bound), lead=lead if lead in bound else None, obliges=obliges)
    return found
