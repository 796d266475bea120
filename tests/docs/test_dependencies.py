"""The page on dependencies says what is declared and installed; every licence goes with ours."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from dependencies import _family, declared, licence, needed

PAGE = Path(__file__).parents[2] / "docs" / "dependencies.md"


def _rows() -> dict[str, list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in cells}


def test_every_declared_package_is_on_the_page_with_its_bound_and_licence() -> None:
    told = {str(canonicalize_name(name)): (SpecifierSet(bound), kind) for name, (bound, kind, _) in _rows().items()}
    assert told == {str(canonicalize_name(one.name)): (one.specifier, licence(one.name)) for one in declared()}
    assert all(len(why) > 10 for _, _, why in _rows().values())


def test_everything_that_is_brought_along_has_a_licence_that_goes_with_ours() -> None:
    every = needed()
    assert len(every) > 30
    assert not [package for package in every if not package.licence]


def test_a_licence_that_does_not_go_with_ours_would_be_seen() -> None:
    assert not _family("GNU General Public License v3 (GPLv3)")
    assert not _family("LGPL-3.0-or-later")
    assert _family("BSD-3-Clause AND MIT") == "BSD"
    assert _family("MIT-CMU") == _family("Historical Permission Notice and Disclaimer (HPND)") == "MIT-CMU"


def test_what_is_declared_is_what_is_imported() -> None:
    """No declared package is idle, and none that is imported is undeclared."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PAGE.parents[1] / "src").rglob("*.py"))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE)) - sys.stdlib_module_names - {"stability_sim"}
    names = {"ruamel-yaml": "ruamel", "pillow": "PIL", "salib": "SALib"}
    needed_by_name = {names.get(str(canonicalize_name(one.name)), str(one.name)) for one in declared()}
    inside = {"pydantic_core"}  # of pydantic, which pins it
    optional = {"distributed", "dask", "IPython"}  # of an extra, or where the user has it
    assert imported - inside - optional == needed_by_name


def test_what_is_installed_is_within_what_is_declared() -> None:
    for one in declared():
        assert one.specifier.contains(version(one.name), prereleases=True), f"{one} is declared, {version(one.name)} installed"


def test_what_kernels_are_compiled_with_is_bounded_above() -> None:
    """``handles.py`` and ``engine/fused.py`` use what numba promises to nobody: a new minor version is tried first."""
    bounds = {one.name: {bound.operator for bound in one.specifier} for one in declared()}
    assert bounds["numba"] == bounds["llvmlite"] == {">=", "<"}
