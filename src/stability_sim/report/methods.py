"""What a paper says of a run: a paragraph on methods, made from the manifest and the scenario of a folder."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from stability_sim.scenario import Scenario, load, quantities
from stability_sim.scenario.events import month_labels
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.storage.manifest import (
    AttributionManifest,
    ComparisonManifest,
    RunManifest,
    SensitivityManifest,
    StoreError,
    SweepManifest,
    UncertaintyManifest,
    check_files,
    read_manifest,
)
from stability_sim.storage.run_folder import SCENARIO
from stability_sim.storage.staging import is_there

PLACES = (SCENARIO, f"runs/base/{SCENARIO}", f"run/{SCENARIO}")  # of a run, a comparison, an attribution
BASES = ("sourced", "fitted", "elicited", "assumed")
CITATION = (
    "The stability-sim developers: stability-sim, scenario simulation of how instability crosses borders, version {version} "
    "[computer software, MIT licence]."
)
_LUCK = "intervals and standard errors show luck alone (the draws of an ensemble), not what is unknown of the parameters or of the structure of the model"
OfScenario = RunManifest | ComparisonManifest | SweepManifest | UncertaintyManifest | SensitivityManifest | AttributionManifest


def _scenario(folder: Path) -> Scenario | None:
    path = next((folder / place for place in PLACES if (folder / place).is_file()), None)
    return load(path).scenario if path else None


def _some(n: int, singular: str, plural: str = "") -> str:
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def _world(manifest: OfScenario, scenario: Scenario | None) -> str:
    """Return what was simulated: title, names, size, months, seed."""
    version = manifest.versions.get("stability-sim", "of unknown version")
    subject = f"the scenario {manifest.scenario}, variant {manifest.variant}"
    if scenario is not None:
        last = month_labels(scenario.start, scenario.months)[-1]
        subject += (
            f" ({scenario.title or scenario.scenario}; {_some(len(scenario.states), 'state')}, {_some(len(scenario.groups), 'armed group')}, "
            f"{_some(len(scenario.alliances), 'alliance')}; {scenario.months} months, {scenario.start} to {last})"
        )
    return f"We used stability-sim {version} (Python {manifest.versions.get('python', '?')}) to simulate {subject}."


def _of_run(manifest: RunManifest) -> str:
    n = manifest.replicates
    text = f"The ensemble has {_some(n, 'replicate')} (seed {manifest.seed})."
    if point := manifest.sweep:
        values = ", ".join(f"{path} = {value}" for path, value in point.values.items())
        text += f" It is point {point.point} of a sweep ({values})."
    error = 100 * math.sqrt(0.1 * 0.9 / n)
    return text + f" The standard error of a share of 10 % is {error:.1f} percentage points."


def _of_comparison(manifest: ComparisonManifest) -> str:
    since = f" from month {manifest.from_month} on, after the same past" if manifest.from_month is not None else ""
    return (
        f"We compared {', '.join(manifest.variants)} with the base{since}, on {_some(manifest.replicates, 'paired replicate')} (seed {manifest.seed}): "
        "replicate k of a variant has the draws of replicate k of the base. Differences are means over pairs, with 95 % intervals; those "
        "called clear hold with a Bonferroni correction over all outcomes that moved."
    )


def _of_sweep(manifest: SweepManifest) -> str:
    design = {"grid": "a full grid", "latin_hypercube": "a Latin hypercube"}[manifest.design]
    return (
        f"We ran {design} of {_some(manifest.points, 'point')} over {', '.join(manifest.factors)}, with {_some(manifest.replicates, 'replicate')} "
        f"at each (seed {manifest.seed}), all points on the same draws."
    )


def _of_uncertainty(manifest: UncertaintyManifest) -> str:
    n_fitted = len(manifest.fitted)
    ranged = manifest.factors - n_fitted
    design = f"a Latin hypercube of {_some(ranged, 'number')} over {'its range' if ranged == 1 else 'their ranges'}"
    if manifest.posterior is not None:
        design = f"joint draws of {_some(n_fitted, 'parameter')} from a posterior (SHA-256 {manifest.posterior.sha256[:16]}), and {design}"
    outcome = "the difference of the variant from its base" if manifest.contrast else "one run's outcome"
    return (
        f"We split the variance of {outcome} into luck, parameters and structure: {len(manifest.structures)} combinations of rival rules, crossed with "
        f"{_some(manifest.points, 'point')} ({design}), crossed with {_some(manifest.replicates, 'replicate')} (seed {manifest.seed}), all on the same draws. "
        "Intervals of shares are 95 %, by resampling points and replicates."
    )


def _of_sensitivity(manifest: SensitivityManifest) -> str:
    design = manifest.design
    return (
        f"We screened {_some(design['factors'], 'number')} by Morris trajectories ({design['morris']} points) and split the variance by Sobol designs "
        f"({design['sobol']} points; {design['basis']} more for assumed against other numbers), with {_some(manifest.replicates, 'replicate')} a "
        f"point (seed {manifest.seed}), all on the same draws."
    )


def _of_attribution(manifest: AttributionManifest) -> str:
    return (
        f"We attributed {manifest.outcome} to channels by share of hazard, knock-out and Shapley value over all sets of channels, on "
        f"{_some(manifest.replicates, 'paired replicate')} each (seed {manifest.seed})."
    )


def _design(manifest: OfScenario) -> str:
    """Return how the numbers came about."""
    match manifest:
        case RunManifest():
            return _of_run(manifest)
        case ComparisonManifest():
            return _of_comparison(manifest)
        case SweepManifest():
            return _of_sweep(manifest)
        case UncertaintyManifest():
            return _of_uncertainty(manifest)
        case SensitivityManifest():
            return _of_sensitivity(manifest)
        case AttributionManifest():
            return _of_attribution(manifest)


_INCLUDED = {
    "uncertainty": "what each interval includes (luck; parameters; structure) is stated beside it, and what nobody has thought of is in none",
    "sensitivity": "intervals show the size of the design alone",
}


def _assumptions(scenario: Scenario) -> str:
    """Return how many numbers rest on what, and under which rules."""
    counts = Counter(str(quantity.basis) for _, quantity in quantities(scenario))
    tags = Counter(spec.tag for name, spec in PARAMETERS.items() if name not in scenario.parameters)
    rules = {question: answer for question, answer in scenario.rules.model_dump().items() if answer}
    under = ", ".join(f"{question}: {answer}" for question, answer in rules.items()) or "those of the defaults"
    return (
        f"Of the {sum(counts.values()):,} numbers in force, {', '.join(f'{counts[basis]:,} are {basis}' for basis in BASES if counts[basis])}; of the "
        f"{sum(tags.values())} model parameters at their default, {tags['D']} are identified from data (D), {tags['P']} priors from the literature (P), "
        f"{tags['J']} judgement (J). Rival rules: {under}."
    )


def _again(folder: Path, manifest: OfScenario) -> str:
    """Return hashes, and how to get the same numbers again."""
    scenarios, results = {manifest.variant: manifest.scenario_hash}, {}
    if isinstance(manifest, ComparisonManifest):
        scenarios, results = manifest.scenario_hashes, manifest.results_hashes
    elif isinstance(manifest, RunManifest | SweepManifest | AttributionManifest):
        results = {manifest.variant: manifest.results_hash}
    hashes = [f"scenario ({name}) {value}" for name, value in scenarios.items()]
    hashes += [f"results ({name}) {value}" for name, value in results.items()]
    again = f"stability-sim run --replay {folder}" if isinstance(manifest, RunManifest) else manifest.command
    return f"SHA-256: {'; '.join(hashes)}. With the same version, `{again}` gives the same bytes."


def methods(folder: Path) -> str:
    """Return a paragraph on methods, what to cite, and how to repeat it, for the folder of a run or of a study.

    Raises StoreError if the folder is none, or a file of it was changed since.
    """
    if not is_there(folder):
        raise FileNotFoundError(str(folder))
    manifest = read_manifest(folder)
    if not isinstance(manifest, OfScenario):
        raise StoreError(f"{folder} holds {manifest.kind}: methods are told of what ran a scenario")
    check_files(folder, manifest)
    scenario = _scenario(folder)
    included = _INCLUDED.get(manifest.kind, _LUCK)
    parts = [
        _world(manifest, scenario),
        _design(manifest),
        _assumptions(scenario) if scenario else "",
        f"All numbers are conditional on these assumptions and no forecast; {included}.",
    ]
    if isinstance(manifest, UncertaintyManifest | SensitivityManifest) and manifest.refused:
        parts.append(f"Not told apart, and left out: {', '.join(sorted(manifest.refused))}.")
    paragraphs = [" ".join(part for part in parts if part), _again(folder, manifest)]
    paragraphs.append("Cite: " + CITATION.format(version=manifest.versions.get("stability-sim", "?")))
    if scenario and scenario.sources:
        paragraphs.append("Sources that the scenario names (cite those that your claim rests on):")
        paragraphs[-1] += "".join(f"\n- {' '.join(source.split())}" for source in scenario.sources)
    return "\n\n".join(paragraphs) + "\n"
