"""How sure a number is, split in three: luck, parameters, structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stability_sim import terminal
from stability_sim.analysis.sensitivity import Factor, latin_points
from stability_sim.analysis.uncertainty import PARTS, split
from stability_sim.ensemble.run import prepare, run
from stability_sim.results.results import Results
from stability_sim.scenario import Loaded, Scenario, content_hash, dump, variant_scenarios, with_rules, with_values
from stability_sim.scenario.posterior import Draws
from stability_sim.scenario.rules import RULES_SET, Rules
from stability_sim.storage.files import UsageError
from stability_sim.storage.run_folder import FORMATS, SCENARIO, identity, study_folder, write_study, write_table
from stability_sim.studies.points import Say, check_outcomes, check_size, factors_of, run_named, shared_paths, silent

if TYPE_CHECKING:
    import pandas as pd

# What the interval of nine tenths of the runs includes.
LUCK, PARAMETERS, ALL = "luck", "luck and parameters", "luck, parameters and structure"
LEVELS = (0.05, 0.5, 0.95)
RANGE, DRAWN = "over its range", "joint draw from the posterior"  # how a number is varied


def intervals(names: Sequence[str], runs: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Return where the middle nine tenths of the runs lie, for each outcome and each source of variation.

    Parameters
    ----------
    names : sequence of str
        Outcomes.
    runs : mapping
        By what the interval includes: outcomes of single runs, (outcome, run).

    Columns: ``outcome``, ``includes``, ``runs``, ``mean``, ``q05``, ``median``, ``q95`` (quantiles are values of runs, as in
    the summary of a run).
    """
    import pandas as pd

    rows = []
    for m, name in enumerate(names):
        for includes, values in runs.items():
            low, middle, high = np.quantile(values[m], LEVELS, method="inverted_cdf")
            mean = float(sum(values[m].tolist()) / len(values[m]))
            rows.append((name, includes, len(values[m]), mean, float(low), float(middle), float(high)))
    return pd.DataFrame(rows, columns=["outcome", "includes", "runs", "mean", "q05", "median", "q95"])


@dataclass(frozen=True)
class Numbers:
    """The numbers that a study varies: their paths, and the value of each at each point.

    ``fitted`` are the paths that are drawn jointly from a posterior, ``posterior`` the file, or None.
    """

    factors: list[Factor]
    points: list[dict[str, float]]
    fitted: list[str] = field(default_factory=list)
    posterior: Path | None = None
    posterior_sha256: str = ""

    @property
    def words(self) -> str:
        """How the numbers are varied, for people."""
        ranged = len(self.factors) - len(self.fitted)
        if not self.posterior:
            return f"{ranged} numbers over their ranges"
        return f"{len(self.fitted)} numbers drawn jointly from {self.posterior.name}, {ranged} over their ranges"

    def table(self) -> pd.DataFrame:
        """Return the points as a table: one row a point, one column a number."""
        import pandas as pd

        paths = [factor.path for factor in self.factors]
        return pd.DataFrame([{"point": k, **{path: values[path] for path in paths}} for k, values in enumerate(self.points)])

    def sources(self) -> pd.DataFrame:
        """Return each number's value in the scenario, range, basis, and how it was varied."""
        import pandas as pd

        fitted = set(self.fitted)
        rows = [
            (factor.path, factor.value, factor.low, factor.high, factor.basis, DRAWN if factor.path in fitted else RANGE)
            for factor in self.factors
        ]
        return pd.DataFrame(rows, columns=["factor", "value", "low", "high", "basis", "varied"])


def numbers_of(scenario: Scenario, factors: Sequence[Factor], draws: Draws | None, n_points: int, seed: int) -> Numbers:
    """Return the points of a study: point k takes draw k of the posterior, and point k of a Latin hypercube for the rest.

    Parameters
    ----------
    scenario : Scenario
        Whose parameters say which of them are still those of the posterior.
    factors : sequence of Factor
        What varies.
    draws : Draws, optional
        The sample of a posterior.
    n_points, seed : int
        How many points, and the key of the draws.
    """
    paths = {factor.path for factor in factors}
    names = draws.fitted(scenario.parameters) if draws else []
    fitted = [path for path in (f"parameters.{name}" for name in names) if path in paths]
    ranged = [factor for factor in factors if factor.path not in set(fitted)]
    free = [factor.path for factor in ranged]
    rows = latin_points(ranged, n_points, seed).tolist() if ranged else [[] for _ in range(n_points)]
    points = [dict(zip(free, row, strict=True)) for row in rows]
    if draws is None or not fitted:
        return Numbers(list(factors), points)
    for k, values in enumerate(points):
        drawn = draws.draw(k, seed)
        values.update({path: drawn[path.removeprefix("parameters.")] for path in fitted})
    return Numbers(list(factors), points, fitted, draws.path, draws.sha256)


