"""The same past, a new policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stability_sim.engine.fork import Fork, carry_over, entities, joined_beginning
from stability_sim.engine.record import empty_tallies
from stability_sim.engine.run import Stopped, start, step
from stability_sim.ensemble.chunks import ChunkStore
from stability_sim.ensemble.executors import Execution
from stability_sim.ensemble.forks import run_forked_batch
from stability_sim.ensemble.run import ForkError, run, run_forked
from stability_sim.scenario import Scenario, apply_settings, resolve
from stability_sim.scenario.variables import FIELDS
from stability_sim.scenario.variants import apply_variant
from stability_sim.world.fields import World
from stability_sim.world.initial import begin

N, SEED, MONTH = 24, 5, 11
CHANGES = {
    "no alliance": {"remove": ["alliances.P"]},
    "guarded": {"set": {"borders.A-B.guard": 0.95}},
    "no rebels": {"remove": ["groups.rebels"]},
    "no state": {"remove": ["states.D"]},
    "another state": {"add": {"states": {"E": {"capacity": 0.2}}, "borders": {"B-E": {}}}},
    "no refugees": {"set": {"parameters.refugee_onset": 0, "parameters.hidden_share": 0}},
    "peace": {"set": {"states.A.in_conflict": False}},
    "a conflict more": {"add": {"conflicts": [{"state": "C", "age": 60, "ground": 0.4}]}},
    "a sponsor": {"add": {"supports": [{"of": "D", "to": "rebels", "arms": 0.9, "troops": 5}]}},
    "more events": {"add": {"events": [{"on": "2020-02", "outbreak": "C"}, {"on": "2021-12", "outbreak": "C"}]}},
}


def _variant(small: Scenario, change: dict[str, object]) -> Scenario:
    changed = small.model_copy(update={"variants": Scenario.model_validate(
        {"scenario": "x", "question": "q", "start": "2020-01", "states": {"A": {}}, "variants": {"v": change}}
    ).variants})  # fmt: skip
    return apply_variant(changed, "v")


def test_every_field_of_a_world_belongs_to_a_kind_of_entity(small: Scenario) -> None:
    beginning = begin(small)
    named = entities(beginning)
    for field in FIELDS:
        assert getattr(beginning.world, field.name).shape[1] == len(named[field.of]), field


def test_a_fork_of_the_base_by_itself_is_the_base(small: Scenario) -> None:
    assert run_forked(small, small, MONTH, replicates=N, seed=SEED).hash() == run(small, replicates=N, seed=SEED).hash()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_past_is_that_of_the_base(small: Scenario, change: dict[str, object]) -> None:
    base = run(small, replicates=N, seed=SEED)
    fork = run_forked(small, _variant(small, change), MONTH, replicates=N, seed=SEED)
    for name, variable in base.variables.items():
        if variable.dims[0] == "month":
            axis = variable.dims[1]
            where = [
                k if axis == "outcome_series" else fork.coords[axis].index(label) for k, label in enumerate(base.coords[axis])
            ]
            np.testing.assert_array_equal(fork[name][:MONTH][:, where], base[name][:MONTH], err_msg=name)
    for column in base.log.columns:
        mine, theirs = (one.log.columns[column][one.log.columns["month"] < MONTH].tolist() for one in (base, fork))
        assert mine == theirs, column
    assert fork.hash() != base.hash()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_fork_at_the_beginning_is_the_variant(small: Scenario, change: dict[str, object]) -> None:
    variant = _variant(small, change)
    assert run_forked(small, variant, 0, replicates=N, seed=SEED).hash() == run(variant, replicates=N, seed=SEED).hash()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_carried_over_before_the_first_month_a_world_is_that_of_the_variant(small: Scenario, change: dict[str, object]) -> None:
    variant = begin(_variant(small, change))
    carried = carry_over(Fork(begin(small), variant, 0), start(begin(small), SEED, 2, 3))
    expected = start(variant, SEED, 2, 3).now
    past = {"first_strength", "balance"} if change is CHANGES["a sponsor"] else set()  # rebels were as strong as they were
    for field in World._fields:
        if field in past:
            continue
        np.testing.assert_array_equal(getattr(carried, field), getattr(expected, field), err_msg=field)


def test_what_the_variant_does_not_set_keeps_its_state(small: Scenario) -> None:
    batch = start(begin(small), SEED, 0, 6)
    for _ in range(MONTH):
        step(batch)
    variant = begin(_variant(small, CHANGES["guarded"]))
    carried = carry_over(Fork(batch.beginning, variant, MONTH), batch)
    a_b = variant.names.dyads.index(("A", "B"))
    assert (carried.guard[:, a_b] == 0.95).all()
    others = [d for d, pair in enumerate(variant.names.dyads) if set(pair) != {"A", "B"}]
    np.testing.assert_array_equal(carried.guard[:, others], batch.now.guard[:, others])
    for field in ("cells", "fighters", "hardship", "honoured", "refugees", "in_conflict", "fired"):
        np.testing.assert_array_equal(getattr(carried, field), getattr(batch.now, field), err_msg=field)


def test_conflicts_go_on_and_what_the_variant_lists_begins_anew(small: Scenario) -> None:
    """All that a conflict is goes over; one that the variant sets is, replicate by replicate, that of its own start."""
    batch = start(begin(small), SEED, 3, 6)
    for _ in range(MONTH):
        step(batch)
    variant = begin(_variant(small, CHANGES["a conflict more"]))
    carried = carry_over(Fork(batch.beginning, variant, MONTH), batch)
    own_start = start(variant, SEED, 3, 6).now
    was, will = batch.beginning.names.conflicts, variant.names.conflicts
    assert set(will) - set(was) == {("C", "#3")}, "a place for rebels without a name that the base does not have"
    for field in FIELDS:
        if field.of == "conflict" and not field.refers:
            for c, pair in enumerate(will):
                expected = own_start if pair in (("C", "#1"), ("C", "#3")) else batch.now
                k = c if expected is own_start else was.index(pair)
                np.testing.assert_array_equal(
                    getattr(carried, field.name)[:, c], getattr(expected, field.name)[:, k], err_msg=f"{field.name} of {pair}"
                )
    assert len(np.unique(carried.rising[:, will.index(("C", "#1"))])) == 6


def test_past_events_of_the_variant_do_not_happen(small: Scenario) -> None:
    said: list[str] = []
    fork = run_forked(small, _variant(small, CHANGES["more events"]), MONTH, replicates=N, seed=SEED, say=said.append)
    rows = fork.log.where(kind="outbreak", state="C", channel="").columns["month"]
    assert set(rows.tolist()) == {23}
    assert said == ["an event of the variant on 2020-02 lies before the fork: it does not happen"]


def test_threads_change_no_bit(small: Scenario) -> None:
    variant = _variant(small, CHANGES["no alliance"])
    hashes = {run_forked(small, variant, MONTH, replicates=N, seed=SEED, workers=w).hash() for w in (1, 3)}
    assert len(hashes) == 1


@pytest.mark.parametrize(("engine", "change"), [("processes", "another state"), ("dask", "no state")])
def test_engines_and_tasks_change_no_bit(small: Scenario, engine: str, change: str) -> None:
    variant = _variant(small, CHANGES[change])
    expected = run_forked(small, variant, MONTH, replicates=N, seed=SEED, first=3).hash()
    elsewhere = Execution(engine, workers=2)
    done: list[int] = []
    forked = run_forked(
        small, variant, MONTH, replicates=N, seed=SEED, first=3, chunk_size=7, execution=elsewhere, progress=done.append
    )
    assert forked.hash() == expected
    assert sorted(done) == done
    assert done[-1] == N


def test_an_interrupted_fork_keeps_whole_chunks_and_goes_on_from_them(small: Scenario, tmp_path: Path) -> None:
    variant = _variant(small, CHANGES["no alliance"])
    options: dict[str, Any] = {"replicates": N, "seed": SEED, "chunk_size": 2, "execution": Execution(workers=2, chunks=tmp_path)}

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_forked(small, variant, MONTH, **options, progress=interrupt)
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*.chunk")}
    assert len(kept) == 1
    with ChunkStore.opened(tmp_path) as store:
        assert all(store.holds(path.stem) for path in kept)
    done: list[int] = []
    again = run_forked(small, variant, MONTH, **options, progress=done.append)
    assert done == list(range(4, N + 1, 2))  # one task was there
    assert again.hash() == run_forked(small, variant, MONTH, replicates=N, seed=SEED).hash()
    assert all(path.read_bytes() == raw for path, raw in kept.items())
    earlier: list[int] = []
    run_forked(small, variant, MONTH - 1, **options, progress=earlier.append)
    assert earlier == list(range(2, N + 1, 2))  # another past finds no chunk


def test_a_fork_is_left_where_nobody_wants_it_any_more(small: Scenario) -> None:
    fork = Fork(begin(small), begin(_variant(small, CHANGES["guarded"])), MONTH)
    labels = joined_beginning(fork)
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 1  # when the past is run, and the variant begins

    batch = start(fork.base, SEED, 0, 3)
    with pytest.raises(Stopped):
        run_forked_batch(batch, fork, labels, small.months, empty_tallies(labels.frame, small.months), stop)
    assert batch.month_number == MONTH


def test_what_does_not_fit_is_refused(small: Scenario) -> None:
    with pytest.raises(ForkError, match="months 0 to 29"):
        run_forked(small, small, 30, replicates=1, seed=1)
    with pytest.raises(ForkError, match="length"):
        run_forked(small, apply_settings(resolve(small), ["months=20"]), 3, replicates=1, seed=1)
