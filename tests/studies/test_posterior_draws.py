"""Uncertainty with a posterior: parameters come from whole rows of its sample, the same for every variant."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from commands import command
from stability_sim.ensemble.run import run
from stability_sim.scenario import Loaded, Scenario, dump, load, variant_scenarios, with_values
from stability_sim.studies.uncertainty import ALL, LUCK, PARAMETERS, Uncertainty, uncertainty

ROWS = [[0.006, 2.2], [0.012, 4.5], [0.009, 3.0]]
PATHS = ["parameters.onset_per_year", "parameters.troops_worth"]


@pytest.fixture
def posterior(tmp_path: Path) -> Path:
    told = {
        "kind": "posterior",
        "about": "a test",
        "parameters": {
            "onset_per_year": {"mean": 0.009, "low": 0.006, "high": 0.012},
            "troops_worth": {"mean": 3, "low": 2.2, "high": 4.5},
        },
        "samples": {"parameters": ["onset_per_year", "troops_worth"], "values": ROWS, "weights": [1, 1, 1]},
    }
    path = tmp_path / "posterior.json"
    path.write_text(json.dumps(told))
    return path


@pytest.fixture
def loaded(small: Scenario, tmp_path: Path, posterior: Path) -> Loaded:
    given = small.model_dump() | {"variants": {"guarded": {"set": {"borders.A-B.guard": 0.95}}}}
    (tmp_path / "small.yaml").write_text(dump(Scenario.model_validate(given)))
    return load(tmp_path / "small.yaml", posterior=posterior)


def _study(loaded: Loaded, **options: object) -> Uncertainty:
    return uncertainty(loaded, outcomes=["onsets", "crossed"], n_points=5, replicates=6, **options)  # type: ignore[arg-type]


def test_points_take_whole_rows_and_the_rest_its_range(loaded: Loaded) -> None:
    numbers = _study(loaded).numbers
    assert numbers.fitted == PATHS
    for values in numbers.points:
        assert [values[path] for path in PATHS] in ROWS
    assert len({values["parameters.cells_sent"] for values in numbers.points}) == 5
    told = numbers.sources().set_index("factor")
    assert set(told.loc[PATHS, "basis"]) == {"fitted"}
    assert set(told.loc[PATHS, "varied"]) == {"joint draw from the posterior"}


def test_variants_and_longer_designs_meet_the_same_draws(loaded: Loaded) -> None:
    def drawn(found: Uncertainty) -> list[list[float]]:
        return [[values[path] for path in PATHS] for values in found.numbers.points]

    base = drawn(_study(loaded))
    assert drawn(_study(loaded, variant="guarded")) == base
    assert drawn(_study(loaded, variant="guarded", contrast=True)) == base
    more = uncertainty(loaded, outcomes=["crossed"], n_points=8, replicates=2)
    assert drawn(more)[:5] == base
    assert drawn(_study(loaded, seed=3)) != base


def test_an_interval_with_parameters_is_made_of_the_runs_at_the_draws(loaded: Loaded) -> None:
    found = _study(loaded)
    mine = found.intervals[found.intervals["outcome"] == "crossed"].set_index("includes")
    scenario = variant_scenarios(loaded)
    k = found.base.index("outcome", "crossed")
    runs = [run(with_values(scenario, values), replicates=6)["outcome_per_replicate"][:, k] for values in found.numbers.points]
    assert mine.loc[PARAMETERS, "mean"] == pytest.approx(np.mean(runs))
    assert mine.loc[PARAMETERS, ["q05", "q95"]].tolist() == [
        np.min(runs) if len(np.ravel(runs)) < 20 else np.sort(np.ravel(runs))[1],
        np.sort(np.ravel(runs))[28],
    ]
    assert mine.loc[LUCK, "mean"] == pytest.approx(found.base["outcome_per_replicate"][:, k].mean())
    assert mine["runs"].to_dict() == {LUCK: 6, PARAMETERS: 30, ALL: 270}
    again = _study(loaded, workers=1)
    assert again.intervals.equals(found.intervals)
    assert again.parts.equals(found.parts)


def test_the_command_draws_and_tells(loaded: Loaded, tmp_path: Path) -> None:
    words = ("uncertainty", "small.yaml", "--posterior", "posterior.json", "-n", "3", "--points", "2", "--outcome", "crossed")
    done = command(*words, "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 numbers drawn jointly from posterior.json" in done.stderr
    assert "luck and parameters" in done.stdout
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["fitted"] == PATHS
    assert len(manifest["posterior"]["sha256"]) == 64
    design = pd.read_csv(tmp_path / "out" / "design.csv")
    assert design[PATHS].to_numpy().tolist() in [[a, b] for a in ROWS for b in ROWS]
    assert (tmp_path / "out" / "figures" / "intervals.png").stat().st_size > 10_000


def test_a_posterior_that_is_not_there(loaded: Loaded, tmp_path: Path) -> None:
    done = command("uncertainty", "small.yaml", "--posterior", "gone.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (3, "gone.json: there is no such file\n")
