"""What is printed for people is printed as it is, in every part of a table, on a terminal too."""

from __future__ import annotations

import io

import pytest
from rich.table import Table

from stability_sim import terminal

WORDS = "a [/x] [red]b[/red] :boom: [link=http://x.example]y[/link]"


def _printed(capsys: pytest.CaptureFixture[str], *things: object) -> str:
    console = terminal.console(200)
    for thing in things:
        console.print(thing)
    return capsys.readouterr().out


def _table(words: str) -> Table:
    table = Table(words, title=words, caption=words, show_footer=True)
    table.columns[0].footer = words
    table.add_row(words)
    return table


def test_markup_is_words_in_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    told = _printed(capsys, WORDS, terminal.bold(WORDS, WORDS), _table(WORDS))
    assert told.count(WORDS) == 1 + 2 + 5


def test_escapes_reach_no_stream(capsys: pytest.CaptureFixture[str]) -> None:
    words = "a\x1b[31m\u202eb\x9b\rc"
    told = _printed(capsys, words, terminal.bold(words, words), _table(words))
    terminal.write(f"{words}\n")
    terminal.say(words)
    done = capsys.readouterr()
    for text in (told, done.out, done.err):
        assert "a\ufffd[31m\ufffdb\ufffd\ufffdc" in text
        assert not set(text) & set("\x1b\u202e\x9b\r")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_bold_letters_and_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "150")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal.console(10).print(terminal.bold("title " + WORDS, " 12 http://x.example"))
    assert screen.getvalue() == f"\x1b[1mtitle {WORDS}\x1b[0m 12 http://x.example\n"


def test_progress_goes_to_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, stop = terminal.progress_bar(3)
    assert shown is None
    stop()
    screen = _Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm-256color")
    shown, stop = terminal.progress_bar(3)
    assert shown is not None
    shown(3)
    stop()
    assert "replicates" in screen.getvalue()
    assert "3/3" in screen.getvalue()
