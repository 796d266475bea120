"""How a conflict ends: the clock, four ways that compete, and who holds the state after it."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dynamics import bare
from dynamics.bare import KEY, REPLICATES, SEED, copy, interpreted, log, world
from stability_sim.dynamics import ending as module
from stability_sim.dynamics.ending import _how, _may_rule, clock, close, ending, ending_rates
from stability_sim.world.vocabulary import FADES, GOVERNMENT, LOG_ENDING, SETTLEMENT, TAKEOVER

CLOCK = SimpleNamespace(
    ending_level=math.log(0.5), ending_shape=0.5, ending_deaths=0.2, ending_population=0.3, population_reference=9.0
)


def test_a_conflict_of_middling_size_ends_by_a_weibull_law() -> None:
    """In the middle of the month of an age: 0.5·0.5·years^(−0.5) at four years."""
    assert clock(CLOCK, 47.5, 5.0, math.log(9.0)) == pytest.approx(0.125)
    assert clock(CLOCK, 0, 5.0, math.log(9.0)) == pytest.approx(1.224744871392)  # 0.25·√24


def test_a_shape_of_one_is_a_constant_rate() -> None:
    p = SimpleNamespace(**vars(CLOCK) | {"ending_shape": 1.0})
    assert [clock(p, months, 5.0, math.log(9.0)) for months in (0, 7, 500)] == pytest.approx([0.5] * 3)


def test_deadly_conflicts_and_those_of_large_states_last() -> None:
    usual = clock(CLOCK, 10, 5.0, math.log(9.0))
    assert clock(CLOCK, 10, 7.0, math.log(9.0)) == pytest.approx(usual * 0.670320046036)  # e^−0.4
    assert clock(CLOCK, 10, 5.0, math.log(9.0) + 2.0) == pytest.approx(usual * 0.548811636094)  # e^−0.6


WAYS = SimpleNamespace(
    government_wins=-2.0, government_wins_balance=0.4, government_wins_rebels_backed=0.7, settles=-1.0, settles_balance=0.6,
    settles_rebels_backed=0.4, settles_government_backed=0.1, fades=-3.0, fades_balance=0.2, fades_rebels_backed=0.5,
    government_backed_lasts=0.3, outmatched=1.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("balance", "rebels", "government", "expected"),
    [
        # at the strength at which half of a government's chances are gone: seen 2.5, of which a settlement sees 1.5
        (1.0, 0.0, 0.0, (0.5 * math.exp(-1.0), math.exp(-0.1), 0.5 * math.exp(-3.5))),
        # parity: 1/(1 + e^−2) of them are left
        (0.0, 0.0, 0.0, (0.880797077978 * math.exp(-1.4), math.exp(-0.1), 0.880797077978 * math.exp(-3.3))),
        (0.0, 1.0, 0.0, (0.880797077978 * math.exp(-2.1), math.exp(-0.5), 0.880797077978 * math.exp(-3.8))),
        (0.0, 0.0, 1.0, (0.880797077978 * math.exp(-1.7), math.exp(-0.2), 0.880797077978 * math.exp(-3.6))),
        # weak rebels hide: less often beaten, less often heard
        (-1.5, 0.0, 0.0, (0.993307149076 * math.exp(-2.0), math.exp(-1.0), 0.993307149076 * math.exp(-3.0))),
        # beyond what data tell apart nothing changes any more but who is outmatched
        (6.0, 0.0, 0.0, (math.exp(0.6) / (1 + math.exp(10.0)), math.exp(-0.1), math.exp(-4.3) / (1 + math.exp(10.0)))),
    ],
)
def test_four_ways_compete(balance: float, rebels: float, government: float, expected: tuple[float, float, float]) -> None:
    assert ending_rates(WAYS, 1.0, balance, rebels, government) == pytest.approx(expected)
    assert ending_rates(WAYS, 2.0, balance, rebels, government) == pytest.approx([2.0 * rate for rate in expected])


FRAME: dict[str, Any] = {
    "state_id": np.zeros(1), "conflict_id": np.array([5, 6], np.uint64), "conflict_start": [0, 2], "conflict_state": [0, 0],
    "conflict_tie": [0, -1], "tie_group": [0, 1], "clandestine": [0, 0], "log_population": [math.log(9.0)],
    "backed_state_start": [0, 0], "backed_group_start": [0, 0, 0],
}  # fmt: skip
FOUGHT: dict[str, list[Any]] = {
    "ground": [0.3, 0.3], "fought": [1, 0], "fought_months": [24, 0], "quiet_months": [0, 50], "outcome": [-1, -1], "level": [5.0, 5.0],
    "balance": [0.0, 0.0], "counted": [1, 0], "governs": [-1, -1], "governed_by": [-1], "group_support": [0.0, 0.0], "state_support": [0.0],
    "peacekeeping": [0.0], "talks_left": [0], "capacity": [0.5], "legitimacy": [0.6], "fighters": [4000.0, 500.0],
    "rebels_backed": [0, 0], "government_backed": [0, 0],
}  # fmt: skip
P = SimpleNamespace(
    **vars(CLOCK) | vars(WAYS) | {"ending_shape": 1.0, "ending_level": 0.0}, capital_falls=1.5, peacekeeping_ends=0.4, talks_settle=2.0,
    sanctuary_worth=0.5, takeover_capacity=0.2, takeover_legitimacy=0.3, takeover_swing=0.5, remnants=0.3,
)  # fmt: skip


def how(u: float, v: float, monkeypatch: pytest.MonkeyPatch, shock: float = 1.0, **changed: list[Any]) -> int:
    """Return how the conflict of the group ends at two quantiles."""
    monkeypatch.setattr(module, "uniforms", lambda *_: (u, v))
    month, now = world(shock=[1.0, shock, 1.0]), world(**FOUGHT | changed)
    return int(_how(SimpleNamespace(**FRAME), P, now, copy(now), month, KEY, 0, 0))


# At parity, with nobody to help: 0.880797·e^−1.4 = 0.217205, e^−0.1 = 0.904837, 0.880797·e^−3.3 = 0.032487, in all 1.154529.
TOTAL, WINS, SETTLES = 1.154529, 0.217205, 0.904837


@pytest.mark.parametrize(
    ("u", "v", "expected"),
    [
        (0.0917, 0.0, -1), (0.0917, 0.99, -1),  # 1 − e^(−1.154529/12) = 0.09172
        (0.0916, 0.1880, GOVERNMENT), (0.0916, 0.1883, SETTLEMENT),  # 0.18813
        (0.0916, 0.9717, SETTLEMENT), (0.0916, 0.9720, FADES),  # 0.97186
    ],
)  # fmt: skip
def test_one_draw_says_whether_and_one_says_how(u: float, v: float, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert abs(1.0 - math.exp(-TOTAL / 12.0) - 0.09172) < 1e-5
    assert pytest.approx(0.18813, abs=1e-5) == WINS / TOTAL
    assert pytest.approx(0.97186, abs=1e-5) == (WINS + SETTLES) / TOTAL
    assert how(u + 5e-5 if expected < 0 else u, v, monkeypatch) == expected


def ends(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> float:
    """Return the probability that the conflict ends this month, to 1e-5."""
    low, high = 0.0, 1.0
    while high - low > 1e-6:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if how(middle, 0.5, monkeypatch, **changed) >= 0 else (low, middle)
    return low


def test_what_hastens_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends(monkeypatch) == pytest.approx(1.0 - math.exp(-TOTAL / 12.0), abs=1e-5)
    kept = ends(monkeypatch, peacekeeping=[0.5])
    assert kept == pytest.approx(1.0 - math.exp(-TOTAL * math.exp(0.2) / 12.0), abs=1e-5)
    assert ends(monkeypatch, shock=1.5) == pytest.approx(1.0 - math.exp(-1.5 * TOTAL / 12.0), abs=1e-5)
    talked = ends(monkeypatch, talks_left=[3])
    assert talked == pytest.approx(1.0 - math.exp(-(TOTAL + SETTLES) / 12.0), abs=1e-5)


def ends_with(rebels: float, government: float) -> float:
    """Return that probability at parity by the support to both sides."""
    return 1.0 - math.exp(-sum(ending_rates(P, 1.0, 0.0, rebels, government)) / 12.0)


def test_support_from_abroad_puts_an_end_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends(monkeypatch, group_support=[0.6, 0.0]) == pytest.approx(ends_with(0.6, 0.0), abs=1e-5)
    assert ends(monkeypatch, state_support=[0.6]) == pytest.approx(ends_with(0.0, 0.6), abs=1e-5)
    assert ends_with(0.6, 0.0) < ends_with(0.0, 0.6) < ends_with(0.0, 0.0) - 1e-3


def test_sponsors_without_a_name_are_full_support_and_add_nothing_to_that_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    rebels, government, nobody = (pytest.approx(ends_with(*both), abs=1e-5) for both in ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0)))
    for support in (0.0, 0.6):
        assert ends(monkeypatch, rebels_backed=[1, 0], group_support=[support, 0.0]) == rebels
        assert ends(monkeypatch, government_backed=[1, 0], state_support=[support]) == government
    assert ends(monkeypatch, rebels_backed=[0, 1], government_backed=[0, 1]) == nobody  # those of another conflict


@pytest.mark.parametrize(("ground", "falls"), [(0.8175, False), (0.8177, True)])  # log odds of 1.5: 0.817574
def test_the_capital_falls_to_those_who_hold_nearly_all(ground: float, falls: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (how(1.0, 0.5, monkeypatch, ground=[ground, 0.0001]) == TAKEOVER) == falls


def test_who_cannot_govern_takes_no_capital(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, now = SimpleNamespace(**FRAME), world(**FOUGHT)
    after = copy(now)
    assert _may_rule(frame, now, after, 0, 0)
    assert _may_rule(frame, now, after, 0, 1)  # rebels without a name
    assert how(1.0, 0.5, monkeypatch, ground=[0.99, 0.1], governs=[3, -1]) == -1  # it rules elsewhere
    after.governs[0, 0] = 3
    assert not _may_rule(frame, now, after, 0, 0)  # it took over another state this month
    frame.clandestine = [1, 0]
    assert not _may_rule(frame, now, copy(now), 0, 0)


def closed(way: int, c: int = 0, **changed: list[Any]) -> tuple[SimpleNamespace, SimpleNamespace]:
    """Return the world after a conflict that ended in a way, and the log."""
    now, rows = world(**FOUGHT | changed), log()
    after = copy(now)
    close(SimpleNamespace(**FRAME), P, now, after, rows, KEY, 0, c, way)
    return after, rows


@pytest.mark.parametrize("way", [GOVERNMENT, TAKEOVER, SETTLEMENT, FADES])
def test_an_end_is_remembered_and_logged(way: int) -> None:
    after, rows = closed(way)
    assert (after.fought[0, 0], after.quiet_months[0, 0], after.outcome[0, 0], after.counted[0, 0]) == (0, 0, way, 0)
    assert rows.rows[0, 0].tolist() == [5, LOG_ENDING, 0, 0, way, 0, -1]
    assert (rows.count[0], rows.values[0, 0]) == (1, 25.0)


def test_what_did_not_count_ends_unseen_but_if_it_takes_the_state() -> None:
    assert closed(FADES, counted=[0, 0])[1].count[0] == 0
    assert closed(TAKEOVER, counted=[0, 0])[1].count[0] == 1


def test_only_a_government_that_wins_leaves_remnants() -> None:
    assert closed(GOVERNMENT)[0].fighters[0].tolist() == pytest.approx([1200.0, 500.0])
    for way in (TAKEOVER, SETTLEMENT, FADES):
        assert closed(way)[0].fighters[0].tolist() == [4000.0, 500.0]


def test_who_takes_over_governs_and_who_governed_does_not() -> None:
    after, _ = closed(TAKEOVER, governed_by=[1], governs=[-1, 0])
    assert (after.governed_by[0].tolist(), after.governs[0].tolist()) == ([0], [0, -1])
    assert (after.capacity[0, 0], after.legitimacy[0, 0]) == pytest.approx((0.4, 0.45))
    unnamed, _ = closed(TAKEOVER, c=1, governed_by=[1], governs=[-1, 0])
    assert (unnamed.governed_by[0].tolist(), unnamed.governs[0].tolist()) == ([-1], [-1, -1])


def test_no_other_end_changes_who_governs() -> None:
    for way in (GOVERNMENT, SETTLEMENT, FADES):
        after, _ = closed(way, governed_by=[1], governs=[-1, 0])
        assert (after.governed_by[0].tolist(), after.governs[0].tolist()) == ([1], [-1, 0])
        assert (after.capacity[0, 0], after.legitimacy[0, 0]) == (0.5, 0.6)


def test_what_goes_on_grows_older_and_what_is_not_fought_does_not() -> None:
    p = SimpleNamespace(**vars(P) | {"ending_level": -700.0})
    now = world(**FOUGHT)
    after = copy(now)
    interpreted(ending)(SimpleNamespace(**FRAME), p, now, after, world(shock=[1.0] * 3), bare.log(), SEED, REPLICATES, 3)
    assert (after.fought_months[0].tolist(), after.fought[0].tolist()) == ([25, 0], [1, 0])
