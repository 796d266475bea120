"""Write docs/scenarios.md: what the model says of each scenario that ships, beside what happened.

Run it again after a change of the model or of a scenario: ``python scripts/scenario_cards.py [-n 1000]``. The numbers are those of
``stability-sim run NAME -n 1000``, with the seed of the file, so that the same version writes the same page.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stability_sim.analysis.observed_card import card
from stability_sim.ensemble.run import prepare, run
from stability_sim.report.observed_card import LUCK, cells
from stability_sim.report.tables import outcome_rows
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import CHANNEL_NAMES
from stability_sim.scenario import Loaded, Scenario, load, variant_scenarios
from stability_sim.scenario.load import shipped
from stability_sim.scenario.observed import MEASURES, usage

PAGE = Path(__file__).parents[1] / "docs" / "scenarios.md"
ORDER = (
    "kabul-2021", "central-asia-2021", "tajikistan-1992", "sahel-2012", "great-lakes-1994", "mano-river-1989", "syria-iraq-2011",
    "balkans-1991", "horn-of-africa", "nato-article-5", "four-rivers",
)  # fmt: skip
HEAD = """# The scenarios that ship

Eleven cases: nine of history, one for the classroom, one that is fictional. For each: its question, what the model says, what
happened, and what would count against the model. The numbers are the model's, written by `scripts/scenario_cards.py` from {n:,}
runs of each scenario ({m:,} of each variant) with the seed of its file; `stability-sim run NAME -n {n}` shows them too.

How to read them. A share of runs is a probability *under the assumptions of the file*; it holds luck alone, not what is not known of
the numbers and of the rules. Conflicts spread modestly in this model, as they do in the data: most that begin come from within,
and a war that is next door raises a risk of a few per cent a year by a few per cent more. No number was moved
to make a war happen or not: states that were fragile before are given as fragile, and what followed is left to the dice, so that a
case that was a surprise is a surprise here. The exception is `kabul-2021`: how ground is won was chosen with it in sight. And all files were
written by people who knew what happened, and how open borders were to refugees was set in view of where people went, so that rows on refuge are
hardly evidence. One case proves little. Eleven that were chosen because they are famous prove little more; the world panel is the place to test
on. Famous wars lasted: in most runs those of Mali, Somalia and Tajikistan are over years before they were.

