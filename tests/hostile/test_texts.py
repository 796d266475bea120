"""No text of a scenario file is run, as markup, as an escape, as a link or as mathematics, by any command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
import typer
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from hostile.texts import CONTROLS, DOCUMENT, STATE, TITLE, WORDS, Place, accepts, evil, fields, places, written
from panel.conftest import write_folder
from stability_sim.cli.main import app
from stability_sim.scenario import InvalidScenario, Scenario, load, loads
from stability_sim.terminal import code, literal

FILE = "evil.yaml"
COMMANDS: dict[str, tuple[str, ...]] = {  # in this order: some need what others wrote
    "validate": (FILE,),
    "list": (FILE,),
    "run": (FILE, "-n", "6", "--no-figures", "-o", "run"),
    "plot": ("run", "fan", "--format", "svg", "-o", "drawn"),
    "report": ("run",),
    "methods": ("run",),
    "compare": (FILE, "-V", "calm", "-n", "6", "-o", "compare"),
    "attribute": (FILE, "-n", "2", "--no-figures", "-o", "attribute"),
    "sweep": (FILE, "--vary", "borders.A-B.guard=0,1", "-n", "2", "--no-figures", "-o", "sweep"),
    "sensitivity": (FILE, "--factors", "parameters.*_sd", "--top", "1", "--trajectories", "2", "--base-sample", "8", "-n", "2",
                    "--outcome", "deaths", "--no-figures", "-o", "sensitivity"),
    "discover": ("sensitivity",),
    "uncertainty": (FILE, "--points", "2", "-n", "2", "--no-figures", "-o", "uncertainty"),
    "rivals": (FILE, "-n", "10"),
    "app": (FILE, "--no-browser"),
    "calibrate": (FILE, "--data", "data", "--pilot", "50", "--particles", "20", "--generations", "0"),
}  # fmt: skip
TITLED = ("run", "compare", "attribute", "sweep", "sensitivity", "uncertainty", "rivals")
REFUSED = {"calibrate": "whole years of the data"}
NO_SCENARIO = {
    "new",
    "explain",
    "schema",
    "lesson",
    "world",
    "facts",
    "hindcast",
    "data build",
}  # they read none that a user wrote


def _names(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _names(command, f"{before}{name} ")
        else:
            yield before + name


def test_no_command_is_forgotten() -> None:
    group = typer.main.get_command(app)
    assert set(_names(group)) == set(COMMANDS) | NO_SCENARIO


def test_no_field_is_forgotten() -> None:
    assert {place[:3] for place in places()} == fields()
    assert len(places()) > 50


@pytest.mark.parametrize("place", places(), ids=lambda place: f"{place.record}.{place.field}")
def test_a_text_is_taken_or_refused(place: Place) -> None:
    for text in (WORDS[0], WORDS[3]):
        accepts(place.filled(DOCUMENT, text))


@pytest.mark.parametrize("place", places(), ids=lambda place: f"{place.record}.{place.field}")
def test_no_field_takes_what_moves_a_terminal(place: Place) -> None:
    for name in ("U+001B", "U+202E"):
        with pytest.raises(InvalidScenario) as caught:
            loads(written(place.filled(DOCUMENT, CONTROLS[name])), "file.yaml")
        assert any(problem.message.startswith(name) and problem.line > 1 for problem in caught.value.problems)
        assert not set(str(caught.value)) & set("\x1b\u202e")


def test_the_texts_for_people_may_be_any() -> None:
    """The scenario of the tests below has odd words in all of these."""
    told = evil()
    scenario = loads(written(told)).scenario
    assert scenario.states["A"].name == STATE
    assert scenario.states["A"].capacity.source in WORDS
    assert scenario.events[0].note in WORDS
    assert scenario.observed[0].what in WORDS
    assert scenario.variants["calm"].note in WORDS
    assert {scenario.question, scenario.about, scenario.happened, scenario.against, *scenario.sources} <= set(WORDS)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, click.testing.Result]:
    """All commands, one after the other, in one folder."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / FILE).write_text(written(evil()), encoding="utf-8")
    write_folder(folder / "data")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("uvicorn.Server.run", lambda *_, **__: None)
        for name, words in COMMANDS.items():
            found[name] = CliRunner().invoke(app, [name, *words])
    found["folder"] = folder
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_words_as_words(done: dict[str, click.testing.Result], name: str) -> None:
    told = done[name]
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    assert told.exit_code == (2 if name in REFUSED else 0), told.output
    assert REFUSED.get(name, "") in told.stderr
    assert "\x1b" not in told.output
    if name in TITLED:
        assert TITLE in told.stdout


