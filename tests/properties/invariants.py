"""What holds after every month of every run, whatever the scenario."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stability_sim.engine.run import Batch, step
from stability_sim.world import vocabulary as v
from stability_sim.world.initial import most_rows_in_a_month

SHARES = (
    "capacity", "capacity_level", "legitimacy", "legitimacy_level", "hardship", "hardship_level", "prestige",
    "prestige_level", "state_support", "screening", "managed_refugees", "peacekeeping", "state_export_aim", "guard",
    "guard_level", "openness", "hostility", "hostility_level", "group_export_aim", "control", "stake", "credibility",
    "group_support", "engage", "recognise", "listed", "embassy", "sanction", "aid", "in_conflict", "mediated", "fired",
)  # fmt: skip
NEVER_NEGATIVE = (
    "forces", "conflict_age", "since_conflict", "talks_left", "refugees", "by_crossing", "by_refugees", "fighters",
    "cells", "threat", "deployed", "deploy_wait", "deploy_left", "drill",
)  # fmt: skip
PROBABILITIES = ("detection", "risk", "onset")
HAPPENINGS = (
    "displaced", "refugee_flow", "crossing", "hidden", "attempts", "incidents", "raids", "attacks", "calls_honoured",
    "calls_abandoned",
)  # fmt: skip
ROUNDING = 1e-12
KINDS = len(v.LOG_KINDS)
SIZES = {  # of what the columns 4 of a row stand for, by the kind of row
    v.LOG_ONSET: len(v.CHANNELS), v.LOG_ENDING: len(v.ENDINGS), v.LOG_HONOURED: len(v.THREATS),
    v.LOG_ABANDONED: len(v.THREATS), v.LOG_ACTION: len(v.STATE_ACTIONS), v.LOG_EVENT: len(v.OPERATIONS),
}  # fmt: skip
OF_ALLIANCES = (v.LOG_HONOURED, v.LOG_ABANDONED, v.LOG_DEPLOYMENT)


def _within(fields: Any, names: tuple[str, ...], low: float, high: float) -> None:
    for name in names:
        values = np.asarray(getattr(fields, name))
        assert np.isfinite(values).all(), f"{name} is not finite"
        assert values.size == 0 or (values.min() >= low - ROUNDING and values.max() <= high + ROUNDING), f"{name}: {values}"


def numbers(batch: Batch) -> None:
    """Shares and probabilities are shares, nothing is negative, nothing is infinite or not a number."""
    _within(batch.now, SHARES, 0.0, 1.0)
    _within(batch.now, NEVER_NEGATIVE, 0.0, math.inf)
    _within(batch.month, PROBABILITIES, 0.0, 1.0)
    _within(batch.month, HAPPENINGS, 0.0, math.inf)
    _within(batch.now, ("honoured", "abandoned"), 1e-9, math.inf)
    hazard = batch.month.hazard
    assert np.isfinite(hazard).all()
    assert (np.delete(hazard, v.REFUGEES, axis=2) >= 0).all()  # refugees may lower the risk: one of the rival rules
    for name, values in zip(batch.now._fields, batch.now, strict=True):
        assert np.isfinite(values).all(), f"{name} is not finite"


def refugees(batch: Batch, begun: dict[str, Any]) -> None:
    """Whoever is a refugee after the month was one before and stayed, or came: stock = kept + flow, and nobody twice."""
    frame, p = batch.beginning.frame, batch.beginning.parameters
    at_war = begun["in_conflict"][:, frame.dyad_source] == 1
    kept = np.exp(-np.where(at_war, p.return_war_per_year, p.return_peace_per_year) / 12.0)
    expected = begun["refugees"] * kept + batch.month.refugee_flow
    np.testing.assert_allclose(batch.now.refugees, expected, rtol=1e-12, atol=1e-9)
    most = batch.month.displaced + p.most_leave_per_month * frame.population * 1e6 * (begun["in_conflict"] == 1)
    left = np.zeros_like(most)
    np.add.at(left, (slice(None), frame.dyad_source), batch.month.refugee_flow)
    assert (left <= most * (1 - p.elsewhere_share) * (1 + 1e-9) + 1e-9).all()


def rows(batch: Batch, already: np.ndarray) -> list[list[list[int]]]:
    """Return the rows of this month by replicate: well-formed, in order, no more than there is room for."""
    beginning, log = batch.beginning, batch.log
    frame = beginning.frame
    found = []
    for r in range(len(batch.replicates)):
        new = log.rows[r, already[r] : log.count[r]]
        assert len(new) <= most_rows_in_a_month(frame)
        assert np.isfinite(log.values[r, already[r] : log.count[r]]).all()
        for month, kind, state, source, what, who, border in new:
            assert month == batch.month_number - 1
            assert 0 <= kind < KINDS
            assert -1 <= state < len(frame.state_id)
            assert -1 <= source < len(frame.state_id)
            assert -1 <= what < SIZES.get(int(kind), math.inf)
            assert -1 <= who < (len(beginning.names.alliances) if kind in OF_ALLIANCES else len(frame.group_id))
            assert -1 <= border < len(frame.border_id)
            assert state >= 0 or kind == v.LOG_EVENT
        found.append(new.tolist())
    return found


def conflicts(batch: Batch, before: np.ndarray, told: list[list[list[int]]]) -> None:
    """A state is in conflict after the month if the log says so: onsets begin at peace, endings end what was on."""
    for r, month in enumerate(told):
        at_war = before[r].copy()
        for _, kind, state, *_ in month:
            if kind == v.LOG_ONSET:
                assert at_war[state] == 0, "a conflict began twice"
                at_war[state] = 1
            elif kind == v.LOG_ENDING:
                assert at_war[state] == 1, "what was over has ended"
                at_war[state] = 0
        assert (at_war == batch.now.in_conflict[r]).all()


def rulers(batch: Batch) -> None:
    """Who governs a state and which state a group governs say the same."""
    now = batch.now
    for r in range(len(batch.replicates)):
        for g, state in enumerate(now.governs[r]):
            assert state < 0 or now.governed_by[r, state] == g
        for i, g in enumerate(now.governed_by[r]):
            assert g < 0 or now.governs[r, g] == i
            assert g < 0 or now.rebels[r, i] != g, "a group fights itself"


def calls(batch: Batch, told: list[list[list[int]]]) -> None:
    """The ledger of alliances: as many calls honoured and abandoned by each member as rows of the log."""
    frame = batch.beginning.frame
    member = {(int(a), int(s)): m for m, (a, s) in enumerate(zip(frame.member_alliance, frame.member_state, strict=True))}
    for kind, counted in ((v.LOG_HONOURED, batch.month.calls_honoured), (v.LOG_ABANDONED, batch.month.calls_abandoned)):
        logged = np.zeros_like(counted)
        for r, month in enumerate(told):
            for row in month:
                if row[1] == kind:
                    logged[r, member[row[5], row[2]]] += 1
        assert (logged == counted).all()


def happenings(batch: Batch, told: list[list[list[int]]]) -> None:
    """Raids and attacks that are counted are told, one row each."""
    for kind, counted in ((v.LOG_RAID, batch.month.raids), (v.LOG_ATTACK, batch.month.attacks)):
        for r, month in enumerate(told):
            assert sum(row[1] == kind for row in month) == counted[r].sum(), v.LOG_KINDS[kind]


def checked_month(batch: Batch) -> None:
    """Run one month and hold everything that is known against it."""
    at_war, already = batch.now.in_conflict.copy(), batch.log.count.copy()
    begun: dict[str, Any] = {}

    def look(now: Batch, phase: str) -> None:
        if not begun:  # after the events, which change what is now
            begun.update(in_conflict=now.now.in_conflict.copy(), refugees=now.now.refugees.copy())

    step(batch, look)
    numbers(batch)
    refugees(batch, begun)
    told = rows(batch, already)
    conflicts(batch, at_war, told)
    rulers(batch)
    calls(batch, told)
    happenings(batch, told)
