"""A scenario run under each of the rival rules, and how well each fits what happened."""

from __future__ import annotations

from pathlib import Path

from stability_sim import terminal
from stability_sim.analysis.observed_card import fits
from stability_sim.analysis.rivals import TOGETHER, Ratio, in_words, ratios
from stability_sim.ensemble.run import prepare, run
from stability_sim.report.tables import write_rows
from stability_sim.scenario import Loaded, Rules, Scenario, variant_scenarios, with_rules
from stability_sim.scenario.rules import RULES_SET
from stability_sim.storage.files import UsageError, check_writable, one_file
from stability_sim.studies.points import Say, silent

FEWEST_RUNS = 20  # that fit everything, for a ratio to be more than luck


def rival_rules() -> dict[str, list[str]]:
    """Return the names of the rules of each dispute."""
    return {field: [name for dispute, name in RULES_SET if dispute == field] for field in Rules.model_fields}


def compare_rules(
    scenario: Scenario,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    say: Say = silent,
) -> dict[str, list[Ratio]]:
    """Return, for each dispute, the likelihood ratios of its rules; all else is as the scenario says, on the same dice.

    Raises
    ------
    UsageError
        The scenario does not say what happened, in a way that single runs can be held against.
    """
    if not scenario.observed:
        raise UsageError(f"{scenario.scenario} does not say what happened: it needs a section observed")
    by_dispute = {}
    for field, names in rival_rules().items():
        by_rule = {}
        for name in names:
            say(f"{field}: {name} ...")
            chosen = with_rules(scenario, {field: name})
            by_rule[name] = fits(run(chosen, replicates=replicates, seed=seed, workers=workers))
            if not by_rule[name]:
                raise UsageError(f"nothing of what happened in {scenario.scenario} can be read off single runs")
        by_dispute[field] = ratios(by_rule)
    return by_dispute


def _most_telling(rows: list[Ratio]) -> Ratio:
    return max((r for r in rows if r.observation != TOGETHER), key=lambda r: max(r.ratio, 1.0 / r.ratio))


def print_rivals(scenario: Scenario, by_dispute: dict[str, list[Ratio]]) -> None:
    """Print the ratios of all observations together, and of the most telling one, with what they are worth."""
    console = terminal.console(140)
    console.print(terminal.bold(scenario.title or scenario.scenario, ": what happened, under rival rules"))
    table = terminal.table("dispute", "rule", "against", "P(what happened)", "ratio", "90 %", "worth", numbers=slice(0))
    for field, rows in by_dispute.items():
        for r in (row for row in rows if row.observation == TOGETHER):
            chances = f"{r.probability:.2%} : {r.probability_against:.2%}"
            table.add_row(field, r.rule, r.against, chances, f"{r.ratio:.2f}", f"{r.low:.2f} to {r.high:.2f}", in_words(r.ratio))
    console.print(table)
    for field, rows in by_dispute.items():
        r = _most_telling(rows)
        rules = f"{r.rule} : {r.against} = {r.ratio:.2f} ({in_words(r.ratio)})"
        console.print(f"{field}: what tells most is {r.observation}, {rules}")
    of_all = [r for rows in by_dispute.values() for r in rows if r.observation == TOGETHER]
    if min(r.probability * r.runs for r in of_all) < FEWEST_RUNS:
        console.print(
            f"Under some rule fewer than {FEWEST_RUNS} of {of_all[0].runs} runs fit all of it: raise -n, or go by what tells most."
        )
    largest = max(max(r.ratio, 1 / r.ratio) for r in of_all)
    console.print(
        f"The largest ratio is {largest:.1f}: this one case moves odds between rival rules by no more than that. "
        "Intervals show the luck of the runs; the rest of the model is as assumed."
    )


def write_rivals(by_dispute: dict[str, list[Ratio]], path: Path) -> None:
    """Write every ratio as CSV."""
    rows = ((field, *ratio) for field, of_field in by_dispute.items() for ratio in of_field)
    with one_file(path) as place:
        write_rows(place, ("dispute", *Ratio._fields), rows)


def rivals_of_file(
    loaded: Loaded,
    *,
    variant: str | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    output: Path | None = None,
    workers: int | None = None,
    say: Say = print,
) -> dict[str, list[Ratio]]:
    """Run a scenario file under its rival rules and print the likelihood ratios between them."""
    scenario = variant_scenarios(loaded, variant=variant)
    if output is not None:
        check_writable(output.parent)
    prepare(say)
    by_dispute = compare_rules(scenario, replicates=replicates, seed=seed, workers=workers, say=say)
    print_rivals(scenario, by_dispute)
    if output is not None:
        write_rivals(by_dispute, output)
        terminal.write(f"\n{output}\n")
    return by_dispute
