"""The answers to the questions of a lesson, computed by the engine and told in runs of so many."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stability_sim.lesson.case import Question
from stability_sim.report.figures.canvas import CHANNEL_NAMES, INK, QUIET
from stability_sim.report.page.words import paired, paired_by_state
from stability_sim.report.tables import LABELS
from stability_sim.results.results import Results

# Pictures of answers that a back row can read: so many of so many runs, bars, pairs of runs.


SIDES = ("#00629b", "#a84600")  # A and B, as on the page
LESS, SAME, MORE = "#35978f", "#e4e4e0", "#bf812d"
WIDTH = 620
ROW = 44
LETTER = 10.6  # width of a letter of size 20, on the safe side


def _svg(height: float, told: str, parts: Sequence[str]) -> str:
    label = html.escape(told, quote=True)
    return f'<svg class="answer-picture" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 20, fill: str = INK, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"{weight}>{html.escape(words)}</text>'
    )


def squares(n: int, of: int, told: str) -> str:
    """Return a square for each of so many, the first ``n`` of them filled."""
    across = 50 if of >= 500 else 20
    step = WIDTH / across
    side = step * 0.82
    shapes = ["", ""]
    for k in range(of):
        row, column = divmod(k, across)
        shapes[int(k < n)] += f"M{column * step:.1f},{row * step:.1f}h{side:.1f}v{side:.1f}h-{side:.1f}z"
    parts = [f'<path d="{path}" fill="{fill}"/>' for path, fill in zip(shapes, (SAME, SIDES[1]), strict=True) if path]
    return _svg(-(-of // across) * step, told, parts)


def bars(rows: Sequence[tuple[str, float, str]], told: str, colours: Sequence[str] = ()) -> str:
    """Return a bar for each row of label, value and what is written behind it; bars begin at zero."""
    longest = max([abs(value) for _, value, _ in rows] + [1e-12])
    left = 24 + LETTER * max(len(label) for label, _, _ in rows)
    room = WIDTH - left - 20 - 1.25 * LETTER * max(len(words) for _, _, words in rows)
    parts = []
    for k, (label, value, words) in enumerate(rows):
        y, wide = k * ROW, abs(value) / longest * room
        fill = colours[k % len(colours)] if colours else SIDES[0]
        parts.append(_text(left - 14, y + 27, label, anchor="end"))
        parts.append(f'<rect x="{left:.0f}" y="{y + 6}" width="{wide:.1f}" height="{ROW - 14}" fill="{fill}"/>')
        parts.append(_text(left + wide + 10, y + 27, words, bold=True))
    return _svg(len(rows) * ROW, told, parts)


def pairs(less: int, same: int, more: int, told: str) -> str:
    """Return a strip of all pairs of runs: fewer in B, the same, more in B."""
    total = max(1, less + same + more)
    parts, x = [], 0.0
    for n, fill in ((less, LESS), (same, SAME), (more, MORE)):
        wide = n / total * WIDTH
        parts.append(f'<rect x="{x:.1f}" y="0" width="{wide:.1f}" height="34" fill="{fill}"/>')
        x += wide
    for place, anchor, words in (
        (0, "start", f"{less:,} fewer in B"),
        (WIDTH / 2, "middle", f"{same:,} the same"),
        (WIDTH, "end", f"{more:,} more in B"),
    ):
        parts.append(_text(place, 62, words, anchor=anchor, fill=INK if words[:2] != "0 " else QUIET))
    return _svg(72, told, parts)


Ensemble = Callable[[str], Results]
SHARES = (0.0, 0.01, 0.05, 0.2, 0.5, 1.000001)
SHARE_WORDS = ("fewer than 1 in 100", "1 to 5 in 100", "5 to 20 in 100", "20 to 50 in 100", "more than half")
DIRECTIONS = ("fewer in B", "no difference to speak of", "more in B")
LEAST = 0.02  # a smaller change is none to speak of; the page of the app has the same number


class Answer(NamedTuple):
    """A question with its choices, the one that the model gives, in words, numbers and a picture.

    ``also`` holds choices that are as good, because luck alone could give them; ``fine`` is for those who want the interval;
    ``sides`` are the variants that were compared, if any.
    """

    ask: str
    choices: list[str]
    right: int
    words: str
    numbers: dict[str, float]
    picture: str
    also: tuple[int, ...] = ()
    fine: str = ""
    sides: tuple[str, str] | None = None
    talk: str = ""


def _happened(results: Results, outcome: str) -> NDArray[np.bool_]:
    if outcome.startswith("onset:"):
        return results["onset_month"][:, results.index("state", outcome.removeprefix("onset:"))] >= 0
    return results["outcome_per_replicate"][:, results.index("outcome", outcome)] > 0


def _label(results: Results, outcome: str) -> str:
    if outcome.startswith("onset:"):
        code = outcome.removeprefix("onset:")
        return f"conflicts that begin in {results.attributes['names'].get(code, code)}"
    return LABELS.get(outcome, outcome).replace("... of these ", "conflicts ")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−")


def _band(share: float) -> int:
    return next(k for k in range(len(SHARE_WORDS)) if share < SHARES[k + 1])


def _interval(k: int, n: int) -> tuple[float, float]:
    """Return what a share may be with other dice: Wilson's interval of 95 %."""
    from scipy.stats import binomtest

    found = binomtest(k, n).proportion_ci(0.95, "wilson")
    return float(found.low), float(found.high)


