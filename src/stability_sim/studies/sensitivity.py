"""Which assumption moves which outcome, and how much of what is found rests on assumed numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from stability_sim.studies.points import ABROAD, DOMESTIC, HEADLINES, Say, Simulator, check_size, factors_of, run_named, silent

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = "sample.csv"
PLAUSIBLE = 1.05  # of a share of variance: what is above it is the error of a small design


@dataclass(frozen=True)
class Sensitivity:
    """What the numbers of a scenario do to its outcomes; pandas tables.

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


def _useful(values: NDArray[np.float64], outcomes: Sequence[str], refused: dict[str, str], where: str) -> list[tuple[int, str]]:
    """Return the outcomes whose variance can be split; note why the others cannot."""
    kept = []
    for m, name in enumerate(outcomes):
        try:
            check_outcome(values[:, m], name)
        except NothingToExplainError as error:
            refused[f"{name} ({where})"] = str(error)
        else:
            kept.append((m, name))
    return kept


def _analysed(tables: list[pd.DataFrame]) -> pd.DataFrame:
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
        return pd.DataFrame(
            [(name, groups[0], 1.0, 1.0) for _, name in useful], columns=["outcome", "factor", "first", "total"]
        ), sample
    return _analysed([sobol(factors, values[:, m], name, simulate.seed, groups) for m, name in useful]), sample


def _check_names(names: list[str], base: Results) -> None:
    known = {*base.coords["outcome"], ABROAD, DOMESTIC}
    if wrong := [name for name in names if name not in known]:
        raise UsageError(f"there is no outcome {wrong[0]!r}; there are {', '.join(sorted(known))}")


def _in_turn(named: list[Factor], screened: list[pd.DataFrame]) -> list[Factor]:
    """Return the factors by rank, of each outcome in turn the next that none before had."""
    by_path = {factor.path: factor for factor in named}
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
        Told the sizes, and which outcomes are refused.
    """
    scenario = variant_scenarios(loaded, variant=variant)
    n, key = replicates or 100, scenario.seed if seed is None else seed
    named = factors_of(scenario, factors)
    names = list(dict.fromkeys(outcomes)) or list(HEADLINES)
    top = min(top, len(named))
    design = {
        "factors": len(named), "morris": trajectories * (len(named) + 1), "sobol": _power_of_two(base_sample) * (top + 2),
        "basis": base_sample * 4, "tornado": 1 + 2 * min(12, len(named)),
    }  # fmt: skip
    total = sum(design.values()) - len(named)
    check_size(scenario, n, total)
    say(f"{len(named)} numbers with a range; {total:,} points ({design['morris']:,} Morris, {design['sobol']:,} Sobol, "
        f"{design['basis']:,} assumed against sourced, {design['tornado']} one at a time) of {n:,} replicates each ...")  # fmt: skip
    prepare(say)
    base = run_named(scenario, variant or "base", n, key, workers)
    _check_names(names, base)
    refused: dict[str, str] = {}
    points = morris_points(named, trajectories, key)
    values = Simulator(scenario, named, names, n, key, workers)(points)
    screened = [morris(named, points, values[:, m], name, key) for m, name in _useful(values, names, refused, "Morris")]
    if not screened:
        raise UsageError("; ".join(refused.values()))
    order = _in_turn(named, screened)
    best = order[:top]
    simulate = Simulator(scenario, best, names, n, key, workers)
    split = simulate(sobol_points(best, base_sample, key))
    indices = [sobol(best, split[:, m], name, key) for m, name in _useful(split, names, refused, "Sobol")]
    shares, sample = _basis(named, Simulator(scenario, named, names, n, key, workers), base_sample, refused)
    tornado = swings(order[:12], Simulator(scenario, order[:12], names, n, key, workers), names)
    for message in refused.values():
        say(f"refused: {message}")
    return Sensitivity(scenario, base, named, design, _analysed(screened), _analysed(indices), shares, tornado, sample, refused)


def default_folder(found: Sensitivity) -> Path:
    """Return where a sensitivity study goes if nobody says."""
    variant = found.base.attributes["variant"]
    decides = [content_hash(found.scenario), found.design, list(found.sample.columns)]
    return study_folder(found.base, "sensitivity", variant, f"k{len(found.factors)}", decides=decides)


def write_sensitivity(found: Sensitivity, target: Path | None = None, *, figures: bool = True) -> Path:
    """Write a sensitivity study: tables, the sample that ``discover`` reads, figures."""

    def write(folder: Path) -> None:
        (folder / SCENARIO).write_text(dump(found.scenario), encoding="utf-8")
        for name in ("morris", "sobol", "basis", "tornado"):
            write_table(getattr(found, name), folder / f"{name}.csv")
        if len(found.sample):
            write_table(found.sample, folder / SAMPLE)
        if figures:
            from stability_sim.report.figures.uncertainty import tornado

            (folder / "figures").mkdir()
            for outcome in dict.fromkeys(found.morris["outcome"]):
                tornado(found.base, found.tornado, outcome, folder / "figures", FORMATS)

    manifest = {"design": found.design, "refused": found.refused}
    return write_study(target or default_folder(found), "sensitivity", identity(found.base, found.scenario) | manifest, write)


def print_sensitivity(found: Sensitivity) -> None:
    """Print, for each outcome, the numbers that move it most and how much rests on assumed ones."""
    from rich.table import Table

    console = terminal.console(118)
    told = found.base.attributes
    console.print(terminal.bold(told["title"], f" · variant {told['variant']} · {len(found.factors)} numbers, "
                  f"{told['replicates']:,} replicates a point, seed {told['seed']}"))  # fmt: skip
    for outcome in dict.fromkeys(found.morris["outcome"]):
        table = Table(outcome, "basis", "μ* over the range", "σ", "Sobol total", box=None, header_style="bold")
        mine: Any = found.sobol[found.sobol["outcome"] == outcome].set_index("factor") if len(found.sobol) else {}
        for row in found.morris[found.morris["outcome"] == outcome].head(6).itertuples():
            inside = len(mine) and row.factor in mine.index
            total = f"{mine.loc[row.factor, 'total']:.2f} ± {mine.loc[row.factor, 'total_half']:.2f}" if inside else ""
            table.add_row(row.factor, row.basis, f"{row.mu_star:.3g} ± {row.mu_star_half:.2g}", f"{row.sigma:.3g}", total)
        console.print(table)
        rests: Any = (
            found.basis[(found.basis["outcome"] == outcome) & (found.basis["factor"] == ASSUMED)] if len(found.basis) else []
        )
        if len(rests) and "total_half" in found.basis:
            one = rests.iloc[0]
            console.print(f"  variance that rests on assumed numbers: {one['first']:.0%} ± {one['first_half']:.0%} alone, "
                          f"{one['total']:.0%} ± {one['total_half']:.0%} with their interplay with {KNOWN} ones")  # fmt: skip
    for message in found.refused.values():
        console.print(f"refused: {message}", style="bold")
    if len(found.sobol) and (
        float(found.sobol["total"].max()) > PLAUSIBLE or (len(found.basis) and float(found.basis["total"].max()) > PLAUSIBLE)
    ):
        console.print(
            "A share above 1 (100%) is an estimate that the design is too small for: raise --base-sample, or read it as 'nearly all'."
        )
    console.print("All points on the same draws; ± is half of a 95 % interval by resampling the design.")
