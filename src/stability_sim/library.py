"""The scenarios that ship with the package: found in a checkout and in an installed copy."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_PLACES = (_PACKAGE / "scenarios", _PACKAGE.parents[1] / "scenarios")


def shipped() -> dict[str, Path]:
    """Return the files of the shipped scenarios by name."""
    for folder in _PLACES:
        found = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
        if found:
            return found
    return {}


def find(name: str) -> Path:
    """Return the file that a path or the name of a shipped scenario means; it may not exist."""
    path = Path(name)
    if not path.exists() and path.suffix == "" and name in shipped():
        return shipped()[name]
    return path
