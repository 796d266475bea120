"""Luck, parameters and structure, on numbers whose variances are known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from stability_sim.analysis.uncertainty import PARTS, components, resampled, split
from stability_sim.scenario import Scenario
from stability_sim.scenario.explain import dump
from stability_sim.scenario.load import loads
from stability_sim.scenario.rules import Rules
from stability_sim.storage.files import UsageError
from stability_sim.studies.uncertainty import structures, uncertainty


def _world(luck: float, parameters: float, structure: float, seed: int, interplay: float = 0.0) -> np.ndarray:
    """Return outcomes (structure, point, replicate) with given standard deviations of the parts."""
    draw = np.random.default_rng(seed)
    s = structure * np.array([-1.0, 0.0, 1.0]) * np.sqrt(1.5)  # variance over three structures: structure²
    p, r = parameters * draw.normal(size=40), 0.8 * luck * draw.normal(size=60)
    noise = 0.6 * luck * draw.normal(size=(3, 40, 60))
    return s[:, None, None] + p[None, :, None] + r[None, None, :] + noise + interplay * draw.normal(size=(3, 40, 1))


def test_components_are_unbiased() -> None:
    found = np.mean([components(_world(2.0, 1.0, 0.5, seed)) for seed in range(60)], axis=0)
    np.testing.assert_allclose(found, [4.0, 1.0, 0.25], rtol=0.08)


def test_interplay_does_not_pass_for_structure() -> None:
    found = np.mean([components(_world(1.0, 0.5, 0.0, seed, interplay=1.0)) for seed in range(60)], axis=0)
    np.testing.assert_allclose(found[:2], [1.0, 1.25], rtol=0.1)
    assert found[2] < 0.02


def test_a_part_alone_has_all_the_variance() -> None:
    for k in range(3):
        sizes = [0.0, 0.0, 0.0]
        sizes[k] = 1.0
        table = split(_world(*sizes, seed=3), "toy").set_index("part")
        assert table.loc[PARTS[k], "share"] > 0.99


def test_intervals_hold_the_truth_and_are_the_same_each_time() -> None:
    y = _world(2.0, 1.0, 0.5, 5)
    table = split(y, "toy").set_index("part")
    assert table["share"].sum() == pytest.approx(1)
    for part, truth in zip(PARTS, np.array([4.0, 1.0, 0.25]) / 5.25, strict=True):
        assert table.loc[part, "share_low"] - 0.02 <= truth <= table.loc[part, "share_high"] + 0.02
    assert split(y, "toy").equals(split(y, "toy"))


def test_resampling_is_even() -> None:
    counts = np.bincount(np.concatenate([resampled(10, b, "points") for b in range(2000)]), minlength=10)
    assert abs(counts / 2000 - 1).max() < 0.12
    assert not np.array_equal(resampled(10, 0, "points"), resampled(10, 1, "points"))


@pytest.mark.parametrize(
    ("y", "message"), [(np.full((2, 2, 2), 3.0), "no variance"), (np.full((2, 2, 2), np.nan), "not a number")]
)
def test_what_cannot_be_split_is_refused(y: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        split(y, "toy")


def test_structures_are_balanced() -> None:
    rivals = structures()
    assert len({tuple(r.model_dump().items()) for r in rivals}) == 9
    three = [field for field in Rules.model_fields if field != "contagion"]
    for a, b in itertools.combinations(three, 2):
        assert len({(getattr(r, a), getattr(r, b)) for r in rivals}) == 9


def test_the_uncertainty_of_a_difference(small: Scenario) -> None:
    changed = Scenario.model_validate(
        small.model_dump() | {"variants": {"guarded": {"set": {"borders.A-B.guard": 0.95}}, "no-d": {"remove": ["states.D"]}}}
    )
    loaded = loads(dump(changed))
    found = uncertainty(loaded, variant="guarded", contrast=True, outcomes=["crossed"], n_points=3, replicates=6)
    assert (found.parts["mean"] < 0).all()
    assert (found.parts["share_below"] > 0.9).all()
    assert uncertainty(loaded, variant="no-d", contrast=True, outcomes=["incidents"], n_points=2, replicates=3).is_contrast
    with pytest.raises(UsageError, match="needs a variant"):
        uncertainty(loaded, contrast=True)
    shorter = loads(dump(Scenario.model_validate(small.model_dump() | {"variants": {"shorter": {"set": {"months": 12}}}})))
    with pytest.raises(UsageError, match="cannot be paired: the variant shorter has other months"):
        uncertainty(shorter, variant="shorter", contrast=True)


def test_of_the_model(small: Scenario) -> None:
    said: list[str] = []
    found = uncertainty(
        loads(dump(small)), outcomes=["onsets", "hidden_among_refugees"], n_points=4, replicates=8, say=said.append
    )
    assert "9 structures × 4 points" in said[0]
    table = found.parts[found.parts["outcome"] == "onsets"]
    assert table["share"].sum() == pytest.approx(1)
    assert table.set_index("part").loc["luck", "share"] > 0


def test_what_luck_does_under_one_structure_does_not_pass_for_structure() -> None:
    def found(seed: int) -> float:
        draw = np.random.default_rng(seed)
        return components(np.repeat(draw.normal(size=(4, 1, 10)), 5, axis=1) + 1e-6 * draw.normal(size=(4, 5, 10)))[2]

    uncorrected = 0.75 * 0.1  # variance of four means of ten
    assert np.mean([found(seed) for seed in range(200)]) < 0.5 * uncorrected


def test_the_means_that_are_told_are_those_over_luck() -> None:
    y = np.arange(24.0).reshape(2, 3, 4) - 9.5
    row = split(y, "toy").iloc[0]
    cells = y.mean(axis=2)
    assert row["mean"] == y.mean()
    assert (row["mean_q05"], row["mean_q95"]) == pytest.approx(tuple(np.quantile(cells, [0.05, 0.95])))
    assert (row["share_above"], row["share_below"]) == ((cells > 0).mean(), (cells < 0).mean())
