"""Facts about the world's conflicts that the engine must reproduce: the same functions for data and for engine output."""

from stability_sim.analysis.facts.case import case_facts
from stability_sim.analysis.facts.definitions import ACCEPTED, CASE_ACCEPTED, Band, Fact
from stability_sim.analysis.facts.evaluate import Comparison, compare, evaluate, fact_values, jackknife, spread
from stability_sim.analysis.facts.panels import Yearly, engine_years, panel_years

__all__ = [
    "ACCEPTED",
    "CASE_ACCEPTED",
    "Band",
    "Comparison",
    "Fact",
    "Yearly",
    "case_facts",
    "compare",
    "engine_years",
    "evaluate",
    "fact_values",
    "jackknife",
    "panel_years",
    "spread",
]