def _of_hundred(share: float) -> str:
    return "fewer than 1 of 100" if share < 0.005 else f"about {share * 100:.0f} of 100"


def _amount(mean: float, n: int, side: str) -> str:
    """Return a mean a run as a count in all runs, or by the run if it is large."""
    return f"{mean:,.0f} a run in {side}" if mean >= 10 else f"{round(mean * n):,} in the {n:,} runs of {side}"


def _contrast(question: Question, of: Ensemble) -> Answer:
    a, b = of(question.a), of(question.b)
    state = question.outcome.removeprefix("onset:") if question.outcome.startswith("onset:") else ""
    rows = paired_by_state(a, b) if state else paired(a, b)
    found = next(one for one in rows if one.name == (state or question.outcome))
    small = abs(found.mean) < LEAST * max(found.a, found.b)
    right = 1 if small else 0 if found.high < 0 else 2 if found.low > 0 else 1
    n, label = a.n_replicates, _capital(_label(a, question.outcome))
    less, same, more = (round(share * n) for share in (found.less, found.same, found.more))
    words = f"{label}: {_amount(found.a, n, 'A')}, {_amount(found.b, n, 'B')}. "
    if same == n:
        words += f"All {n:,} pairs of runs with the same dice are the same."
    else:
        words += f"Of {n:,} pairs of runs with the same dice, {less:,} have fewer in B, {more:,} more, {same:,} the same."
    fine = f"B − A a run: {_signed(found.mean)}; 95 % interval {_signed(found.low)} to {_signed(found.high)}, luck alone."
    scale = 1 if found.a >= 10 or found.b >= 10 else n
    told = [(side, value * scale, f"{value * scale:,.0f}") for side, value in (("A", found.a), ("B", found.b))]
    drawn = bars(told, words, SIDES) + pairs(less, same, more, f"{less} fewer in B, {same} the same, {more} more in B")
    numbers = {"mean": found.mean, "low": found.low, "high": found.high, "a": found.a, "b": found.b}
    return Answer(question.ask, list(DIRECTIONS), right, words, numbers, drawn, fine=fine, sides=(question.a, question.b))


