"""Words of a file within Markdown: they are shown as they are, and make no link, no tag and no heading."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"[\\`*\[\]<>|$#]|(?<!\w)_|_(?!\w)|~(?=~)|&(?=#?\w+;)|^[-+=~]")
_NUMBERED = re.compile(r"^(\d+)([.)])")


def literal(text: str) -> str:
    """Return words in one line in which every sign that Markdown would take for its own is escaped."""
    return _NUMBERED.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", " ".join(text.split())))


def code(text: str) -> str:
    """Return words in one line as code, whatever they hold."""
    line = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if line[:1] == "`" or line[-1:] == "`" else ""
    return f"{fence}{space}{line}{space}{fence}"
