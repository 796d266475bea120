"""Facts about deaths in a country-year of conflict, and about where refugees are."""

from __future__ import annotations

import numpy as np

from stability_sim.analysis.facts.yearly import Yearly
from stability_sim.panel.panel import Floats

LARGE = 1000.0  # battle deaths a year from which UCDP calls a conflict a war; the tail begins here


def deaths_in_conflict(years: Yearly) -> Floats:
    """Return the battle deaths of the country-years in conflict, of all replicates and years that count."""
    counted = slice(years.counted, None)
    fought = years.incidence[:, :, counted] & years.counts[None, :, None]
    return years.deaths[:, :, counted][fought]


def death_facts(deaths: Floats) -> dict[str, float]:
    """Return ``log_sd``, share of ``large`` years, exponent of the ``tail``, share of the ``top`` tenth.

    The tail exponent is Hill's, of the density above 1,000 deaths: 1 + n / Σ ln(x / 1000).
    """
    if len(deaths) < 2:
        return dict.fromkeys(("log_sd", "large", "tail", "top"), float("nan"))
    large = deaths[deaths >= LARGE]
    beyond = float(np.log(large / LARGE).sum())
    ranked = np.sort(deaths)
    tenth = max(round(len(ranked) / 10), 1)
    return {
        "log_sd": float(np.log(deaths).std(ddof=1)),
        "large": len(large) / len(deaths),
        "tail": 1.0 + len(large) / beyond if beyond > 0 else float("nan"),
        "top": float(ranked[-tenth:].sum() / ranked.sum()),
    }


def near_share(years: Yearly) -> float:
    """Return the share of refugees who are in a land neighbour, over all years that count.

    Of data these are stocks. Of the engine they are flows: stocks shrink at one rate wherever they are, so that both
    shares agree in the long run.
    """
    counted = slice(years.counted, None)
    stock = years.refugees[counted] * years.counts[None, :, None]
    total = float(stock.sum()) + years.refugees_elsewhere
    return float(stock[years.neighbours[counted]].sum()) / total if total > 0 else float("nan")
