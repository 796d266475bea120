"""Where states are: shapes, land borders, distances, and how they are drawn."""

from stability_sim.geography.atlas import DISCLAIMER, Atlas, world
from stability_sim.geography.own_maps import OWN_DISCLAIMER, BadShape, atlas_for, atlas_from_shapes, checked, from_wkt, to_wkt
from stability_sim.geography.projections import ProjectedMap, network_layout, projected

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
