"""What studies share: the numbers that they vary, the outcomes that they compare, and ensembles of variants and points."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stability_sim.analysis.sensitivity import ASSUMED, Factor
from stability_sim.ensemble.driver import Progress
from stability_sim.ensemble.executors import THREADS, Execution
from stability_sim.ensemble.run import BASE, run
from stability_sim.results.results import Results
from stability_sim.scenario import Loaded, Scenario, quantities, variant_scenarios, with_values
from stability_sim.scenario.events import month_index, month_labels
from stability_sim.scenario.rules import RULES_SET
from stability_sim.scenario.values import twins
from stability_sim.storage.files import UsageError

ABROAD, DOMESTIC = "hazard_from_abroad", "hazard_from_within"
SWITCHES = {"contagion_multiplies"}  # a rule rather than a number: varied only where it is named
HEADLINES = ("onsets", ABROAD, "attacks", "raids", "incidents", "crossed", "refugees_at_end", "deaths")
MOST_IN_STUDY = 20_000_000_000  # replicates times months times entities over all ensembles of a study
MOST_IN_ENSEMBLE = 2_000_000_000
Say = Callable[[str], None]


def factors_of(scenario: Scenario, patterns: Sequence[str] = ()) -> list[Factor]:
    """Return the numbers of a scenario that have a range: those of the file, and the parameters of the model.

    Parameters
    ----------
    scenario : Scenario
        Resolved.
    patterns : sequence of str
        Shell patterns such as ``states.*`` or ``parameters.*_onset``; all numbers if empty.
    """
    ruled = {name for field in type(scenario.rules).model_fields if (rule := getattr(scenario.rules, field))
             for name in RULES_SET[field, rule]}  # fmt: skip
    factors = []
    ruled |= set() if patterns else SWITCHES
    twinned = {twin for path, _ in quantities(scenario) for twin in twins(scenario, path)}
    for path, quantity in quantities(scenario):
        if quantity.range is None or quantity.range[0] >= quantity.range[1] or path.removeprefix("parameters.") in ruled:
            continue
        if path in twinned:  # it follows the number of its border
            continue
        if not patterns or any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns):
            assumed = quantity.basis == ASSUMED
            factors.append(Factor(path, *quantity.range, quantity.value, ASSUMED if assumed else str(quantity.basis)))
    if not factors:
        raise UsageError(f"no number with a range fits {', '.join(patterns) or 'the scenario'}")
    return factors


def shared_paths(base: Scenario, variant: Scenario, paths: Sequence[str]) -> list[str]:
    """Return the paths at which a variant still has the number of its base: not set by it, and not gone with it.

    Events and stances are known by their place: only those count that are the same in the same place.
    """
    numbers, changed = dict(quantities(base)), dict(quantities(variant))

    def same_place(path: str) -> bool:
        section, _, rest = path.partition(".")
        if section not in ("events", "stances"):
            return True
        k = int(rest.partition(".")[0])
        return bool(getattr(base, section)[k] == getattr(variant, section)[k])

    return [path for path in paths if path in changed and changed[path] == numbers[path] and same_place(path)]


def headline_values(results: Results, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the mean of each outcome per run: an outcome of the region, or the hazard that states at peace at the start meet."""
    at_peace = results["initial_conflict"] == 0
    within = results.index("channel", "domestic")
    hazard = results["hazard"][at_peace]
    values = []
    for name in names:
        if name == DOMESTIC:
            values.append(float(hazard[:, within].sum()))
        elif name == ABROAD:
            values.append(float(np.delete(hazard, within, axis=1).sum()))
        else:
            values.append(float(results.outcome(name).mean()))
    return np.array(values)


def with_parameters(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return a scenario with some parameters set; a rule of the file that sets one of them is taken out."""
    return with_values(scenario, {f"parameters.{name}": value for name, value in values.items()})


def check_outcomes(names: Sequence[str], known: Collection[str]) -> None:
    """Raise UsageError if a name is not that of an outcome."""
    if unknown := [name for name in names if name not in known]:
        raise UsageError(f"there is no outcome {unknown[0]!r}; there are {', '.join(known)}")


class Simulator:
    """Runs a scenario at points of its factors, every point on the same draws."""

    def __init__(
        self, scenario: Scenario, factors: Sequence[Factor], outcomes: Sequence[str], replicates: int, seed: int,
        workers: int | None = None,
    ) -> None:  # fmt: skip
        self.scenario = scenario
        self.paths = [factor.path for factor in factors]
        self.outcomes = list(outcomes)
        self.replicates, self.seed, self.workers = replicates, seed, workers

    def at(self, values: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the outcomes at one point."""
        scenario = with_values(self.scenario, values)
        return headline_values(run(scenario, replicates=self.replicates, seed=self.seed, workers=self.workers), self.outcomes)

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the outcomes at each point: (point, outcome)."""
        return np.array([self.at(dict(zip(self.paths, point.tolist(), strict=True))) for point in points])


def silent(text: str) -> None:
    """Say nothing."""


def chosen_variants(loaded: Loaded, names: Sequence[str]) -> list[str]:
    """Return the variants to compare with the base, each once: those named, or all of the file."""
    wanted = [name for name in dict.fromkeys(names or loaded.scenario.variants) if name != BASE]
    if not wanted:
        raise UsageError(f"{loaded.scenario.scenario} has no variants to compare: add some to the file")
    return wanted


def scenarios(loaded: Loaded, names: Sequence[str]) -> dict[str, Scenario]:
    """Return the resolved scenario of the base and of each variant."""
    return {name: variant_scenarios(loaded, variant=name) for name in (BASE, *names)}


def check_size(scenario: Scenario, replicates: int, times: int) -> None:
    """Raise UsageError if a study is too large to finish in reasonable time."""
    size = replicates * scenario.months * (len(scenario.states) + len(scenario.groups))
    if size > MOST_IN_ENSEMBLE or size * times > MOST_IN_STUDY:
        raise UsageError(f"{replicates:,} replicates of {times:,} ensembles are more than a study may hold: use fewer replicates")


def fork_month(base: Scenario, written: str | int) -> int:
    """Return the number of months before a fork, from a number or a month such as 2022-10."""
    text = str(written)
    try:
        month = int(text) if text.isdigit() else month_index(text, base.start)
    except ValueError:
        raise UsageError(f"{text!r} is no month: write a number of months, or a month as YYYY-MM") from None
    if not 0 <= month < base.months:
        last = month_labels(base.start, base.months)[-1]
        raise UsageError(
            f"the fork is at month {text}, but the run has the months 0 to {base.months - 1} ({base.start} to {last})"
        )
    return month


def run_named(
    scenario: Scenario, name: str, replicates: int, seed: int, workers: int | None = None, *, first: int = 0,
    execution: Execution = THREADS, progress: Progress | None = None,
) -> Results:  # fmt: skip
    """Run an ensemble and give it the name of its variant."""
    results = run(
        scenario, replicates=replicates, seed=seed, first=first, workers=workers, execution=execution, progress=progress
    )
    results.attributes["variant"] = name
    return results
