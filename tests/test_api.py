"""The functions for notebooks, and the tutorial that uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import stability_sim
from stability_sim import api
from stability_sim.ensemble.run import run
from stability_sim.scenario import InvalidScenario, Scenario
from stability_sim.scenario.explain import dump
from stability_sim.scenario.load import Loaded, loads

TUTORIALS = sorted((Path(__file__).parents[1] / "docs" / "tutorials").glob("*.ipynb"))


@pytest.fixture(scope="module")
def loaded(small: Scenario) -> Loaded:
    hostile = small.model_dump() | {
        "title": "<script>alert(1)</script>",
        "variants": {"guarded": {"set": {"borders.A-B.guard": 0.95}}, "no-d": {"remove": ["states.D"]}},
    }
    return loads(dump(Scenario.model_validate(hostile)))


def test_the_package_offers_the_functions_and_imports_nothing_until_asked() -> None:
    assert stability_sim.run is api.run
    assert {"compare", "sensitivity"} <= set(dir(stability_sim))
    with pytest.raises(AttributeError, match="frobnicate"):
        _ = stability_sim.frobnicate
    code = "import sys, stability_sim; assert not {'numpy', 'pandas', 'numba', 'xarray', 'SALib'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_run_is_that_of_the_engine(small: Scenario, loaded: Loaded) -> None:
    one = api.run(loaded, replicates=25)
    assert one.results.hash() == run(small, replicates=25).hash()
    assert one.dataset["risk"].dims == ("month", "state")
    assert len(one.log) == len(one.results.log)
    assert set(one.outcomes["outcome"]) == set(one.results.coords["outcome"])
    guarded = api.run(loaded, settings={"borders.A-B.guard": 0.95}, replicates=25)
    assert guarded.results.hash() == api.run(loaded, "guarded", replicates=25).results.hash()


def test_a_comparison_has_arrays_and_tables(loaded: Loaded) -> None:
    both = api.compare(loaded, "guarded", "no-d", replicates=25)
    assert list(both.runs) == ["base", "guarded", "no-d"]
    assert both.dataset["risk"].dims == ("variant", "month", "state")
    mean = both.differences.sel(variant="guarded", outcome="crossed").mean().item()
    row = both.contrasts.query("variant == 'guarded' and outcome == 'crossed'").iloc[0]
    assert mean == pytest.approx(row["difference"])
    assert bool(both.dataset["risk"].sel(variant="no-d", state="D").isnull().all())


def test_a_sweep_has_the_factors_as_axes(loaded: Loaded) -> None:
    swept = api.sweep(loaded, "borders.A-B.guard=0.1:0.9:3", replicates=12).to_xarray()
    assert dict(swept.sizes)["borders.A-B.guard"] == 3
    crossed = swept["mean"].sel(outcome="crossed")
    assert crossed[0] > crossed[1] > crossed[2]


def test_what_notebooks_show_is_escaped(loaded: Loaded) -> None:
    for shown in (api.run(loaded, replicates=5), api.compare(loaded, "guarded", replicates=5)):
        page = shown._repr_html_()
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
        assert "luck" in page


def test_mistakes_are_those_of_the_file(loaded: Loaded) -> None:
    with pytest.raises(InvalidScenario, match="capacty"):
        api.load(loaded, {"states.A.capacty": 0.1})
    with pytest.raises(FileNotFoundError):
        api.run("nowhere.yaml")


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_tutorials_run(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    namespace: dict[str, object] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []  # what it prints is not kept: it would grow old
            exec(compile("".join(cell["source"]), f"{path.name}:{cell['id']}", "exec"), namespace)
    assert capsys.readouterr().out


def test_there_is_a_tutorial() -> None:
    assert [path.stem for path in TUTORIALS] == ["compare"]


def test_studies_take_settings_and_a_posterior(loaded: Loaded, tmp_path: Path) -> None:
    told = {"onset_per_year": {"mean": 0.009, "low": 0.008, "high": 0.01}}
    sample = {"parameters": ["onset_per_year"], "values": [[0.0095]], "weights": [1]}
    (tmp_path / "p.json").write_text(json.dumps({"kind": "posterior", "about": "", "parameters": told, "samples": sample}))
    (tmp_path / "s.yaml").write_text(loaded.text)
    given = {"settings": {"borders.A-B.guard": 0.95}, "outcomes": ["crossed"], "n_points": 2, "replicates": 3}
    found = api.uncertainty(tmp_path / "s.yaml", posterior=tmp_path / "p.json", **given)
    assert [values["parameters.onset_per_year"] for values in found.numbers.points] == [0.0095, 0.0095]
    assert found.scenario.borders["A-B"].guard.value == 0.95
    with pytest.raises(ValueError, match="read with its scenario"):
        api.load(loaded, posterior=tmp_path / "p.json")


def test_tables_of_a_run_have_units_and_dates(loaded: Loaded) -> None:
    run = api.run(loaded, replicates=5)
    assert run.outcomes.set_index("outcome").loc["crossed", "unit"] == "persons"
    assert set(run.log["date"]) <= set(run.results.coords["month"])
    assert run.log.loc[run.log["month"] == 0, "date"].eq(run.results.coords["month"][0]).all()
