"""What is wrong with a scenario: where, in which words, and what was probably meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Loc = tuple[str | int, ...]

MOST_PRINTED = 50
WIDEST_EXCERPT = 100
LONGEST_WORD = 60


class Meant(NamedTuple):
    """The known words among which one is that was meant: looked for when the problem is shown, since that takes time."""

    word: str
    known: tuple[str, ...]
    otherwise: str = ""

    def __str__(self) -> str:
        return closest(self.word, self.known) or self.otherwise


Hint = str | Meant


class Finding(NamedTuple):
    """A problem at a path of the document, before it is known where in the file that path is."""

    loc: Loc
    message: str
    hint: Hint = ""
    on: Literal["key", "value"] = "value"


@dataclass(frozen=True)
class Problem:
    """A problem at a spot of a file; line and column count from 1, and 0 means the file as a whole."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        hint = f"  {self.hint}" if self.hint else ""
        message = "\n".join(printable(line) for line in self.message.split("\n"))  # names in it come from the file
        return "\n".join(part for part in (f"{place}: {message}", self.excerpt, hint) if part)


class HintedError(ValueError):
    """Words of a file or of the command line that mean nothing; ``hint`` is what was probably meant."""

    def __init__(self, message: str, hint: Hint = "") -> None:
        super().__init__(message)
        self.hint = hint


class MechanismError(ValueError):
    """A scenario asks for a mechanism that no package offers, that cannot run, or for a setting that it does not have."""


class InvalidScenario(Exception):  # noqa: N818 - reads as a statement where it is caught
    """A scenario, a variant or a setting that cannot run; ``problems`` lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        shown = "\n".join(str(problem) for problem in self.problems[:MOST_PRINTED])
        more = len(self.problems) - MOST_PRINTED
        return f"{shown}\n… and {more} more problems" if more > 0 else shown


def printable(text: str) -> str:
    """Return the text with one blank for each character that would move or colour a terminal."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter for letter in text)


def quoted(word: object) -> str:
    """Return what the file holds, in quotes, short enough for a message."""
    text = printable(str(word))
    return f"'{text if len(text) <= LONGEST_WORD else text[: LONGEST_WORD - 1] + '…'}'"


def excerpt(lines: Sequence[str], line: int, column: int) -> str:
    """Return a source line and a caret under a spot of it; long lines are cut around the spot."""
    if not 1 <= line <= len(lines):
        return ""
    text = lines[line - 1]
    first = max(0, column - WIDEST_EXCERPT * 3 // 4) if len(text) > WIDEST_EXCERPT else 0
    return f"  {printable(text[first : first + WIDEST_EXCERPT])}\n  {' ' * (column - 1 - first)}^"


def meant(word: object, known: Iterable[str], otherwise: str = "") -> Meant:
    """Return the hint at the known word nearest to a word, or something else if none is near."""
    return Meant(str(word)[:LONGEST_WORD], tuple(known), otherwise)


def closest(word: object, known: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the known word nearest to a word, or nothing if none is near."""
    text = str(word)[:LONGEST_WORD]
    by_lower: dict[str, str] = {}
    for name in known:
        by_lower.setdefault(name.lower(), name)
    matches = difflib.get_close_matches(text.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean {quoted(by_lower[matches[0]])}?" if matches else ""
