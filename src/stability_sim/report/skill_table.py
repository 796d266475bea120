"""Tables and verdicts of a hindcast, in words that say losses as plainly as wins."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stability_sim.analysis.verification import ENGINE, METRICS, TARGETS, UNCOUPLED, OriginScore, Score
from stability_sim.spreadsheet import Writer

NAMES = (ENGINE, UNCOUPLED, "logit chain with neighbours", "logit chain", "country history", "persistence", "climatology")
SHOWN = (
    ("incidence", "auc", "AUC", 3), ("incidence", "brier", "Brier", 4), ("incidence", "log", "log score", 3),
    ("at_peace", "auc", "AUC at peace", 3), ("onset", "auc", "AUC onset by then", 3), ("deaths", "crps", "CRPS deaths", 0),
    ("deaths", "crps_log", "CRPS ln deaths", 3),
)  # fmt: skip
_BY_ORIGIN = (("auc", 3), ("brier", 4), ("auc_at_peace", 3))
COUPLED_CHAIN, CHAIN = "logit chain with neighbours", "logit chain"


def _find(scores: Sequence[Score], horizon: int, target: str, metric: str, name: str) -> Score:
    return next(s for s in scores if s[:4] == (horizon, target, metric, name))


def horizons_of(scores: Sequence[Score]) -> list[int]:
    """Return the horizons of a table of scores, in their order."""
    return sorted({score.horizon for score in scores})


def table_rows(scores: Sequence[Score], horizon: int) -> list[list[str]]:
    """Return the table of a horizon as text: a row a forecast; the best of each column has a star."""
    found = []
    best = {}
    for target, metric, _, _ in SHOWN:
        values = [_find(scores, horizon, target, metric, name).value for name in NAMES if name != UNCOUPLED]
        best[target, metric] = max(values) if METRICS[metric][1] else min(values)
    for name in NAMES:
        row = [name]
        for target, metric, _, digits in SHOWN:
            value = _find(scores, horizon, target, metric, name).value
            star = " *" if value == best[target, metric] and name != UNCOUPLED else ""
            row.append(f"{value:.{digits}f}{star}")
        found.append(row)
    return found


def _digits(score: Score) -> int:
    return 3 if score.metric == "auc" else 4


def _gap(score: Score) -> str:
    digits = _digits(score)
    return f"{score.difference:+.{digits}f} [{score.difference_low:+.{digits}f}, {score.difference_high:+.{digits}f}]"


def judged(score: Score) -> str:
    """Return how the engine did against one forecast by one score: beats, loses to, or neither beyond luck of the sample."""
    better = (score.difference > 0) == METRICS[score.metric][1]
    clear = score.difference_low > 0 or score.difference_high < 0
    if abs(score.difference) < 0.5 * 10.0 ** -_digits(score):
        return "equals"
    if better:
        return "beats" if clear else "is ahead of"
    return "loses to" if clear else "is behind"


def _told(scores: Sequence[Score], horizon: int, name: str, pairs: Sequence[tuple[str, str]], who: str = "the engine") -> str:
    parts = []
    for target, metric in pairs:
        score = _find(scores, horizon, target, metric, name)
        where = " at peace" if target == "at_peace" else ""
        parts.append(f"{judged(score)} {name} on {METRICS[metric][0]}{where} ({_gap(score)})")
    return f"{who} " + ", ".join(parts)


def verdict_lines(scores: Sequence[Score], horizon: int) -> list[str]:
    """Return the verdict of a horizon, a line for each rival, losses included; gaps are engine minus rival with 90 % intervals."""
    both = [("incidence", "auc"), ("incidence", "brier")]
    sentences = [_told(scores, horizon, name, both) for name in ("persistence", "country history")]
    sentences.append(_told(scores, horizon, CHAIN, [*both, ("at_peace", "auc")]))
    sentences.append(_told(scores, horizon, COUPLED_CHAIN, [*both, ("at_peace", "auc")]))
    borders = _find(scores, horizon, "at_peace", "auc", UNCOUPLED)
    sentences.append(f"among states at peace, coupling across borders {judged(borders)} no coupling on AUC ({_gap(borders)})")
    return sentences


def verdict(scores: Sequence[Score], horizon: int) -> str:
    """Return the verdict of a horizon as one paragraph."""
    years = "1 year" if horizon == 1 else f"{horizon} years"
    return f"{years}: " + "; ".join(verdict_lines(scores, horizon)) + "."


def origin_rows(by_origin: Sequence[OriginScore], names: Sequence[str]) -> list[list[str]]:
    """Return a row for each origin and horizon: AUC, Brier and AUC at peace of some forecasts, side by side."""
    cells = {(s.origin, s.horizon, s.forecast): s for s in by_origin}
    found = []
    for origin, horizon in sorted({(s.origin, s.horizon) for s in by_origin}):
        every = [cells[origin, horizon, name] for name in names]
        parts = [" / ".join(f"{getattr(s, key):.{digits}f}" for s in every) for key, digits in _BY_ORIGIN]
        found.append([str(origin), str(horizon), *parts])
    return found


CLARITY = (
    "'beats' and 'loses to': the 90 % interval of the difference (bootstrap by country) is on one side of zero; "
    "'is ahead of' and 'is behind': it is not."
)


def write_scores(scores: Sequence[Score], path: Path) -> None:
    """Write all scores as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = Writer(file)
        writer.writerow(Score._fields)
        for score in scores:
            writer.writerow([f"{value:.6g}" if isinstance(value, float) else value for value in score])


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever results hold
    if isinstance(value, float) and value != value:
        return None
    if hasattr(value, "_asdict"):
        return {key: _plain(part) for key, part in value._asdict().items()}
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def as_json(found: Any, told: dict[str, Any]) -> str:  # noqa: ANN401 - a hindcast; this room does not know its type
    """Return a hindcast and what is told of it (versions, hashes, date) as JSON."""
    content = {
        "about": told,
        "plan": _plain(asdict(found.plan)),
        "targets": TARGETS,
        "verdicts": {str(h): verdict(found.scores, h) for h in horizons_of(found.scores)},
        "scores": _plain(found.scores),
        "reliability": _plain(found.reliability),
        "worst_misses": _plain(found.misses),
        "by_origin": _plain(found.by_origin),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
