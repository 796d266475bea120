"""What governments believe of groups."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dynamics.bare import world
from stability_sim.dynamics.perception import behind_border, misjudged, threat_of


def test_an_error_moves_odds() -> None:
    assert misjudged(1.0, 2.0, 0.5) == pytest.approx(0.75)  # odds 1, three times that
    assert misjudged(1.0, 2.0, -0.5) == pytest.approx(0.25)
    assert misjudged(1.0, 4.0, 0.0) == pytest.approx(0.25)


def test_a_word_that_is_believed_hides_fighters() -> None:
    frame, p = SimpleNamespace(home_tie=[0]), SimpleNamespace(word_believed=0.5, fighters_seen=0.01)
    now = world(group_export_aim=[0.4], credibility=[0.5], fighters=[10_000.0])
    assert behind_border(frame, p, now, 0, 0) == pytest.approx(30.0)  # 0.01·0.4·0.75·10,000


@pytest.mark.parametrize(("dyad", "threat"), [(3, 0.01 + 0.98 * 0.5), (-1, 0.01 + 0.98 * 140 / 340)])
def test_fighters_behind_a_border_count_for_those_next_door(dyad: int, threat: float) -> None:
    """Forty cells at 3.5 each and 60 behind the border, against 200 for half the effect."""
    frame, p = SimpleNamespace(tie_dyad=[dyad]), SimpleNamespace(near_war_cells=3.5, cells_half=200.0)
    part, whole = threat_of(frame, p, world(cells=[40.0]), 0, 0, 60.0)
    assert part / whole == pytest.approx(threat)
