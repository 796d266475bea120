"""What the fuzzer of the loader has found stays repaired."""

from __future__ import annotations

from pathlib import Path

import pytest

from stability_sim.scenario import InvalidScenario, load

FOUND = sorted((Path(__file__).parent / "found_once").iterdir())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_once_is_refused_in_words(path: Path) -> None:
    with pytest.raises(InvalidScenario) as caught:
        load(path)
    assert caught.value.problems
    assert all(problem.message for problem in caught.value.problems)
