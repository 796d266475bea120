"""Which channel matters, who exports conflict and who imports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stability_sim import terminal
from stability_sim.analysis.shapley import CHANNELS, HIDDEN, HIDDEN_PARAMETER, Values, hazard_shares, importance, shapley
from stability_sim.analysis.spread import Spread, spread
from stability_sim.engine.mechanisms import Mechanism, register
from stability_sim.engine.schedule import Process
from stability_sim.ensemble.run import prepare, run
from stability_sim.results.results import Results
from stability_sim.scenario import Loaded, Scenario, apply_settings, content_hash, variant_scenarios
from stability_sim.scenario.events import Outbreak, Peace
from stability_sim.storage.run_folder import FORMATS, identity, study_folder, write_run, write_study, write_table
from stability_sim.studies.points import Say, check_outcomes, check_size, silent, with_parameters

if TYPE_CHECKING:
    import pandas as pd

# The next-generation matrix is measured by putting each state in turn at war in a world at peace, on paired draws. Counting the
# conflicts that others brought about in a run would leave it full of zeros, because few conflicts spread. The hazard that a war
# adds elsewhere is known in every month, without waiting for an onset: its sum over a war, in a world that stays at peace
# otherwise, is rate times duration, and the difference between paired runs holds little luck. No other conflict begins
# meanwhile: secondary conflicts, and relapses of the first state, count as conflicts of their own.
HORIZON_MONTHS = 240  # long enough for nearly all wars to end
BATCHES = 5
REPLICATES = 100
MOST_STATES = 60
DOMESTIC = "domestic"


def _nothing_begins(_settings: Mapping[str, float]) -> Process:
    """Return the process that replaces onset: states at peace stay so, and count the months since their last conflict."""

    def nothing_begins(*arguments: Any) -> None:  # noqa: ANN401 - the arguments of every process
        now, after = (getattr(world, "fields", world) for world in arguments[2:4])
        after.since_conflict[:] = now.since_conflict + (now.in_conflict == 0)

    return nothing_begins


STILL = Mechanism("nothing-begins", _nothing_begins, "instead of", "onset", {}, "No conflict begins by itself")


def _hazards(scenario: Scenario, seed: int, workers: int | None) -> NDArray[np.float64]:
    """Return the hazard from abroad of each state, summed over a run: (batch, state)."""
    size = REPLICATES // BATCHES
    hazards = []
    for b in range(BATCHES):
        results = run(scenario, replicates=size, seed=seed, first=b * size, workers=workers)
        abroad = [k for k, channel in enumerate(results.coords["channel"]) if channel != DOMESTIC]
        hazards.append(results["hazard"][:, abroad].sum(axis=1))
    return np.array(hazards)


def introductions(scenario: Scenario, seed: int, workers: int | None = None) -> NDArray[np.float64] | None:
    """Return what a war of each state adds to the hazard of each other over its length: (batch, target, origin).

    Parameters
    ----------
    scenario : Scenario
        Resolved.
    seed : int
        Of all draws.
    workers : int, optional
        Threads.

    Returns
    -------
    matrices : array, or None
        Five independent estimates of the next-generation matrix, expected onsets; None for more than 60 states.
    """
    codes = list(scenario.states)
    if len(codes) > MOST_STATES:
        return None
    calm = scenario.model_copy(update={"events": [e for e in scenario.events if not isinstance(e, Outbreak | Peace)]})
    register(STILL)
    calm = calm.model_copy(update={"mechanisms": {**scenario.mechanisms, STILL.name: {}}})
    peace = apply_settings(calm, [f"states.{code}.in_conflict=false" for code in codes])
    peace = apply_settings(peace, [f"months={max(HORIZON_MONTHS, scenario.months)}"])
    without = _hazards(peace, seed, workers)
    matrices = np.zeros((BATCHES, len(codes), len(codes)))
    for j, code in enumerate(codes):
        at_war = apply_settings(peace, [f"states.{code}.in_conflict=true", f"states.{code}.conflict_age=0"])
        matrices[:, :, j] = _hazards(at_war, seed, workers) - without
        matrices[:, j, j] = 0.0
    return matrices


@dataclass(frozen=True)
class Attribution:
    """A run, how it spreads, and the importance of the channels by three measures of one outcome.

    ``effect`` is what all channels from abroad together add to the outcome, in the mean a run.
    """

    scenario: Scenario
    results: Results
    spread: Spread
    importance: pd.DataFrame
    outcome: str
    effect: float
    variant: str


def attribute(
    loaded: Loaded,
    *,
    variant: str | None = None,
    outcome: str = "onsets",
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    say: Say = silent,
) -> Attribution:
    """Run a scenario with every set of its channels from abroad (2^5 paired ensembles) and measure the importance of each.

    Parameters
    ----------
    loaded : Loaded
        The scenario file.
    variant : str, optional
        A variant of it.
    outcome : str
        What is attributed: an outcome of the region, such as onsets or deaths.
    replicates, seed, workers : int, optional
        As for a run.
    say : callable
        Called with a message about each step.
    """
    scenario = variant_scenarios(loaded, variant=variant)
    n, key = replicates or scenario.replicates, scenario.seed if seed is None else seed
    check_size(scenario, n, 2 ** len(CHANNELS))
    prepare(say)
    results = run(scenario, replicates=n, seed=key, workers=workers)
    results.attributes["variant"] = variant or "base"
    check_outcomes([outcome], results.coords["outcome"])

    def outcome_without(parameters: list[str]) -> Values:
        ensemble = results
        if parameters:
            ensemble = run(with_parameters(scenario, dict.fromkeys(parameters, 0.0)), replicates=n, seed=key, workers=workers)
        return ensemble.outcome(outcome).astype(np.float64)

    say(f"{2 ** len(CHANNELS)} ensembles of {n:,} replicates ...")
    by_channels: dict[frozenset[str], Values] = {}

    def value(channels: frozenset[str]) -> Values:
        by_channels[channels] = outcome_without([off for name in CHANNELS if name not in channels for off in CHANNELS[name][0]])
        return by_channels[channels]

    values = shapley(list(CHANNELS), value)
    everything = frozenset(CHANNELS)
    single = {name: by_channels[everything - {name}] for name in CHANNELS} | {HIDDEN: outcome_without([HIDDEN_PARAMETER])}
    table = importance(hazard_shares(results), by_channels[everything], single, values)
    say("Each state at war in turn ...")
    matrices = introductions(scenario, key, workers)
    effect = float((by_channels[everything] - by_channels[frozenset()]).mean())
    return Attribution(scenario, results, spread(results, matrices), table, outcome, effect, variant or "base")


def write_attribution(attribution: Attribution, target: Path | None = None, *, figures: bool = True) -> Path:
    """Write an attribution: importance.csv, spread.csv, next-generation.csv, the run, figures."""
    import pandas as pd

    def write(folder: Path) -> None:
        write_table(attribution.importance, folder / "importance.csv")
        write_table(attribution.spread.states, folder / "spread.csv")
        matrix = pd.DataFrame(attribution.spread.matrix, columns=attribution.spread.codes)
        matrix.insert(0, "target", attribution.spread.codes)
        write_table(matrix, folder / "next-generation.csv")
        (folder / "run").mkdir()
        write_run(folder / "run", attribution.results, attribution.scenario, {})
        if figures:
            from stability_sim.report.figures.attribution import exporters_and_importers, importance_bars

            (folder / "figures").mkdir()
            exporters_and_importers(attribution.results, attribution.spread, folder / "figures", FORMATS)
            importance_bars(attribution.results, attribution.importance, attribution.outcome, folder / "figures", FORMATS)

    manifest = {
        "outcome": attribution.outcome, "effect": attribution.effect, "r0": attribution.spread.r0, "results_hash": attribution.results.hash(),
    }  # fmt: skip
    default = study_folder(
        attribution.results, "attribute", attribution.variant, attribution.outcome, decides=content_hash(attribution.scenario)
    )
    return write_study(target or default, "attribution", identity(attribution.results, attribution.scenario) | manifest, write)


def _plus_minus(half: float) -> str:
    """Return half the width of an interval as it is printed; nothing if it is NaN."""
    return f" ± {half:.2g}" if half == half else ""


def print_attribution(attribution: Attribution) -> None:
    """Print the three measures side by side, and who exports and imports, for people."""
    console = terminal.console(118)
    attributes, measures = attribution.results.attributes, attribution.spread
    design = f"variant {attribution.variant} · {attributes['replicates']:,} paired replicates, seed {attributes['seed']}"
    console.print(terminal.bold(attributes["title"], f" · {design}"))
    names = ("hazard share", "knock-out", "of the whole", "Shapley", "of the whole")
    table = terminal.table(f"channel (outcome: {attribution.outcome})", *names)
    for row in attribution.importance.to_dict("records"):
        shown = [f"{row['hazard_share']:.1%}", f"{row['knock_out']:+.4g} ± {1.96 * row['knock_out_se']:.2g}",
                 f"{row['knock_out_share']:.1%}", f"{row['shapley']:+.4g} ± {1.96 * row['shapley_se']:.2g}",
                 f"{row['shapley_share']:.1%}"]  # fmt: skip
        table.add_row(row["channel"], *("" if "nan" in text else text for text in shown))
    console.print(table)
    console.print(f"All channels from abroad together: {attribution.effect:+.4g} {attribution.outcome} a run.")
    interval = f" ({measures.r0_low:.3f} to {measures.r0_high:.3f})" if measures.r0_low == measures.r0_low else ""
    console.print(f"R0 {measures.r0:.3f}{interval}; realised {measures.realised_r:.3f} a conflict; "
                  f"mean duration {measures.mean_duration_months:.0f} months.")  # fmt: skip
    for title, column, unit in (
        ("exporters", "exports", "conflicts brought about by one of its own"),
        ("importers", "imports", "conflicts brought in, a run"),
    ):
        rows = measures.states[measures.states[column] > 0].sort_values(column, ascending=False, kind="stable").head(5)
        ranking = "; ".join(f"{row['name']} {row[column]:.3g}{_plus_minus(row[column + '_half'])}" for _, row in rows.iterrows())
        console.print(f"{title} ({unit}): {ranking or 'none'}")
    console.print("Conditional on the assumptions of the scenario; ± is 95 %, luck only.")
