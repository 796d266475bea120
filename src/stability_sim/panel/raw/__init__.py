"""From original downloads to a data folder."""

from stability_sim.panel.raw.build import Written, build_folder

__all__ = ["Written", "build_folder"]
