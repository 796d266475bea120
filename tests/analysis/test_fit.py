"""The fit finds what made the facts, and stays where facts say nothing."""

from __future__ import annotations

import numpy as np

from stability_sim.analysis.fit import Range, Target, fit

RANGES = {"a": Range(0.5, 0.0, 2.0), "b": Range(1.0, 0.0, 4.0), "idle": Range(3.0, 1.0, 5.0)}


def _facts(values: dict[str, float]) -> np.ndarray:
    a, b = values["a"], values["b"]
    return np.array([a + 0.3 * b, a * b, np.exp(-a)])


def _targets(a: float, b: float, tolerance: float) -> list[Target]:
    facts = _facts({"a": a, "b": b})
    return [Target(name, float(value), tolerance) for name, value in zip("xyz", facts, strict=True)]


def test_known_parameters_are_found() -> None:
    found = fit(_facts, _targets(1.3, 2.2, 0.001), RANGES, steps=40, step=0.001)
    assert abs(found.values["a"] - 1.3) < 0.01
    assert abs(found.values["b"] - 2.2) < 0.02
    assert found.values["idle"] == 3.0
    assert found.losses[-1] < found.losses[0]


def test_weak_facts_leave_the_prior_alone() -> None:
    found = fit(_facts, _targets(1.3, 2.2, 1000.0), RANGES)
    assert abs(found.values["a"] - 0.5) < 0.01
    assert abs(found.values["b"] - 1.0) < 0.02


def test_a_fit_is_the_same_each_time_and_keeps_within_the_ranges() -> None:
    first, second = (fit(_facts, _targets(5.0, 9.0, 0.1), RANGES) for _ in range(2))
    assert first == second
    assert all(r.low <= first.values[name] <= r.high for name, r in RANGES.items())
