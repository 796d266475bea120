"""Compare variants of a scenario on paired draws: what differs, by how much, by which pathways, and from which month on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stability_sim import terminal
from stability_sim.analysis.contrasts import NotPairedError, batch_differences, batch_sizes, clear_rows, contrast
from stability_sim.analysis.divergence import WARS, divergence, timeline
from stability_sim.analysis.narrative import VariantTables, tell
from stability_sim.analysis.outcomes import alliances_of
from stability_sim.analysis.spread import flows, pathways
from stability_sim.ensemble.driver import Progress
from stability_sim.ensemble.executors import THREADS, Execution
from stability_sim.ensemble.run import BASE, ForkError, prepare, run_forked
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import UNITS
from stability_sim.scenario import Loaded, Scenario, content_hash
from stability_sim.storage.files import UsageError
from stability_sim.storage.run_folder import FORMATS, identity, study_folder, write_run, write_study, write_table
from stability_sim.studies.points import Say, check_size, chosen_variants, fork_month, run_named, scenarios, silent
from stability_sim.terminal import code, literal

if TYPE_CHECKING:
    import pandas as pd

MOST_IN_BATCHES = 2000  # replicates that are run again in batches, for intervals of means
TABLES = ("contrasts", "pathways", "flows", "divergence", "wars", "risk")


@dataclass(frozen=True)
class Comparison:
    """A base and its variants on the same draws, with the tables and the text of their differences.

    ``contrasts``, ``pathways``, ``flows``, ``divergence``, ``wars`` and ``risk`` are pandas tables with a column
    ``variant``; ``words`` is what changed, as Markdown.
    """

    scenarios: dict[str, Scenario]
    results: dict[str, Results]
    contrasts: pd.DataFrame
    pathways: pd.DataFrame
    flows: pd.DataFrame
    divergence: pd.DataFrame
    wars: pd.DataFrame
    risk: pd.DataFrame
    words: str
    from_month: int | None = None

    @property
    def base(self) -> Results:
        """The base."""
        return self.results[BASE]

    @property
    def variants(self) -> list[str]:
        """Names of the variants, without the base."""
        return [name for name in self.results if name != BASE]


def changes_of(loaded: Loaded, name: str) -> list[str]:
    """Return what a variant changes, in the words of the file, as Markdown."""
    variant = loaded.scenario.variants[name]
    lines = [literal(variant.note)] if variant.note else []
    lines += [f"{code(path)} is removed" for path in variant.remove]
    lines += [f"{code(path)} = {literal(_plain(value))}" for path, value in variant.set.items()]
    lines += [f"{len(added)} added to {code(section)}" for section, added in variant.add.items()]
    return lines


def _plain(value: object) -> str:
    return str(value["value"] if isinstance(value, dict) and "value" in value else value)


def _by_construction(base: Results, other: Results) -> tuple[str, ...]:
    """Return the outcomes that differ because an alliance was taken away or added."""
    if alliances_of(base).keys() == alliances_of(other).keys():
        return ()
    return ("calls_honoured", "calls_abandoned")


def _compared(base: Results, other: Results, changes: list[str]) -> tuple[VariantTables, pd.DataFrame]:
    """Return the tables of a variant compared with its base, and the differences of flows."""
    tables = VariantTables(
        variant=str(other.attributes["variant"]),
        changes=changes,
        contrasts=contrast(base, other),
        pathways=pathways(base, other),
        divergence=divergence(base, other),
        wars=divergence(base, other, kinds=WARS),
        by_construction=_by_construction(base, other),
    )
    return tables, flows(base, other)


def _with_variant(table: pd.DataFrame, variant: str) -> pd.DataFrame:
    return table if "variant" in table.columns else table.assign(variant=variant)[["variant", *table.columns]]


def compare_results(
    results: dict[str, Results], changes: dict[str, list[str]] | None = None
) -> tuple[dict[str, pd.DataFrame], str]:
    """Return the tables and the words of a comparison of results that were run on the same draws.

    Parameters
    ----------
    results : dict
        Results by name; ``base`` is what the others are compared with.
    changes : dict, optional
        What each variant changes, in Markdown.
    """
    import pandas as pd

    base = results[BASE]
    by_variant = {name: _compared(base, other, (changes or {}).get(name, [])) for name, other in results.items() if name != BASE}
    tables: dict[str, pd.DataFrame] = {
        part: pd.concat(
            [_with_variant(getattr(record, part), name) for name, (record, _) in by_variant.items()], ignore_index=True
        )
        for part in ("contrasts", "pathways", "divergence", "wars")
    }
    tables["flows"] = pd.concat([flow for _, flow in by_variant.values()], ignore_index=True)
    title = f"# What changed: {literal(base.attributes['title'])}\n\n{literal(base.attributes['question'])}\n\n"
    words = title + "\n".join(tell(record, base, results[name]) for name, (record, _) in by_variant.items())
    return tables, words


def compare(
    loaded: Loaded,
    variants: Sequence[str] = (),
    *,
    replicates: int | None = None,
    seed: int | None = None,
    from_month: str | int | None = None,
    workers: int | None = None,
    execution: Execution = THREADS,
    say: Say = silent,
) -> Comparison:
    """Run variants of a scenario beside its base, on the same draws, and say what differs.

    Parameters
    ----------
    loaded : Loaded
        The scenario file, with settings that hold for all.
    variants : sequence of str
        Names of variants; all of the file if empty.
    replicates, seed : int, optional
        In place of those of the scenario.
    from_month : str or int, optional
        Months of the base that all share before the variant's changes take effect, or the month (YYYY-MM) in which they do:
        the same past, a new policy.
    workers : int, optional
        Threads, in place of those of the execution.
    execution : Execution
        On what all ensembles run, and a folder in which their chunks are kept.
    say : callable
        Called with a message about each step.
    """
    names = chosen_variants(loaded, variants)
    chosen = scenarios(loaded, names)
    base = chosen[BASE]
    n, key = replicates or base.replicates, base.seed if seed is None else seed
    month = None if from_month is None else fork_month(base, from_month)
    check_size(base, n, 2 * len(chosen))
    prepare(say)

    def ensemble(name: str, first: int, size: int, say_late: Say = silent, progress: Progress | None = None) -> Results:
        if month is None or name == BASE:
            return run_named(chosen[name], name, size, key, workers, first=first, execution=execution, progress=progress)
        try:
            forked = run_forked(
                base, chosen[name], month, replicates=size, seed=key, first=first, workers=workers, execution=execution,
                progress=progress, say=say_late,
            )  # fmt: skip
        except ForkError as error:
            raise UsageError(f"{name}: {error}") from None
        forked.attributes["variant"] = name
        return forked

    results = _run_all(ensemble, list(chosen), n, say)
    changes = {name: changes_of(loaded, name) for name in names}
    if month is not None:
        when = results[BASE].coords["month"][month]
        changes = {name: [*lines, f"from {when} on; before that all is as in the base"] for name, lines in changes.items()}
    try:
        tables, words = compare_results(results, changes)
    except NotPairedError as error:
        raise UsageError(str(error)) from None
    risk = _risk(ensemble, list(chosen), min(n, MOST_IN_BATCHES))
    return Comparison(chosen, results, **tables, risk=risk, words=words, from_month=month)


def _run_all(ensemble: Callable[..., Results], names: list[str], n: int, say: Say) -> dict[str, Results]:
    """Run the ensembles one after the other, with a progress bar."""
    results: dict[str, Results] = {}
    with terminal.progress(n * len(names)) as progress:

        def show(done: int) -> None:
            if progress is not None:
                progress(n * len(results) + done)

        for name in names:
            results[name] = ensemble(name, 0, n, say, show)
    return results


def _risk(ensemble: Callable[[str, int, int], Results], names: list[str], n: int) -> pd.DataFrame:
    """Return the difference in risk at the end of the run, by state, with intervals from batches."""
    import pandas as pd

    batches = {name: [ensemble(name, first, size) for first, size in batch_sizes(n)] for name in names}
    return pd.concat([batch_differences(batches[BASE], batches[name]) for name in names if name != BASE], ignore_index=True)


def draw_comparison(comparison: Comparison, folder: Path, formats: list[str]) -> list[Path]:
    """Draw the figures of a comparison."""
    from stability_sim.report.figures.comparison import difference_map, divergence_timeline, dots

    folder.mkdir(parents=True, exist_ok=True)
    counts, wars = {}, {}
    for name in comparison.variants:
        rows = comparison.divergence[comparison.divergence["variant"] == name]
        counts[name] = timeline(rows, len(comparison.base.coords["month"]))
        wars[name] = comparison.wars.loc[comparison.wars["variant"] == name, "month"].to_numpy(dtype=int)
    written = difference_map(comparison.base, comparison.risk, folder, formats)
    written += dots(comparison.base, comparison.contrasts, folder, formats)
    return written + divergence_timeline(
        comparison.base, counts, wars, int(comparison.contrasts["replicates"].min()), folder, formats
    )


def default_folder(comparison: Comparison) -> Path:
    """Return the folder of a comparison for which none is named."""
    fork = [] if comparison.from_month is None else [f"from{comparison.from_month}"]
    names = ["all"] if len(comparison.variants) > 3 else comparison.variants
    decides = {name: content_hash(scenario) for name, scenario in comparison.scenarios.items()}
    return study_folder(comparison.base, "compare", *names, *fork, decides=decides)


def _with_units(base: Results, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the unit of its numbers behind the column that names them, if it has one."""
    name_column = next((column for column in ("outcome", "flow") if column in table.columns), None)
    if name_column is None:
        return table
    unit_of = {name: variable.unit for name, variable in base.variables.items()} | UNITS
    units = [unit_of.get(name) or unit_of.get(name.removesuffix("_on_set"), "") for name in table[name_column]]
    position = list(table.columns).index(name_column) + 1
    return table.assign(unit=units)[[*table.columns[:position], "unit", *table.columns[position:]]]


