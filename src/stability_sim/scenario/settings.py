"""A setting of the command line, ``path=value``, taken apart."""

from __future__ import annotations

from typing import Any

from stability_sim.scenario.compose import Composer, Unreadable
from stability_sim.scenario.paths import PathError


def read_setting(text: str) -> tuple[str, Any]:
    """Return path and value of a setting; the value is read as a file would read it. PathError if it is ill-formed."""
    path, sign, written = text.partition("=")
    if not sign or not path.strip():
        raise PathError("a setting is a path, '=' and a value", "such as states.TJK.capacity=0.4")
    composer = Composer()
    try:
        node = composer.read(written)
    except Unreadable as error:
        raise PathError(error.mistake.message, error.mistake.hint) from None
    if composer.mistakes:
        raise PathError(composer.mistakes[0].message, composer.mistakes[0].hint)
    return path.strip(), None if node is None else node.plain()
