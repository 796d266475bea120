"""Scenarios with little in them can be compared and attributed too."""

from __future__ import annotations

from pathlib import Path

import pytest

from stability_sim.scenario import Scenario
from stability_sim.scenario.explain import dump
from stability_sim.scenario.load import loads
from stability_sim.studies.attribute import attribute
from stability_sim.studies.compare import compare, write_comparison

BASE = {"scenario": "odd", "question": "q", "start": "2020-01", "months": 12, "map": {"projection": "network"}}
ODD = {
    "one state": {"states": {"A": {}}, "variants": {"v": {"set": {"states.A.capacity": 0.1}}}},
    "nothing linked": {"states": {"A": {"in_conflict": True}, "B": {}}, "variants": {"v": {"set": {"states.B.capacity": 0.1}}}},
    "one month": {"months": 1, "states": {"A": {}, "B": {}}, "borders": {"A-B": {}}, "variants": {"v": {"remove": ["borders.A-B"]}}},
    "a state goes": {
        "states": {"A": {"in_conflict": True}, "B": {}, "C": {}}, "borders": {"A-B": {}, "B-C": {}},
        "alliances": {"P": {"members": ["A", "B"]}}, "variants": {"v": {"remove": ["states.C"]}},
    },
    "hostile names": {
        "states": {"A": {"name": "<script>$x_1$ | *b*"}, "B": {"name": "ש" * 40, "in_conflict": True}}, "borders": {"A-B": {}},
        "variants": {"v": {"note": "$\\frac{1}{0}$ <b>", "set": {"states.A.capacity": 0.05}}},
    },
}  # fmt: skip


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("replicates", [1, 6])
def test_odd_scenarios_are_compared(changes: dict[str, object], replicates: int, tmp_path: Path) -> None:
    loaded = loads(dump(Scenario.model_validate(BASE | changes)))
    found = compare(loaded, replicates=replicates)
    assert len(found.contrasts)
    target = write_comparison(found, tmp_path / "out", figures=replicates == 6)
    assert "## v" in (target / "what-changed.md").read_text()


def test_an_odd_scenario_is_attributed() -> None:
    for name in ("one state", "nothing linked"):
        found = attribute(loads(dump(Scenario.model_validate(BASE | ODD[name]))), replicates=3)
        assert found.effect == 0
        assert found.spread.r0 == 0
