"""Every CSV file that any command writes, of a scenario in whose words a spreadsheet would see programs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from commands import command
from panel.conftest import write_folder
from stability_sim.scenario import Scenario
from stability_sim.scenario.explain import dump

DANGER = ("=", "+", "-", "@", "\t", "\r", "\n")
WORDS = ['=HYPERLINK("http://x.example","A")', "@SUM(1+1)*cmd|' /C calc'!A0", "+1+cmd", "-2+3", "\t=1", "'=1"]
COMMANDS = [
    ("run", "evil.yaml", "-n", "20", "--no-figures", "-o", "out/run"),
    ("compare", "evil.yaml", "-V", "calm", "-n", "20", "--no-figures", "-o", "out/comparison"),
    ("attribute", "evil.yaml", "-n", "2", "--no-figures", "-o", "out/attribution"),
    ("sweep", "evil.yaml", "--vary", "borders.A-B.guard=0,1", "--vary", "variant=base,calm", "-n", "4", "--no-figures", "-o", "out/sweep"),
    ("sensitivity", "evil.yaml", "--factors", "parameters.*_sd", "--top", "1", "--trajectories", "2", "--base-sample", "8", "-n", "2", "--outcome", "deaths",
     "--no-figures", "-o", "out/sensitivity"),
    ("uncertainty", "evil.yaml", "--points", "2", "-n", "2", "--no-figures", "-o", "out/uncertainty"),
    ("discover", "out/sensitivity", "-o", "out/boxes.csv"),
    ("rivals", "evil.yaml", "-n", "20", "-o", "out/rivals.csv"),
    ("facts", "--data", "data", "--start", "1993", "-n", "2", "--no-figures", "-o", "out/facts"),
]  # fmt: skip
WRITTEN = {
    "run": {"events.csv", "summary.csv", "card.csv"}, "comparison": {"contrasts.csv", "pathways.csv", "flows.csv"},
    "attribution": {"importance.csv"}, "sweep": {"design.csv", "outcomes.csv", "chunks.csv"}, "facts": {"facts.csv"},
}  # fmt: skip


def _evil(small: Scenario) -> Scenario:
    told = small.model_dump()
    for kind in ("states", "groups", "alliances"):
        for k, thing in enumerate(told[kind].values()):
            thing["name"] = WORDS[k % len(WORDS)]
    told["title"] = told["question"] = WORDS[0]
    told["variants"] = {"calm": {"note": WORDS[1], "set": {"borders.A-B.guard": 0.9}}}
    told["observed"] = [{"what": words, "measure": "onset(B)", "within": 12, "value": 0, "source": words} for words in WORDS]
    return Scenario.model_validate(told)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, small: Scenario) -> Path:
    folder = tmp_path_factory.mktemp("evil")
    (folder / "evil.yaml").write_text(dump(_evil(small)), encoding="utf-8")
    write_folder(folder / "data")
    for words in COMMANDS:
        done = command(*words, cwd=folder)
        assert done.returncode == 0, (words, done.stderr)
    return folder / "out"


def test_every_command_has_written_its_tables(written: Path) -> None:
    for folder, names in WRITTEN.items():
        assert names <= {path.name for path in (written / folder).iterdir()}, folder
    assert {"boxes.csv", "rivals.csv"} <= {path.name for path in written.iterdir()}
    assert len(list(written.rglob("*.csv"))) > 20


def test_no_cell_is_a_formula(written: Path) -> None:
    guarded = 0
    for path in sorted(written.rglob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.reader(file):
                for cell in row:
                    if cell.startswith(DANGER):
                        float(cell)  # a number, which is no formula
                    guarded += cell.startswith(("'=", "'@", "'+", "'-"))
    assert guarded > 10  # the words did get there