def test_names_are_printed_whole(done: dict[str, click.testing.Result]) -> None:
    assert STATE in done["run"].stdout
    assert ":boom:" in done["run"].stdout
    assert "[red]" in done["run"].stdout


@pytest.mark.parametrize("name", ["run/card.md", "compare/what-changed.md"])
def test_words_make_neither_links_nor_tags_in_markdown(done: dict[str, click.testing.Result], name: str) -> None:
    text = (done["folder"] / name).read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    parts = [*tokens, *(part for token in tokens for part in token.children or ())]
    assert not {"link_open", "image", "html_inline", "html_block", "s_open", "blockquote_open"} & {part.type for part in parts}
    shown = "".join(part.content for part in parts if part.type == "text")
    assert sum(word in shown for word in WORDS if "`" not in word) > 2
    assert "<b>{{x}}</b> ]]> -- &amp;" in shown
    assert not any(part.type == "code_inline" and part.content == "code" for part in parts)


@pytest.mark.parametrize(
    "text", [*WORDS, TITLE, STATE, "# a", "- a", "1. a", "+ a", "> a", "=", "~~a~~", "_a_ a_b", "*", "a\\", "``", "---"]
)
def test_markdown_shows_words_as_they_are(text: str) -> None:
    for before, after, shown in (("", "", ""), ("- ", "", ""), ("**", "**", ""), ("a ", " b", "a ")):
        tokens = MarkdownIt("commonmark").enable("strikethrough").parse(before + literal(text) + after)
        inner = [part for token in tokens for part in token.children or ()]
        assert {part.type for part in inner} <= {"text", "strong_open", "strong_close", "text_special"}
        assert "".join(part.content for part in inner) == shown + text + after.replace("*", "")
    assert MarkdownIt().renderInline(code(text)).count("<code>") == 1


@pytest.mark.filterwarnings("ignore:Glyph")  # the font has no letters of Hindi
def test_figures_are_well_formed_and_literal(tmp_path: Path) -> None:
    from stability_sim.ensemble.run import run
    from stability_sim.report.figures import KINDS, draw_all
    from stability_sim.scenario import resolve

    told = {**evil(), "title": WORDS[2]}
    results = run(resolve(Scenario.model_validate(told)), replicates=3)
    kinds = [kind for kind in KINDS if kind != "animation"]
    drawn = draw_all(results, tmp_path, kinds, ["svg"], None)
    assert len(drawn) == len(kinds)
    for path in drawn:
        ElementTree.parse(path)


def test_what_python_makes_is_held_to_the_same() -> None:
    told = {**DOCUMENT, "title": CONTROLS["U+001B"]}
    with pytest.raises(ValueError, match=r"title.*U\+001B"):
        Scenario.model_validate(told)


@pytest.mark.parametrize("name", CONTROLS)
@pytest.mark.parametrize("escaped", [True, False])
def test_each_letter_is_named_where_it_stands(name: str, escaped: bool) -> None:
    text = CONTROLS[name]
    letter = chr(int(name[2:], 16))
    shown = text.replace(letter, f"\\U{ord(letter):08x}") if escaped else text
    if name == "U+000D" and not escaped:
        pytest.skip("a line break of old machines")
    with pytest.raises(InvalidScenario) as caught:
        loads(
            f'scenario: x\nquestion: q\n# c\ntitle: "{shown}"\nstart: 2020-01\nmap: {{projection: network}}\nstates: {{A: {{}}}}\n'
        )
    assert len(caught.value.problems) == 1
    problem = caught.value.problems[0]
    column = 8 if escaped else 9 + text.index(letter)
    assert (problem.line, problem.column) == (4, column)
    assert problem.message.startswith(name)


def test_a_letter_in_a_comment_or_a_setting(tmp_path: Path) -> None:
    text = written(DOCUMENT)
    with pytest.raises(InvalidScenario, match=r"file:1:5: U\+202E"):
        loads("# a \u202e b\n" + text, "file")
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    for value in ("a\u202eb", '"a\\x1bb"'):
        told = CliRunner().invoke(app, ["run", str(path), "--set", f"title={value}"])
        assert told.exit_code == 2
        assert "U+" in told.stderr


def test_joiners_of_persian_and_hindi_stay(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(written({**DOCUMENT, "title": WORDS[-1], "question": "two\n\tlines"}), encoding="utf-8")
    assert load(path).scenario.title == WORDS[-1]
    assert load(path).scenario.question == "two\n\tlines"
