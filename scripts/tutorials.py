"""Run the pages of docs that show code, and write down what comes out.

Usage: python scripts/tutorials.py [--check] [PAGE...]

Blocks of a page run from above to below in one empty folder, without a network. ``sh`` is run by a shell, ``python`` as a
program; a block with a title is a file of that name. A ``text`` block under a block is what it printed: it is written
anew, and with ``--check`` compared. In it a line ``...`` stands for lines that are left out, and seconds count as equal.
``<!-- fails: 2 -->`` above a block says with which exit code it fails; ``<!-- not run -->`` that it is only shown.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region, Sybil
from sybil.parsers.abstract.lexers import BlockLexer

DOCS = Path(__file__).parents[1] / "docs"
_BLOCK = BlockLexer(
    re.compile(
        r"^(?P<prefix> *)(?:<!-- (?:fails: (?P<code>\d+)|(?P<shown>not run)) -->\n(?P=prefix))?"
        r'```(?P<language>sh|python|yaml|toml|csv|text)(?: title="(?P<title>[^"]+)")?\n',
        re.MULTILINE,
    ),
    r"(?m:^{prefix}```$)",
)
_SECONDS = re.compile(r"\b\d+\.\d s\b")
SETTINGS = {"COLUMNS": "110", "NO_COLOR": "1", "TERM": "dumb", "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "error::UserWarning"}


class BlockError(AssertionError):
    """A block did not do what its page says."""


def pages() -> list[Path]:
    """Return the pages whose blocks run."""
    return [DOCS / "start.md", *sorted((DOCS / "tutorials").glob("[0-9]*.md")), *sorted((DOCS / "how-to").glob("*.md"))]


def _environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, **SETTINGS, "PATH": path}


def _run(example: Example) -> str:
    """Run a block; return what it printed. The messages of one that fails, as it should, are part of it."""
    program = ["bash", "-euo", "pipefail", "-c"] if example.region.lexemes["language"] == "sh" else [sys.executable, "-c"]
    done = subprocess.run(
        [*program, example.parsed],
        cwd=example.namespace["folder"],
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    expected = int(example.region.lexemes["code"] or 0)
    if done.returncode != expected:
        raise BlockError(
            f"{example.path}:{example.line}: exit code {done.returncode}, not {expected}\n{done.stdout}{done.stderr}"
        )
    return done.stdout + (done.stderr if expected else "")


def _evaluate(example: Example) -> None:
    lexemes, kept = example.region.lexemes, example.namespace
    if lexemes["language"] == "text":
        kept["shown"].append((example.region, str(example.parsed), kept["printed"]))
    elif lexemes["title"]:
        target = Path(kept["folder"]) / str(lexemes["title"])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(example.parsed, encoding="utf-8")
    elif lexemes["language"] in ("sh", "python") and not lexemes["shown"]:
        kept["printed"] = _run(example)


def _regions(document: Document) -> Iterable[Region]:
    for region in _BLOCK(document):
        region.parsed, region.evaluator = region.lexemes["source"], _evaluate
        yield region


def _pieces(shown: str) -> Iterator[list[str]]:
    """Yield the runs of lines between those that say that something is left out."""
    piece: list[str] = []
    for line in [*shown.rstrip("\n").split("\n"), "..."]:
        if line.strip() == "...":
            yield piece
            piece = []
        else:
            piece.append(line)


def renewed(shown: str, printed: str) -> str:
    """Return what a block should show: the printed lines in the place of the shown ones, cut where it was cut.

    Each run of shown lines keeps its length and is found again by its first line, numbers aside.
    """
    lines = [line.rstrip() for line in printed.rstrip("\n").split("\n")]
    if "..." not in [line.strip() for line in shown.split("\n")]:
        return "\n".join(lines) + "\n"
    at, told = 0, []
    for piece in _pieces(shown):
        if piece:
            likeness = [re.sub(r"[\d.,%-]+|\s+", "", line) for line in lines]
            first = re.sub(r"[\d.,%-]+|\s+", "", piece[0])
            if first not in likeness[at:]:
                raise BlockError(f"nothing that was printed looks like {piece[0]!r}:\n{printed}")
            start = likeness.index(first, at)
            at = start + len(piece)
            told += lines[start:at]
        told.append("...")
    return "\n".join(told[:-1]) + "\n"


def run(page: Path, folder: Path) -> str:
    """Run a page in a folder and return its text with what its blocks print now.

    Raises BlockError for a block that fails, or does not fail as it should.
    """
    document = Sybil([_regions]).parse(page)
    shown: list[tuple[Region, str, str]] = []
    document.namespace.update(folder=folder, shown=shown, printed="")
    for example in document.examples():
        example.evaluate()
    text = document.text
    for region, before, printed in reversed(shown):
        after = renewed(before, printed)
        if _SECONDS.sub("", after) != _SECONDS.sub("", before):
            start = region.start + region.lexemes["source"].offset  # type: ignore[attr-defined]
            indent = re.match(" *", text[region.start :])[0]  # type: ignore[index]
            text = text[:start] + textwrap.indent(after, indent) + text[region.end :]
    return text


def main() -> int:
    """Run pages; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE", help="all pages if none is named")
    parser.add_argument("--check", action="store_true", help="write nothing; the exit code is 1 if anything would change")
    given: Any = parser.parse_args()
    changed = []
    for page in given.pages or pages():
        with tempfile.TemporaryDirectory() as folder:
            text = run(page, Path(folder))
        if text != page.read_text(encoding="utf-8"):
            changed.append(str(page))
            if not given.check:
                page.write_text(text, encoding="utf-8")
    print("\n".join(changed) if changed else "nothing has changed")
    return 1 if changed and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
