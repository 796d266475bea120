"""What an uncertainty study writes and prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stability_sim import terminal
from stability_sim.analysis.uncertainty import PARTS
from stability_sim.ensemble.store import SCENARIO
from stability_sim.scenario import content_hash, dump
from stability_sim.studies.folders import FORMATS, identity, study_folder, write_study, write_table
from stability_sim.studies.uncertainty import Uncertainty


def default_folder(found: Uncertainty) -> Path:
    """Return where the split of an uncertainty goes if nobody says."""
    parts = [found.base.attributes["variant"], *(["contrast"] if found.is_contrast else []), f"p{found.n_points}"]
    outcomes = [*dict.fromkeys(found.parts["outcome"]), *found.refused]
    decides = [content_hash(found.scenario), found.is_contrast, outcomes, found.numbers.posterior_sha256]
    return study_folder(found.base, "uncertainty", *parts, decides=decides)


def write_uncertainty(found: Uncertainty, target: Path | None = None, *, figures: bool = True) -> Path:
    """Write what the uncertainty is made of: tables of shares and intervals, what was varied, and both figures."""

    def write(folder: Path) -> None:
        (folder / SCENARIO).write_text(dump(found.scenario), encoding="utf-8")
        write_table(found.parts, folder / "uncertainty.csv")
        write_table(found.intervals, folder / "intervals.csv")
        write_table(found.numbers.sources(), folder / "numbers.csv")
        write_table(found.numbers.table(), folder / "design.csv")
        if figures:
            from stability_sim.report.figures.intervals import interval_bars
            from stability_sim.report.figures.sensitivity import uncertainty_bars

            (folder / "figures").mkdir()
            place, varied, contrast = folder / "figures", found.numbers.words, found.is_contrast
            uncertainty_bars(found.base, found.parts, place, FORMATS, contrast=contrast, varied=varied)
            told = found.intervals[~found.intervals["outcome"].isin(list(found.refused))]
            interval_bars(found.base, told, varied, place, FORMATS, contrast=contrast)

    posterior = found.numbers.posterior
    manifest = {
        "contrast": found.is_contrast, "points": found.n_points, "factors": found.n_factors,
        "structures": [rules.model_dump() for rules in found.structures], "refused": found.refused,
        "fitted": found.numbers.fitted,
        "posterior": None if posterior is None else {"file": str(posterior), "sha256": found.numbers.posterior_sha256},
    }  # fmt: skip
    return write_study(target or default_folder(found), "uncertainty", identity(found.base, found.scenario) | manifest, write)


def print_uncertainty(found: Uncertainty) -> None:
    """Print each headline number with what its variance is made of."""
    from rich.table import Table

    console = terminal.console(118)
    told = found.base.attributes
    console.print(terminal.bold(told["title"], f" · variant {told['variant']} · {len(found.structures)} structures × {found.n_points} "
                  f"points of {found.n_factors} numbers × {told['replicates']:,} replicates, seed {told['seed']}"))  # fmt: skip
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
    console.print(
        "More : less: share of the structures and points at which the mean is above, and below, 0. 90 % of means: over these."
    )
    console.print(f"Shares of the variance of one run's outcome, with 95 % intervals. Luck: the dice. Parameters: {found.numbers.words}.\n"
                  "Structure: rival rules on drills, contagion, refugees and alliances. What nobody has thought of is not in it.")  # fmt: skip
    _print_intervals(found, console)


def _print_intervals(found: Uncertainty, console: Any) -> None:  # noqa: ANN401 - rich is imported late
    """Print where the middle nine tenths of the runs lie, by what that includes."""
    from rich.table import Table

    kinds = list(dict.fromkeys(found.intervals["includes"]))
    table = Table("90 % of runs, including", *kinds, box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for outcome in dict.fromkeys(found.intervals["outcome"]):
        mine = found.intervals[found.intervals["outcome"] == outcome].set_index("includes")
        table.add_row(outcome, *(f"{mine.loc[kind, 'q05']:,.4g} to {mine.loc[kind, 'q95']:,.4g}" for kind in kinds))
    console.print("")
    console.print(table)
