"""The answers to the questions of a lesson, computed by the engine and given as counts of runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.lesson.case import Question
from stability_sim.lesson.pictures import Picture, bars, pairs, squares
from stability_sim.report.figures.canvas import VARIANT_TEXT
from stability_sim.report.page.words import paired, paired_by_state
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import CHANNEL_NAMES, LABELS

Ensemble = Callable[[str], Results]
SHARES = (0.0, 0.01, 0.05, 0.2, 0.5, 1.000001)
SHARE_WORDS = ("fewer than 1 in 100", "1 to 5 in 100", "5 to 20 in 100", "20 to 50 in 100", "more than half")
DIRECTIONS = ("fewer in B", "no difference to speak of", "more in B")
LEAST = 0.02  # smaller changes count as no difference; the page of the app has the same number


class Answer(NamedTuple):
    """A question with its choices and the answer of the model, in words, numbers and pictures.

    ``right`` is the position of the model's choice, ``also`` those of choices that luck alone could give as well; ``fine`` is the
    interval in words; ``sides`` are the variants that were compared, if any.
    """

    ask: str
    choices: list[str]
    right: int
    words: str
    numbers: dict[str, float]
    pictures: tuple[Picture, ...]
    also: tuple[int, ...] = ()
    fine: str = ""
    sides: tuple[str, str] | None = None
    talk: str = ""

    @property
    def best(self) -> list[str]:
        """The choices that count as right, in the order in which they are given."""
        return [self.choices[k] for k in sorted({self.right, *self.also})]


def _happened(results: Results, outcome: str) -> NDArray[np.bool_]:
    if outcome.startswith("onset:"):
        return results["onset_month"][:, results.index("state", outcome.removeprefix("onset:"))] >= 0
    return results.outcome(outcome) > 0


def _label(results: Results, outcome: str) -> str:
    if outcome.startswith("onset:"):
        code = outcome.removeprefix("onset:")
        return f"conflicts that begin in {results.attributes['names'].get(code, code)}"
    return LABELS.get(outcome, outcome)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−")


def _band(share: float) -> int:
    return next(k for k in range(len(SHARE_WORDS)) if share < SHARES[k + 1])


def _interval(k: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share: what it may be with other draws."""
    from scipy.stats import binomtest

    interval = binomtest(k, n).proportion_ci(0.95, "wilson")
    return float(interval.low), float(interval.high)


def _of_hundred(share: float) -> str:
    return "fewer than 1 of 100" if share < 0.005 else f"about {share * 100:.0f} of 100"


def _amount(mean: float, n: int, side: str) -> str:
    """Return a mean a run as a count in all runs, or by the run if it is large."""
    return f"{mean:,.0f} a run in {side}" if mean >= 10 else f"{round(mean * n):,} in the {n:,} runs of {side}"


def direction(a: float, b: float, low: float, high: float) -> int:
    """Return which of `DIRECTIONS` a change from mean ``a`` to ``b`` is, given the interval of the difference.

    A small one is none, even if luck cannot make it.
    """
    if abs(b - a) < LEAST * max(a, b) or low <= 0.0 <= high:
        return 1
    return 0 if high < 0.0 else 2


def _contrast(question: Question, results_of: Ensemble) -> Answer:
    a, b = results_of(question.a), results_of(question.b)
    state = question.outcome.removeprefix("onset:") if question.outcome.startswith("onset:") else ""
    rows = paired_by_state(a, b) if state else paired(a, b)
    contrast = next(row for row in rows if row.name == (state or question.outcome))
    right = direction(contrast.a, contrast.b, contrast.low, contrast.high)
    n, label = a.n_replicates, _capital(_label(a, question.outcome))
    less, same, more = (round(share * n) for share in (contrast.less, contrast.same, contrast.more))
    words = f"{label}: {_amount(contrast.a, n, 'A')}, {_amount(contrast.b, n, 'B')}. "
    if same == n:
        words += f"All {n:,} pairs of runs with the same dice are the same."
    else:
        words += f"Of {n:,} pairs of runs with the same dice, {less:,} have fewer in B, {more:,} more, {same:,} the same."
    fine = (
        f"B − A a run: {_signed(contrast.mean)}; 95 % interval {_signed(contrast.low)} to {_signed(contrast.high)}, luck alone."
    )
    scale = 1 if contrast.a >= 10 or contrast.b >= 10 else n
    means = [(side, value * scale, f"{value * scale:,.0f}") for side, value in (("A", contrast.a), ("B", contrast.b))]
    strip = pairs(less, same, more, f"{less} fewer in B, {same} the same, {more} more in B")
    pictures = (bars(means, words, VARIANT_TEXT), strip)
    numbers = {"mean": contrast.mean, "low": contrast.low, "high": contrast.high, "a": contrast.a, "b": contrast.b}
    return Answer(question.ask, list(DIRECTIONS), right, words, numbers, pictures, fine=fine, sides=(question.a, question.b))


