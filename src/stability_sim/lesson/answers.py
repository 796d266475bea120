"""The answers to the questions of a lesson, computed by the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.lesson.case import Question
from stability_sim.report.bundle import paired
from stability_sim.report.bundle.contrast import paired_by_state
from stability_sim.report.figures.style import CHANNEL_NAMES
from stability_sim.report.tables import LABELS
from stability_sim.results import Results

Ensemble = Callable[[str], Results]
SHARES = (0.0, 0.01, 0.05, 0.2, 0.5, 1.000001)
SHARE_WORDS = ("fewer than 1 in 100", "1 to 5 in 100", "5 to 20 in 100", "20 to 50 in 100", "more than half")
DIRECTIONS = ("fewer in B", "no difference to speak of", "more in B")


class Answer(NamedTuple):
    """A question with its choices, the one that the model gives, in words and numbers."""

    ask: str
    choices: list[str]
    right: int
    words: str
    numbers: dict[str, float]
    talk: str


def _happened(results: Results, outcome: str) -> NDArray[np.bool_]:
    if outcome.startswith("onset:"):
        return results["onset_month"][:, results.index("state", outcome.removeprefix("onset:"))] >= 0
    return results["outcome_per_replicate"][:, results.index("outcome", outcome)] > 0


def _label(results: Results, outcome: str) -> str:
    if outcome.startswith("onset:"):
        code = outcome.removeprefix("onset:")
        return f"conflict begins in {results.attributes['names'].get(code, code)}"
    return LABELS.get(outcome, outcome).replace("... of these ", "conflicts ")


def _signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−")


def _band(share: float) -> int:
    return next(k for k in range(len(SHARE_WORDS)) if share < SHARES[k + 1])


def _contrast(question: Question, of: Ensemble) -> tuple[list[str], int, str, dict[str, float]]:
    a, b = of(question.a), of(question.b)
    state = question.outcome.removeprefix("onset:") if question.outcome.startswith("onset:") else ""
    rows = paired_by_state(a, b) if state else paired(a, b)
    found = next(one for one in rows if one.name == (state or question.outcome))
    right = 0 if found.high < 0 else 2 if found.low > 0 else 1
    words = f"{DIRECTIONS[right]}: {_label(a, question.outcome)}, A {found.a:.3g} and B {found.b:.3g} a run; "
    if found.same == 1.0:
        words += f"the same in all {a.n_replicates} pairs of runs"
    else:
        words += (
            f"B − A {_signed(found.mean)} ({_signed(found.low)} to {_signed(found.high)} with 95 % confidence); "
            f"fewer in {found.less:.1%} of the pairs, more in {found.more:.1%}"
        )
    return list(DIRECTIONS), right, words, {"mean": found.mean, "low": found.low, "high": found.high, "a": found.a, "b": found.b}


def _probability(question: Question, of: Ensemble) -> tuple[list[str], int, str, dict[str, float]]:
    results = of(question.a)
    share = float(_happened(results, question.outcome).sum() / results.n_replicates)
    words = f"in {share:.1%} of {results.n_replicates} runs: {_label(results, question.outcome)}"
    return list(SHARE_WORDS), _band(share), words, {"share": share}


def _channel(question: Question, of: Ensemble) -> tuple[list[str], int, str, dict[str, float]]:
    results = of(question.a)
    onsets = results["transmissions"].copy()
    for matrix in onsets:
        np.fill_diagonal(matrix, 0.0)
    by_channel = {name: float(onsets[k].sum()) for k, name in enumerate(results.coords["channel"]) if name != "domestic"}
    total = sum(by_channel.values())
    names = list(by_channel)
    right = max(range(len(names)), key=lambda k: by_channel[names[k]])
    told = ", ".join(f"{CHANNEL_NAMES[name]} {value / total if total else 0:.0%}" for name, value in by_channel.items() if value)
    words = f"{CHANNEL_NAMES[names[right]]}; of the conflicts that came from abroad ({total:.2f} a run): {told or 'none'}"
    return [CHANNEL_NAMES[name] for name in names], right, words, by_channel


def _honoured(question: Question, of: Ensemble) -> tuple[list[str], int, str, dict[str, float]]:
    results = of(question.a)
    kept, broken = (
        float(results["outcome_per_replicate"][:, results.index("outcome", name)].sum())
        for name in ("calls_honoured", "calls_abandoned")
    )
    share = kept / (kept + broken) if kept + broken else 0.0
    return (
        list(SHARE_WORDS),
        _band(share),
        f"{share:.0%} of {kept + broken:,.0f} calls in all runs were honoured",
        {"share": share},
    )


def _strongest(question: Question, of: Ensemble) -> tuple[list[str], int, str, dict[str, float]]:
    first = of(question.a)
    gaps = {name: next(one for one in paired(first, of(name)) if one.name == question.outcome).mean for name in question.variants}
    right = min(range(len(gaps)), key=lambda k: gaps[question.variants[k]])
    told = ", ".join(f"{name} {_signed(gap)}" for name, gap in gaps.items())
    return (
        list(question.variants),
        right,
        f"{question.variants[right]}; change of {_label(first, question.outcome)} a run: {told}",
        gaps,
    )


_KINDS: dict[str, Callable[[Question, Ensemble], tuple[list[str], int, str, dict[str, float]]]] = {
    "contrast": _contrast, "probability": _probability, "channel": _channel, "honoured": _honoured, "strongest": _strongest,
}  # fmt: skip


def answer(question: Question, of: Ensemble) -> Answer:
    """Return what the engine says to a question; ``of`` gives the results of a variant by its name."""
    choices, right, words, numbers = _KINDS[question.kind](question, of)
    return Answer(question.ask, choices, right, words, numbers, question.talk)


def as_json(answers: list[Answer]) -> list[dict[str, Any]]:
    """Return answers as plain values."""
    return [one._asdict() | {"answer": one.choices[one.right]} for one in answers]
