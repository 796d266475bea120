"""Whether the texts of a scenario hold what people can see, wherever in it they stand."""

from __future__ import annotations

from typing import Any

from stability_sim.characters import forbidden


def check_letters(value: Any, where: str = "") -> None:  # noqa: ANN401 - whatever is to become a scenario
    """Raise ValueError if a text in a document, or a key, holds what no text may hold."""
    if isinstance(value, str):
        if found := forbidden(value):
            raise ValueError(f"{where}: {found[0].message}")
    elif isinstance(value, dict):
        for key, part in value.items():
            check_letters(key, where)
            check_letters(part, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for k, part in enumerate(value):
            check_letters(part, f"{where}.{k}")
