"""Figures from engine results: every kind draws, whatever the scenario looks like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stability_sim.ensemble.run import run
from stability_sim.report.figures import KINDS, draw_all
from stability_sim.report.figures.cascade import episodes, replicate_with_most_spread
from stability_sim.report.tables import outcome_rows, state_rows
from stability_sim.results.results import Results
from stability_sim.scenario import Scenario, resolve


@pytest.fixture(scope="module")
def results(small: Scenario) -> Results:
    return run(small, replicates=40)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_a_network(results: Results, tmp_path: Path, kind: str) -> None:
    for path in draw_all(results, tmp_path, [kind], ["png"], None):
        with Image.open(path) as image:
            picture = np.asarray(image.convert("RGB"))
        assert picture.std() > 5


ODD = {
    "one state": {"states": {"A": {}}},
    "hostile names": {
        "states": {"A": {"name": "<script>$x_1$ & \"quotes\"</script>"}, "B": {"name": "ש" * 60}},
        "borders": {"A-B": {}}, "groups": {"g": {"home": "A", "name": "$\\frac{1}{0}$ <b>", "fighters": {"A": 5000}}},
    },
    "one month": {"months": 1, "states": {"A": {"in_conflict": True}, "B": {}}},
    "ten years": {"months": 130, "states": {"A": {"in_conflict": True}, "B": {}}, "borders": {"A-B": {}}},
}  # fmt: skip


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD.keys())
def test_odd_scenarios_draw(tmp_path: Path, changes: dict[str, object]) -> None:
    base = {"scenario": "odd", "question": "q", "start": "2020-01", "months": 12, "map": {"projection": "network"}}
    odd = run(resolve(Scenario.model_validate(base | changes)), replicates=3)
    drawn = [path.stem for path in draw_all(odd, tmp_path, list(KINDS), ["svg"], None)]
    assert len(drawn) == len(KINDS) - 1
    assert "card" not in drawn, "nothing was observed, so there is nothing to compare"


def test_the_cascade_is_the_log(results: Results) -> None:
    replicate = replicate_with_most_spread(results)
    found = episodes(results, replicate)
    onsets = results.log.where(replicate=replicate, kind="onset")
    assert len(found) == len(onsets) + int(results["initial_conflict"].sum())
    for episode in found:
        assert episode.begins <= episode.ends
        if episode.parent >= 0:
            parent = found[episode.parent]
            assert parent.state == episode.source
            assert parent.begins <= episode.begins


def test_tables_say_what_the_results_say(results: Results) -> None:
    rows = {row.outcome: row for row in outcome_rows(results)}
    column = results["outcome_per_replicate"][:, results.index("outcome", "onsets")]
    assert rows["onsets"].mean == pytest.approx(column.mean())
    assert rows["onsets"].probability == (column > 0).mean()
    assert [row.code for row in state_rows(results)] == results.coords["state"]
