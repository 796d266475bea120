"""Tables and verdicts of a hindcast, losses stated as plainly as wins, and the tables of facts."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stability_sim import terminal
from stability_sim.analysis.facts import Comparison
from stability_sim.analysis.verification import ENGINE, METRICS, TARGETS, UNCOUPLED, OriginScore, Score
from stability_sim.report.tables import write_rows

COUPLED_CHAIN, CHAIN = "logit chain with neighbours", "logit chain"
NAMES = (ENGINE, UNCOUPLED, COUPLED_CHAIN, CHAIN, "country history", "persistence", "climatology")
SHOWN = (
    ("incidence", "auc", "AUC", 3), ("incidence", "brier", "Brier", 4), ("incidence", "log", "log score", 3),
    ("at_peace", "auc", "AUC at peace", 3), ("onset", "auc", "AUC onset by then", 3), ("deaths", "crps", "CRPS deaths", 0),
    ("deaths", "crps_log", "CRPS ln deaths", 3),
)  # fmt: skip
_BY_ORIGIN = (("auc", 3), ("brier", 4), ("auc_at_peace", 3))


def _find(scores: Sequence[Score], horizon: int, target: str, metric: str, name: str) -> Score:
    return next(s for s in scores if s[:4] == (horizon, target, metric, name))


def horizons_of(scores: Sequence[Score]) -> list[int]:
    """Return the horizons of a table of scores, in their order."""
    return sorted({score.horizon for score in scores})


def table_rows(scores: Sequence[Score], horizon: int) -> list[list[str]]:
    """Return the table of a horizon as text: a row a forecast; the best of each column has a star."""
    rows = [[name] for name in NAMES]
    for target, metric, _, digits in SHOWN:
        values = {name: _find(scores, horizon, target, metric, name).value for name in NAMES}
        rivals = [value for name, value in values.items() if name != UNCOUPLED]
        best = max(rivals) if METRICS[metric][1] else min(rivals)
        for row, (name, value) in zip(rows, values.items(), strict=True):
            row.append(f"{value:.{digits}f}{' *' if value == best and name != UNCOUPLED else ''}")
    return rows


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


def _sentence(scores: Sequence[Score], horizon: int, name: str, pairs: Sequence[tuple[str, str]]) -> str:
    parts = []
    for target, metric in pairs:
        score = _find(scores, horizon, target, metric, name)
        at_peace = " at peace" if target == "at_peace" else ""
        parts.append(f"{judged(score)} {name} on {METRICS[metric][0]}{at_peace} ({_gap(score)})")
    return "the engine " + ", ".join(parts)


def verdict_lines(scores: Sequence[Score], horizon: int) -> list[str]:
    """Return the verdict of a horizon, a line for each rival, losses included; gaps are engine minus rival with 90 % intervals."""
    both = [("incidence", "auc"), ("incidence", "brier")]
    sentences = [_sentence(scores, horizon, name, both) for name in ("persistence", "country history")]
    sentences += [_sentence(scores, horizon, name, [*both, ("at_peace", "auc")]) for name in (CHAIN, COUPLED_CHAIN)]
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
    rows = []
    for origin, horizon in sorted({(s.origin, s.horizon) for s in by_origin}):
        scores = [cells[origin, horizon, name] for name in names]
        parts = [" / ".join(f"{getattr(s, key):.{digits}f}" for s in scores) for key, digits in _BY_ORIGIN]
        rows.append([str(origin), str(horizon), *parts])
    return rows


CLARITY = (
    "'beats' and 'loses to': the 90 % interval of the difference (bootstrap by country) is on one side of zero; "
    "'is ahead of' and 'is behind': it is not."
)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever results hold
    """Return a value as JSON can hold it: no NaN, no infinity, no tuple."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if hasattr(value, "_asdict"):
        return {key: _plain(part) for key, part in value._asdict().items()}
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def as_json(hindcast: Any, about: dict[str, Any]) -> str:  # noqa: ANN401 - a hindcast; its type is defined in a package that uses this one
    """Return a hindcast as JSON; ``about`` holds versions, hashes and the date."""
    content = {
        "about": about,
        "plan": _plain(asdict(hindcast.plan)),
        "targets": TARGETS,
        "verdicts": {str(h): verdict(hindcast.scores, h) for h in horizons_of(hindcast.scores)},
        "scores": _plain(hindcast.scores),
        "reliability": _plain(hindcast.reliability),
        "worst_misses": _plain(hindcast.misses),
        "by_origin": _plain(hindcast.by_origin),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


COLUMNS = (
    "number", "key", "meaning", "engine", "engine_05", "engine_95", "data", "data_05", "data_95", "published", "accepted_low",
    "accepted_high", "verdict", "verdict_of_data",
)  # fmt: skip


def fact_rows(compared: Comparison) -> list[dict[str, Any]]:
    """Return a row for each fact; a number that there is none of is NaN."""
    rows = []
    for key, fact in compared.facts.items():
        low, high = compared.scatter.get(key, (math.nan, math.nan))
        observed = compared.observed.get(key)
        value, margin = (observed.value if observed else math.nan), compared.margins.get(key, math.nan)
        published = math.nan if fact.band.published is None else fact.band.published
        values = (
            fact.band.number, key, fact.band.meaning, fact.value, low, high, value, value - margin, value + margin, published,
            fact.band.low, fact.band.high, fact.verdict, observed.verdict if observed else "none",
        )  # fmt: skip
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def write_facts(compared: Comparison, folder: Path, about: dict[str, Any]) -> None:
    """Write ``facts.csv`` and ``facts.json``; ``about`` holds what made them (versions, seed, date)."""
    rows = fact_rows(compared)
    write_rows(folder / "facts.csv", COLUMNS, (row.values() for row in rows), missing="")
    text = json.dumps({**about, "facts": _plain(rows)}, indent=2, ensure_ascii=False) + "\n"
    (folder / "facts.json").write_text(text, encoding="utf-8")


def print_facts(compared: Comparison, title: str) -> None:
    """Print the facts: engine, data, what is accepted, verdict."""
    console = terminal.console(160)
    console.print(terminal.bold(title))
    names = ("", "fact", "engine", "90 % of runs", "data", "published", "accepted", "verdict")
    table = terminal.table(*names, numbers=slice(2, 7))
    for key, fact in compared.facts.items():
        between = " to ".join(fact.write(value) for value in compared.scatter.get(key, ())) or "–"
        observed, margin = compared.observed.get(key), compared.margins.get(key)
        data = fact.write(observed.value if observed else None) + (f" ± {fact.write(margin)}" if observed and margin else "")
        verdict = terminal.bold(fact.verdict.upper()) if fact.verdict == "miss" else fact.verdict
        published = fact.write(fact.band.published)
        table.add_row(
            fact.band.number, fact.band.meaning, fact.write(fact.value), between, data, published, fact.accepted, verdict
        )
    console.print(table)
    missed = [fact for fact in compared.facts.values() if fact.verdict == "miss"]
    counted = [fact for fact in compared.facts.values() if fact.verdict != "none"]
    console.print(
        f"{len(counted) - len(missed)} of {len(counted)} within what is accepted. ± is 90 %, by leaving out one state at a time."
    )
