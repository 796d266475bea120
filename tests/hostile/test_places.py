"""Places to write that are none, disks that are full, odd encodings: a message, an exit code, nothing half written."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import Call, Done, command, fresh
from hostile.places import files_are_small

MINIMAL = Path(__file__).parents[1] / "scenario" / "valid" / "minimal.yaml"


def _into(cwd: Path, output: str, before: Call | None = None) -> Done:
    return command("run", str(MINIMAL), "-n", "2", "--set", "months=2", "--no-figures", "-o", output, cwd=cwd, before=before)


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("afile", "afile is a file"), ("afile/inside/run", "afile is a file"), ("thesis", "not a run"), ("link", "not a run"),
        ("nowhere", "leads nowhere"), (".", "the folder that you are in"), ("../user", "the folder that you are in"), ("x" * 300, ""),
    ],
)  # fmt: skip
def test_a_place_that_is_none(tmp_path: Path, output: str, message: str) -> None:
    user = tmp_path / "user"
    (user / "thesis").mkdir(parents=True)
    (user / "thesis" / "chapter.txt").write_text("years of work")
    (user / "afile").write_text("a file")
    (user / "link").symlink_to("thesis")
    (user / "nowhere").symlink_to("gone")
    before = _names(tmp_path)
    done = _into(user, output)
    assert done.returncode == 1, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert _names(tmp_path) == before
    assert (user / "thesis" / "chapter.txt").read_text() == "years of work"


@pytest.mark.parametrize("study", ["compare", "attribute", "sensitivity", "uncertainty"])
def test_studies_look_before_they_compute(tmp_path: Path, study: str) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    done = command(study, "central-asia-2021", "-n", "1000000", "-o", "thesis", cwd=tmp_path)
    assert done.returncode == 1
    assert "not a run" in done.stderr
    assert _names(tmp_path) == {"thesis", "thesis/chapter.txt"}


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for _ in range(2):  # the second replaces the first
        assert _into(tmp_path, "link").returncode == 0
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "manifest.json").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"real", "link"}


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    done = _into(tmp_path, "out/run", before=files_are_small)
    assert done.returncode == 1, done.stderr
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_backslash_is_a_letter_of_a_name_here(tmp_path: Path) -> None:
    assert _into(tmp_path, "C:\\out\\run").returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {"C:\\out\\run"}
    done = command("validate", "C:\\none\\m.yaml", cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    assert "C:\\none\\m.yaml" in done.stderr


@pytest.mark.parametrize("name", ["../evil", "a/b", "..", ".", "/etc/x", "C:\\x", "a\\b", "con.", "-x", "\u202e"])
def test_tricks_in_names_of_scenarios(tmp_path: Path, name: str) -> None:
    done = command("new", "--", name, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"scenario: s\n" + b"# " + b"x" * 10_000_000, "larger than 5 MB"),
        (b"scenario: s\nquestion: \x00\n", "file.yaml:2"),
        (b"scenario: s\nquestion: caf\xe9\n", "file.yaml:2:14: byte 0xe9"),
        ("scenario: s\n".encode("utf-16"), "not UTF-8"),
        (b"", "empty"), (b"\xef\xbb\xbf", "empty"), (b"\n\n# nothing\n", "empty"),
        (b"a: &a [1,1,1,1,1,1,1,1,1]\n" + b"".join(b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (k, k, *[k - 1] * 8) for k in range(98, 112)), "file.yaml"),
        (b"[" * 100_000, "file.yaml:1:"), (b"a: " + b"{a: " * 5000, "file.yaml:1:"),
    ],
    ids=["10MB", "NUL", "latin-1", "UTF-16", "nothing", "BOM", "comment", "bomb", "brackets", "braces"],
)  # fmt: skip
def test_files_that_are_none(tmp_path: Path, raw: bytes, message: str) -> None:
    (tmp_path / "file.yaml").write_bytes(raw)
    done = command("validate", "file.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_windows_line_ends_and_a_mark_at_the_beginning_are_no_matter(tmp_path: Path) -> None:
    text = MINIMAL.read_text(encoding="utf-8")
    for k, raw in enumerate(
        (text.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r").encode())
    ):
        (tmp_path / f"{k}.yaml").write_bytes(raw)
    assert command("validate", "0.yaml", "1.yaml", "2.yaml", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_knows_few_letters(tmp_path: Path, encoding: str) -> None:
    """What it cannot show is shown as a question mark or an escape, and the run is none the worse."""
    text = MINIMAL.read_text(encoding="utf-8").replace("question: ", "question: 東京 🙂 ", 1)
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    words = ("run", "m.yaml", "-n", "2", "--set", "months=2", "--no-figures", "-o", "out")
    done = fresh(*words, PYTHONIOENCODING=encoding, PYTHONUTF8="0", LC_ALL="C", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "東京" in (tmp_path / "out" / "scenario.yaml").read_text(encoding="utf-8")