BY_RULES = {f"parameters.{name}" for values in RULES_SET.values() for name in values}
HEADLINES = ("onsets", "cross_border_onsets", "attacks", "raids", "incidents", "crossed", "refugees_at_end", "deaths")
# Taguchi's L9: nine combinations in which every answer to a question meets every answer to each other question equally often
_L9 = (
    (0, 0, 0, 0), (0, 1, 1, 1), (0, 2, 2, 2),
    (1, 0, 1, 2), (1, 1, 2, 0), (1, 2, 0, 1),
    (2, 0, 2, 1), (2, 1, 0, 2), (2, 2, 1, 0),
)  # fmt: skip


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
    parts: pd.DataFrame
    intervals: pd.DataFrame
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
    answers = {question: [answer for dispute, answer in RULES_SET if dispute == question] for question in questions}
    if len(questions) > len(_L9[0]):
        raise UsageError(f"there are {len(questions)} rival rules, and the design holds {len(_L9[0])}")
    return [Rules(**{q: answers[q][level % len(answers[q])] for q, level in zip(questions, row, strict=False)}) for row in _L9]


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
        Called with the size of the design, and with the outcomes that are refused.
    """
    scenario, root = variant_scenarios(loaded, variant=variant), variant_scenarios(loaded)
    n, key = replicates or 100, scenario.seed if seed is None else seed
    rivals = structures()
    source = root if contrast else scenario
    varied = numbers_of(source, [f for f in factors_of(source) if f.path not in BY_RULES], loaded.draws, n_points, key)
    names = list(dict.fromkeys(outcomes)) or list(HEADLINES)
    check_size(scenario, n, (len(rivals) + 1) * n_points * (1 + contrast))
    _check_design(n, n_points, (variant or "base") if contrast else "")
    if contrast and (scenario.start, scenario.months) != (root.start, root.months):
        raise UsageError(f"the runs cannot be paired: the variant {variant} has other months than the base")
    say(f"{len(rivals)} structures × {n_points} points of {len(varied.factors)} numbers × {n:,} replicates, {varied.words} ...")
    prepare(say)
    base = run_named(scenario, variant or "base", n, key, workers)
    check_outcomes(names, base.coords["outcome"])
    places = [base.index("outcome", name) for name in names]
    shared = set(shared_paths(root, scenario, [f.path for f in varied.factors])) if contrast else set()

    def outcome(chosen: Scenario, values: dict[str, float]) -> NDArray[np.float64]:
        return run(with_values(chosen, values), replicates=n, seed=key, workers=workers)["outcome_per_replicate"][:, places].T

    def at(rules: Rules | None, values: dict[str, float]) -> NDArray[np.float64]:
        tested, reference = (chosen if rules is None else with_rules(chosen, rules.model_dump()) for chosen in (scenario, root))
        if not contrast:
            return outcome(tested, values)
        return outcome(tested, {path: value for path, value in values.items() if path in shared}) - outcome(reference, values)

    ensembles = [(rules, values) for rules in (None, *rivals) for values in varied.points]
    values = np.array(_run_each(ensembles, at, n)).reshape(len(rivals) + 1, n_points, len(names), n).transpose(2, 0, 1, 3)
    own, y = values[:, 0], values[:, 1:]
    parts, refused = _parts(y, names)
    for message in refused.values():
        say(f"refused: {message}")
    flat = {LUCK: at(None, {}), PARAMETERS: own.reshape(len(names), -1), ALL: y.reshape(len(names), -1)}
    return Uncertainty(scenario, base, rivals, varied, parts, intervals(names, flat), contrast, refused)


def _run_each(
    ensembles: list[tuple[Rules | None, dict[str, float]]],
    at: Callable[[Rules | None, dict[str, float]], NDArray[np.float64]],
    n: int,
) -> list[NDArray[np.float64]]:
    """Return the outcomes of each ensemble, in order, with a progress bar where there is a terminal."""
    outcomes = []
    with terminal.progress(len(ensembles) * n) as progress:
        for rules, values in ensembles:
            outcomes.append(at(rules, values))
            if progress:
                progress(len(outcomes) * n)
    return outcomes


def _parts(y: NDArray[np.float64], names: list[str]) -> tuple[pd.DataFrame, dict[str, str]]:
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


def default_folder(study: Uncertainty) -> Path:
    """Return the folder of an uncertainty study for which none is named."""
    parts = [study.base.attributes["variant"], *(["contrast"] if study.is_contrast else []), f"p{study.n_points}"]
    outcomes = [*dict.fromkeys(study.parts["outcome"]), *study.refused]
    decides = [content_hash(study.scenario), study.is_contrast, outcomes, study.numbers.posterior_sha256]
    return study_folder(study.base, "uncertainty", *parts, decides=decides)


def write_uncertainty(study: Uncertainty, target: Path | None = None, *, figures: bool = True) -> Path:
    """Write the parts of the uncertainty: tables of shares and intervals, what was varied, and both figures."""

    def write(folder: Path) -> None:
        (folder / SCENARIO).write_text(dump(study.scenario), encoding="utf-8")
        write_table(study.parts, folder / "uncertainty.csv")
        write_table(study.intervals, folder / "intervals.csv")
        write_table(study.numbers.sources(), folder / "numbers.csv")
        write_table(study.numbers.table(), folder / "design.csv")
        if figures:
            from stability_sim.report.figures.uncertainty import interval_bars, uncertainty_bars

            (folder / "figures").mkdir()
            place, varied, contrast = folder / "figures", study.numbers.words, study.is_contrast
            uncertainty_bars(study.base, study.parts, place, FORMATS, contrast=contrast, varied=varied)
            shown = study.intervals[~study.intervals["outcome"].isin(list(study.refused))]
            interval_bars(study.base, shown, varied, place, FORMATS, contrast=contrast)

    posterior = study.numbers.posterior
    manifest = {
        "contrast": study.is_contrast, "points": study.n_points, "factors": study.n_factors,
        "structures": [rules.model_dump() for rules in study.structures], "refused": study.refused,
        "fitted": study.numbers.fitted,
        "posterior": None if posterior is None else {"file": str(posterior), "sha256": study.numbers.posterior_sha256},
    }  # fmt: skip
    return write_study(target or default_folder(study), "uncertainty", identity(study.base, study.scenario) | manifest, write)


def print_uncertainty(study: Uncertainty) -> None:
    """Print each headline number with the parts of its variance."""
    console = terminal.console(118)
    attributes = study.base.attributes
    console.print(terminal.bold(attributes["title"], f" · variant {attributes['variant']} · {len(study.structures)} structures × {study.n_points} "
                  f"points of {study.n_factors} numbers × {attributes['replicates']:,} replicates, seed {attributes['seed']}"))  # fmt: skip
    what = "difference from the base" if study.is_contrast else "outcome of a run"
    table = terminal.table(what, "mean", "90 % of means", "more : less", *PARTS)
    for outcome in dict.fromkeys(study.parts["outcome"]):
        rows = study.parts[study.parts["outcome"] == outcome].set_index("part")
        summary = rows.iloc[0]
        parts = rows.loc[list(PARTS)].to_dict("records")
        shares = [f"{part['share']:.0%} ({part['share_low']:.0%} to {part['share_high']:.0%})" for part in parts]
        means = f"{summary['mean_q05']:,.3g} to {summary['mean_q95']:,.3g}"
        signs = f"{summary['share_above']:.0%} : {summary['share_below']:.0%}"
        table.add_row(outcome, f"{summary['mean']:,.3g}", means, signs, *shares)
    console.print(table)
    console.print(
        "More : less: share of the structures and points at which the mean is above, and below, 0. 90 % of means: over these."
    )
    console.print(f"Shares of the variance of one run's outcome, with 95 % intervals. Luck: the dice. Parameters: {study.numbers.words}.\n"
                  "Structure: rival rules on drills, contagion, refugees and alliances. What nobody has thought of is not in it.")  # fmt: skip
    _print_intervals(study, console)


def _print_intervals(study: Uncertainty, console: terminal.Console) -> None:
    """Print where the middle nine tenths of the runs lie, by what that includes."""
    kinds = list(dict.fromkeys(study.intervals["includes"]))
    table = terminal.table("90 % of runs, including", *kinds)
    for outcome in dict.fromkeys(study.intervals["outcome"]):
        rows = study.intervals[study.intervals["outcome"] == outcome].set_index("includes")
        table.add_row(outcome, *(f"{rows.loc[kind, 'q05']:,.4g} to {rows.loc[kind, 'q95']:,.4g}" for kind in kinds))
    console.print("")
    console.print(table)
