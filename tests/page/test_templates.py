"""Templates are the one way to HTML, and whatever they are given stays text."""

from __future__ import annotations

import ast
import html
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import pandas as pd
import pytest

from stability_sim.lesson.answers import Answer
from stability_sim.lesson.case import Lesson, Question, Step
from stability_sim.lesson.pages import handout_page, plan_page, questions_page, start_page
from stability_sim.lesson.pictures import Picture, bars, pairs, squares
from stability_sim.report.page.html import Shown, html_page, render

PACKAGE = Path(str(files("stability_sim")))
MARKUP = "</script></title></style><script>window.pwned=1</script><img src=x onerror='window.pwned=1'>\u2028\"'&lt;{{ 7 * 7007 }}"
RAW = {  # where a template may take text for markup: our own scripts and styles, escaped JSON, tables that escape themselves
    "document.html.j2": ["style|safe"],
    "page.html.j2": ["data|script_json|safe", "script|safe"],
    "tables.html.j2": ["table.to_html(index=False, escape=True, float_format=float_format)|safe"],
}
TAG = re.compile(r"</?(?:!doctype|html|head|body|meta|link|title|style|script|main|section|div|span|p|br|b|i|small|h[1-6]|a|ul|ol|li|"
                 r"dl|dt|dd|table|tr|td|th|figure|img|iframe|input|details|svg|path|rect|circle)(?:[\s/>]|$)", re.IGNORECASE)  # fmt: skip


def _lesson() -> Lesson:
    words = dict.fromkeys(("scenario", "title", "level", "compare", "case"), MARKUP)
    lists = {key: [MARKUP] for key in ("prepare", "goals", "discuss", "not_to_conclude")}
    asked = [Question(ask=MARKUP, kind="contrast", talk=MARKUP)]
    return Lesson(**words, **lists, plan=[Step(minutes=50, title=MARKUP, do=MARKUP)], questions=asked, words={MARKUP: MARKUP})


def _answer() -> Answer:
    pictures = (bars([(MARKUP, 1.0, MARKUP)], MARKUP), squares(1, 2, MARKUP), pairs(1, 1, 1, MARKUP))
    sides = (MARKUP, "b")
    return Answer(MARKUP, [MARKUP, MARKUP], 0, MARKUP, {}, pictures, also=(1,), fine=MARKUP, sides=sides, talk=MARKUP)


def _tables() -> str:
    tables = [(MARKUP, pd.DataFrame({MARKUP: [MARKUP]}))]
    return render("report/page/tables.html.j2", title=MARKUP, below=MARKUP, tables=tables, note=MARKUP, float_format=str)


def _index() -> str:
    data = {"first": MARKUP, "library": [{MARKUP: MARKUP}]}
    return render("app/index.html.j2", title=MARKUP, policy=MARKUP, style="", script="", data=data, data_id=MARKUP)


RENDERED = {
    "report/page/page.html.j2": lambda: html_page({"title": MARKUP, "question": MARKUP, MARKUP: MARKUP}),
    "report/page/frame.html.j2": lambda: Shown(MARKUP, 900)._repr_html_(),
    "report/page/tables.html.j2": _tables,
    "app/index.html.j2": _index,
    "lesson/templates/start.html.j2": lambda: start_page(_lesson(), [(MARKUP, MARKUP)]),
    "lesson/templates/plan.html.j2": lambda: plan_page(_lesson(), MARKUP, [_answer()], MARKUP),
    "lesson/templates/handout.html.j2": lambda: handout_page(
        _lesson(), MARKUP, [_answer()], Picture({"aria-label": MARKUP}, []), [MARKUP], MARKUP
    ),
    "lesson/templates/questions.html.j2": lambda: questions_page(_lesson(), MARKUP, [_answer()], {(MARKUP, "b"): MARKUP}, MARKUP),
}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_every_template_is_rendered_here_or_is_part_of_one_that_is() -> None:
    every = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.j2")}
    environment = jinja2.Environment(autoescape=True)
    reached, waiting = set(), list(RENDERED)
    while waiting:
        name = waiting.pop()
        reached.add(name)
        parsed = environment.parse((PACKAGE / name).read_text(encoding="utf-8"))
        waiting += [other for other in jinja2.meta.find_referenced_templates(parsed) if other not in reached]
    assert reached == every


@pytest.mark.parametrize("name", RENDERED)
def test_whatever_a_template_is_given_stays_text(name: str) -> None:
    page = RENDERED[name]()
    assert MARKUP not in page
    assert "<img" not in page
    assert "<script>window.pwned" not in page
    assert "49049" not in page, "a value is no template"
    tags = _Tags()
    tags.feed(page)
    assert not tags.handlers
    assert tags.tags.count("script") == (2 if name in ("report/page/page.html.j2", "app/index.html.j2") else 0)
    assert MARKUP in html.unescape(page) or "\\u003cimg" in page


def test_json_in_a_page_can_neither_end_its_script_nor_break_a_line() -> None:
    for page in (RENDERED["report/page/page.html.j2"](), _index()):
        data = re.findall(r'<script type="application/json" id=".*?">(.*?)</script>', page, re.DOTALL)
        assert len(data) == 1
        assert not set(data[0]) & set("<>&\u2028\u2029")


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render("report/page/frame.html.j2", height=1)


def test_text_is_taken_for_markup_in_few_places_that_are_known() -> None:
    marked: dict[str, Any] = {}
    for path in PACKAGE.rglob("*.j2"):
        text = path.read_text(encoding="utf-8")
        assert "autoescape" not in text, path
        if uses := re.findall(r"{{-? ([^}]*?\bsafe\b.*?) }}", text):
            marked[path.name] = uses
        assert text.count("safe") == sum(use.count("safe") for use in uses), path
    assert marked == RAW


def _strings(tree: ast.Module) -> list[str]:
    """All literal texts of a file, also those between the braces of an f-string, but for docstrings."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [str(node.value) for node in texts if id(node) not in docs]


def test_no_html_is_built_of_strings() -> None:
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "Markup(" not in source, path
        if path.name != "html.py":
            assert "jinja2" not in source, path
        tree = ast.parse(source)
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert "html" not in imported, path
        assert not [text for text in _strings(tree) if TAG.search(text)], path


def test_html_built_of_strings_would_be_seen() -> None:
    for line in ('f"<p>{name}</p>"', '"<td class=x>" + name', "f'{a}<br>{b}'", "'<svg ' + box"):
        assert [text for text in _strings(ast.parse(f"page = {line}")) if TAG.search(text)], line
    assert not [text for text in _strings(ast.parse('def f():\n    """Return <p>."""\n    return "a < b"')) if TAG.search(text)]
