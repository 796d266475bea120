"""A rival onset rule: what comes from outside counts more once enough neighbours are in conflict."""

from stability_sim.engine.mechanisms import Mechanism
from stability_sim.kernels.compile import inlined, kernel


@inlined
def neighbours_in_conflict(frame, now, r, j):
    """Return how many states with a way into a state are in conflict."""
    n = 0
    for k in range(frame.into_start[j], frame.into_start[j + 1]):
        n += now.in_conflict[r, frame.dyad_source[frame.into_dyads[k]]]
    return n


@kernel
def tip(frame, now, month, replicates, needed, factor):
    """Multiply the hazards from outside of the states that enough neighbours in conflict surround."""
    for r in range(replicates.shape[0]):
        for j in range(frame.state_id.shape[0]):
            if neighbours_in_conflict(frame, now, r, j) >= needed:
                for c in range(1, 7):
                    month.hazard[r, j, c] *= factor


def make(settings):
    """Return the process for the settings of a scenario."""

    def tipping_point(frame, p, now, after, month, log, seed, replicates, t):
        tip(frame, now, month, replicates, settings["neighbours"], settings["factor"])

    return tipping_point


MECHANISM = Mechanism("tipping-point", make, "after", "hazards", {"neighbours": 2.0, "factor": 3.0}, "Contagion that tips")
