"""What the package depends on, by the metadata of what is installed: names, bounds and licences.

``python scripts/dependencies.py`` prints every package that an installed copy loads, with its licence, and ends with 1 if
one of them has a licence that does not go with MIT, or none. ``docs/dependencies.md`` says why each is there; a test holds
it to this.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, metadata
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OWN = "stability-sim"
FAMILIES = (  # in this order: MIT-CMU is not MIT, and 0BSD stands after BSD in what numpy says
    ("MIT-CMU", r"MIT-CMU|HPND|Historical Permission"), ("Apache-2.0", r"Apache"), ("BSD", r"\bBSD"), ("MIT", r"\bMIT\b"),
    ("PSF-2.0", r"Python Software Foundation|\bPSF\b|PSF-2\.0"), ("ISC", r"\bISC\b"), ("MPL-2.0", r"\bMPL|Mozilla"),
    ("Unlicense", r"Unlicense|Public Domain"),
)  # fmt: skip
TITLES = ("License :: OSI Approved :: ", "License :: ")


class Package(NamedTuple):
    """A package that is installed: its name, version and licence."""

    name: str
    version: str
    licence: str


def declared() -> list[Requirement]:
    """Return what an installed copy needs, without the extras."""
    every = [Requirement(text) for text in distribution(OWN).requires or []]
    return sorted((one for one in every if _applies(one)), key=lambda one: one.name.lower())


def _applies(one: Requirement) -> bool:
    return one.marker is None or one.marker.evaluate({"extra": ""})


def _family(text: str) -> str:
    return next((name for name, pattern in FAMILIES if re.search(pattern, text)), "")


def licence(name: str) -> str:
    """Return the licence of an installed package: the first that its metadata name; empty if they name none that is known."""
    told = metadata(name)
    expression = (told.get("License-Expression") or "").split(" AND ")[0]
    classified = [line for line in told.get_all("Classifier") or [] if line.startswith(TITLES[1])]
    for text in (expression, *classified, (told.get("License") or "").strip().partition("\n")[0]):
        if text and (found := _family(text)):
            return found
    return ""


def needed() -> list[Package]:
    """Return every installed package that is needed, directly or by another."""
    found: dict[str, Package] = {}
    waiting = [one.name for one in declared()]
    while waiting:
        name = str(canonicalize_name(waiting.pop()))
        if name in found:
            continue
        try:
            known = distribution(name)
        except PackageNotFoundError:  # for another system
            continue
        found[name] = Package(known.metadata["Name"], known.version, licence(name))
        waiting += [one.name for text in known.requires or [] if _applies(one := Requirement(text))]
    return sorted(found.values(), key=lambda package: package.name.lower())


def main() -> None:
    """Print the packages; end with 1 if a licence is missing or does not go with ours."""
    every = needed()
    for package in every:
        print(f"{package.name} {package.version}: {package.licence or 'NO LICENCE THAT IS KNOWN TO GO WITH MIT'}")
    sys.exit(any(not package.licence for package in every))


if __name__ == "__main__":
    main()