def _probability(question: Question, of: Ensemble) -> Answer:
    results = of(question.a)
    n = results.n_replicates
    k = int(_happened(results, question.outcome).sum())
    low, high = _interval(k, n)
    right = _band(k / n)
    also = tuple(one for one in sorted({_band(low), _band(high)}) if one != right)
    words = (
        f"In {k:,} of {n:,} runs, {_of_hundred(k / n)}, {question.happens or f'there are {_label(results, question.outcome)}'}."
    )
    if also:
        words += f" “{SHARE_WORDS[also[0]]}” is as good an answer: the number lies at the edge, and other dice may give either."
    fine = f"With other dice: {low:.1%} to {high:.1%} of the runs (95 % interval).".replace("%", " %").replace("95  %", "95 %")
    return Answer(question.ask, list(SHARE_WORDS), right, words, {"share": k / n}, squares(k, n, words), also, fine)


def _channel(question: Question, of: Ensemble) -> Answer:
    results = of(question.a)
    onsets = results["transmissions"].copy()
    for matrix in onsets:
        np.fill_diagonal(matrix, 0.0)
    by_channel = {name: float(onsets[k].sum()) for k, name in enumerate(results.coords["channel"]) if name != "domestic"}
    n, names = results.n_replicates, list(by_channel)
    total = round(sum(by_channel.values()) * n)
    counts = {CHANNEL_NAMES[name]: round(value * n) for name, value in by_channel.items()}
    right = max(range(len(names)), key=lambda k: by_channel[names[k]])
    ranked = sorted(counts.items(), key=lambda one: -one[1])
    others = ", ".join(f"{name} {k:,}" for name, k in ranked if k and name != CHANNEL_NAMES[names[right]])
    words = f"{counts[CHANNEL_NAMES[names[right]]]:,} of the {total:,} conflicts that came from abroad in {n:,} runs"
    words += f"; then {others}." if others else "."
    drawn = bars([(name, float(k), f"{k:,}") for name, k in counts.items()], words)
    return Answer(question.ask, list(counts), right, words, by_channel, drawn)


def _honoured(question: Question, of: Ensemble) -> Answer:
    results = of(question.a)
    kept, broken = (
        int(results["outcome_per_replicate"][:, results.index("outcome", name)].sum())
        for name in ("calls_honoured", "calls_abandoned")
    )
    share = kept / (kept + broken) if kept + broken else 0.0
    words = f"{kept:,} of {kept + broken:,} calls in all runs were honoured, {_of_hundred(share)}."
    return Answer(question.ask, list(SHARE_WORDS), _band(share), words, {"share": share}, squares(round(share * 100), 100, words))


def _strongest(question: Question, of: Ensemble) -> Answer:
    first, n = of(question.a), of(question.a).n_replicates
    gaps = {name: next(one for one in paired(first, of(name)) if one.name == question.outcome).mean for name in question.variants}
    order = list(question.variants)
    right = min(range(len(order)), key=lambda k: gaps[order[k]])
    label = _label(first, question.outcome)
    rows = [(question.variants[name], max(0.0, -gap) * n, f"{round(-gap * n):,} fewer") for name, gap in gaps.items()]
    words = f"Without {question.variants[order[right]]}: {round(-gaps[order[right]] * n):,} fewer {label} in {n:,} runs."
    return Answer(question.ask, list(question.variants.values()), right, words, gaps, bars(rows, words))


_KINDS: dict[str, Callable[[Question, Ensemble], Answer]] = {
    "contrast": _contrast, "probability": _probability, "channel": _channel, "honoured": _honoured, "strongest": _strongest,
}  # fmt: skip


def answer(question: Question, of: Ensemble) -> Answer:
    """Return what the engine says to a question; ``of`` gives the results of a variant by its name."""
    return _KINDS[question.kind](question, of)._replace(talk=question.talk)


def as_json(answers: list[Answer]) -> list[dict[str, Any]]:
    """Return answers as plain values, without their pictures."""
    told = [one._asdict() | {"answer": one.choices[one.right]} for one in answers]
    return [{key: value for key, value in one.items() if key != "picture"} for one in told]
