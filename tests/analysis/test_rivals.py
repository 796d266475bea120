"""Likelihood ratios by hand, and what a case says between rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stability_sim.analysis.rivals import TOGETHER, in_words, likelihood, ratios
from stability_sim.scenario import Scenario, load
from stability_sim.scenario.load import shipped
from stability_sim.storage.files import UsageError
from stability_sim.studies.rivals import compare_rules, rivals_of_file


def _runs(*counts: tuple[int, int]) -> np.ndarray:
    return np.concatenate([np.full(n, bool(value)) for value, n in counts])


def test_ratios_are_of_shares_and_equal_dice_give_one() -> None:
    a, b = _runs((1, 60), (0, 40)), _runs((1, 30), (0, 70))
    found = {r.observation: r for r in ratios({"first": {"x": a, "y": a}, "second": {"x": b, "y": a}})}
    assert found["x"].ratio == pytest.approx(30.5 / 60.5)
    assert found["x"].low < found["x"].ratio < found["x"].high < 1.0
    assert (found["y"].ratio, found["y"].low, found["y"].high) == (1.0, 1.0, 1.0)
    assert found[TOGETHER].probability == pytest.approx(30.5 / 101)
    assert found[TOGETHER].runs == 100


def test_no_run_that_fits_is_not_no_chance() -> None:
    assert likelihood(np.zeros(99, dtype=bool))[0] == pytest.approx(0.005)


@pytest.mark.parametrize(("ratio", "words"), [(1.04, "bare mention"), (0.5, "bare mention"), (0.1, "positive"), (30, "strong")])
def test_words_for_a_ratio(ratio: float, words: str) -> None:
    assert words in in_words(ratio)


def test_one_case_proves_little(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loaded = load(shipped()["central-asia-2021"])
    found = rivals_of_file(loaded, replicates=80, output=tmp_path / "r.csv", say=lambda _: None)
    (attack,) = [r for r in found["alliances"] if r.rule == "none" and r.observation.startswith("attacks_on(TJK)")]
    assert 0.85 < attack.ratio <= 1.0  # no attack is likely with the pledge and without it
    assert "no more than that" in capsys.readouterr().out
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 1 + sum(map(len, found.values()))


def test_a_scenario_that_does_not_say_what_happened(small: Scenario) -> None:
    with pytest.raises(UsageError, match="observed"):
        compare_rules(small)
