"""Refugees: how many leave, where they go, and when they return."""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.dynamics.formulas import PERSONS_PER_MILLION
from stability_sim.kernels.compile import inlined, kernel
from stability_sim.kernels.elementary import exp
from stability_sim.kernels.randomness import STREAM_REFUGEES, normal, year_of


@inlined
def leaving(frame, p, now, month, key, r, i):
    """Return the persons who leave a state in a month: ln(a year's flow) = a + b·ln deaths + N(0, σ) of that year."""
    people = month.displaced[r, i]
    if now.in_conflict[r, i] == 1:
        noise = normal(year_of(key), STREAM_REFUGEES, frame.state_id[i])
        log_flow = p.refugees_intercept + p.refugees_elasticity * now.log_deaths[r, i] + p.refugees_sd * noise
        people += min(exp(log_flow) / 12.0, p.most_leave_per_month * frame.population[i] * PERSONS_PER_MILLION)
    return people


@inlined
def _share_out(frame, p, now, month, r, i, people):
    """Share those who leave a state among its refuges: gravity times openness.

    Where the ways out are all but shut, most stay: none does if they are open enough on average, o ≥ ō.
    """
    total = 0.0
    drawn = 0.0
    for d in range(frame.dyad_start[i], frame.dyad_start[i + 1]):
        total += frame.gravity[d] * now.openness[r, d]
        drawn += frame.gravity[d]
    if total <= 0.0:
        return
    staying_near = people * (1.0 - p.elsewhere_share) * min(total / drawn / p.openness_enough, 1.0)
    for d in range(frame.dyad_start[i], frame.dyad_start[i + 1]):
        turned_away = p.screening_false_positives * now.screening[r, frame.dyad_target[d]]
        share = frame.gravity[d] * now.openness[r, d] / total
        month.refugee_flow[r, d] = staying_near * share * (1.0 - turned_away)


@kernel
def refugees(frame, p, now, after, month, log, seed, replicates, t):
    """Move refugees out along the dyads of their state, and part of those abroad home again."""
    kept_in_war = exp(-p.return_war_per_year / 12.0)
    kept_in_peace = exp(-p.return_peace_per_year / 12.0)
    for r in range(replicates.shape[0]):
        key = (seed, replicates[r], t)
        for d in range(frame.dyad_id.shape[0]):
            month.refugee_flow[r, d] = 0.0
        for i in range(frame.state_id.shape[0]):
            people = leaving(frame, p, now, month, key, r, i)
            if people > 0.0:
                _share_out(frame, p, now, month, r, i, people)
            month.kept[i] = kept_in_war if now.in_conflict[r, i] == 1 else kept_in_peace
        for d in range(frame.dyad_id.shape[0]):
            after.refugees[r, d] = now.refugees[r, d] * month.kept[frame.dyad_source[d]] + month.refugee_flow[r, d]
