"""Every file under invalid/ is refused with the problems that it announces: all of them, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands import command
from stability_sim.scenario import InvalidScenario, load, loads
from stability_sim.scenario.problems import Problem

FILES = sorted((Path(__file__).parent / "invalid").glob("*.yaml"))


def _expected(path: Path) -> list[str]:
    return [line.removeprefix("# expect: ") for line in path.read_text().splitlines() if line.startswith("# expect: ")]


def test_there_are_at_least_sixty() -> None:
    assert len(FILES) >= 60


def test_messages_differ() -> None:
    first = [re.sub(r"^\d+:\d+ ", "", _expected(path)[0]) for path in FILES]
    assert len(set(first)) > 0.9 * len(first)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_refused_for_its_reason(path: Path) -> None:
    with pytest.raises(InvalidScenario) as caught:
        load(path)
    found = [f"{problem.line}:{problem.column} {problem.message}" for problem in caught.value.problems]
    assert found == _expected(path)


@pytest.mark.parametrize("path", FILES[::12], ids=lambda path: path.stem)
def test_the_command_says_so_without_a_traceback(path: Path) -> None:
    done = command("validate", str(path))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    place, message = _expected(path)[0].split(" ", 1)
    assert f"{path}:{place}: {message}" in done.stderr
    assert "^" in done.stderr


def test_a_message_shows_line_caret_and_what_was_meant() -> None:
    path = next(path for path in FILES if path.stem == "unknown-state-key")
    with pytest.raises(InvalidScenario) as caught:
        load(path)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"{path}:10:9: the key 'capacty' is not known here")
    source = next(k for k, line in enumerate(lines) if "BBB: {capacty: 0.5}" in line)
    assert lines[source + 1].index("^") == lines[source].index("capacty")
    assert "did you mean 'capacity'?" in str(caught.value)


def test_all_problems_are_found_at_once() -> None:
    text = (
        "scenario: x\nquestion: q\nstart: 2020-13\nmonts: 3\nmap: {projection: network}\n"
        "states: {A: {capacity: 2}, B: {}}\nborders: {A-C: {}}\n"
    )
    with pytest.raises(InvalidScenario) as caught:
        loads(text)
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(3, 8), (4, 1), (6, 24), (7, 11)]


@pytest.mark.parametrize(
    ("raw", "message"),
    [(b"", "empty"), (b"scenario: caf\xe9\n", "not UTF-8"), (b"\x00\x01", "not allowed"), (b"{" * 3000, "nested")],
    ids=["empty", "latin-1", "binary", "braces"],
)
def test_bytes_that_are_no_scenario(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(raw)
    with pytest.raises(InvalidScenario, match=message):
        load(path)


def test_a_directory_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidScenario, match="directory"):
        load(tmp_path)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing.yaml")


def test_no_name_of_a_file_reaches_a_terminal_raw() -> None:
    told = str(Problem("file.yaml", 3, 1, "a\x00\x1b[31mb has a rank but does not sit in"))
    assert told == "file.yaml:3:1: a  [31mb has a rank but does not sit in"
