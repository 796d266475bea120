"""Commands that take several ensembles: compare, attribute, sensitivity, discover, uncertainty."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from stability_sim import terminal
from stability_sim.commands.options import FIGURES, FILE, SEED, SET, VARIANT, WORKERS, load
from stability_sim.terminal import say

_N = Annotated[int | None, typer.Option("-n", "--replicates", min=1, max=1_000_000, help="Runs in each ensemble.")]


def _writable(output: Path | None) -> Path | None:
    """Refuse a place that cannot be written to before anything is computed."""
    if output is not None:
        from stability_sim.ensemble.store import check_target

        check_target(output)
    return output


_OUTPUT = Annotated[
    Path | None,
    typer.Option("-o", "--output", callback=_writable, help="Folder; one in outputs/<scenario>/ if not given."),
]
_POSTERIOR = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw parameters from what calibrate wrote, whole rows of its sample; a file may name it."),
]


def compare(
    file: FILE,
    more: Annotated[list[str] | None, typer.Argument(metavar="[VARIANT]...", help="Further variants.")] = None,
    variants: Annotated[list[str] | None, typer.Option("--variant", "-V", help="Variants; all of the file if none.")] = None,
    replicates: _N = None,
    seed: SEED = None,
    settings: SET = None,
    from_month: Annotated[
        str | None,
        typer.Option("--from-month", metavar="MONTH", help="The same past, a new policy from this month on (14, or 2022-10)."),
    ] = None,
    output: _OUTPUT = None,
    workers: WORKERS = None,
    figures: FIGURES = True,
) -> None:
    """Compare variants on paired draws: what differs, by how much, which way it travels, and since when."""
    from stability_sim.studies.compare_folder import print_comparison, write_comparison
    from stability_sim.studies.comparison import compare as comparison

    clock = time.perf_counter()
    found = comparison(
        load(file, settings), [*(variants or []), *(more or [])], replicates=replicates, seed=seed, from_month=from_month,
        workers=workers, say=say,
    )  # fmt: skip
    seconds = time.perf_counter() - clock
    if figures:
        say("Drawing ...")
    target = write_comparison(found, output, figures=figures)
    print_comparison(found, seconds)
    terminal.write(f"\n{target}\n")


def attribute(
    file: FILE,
    variant: VARIANT = None,
    outcome: Annotated[str, typer.Option(help="What is attributed, such as onsets, cross_border_onsets or deaths.")] = "onsets",
    replicates: _N = None,
    seed: SEED = None,
    settings: SET = None,
    output: _OUTPUT = None,
    workers: WORKERS = None,
    figures: FIGURES = True,
) -> None:
    """Tell which channel matters (hazard share, knock-out, Shapley), who exports conflict and who imports it."""
    from stability_sim.studies.attribution import attribute as attributed
    from stability_sim.studies.attribution import print_attribution, write_attribution

    found = attributed(
        load(file, settings), variant=variant, outcome=outcome, replicates=replicates, seed=seed, workers=workers, say=say
    )
    target = write_attribution(found, output, figures=figures)
    print_attribution(found)
    terminal.write(f"\n{target}\n")


def sensitivity(
    file: FILE,
    variant: VARIANT = None,
    outcomes: Annotated[list[str] | None, typer.Option("--outcome", help="Outcomes; the headline numbers if none.")] = None,
    factors: Annotated[
        list[str] | None,
        typer.Option("--factors", metavar="PATTERN", help="Numbers to vary, such as 'states.TJK.*'; all if none."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=200, help="Numbers whose share of the variance is estimated.")] = 6,
    trajectories: Annotated[int, typer.Option(min=2, max=1000, help="Morris trajectories.")] = 6,
    base_sample: Annotated[int, typer.Option(min=8, max=65536, help="Base sample of the Sobol designs, a power of two.")] = 64,
    replicates: _N = None,
    seed: SEED = None,
    settings: SET = None,
    output: _OUTPUT = None,
    workers: WORKERS = None,
    figures: FIGURES = True,
) -> None:
    """Tell which number moves which outcome (Morris, Sobol), and how much rests on assumed numbers."""
    from stability_sim.studies import sensitivity as study

    found = study.sensitivity(
        load(file, settings), variant=variant, outcomes=outcomes or [], factors=factors or [], top=top, trajectories=trajectories,
        base_sample=base_sample, replicates=replicates, seed=seed, workers=workers, say=say,
    )  # fmt: skip
    target = study.write_sensitivity(found, output, figures=figures)
    study.print_sensitivity(found)
    terminal.write(f"\n{target}\n")


def discover(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sensitivity study or a sweep.")],
    outcome: Annotated[str | None, typer.Option(help="Outcome; the first of the sample if not given.")] = None,
    above: Annotated[float | None, typer.Option(help="It occurs from here on; upper quartile if not given.")] = None,
    below: Annotated[float | None, typer.Option(help="It occurs up to here.")] = None,
    density: Annotated[float, typer.Option(min=0.05, max=1.0, help="Share of a box in which it should occur.")] = 0.8,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A CSV file for the boxes.")] = None,
) -> None:
    """Tell under which conditions on the numbers an outcome occurs (PRIM)."""
    from stability_sim.studies.discovery import box_table, print_discovery
    from stability_sim.studies.discovery import discover as discovered
    from stability_sim.studies.folders import write_table
    from stability_sim.writing import one_file

    found = discovered(folder, outcome, above=above, below=below, density=density)
    if output is not None:
        with one_file(output) as place:
            write_table(box_table(found), place)
    print_discovery(found)


def uncertainty(
    file: FILE,
    variant: VARIANT = None,
    contrast: Annotated[bool, typer.Option("--contrast", help="Split the difference of the variant from the base.")] = False,
    outcomes: Annotated[list[str] | None, typer.Option("--outcome", help="Outcomes; the headline numbers if none.")] = None,
    points: Annotated[int, typer.Option(min=2, max=100_000, help="Points of the numbers under each structure.")] = 24,
    posterior: _POSTERIOR = None,
    replicates: _N = None,
    seed: SEED = None,
    settings: SET = None,
    output: _OUTPUT = None,
    workers: WORKERS = None,
    figures: FIGURES = True,
) -> None:
    """Split the uncertainty of each headline number into luck, parameters and structure."""
    from stability_sim.studies.uncertainty import uncertainty as study
    from stability_sim.studies.uncertainty_folder import print_uncertainty, write_uncertainty

    found = study(
        load(file, settings, posterior), variant=variant, contrast=contrast, outcomes=outcomes or [], n_points=points,
        replicates=replicates, seed=seed, workers=workers, say=say,
    )  # fmt: skip
    target = write_uncertainty(found, output, figures=figures)
    print_uncertainty(found)
    terminal.write(f"\n{target}\n")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to an application."""
    for command in (compare, attribute, sensitivity, discover, uncertainty):
        app.command()(command)
