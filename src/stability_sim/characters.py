"""Characters that no text may hold: they move a terminal, turn the direction of what is read, or stand for nothing.

Joiners (U+200C, U+200D), which Persian and Hindi need, are none of them; neither are a line feed and a tab.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ENDS_OF_PLANES = "".join(chr((plane << 16) + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_KINDS = (
    ("\x00-\x08\x0b-\x1f\x7f-\x9f", "a control character"),
    ("\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069", "a character that turns the direction of text"),
    ("\u2028\u2029", "a line break that not every program sees"),
    ("\ud800-\udfff", "half of a character"),
    ("\ufeff", "a byte order mark within the text"),
    (f"\ufdd0-\ufdef{_ENDS_OF_PLANES}", "no character of Unicode"),
)
_FORBIDDEN = re.compile("|".join(f"([{letters}])" for letters, _ in _KINDS))
_INSTEAD = "\N{REPLACEMENT CHARACTER}"
HINT = "take it away: a text is what people see of it"


class Forbidden(NamedTuple):
    """A character that no text may hold: where it stands, counted from 1, and what is to be said of it."""

    line: int
    column: int
    message: str


def forbidden(text: str) -> list[Forbidden]:
    """Return what no text may hold, in the order of the text."""
    return [
        Forbidden(
            text.count("\n", 0, found.start()) + 1,
            found.start() - text.rfind("\n", 0, found.start()),
            f"U+{ord(found.group()):04X}, {_KINDS[(found.lastindex or 1) - 1][1]}, is not allowed in a text",
        )
        for found in _FORBIDDEN.finditer(text)
    ]


def harmless(text: str) -> str:
    """Return a text in which what no text may hold is replaced, so that it can be printed."""
    return _FORBIDDEN.sub(_INSTEAD, text)