Under each case, what the variants change, run by run with the same dice: the mean number of conflicts that come over a border, the state
whose chance of a conflict changes most (in points of per cent), and the outcome that changes most beside its spread from run to run. A
war that ends sooner can begin again, so that more beginnings need not mean more war.
"""


class Effect(NamedTuple):
    """What a variant changes: means of paired differences, and the state whose chance of onset changes most."""

    variant: str
    note: str
    abroad: float
    state: str
    points: float
    outcome: str
    was: float
    becomes: float


def _outcome(results: Results, name: str) -> np.ndarray:
    return results["outcome_per_replicate"][:, results.index("outcome", name)]


def _effect(loaded: Loaded, base: Results, variant: str, n: int) -> Effect:
    changed = run(variant_scenarios(loaded, variant=variant), replicates=n)
    states = [code for code in changed.coords["state"] if code in base.coords["state"]]
    moved = {
        code: float(changed["ever_onset"][changed.index("state", code)])
        - float((base["onset_month"][:n, base.index("state", code)] >= 0).mean())
        for code in states
    }
    most = max(states, key=lambda code: abs(moved[code]))
    abroad = float((_outcome(changed, "cross_border_onsets") - _outcome(base, "cross_border_onsets")[:n]).mean())
    name = base.attributes["names"].get(most, most)
    note = loaded.scenario.variants[variant].note
    return Effect(variant, note, abroad, name, 100 * moved[most], *_most_moved(base, changed, n))


def _most_moved(base: Results, changed: Results, n: int) -> tuple[str, float, float]:
    """Return the outcome that a variant moves most, for its spread over the runs, with its two means."""
    was, becomes = base["outcome_per_replicate"][:n], changed["outcome_per_replicate"]
    labels = base.coords["outcome"]
    spread = np.sqrt(was.var(axis=0) + becomes.var(axis=0)) + 1e-9
    moved = np.abs((becomes.mean(axis=0) - was.mean(axis=0)) / spread)
    moved[labels.index("attacks_on_allies")] = 0.0  # without an alliance there is none, whoever attacks
    k = int(moved.argmax())
    label = outcome_rows(base)[k].label.removeprefix("... of these ")
    return label, float(was[:, k].mean()), float(becomes[:, k].mean())


def _spread(results: Results) -> str:
    """Return the sentences on how much began, how much of it came from abroad, and by which way."""
    begun, abroad = _outcome(results, "onsets"), _outcome(results, "cross_border_onsets")
    by_channel = results["transmissions"].copy()
    for k in range(len(results.coords["state"])):
        by_channel[:, k, k] = 0
    sums = by_channel.sum(axis=(1, 2))
    first = results.coords["channel"][int(sums.argmax())]
    share = abroad.sum() / max(begun.sum(), 1)
    text = f"A run sees {begun.mean():.1f} conflicts begin on average; {share:.0%} of them come from another state"
    text += f", most often by {CHANNEL_NAMES[first]} ({sums.max() / sums.sum():.0%} of those)" if sums.sum() else ""
    return f"{text}. In {(abroad > 0).mean():.0%} of the runs at least one comes from another state."


def _states(results: Results) -> str:
    """Return the sentence on which states at peace are hit most often."""
    names = results.attributes["names"]
    drawn = [
        code for code in results.attributes["map"]["states"] if not results["initial_conflict"][results.index("state", code)]
    ]
    risk = {code: float(results["ever_onset"][results.index("state", code)]) for code in drawn}
    ordered = sorted(drawn, key=lambda code: -risk[code])
    told = [f"{names[code]} {risk[code]:.0%}" for code in ordered]
    listed = ", ".join(told if len(told) <= 6 else [*told[:4], "...", *told[-2:]])
    return f"Of the states at peace at the start, a conflict begins in: {listed}."


def _card(results: Results) -> list[str]:
    rows = cells(card(results))
    if not rows:
        return []
    lines = ["", "| what happened | observed | runs: median (5 to 95 %) | share of runs that fit | |", "|---|---|---|---:|---|"]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows)]


def _signed(value: float, digits: int) -> str:
    """Return a difference with its sign; a plain zero if it rounds to one."""
    return f"{value:+.{digits}f}" if abs(value) >= 0.5 * 10**-digits else "0"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _effects(effects: list[Effect]) -> list[str]:
    lines = ["", "| variant | asks | from abroad | chance of conflict | outcome that moves most |", "|---|---|---:|---|---|"]
    for e in effects:
        points = _signed(e.points, 0)
        place = f"{e.state} {points}" if points != "0" else "–"
        moved = f"{e.outcome}: {_shown(e.was)} → {_shown(e.becomes)}" if _shown(e.was) != _shown(e.becomes) else "–"
        lines.append(f"| `{e.variant}` | {e.note} | {_signed(e.abroad, 2)} | {place} | {moved} |")
    return lines


def _section(name: str, n: int, m: int) -> list[str]:
    loaded = load(shipped()[name])
    scenario: Scenario = loaded.scenario
    results = run(variant_scenarios(loaded), replicates=n)
    effects = [_effect(loaded, results, variant, min(m, n)) for variant in scenario.variants]
    return [
        "", f"## {scenario.title} (`{name}`)", "", f"**{scenario.question.strip()}**", "",
        f"*What the model says* ({len(scenario.states)} states, {scenario.months} months from {scenario.start}). {_spread(results)} {_states(results)}",
        "", f"*What happened.* {scenario.happened.strip()}", "", f"*What would count against the model.* {scenario.against.strip()}",
        *_card(results), *_effects(effects),
    ]  # fmt: skip


TAIL = """
## Who fights whom, and who helps

A war at the start can be told in two ways. The short one is of the state: `in_conflict: true`, with `deaths_per_year` and `conflict_age`. It is
then fought by the strongest group that has its home there and does not govern, or by rebels whom nobody has named, and half of the outcome is a
draw: how strong those are. The long one names both sides, and can tell of several wars of a state, or of one that is over:

```yaml
groups:
  m23: {home: COD, control: 0.7, fighters: {COD: 5000}}
  adf: {home: COD, control: 0.4, fighters: {COD: 1500}}
conflicts:
  - {state: COD, group: m23, deaths_per_year: 1900, age: 30, ground: 0.3}
  - {state: COD, group: adf, deaths_per_year: 400, age: 120}
  - {state: COD, fought: false, age: 48, since: 20, ended: settlement}        # no group: rebels without a name
```

Where the file lists a conflict of a state, what the state itself says of one is not looked at. `since` and `ended` are of a conflict that is over:
how long ago, and how (`government`, `takeover`, `settlement`, `fades`), since that decides how soon it [begins
again](mechanisms/onset.md). `ground` is what the rebels [hold](mechanisms/ground.md). `usual_deaths` is the level to which deaths return, if the present
ones are out of the common. A conflict that is fought with fewer than 25 deaths a year is
there, but the state does not count as in conflict.

Who is stronger follows from the file: `forces`, `capacity` and `legitimacy` of the state, `fighters` and `control` of the group, and
[support](mechanisms/support.md) to each. Most of these are guesses; give them a `range`, and vary them.

Support has a sender, a receiver, and four kinds: `troops` in thousands, who fight there; `arms`, `funds` and, for a group, `sanctuary`, each as a
share of all that the side could use.

```yaml
supports:
  - {of: RWA, to: m23, arms: 0.6, troops: 4, sanctuary: 0.8}
  - {of: BDI, to: COD, troops: 2}
events:
  - {on: 2025-06, support: RWA, to: m23, troops: 1}                 # what is not named stays as it was
  - {on: 2025-09, withdraw: RWA, support_to: m23}                   # all of it ends; share: 0.5 would end half
  - {when: "deaths(COD) >= 3000 in 12 months", support: AGO, to: COD, arms: 0.4}
  - {on: 2025-10, set: {groups.m23.fighters.COD: 8000}}             # fighters or cells of a group, by state
variants:
  sponsor-leaves: {set: {supports.RWA.m23.arms: 0, supports.RWA.m23.troops: 0}}
  longer-war: {set: {conflicts.COD.m23.age: 60, conflicts.COD..since: 40}}      # nothing between the dots: no group
```

`external_support` of a state or of a group is support of nobody in particular. A `withdraw` between two whom the file gives no support ends a share
of that. An `outbreak` of the file lets fighting begin with the strongest group at home; a `peace` settles all that is fought in a state.

## What happened, in a file of your own

The section `observed` holds numbers to hold the runs against. It changes nothing of what runs. `run` prints the card and writes it as
`card.csv`, `card.md` and `figures/card.png`.

```yaml
observed:
  - {what: War in Sierra Leone within sixteen months, measure: onset(SLE), within: 16, value: 1, source: UCDP Armed Conflict Dataset}
  - {what: "Of Liberians who fled, most went to Guinea and Ivory Coast", measure: "refuge_share(LBR, GIN, CIV)", within: 13,
     range: [0.7, 0.95], source: "UNHCR, end of 1990"}
```

`within` counts months from the start. A measure is one of these; nothing in a file is evaluated as code. Where each replicate is known,
the card tells the share of them that fits; what counts single events reads the log of events, and so the replicates whose log
was kept (`replicates_logged` among the attributes of the results). Of flows of refugees and of skirmishes on one border only the mean is kept.

| measure | unit | meaning |
|---|---|---|"""


def _vocabulary() -> list[str]:
    return [TAIL, *(f"| `{usage(name)}` | {spec.unit} | {spec.meaning} |" for name, spec in MEASURES.items())]


def main() -> None:
    """Run every scenario and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1000, help="runs of each scenario")
    parser.add_argument("-m", type=int, default=500, help="runs of each variant")
    parser.add_argument("-o", "--output", type=Path, default=PAGE, help="where to write")
    told = parser.parse_args()
    missing = set(shipped()) ^ set(ORDER)
    if missing:
        sys.exit(f"the order of the page does not know {sorted(missing)}")
    prepare()
    lines = [HEAD.format(n=told.n, m=min(told.m, told.n)).rstrip()]
    for name in ORDER:
        print(name, flush=True)
        lines += _section(name, told.n, told.m)
    lines += ["", LUCK, *_vocabulary(), ""]
    told.output.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
