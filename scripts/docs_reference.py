"""The reference, made from schema, parameters, commands and results when the site is built: it cannot be out of date.

``<!-- made: KIND ... -->`` in a page is the place; on a forge, where nothing is filled in, the text around it says which
command tells the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from mechanism_pages.pages import DOCS, homes
from mechanism_pages.tables import metrics, parameters, rules, table
from stability_sim.results.vocabulary import Entry
from stability_sim.scenario.explain import Explanation, explanations

MADE = re.compile(r"<!-- made: (?P<kind>[a-z-]+)(?P<given>[^>]*?) -->")


def _number(value: float | None) -> str:
    if value is None:
        return "any"
    return f"{int(value):,}" if float(value).is_integer() else f"{value:g}"


def _range(one: Explanation) -> str:
    return "" if one.low is None and one.high is None else f"{_number(one.low)} to {_number(one.high)}"


def keys(section: str) -> str:
    """Return the table of the keys of one section of a scenario; of the top if no section is named."""
    rows = []
    for one in explanations():
        where, _, name = one.key.rpartition(".")
        if where == section:
            default = {"empty": "–", "none: it must be given": "**required**"}.get(one.default, one.default)
            rows.append([f"`{name}`", one.meaning, one.unit, _range(one), default])
    if not rows:
        raise ValueError(f"no section is called {section!r}")
    return table(["key", "meaning", "unit", "range", "default"], rows)


def event_kinds(_: str) -> str:
    """Return the keys of each kind of event."""
    from stability_sim.scenario.events import EVENT_KINDS

    told = []
    for kind, record in EVENT_KINDS.items():
        meaning = (record.__doc__ or "").strip().split("\n", maxsplit=1)[0]
        told.append(f"### {kind}\n\n{meaning}\n\n{keys(f'events.{kind}')}")
    return "\n\n".join(told)


def every_parameter(_: str) -> str:
    """Return all parameters, by the page that explains them."""
    pages: dict[str, list[str]] = {}
    for name, where in homes().items():
        pages.setdefault(where[0] if where else "", []).append(name)
    told = []
    for page, names in sorted(pages.items()):
        title = "Not written up yet"
        if page:
            text = (DOCS / "mechanisms" / f"{page}.md").read_text(encoding="utf-8")
            title = text.split("\n", maxsplit=1)[0].removeprefix("# ")
            title = f"[{title}](../mechanisms/{page}.md)"
        told.append(f"## {title}\n\n{parameters(' '.join(names))}")
    return "\n\n".join(told)


def commands(_: str) -> str:
    """Return the help of every command, as it is printed."""
    from typer.main import get_command
    from typer.testing import CliRunner

    from stability_sim.cli.main import app

    def told(words: list[str]) -> str:
        done = CliRunner().invoke(
            app, [*words, "--help"], env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"}, prog_name="stability-sim"
        )
        return f"## {' '.join(words)}\n\n```text\n{done.stdout.strip()}\n```"

    found = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        found += [told([name, inner]) for inner in below] if below else [told([name])]
    return "\n\n".join(found)


def exit_codes(_: str) -> str:
    """Return what each exit code says."""
    from stability_sim.cli import main as cli

    said = {
        cli.DONE: "done", cli.FAILED: "a run failed, or a replay gave other results or found altered files", cli.NOT_FOUND: "a file was not found",
        cli.INVALID: "bad usage, or a scenario that is not valid: all that is wrong is on stderr", cli.INTERRUPTED: "interrupted",
    }  # fmt: skip
    return table(["code", "means"], [[str(code), said[code]] for code in sorted(said)])


def variables(_: str) -> str:
    """Return the variables of the results of a small run: axes, unit, meaning."""
    from stability_sim.ensemble.run import run
    from stability_sim.scenario import load
    from stability_sim.scenario.load import find

    results = run(load(find("four-rivers")).scenario, replicates=2)
    rows = [[f"`{name}`", ", ".join(one.dims), one.unit, one.meaning] for name, one in results.variables.items()]
    return table(["variable", "axes", "unit", "meaning"], rows)


def outcomes(_: str) -> str:
    """Return the outcomes of a replicate, in words."""
    from stability_sim.results.vocabulary import OUTCOME_ENTRIES

    return _entries("outcome", OUTCOME_ENTRIES)


def columns(_: str) -> str:
    """Return the columns of the summary of a run."""
    from stability_sim.results.vocabulary import COLUMN_ENTRIES

    return _entries("column", [one for one in COLUMN_ENTRIES if one.where.startswith("summary")])


def log_kinds(_: str) -> str:
    """Return the kinds of rows of the log, and what their value is."""
    from stability_sim.results.vocabulary import LOG_ENTRIES

    return _entries("kind", LOG_ENTRIES)


def series(_: str) -> str:
    """Return the series of the region."""
    from stability_sim.results.vocabulary import SERIES_ENTRIES

    return _entries("series", SERIES_ENTRIES)


def channels(_: str) -> str:
    """Return the channels of an onset, and how they are called."""
    from stability_sim.results.vocabulary import CHANNEL_ENTRIES

    return table(["channel", "called", "meaning"], [[f"`{one.name}`", one.label, one.meaning] for one in CHANNEL_ENTRIES])


def _entries(what: str, entries: Sequence[Entry]) -> str:
    return table([what, "meaning", "unit"], [[f"`{one.name}`", one.meaning, one.unit] for one in entries])


MAKERS: dict[str, Callable[[str], str]] = {
    "keys": keys, "events": event_kinds, "parameters": every_parameter, "commands": commands, "exit-codes": exit_codes,
    "variables": variables, "outcomes": outcomes, "columns": columns, "log-kinds": log_kinds, "series": series,
    "channels": channels, "rules": rules, "metrics": metrics,
}  # fmt: skip


def filled(text: str) -> str:
    """Return a page with its tables in it; ValueError for a kind that nothing makes."""

    def made(match: re.Match[str]) -> str:
        if match["kind"] not in MAKERS:
            raise ValueError(f"nothing makes {match['kind']!r}: use one of {', '.join(MAKERS)}")
        return MAKERS[match["kind"]](match["given"].strip())

    return MADE.sub(made, text)


def places(docs: Path = DOCS) -> list[str]:
    """Return what the pages ask for: kind and what is given with it."""
    found = []
    for page in sorted(docs.rglob("*.md")):
        found += [
            f"{match['kind']} {match['given'].strip()}".strip() for match in MADE.finditer(page.read_text(encoding="utf-8"))
        ]
    return found
