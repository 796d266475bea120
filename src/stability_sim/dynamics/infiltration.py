"""Hidden cells: sent across a border, hidden among refugees, moving on; and found out."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.dynamics.diplomacy import means
from stability_sim.dynamics.formulas import cells_loss
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.world.vocabulary import BUILD

NOBODY = 0.01  # fewer hidden members than a hundredth of one are none


@inlined
def _arrive(now, after, month, r, d, tie, people):
    """Add those who crossed a dyad unseen to the cells of their group behind it."""
    month.crossing[r, d] += people
    after.by_crossing[r, d] += people
    after.cells[r, tie] += people


@inlined
def _sent(frame, p, now, after, month, r, g):
    """Let a group send fighters across the border that it chose: most pass or are caught as the border is watched.

    One that governs answers for what its men do, and sends few.
    """
    home = frame.home_tie[g]
    route = frame.onward_start[home] + month.group_target[r, g]
    d = frame.onward_dyad[route]
    willing = p.cells_sent * now.group_export_aim[r, g] * now.fighters[r, home]
    if now.governs[r, g] >= 0:
        willing *= p.governing_sends
    people = willing * means(frame, p, now, r, g)
    unseen = people * (1.0 - month.detection[r, d])
    month.attempts[r, g] += 1
    after.fighters[r, home] -= people
    _arrive(now, after, month, r, d, frame.onward_tie[route], unseen)


@inlined
def _moving_on(frame, p, now, after, month, r, tie):
    """Let part of the cells away from home move on, in equal parts over the ways that lead on."""
    first, last = frame.onward_start[tie], frame.onward_start[tie + 1]
    each = p.cells_onward * now.cells[r, tie] / (last - first)
    for route in range(first, last):
        d = frame.onward_dyad[route]
        _arrive(now, after, month, r, d, frame.onward_tie[route], each * (1.0 - month.detection[r, d]))


@inlined
def _exporters(frame, now, r, i):
    """Return the fighters in a state of groups that do not govern it, weighted by their export aim."""
    total = 0.0
    for k in range(frame.local_start[i], frame.local_start[i + 1]):
        tie = frame.local_ties[k]
        g = frame.tie_group[tie]
        if now.governs[r, g] < 0:
            total += now.group_export_aim[r, g] * (now.fighters[r, tie] + now.cells[r, tie])
    return total


@inlined
def _anybody_leaves(frame, month, r, i):
    """Return whether refugees leave a state this month."""
    leaving = 0.0
    for d in range(frame.dyad_start[i], frame.dyad_start[i + 1]):
        leaving += month.refugee_flow[r, d]
    return leaving > 0.0


@inlined
def _hide(frame, p, now, after, month, r, tie, total):
    """Hide fighters of a tie among the refugees who leave its state: a share of the flow, less those screened out."""
    g = frame.tie_group[tie]
    if now.governs[r, g] >= 0 or total <= 0.0:
        return
    part = now.group_export_aim[r, g] * (now.fighters[r, tie] + now.cells[r, tie]) / total
    if part <= 0.0:
        return
    for route in range(frame.onward_start[tie], frame.onward_start[tie + 1]):
        d = frame.onward_dyad[route]
        missed = 1.0 - now.screening[r, frame.dyad_target[d]]
        people = p.hidden_share * month.refugee_flow[r, d] * missed * part
        month.hidden[r, d] += people
        after.by_refugees[r, d] += people
        after.cells[r, frame.onward_tie[route]] += people


@inlined
def _movers(frame, p, now, month, r):
    """List the ties from which some move on; return how many there are."""
    n = 0
    for k in range(frame.moving_ties.shape[0]):
        month.movers[n] = frame.moving_ties[k]
        n += 1 if now.cells[r, frame.moving_ties[k]] >= p.cells_stay else 0
    return n


@inlined
def _lose_to_police(frame, p, now, after, month, r):
    """Lose cells of all ties to the police of their state, δ(K).

    Without branches: which ties hold cells cannot be predicted, and a wrong prediction costs more than the sum.
    """
    for i in range(frame.state_id.shape[0]):
        month.found[i] = cells_loss(p, now.capacity[r, i])
        month.moved[i] = 0.0
    for tie in range(frame.tie_id.shape[0]):
        was = now.cells[r, tie]
        cells = was if was >= NOBODY else 0.0
        after.cells[r, tie] += cells * (1.0 - month.found[frame.tie_state[tie]]) - was
        month.from_abroad[tie] = frame.tie_abroad[tie] * cells


@inlined
def _leave(frame, p, now, after, month, r, n_movers):
    """Take those who move on from the cells of their ties."""
    for k in range(n_movers):
        tie = month.movers[k]
        people = p.cells_onward * now.cells[r, tie]
        after.cells[r, tie] -= people
        month.moved[frame.tie_state[tie]] += people


@inlined
def _by_state(frame, month, r):
    """Add up the cells from abroad in each state before anybody was found out or left, and the share that stays."""
    for i in range(frame.state_id.shape[0]):
        before = 0.0
        for k in range(frame.local_start[i], frame.local_start[i + 1]):
            before += month.from_abroad[frame.local_ties[k]]
        month.cells_before[r, i] = before
        month.cells_kept[i] = 1.0 - month.found[i] - month.moved[i] / before if before > 0.0 else 1.0


@inlined
def _shrink_counts(frame, now, after, month, r):
    """Let the count of those who came over each dyad shrink as the cells from abroad in its target do."""
    for d in range(frame.dyad_id.shape[0]):
        share = month.cells_kept[frame.dyad_target[d]]
        after.by_crossing[r, d] = now.by_crossing[r, d] * share
        after.by_refugees[r, d] = now.by_refugees[r, d] * share


@kernel
def infiltration(frame, p, now, after, month, log, seed, replicates, t):
    """Move cells: X ← X(1 − δ(K)) + ε·ω·N·(1 − d) + φ·refugees·(1 − screening), and part of X one state on."""
    for r in range(replicates.shape[0]):
        for d in range(frame.dyad_id.shape[0]):
            month.crossing[r, d] = 0.0
            month.hidden[r, d] = 0.0
        n_movers = _movers(frame, p, now, month, r)
        _lose_to_police(frame, p, now, after, month, r)
        _leave(frame, p, now, after, month, r, n_movers)
        _by_state(frame, month, r)
        _shrink_counts(frame, now, after, month, r)
        for i in range(frame.state_id.shape[0]):
            if _anybody_leaves(frame, month, r, i):
                total = _exporters(frame, now, r, i)
                for k in range(frame.local_start[i], frame.local_start[i + 1]):
                    _hide(frame, p, now, after, month, r, frame.local_ties[k], total)
        for g in range(frame.group_id.shape[0]):
            if month.group_action[r, g] == BUILD:
                _sent(frame, p, now, after, month, r, g)
        for k in range(n_movers):
            _moving_on(frame, p, now, after, month, r, month.movers[k])
