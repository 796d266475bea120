"""A comparison on disk, and its summary for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stability_sim import terminal
from stability_sim.analysis.contrast import clear_rows
from stability_sim.analysis.divergence import timeline
from stability_sim.ensemble.run import BASE
from stability_sim.ensemble.store import write_run
from stability_sim.report.dictionary import UNITS
from stability_sim.results import Results
from stability_sim.scenario import content_hash
from stability_sim.studies.comparison import Comparison
from stability_sim.studies.folders import FORMATS, identity, study_folder, write_study, write_table

_UNITS = UNITS | {"ever_onset": "share, 0 to 1", "arrivals_on_set": "conflicts"}
TABLES = ("contrasts", "pathways", "flows", "divergence", "wars", "risk")


def draw_comparison(found: Comparison, folder: Path, formats: list[str]) -> list[Path]:
    """Draw the figures of a comparison."""
    from stability_sim.report.figures.comparison import difference_map, divergence_timeline, dots

    folder.mkdir(parents=True, exist_ok=True)
    counts, wars = {}, {}
    for name in found.variants:
        mine = found.divergence[found.divergence["variant"] == name]
        counts[name] = timeline(mine, len(found.base.coords["month"]))
        wars[name] = found.wars.loc[found.wars["variant"] == name, "month"].to_numpy(dtype=int)
    written = difference_map(found.base, found.risk, folder, formats)
    written += dots(found.base, found.contrasts, folder, formats)
    return written + divergence_timeline(found.base, counts, wars, int(found.contrasts["replicates"].min()), folder, formats)


def default_folder(found: Comparison) -> Path:
    """Return where a comparison goes if nobody says."""
    fork = [] if found.from_month is None else [f"from{found.from_month}"]
    names = ["all"] if len(found.variants) > 3 else found.variants
    decides = {name: content_hash(scenario) for name, scenario in found.scenarios.items()}
    return study_folder(found.base, "compare", *names, *fork, decides=decides)


def _with_units(base: Results, table: Any) -> Any:  # noqa: ANN401 - pandas tables
    """Return a table with the unit of its numbers behind the column that names them, if it has one."""
    named = next((column for column in ("outcome", "flow") if column in table.columns), None)
    if named is None:
        return table
    known = {name: variable.unit for name, variable in base.variables.items()} | _UNITS
    units = [known.get(name) or known.get(name.removesuffix("_on_set"), "") for name in table[named]]
    place = table.columns.get_loc(named) + 1
    return table.assign(unit=units)[[*table.columns[:place], "unit", *table.columns[place:]]]


def write_comparison(found: Comparison, target: Path | None = None, *, figures: bool = True) -> Path:
    """Write a comparison: contrasts.csv, divergence.csv, what-changed.md, a run folder for each variant, figures."""

    def write(folder: Path) -> None:
        for name in TABLES:
            write_table(_with_units(found.base, getattr(found, name)), folder / f"{name}.csv")
        (folder / "what-changed.md").write_text(found.words, encoding="utf-8")
        for name, results in found.results.items():
            run = folder / "runs" / name
            run.mkdir(parents=True)
            write_run(run, results, found.scenarios[name], {"from_month": found.from_month})
        if figures:
            draw_comparison(found, folder / "figures", FORMATS)

    manifest = {
        "variants": found.variants, "months": found.base.attributes["months"], "from_month": found.from_month,
        "results_hashes": {name: results.hash() for name, results in found.results.items()},
        "scenario_hashes": {name: content_hash(scenario) for name, scenario in found.scenarios.items()},
    }  # fmt: skip
    told = identity(found.base, found.scenarios[BASE]) | manifest
    return write_study(target or default_folder(found), "comparison", told, write)


def print_comparison(found: Comparison, seconds: float) -> None:
    """Print what differs, for people: the clear differences of each variant, and where the futures part."""
    from rich.table import Table

    console = terminal.console(118)
    told = found.base.attributes
    console.print(terminal.bold(told["title"], f" · {len(found.variants)} variants against the base · {told['replicates']:,} paired "
                  f"replicates, seed {told['seed']} · {seconds:.1f} s"))  # fmt: skip
    for name in found.variants:
        mine = found.contrasts[found.contrasts["variant"] == name]
        table = Table(name, *("base", "variant", "difference", "95 % interval", "differ"), box=None, header_style="bold")
        for column in table.columns[1:]:
            column.justify = "right"
        for row in clear_rows(mine).head(8).itertuples():
            table.add_row(
                row.label, f"{row.base_mean:,.3g}", f"{row.variant_mean:,.3g}", f"{row.difference:+,.3g}",
                f"{row.low:+,.3g} to {row.high:+,.3g}", f"{row.share_differs:.1%}",
            )  # fmt: skip
        console.print(table if table.row_count else terminal.bold(name, ": no difference is clear with these replicates"))
        wars = found.wars[found.wars["variant"] == name]
        console.print(f"  the wars themselves differ in {len(wars):,} of {int(mine['replicates'].min()):,} replicates")
    console.print("Differences that are clear when all outcomes are looked at together; intervals show luck only.")
