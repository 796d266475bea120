"""The commands that tell what there is: list, explain, schema, methods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from stability_sim import terminal
from stability_sim.terminal import say

INVALID = 2


def _list(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="A scenario whose variants are wanted, with their notes.")] = "",
) -> None:
    """List the scenarios that ship with the program, and their variants; of one, what each variant changes."""
    from stability_sim.library import find, shipped
    from stability_sim.scenario import load

    if name:
        scenario = load(find(name)).scenario
        terminal.write(f"{scenario.scenario}: {scenario.question}\n")
        for variant, changes in scenario.variants.items():
            terminal.write(f"  {variant}\n    {changes.note or 'without a note'}\n")
        return
    for known, path in shipped().items():
        scenario = load(path).scenario
        terminal.write(f"{known}\n  {scenario.question}\n  variants: {', '.join(scenario.variants) or 'none'}\n")


def _range(low: float | None, high: float | None) -> str:
    return f"{'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}"


def _key(one: Any) -> list[str]:  # noqa: ANN401 - imported late
    """Return what a key of a scenario file means, line by line."""
    lines = [one.key, f"  {one.meaning}"]
    lines += [f"  unit: {one.unit}"] if one.unit else []
    lines += [f"  range: {_range(one.low, one.high)}"] if one.low is not None or one.high is not None else []
    lines.append(f"  default: {one.default}")
    return lines + ([f"  tag: {one.tag}; source: {one.source}"] if one.tag else [])


def _explain(
    key: Annotated[
        str, typer.Argument(help="Such as capacity, borders.guard, hidden_share; or onsets, P(onset), call_honoured.")
    ],
) -> None:
    """Tell what a key of a file means (unit, range, default, source), or a name in results (unit)."""
    from stability_sim.report.dictionary import closest_entry, entries
    from stability_sim.scenario import UnknownKey, explain

    told = [
        [one.name, f"  {one.meaning}", f"  {one.where}", *([f"  unit: {one.unit}"] if one.unit else [])] for one in entries(key)
    ]
    try:
        told = [_key(one) for one in explain(key)] + told
    except UnknownKey as error:
        if not told:
            hint = error.hint or closest_entry(key)
            say(f"{error}; {hint}" if hint else str(error))
            raise typer.Exit(INVALID) from None
    terminal.write("".join("\n".join(lines) + "\n" for lines in told))


def _schema() -> None:
    """Print the JSON Schema of scenario files."""
    import json

    from stability_sim.scenario import json_schema

    terminal.write(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")


def _methods(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a run, or of compare, sweep, uncertainty, ...")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; stdout if not given.")] = None,
) -> None:
    """Write the methods paragraph of a paper from a folder: design, assumptions, seed, hashes, what to cite."""
    from stability_sim.report.methods import methods
    from stability_sim.writing import write_file

    text = methods(folder)
    if output is None:
        terminal.write(text)
        return
    write_file(output, text)
    terminal.write(f"{output}\n")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for name, command in (("list", _list), ("explain", _explain), ("schema", _schema), ("methods", _methods)):
        app.command(name=name)(command)
