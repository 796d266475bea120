"""A methods paragraph says what the manifest and the scenario say, for each kind of folder."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stability_sim.cli.main import app
from stability_sim.report.methods import methods
from stability_sim.scenario import Scenario, dump, load, quantities
from stability_sim.storage.run_folder import StoreError

SETTINGS = {
    "sources": ["A book\n  of 1999"],
    "rules": {"drills": "provoke"},
    "variants": {"guarded": {"set": {"borders.A-B.guard": 0.95}}},
}


@pytest.fixture(scope="module")
def place(small: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("methods")
    (folder / "small.yaml").write_text(dump(Scenario.model_validate(small.model_dump() | SETTINGS)))
    return folder


def _run(place: Path, *words: str) -> Path:
    target = place / words[0]
    given = [words[0], str(place / "small.yaml"), *words[1:], "-o", str(target), "--no-figures"]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 0, done.output
    return target


def test_a_run(place: Path) -> None:
    folder = _run(place, "run", "-n", "36", "--seed", "5")
    text, told = methods(folder), json.loads((folder / "manifest.json").read_text())
    assert f"stability-sim {told['versions']['stability-sim']}" in text
    assert "36 replicates (seed 5)" in text
    assert "share of 10 % is 5.0 percentage points" in text  # sqrt(0.09 / 36)
    counts = Counter(q.basis for _, q in quantities(load(folder / "scenario.yaml").scenario))
    assert f"{sum(counts.values())} numbers in force, {counts['sourced']} are sourced, {counts['assumed']} are assumed" in text
    assert "Rival rules: drills: provoke." in text
    assert "luck alone" in text
    assert told["scenario_hash"] in text
    assert told["results_hash"] in text
    assert f"`stability-sim run --replay {folder}`" in text
    assert "\n- A book of 1999\n" in text
    done = CliRunner().invoke(app, ["run", "--replay", str(folder)])
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("compare", "guarded", "-n", "12"), ["compared guarded with the base", "12 paired replicates", "Bonferroni"]),
        (
            ("sweep", "--vary", "states.A.capacity=0.2,0.4", "-n", "4"),
            ["a full grid of 2 points over states.A.capacity", "luck alone"],
        ),
        (
            ("uncertainty", "-n", "3", "--points", "2", "--outcome", "crossed"),
            ["9 combinations of rival rules", "2 points", "what each interval includes", "numbers in force"],
        ),
        (("attribute", "-n", "4"), ["attributed onsets to channels", "4 paired replicates"]),
    ],
)
def test_studies(place: Path, words: tuple[str, ...], expected: list[str]) -> None:
    text = methods(_run(place, *words))
    for part in expected:
        assert part in text, text
    assert ("luck alone" in text) != (words[0] == "uncertainty")


def test_what_is_no_folder_of_ours_or_was_changed(place: Path, tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["methods", str(tmp_path / "nowhere")]).exit_code == 3
    with pytest.raises(StoreError, match="is not a run"):
        methods(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 1, "kind": "hindcast"}))
    with pytest.raises(StoreError, match="holds hindcast"):
        methods(tmp_path)
    folder = _run(place, "run", "-n", "2")
    with (folder / "events.csv").open("a") as file:
        file.write("\n")
    with pytest.raises(StoreError, match="changed after the run"):
        methods(folder)
