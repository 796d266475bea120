"""How sure a number is, split in three: luck, parameters, structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stability_sim import terminal
from stability_sim.analysis.uncertainty import split
from stability_sim.ensemble.run import prepare, run
from stability_sim.results import Results
from stability_sim.scenario import Loaded, Scenario, variant_scenarios
from stability_sim.scenario.rules import RULES_SET, Rules
from stability_sim.studies.ensembles import Say, check_size, run_named, silent
from stability_sim.studies.intervals import ALL, LUCK, PARAMETERS, intervals
from stability_sim.studies.numbers import Numbers, numbers_of
from stability_sim.studies.points import factors_of, shared_paths, with_values
from stability_sim.usage import UsageError

BY_RULES = {f"parameters.{name}" for values in RULES_SET.values() for name in values}
HEADLINES = ("onsets", "cross_border_onsets", "attacks", "raids", "incidents", "crossed", "refugees_at_end", "deaths")
# Taguchi's L9: nine combinations in which every answer to a question meets every answer to each other question equally often
_L9 = (
    (0, 0, 0, 0),
    (0, 1, 1, 1),
    (0, 2, 2, 2),
    (1, 0, 1, 2),
    (1, 1, 2, 0),
    (1, 2, 0, 1),
    (2, 0, 2, 1),
    (2, 1, 0, 2),
    (2, 2, 1, 0),
)


@dataclass(frozen=True)
class Uncertainty:
    """Headline numbers, each with its variance split in three.

    ``parts`` is a pandas table of shares, ``intervals`` one of where the runs lie and what that includes, ``numbers`` holds what
    was varied and how.
    """

    scenario: Scenario
    base: Results
    structures: list[Rules]
    numbers: Numbers
    parts: Any
    intervals: Any
    is_contrast: bool = False
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def n_points(self) -> int:
        """Points under each structure."""
        return len(self.numbers.points)

    @property
    def n_factors(self) -> int:
        """Numbers that were varied."""
        return len(self.numbers.factors)


def structures() -> list[Rules]:
    """Return nine combinations of the rival rules, balanced; a rule with two answers gives one of them twice as often."""
    questions = list(Rules.model_fields)
    answers = {question: [answer for where, answer in RULES_SET if where == question] for question in questions}
    if len(questions) > len(_L9[0]):
        raise UsageError(f"there are {len(questions)} rival rules, and the design holds {len(_L9[0])}")
    return [Rules(**{q: answers[q][level % len(answers[q])] for q, level in zip(questions, row, strict=False)}) for row in _L9]


def _ruled(scenario: Scenario, rules: Rules) -> Scenario:
    """Return a scenario under some rules, without the parameters of the file that these set."""
    kept = {name: value for name, value in scenario.parameters.items() if f"parameters.{name}" not in BY_RULES}
    return scenario.model_copy(update={"rules": rules, "parameters": kept})


def _check_design(replicates: int, n_points: int, contrasted: str) -> None:
    if replicates < 2 or n_points < 2:
        raise UsageError("luck and parameters can be told apart from two replicates and two points on")
    if contrasted == "base":
        raise UsageError("a contrast needs a variant: name one with --variant")


def uncertainty(
    loaded: Loaded,
    *,
    variant: str | None = None,
    contrast: bool = False,
    outcomes: Sequence[str] = (),
    n_points: int = 24,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    say: Say = silent,
) -> Uncertainty:
    """Run nine structures at many points of all numbers with a range, on the same draws, and split the variance.

    A point is one of a Latin hypercube of the ranges; numbers that the scenario has from a posterior come from its sample, a whole
    row at a time. The scenario's own rules run at every point as well: that is what intervals with luck and parameters rest on.

    Parameters
    ----------
    loaded : Loaded
        The scenario file.
    variant : str, optional
        A variant of it.
    contrast : bool
        Split the difference of the variant from its base, replicate by replicate, in place of its outcomes.
    outcomes : sequence of str
        Outcomes of the region; the headlines if empty.
    n_points : int
        Points of the numbers.
    replicates, seed, workers : int, optional
        Of each run; a hundred replicates if not given.
    say : callable
        Told the size of the design, and which outcomes are refused.
    """
    scenario, root = variant_scenarios(loaded, variant=variant), variant_scenarios(loaded)
    n, key = replicates or 100, scenario.seed if seed is None else seed
    rivals = structures()
    mine = root if contrast else scenario
    varied = numbers_of(mine, [f for f in factors_of(mine) if f.path not in BY_RULES], loaded.draws, n_points, key)
    names = list(dict.fromkeys(outcomes)) or list(HEADLINES)
    check_size(scenario, n, (len(rivals) + 1) * n_points * (1 + contrast))
    _check_design(n, n_points, (variant or "base") if contrast else "")
    if contrast and (scenario.start, scenario.months) != (root.start, root.months):
        raise UsageError(f"the runs cannot be paired: the variant {variant} has other months than the base")
    say(f"{len(rivals)} structures × {n_points} points of {len(varied.factors)} numbers × {n:,} replicates, {varied.words} ...")
    prepare(say)
    base = run_named(scenario, variant or "base", n, key, workers)
    if wrong := [name for name in names if name not in base.coords["outcome"]]:
        raise UsageError(f"there is no outcome {wrong[0]!r}; there are {', '.join(base.coords['outcome'])}")
    places = [base.index("outcome", name) for name in names]
    shared = set(shared_paths(root, scenario, [f.path for f in varied.factors])) if contrast else set()

    def outcome(one: Scenario, values: dict[str, float]) -> Any:  # noqa: ANN401
        return run(with_values(one, values), replicates=n, seed=key, workers=workers)["outcome_per_replicate"][:, places].T

    def at(rules: Rules | None, values: dict[str, float]) -> Any:  # noqa: ANN401
        here, there = (one if rules is None else _ruled(one, rules) for one in (scenario, root))
        if not contrast:
            return outcome(here, values)
        return outcome(here, {path: value for path, value in values.items() if path in shared}) - outcome(there, values)

    ensembles = [(rules, values) for rules in (None, *rivals) for values in varied.points]
    every = np.array(_each(ensembles, at, n)).reshape(len(rivals) + 1, n_points, len(names), n).transpose(2, 0, 1, 3)
    own, y = every[:, 0], every[:, 1:]
    parts, refused = _parts(y, names)
    for message in refused.values():
        say(f"refused: {message}")
    flat = {
        LUCK: at(None, {}),
        PARAMETERS: own.reshape(len(names), -1),
        ALL: y.reshape(len(names), -1),
    }
    return Uncertainty(scenario, base, rivals, varied, parts, intervals(names, flat), contrast, refused)


def _each(ensembles: list[Any], at: Callable[[Any, Any], Any], n: int) -> list[Any]:
    """Return what each ensemble gives, in order, with a progress bar where there is a terminal."""
    progress, stop = terminal.progress_bar(len(ensembles) * n)
    found = []
    try:
        for rules, values in ensembles:
            found.append(at(rules, values))
            if progress:
                progress(len(found) * n)
    finally:
        stop()
    return found


def _parts(y: Any, names: list[str]) -> tuple[Any, dict[str, str]]:  # noqa: ANN401
    import pandas as pd

    tables, refused = [], {}
    for m, name in enumerate(names):
        try:
            tables.append(split(y[m], name))
        except ValueError as error:
            refused[name] = str(error)
    if not tables:
        raise UsageError("; ".join(refused.values()))
    return pd.concat(tables, ignore_index=True), refused
