"""The commands report, app and lesson as a user meets them: files, streams, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import command


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for name, more in (("a", ()), ("b", ("--variant", "no-pledge")), ("short", ("--set", "months=12"))):
        done = command("run", "central-asia-2021", "-n", "10", "--no-figures", "-o", name, *more, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


def test_report_of_two_runs_is_one_file(ran: Path) -> None:
    done = command("report", "a", "b", cwd=ran)
    assert (done.returncode, done.stdout.strip()) == (0, "b/report.html")
    text = (ran / "b" / "report.html").read_text(encoding="utf-8")
    assert "no-pledge" in text
    assert str(ran) not in text.partition('id="bundle"')[2].partition('"command"')[0]
    again = command("report", "a", "b", "-o", "again.html", cwd=ran)
    assert again.returncode == 0
    assert (ran / "again.html").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("a", "b", "a"), 2, "one run or two, not 3"),
        (("a", "short"), 2, "different months"),
        (("nowhere",), 3, "nowhere: there is no such file"),
        ((".",), 1, "is not a run"),
    ],
)
def test_what_cannot_be_shown_is_said(ran: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = command("report", *words, cwd=ran)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_lesson_that_is_none_and_a_file_that_is_none(tmp_path: Path) -> None:
    done = command("lesson", "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert "central-asia-2021" in done.stderr
    done = command("app", "nowhere.yaml", "--no-browser", cwd=tmp_path)
    assert done.returncode == 3
    (tmp_path / "bad.yaml").write_text("scenario: x\n", encoding="utf-8")
    done = command("app", "bad.yaml", "--no-browser", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