def write_comparison(comparison: Comparison, target: Path | None = None, *, figures: bool = True) -> Path:
    """Write a comparison: contrasts.csv, divergence.csv, what-changed.md, a run folder for each variant, figures."""

    def write(folder: Path) -> None:
        for name in TABLES:
            write_table(_with_units(comparison.base, getattr(comparison, name)), folder / f"{name}.csv")
        (folder / "what-changed.md").write_text(comparison.words, encoding="utf-8")
        for name, results in comparison.results.items():
            run = folder / "runs" / name
            run.mkdir(parents=True)
            write_run(run, results, comparison.scenarios[name], {"from_month": comparison.from_month})
        if figures:
            draw_comparison(comparison, folder / "figures", FORMATS)

    manifest = {
        "variants": comparison.variants, "months": comparison.base.attributes["months"], "from_month": comparison.from_month,
        "results_hashes": {name: results.hash() for name, results in comparison.results.items()},
        "scenario_hashes": {name: content_hash(scenario) for name, scenario in comparison.scenarios.items()},
    }  # fmt: skip
    record = identity(comparison.base, comparison.scenarios[BASE]) | manifest
    return write_study(target or default_folder(comparison), "comparison", record, write)


def print_comparison(comparison: Comparison, seconds: float) -> None:
    """Print what differs, for people: the clear differences of each variant, and how many replicates have other wars."""
    console = terminal.console(118)
    attributes = comparison.base.attributes
    console.print(terminal.bold(attributes["title"], f" · {len(comparison.variants)} variants against the base · {attributes['replicates']:,} paired "
                  f"replicates, seed {attributes['seed']} · {seconds:.1f} s"))  # fmt: skip
    for name in comparison.variants:
        rows = comparison.contrasts[comparison.contrasts["variant"] == name]
        table = terminal.table(name, "base", "variant", "difference", "95 % interval", "differ")
        for row in clear_rows(rows).head(8).itertuples():
            table.add_row(
                str(row.label), f"{row.base_mean:,.3g}", f"{row.variant_mean:,.3g}", f"{row.difference:+,.3g}",
                f"{row.low:+,.3g} to {row.high:+,.3g}", f"{row.share_differs:.1%}",
            )  # fmt: skip
        console.print(table if table.row_count else terminal.bold(name, ": no difference is clear with these replicates"))
        wars = comparison.wars[comparison.wars["variant"] == name]
        console.print(f"  the wars themselves differ in {len(wars):,} of {int(rows['replicates'].min()):,} replicates")
    console.print("Differences that are clear when all outcomes are looked at together; intervals show luck only.")
