"""What holds after every month of every run, whatever the scenario."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from stability_sim.engine.fork import entities
from stability_sim.engine.run import Batch, step
from stability_sim.scenario.variables import FIELDS
from stability_sim.world import vocabulary as v
from stability_sim.world.initial import most_rows_in_a_month

ENDLESS = ("log of deaths a year", "log ratio", "as its metric")  # units of what may be below 0
LEAST_CALLS = 1e-9  # a word of which nobody remembers a call is worth nothing that can be divided
WORDS = {"way to end, or -1": len(v.ENDINGS), "channel, or -1": len(v.CHANNELS)}
PROBABILITIES = ("detection", "risk")
HAPPENINGS = (
    "displaced", "refugee_flow", "crossing", "hidden", "attempts", "incidents", "raids", "attacks", "calls_honoured",
    "calls_abandoned", "onset", "outbreaks", "new_rate", "shock",
)  # fmt: skip
ROUNDING = 1e-12
KINDS = len(v.LOG_KINDS)
SIZES = {  # of what the columns 4 of a row stand for, by the kind of row
    v.LOG_OUTBREAK: len(v.CHANNELS), v.LOG_ONSET: len(v.CHANNELS), v.LOG_ENDING: len(v.ENDINGS), v.LOG_HONOURED: len(v.THREATS),
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
    sizes = {kind: len(names) for kind, names in entities(batch.beginning).items()}
    for field in FIELDS:
        if field.refers:
            _within(batch.now, field.arrays, -1, sizes[field.refers] - 1)
        elif field.unit in WORDS:
            _within(batch.now, field.arrays, -1, WORDS[field.unit] - 1)
        elif field.unit.startswith("share") or field.unit == "0 or 1":
            _within(batch.now, field.arrays, 0.0, 1.0)
        elif field.unit not in ENDLESS:
            _within(batch.now, field.arrays, LEAST_CALLS if field.unit == "calls" else 0.0, math.inf)
    _within(batch.month, PROBABILITIES, 0.0, 1.0)
    _within(batch.month, HAPPENINGS, 0.0, math.inf)
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


def _pairs(batch: Batch, flags: np.ndarray) -> list[Counter[tuple[int, int]]]:
    """Return how many conflicts of each state and group, -1 for none with a name, have a flag; by replicate."""
    frame = batch.beginning.frame
    group = np.where(frame.conflict_tie < 0, -1, np.append(frame.tie_group, -1)[frame.conflict_tie])
    pairs = list(zip(frame.conflict_state.tolist(), group.tolist(), strict=True))
    return [Counter(pair for pair, flag in zip(pairs, row, strict=True) if flag) for row in flags.tolist()]


def conflicts(batch: Batch, counted: np.ndarray, told: list[list[list[int]]]) -> None:
    """A conflict counts after the month if the log says so: what comes to count did not, what ends did, but for takeovers."""
    before, after = _pairs(batch, counted), _pairs(batch, batch.now.counted)
    for r, month in enumerate(told):
        counts, seized = before[r].copy(), Counter[tuple[int, int]]()
        for _, kind, state, _, how, group, _ in month:
            if kind == v.LOG_ONSET:
                counts[state, group] += 1
            elif kind == v.LOG_ENDING and how == v.TAKEOVER and (group < 0 or counts[state, group] == 0):
                seized[state, group] += 1  # who has no name may have taken the state in fighting that did not count
            elif kind == v.LOG_ENDING:
                counts[state, group] -= 1
                assert counts[state, group] >= 0, "what was over has ended"
        for pair in {*counts, *after[r]}:
            assert 0 <= counts[pair] - after[r][pair] <= seized[pair], pair


def counting(batch: Batch) -> None:
    """What counts is fought and has its deaths; a state is at war if one of its conflicts counts, and its deaths are theirs."""
    frame, now = batch.beginning.frame, batch.now
    deadly = np.maximum(now.year_killed, now.last_year_killed) >= v.FEWEST_COUNTED
    assert ((now.counted == 1) == ((now.fought == 1) & deadly)).all()
    people = frame.population[frame.conflict_state] * 1e6
    assert (now.killed <= people).all(), "more die than live there"
    assert ((now.ground > 0.0) & (now.ground < 1.0)).all()
    assert (now.months_fought <= now.known_months).all(), "fought before it was known"
    for i in range(len(frame.state_id)):
        own = slice(frame.conflict_start[i], frame.conflict_start[i + 1])
        assert (now.in_conflict[:, i] == now.counted[:, own].max(axis=1)).all()
        np.testing.assert_allclose(now.deaths[:, i], now.killed[:, own].sum(axis=1), rtol=1e-12)


def rulers(batch: Batch) -> None:
    """Who governs a state and which state a group governs say the same."""
    now, frame = batch.now, batch.beginning.frame
    named = np.flatnonzero(frame.conflict_tie >= 0)
    rebels, of = frame.tie_group[frame.conflict_tie[named]], frame.conflict_state[named]
    assert not ((now.fought[:, named] == 1) & (now.governed_by[:, of] == rebels)).any(), "a group fights itself"
    for r in range(len(batch.replicates)):
        for g, state in enumerate(now.governs[r]):
            assert state < 0 or now.governed_by[r, state] == g
        for i, g in enumerate(now.governed_by[r]):
            assert g < 0 or now.governs[r, g] == i


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
    counted, already = batch.now.counted.copy(), batch.log.count.copy()
    begun: dict[str, Any] = {}

    def look(now: Batch, phase: str) -> None:
        if not begun:  # after the events, which change what is now
            begun.update(in_conflict=now.now.in_conflict.copy(), refugees=now.now.refugees.copy())

    step(batch, look)
    numbers(batch)
    refugees(batch, begun)
    told = rows(batch, already)
    conflicts(batch, counted, told)
    counting(batch)
    rulers(batch)
    calls(batch, told)
    happenings(batch, told)
