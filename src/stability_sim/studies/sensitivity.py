"""Which assumption moves which outcome, and how much of the variance rests on assumed numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stability_sim import terminal
from stability_sim.analysis.sensitivity import (
    ASSUMED,
    KNOWN,
    Factor,
    NothingToExplainError,
    by_basis,
    check_outcome,
    latin_points,
    morris,
    morris_points,
    sobol,
    sobol_points,
    swings,
)
from stability_sim.ensemble.run import prepare
from stability_sim.results.results import Results
from stability_sim.scenario import Loaded, Scenario, content_hash, dump, variant_scenarios
from stability_sim.storage.files import UsageError
from stability_sim.storage.run_folder import FORMATS, SCENARIO, identity, study_folder, write_study, write_table
from stability_sim.studies.points import (
    ABROAD,
    DOMESTIC,
    HEADLINES,
    Say,
    Simulator,
    check_outcomes,
    check_size,
    factors_of,
    run_named,
    silent,
)

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = "sample.csv"
PLAUSIBLE = 1.05  # of a share of variance: what is above it is the error of a small design


@dataclass(frozen=True)
class Sensitivity:
    """How the outcomes of a scenario depend on its numbers, as pandas tables.

    ``morris``: all factors; ``sobol``: those of the top, the others at the value that runs; ``basis``: all factors in two
    groups, assumed and not; ``tornado``: the top one at a time; ``sample``: points with all factors varied at once;
    ``refused``: outcomes without variance, and why.
    """

    scenario: Scenario
    base: Results
    factors: list[Factor]
    design: dict[str, int]
    morris: pd.DataFrame
    sobol: pd.DataFrame
    basis: pd.DataFrame
    tornado: pd.DataFrame
    sample: pd.DataFrame
    refused: dict[str, str] = field(default_factory=dict)


def _power_of_two(n: int) -> int:
    if n < 8 or n & (n - 1):
        raise UsageError(f"the base sample of a Sobol design is a power of two from 8 on, not {n}")
    return n


def _useful(
    values: NDArray[np.float64], outcomes: Sequence[str], refused: dict[str, str], analysis: str
) -> list[tuple[int, str]]:
    """Return the outcomes whose variance can be split; note why the others cannot."""
    useful = []
    for m, name in enumerate(outcomes):
        try:
            check_outcome(values[:, m], name)
        except NothingToExplainError as error:
            refused[f"{name} ({analysis})"] = str(error)
        else:
            useful.append((m, name))
    return useful


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _basis(factors: list[Factor], simulate: Simulator, n: int, refused: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the shares of assumed and of other numbers, and the sample that they rest on."""
    import pandas as pd

    groups = by_basis(factors)
    both = len(set(groups)) == 2
    points = sobol_points(factors, n, simulate.seed, groups) if both else latin_points(factors, 4 * n, simulate.seed)
    values = simulate(points)
    sample = pd.DataFrame(points, columns=[f.path for f in factors])
    sample = pd.concat([sample, pd.DataFrame(values, columns=[f"outcome.{o}" for o in simulate.outcomes])], axis=1)
    useful = _useful(values, simulate.outcomes, refused, "all at once")
    if not both:  # all the variance rests on the one kind that there is
        rows = [(name, groups[0], 1.0, 1.0) for _, name in useful]
        return pd.DataFrame(rows, columns=["outcome", "factor", "first", "total"]), sample
    return _joined([sobol(factors, values[:, m], name, simulate.seed, groups) for m, name in useful]), sample


def _in_turn(factors: list[Factor], screened: list[pd.DataFrame]) -> list[Factor]:
    """Return the factors by rank, each once; the outcomes take turns at each rank."""
    by_path = {factor.path: factor for factor in factors}
    ranks = zip(*(list(table["factor"]) for table in screened), strict=True)
    return [by_path[path] for path in dict.fromkeys(path for rank in ranks for path in rank)]


