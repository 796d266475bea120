"""The commands as a user meets them: exit codes, streams, files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from commands import command, fresh


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("user")
    done = fresh("run", "central-asia-2021", "-n", "20", "--set", "months=24", "-o", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "border skirmishes" in done.stdout
    assert "One raid into Uzbekistan" in done.stdout
    assert "luck only" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    return folder


def test_run_writes_everything(ran: Path) -> None:
    out = ran / "out"
    for name in ("manifest.json", "results.nc", "events.csv", "scenario.yaml", "summary.csv", "card.csv", "card.md"):
        assert (out / name).stat().st_size > 100
    kinds = {"map", "months", "fan", "cascade", "network", "carpet", "channels", "card"}
    assert {path.name for path in (out / "figures").iterdir()} == {
        *(f"{kind}.{form}" for kind in kinds for form in ("png", "svg", "pdf")), "animation.gif",
    }  # fmt: skip
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["replicates"] == 20
    assert manifest["versions"]["numpy"]


def test_figures_are_the_same_bytes_each_time(ran: Path) -> None:
    done = command("plot", "out", "fan", "-o", "again", cwd=ran)
    assert done.returncode == 0, done.stderr
    for form in ("png", "svg", "pdf"):
        assert (ran / "again" / f"fan.{form}").read_bytes() == (ran / "out" / "figures" / f"fan.{form}").read_bytes()


def test_replay(ran: Path) -> None:
    done = command("run", "--replay", "out", cwd=ran)
    assert done.returncode == 0, done.stderr
    assert "the same results" in done.stdout


def test_replay_notices_another_outcome(ran: Path) -> None:
    manifest = ran / "out" / "manifest.json"
    text = manifest.read_text()
    told = json.loads(text)
    manifest.write_text(json.dumps({**told, "seed": told["seed"] + 1}))
    try:
        assert command("run", "--replay", "out", cwd=ran).returncode == 1
    finally:
        manifest.write_text(text)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("run", "nothing.yaml"), 3, "there is no such file"),
        (("run", "central-asia"), 3, "did you mean 'central-asia-2021'?"),
        (("list", "atlantis"), 3, "stability-sim list tells what ships"),
        (("explain", "rules.drill"), 2, "did you mean 'rules.drills'?"),
        (("run",), 2, "FILE"),
        (("run", "central-asia-2021", "--variant", "no-pledg"), 2, "did you mean 'no-pledge'"),
        (("run", "central-asia-2021", "--set", "states.TJK.capacty=1"), 2, "capacity"),
        (("run", "central-asia-2021", "-n", "0"), 2, ""),
        (("run", "central-asia-2021", "-n", "1000000", "--set", "months=1200"), 2, "fewer replicates"),
        (("run", "--replay", "."), 1, "not a run"),
        (("plot", "out", "pie"), 2, "there is no figure"),
        (("plot", "out", "map", "--month", "1999-01"), 2, "no month"),
        (("plot", "out", "map", "--format", "bmp"), 2, "bmp"),
        (("explain", "capcity"), 2, "capacity"),
        (("new", "Bad Name"), 2, "no name"),
        (("new", "x", "--from", "nowhere"), 2, "no template"),
        (("frobnicate",), 2, ""),
    ],
    ids=lambda value: "-".join(value)[:40] if isinstance(value, tuple) else None,
)
def test_mistakes_have_a_message_and_a_code(ran: Path, words: tuple[str, ...], code: int, message: str) -> None:
    done = command(*words, cwd=ran)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_new_validates_and_overwrites_nothing(tmp_path: Path) -> None:
    assert command("new", "mine", cwd=tmp_path).returncode == 0
    assert json.loads((tmp_path / "scenario.schema.json").read_text())["$schema"].endswith("2020-12/schema")
    done = command("validate", "mine.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert command("new", "mine", cwd=tmp_path).returncode == 2
    assert command("new", "copy", "--from", "central-asia-2021", cwd=tmp_path).returncode == 0
    assert command("validate", "copy.yaml", cwd=tmp_path).returncode == 0


def test_list_explain_schema(tmp_path: Path) -> None:
    assert "central-asia-2021" in command("list", cwd=tmp_path).stdout
    assert "default: 0.5" in command("explain", "states.capacity", cwd=tmp_path).stdout
    assert json.loads(command("schema", cwd=tmp_path).stdout)["properties"]["states"]


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from stability_sim.cli.main import app\n"
        "heavy = {'numpy', 'numba', 'mesa', 'matplotlib', 'pandas', 'pydantic', 'networkx'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def test_an_interrupted_run_leaves_nothing_half_written(tmp_path: Path) -> None:
    words = ["run", "central-asia-2021", "-n", "400000", "--no-figures", "-o", "out"]
    # a shell that runs in the background ignores the signal for its children: set it back
    code = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from stability_sim import terminal\n"  # the interrupt comes when the first replicates are done
        "terminal.progress_bar = lambda _: (lambda _: os.kill(os.getpid(), signal.SIGINT), lambda: None)\n"
        f"sys.argv = ['stability-sim', *{words!r}]\nfrom stability_sim.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 130, done.stderr
    assert "interrupted" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
