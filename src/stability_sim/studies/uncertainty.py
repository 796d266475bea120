"""How sure a number is, split in three: luck, parameters, structure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from stability_sim.analysis.sensitivity import Factor, latin_points
from stability_sim.analysis.uncertainty import PARTS, split
from stability_sim.ensemble.run import prepare, run
from stability_sim.results import Results
from stability_sim.scenario import Loaded, Scenario, content_hash, variant_scenarios
from stability_sim.scenario.rules import RULES_SET, Rules
from stability_sim.studies.ensembles import Say, check_size, run_named, silent
from stability_sim.studies.folders import FORMATS, identity, study_folder, write_study, write_table
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
    """Headline numbers, each with its variance split in three; ``parts`` is a pandas table."""

    scenario: Scenario
    base: Results
    structures: list[Rules]
    n_points: int
    n_factors: int
    parts: Any
    is_contrast: bool = False
    refused: dict[str, str] = field(default_factory=dict)


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


def _points(factors: list[Factor], n_points: int, seed: int) -> list[dict[str, float]]:
    """Return a Latin hypercube: the value of each number at each point."""
    names = [factor.path for factor in factors]
    return [dict(zip(names, point, strict=True)) for point in latin_points(factors, n_points, seed).tolist()]


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
    """Run nine structures at a Latin hypercube of all numbers with a range, on the same draws, and split the variance.

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
        Points of the Latin hypercube.
    replicates, seed, workers : int, optional
        Of each run; a hundred replicates if not given.
    say : callable
        Told the size of the design, and which outcomes are refused.
    """
    scenario, root = variant_scenarios(loaded, variant=variant), variant_scenarios(loaded)
    n, key = replicates or 100, scenario.seed if seed is None else seed
    rivals = structures()
    factors = [factor for factor in factors_of(root if contrast else scenario) if factor.path not in BY_RULES]
    names = list(dict.fromkeys(outcomes)) or list(HEADLINES)
    check_size(scenario, n, len(rivals) * n_points * (1 + contrast))
    _check_design(n, n_points, variant or "base" if contrast else "")
    if contrast and (scenario.start, scenario.months) != (root.start, root.months):
        raise UsageError(f"the runs cannot be paired: the variant {variant} has other months than the base")
    say(f"{len(rivals)} structures × {n_points} points of {len(factors)} numbers × {n:,} replicates ...")
    prepare(say)
    base = run_named(scenario, variant or "base", n, key, workers)
    if wrong := [name for name in names if name not in base.coords["outcome"]]:
        raise UsageError(f"there is no outcome {wrong[0]!r}; there are {', '.join(base.coords['outcome'])}")
    places = [base.index("outcome", name) for name in names]
    shared = set(shared_paths(root, scenario, [f.path for f in factors])) if contrast else set()

    def outcome(one: Scenario, rules: Rules, values: dict[str, float]) -> Any:  # noqa: ANN401
        point = with_values(_ruled(one, rules), values)
        return run(point, replicates=n, seed=key, workers=workers)["outcome_per_replicate"][:, places].T

    y = np.zeros((len(names), len(rivals), n_points, n))
    for s, rules in enumerate(rivals):
        for p, values in enumerate(_points(factors, n_points, key)):
            if contrast:
                kept = {path: value for path, value in values.items() if path in shared}
                y[:, s, p] = outcome(scenario, rules, kept) - outcome(root, rules, values)
            else:
                y[:, s, p] = outcome(scenario, rules, values)
    parts, refused = _parts(y, names)
    for message in refused.values():
        say(f"refused: {message}")
    return Uncertainty(scenario, base, rivals, n_points, len(factors), parts, contrast, refused)


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


def default_folder(found: Uncertainty) -> Path:
    """Return where the split of an uncertainty goes if nobody says."""
    parts = [found.base.attributes["variant"], *(["contrast"] if found.is_contrast else []), f"p{found.n_points}"]
    outcomes = [*dict.fromkeys(found.parts["outcome"]), *found.refused]
    decides = [content_hash(found.scenario), found.is_contrast, outcomes]
    return study_folder(found.base, "uncertainty", *parts, decides=decides)


def write_uncertainty(found: Uncertainty, target: Path | None = None, *, figures: bool = True) -> Path:
    """Write what the uncertainty is made of: uncertainty.csv, and the stacked bars."""

    def write(folder: Path) -> None:
        write_table(found.parts, folder / "uncertainty.csv")
        if figures:
            from stability_sim.report.figures.sensitivity import uncertainty_bars

            (folder / "figures").mkdir()
            uncertainty_bars(found.base, found.parts, folder / "figures", FORMATS, contrast=found.is_contrast)

    manifest = {
        "contrast": found.is_contrast, "points": found.n_points, "factors": found.n_factors,
        "structures": [rules.model_dump() for rules in found.structures], "refused": found.refused,
    }  # fmt: skip
    return write_study(target or default_folder(found), "uncertainty", identity(found.base, found.scenario) | manifest, write)


def print_uncertainty(found: Uncertainty) -> None:
    """Print each headline number with what its variance is made of."""
    from rich.console import Console
    from rich.table import Table

    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 118)
    told = found.base.attributes
    console.print(f"[bold]{told['title']}[/bold] · variant {told['variant']} · {len(found.structures)} structures × {found.n_points} "
                  f"points of {found.n_factors} numbers × {told['replicates']:,} replicates, seed {told['seed']}")  # fmt: skip
    table = Table(
        "difference from the base" if found.is_contrast else "outcome of a run",
        "mean",
        "90 % of means",
        "more : less",
        *PARTS,
        box=None,
        header_style="bold",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for outcome in dict.fromkeys(found.parts["outcome"]):
        mine = found.parts[found.parts["outcome"] == outcome].set_index("part")
        one = mine.iloc[0]
        shares = [
            f"{row['share']:.0%} ({row['share_low']:.0%} to {row['share_high']:.0%})"
            for _, row in mine.loc[list(PARTS)].iterrows()
        ]
        table.add_row(
            outcome,
            f"{one['mean']:,.3g}",
            f"{one['mean_q05']:,.3g} to {one['mean_q95']:,.3g}",
            f"{one['share_above']:.0%} : {one['share_below']:.0%}",
            *shares,
        )
    console.print(table)
    console.print("More : less: share of the structures and points at which the mean is above, and below, 0.")
    console.print("Shares of the variance of one run's outcome, with 95 % intervals. Luck: the dice. Parameters: the ranges of the\n"
                  "numbers. Structure: rival rules on drills, contagion, refugees and alliances. What nobody has thought of is not in it.")  # fmt: skip
