"""The commands about data, as a user meets them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from commands import command
from stability_sim.scenario import load


@pytest.fixture(autouse=True)
def _no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STABILITY_SIM_DATA", raising=False)


def test_world_writes_a_scenario_file(small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "new" / "world.yaml"
    done = command("world", "1994", "--data", str(small_folder), "-o", str(target), "--months", "24")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(target)
    assert load(target).scenario.months == 24
    monkeypatch.setenv("STABILITY_SIM_DATA", str(small_folder))
    again = command("world", "1994", "--months", "24")
    assert again.stdout == target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["world", "1994"], 2, "no data folder"),
        (["world", "1994", "--data", "{tmp}/nowhere"], 3, "nowhere"),
        (["world", "2050", "--data", "{data}"], 2, "not 2050"),
        (["facts", "--start", "1999", "--data", "{data}"], 2, "no year after 1999"),
        (["data", "build", "{tmp}", "--to", "{tmp}/out"], 2, "what is needed is not here"),
        (["data", "build", "{tmp}/nowhere", "--to", "{tmp}/out"], 3, "nowhere"),
    ],
)
def test_errors_have_one_message_and_a_code(
    small_folder: Path, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    given = [word.format(tmp=tmp_path, data=small_folder) for word in arguments]
    done = command(*given)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_facts_of_a_small_world(small_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "facts"
    done = command("facts", "--data", str(small_folder), "--start", "1993", "-n", "4", "-o", str(target))
    assert done.returncode == 0, done.stderr
    assert "onset in a country-year at risk" in done.stdout
    told = json.loads((target / "facts.json").read_text(encoding="utf-8"))
    assert told["years"] == [1994, 1999]
    by_key = {fact["key"]: fact for fact in told["facts"]}
    assert by_key["case_attack"]["verdict"] in ("hit", "miss")
    assert by_key["duration_shape"]["verdict"] == "none"  # too few endings
    with (target / "facts.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(by_key)
    drawn = {path.stem for path in (target / "figures").glob("*.png")}
    numbers = {stem.split("-")[1] for stem in drawn}
    assert numbers == {"01", "02", "03", "05", "07", "08", "09", "10", "11", "14", "15", "16"}


@pytest.mark.data
@pytest.mark.slow
def test_facts_of_the_world(data: Path, tmp_path: Path) -> None:
    done = command("facts", "--data", str(data), "-n", "10", "--no-figures", "-o", str(tmp_path / "facts"))
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "facts" / "facts.json").read_text(encoding="utf-8"))
    facts = {fact["key"]: fact for fact in told["facts"]}
    assert told["states"] > 140
    assert 0.02 < facts["onset_rate"]["data"] < 0.035
    assert 0.01 < facts["onset_rate"]["engine"] < 0.05
    assert facts["paired_variance"]["verdict"] == "hit"
