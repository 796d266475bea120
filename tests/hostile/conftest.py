"""A folder with a scenario and a run, for all tests of one kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostile.places import user_folder
from stability_sim.scenario import Scenario


@pytest.fixture(scope="session")
def user(tmp_path_factory: pytest.TempPathFactory, small: Scenario) -> Path:
    return user_folder(tmp_path_factory.mktemp("user"), small)
