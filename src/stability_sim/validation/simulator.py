"""Facts of a world as a function of parameters: what inference simulates, and what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from stability_sim.analysis.facts import Yearly, engine_years, evaluate, panel_years
from stability_sim.analysis.inference.prior import Floats, Prior
from stability_sim.ensemble.run import run
from stability_sim.panel import Panel
from stability_sim.scenario import Scenario, resolve
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.usage import UsageError
from stability_sim.validation.hindcast import with_parameters

# Facts that one history can show; those from the log of causes have no counterpart in data.
FACTS = (
    "onset_rate", "relative_risk", "dose_many", "income_difference", "duration_shape", "duration_mean", "one_year",
    "recurrence", "deaths_log_sd", "deaths_large", "deaths_tail", "deaths_top", "traced", "dispersion",
)  # fmt: skip
SIMPLE = ("share_in_conflict", "mean_log_deaths", "share_of_onsets_exposed")
FREE = (
    "onset_per_year", "capacity_effect", "grievance_effect", "recent_conflict_effect", "kin_onset", "ending_scale",
    "ending_intensity", "log_deaths_mean",
)  # fmt: skip
SEEDS = 4_294_967_291  # a prime below 2**32


def prior_of(names: Sequence[str]) -> Prior:
    """Return the prior of some parameters: uniform over their documented ranges; UsageError for what is none."""
    unknown = [name for name in names if name not in PARAMETERS]
    if unknown:
        raise UsageError(f"no parameter is called {unknown[0]!r}: see stability-sim explain")
    specs = [PARAMETERS[name] for name in names]
    return Prior(tuple(names), tuple(s.low for s in specs), tuple(s.high for s in specs))


def _simple(years: Yearly) -> list[float]:
    """Return what the facts leave out: how much conflict there is, how deadly, and how often next to another."""
    counted = slice(years.counted, None)
    exists = np.broadcast_to(years.exists[None, :, counted], years.incidence[:, :, counted].shape)
    on = years.incidence[:, :, counted] & exists
    deaths = years.deaths[:, :, counted][on]
    before = years.incidence[:, :, years.counted - 1 : -1]
    near = np.einsum("rst,tsn->rnt", before.astype(np.float64), years.neighbours[counted].astype(np.float64)) > 0
    begun = on & ~before
    return [
        float(on.sum() / max(exists.sum(), 1)),
        float(np.log(np.maximum(deaths, 25.0)).mean()) if len(deaths) else float("nan"),
        float(near[begun].mean()) if begun.any() else float("nan"),
    ]


def facts_of(years: Yearly) -> Floats:
    """Return the facts that inference compares, in the order of `FACTS` and `SIMPLE`; NaN for what cannot be measured."""
    found = {fact.key: fact.value for fact in evaluate(years)}
    return np.array([*(found[key] for key in FACTS), *_simple(years)])


def restricted(panel: Panel, codes: Sequence[str]) -> Panel:
    """Return a panel of some states alone, in the order of the panel; UsageError for a state that it does not have."""
    missing = [code for code in codes if code not in panel.states]
    if missing:
        raise UsageError(f"the data have no state {missing[0]!r}")
    rows = [i for i, code in enumerate(panel.states) if code in set(codes)]
    kept = {panel.states[i] for i in rows}
    by_state = (
        "exists", "incidence", "onset", "at_risk", "quiet_before", "deaths", "monthly_deaths", "population", "gdp_per_capita",
        "infant_mortality", "wgi", "elevation", "capital", "last_year",
    )  # fmt: skip
    pairs = ("neighbours", "border_km", "refugees")
    return replace(
        panel,
        states=tuple(panel.states[i] for i in rows),
        names=tuple(panel.names[i] for i in rows),
        **{name: getattr(panel, name)[rows] for name in by_state},
        **{name: getattr(panel, name)[:, rows][:, :, rows] for name in pairs},
        rebels=tuple(rebel for rebel in panel.rebels if rebel.state in kept),
        blocs=tuple(bloc for bloc in panel.blocs if bloc.state in kept),
    )


@dataclass(frozen=True)
class Simulator:
    """A scenario whose parameters vary; ``histories`` are pooled in one simulation: data are one history.

    Called with values of the parameters and a key; the key picks the dice, so that no two simulations share them.
    """

    scenario: Scenario
    panel: Panel
    start_year: int
    prior: Prior
    histories: int = 1
    seed: int = 1

    def __call__(self, values: Floats, key: int) -> Floats:
        """Return the facts of one simulation."""
        given = dict(zip(self.prior.names, map(float, values), strict=True))
        seed = (self.seed * 1_000_003 + key) % SEEDS
        chosen = with_parameters(self.scenario, given)
        results = run(chosen, replicates=self.histories, seed=seed, workers=1, chunk_size=self.histories, trajectories=True)
        return facts_of(engine_years(results, self.panel, self.start_year))

    def observed(self) -> Floats:
        """Return the facts of the data over the months of the scenario."""
        return facts_of(panel_years(self.panel, self.start_year, self.start_year + self.scenario.months // 12))


def simulator(scenario: Scenario, panel: Panel, names: Sequence[str], *, histories: int = 1, seed: int = 1) -> Simulator:
    """Return the simulator of a scenario that begins in a January of the data; UsageError if it does not."""
    year, month = int(scenario.start[:4]), int(scenario.start[5:])
    if month != 1:
        raise UsageError(f"the scenario begins in {scenario.start}: facts are of calendar years, it must begin in a January")
    first, last = int(panel.years[0]), int(panel.years[-1])
    whole = scenario.months // 12
    if whole < 1 or year <= first or year + whole - 1 > last:
        raise UsageError(f"the scenario needs whole years of the data, which go from {first} to {last}, and one before it")
    return Simulator(resolve(scenario), restricted(panel, list(scenario.states)), year - 1, prior_of(names), histories, seed)
