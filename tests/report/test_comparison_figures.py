"""Figures of studies draw whatever they are given, and the same bytes each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from stability_sim.ensemble.run import run
from stability_sim.report.figures.comparison import difference_map
from stability_sim.report.figures.uncertainty import uncertainty_bars
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario
from stability_sim.studies.compare import Comparison, compare_results, draw_comparison


@pytest.fixture(scope="module")
def base(central_asia: Scenario) -> Results:
    return run(central_asia, replicates=20)


def _drawn(path: Path) -> float:
    with Image.open(path) as image:
        return float(np.asarray(image.convert("RGB")).std())


def test_the_map_hatches_what_is_unsure(base: Results, tmp_path: Path) -> None:
    states = base.coords["state"]
    table = pd.DataFrame({"variant": "v", "scope": states, "difference": np.linspace(-0.02, 0.02, len(states))})
    for name in "ab":
        (tmp_path / name).mkdir()
    sure = difference_map(base, table.assign(low=0.001, high=0.002), tmp_path / "a", ["png"])
    unsure = difference_map(base, table.assign(low=-1.0, high=1.0), tmp_path / "b", ["png"])
    with Image.open(sure[0]) as one, Image.open(unsure[0]) as two:
        assert one.size == two.size
        different = (np.asarray(one.convert("L")).astype(int) != np.asarray(two.convert("L"))).mean()
    assert different > 0.01


def test_nothing_differs_and_many_variants_draw(base: Results, tmp_path: Path) -> None:
    named = {"base": base}
    for k in range(7):
        named[f"v{k}"] = Results(base.coords, base.variables, base.log, base.attributes | {"variant": f"v{k}"})
    tables, words = compare_results(named)
    zero = pd.DataFrame([(f"v{k}", code, 0.0, 0.0, 0.0) for k in range(7) for code in base.coords["state"]],
                        columns=["variant", "scope", "difference", "low", "high"])  # fmt: skip
    paths = draw_comparison(Comparison({}, named, **tables, words=words, risk=zero), tmp_path, ["png"])
    assert len(paths) == 3
    assert all(_drawn(path) > 2 for path in paths)


def test_uncertainty_bars_draw(base: Results, tmp_path: Path) -> None:
    rows = [("onsets", part, 0.33, 0.2, 0.5) for part in ("luck", "parameters", "structure")]
    table = pd.DataFrame(rows, columns=["outcome", "part", "share", "share_low", "share_high"])
    assert _drawn(uncertainty_bars(base, table, tmp_path, ["png"])[0]) > 10
