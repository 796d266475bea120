"""Tables of the docs, made from the sources that they tell of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel

from mechanism_pages.equations import draft_parameters, drafts
from stability_sim.analysis.facts import ACCEPTED
from stability_sim.analysis.facts.definitions import Fact
from stability_sim.engine.record import OUTCOMES, SERIES
from stability_sim.engine.schedule import BEFORE_ANYBODY_LOOKS, SCHEDULE
from stability_sim.scenario.events import EVENT_KINDS, METRICS, usage
from stability_sim.scenario.explain import explain
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.rules import RULES_SET, Rules
from stability_sim.scenario.schema import Alliance, Border, Conflict, Group, Stance, State, Support, Weights
from stability_sim.scenario.variables import FIELDS

RECORDS: dict[str, tuple[str, type[BaseModel]]] = {
    "State": ("states", State), "Group": ("groups", Group), "Border": ("borders", Border), "Alliance": ("alliances", Alliance),
    "Stance": ("stances", Stance), "Conflict": ("conflicts", Conflict), "Support": ("supports", Support), "Weights": ("states.weights", Weights),
}  # fmt: skip
FITTED = Path(__file__).parents[2] / "src" / "stability_sim" / "scenario" / "fitted.json"
TAGS = {"D": "identified from data", "P": "prior from the literature", "J": "judgement"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def named(patterns: str) -> list[str]:
    """Return the parameters that a marker names, in the order of the source; ValueError for a name without a parameter."""
    found = []
    for pattern in patterns.split():
        matching = [name for name in PARAMETERS if fnmatchcase(name, pattern)]
        if not matching:
            raise ValueError(f"no parameter is called {pattern}")
        found += matching
    return [name for name in PARAMETERS if name in found for _ in range(found.count(name))]


def parameters(patterns: str) -> str:
    """Return the table of parameters: default, range, unit, tag, meaning, source."""
    rows = []
    for name in named(patterns):
        spec = PARAMETERS[name]
        rows.append(
            [f"`{name}`", f"{spec.value:g}", f"{spec.low:g} to {spec.high:g}", spec.unit, spec.tag, spec.meaning, spec.source]
        )
    return table(["parameter", "default", "range", "unit", "tag", "meaning", "source"], rows)


def fields(record: str) -> str:
    """Return the table of the keys of one record of the schema."""
    section, kind = RECORDS[record.strip()]
    rows = []
    for name in kind.model_fields:
        told = explain(f"{section}.{name}")[0]
        within = f"{told.low:g} to {told.high:g}" if told.low is not None and told.high is not None else ""
        default = "–" if told.default == "empty" else told.default
        rows.append([f"`{name}`", told.unit.removesuffix(", 0 to 1"), within, default, told.meaning])
    return table(["key", "unit", "range", "default", "meaning"], rows)


def variables(_: str) -> str:
    """Return the table of all that changes in a run."""
    rows = []
    for field in FIELDS:
        changes = "drifts to a level" if field.drifts else "by events alone" if field.shared else "with what happens"
        rows.append([field.of, f"`{field.label}`", field.unit, changes, "yes" if field.event else "", field.meaning])
    return table(["of", "variable", "unit", "changes", "`set:`", "meaning"], rows)


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n", maxsplit=1)[0]


def schedule(_: str) -> str:
    """Return the phases of a month, their processes, and what each does."""
    rows, early = [], drafts()
    for number, phase in enumerate((BEFORE_ANYBODY_LOOKS, *SCHEDULE), start=1):
        for process in phase.processes:
            inner = process.py_func  # type: ignore[attr-defined]
            if inner.__module__.rpartition(".")[2] in early:
                continue
            where = f"dynamics/{inner.__module__.rpartition('.')[2]}.py"
            rows.append([str(number), phase.name, f"`{inner.__name__}`", where, _first_line(inner.__doc__)])
    rows.append([str(len(SCHEDULE) + 2), "record", "`record`", "engine/record.py", "Count what happened, into whole numbers."])
    return table(["phase", "name", "process", "file", "what it does"], rows)


def rules(_: str) -> str:
    """Return the rival rules, what each sets, and who says so."""
    rows = [[f"`{field}: {name}`", ", ".join(f"`{key}` = {value:g}" for key, value in values.items())]
            for (field, name), values in RULES_SET.items()]  # fmt: skip
    said = [[f"`{name}`", field.description or ""] for name, field in Rules.model_fields.items()]
    return table(["rule", "sets"], rows) + "\n\n" + table(["key", "the camps"], said)


def metrics(_: str) -> str:
    """Return what a condition can look at."""
    rows = [[f"`{usage(name)}`", "counted over months" if metric.counted else "read off the month", metric.meaning]
            for name, metric in METRICS.items()]  # fmt: skip
    return table(["metric", "how", "meaning"], rows)


def events(_: str) -> str:
    """Return the kinds of events and their keys."""
    shared = {"on", "when", "repeats", "note", "source"}
    rows = [[f"`{kind}`", _first_line(record.__doc__), ", ".join(f"`{key}`" for key in record.model_fields if key not in shared)]
            for kind, record in EVENT_KINDS.items()]  # fmt: skip
    return table(["event", "what it is", "keys"], rows)


def outcomes(_: str) -> str:
    """Return what is kept of every replicate and of every month."""
    return f"One number a replicate: {', '.join(OUTCOMES)}.\n\nQuantiles by month of: {', '.join(SERIES)}."


def tags(_: str) -> str:
    """Return how many parameters carry each tag."""
    early = draft_parameters()
    written_up = [spec for name, spec in PARAMETERS.items() if name not in early]
    counts = {tag: sum(spec.tag == tag for spec in written_up) for tag in TAGS}
    rows = [[tag, TAGS[tag], str(count), f"{count / len(written_up):.0%}"] for tag, count in counts.items()]
    return table(["tag", "where the number comes from", "parameters", "share"], rows)


def fit(_: str) -> str:
    """Return the facts to which the defaults were fitted: what was aimed at, what came out, what is accepted."""
    kept = json.loads(FITTED.read_text(encoding="utf-8"))
    rows = []
    for key, (aim, prior, fitted) in kept.get("facts", {}).items():
        band = ACCEPTED[key]
        verdict = Fact(key, fitted, band).verdict
        write = Fact(key, fitted, band).write
        rows.append([band.meaning, write(aim), write(prior), write(fitted), f"{write(band.low)} to {write(band.high)}", verdict])
    return table(["fact", "aim", "with the priors", "fitted", "accepted", "verdict"], rows) if rows else "Nothing was fitted."


def picture(name: str) -> str:
    """Return the picture of a page."""
    return f"![Response curves]({'img/' + name.strip()}.png)"


MAKERS: dict[str, Callable[[str], str]] = {
    "parameters": parameters, "fields": fields, "schedule": schedule, "rules": rules, "metrics": metrics, "events": events,
    "outcomes": outcomes, "tags": tags, "fit": fit, "picture": picture, "variables": variables,
}  # fmt: skip
OTHERS_FILL = {"known-misses"}  # what a command with data fills
MARKER = re.compile(r"(<!-- generated: (?P<kind>[a-z-]+)(?P<given>[^>]*?)-->\n)(?P<body>.*?)(<!-- /generated -->)", re.DOTALL)


def refreshed(text: str) -> str:
    """Return a page with everything between its markers made anew; ValueError for a marker of no kind."""

    def made(match: re.Match[str]) -> str:
        kind = match["kind"]
        if kind in OTHERS_FILL:
            return match[0]
        if kind not in MAKERS:
            raise ValueError(f"nothing makes {kind!r}: use one of {', '.join(MAKERS)}")
        return f"{match[1]}{MAKERS[kind](match['given'])}\n{match[5]}"

    return MARKER.sub(made, text)
