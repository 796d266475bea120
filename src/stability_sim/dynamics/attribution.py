"""To what an onset is attributed: a channel in proportion to its hazard, a source in proportion to its part in the channel."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.kernels.compile import inlined
from stability_sim.world.vocabulary import CHANNELS, CROSSING, DOMESTIC, ECONOMY, ENTANGLEMENT, HIDDEN, KIN, REFUGEES

N_CHANNELS = len(CHANNELS)
REMEMBERED = 300  # months: the 25 years on which the rates of beginning again were estimated


@inlined
def troops_abroad(frame, now, r, j):
    """Return the thousands of troops that a state has in the conflicts of others."""
    troops = 0.0
    for k in range(frame.helper_start[j], frame.helper_start[j + 1]):
        c = frame.helper_pacts[k]
        if now.in_conflict[r, frame.member_state[frame.pact_ally[c]]] == 1:
            troops += now.deployed[r, c]
    return troops


@inlined
def channel_at(hazard, r, j, u):
    """Return the channel at quantile ``u`` of the hazards; one below 0 has no part in it."""
    total = 0.0
    for c in range(N_CHANNELS):
        total += max(hazard[r, j, c], 0.0)
    remaining = u * total
    last = DOMESTIC
    for c in range(N_CHANNELS):
        if hazard[r, j, c] > 0.0:
            last = c
            remaining -= hazard[r, j, c]
            if remaining < 0.0:
                return c
    return last


@inlined
def _weight(frame, now, r, d, channel):
    """Return what one dyad adds to a channel."""
    source = frame.dyad_source[d]
    if channel == CROSSING:
        return now.by_crossing[r, d]
    if channel == HIDDEN:
        return now.by_refugees[r, d]
    if channel == REFUGEES:
        return now.refugees[r, d]
    if channel == KIN:
        return now.war_memory[r, source] * frame.dyad_kin[d]
    if channel == ECONOMY and now.in_conflict[r, source] == 1:
        return frame.trade[d]
    return 0.0


@inlined
def _source_dyad(frame, now, r, j, channel, u):
    """Return the dyad at quantile ``u`` of what the dyads into a state add to a channel, or -1."""
    total = 0.0
    for k in range(frame.into_start[j], frame.into_start[j + 1]):
        total += _weight(frame, now, r, frame.into_dyads[k], channel)
    remaining = u * total
    last = -1
    for k in range(frame.into_start[j], frame.into_start[j + 1]):
        weight = _weight(frame, now, r, frame.into_dyads[k], channel)
        if weight > 0.0:
            last = frame.into_dyads[k]
            remaining -= weight
            if remaining < 0.0:
                break
    return last


@inlined
def _source_ally(frame, now, r, j, u):
    """Return the ally at quantile ``u`` of the troops that a state has in the conflicts of others, or -1."""
    remaining = u * troops_abroad(frame, now, r, j)
    last = -1
    for k in range(frame.helper_start[j], frame.helper_start[j + 1]):
        c = frame.helper_pacts[k]
        ally = frame.member_state[frame.pact_ally[c]]
        if now.in_conflict[r, ally] == 1 and now.deployed[r, c] > 0.0:
            last = ally
            remaining -= now.deployed[r, c]
            if remaining < 0.0:
                break
    return last


@inlined
def largest_tie(frame, now, r, j, foreign, again):
    """Return the tie of the strongest group in a state that neither governs nor fights it, by cells if foreign, or -1.

    One that fought it within memory counts only if it may begin ``again``.
    """
    best = -1
    most = 0.0
    for k in range(frame.local_start[j], frame.local_start[j + 1]):
        tie = frame.local_ties[k]
        g = frame.tie_group[tie]
        at_home = frame.group_home[g] == j
        size = now.cells[r, tie]
        if not foreign:
            size += now.fighters[r, tie]
        c = frame.tie_conflict[tie]
        idle = now.governs[r, g] != j and now.fought[r, c] == 0 and (again or now.quiet_months[r, c] >= REMEMBERED)
        if idle and at_home != foreign and (size > most or (at_home and best < 0)):
            most = size
            best = tie
    return best


@inlined
def source_at(frame, now, r, j, tie, channel, u):
    """Return the state and the dyad to which an onset is attributed: the state itself if from within."""
    if channel == DOMESTIC:
        return j, -1
    if channel == ENTANGLEMENT:
        return _source_ally(frame, now, r, j, u), -1
    d = _source_dyad(frame, now, r, j, channel, u)
    if d >= 0:
        return frame.dyad_source[d], d
    if tie >= 0:  # cells that were there when the run began
        return frame.group_home[frame.tie_group[tie]], -1
    return j, -1
