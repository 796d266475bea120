"""One month: events, nine phases, and the record of it. The table of contents of the model.

Every process reads the world as it is now and writes the world after; nobody sees a half-updated world. Events come
first and change what is now; what happens in the month (crossings, raids, calls) is seen by the processes behind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from stability_sim.dynamics.alliances import alliance_calls, deployments
from stability_sim.dynamics.ending import ending
from stability_sim.dynamics.events import events
from stability_sim.dynamics.group_decisions import group_decisions, group_policy
from stability_sim.dynamics.incidents import attacks, incidents, raids
from stability_sim.dynamics.infiltration import infiltration
from stability_sim.dynamics.onset import exposure, hazards, onset
from stability_sim.dynamics.perception import perception
from stability_sim.dynamics.recovery import recovery
from stability_sim.dynamics.refugees import refugees
from stability_sim.dynamics.state_decisions import policy, state_decisions
from stability_sim.dynamics.triggers import remember
from stability_sim.dynamics.war import states_at_war, war

Process = Callable[..., Any]


class Phase(NamedTuple):
    """A named step of the month and the processes in it, in their order."""

    name: str
    processes: tuple[Process, ...]


BEFORE_ANYBODY_LOOKS = Phase("events", (events,))

SCHEDULE: tuple[Phase, ...] = (
    Phase("perception", (exposure, perception)),
    Phase("states decide", (state_decisions,)),
    Phase("groups decide", (group_decisions,)),
    Phase("policy", (policy, group_policy)),
    Phase("refugees and cells", (refugees, infiltration)),
    Phase("incidents", (incidents, raids, attacks)),
    Phase("alliances are called", (alliance_calls, deployments)),
    Phase("conflict", (hazards, onset, war, ending, states_at_war)),
    Phase("slow variables", (recovery, remember)),
)
