"""Designs, what a sweep finds at each point, and the command as a user meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from commands import command
from stability_sim.ensemble.chunks import DamagedChunk, decode, encode
from stability_sim.ensemble.design import Design, DesignError, Factor, grid, latin_hypercube, parse_factor
from stability_sim.ensemble.driver import ReplicateFailed
from stability_sim.ensemble.executors import Execution
from stability_sim.ensemble.run import run
from stability_sim.ensemble.sweep import Sweep, sweep
from stability_sim.ensemble.sweep_folder import read_sweep, replicates
from stability_sim.scenario import InvalidScenario, Scenario, apply_settings, dump
from stability_sim.storage.run_folder import StoreError

CAPACITY = "states.B.capacity"
N = 60


@pytest.fixture(scope="module")
def swept(small: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    vary = [f"{CAPACITY}=0.1:0.7:3", "borders.A-B.guard=0.2,0.9"]
    return sweep(small, vary, replicates=N, folder=tmp_path_factory.mktemp("sweep"), chunk_size=25)


def test_each_point_is_the_run_with_its_settings(small: Scenario, swept: Sweep) -> None:
    for i, capacity in enumerate((0.1, 0.4, 0.7)):
        for j, guard in enumerate((0.2, 0.9)):
            alone = run(apply_settings(small, [f"{CAPACITY}={capacity}", f"borders.A-B.guard={guard}"]), replicates=N)
            outcomes = alone["outcome_per_replicate"]
            assert np.array_equal(swept.outcomes(2 * i + j), outcomes)
            assert swept.results["mean"][i, j] == pytest.approx(outcomes.mean(axis=0))
            assert swept.results["standard_error"][i, j] == pytest.approx(outcomes.std(axis=0, ddof=1) / np.sqrt(N))
            assert np.array_equal(swept.results["probability"][i, j], (outcomes > 0).mean(axis=0))
            for name in ("incidence", "risk", "ever_onset"):
                assert np.array_equal(swept.results[name][i, j], alone[name]), name


def test_differences_are_paired_with_the_scenario_as_it_is(small: Scenario, swept: Sweep) -> None:
    before = run(small, replicates=N)["outcome_per_replicate"]
    assert swept.results["reference_mean"] == pytest.approx(before.mean(axis=0))
    assert not swept.results["reference_difference"].any()
    apart = swept.outcomes(0) - before
    assert swept.results["difference"][0, 0] == pytest.approx(apart.mean(axis=0))
    assert swept.results["difference_standard_error"][0, 0] == pytest.approx(apart.std(axis=0, ddof=1) / np.sqrt(N))


def test_quantiles_are_values_that_occurred(swept: Sweep) -> None:
    outcomes = np.sort(swept.outcomes(3), axis=0)
    assert np.array_equal(swept.results["quantiles"][1, 1, :, 2], outcomes[N // 2 - 1])
    assert np.array_equal(swept.results["quantiles"][1, 1, :, 4], outcomes[int(np.ceil(0.95 * N)) - 1])


def test_labelled_arrays_and_tables(swept: Sweep) -> None:
    data = swept.to_xarray()
    assert float(data["mean"].sel({CAPACITY: 0.4, "borders.A-B.guard": 0.9, "outcome": "raids"})) == pytest.approx(
        swept.outcomes(3)[:, swept.results.index("outcome", "raids")].mean()
    )
    table = swept.to_pandas()
    assert len(table) == 6 * len(swept.results.coords["outcome"])
    assert set(table[CAPACITY]) == {0.1, 0.4, 0.7}
    assert "<table" in swept._repr_html_()


def test_more_replicates_build_on_those_that_are_there(small: Scenario, tmp_path: Path) -> None:
    vary = [f"{CAPACITY}=0.1,0.9"]
    sweep(small, vary, replicates=40, folder=tmp_path, chunk_size=20)
    more = sweep(small, vary, replicates=60, folder=tmp_path, chunk_size=20)
    assert more.found == 3 * 40
    another = sweep(small, [f"{CAPACITY}=0.1,0.5,0.9"], replicates=60, folder=tmp_path, chunk_size=20)
    assert another.found == 3 * 60
    assert another.results.hash() == sweep(small, [f"{CAPACITY}=0.1,0.5,0.9"], replicates=60, chunk_size=7).results.hash()


def test_rival_rules_can_be_swept(small: Scenario) -> None:
    rules = ["additive", "multiplicative"]
    done = sweep(small, [f"rules.contagion={','.join(rules)}"], replicates=200)
    assert done.results.coords["rules.contagion"] == rules
    assert len({tuple(mean) for mean in done.results["mean"].tolist()}) > 1
    with pytest.raises(InvalidScenario, match="there is no rule 'refuges'"):
        sweep(small, ["rules.refuges=raise,none"], replicates=50)


def test_words_are_levels_too(small: Scenario) -> None:
    scenario = small.model_copy(
        update={"variants": Scenario.model_validate(json.loads(_WITH_VARIANT)).variants}
    )  # a variant that takes the pact away
    done = sweep(scenario, ["variant=base,no-pact", f"{CAPACITY}=0.3,0.6"], replicates=20)
    assert done.results["mean"].shape[:2] == (2, 2)
    assert np.array_equal(done.results["mean"][0, 0], done.results["reference_mean"])
    assert (done.results["mean"][0] != done.results["mean"][1]).any()


_WITH_VARIANT = json.dumps(
    {
        "scenario": "v", "question": "q", "start": "2020-01", "months": 3, "map": {"projection": "network"},
        "states": {"A": {}, "B": {}}, "alliances": {"P": {"members": ["A", "B"]}},
        "variants": {"no-pact": {"remove": ["alliances.P"]}},
    }
)  # fmt: skip


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_a_latin_hypercube_has_one_value_in_each_part(n: int, seed: int) -> None:
    factors = [Factor("a", span=(0, 1)), Factor("b", span=(-3, 5)), Factor("c", levels=("x", "y"))]
    design = latin_hypercube(factors, n, seed)
    for k, (low, high) in enumerate(((0, 1), (-3, 5))):
        shares = [(float(point[k]) - low) / (high - low) for point in design.points]
        assert sorted(int(share * n) for share in shares) == list(range(n))
    words = [point[2] for point in design.points]
    assert abs(words.count("x") - words.count("y")) <= 1


def test_a_factor_more_moves_no_other() -> None:
    a, b = Factor("a", span=(0, 1)), Factor("b", span=(0, 1))
    alone, both = latin_hypercube([a], 20, 3), latin_hypercube([b, a], 20, 3)
    assert [point[0] for point in alone.points] == [point[1] for point in both.points]
    assert [point[0] for point in both.points] != [point[1] for point in both.points]
    assert latin_hypercube([a], 20, 4).points != alone.points


def test_a_latin_hypercube_runs(small: Scenario) -> None:
    done = sweep(small, [f"{CAPACITY}=0.1:0.9", "parameters.onset_per_year", "borders.A-B.guard=0.1,0.9"], lhs=4, replicates=10)
    assert done.results["mean"].shape[0] == 4
    data = done.to_xarray()
    assert data[CAPACITY].dims == ("point",)
    assert [value for value, _, _ in done.design.points] == data[CAPACITY].values.tolist()


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("p=0:1:5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("p=1:5:3", (1, 3, 5)),
        ("p=0.1:0.3:3", (0.1, 0.2, 0.3)),
        ("p=3,1,2.5", (3, 1, 2.5)),
        ("p=deter,provoke", ("deter", "provoke")),
        ("p=0:1", (0.0, 0.25, 0.5, 0.75, 1.0)),
    ],
)
def test_levels(small: Scenario, text: str, levels: tuple[float | str, ...]) -> None:
    assert parse_factor(text, small).in_grid() == levels


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ([], "at least one"),
        (["=1"], "names no number"),
        (["a=1:2:3:4"], "is no range"),
        (["a=x:2:3"], "is no range"),
        (["a=2:1:3"], "runs backwards"),
        (["a=0:1:1"], "at least 2"),
        (["a=0:1:2.5"], "whole number of levels"),
        (["a=1,,2"], "empty level"),
        (["a=1,1"], "twice"),
        (["months=10,20"], "stays the same"),
        (["a=1,2", "a=3,4"], "varied twice"),
        ([CAPACITY], "has no range"),
        (["states.B.capacty"], "did you mean 'states.B.capacity'"),
        (["a=0:1:300", "b=0:1:300"], "more than a sweep may have"),
    ],
)
def test_designs_that_are_none(small: Scenario, vary: list[str], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        grid([parse_factor(text, small) for text in vary])


def test_every_point_is_checked_before_anything_runs(small: Scenario, tmp_path: Path) -> None:
    with pytest.raises(InvalidScenario, match=r"--vary.*capacity"):
        sweep(small, [f"{CAPACITY}=0.5,7"], replicates=10, folder=tmp_path)
    with pytest.raises(InvalidScenario, match="did you mean"):
        sweep(small, ["states.B.capacty=0.5"], replicates=10, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


_KINDS = st.sampled_from([np.int64, np.int32, np.int16, np.int8, np.float64, np.float32])


@given(st.dictionaries(st.text(max_size=5), _KINDS.flatmap(lambda kind: arrays.arrays(kind, arrays.array_shapes(max_side=40)))))
@settings(max_examples=30, deadline=None)
def test_a_chunk_comes_back_as_it_was(given_arrays: dict[str, np.ndarray]) -> None:
    raw = encode({"key": "k"}, given_arrays)
    header, found = decode(raw)
    assert header == {"key": "k"}
    assert raw == encode(header, found)
    for name, values in given_arrays.items():
        assert found[name].dtype == values.dtype
        assert found[name].tobytes() == values.tobytes()
        assert found[name].shape == values.shape


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_no_damage_to_a_chunk_goes_unseen(data: st.DataObject) -> None:
    histogram = np.zeros((4, 500), dtype=np.int64)
    histogram[1, 7], histogram[2, 8] = 2**40, -1
    raw = bytearray(encode({"key": "k"}, {"h": histogram, "x": np.arange(9.0)}))
    assert np.array_equal(decode(bytes(raw))[1]["h"], histogram)
    place = data.draw(st.integers(0, len(raw) - 1))
    damaged = data.draw(st.sampled_from([raw[:place], raw + b"\0", raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]]))
    with pytest.raises(DamagedChunk):
        decode(bytes(damaged))


def test_a_chunk_holds_numbers_alone() -> None:
    with pytest.raises(TypeError, match="cannot hold"):
        encode({}, {"x": np.array([{}], dtype=object)})


@pytest.mark.parametrize("trajectories", [False, True])
def test_a_run_that_keeps_its_chunks_is_the_same_run(small: Scenario, tmp_path: Path, trajectories: bool) -> None:
    plain = run(small, replicates=50, trajectories=trajectories)
    kept = run(small, replicates=50, trajectories=trajectories, chunk_size=15, execution=Execution(chunks=tmp_path))
    assert kept.hash() == plain.hash()
    for path in sorted(tmp_path.rglob("*.chunk"))[:2]:
        path.write_bytes(path.read_bytes()[:-1])
    again = run(small, replicates=50, trajectories=trajectories, chunk_size=15, execution=Execution(chunks=tmp_path))
    assert again.hash() == plain.hash()


def test_a_run_does_not_go_on_without_a_replicate(small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stability_sim.ensemble import tasks

    real = tasks.run_batch

    def run_batch(batch, *others, **named):
        if 12 in batch.replicates:
            raise ArithmeticError("poison")
        return real(batch, *others, **named)

    monkeypatch.setattr(tasks, "run_batch", run_batch)
    with pytest.raises(ReplicateFailed, match=r"replicate 12 cannot be run: ArithmeticError: poison"):
        run(small, replicates=20, execution=Execution(chunks=tmp_path))
    with pytest.raises(ReplicateFailed, match=r"replicate 12 cannot be run: ArithmeticError: poison"):
        run(small, replicates=20)


def test_a_run_in_memory_does_not_count_what_failed_once(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    from stability_sim.ensemble import tasks

    real, failures = tasks.run_batch, iter([ArithmeticError("only once")])

    def run_batch(batch, *others, **named):
        result = real(batch, *others, **named)  # it has added to the sum by now
        for failure in failures:
            raise failure
        return result

    monkeypatch.setattr(tasks, "run_batch", run_batch)
    with pytest.raises(ArithmeticError, match="only once"):
        run(small, replicates=20, workers=1, chunk_size=10)
    assert run(small, replicates=20, workers=1, chunk_size=10).hash() == run(small, replicates=20).hash()


@pytest.fixture(scope="module")
def folder(small: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("user")
    (place / "small.yaml").write_text(dump(small))
    done = command("sweep", "small.yaml", "--vary", f"{CAPACITY}=0.2,0.4,0.6", "-n", "40", "-o", "out", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "± " in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    return place


def test_the_command_writes_everything(folder: Path) -> None:
    out = folder / "out"
    assert {path.name for path in (out / "figures").iterdir()} == {"sweep.png", "sweep.svg", "sweep.pdf"}
    manifest = json.loads((out / "manifest.json").read_text())
    results = read_sweep(out)
    assert results.hash() == manifest["results_hash"]
    assert results.coords[CAPACITY] == [0.2, 0.4, 0.6]
    rows = list(csv.DictReader((out / "outcomes.csv").read_text().splitlines()))
    assert len(rows) == 3 * len(results.coords["outcome"])
    assert float(rows[0]["mean"]) == results["mean"][0, 0]
    points = list(replicates(out))
    assert [point[CAPACITY] for point, _ in points] == ["0.2", "0.4", "0.6"]
    for k, (_, outcomes) in enumerate(points):
        assert outcomes.shape == (40, len(results.coords["outcome"]))
        assert results["mean"][k] == pytest.approx(outcomes.mean(axis=0))


def test_the_same_command_finds_what_is_there(folder: Path) -> None:
    words = ("sweep", "small.yaml", "--vary", f"{CAPACITY}=0.2,0.4,0.6", "-n", "40", "--no-figures", "-o", "out")
    before = (folder / "out" / "sweep.nc").read_bytes()
    done = command(*words, cwd=folder)
    assert "160 of them from before" in done.stdout
    assert (folder / "out" / "sweep.nc").read_bytes() == before
    afresh = command(*words, "--no-resume", cwd=folder)
    assert "from before" not in afresh.stdout
    assert (folder / "out" / "sweep.nc").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("sweep", "small.yaml"), 2, "--vary"),
        (("sweep", "small.yaml", "--vary", "months=1,2"), 2, "stays the same"),
        (("sweep", "small.yaml", "--vary", f"{CAPACITY}=2,3"), 2, "--vary"),
        (("sweep", "small.yaml", "--vary", f"{CAPACITY}=0.2", "--engine", "gpu"), 2, "threads, processes, dask"),
        (("sweep", "small.yaml", "--vary", f"{CAPACITY}=0.2", "--scheduler", "tcp://x:1"), 2, "dask"),
        (("sweep", "small.yaml", "--vary", f"{CAPACITY}=0.2", "-o", "."), 1, "not a sweep"),
        (("sweep", "small.yaml", "--vary", f"{CAPACITY}=0.2", "--outcome", "peace", "-n", "2", "-o", "p"), 2, "no outcome"),
        (("sweep", "none.yaml", "--vary", f"{CAPACITY}=0.2"), 3, "no such file"),
        (("run", "small.yaml", "--engine", "gpu"), 2, "threads, processes, dask"),
        (("plot", "out", "map"), 1, "holds a sweep, not a run"),
    ],
)
def test_mistakes_have_a_message_and_a_code(folder: Path, words: tuple[str, ...], code: int, message: str) -> None:
    done = command(*words, cwd=folder)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sweep_that_was_changed_is_not_read(folder: Path, tmp_path: Path) -> None:
    table = folder / "out" / "design.csv"
    text = table.read_text()
    table.write_text(text.replace("0.2", "0.3"))
    try:
        with pytest.raises(StoreError, match=r"design\.csv"):
            read_sweep(folder / "out")
    finally:
        table.write_text(text)


def test_two_factors_make_a_figure(swept: Sweep, tmp_path: Path) -> None:
    from stability_sim.report.figures.sweep import drawable, sweep_figure

    assert drawable(swept.results)
    first = sweep_figure(swept.results, tmp_path / "a", [], ["png"])[0]
    second = sweep_figure(swept.results, tmp_path / "b", [], ["png"])[0]
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size > 20_000


def test_a_design_knows_its_points() -> None:
    design: Design = grid([Factor("a", levels=(1, 2)), Factor("b", levels=("x", "y", "z"))])
    assert design.points == ((1, "x"), (1, "y"), (1, "z"), (2, "x"), (2, "y"), (2, "z"))
