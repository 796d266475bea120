"""What the stances of all states toward a group add up to: five instruments, each with what it gives and what it costs.

Listing and sanctions take means from a group, but listing makes talks fail and sanctions hurt the people. Aid relieves
the people, but part of it feeds the group. Recognition and engagement give the group something to lose, and its rule
legitimacy; who recognises what others list loses standing.
"""

# mypy: disallow_untyped_defs=False, disallow_untyped_calls=False, disallow_incomplete_defs=False

from __future__ import annotations

from stability_sim.compilation import inlined


@inlined
def outside_pressure(frame, world, g, r):
    """Return the aid to the people under a group, the sanctions on them, and the shares that recognise, engage, list it.

    Aid and sanctions of several states add up as 1 − Π(1 − x).
    """
    needy = 1.0
    free = 1.0
    recognised = 0.0
    engaged = 0.0
    listed = 0.0
    n = 0
    for tie in range(frame.tie_start[g], frame.tie_start[g + 1]):
        if tie != frame.home_tie[g]:
            needy *= 1.0 - world.aid[r, tie]
            free *= 1.0 - world.sanction[r, tie]
            recognised += world.recognise[r, tie]
            engaged += world.engage[r, tie]
            listed += world.listed[r, tie]
            n += 1
    n = max(n, 1)
    return 1.0 - needy, 1.0 - free, recognised / n, engaged / n, listed / n


@inlined
def means(frame, p, world, g, r):
    """Return what a group can afford relative to one that nobody lists, sanctions or aids, in (0, 1 + diverted aid]."""
    aid, sanctions, _, _, listed = outside_pressure(frame, world, g, r)
    return (1.0 - p.listing_starves * listed) * (1.0 - p.sanction_starves * sanctions) * (1.0 + p.aid_diverted * aid)


@inlined
def listing(frame, world, r, tie):
    """Return the share of the other states that list the group of a tie."""
    g = frame.tie_group[tie]
    listed = 0.0
    n = 0
    for other in range(frame.tie_start[g], frame.tie_start[g + 1]):
        if other != tie and other != frame.home_tie[g]:
            listed += world.listed[r, other]
            n += 1
    return listed / max(n, 1)
