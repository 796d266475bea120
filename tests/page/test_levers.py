"""Levers of support, fighters and armies: numbers that can begin in any month."""

from __future__ import annotations

from typing import Any

import pytest

from stability_sim.app.levers import edited, levers
from stability_sim.scenario import Scenario, resolve
from stability_sim.scenario.events import SupportChange, Withdrawal


@pytest.fixture(scope="module")
def war() -> Scenario:
    """A government with a friend who leaves, and a group with a friend who comes."""
    return resolve(
        Scenario.model_validate(
            {
                "scenario": "war", "question": "q", "start": "2020-01", "months": 24, "map": {"projection": "network"},
                "states": {"A": {"forces": 40}, "B": {}, "C": {}},
                "borders": {"A-B": {}, "B-C": {}},
                "groups": {"rebels": {"home": "A", "fighters": {"A": 9000}}},
                "conflicts": [{"state": "A", "group": "rebels", "deaths_per_year": 900, "age": 30}],
                "supports": [{"of": "C", "to": "A", "troops": 2.5, "arms": 0.4}],
                "events": [
                    {"on": "2020-06", "withdraw": "C", "support_to": "A"},
                    {"on": "2020-09", "support": "B", "to": "rebels", "arms": 0.3, "sanctuary": 0.6},
                ],
            }
        )
    )  # fmt: skip


def _supports(scenario: Scenario) -> dict[str, float]:
    return {
        f"{s.of}>{s.to}.{kind}": getattr(s, kind).value for s in scenario.supports for kind in ("troops", "arms", "sanctuary")
    }


def test_everything_that_somebody_gives_has_a_lever(war: Scenario) -> None:
    known = {lever.path: lever for lever in levers(war)}
    given = [path for path in known if path.startswith("supports.")]
    assert given == [
        *(f"supports.C.A.{kind}" for kind in ("troops", "arms", "funds")),  # a government needs no sanctuary
        *(f"supports.B.rebels.{kind}" for kind in ("troops", "arms", "funds", "sanctuary")),
    ]
    troops = known["supports.C.A.troops"]
    assert (troops.kind, troops.value, troops.unit) == ("number", 2.5, "thousand")
    assert troops.high >= 10
    assert known["groups.rebels.fighters.A"].value == 9000
    assert known["states.A.forces"].value == 40


def test_what_is_moved_at_the_start_no_longer_changes_later(war: Scenario) -> None:
    changed, words = edited(war, None, {"supports.C.A.troops": 8.0}, 0)
    assert words == "Troops of C beside A: 8 thousand"
    assert _supports(changed)["C>A.troops"] == 8.0
    assert not [event for event in changed.events if isinstance(event, Withdrawal)]
    left = next(event for event in changed.events if isinstance(event, SupportChange) and event.support == "C")
    assert left.troops is None
    assert left.arms is not None
    assert left.arms.value == 0.0
    new, _ = edited(war, None, {"supports.B.rebels.arms": 1.0}, 0)
    assert _supports(new)["B>rebels.arms"] == 1.0
    later = next(event for event in new.events if isinstance(event, SupportChange))
    assert (later.arms, later.sanctuary.value if later.sanctuary else None) == (None, 0.6)


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [("supports.C.A.troops", 8.0, "support"), ("groups.rebels.fighters.A", 100.0, "set"), ("states.A.forces", 80.0, "set")],
)
def test_what_is_moved_in_a_month_is_an_event(war: Scenario, path: str, value: float, key: str) -> None:
    changed, words = edited(war, None, {path: value}, 3)
    event: Any = next(event for event in changed.events if event.on == "2020-04")
    assert hasattr(event, key)
    assert words.endswith("; from 2020-04")


def test_a_number_that_cannot_be_is_refused(war: Scenario) -> None:
    for wrong in (-1.0, float("nan"), "many"):
        with pytest.raises(ValueError, match="is a number of thousand from 0"):
            edited(war, None, {"supports.C.A.troops": wrong}, 0)
