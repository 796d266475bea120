"""Months in one call, and batches in the memory of others: nothing changes by it, and no error is lost."""

from __future__ import annotations

import numpy as np
import pytest

from stability_sim.engine.fused import in_sequence
from stability_sim.engine.mechanisms import Mechanism, register
from stability_sim.engine.record import empty_rows, empty_tallies, record
from stability_sim.engine.run import go_on_until, run_batch, start, start_again, step
from stability_sim.kernels.compile import kernel
from stability_sim.kernels.handles import handle
from stability_sim.scenario import Scenario, resolve
from stability_sim.world.fields import OF_ONE
from stability_sim.world.initial import begin

N = 9


def _kept(beginning, months: int):
    return empty_tallies(beginning.frame, months), empty_rows(beginning.frame, N)


def _same_world(a, b) -> None:
    for name, values, others in zip(a.now._fields, a.now, b.now, strict=True):
        assert values.tobytes() == others.tobytes(), name


@pytest.mark.parametrize("until", [1, 2, 7, 24])
def test_months_in_one_call_are_the_months_one_by_one(central_asia: Scenario, until: int) -> None:
    beginning = begin(central_asia)
    at_once, one_by_one = start(beginning, 3, 0, N), start(beginning, 3, 0, N)
    first, second = _kept(beginning, until), _kept(beginning, until)
    handles, others = tuple(map(handle, first)), tuple(map(handle, second))
    while at_once.month_number < until:
        go_on_until(at_once, until, record, handles)
    for t in range(until):
        step(one_by_one)
        parts = (beginning.frame, one_by_one.now, one_by_one.month)
        record(*(one_by_one.handle_of(part) for part in parts), *others, t)
    assert at_once.month_number == one_by_one.month_number == until
    _same_world(at_once, one_by_one)
    for kept, other in zip((*first[0], *first[1]), (*second[0], *second[1]), strict=True):
        assert kept.tobytes() == other.tobytes()


def test_a_batch_in_the_memory_of_another_is_a_batch_of_its_own(small: Scenario) -> None:
    beginning, months = begin(small), small.months
    tallies = [empty_tallies(beginning.frame, months) for _ in range(3)]
    before = start(beginning, 5, 0, N)
    run_batch(before, months, tallies[0])
    again = start_again(before, beginning, 5, N, N)
    assert again is before  # used again
    result = run_batch(again, months, tallies[1])
    expected = run_batch(start(beginning, 5, N, N), months, tallies[2])
    assert all(a.tobytes() == b.tobytes() for a, b in zip(tallies[1], tallies[2], strict=True))
    assert result.rows.outcomes.tobytes() == expected.rows.outcomes.tobytes()
    assert all(a.tobytes() == b.tobytes() for a, b in zip(result.log, expected.log, strict=True))


def test_memory_is_not_used_for_what_is_not_alike(small: Scenario) -> None:
    first, second = begin(small), begin(small)
    batch = start_again(None, first, 5, 0, 3)
    assert start_again(batch, first, 5, 3, 3) is batch
    assert start_again(batch, first, 5, 6, 2) is not batch
    assert start_again(batch, second, 5, 6, 3).beginning is second
    assert start_again(batch, first, 6, 6, 3).seed == 6


def test_no_two_fields_of_a_batch_share_memory(small: Scenario) -> None:
    """The compiler is told that a write to one field changes no other."""
    batch = start(begin(small), 5, 0, 2)
    arrays = {
        f"{kind}.{name}": values for kind in ("now", "month", "log") for name, values in getattr(batch, kind)._asdict().items()
    }
    names = list(arrays)
    for k, name in enumerate(names):
        for other in names[k + 1 :]:
            assert not np.shares_memory(arrays[name], arrays[other]), (name, other)
    for name, values in batch.after._asdict().items():
        for other, others in arrays.items():
            assert other == f"now.{name}" or not np.shares_memory(values, others), (name, other)


def test_notes_of_one_replicate_have_no_replicates(small: Scenario) -> None:
    batch = start(begin(small), 5, 0, 7)
    for name, values in batch.month._asdict().items():
        assert (values.ndim == 1) if name in OF_ONE else (len(values) == 7), name


@kernel
def _fails(frame, p, now, after, month, log, seed, replicates, t):
    if t == 2:
        raise ValueError("the third month is not for me")


def test_an_error_of_a_compiled_mechanism_is_heard(small: Scenario) -> None:
    register(Mechanism("fails", lambda settings: _fails, "after", "remember"))
    case = resolve(small.model_copy(update={"mechanisms": {"fails": {}}}))
    beginning = begin(case)
    with pytest.raises(ValueError, match="third month"):
        run_batch(start(beginning, 5, 0, 2), 12, empty_tallies(beginning.frame, 12))


def test_what_is_not_compiled_runs_too(small: Scenario) -> None:
    told: list[int] = []

    def tells(frame, p, now, after, month, log, seed, replicates, t) -> None:
        told.append(t)

    batch = start(begin(small), 5, 0, 1)
    given = (batch.handle_of(batch.beginning.frame),) * 6 + (batch.seed, batch.replicates, 4)
    in_sequence((tells, tells), given)(*given)
    assert told == [4, 4]
