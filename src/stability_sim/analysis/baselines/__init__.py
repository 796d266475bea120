"""What a forecast must beat: forecasts that know nothing of borders, and a chain of logits that does."""

from stability_sim.analysis.baselines.chain import Chain, fit_chain, simulate_chain
from stability_sim.analysis.baselines.forecast import Forecast
from stability_sim.analysis.baselines.simple import climatology, country_history, persistence

__all__ = ["Chain", "Forecast", "climatology", "country_history", "fit_chain", "persistence", "simulate_chain"]
