"""The world as data: yearly tables of states, read from a folder of documented CSV files."""

from stability_sim.panel.panel import Bloc, Panel, Rebel
from stability_sim.panel.read import ENVIRONMENT, data_folder, read_panel
from stability_sim.panel.tables import PanelError
from stability_sim.panel.world import world_scenario

__all__ = ["ENVIRONMENT", "Bloc", "Panel", "PanelError", "Rebel", "data_folder", "read_panel", "world_scenario"]
