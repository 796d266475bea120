"""The docs say what the sources say: tables, pictures, links."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from mechanism_pages import curves_conflict
from mechanism_pages import equations as equations_module
from mechanism_pages.curves import CURVES
from mechanism_pages.equations import draft_parameters, drafts, equations, tellers, unread
from mechanism_pages.pages import DOCS, LARGEST, curves, fingerprints, homes, pages, stale
from mechanism_pages.panel import Panel, fingerprint
from mechanism_pages.tables import MARKER, refreshed
from stability_sim.scenario.parameters import PARAMETERS

MECHANISMS = sorted((DOCS / "mechanisms").glob("[a-z]*.md"))
LINK = re.compile(r"\]\((?P<file>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")


@pytest.fixture(scope="module")
def shown() -> dict[str, list[Panel]]:
    return curves()


def _slug(heading: str) -> str:
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")


def _anchors(page: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {_slug(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")}


def test_nothing_is_out_of_date(shown: dict[str, list[Panel]]) -> None:
    assert stale(DOCS, shown) == [], "run: python scripts/build_mechanism_pages.py"


def test_every_parameter_is_on_exactly_one_mechanism_page() -> None:
    early = draft_parameters()
    wrong = {name: where for name, where in homes().items() if len(where) != 1 and name not in early}
    assert not wrong
    assert set(homes()) == set(PARAMETERS)


def _by_hand(page: Path) -> set[str]:
    """Return the words of a page that nothing generates."""
    return set(re.findall(r"\w+", MARKER.sub("", page.read_text(encoding="utf-8"))))


def test_every_parameter_is_explained_on_its_page_and_in_the_odd() -> None:
    said = _by_hand(DOCS / "odd.md") | draft_parameters()
    assert not [name for name in PARAMETERS if name not in said], "docs/odd.md does not say what these do"
    silent = [
        f"{where[0]}.md: {name}"
        for name, where in homes().items()
        if where and name not in _by_hand(DOCS / "mechanisms" / f"{where[0]}.md")
    ]
    assert not silent, "the tables of these pages list parameters of which their text does not say what they do"


def test_every_mechanism_has_its_parts() -> None:
    assert {page.stem for page in MECHANISMS} == set(CURVES)
    for page in MECHANISMS:
        text = page.read_text(encoding="utf-8")
        for part in (
            "**The question.**",
            f"img/{page.stem}.png",
            "## Parameters",
            "## Evidence",
            "## What it leaves out",
            "Code: ",
        ):
            assert part in text, f"{page.name} lacks {part}"


def test_pictures_are_small() -> None:
    pictures = sorted((DOCS / "mechanisms" / "img").glob("*.png"))
    assert {picture.stem for picture in pictures} == set(CURVES)
    assert all(picture.stat().st_size < LARGEST for picture in pictures)


def test_code_that_a_page_names_exists() -> None:
    package = DOCS.parent / "src" / "stability_sim"
    for page in pages():
        for name in re.findall(r"`((?:dynamics|scenario|world|engine)/\w+\.py)`", page.read_text(encoding="utf-8")):
            assert (package / name).is_file(), f"{page.name} names {name}"


def test_parameters_that_a_page_names_exist() -> None:
    for page in MECHANISMS:
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"^\| `(\w+)` \| [-\d.e+]+ \|", text, flags=re.MULTILINE):
            assert name in PARAMETERS


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for match in LINK.finditer(re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)):
        if match["file"].startswith("http"):
            continue
        target = (page.parent / match["file"]).resolve() if match["file"] else page
        assert target.exists(), f"{match[0]} of {page.name} leads nowhere"
        if match["anchor"]:
            assert match["anchor"] in _anchors(target), f"{match[0]} of {page.name} has no such heading"


def test_what_is_cited_is_listed_and_what_is_listed_is_cited() -> None:
    listed = re.findall(r"^- \*\*(.+?)\.\*\*", (DOCS / "references.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    pages_of_model = [*MECHANISMS, DOCS / "odd.md", DOCS / "glossary.md"]
    sources = [spec.source for spec in PARAMETERS.values()]
    said = " ".join(" ".join([page.read_text(encoding="utf-8") for page in pages_of_model] + sources).split())
    assert not [key for key in listed if key not in said], "these are listed, but nobody cites them"
    found = re.findall(r"(?:& |et al\. )?([A-ZÉ][\w'’-]+) ((?:18|19|20)\d\d)\b", said)
    known = {(re.sub(r" et al\.$", "", key[:-5]).split(" ")[-1], key[-4:]) for key in listed}
    names = {name for name, _ in known}
    assert not {(name, year) for name, year in found if name in names and (name, year) not in known}
    cited_together = re.findall(r"([A-ZÉ][\w'’-]+) (?:&|et al\.) ?([A-Z][\w'’-]+)? ?((?:19|20)\d\d)\b", said)
    assert not {(first, second, year) for first, second, year in cited_together if (second or first, year) not in known}


def test_a_new_default_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (DOCS / "mechanisms" / "ending.md").read_text(encoding="utf-8")
    assert refreshed(page) == page
    monkeypatch.setitem(PARAMETERS, "ending_shape", PARAMETERS["ending_shape"]._replace(value=4.321))
    assert "| `ending_shape` | 4.321 |" in refreshed(page)
    assert fingerprint(curves_conflict.ending()) != fingerprints()["ending"]


def test_a_page_that_was_changed_by_hand_is_noticed(tmp_path: Path, shown: dict[str, list[Panel]]) -> None:
    copy = tmp_path / "docs"
    shutil.copytree(DOCS, copy)
    page = copy / "mechanisms" / "ending.md"
    page.write_text(page.read_text(encoding="utf-8").replace("| `fades` |", "| `faded` |"), encoding="utf-8")
    (copy / "mechanisms" / "img" / "cells.png").unlink()
    assert stale(copy, shown) == [
        "mechanisms/ending.md has tables that are out of date",
        "mechanisms/img/cells.png is out of date",
    ]


def test_a_marker_of_no_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing makes 'tables'"):
        refreshed("<!-- generated: tables x -->\n<!-- /generated -->")
    with pytest.raises(ValueError, match="no parameter is called colour"):
        refreshed("<!-- generated: parameters colour -->\n<!-- /generated -->")


def test_every_file_of_dynamics_has_a_page() -> None:
    early = drafts()
    assert not [name for name, where in tellers(DOCS).items() if not where and name not in early]
    assert set(tellers(DOCS)) == set(equations()), "a page names a file of dynamics that is not there"


def test_a_changed_equation_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "dynamics"
    shutil.copytree(equations_module.DYNAMICS, copy)
    monkeypatch.setattr(equations_module, "DYNAMICS", copy)
    assert unread(DOCS) == []
    war = copy / "war.py"
    text = war.read_text(encoding="utf-8")
    war.write_text("# a remark\n" + text.replace("Move one conflict", "Change one conflict"), encoding="utf-8")
    assert unread(DOCS) == []
    war.write_text(text.replace("now.swing[r, c] + p.swing_sd", "now.swing[r, c] - p.swing_sd"), encoding="utf-8")
    assert unread(DOCS) == [
        f"dynamics/war.py has changed: read {', '.join(tellers(DOCS)['war'])} and odd.md against it, then run with --read"
    ]


def test_what_another_command_fills_stays() -> None:
    text = "<!-- generated: known-misses -->\nfact 3\n<!-- /generated -->"
    assert refreshed(text) == text


def test_a_release_has_no_drafts() -> None:
    newest = re.search(r"^## (.*)$", (DOCS.parent / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert newest
    assert "unreleased" in newest[1] or not drafts(), "write a page in docs/mechanisms for each, then: --read"


def test_a_draft_needs_no_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "dynamics"
    shutil.copytree(equations_module.DYNAMICS, copy)
    monkeypatch.setattr(equations_module, "DYNAMICS", copy)
    before = drafts(), draft_parameters()
    (copy / "weather.py").write_text("def weather(p):\n    return p.rain + p.onset_per_year\n", encoding="utf-8")
    assert drafts() == before[0] | {"weather"}
    assert draft_parameters() == before[1] | {"rain"}
    assert unread(DOCS) == []
