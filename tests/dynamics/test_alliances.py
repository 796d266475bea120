"""What an alliance promises, who can help, and who does."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dynamics.bare import world
from stability_sim.dynamics.alliances import burden, credible_alliance, fair_share, overstretch, probability_of_honouring, promise
from stability_sim.world.vocabulary import BY_ATTACK, BY_RAID, CONSULTATION, DEFENCE, NEUTRALITY, NON_AGGRESSION

# Members 0, 1, 2 of one alliance are the states 0, 1, 2; pacts 0 and 1 oblige members 1 and 2 to help state 0. State 3 attacks.
FRAME = SimpleNamespace(
    obliges=[DEFENCE], covers=np.ones((1, 3)), member_start=[0, 3], member_state=[0, 1, 2], ally_start=[0, 2, 2, 2, 2],
    ally_pacts=[0, 1], pact_alliance=[0, 0], pact_helper=[1, 2], pact_ally=[0, 0], helper_start=[0, 0, 1, 2, 2], helper_pacts=[0, 1],
    alliance_lead=[1],
)  # fmt: skip
P = SimpleNamespace(
    consultation_promise=0.3, burden_need=0.2, deployed_share=0.1, honour_external=0.5, honour_prestige=2.0, prestige_reference=0.6,
    honour_overstretch=1.5, honour_scope=0.4, honour_burden=0.5,
)  # fmt: skip


def now(**changed: list[float]) -> SimpleNamespace:
    usual: dict[str, list[float]] = {
        "forces": [49.0, 30.0, 10.0, 500.0], "honoured": [2.0, 3.0, 1.0], "abandoned": [2.0, 1.0, 1.0], "in_conflict": [0, 0, 0, 0],
        "deployed": [0.0, 0.0], "prestige": [0.3, 0.8, 0.3, 0.3],
    }  # fmt: skip
    return world(**usual | changed)


@pytest.mark.parametrize(
    ("obliges", "outside", "inside"),
    [(DEFENCE, 1.0, 0.0), (CONSULTATION, 0.3, 0.0), (NEUTRALITY, 0.3, 0.0), (NON_AGGRESSION, 0.0, 1.0)],
)
def test_an_alliance_promises_by_what_it_obliges_to(obliges: int, outside: float, inside: float) -> None:
    frame = SimpleNamespace(**vars(FRAME) | {"obliges": [obliges]})
    assert (promise(frame, P, 0, 3), promise(frame, P, 0, 1)) == (outside, inside)


def test_the_word_of_the_strong_counts() -> None:
    assert credible_alliance(FRAME, P, now(), 0, 3, 0) == pytest.approx((31 * 0.75 + 11 * 0.5) / 42)
    assert credible_alliance(FRAME, P, now(), 0, 3, 3) == 0.0


def test_a_helper_at_war_or_abroad_is_bound() -> None:
    assert overstretch(FRAME, now(), 0, 1) == 0.0
    assert overstretch(FRAME, now(in_conflict=[0, 1, 0, 0]), 0, 1) == 1.0
    assert overstretch(FRAME, now(deployed=[10.0, 0.0]), 0, 1) == pytest.approx(0.25)


def test_the_burden_is_shared_by_forces() -> None:
    assert fair_share(FRAME, now(), 0, 0) == pytest.approx((0.75, 0.5))
    assert burden(FRAME, P, now(), 0, 0) == pytest.approx(3.0)  # 0.75 of 0.2·50 is more than a tenth of 30
    assert burden(FRAME, P, now(forces=[9.0, 30.0, 10.0, 500.0]), 0, 0) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("attacker", "threat", "logit"),
    [(3, BY_ATTACK, 1.623612288668), (3, BY_RAID, 1.223612288668), (2, BY_ATTACK, 1.123612288668)],
)
def test_calls_are_honoured_by_a_logit(attacker: int, threat: int, logit: float) -> None:
    """ln 3 of its word, 2·0.2 of the lead, 0.5·0.25 of its part; less 0.4 for a raid, 0.5 for an attack from inside."""
    probability = probability_of_honouring(FRAME, P, now(), 0, 0, attacker, threat)
    assert probability == pytest.approx(1.0 / (1.0 + 2.718281828459**-logit))