def _probability(question: Question, results_of: Ensemble) -> Answer:
    results = results_of(question.a)
    n = results.n_replicates
    k = int(_happened(results, question.outcome).sum())
    low, high = _interval(k, n)
    right = _band(k / n)
    also = tuple(band for band in sorted({_band(low), _band(high)}) if band != right)
    words = (
        f"In {k:,} of {n:,} runs, {_of_hundred(k / n)}, {question.happens or f'there are {_label(results, question.outcome)}'}."
    )
    if also:
        words += f" “{SHARE_WORDS[also[0]]}” is as good an answer: the number lies at the edge, and other dice may give either."
    fine = f"With other dice: {low:.1%} to {high:.1%} of the runs (95 % interval).".replace("%", " %").replace("95  %", "95 %")
    return Answer(question.ask, list(SHARE_WORDS), right, words, {"share": k / n}, (squares(k, n, words),), also, fine)


def _channel(question: Question, results_of: Ensemble) -> Answer:
    results = results_of(question.a)
    onsets = results["transmissions"].copy()
    for matrix in onsets:
        np.fill_diagonal(matrix, 0.0)
    by_channel = {name: float(onsets[k].sum()) for k, name in enumerate(results.coords["channel"]) if name != "domestic"}
    n, names = results.n_replicates, list(by_channel)
    total = round(sum(by_channel.values()) * n)
    counts = {CHANNEL_NAMES[name]: round(value * n) for name, value in by_channel.items()}
    right = max(range(len(names)), key=lambda k: by_channel[names[k]])
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    others = ", ".join(f"{name} {k:,}" for name, k in ranked if k and name != CHANNEL_NAMES[names[right]])
    words = f"{counts[CHANNEL_NAMES[names[right]]]:,} of the {total:,} conflicts that came from abroad in {n:,} runs"
    words += f"; then {others}." if others else "."
    picture = bars([(name, float(k), f"{k:,}") for name, k in counts.items()], words)
    return Answer(question.ask, list(counts), right, words, by_channel, (picture,))


def _honoured(question: Question, results_of: Ensemble) -> Answer:
    results = results_of(question.a)
    honoured, abandoned = (int(results.outcome(name).sum()) for name in ("calls_honoured", "calls_abandoned"))
    calls = honoured + abandoned
    share = honoured / calls if calls else 0.0
    words = f"{honoured:,} of {calls:,} calls in all runs were honoured, {_of_hundred(share)}."
    picture = squares(round(share * 100), 100, words)
    return Answer(question.ask, list(SHARE_WORDS), _band(share), words, {"share": share}, (picture,))


def _strongest(question: Question, results_of: Ensemble) -> Answer:
    first, n = results_of(question.a), results_of(question.a).n_replicates
    gaps = {
        name: next(row for row in paired(first, results_of(name)) if row.name == question.outcome).mean
        for name in question.variants
    }
    order = list(question.variants)
    right = min(range(len(order)), key=lambda k: gaps[order[k]])
    label = _label(first, question.outcome)
    rows = [(question.variants[name], max(0.0, -gap) * n, f"{round(-gap * n):,} fewer") for name, gap in gaps.items()]
    words = f"Without {question.variants[order[right]]}: {round(-gaps[order[right]] * n):,} fewer {label} in {n:,} runs."
    return Answer(question.ask, list(question.variants.values()), right, words, gaps, (bars(rows, words),))


_KINDS: dict[str, Callable[[Question, Ensemble], Answer]] = {
    "contrast": _contrast, "probability": _probability, "channel": _channel, "honoured": _honoured, "strongest": _strongest,
}  # fmt: skip


def answer(question: Question, results_of: Ensemble) -> Answer:
    """Return the answer of the engine to a question; ``results_of`` returns the results of a variant by its name."""
    return _KINDS[question.kind](question, results_of)._replace(talk=question.talk)


def as_json(answers: Sequence[Answer]) -> list[dict[str, object]]:
    """Return answers as plain values, without their pictures."""
    return [
        {key: value for key, value in answer._asdict().items() if key != "pictures"} | {"answer": answer.choices[answer.right]}
        for answer in answers
    ]
