"""Facts about the world's conflicts that the engine must reproduce: the same functions for data and for engine output."""

from stability_sim.analysis.facts.evaluate import evaluate, spread
from stability_sim.analysis.facts.fact import ACCEPTED, Band, Fact
from stability_sim.analysis.facts.yearly import Yearly, engine_years, panel_years

__all__ = ["ACCEPTED", "Band", "Fact", "Yearly", "engine_years", "evaluate", "panel_years", "spread"]
