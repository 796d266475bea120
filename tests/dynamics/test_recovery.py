"""Slow variables of a state at war and at peace."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dynamics.bare import copy, world
from stability_sim.dynamics.recovery import _states

P = SimpleNamespace(
    hardship_recovery=0.1, hardship_war=0.05, capacity_war=0.02, capacity_recovery=0.1, legitimacy_war=0.5, legitimacy_rate=0.2,
    prestige_fading=0.1, screening_cost=0.0, aid_relief=0.5, sanction_hardship=0.5, recognition_legitimacy=0.5,
)  # fmt: skip


@pytest.mark.parametrize(
    ("at_war", "hardship", "capacity", "legitimacy"),
    [
        (0, 0.5 - 0.1 * 0.1, 0.4 + 0.1 * 0.2, 0.5 + 0.2 * 0.1),  # a tenth of the way to 0.4 and 0.6, a fifth to 0.6
        (1, 0.49 + 0.05 * 0.51, 0.4 - 0.02 * 0.4, 0.5 + 0.2 * (0.3 - 0.5)),  # on to 1, to 0, and to half of 0.6
    ],
)
def test_war_wears_a_state_down(at_war: int, hardship: float, capacity: float, legitimacy: float) -> None:
    frame = SimpleNamespace(state_id=np.zeros(1), into_start=[0, 0], population=[10.0])
    now = world(
        in_conflict=[at_war], hardship=[0.5], hardship_level=[0.4], capacity=[0.4], capacity_level=[0.6], legitimacy=[0.5],
        legitimacy_level=[0.6], prestige=[0.5], prestige_level=[0.3], talks_left=[1], governed_by=[-1], screening=[0.0],
    )  # fmt: skip
    after = copy(now)
    _states(frame, P, now, after, SimpleNamespace(believed=np.zeros(1)), 0)
    assert (after.hardship[0, 0], after.capacity[0, 0], after.legitimacy[0, 0]) == pytest.approx((hardship, capacity, legitimacy))
    assert (after.prestige[0, 0], after.talks_left[0, 0]) == (pytest.approx(0.48), 0)
