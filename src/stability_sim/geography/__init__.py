"""Where states are: shapes, land borders, distances, and how they are drawn."""

from stability_sim.geography.atlas import DISCLAIMER, Atlas, world
from stability_sim.geography.drawn import ProjectedMap, projected
from stability_sim.geography.network import network_layout

__all__ = ["DISCLAIMER", "Atlas", "ProjectedMap", "network_layout", "projected", "world"]
