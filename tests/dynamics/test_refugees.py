"""How many leave a state."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from dynamics.bare import KEY, world
from stability_sim.dynamics import refugees as module
from stability_sim.dynamics.refugees import leaving


@pytest.mark.parametrize(
    ("at_war", "noise", "displaced", "expected"),
    [(0, 0.0, 70.0, 70.0), (1, 0.0, 0.0, 100.0), (1, 1.0, 70.0, 271.828182846 + 70.0), (1, 9.0, 0.0, 200_000.0)],
)
def test_who_leaves(at_war: int, noise: float, displaced: float, expected: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year's flow of 3·400 at 400 deaths and an elasticity of one; at most 2 % of ten million in a month."""
    monkeypatch.setattr(module, "normal", lambda *_: noise)
    p = SimpleNamespace(
        refugees_intercept=math.log(3.0), refugees_elasticity=1.0, refugees_sd=1.0, most_leave_per_month=0.02
    )  # fmt: skip
    frame = SimpleNamespace(state_id=[7], population=[10.0])
    now, month = world(in_conflict=[at_war], log_deaths=[math.log(400.0)]), world(displaced=[displaced])
    assert leaving(frame, p, now, month, KEY, 0, 0) == pytest.approx(expected)
