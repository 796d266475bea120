"""Where states are: shapes, land borders, distances, and how they are drawn."""

from stability_sim.geography.atlas import DISCLAIMER, Atlas, world
from stability_sim.geography.drawn import ProjectedMap, projected
from stability_sim.geography.network import network_layout
from stability_sim.geography.own import OWN_DISCLAIMER, atlas_for, atlas_from_shapes
from stability_sim.geography.wkt import BadShape, checked, from_wkt, to_wkt

__all__ = [
    "DISCLAIMER",
    "OWN_DISCLAIMER",
    "Atlas",
    "BadShape",
    "ProjectedMap",
    "atlas_for",
    "atlas_from_shapes",
    "checked",
    "from_wkt",
    "network_layout",
    "projected",
    "to_wkt",
    "world",
]
