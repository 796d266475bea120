"""Engine and data side by side, measured by the same functions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stability_sim.analysis.facts.evaluate import evaluate, jackknife, spread
from stability_sim.analysis.facts.fact import Fact
from stability_sim.analysis.facts.yearly import Yearly

NINETY = 1.645  # standard errors to each side of a 90 % interval


@dataclass(frozen=True)
class Comparison:
    """Facts of an ensemble and of the data.

    Attributes
    ----------
    engine, data : Yearly
    facts : dict of Fact
        Of the engine, and of the seed case, by key.
    observed : dict of Fact
        Of the data; a fact that data have no answer to is not in it.
    scatter : dict
        5th and 95th percentile of single runs, where they can be measured.
    margins : dict of float
        Half of the 90 % interval of the data, by leaving out one state at a time, where it says something.
    """

    engine: Yearly
    data: Yearly
    facts: dict[str, Fact]
    observed: dict[str, Fact]
    scatter: dict[str, tuple[float, float]]
    margins: dict[str, float]


def compare(engine: Yearly, data: Yearly, case: list[Fact]) -> Comparison:
    """Return the facts of both tables; ``case`` are those of the seed case, which data of the world cannot have."""
    errors = jackknife(data)
    return Comparison(
        engine=engine,
        data=data,
        facts={fact.key: fact for fact in (*evaluate(engine), *case)},
        observed={fact.key: fact for fact in evaluate(data) if not math.isnan(fact.value)},
        scatter={key: band for key, band in spread(engine).items() if not math.isnan(band[0])},
        margins={key: NINETY * error for key, error in errors.items() if error > 0},
    )
