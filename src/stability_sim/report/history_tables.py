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
from stability_sim.storage.csv_files import Writer

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
    rows = []
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
        rows.append(row)
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


def _sentence(scores: Sequence[Score], horizon: int, name: str, pairs: Sequence[tuple[str, str]], who: str = "the engine") -> str:
    parts = []
    for target, metric in pairs:
        score = _find(scores, horizon, target, metric, name)
        at_peace = " at peace" if target == "at_peace" else ""
        parts.append(f"{judged(score)} {name} on {METRICS[metric][0]}{at_peace} ({_gap(score)})")
    return f"{who} " + ", ".join(parts)


def verdict_lines(scores: Sequence[Score], horizon: int) -> list[str]:
    """Return the verdict of a horizon, a line for each rival, losses included; gaps are engine minus rival with 90 % intervals."""
    both = [("incidence", "auc"), ("incidence", "brier")]
    sentences = [_sentence(scores, horizon, name, both) for name in ("persistence", "country history")]
    sentences.append(_sentence(scores, horizon, CHAIN, [*both, ("at_peace", "auc")]))
    sentences.append(_sentence(scores, horizon, COUPLED_CHAIN, [*both, ("at_peace", "auc")]))
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
        every = [cells[origin, horizon, name] for name in names]
        parts = [" / ".join(f"{getattr(s, key):.{digits}f}" for s in every) for key, digits in _BY_ORIGIN]
        rows.append([str(origin), str(horizon), *parts])
    return rows


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
NAN = math.nan


def fact_rows(compared: Comparison) -> list[dict[str, Any]]:
    """Return a row for each fact; a number that there is none of is NaN."""
    rows = []
    for key, fact in compared.facts.items():
        low, high = compared.scatter.get(key, (NAN, NAN))
        observed = compared.observed.get(key)
        value, margin = (observed.value if observed else NAN), compared.margins.get(key, NAN)
        published = NAN if fact.band.published is None else fact.band.published
        values = (
            fact.band.number, key, fact.band.meaning, fact.value, low, high, value, value - margin, value + margin, published,
            fact.band.low, fact.band.high, fact.verdict, observed.verdict if observed else "none",
        )  # fmt: skip
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def _cell(value: Any) -> str:  # noqa: ANN401 - a cell of the table
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.6g}"
    return str(value)


def _finite(value: Any) -> Any:  # noqa: ANN401 - a cell of the table
    """Return a cell as JSON can hold it: no NaN, no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_facts(compared: Comparison, folder: Path, about: dict[str, Any]) -> None:
    """Write ``facts.csv`` and ``facts.json``; ``about`` holds what made them (versions, seed, date)."""
    rows = fact_rows(compared)
    with (folder / "facts.csv").open("w", encoding="utf-8", newline="") as file:
        out = Writer(file)
        out.writerow(COLUMNS)
        out.writerows([_cell(row[name]) for name in COLUMNS] for row in rows)
    facts = [{name: _finite(value) for name, value in row.items()} for row in rows]
    text = json.dumps({**about, "facts": facts}, indent=2, ensure_ascii=False) + "\n"
    (folder / "facts.json").write_text(text, encoding="utf-8")


def print_facts(compared: Comparison, title: str) -> None:
    """Print the facts: engine, data, what is accepted, verdict."""
    from rich.table import Table

    console = terminal.console(160)
    console.print(terminal.bold(title))
    names = ("", "fact", "engine", "90 % of runs", "data", "published", "accepted", "verdict")
    table = Table(*names, box=None, header_style="bold")
    for column in table.columns[2:7]:
        column.justify = "right"
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
