"""The reference is made from the sources, and the site of pages that are there."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML

import docs_reference
import gallery
from docs_reference import MAKERS, filled, places
from mechanism_pages.pages import DOCS
from stability_sim.cli.main import app
from stability_sim.scenario.explain import explanations
from stability_sim.scenario.parameters import PARAMETERS

LARGEST_GALLERY = 2_000_000


def test_every_key_of_a_scenario_is_in_the_reference() -> None:
    page = filled((DOCS / "reference" / "scenario.md").read_text(encoding="utf-8"))
    sections = {key.rpartition(".")[0] for key in (one.key for one in explanations())} - {"parameters"}
    asked = {place.partition(" ")[2] for place in places() if place.startswith("keys")}
    missing = (
        sections - asked - {f"events.{kind}" for kind in re.findall(r"^### (\w+)$", page, flags=re.MULTILINE)} - {"corridors"}
    )
    assert not missing
    for one in explanations():
        if not one.key.startswith(("parameters.", "corridors.")):
            assert f"| `{one.key.rpartition('.')[2]}` | {one.meaning}" in page, one.key


def test_every_parameter_is_in_the_reference_once() -> None:
    page = docs_reference.every_parameter("")
    assert {name for name in PARAMETERS if page.count(f"| `{name}` |") == 1} == set(PARAMETERS)


def test_every_command_and_exit_code_is_in_the_reference() -> None:
    told = filled((DOCS / "reference" / "commands.md").read_text(encoding="utf-8"))
    names = {command.name or command.callback.__name__.strip("_") for command in app.registered_commands}
    assert not {name for name in names if f"## {name}\n" not in told}
    assert "## data build\n" in told
    assert [code for code in ("0", "1", "2", "3", "130") if f"| {code} |" in told] == ["0", "1", "2", "3", "130"]


def test_what_is_made_has_a_place_and_a_maker() -> None:
    assert {place.partition(" ")[0] for place in places()} == set(MAKERS)
    with pytest.raises(ValueError, match="nothing makes 'weather'"):
        filled("<!-- made: weather -->")
    with pytest.raises(ValueError, match="no section is called 'rivers'"):
        filled("<!-- made: keys rivers -->")


def _entries(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    below = nav.values() if isinstance(nav, dict) else nav
    return [entry for part in below for entry in _entries(part)]  # type: ignore[attr-defined]


def test_the_navigation_leads_to_every_page() -> None:
    text = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    entries = _entries(YAML(typ="safe").load(text[text.index("\nnav:") :])["nav"])
    folders = tuple(entry for entry in entries if entry.endswith("/"))
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    assert not {page for page in pages if page not in entries and not page.startswith(folders)}, "put it into mkdocs.yml"
    assert not {entry for entry in entries if not entry.startswith("project/") and not (DOCS / entry).exists()}


def test_the_gallery_is_small_and_says_where_each_picture_is_from() -> None:
    assert gallery.commands()
    files = {f"gallery/{path.name}" for path in (DOCS / "gallery").glob("*.png")}
    assert files == set(gallery.pictures())
    assert sum((DOCS / name).stat().st_size for name in files) < LARGEST_GALLERY
    for name, source in gallery.pictures().items():
        folder = source.partition("/figures/")[0]
        assert [command for command in gallery.commands() if f"-o {folder}\n" in command], name
