"""One group for each conflict that is on, and one for each state at peace, which has nobody yet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from stability_sim.panel import transforms
from stability_sim.panel.panel import Panel, Rebel
from stability_sim.panel.past import history
from stability_sim.scenario.quantity import Quantity
from stability_sim.scenario.schema import Group

AIM = 0.35
KIN = 0.1  # share of the people of a neighbour who are kin
SUPPORT = 0.4  # with at least one state behind it
LONGEST = 44


def _slug(state: str, name: str, taken: set[str]) -> str:
    """Return a name for a group: state and side B in plain letters, numbered if it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:LONGEST].strip("-") or "rebels"
    base = f"{state.lower()}-{words}"
    slug, k = base, 2
    while slug in taken:
        slug, k = f"{base}-{k}", k + 1
    taken.add(slug)
    return slug


def _group(panel: Panel, rebel: Rebel, home: int, chosen: Sequence[int], t: int) -> Group:
    strength = round(transforms.fighters(rebel.deaths))
    near = [panel.states[j] for j in chosen if panel.neighbours[t, home, j]]
    return Group(
        name=rebel.name[:60],
        home=rebel.state,
        export_aim=Quantity(value=AIM, range=(0.1, 0.6), note="most rebels fight at home"),
        external_support=Quantity(
            value=SUPPORT if rebel.supporters else 0.0,
            range=(0.0, 0.8),
            note="0.4 if a state supported it in the year (UCDP External Support)",
        ),
        fighters={
            rebel.state: Quantity(
                value=float(strength),
                range=(float(strength // 3), 3.0 * strength),
                note="300 + 4 for each battle death of the year",
            )
        },
        kin={code: Quantity(value=KIN, range=(0.0, 0.3), note="not measured") for code in near},
    )


def _would_be(panel: Panel, home: int, chosen: Sequence[int], t: int) -> Group:
    """Return the group that would fight if a conflict began: it has nobody yet."""
    code = panel.states[home]
    near = [panel.states[j] for j in chosen if panel.neighbours[t, home, j]]
    return Group(
        name=f"rebels in {code}",
        home=code,
        export_aim=Quantity(value=AIM, range=(0.1, 0.6), note="most rebels fight at home"),
        kin={other: Quantity(value=KIN, range=(0.0, 0.3), note="not measured") for other in near},
    )


def groups_of(panel: Panel, chosen: Sequence[int], t: int) -> dict[str, Group]:
    """Return a group for each conflict of the year at position ``t`` that is still on at its end.

    Each state at peace has a group without fighters, which raises them if a conflict begins.
    """
    on = {panel.states[i]: i for i in chosen if history(panel, i, t).in_conflict}
    year = int(panel.years[t])
    taken: set[str] = set()
    fighting = {
        _slug(rebel.state, rebel.name, taken): _group(panel, rebel, on[rebel.state], chosen, t)
        for rebel in panel.rebels
        if rebel.year == year and rebel.state in on
    }
    at_peace = [i for i in chosen if panel.states[i] not in on]
    return fighting | {_slug(panel.states[i], "rebels", taken): _would_be(panel, i, chosen, t) for i in at_peace}
