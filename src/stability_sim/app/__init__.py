"""The page on this machine for class: pick a scenario, change one thing, guess, run, ask why."""

from stability_sim.app.server import application, serve

__all__ = ["application", "serve"]
