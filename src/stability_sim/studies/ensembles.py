"""Variants and points of a scenario on the same draws, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stability_sim.ensemble.run import BASE, run
from stability_sim.results import Results
from stability_sim.scenario import Loaded, Scenario, variant_scenarios
from stability_sim.units import month_index, month_labels
from stability_sim.usage import UsageError

Say = Callable[[str], None]
MOST_AT_ONCE = 20_000_000_000  # replicates times months times entities over all ensembles of a study
MONTHS_OF_ONE = 2_000_000_000


def silent(text: str) -> None:
    """Say nothing."""


def chosen_variants(loaded: Loaded, names: Sequence[str]) -> list[str]:
    """Return the variants to compare with the base, each once: those named, or all of the file."""
    wanted = [name for name in dict.fromkeys(names or loaded.scenario.variants) if name != BASE]
    if not wanted:
        raise UsageError(f"{loaded.scenario.scenario} has no variants to compare: add some to the file")
    return wanted


def scenarios(loaded: Loaded, names: Sequence[str]) -> dict[str, Scenario]:
    """Return the resolved scenario of the base and of each variant."""
    return {name: variant_scenarios(loaded, variant=name) for name in (BASE, *names)}


def check_size(one: Scenario, replicates: int, times: int) -> None:
    """Raise UsageError if a study is larger than anybody wants to wait for."""
    size = replicates * one.months * (len(one.states) + len(one.groups))
    if size > MONTHS_OF_ONE or size * times > MOST_AT_ONCE:
        raise UsageError(f"{replicates:,} replicates of {times:,} ensembles are more than a study may hold: use fewer replicates")


def fork_month(base: Scenario, written: str | int) -> int:
    """Return the number of months before a fork, from a number or a month such as 2022-10."""
    text = str(written)
    try:
        month = int(text) if text.isdigit() else month_index(text, base.start)
    except ValueError:
        raise UsageError(f"{text!r} is no month: write a number of months, or a month as YYYY-MM") from None
    if not 0 <= month < base.months:
        last = month_labels(base.start, base.months)[-1]
        raise UsageError(
            f"the fork is at month {text}, but the run has the months 0 to {base.months - 1} ({base.start} to {last})"
        )
    return month


def run_named(
    scenario: Scenario, name: str, replicates: int, seed: int, workers: int | None = None, *, first: int = 0
) -> Results:
    """Run an ensemble and give it the name of its variant."""
    results = run(scenario, replicates=replicates, seed=seed, first=first, workers=workers)
    results.attributes["variant"] = name
    return results
