"""The exponential function: as good as that of a C library, and the same bits compiled, interpreted and in a loop."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stability_sim.kernels.compile import kernel
from stability_sim.kernels.elementary import exp


@kernel
def _one(x):
    return exp(x)


@kernel
def _many(x, found):
    for k in range(x.shape[0]):
        found[k] = exp(x[k])


@given(st.floats(-708.0, 709.0))
def test_it_is_within_two_units_in_the_last_place(x: float) -> None:
    assert abs(float(exp(x)) - math.exp(x)) <= 2 * math.ulp(math.exp(x))


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=40))
def test_one_or_many_compiled_or_not_give_the_same_bits(values: list[float]) -> None:
    x = np.array(values)
    found = np.zeros(len(x))
    _many(x, found)
    assert found.tobytes() == np.array([_one(value) for value in values]).tobytes()
    assert found.tobytes() == np.array([exp(value) for value in values]).tobytes()


def test_known_values() -> None:
    assert _one(0.0) == 1.0
    assert _one(1.0) == pytest.approx(math.e, rel=4e-16)
    assert math.isnan(_one(math.nan))
    assert 0.0 < _one(-math.inf) == _one(-708.0) < 1e-307
    assert 1e307 < _one(math.inf) == _one(709.0) < math.inf


def test_it_never_falls() -> None:
    """A probability that is worked out from a larger rate is not smaller: no jumps where two pieces meet."""
    x = np.arange(-2.0, 2.0, 1e-5)
    found = np.zeros(len(x))
    _many(x, found)
    assert (np.diff(found) > 0).all()