def sensitivity(
    loaded: Loaded,
    *,
    variant: str | None = None,
    outcomes: Sequence[str] = (),
    factors: Sequence[str] = (),
    top: int = 6,
    trajectories: int = 6,
    base_sample: int = 64,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    say: Say = silent,
) -> Sensitivity:
    """Screen all numbers that have a range (Morris), split the variance among the top (Sobol), all on the same draws.

    Parameters
    ----------
    loaded : Loaded
        The scenario file.
    variant : str, optional
        A variant of it.
    outcomes : sequence of str
        Outcomes to explain; each in turn gives the next of the top. The headlines if empty.
    factors : sequence of str
        Shell patterns of paths; all numbers with a range if empty.
    top : int
        Factors whose variance is split.
    trajectories, base_sample : int
        Sizes of the designs: trajectories × (factors + 1) and base sample × (top + 2) points, and base sample × 4 more.
    replicates, seed, workers : int, optional
        Of each point; a hundred replicates if not given.
    say : callable
        Called with the sizes, and with the outcomes that are refused.
    """
    scenario = variant_scenarios(loaded, variant=variant)
    n, key = replicates or 100, scenario.seed if seed is None else seed
    varied = factors_of(scenario, factors)
    names = list(dict.fromkeys(outcomes)) or list(HEADLINES)
    top = min(top, len(varied))
    design = {
        "factors": len(varied), "morris": trajectories * (len(varied) + 1), "sobol": _power_of_two(base_sample) * (top + 2),
        "basis": base_sample * 4, "tornado": 1 + 2 * min(12, len(varied)),
    }  # fmt: skip
    total = sum(design.values()) - len(varied)
    check_size(scenario, n, total)
    say(f"{len(varied)} numbers with a range; {total:,} points ({design['morris']:,} Morris, {design['sobol']:,} Sobol, "
        f"{design['basis']:,} assumed against sourced, {design['tornado']} one at a time) of {n:,} replicates each ...")  # fmt: skip
    prepare(say)
    base = run_named(scenario, variant or "base", n, key, workers)
    check_outcomes(names, sorted({*base.coords["outcome"], ABROAD, DOMESTIC}))
    refused: dict[str, str] = {}
    points = morris_points(varied, trajectories, key)
    values = Simulator(scenario, varied, names, n, key, workers)(points)
    screened = [morris(varied, points, values[:, m], name, key) for m, name in _useful(values, names, refused, "Morris")]
    if not screened:
        raise UsageError("; ".join(refused.values()))
    order = _in_turn(varied, screened)
    best = order[:top]
    simulate = Simulator(scenario, best, names, n, key, workers)
    split = simulate(sobol_points(best, base_sample, key))
    indices = [sobol(best, split[:, m], name, key) for m, name in _useful(split, names, refused, "Sobol")]
    shares, sample = _basis(varied, Simulator(scenario, varied, names, n, key, workers), base_sample, refused)
    tornado = swings(order[:12], Simulator(scenario, order[:12], names, n, key, workers), names)
    for message in refused.values():
        say(f"refused: {message}")
    return Sensitivity(scenario, base, varied, design, _joined(screened), _joined(indices), shares, tornado, sample, refused)


def default_folder(study: Sensitivity) -> Path:
    """Return the folder of a sensitivity study for which none is named."""
    variant = study.base.attributes["variant"]
    decides = [content_hash(study.scenario), study.design, list(study.sample.columns)]
    return study_folder(study.base, "sensitivity", variant, f"k{len(study.factors)}", decides=decides)


def write_sensitivity(study: Sensitivity, target: Path | None = None, *, figures: bool = True) -> Path:
    """Write a sensitivity study: tables, the sample that ``discover`` reads, figures."""

    def write(folder: Path) -> None:
        (folder / SCENARIO).write_text(dump(study.scenario), encoding="utf-8")
        for name in ("morris", "sobol", "basis", "tornado"):
            write_table(getattr(study, name), folder / f"{name}.csv")
        if len(study.sample):
            write_table(study.sample, folder / SAMPLE)
        if figures:
            from stability_sim.report.figures.uncertainty import tornado

            (folder / "figures").mkdir()
            for outcome in dict.fromkeys(study.morris["outcome"]):
                tornado(study.base, study.tornado, outcome, folder / "figures", FORMATS)

    manifest = {"design": study.design, "refused": study.refused}
    return write_study(target or default_folder(study), "sensitivity", identity(study.base, study.scenario) | manifest, write)


def print_sensitivity(study: Sensitivity) -> None:
    """Print, for each outcome, the numbers that move it most and how much rests on assumed ones."""
    console = terminal.console(118)
    attributes = study.base.attributes
    console.print(terminal.bold(attributes["title"], f" · variant {attributes['variant']} · {len(study.factors)} numbers, "
                  f"{attributes['replicates']:,} replicates a point, seed {attributes['seed']}"))  # fmt: skip
    for outcome in dict.fromkeys(study.morris["outcome"]):
        table = terminal.table(outcome, "basis", "μ* over the range", "σ", "Sobol total", numbers=slice(0))
        indices = [row for row in study.sobol.to_dict("records") if row["outcome"] == outcome]
        totals = {row["factor"]: f"{row['total']:.2f} ± {row['total_half']:.2f}" for row in indices}
        for row in study.morris[study.morris["outcome"] == outcome].head(6).to_dict("records"):
            mu_star = f"{row['mu_star']:.3g} ± {row['mu_star_half']:.2g}"
            table.add_row(row["factor"], row["basis"], mu_star, f"{row['sigma']:.3g}", totals.get(row["factor"], ""))
        console.print(table)
        assumed = [row for row in study.basis.to_dict("records") if (row["outcome"], row["factor"]) == (outcome, ASSUMED)]
        for shares in assumed if "total_half" in study.basis else []:
            console.print(f"  variance that rests on assumed numbers: {shares['first']:.0%} ± {shares['first_half']:.0%} alone, "
                          f"{shares['total']:.0%} ± {shares['total_half']:.0%} with their interplay with {KNOWN} ones")  # fmt: skip
    for message in study.refused.values():
        console.print(f"refused: {message}", style="bold")
    if len(study.sobol) and max([*study.sobol["total"], *study.basis.get("total", ())]) > PLAUSIBLE:
        console.print(
            "A share above 1 (100%) is an estimate that the design is too small for: raise --base-sample, or read it as 'nearly all'."
        )
    console.print("All points on the same draws; ± is half of a 95 % interval by resampling the design.")
