"""Terminals, locales and names in other letters: words come out as well as they can, files are the same bytes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from commands import command, fresh
from stability_sim.scenario import load
from stability_sim.storage.run_folder import EVENTS, RESULTS, SCENARIO

OLD = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
COMMANDS = {
    "run": ("run", "small.yaml", "-n", "5", "--no-figures", "-o", "{to}"),
    "compare": ("compare", "small.yaml", "-V", "no-pledge", "-n", "5", "--no-figures", "-o", "{to}"),
    "sweep": ("sweep", "small.yaml", "--vary", "borders.A-B.guard=0,1", "-n", "4", "--no-figures", "-o", "{to}"),
    "attribute": ("attribute", "small.yaml", "-n", "2", "--no-figures", "-o", "{to}"),
    "uncertainty": ("uncertainty", "small.yaml", "--points", "2", "-n", "2", "--no-figures", "-o", "{to}"),
    "lesson": ("lesson", "four-rivers", "-o", "{to}"),
    "list": ("list",), "explain": ("explain", "hidden_share"), "schema": ("schema",), "help": ("run", "--help"),
}  # fmt: skip
NAMES = [
    "with space",
    "ünïcödé-Ω",
    "東京 🙂",
    "a'b\"c",
    "semi;colon&amp",
    "$HOME",
    "%s{0}",
    "-dash",
    "tab\there",
    "x" * 200,
    "trailing.",
]


def _words(name: str, to: Path) -> list[str]:
    return [word.format(to=to) for word in COMMANDS[name]]


def _tables(folder: Path) -> dict[str, bytes]:
    """What a command wrote, but for the time at which it did."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in (".csv", ".nc", ".yaml", ".html", ".md")
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_a_terminal_of_ascii(user: Path, tmp_path: Path, name: str) -> None:
    """The locale is C as well: whoever opens a file without saying its encoding gets ASCII."""
    told = fresh(*_words(name, tmp_path / "ascii"), **OLD, PYTHONIOENCODING="ascii", cwd=user)
    usual = command(*_words(name, tmp_path / "usual"), cwd=user)
    assert told.returncode == usual.returncode == 0, told.stderr
    assert told.stdout.isascii()
    if len(COMMANDS[name]) > 3:
        assert _tables(tmp_path / "ascii") == _tables(tmp_path / "usual") != {}


@pytest.fixture(scope="module")
def turkish(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A locale in which I is no i, and whose letters are Latin-5."""
    if not shutil.which("localedef") or not Path("/usr/share/i18n/locales/tr_TR").exists():
        pytest.skip("no sources of locales: scripts/install_test_tools.sh installs them")
    folder = tmp_path_factory.mktemp("locales")
    subprocess.run(["localedef", "-i", "tr_TR", "-f", "ISO-8859-9", str(folder / "tr_TR.ISO-8859-9")], capture_output=True)
    assert (folder / "tr_TR.ISO-8859-9" / "LC_CTYPE").is_file()
    return {"LOCPATH": str(folder), "LC_ALL": "tr_TR.ISO-8859-9", "PYTHONUTF8": "0"}


@pytest.mark.parametrize("name", ["run", "compare", "lesson"])
def test_a_turkish_machine(user: Path, tmp_path: Path, turkish: dict[str, str], name: str) -> None:
    code = "import locale, sys; locale.setlocale(locale.LC_ALL, ''); print(locale.getencoding(), locale.localeconv()['decimal_point'])"
    told = subprocess.run([shutil.which("python3") or "python3", "-c", code], env=turkish, capture_output=True, text=True).stdout
    assert told.split() == ["iso8859-9", ","] or told.split() == ["ISO-8859-9", ","]  # the machine is Turkish indeed
    done = fresh(*_words(name, tmp_path / "turkish"), **turkish, cwd=user)
    assert done.returncode == 0, done.stderr
    assert command(*_words(name, tmp_path / "usual"), cwd=user).returncode == 0
    assert _tables(tmp_path / "turkish") == _tables(tmp_path / "usual") != {}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_folders(user: Path, tmp_path: Path, name: str) -> None:
    to = tmp_path / name
    done = command("run", "small.yaml", "-n", "5", "--no-figures", "-o", str(to), cwd=user)
    assert done.returncode == 0, done.stderr
    for file in (RESULTS, EVENTS, SCENARIO):
        assert (to / file).read_bytes() == (user / "ran" / file).read_bytes()


def test_a_scenario_and_its_folder_in_other_letters(tmp_path: Path, user: Path) -> None:
    folder = tmp_path / "Ελλάδα 東京"
    folder.mkdir()
    text = (user / "small.yaml").read_text(encoding="utf-8").replace("question: q", "question: İstanbul ıssız mı?", 1)
    (folder / "Şehir.yaml").write_text("\ufeff" + text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    for locale in ({}, OLD):
        done = fresh("run", "Şehir.yaml", "-n", "5", "--no-figures", "-o", "çıktı", **locale, cwd=folder)
        assert done.returncode == 0, done.stderr
        assert load(folder / "çıktı" / SCENARIO).scenario.question == "İstanbul ıssız mı?"
        assert fresh("report", "çıktı", **locale, cwd=folder).returncode == 0
        assert "İstanbul ıssız mı?" in (folder / "çıktı" / "report.html").read_text(encoding="utf-8")
