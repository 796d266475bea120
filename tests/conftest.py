"""Scenarios that many tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from stability_sim.ensemble.run import prepare
from stability_sim.scenario import Scenario, load, resolve
from stability_sim.scenario.load import shipped


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With -n: the tests of a file stay together, since they share what is dear; files go in their order."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


# The rooms whose tests, but for slow ones, tell a developer in about a minute whether something broke: `pytest -m core`.
CORE = ("architecture", "analysis", "engine", "geography", "kernels", "results", "scenario", "storage", "world", "dynamics")


def pytest_collection_modifyitems(items):
    """Mark the tests of the developer's loop; files with slow tests come first, so that no worker is left alone with one."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] in CORE and not item.get_closest_marker("slow"):
            item.add_marker("core")


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    prepare()


@pytest.fixture(scope="session")
def central_asia() -> Scenario:
    """The seed case, resolved."""
    return resolve(load(shipped()["central-asia-2021"]).scenario)


@pytest.fixture(scope="session")
def small() -> Scenario:
    """Four fictional states with everything that the engine can do."""
    return resolve(Scenario.model_validate(SMALL))


SMALL = {
    "scenario": "small", "question": "q", "start": "2020-01", "months": 30, "replicates": 40, "seed": 5,
    "map": {"projection": "network"},
    "states": {
        "A": {"in_conflict": True, "capacity": 0.2, "hardship": 0.8, "deaths_per_year": 3000, "population": 30, "external_support": 0.4},
        "B": {"capacity": 0.3, "legitimacy": 0.2, "hardship": 0.8},
        "C": {"capacity": 0.6, "prestige": 0.6, "forces": 90},
        "D": {"capacity": 0.4, "export_aim": 0.6, "forces": 200},
    },
    "groups": {
        "rulers": {"home": "A", "governs": "A", "export_aim": 0.4, "fighters": {"A": 20000}},
        "rebels": {"home": "A", "clandestine": True, "export_aim": 0.9, "fighters": {"A": 3000}, "cells": {"B": 120}},
    },
    "borders": {"A-B": {"hostility": 0.7}, "B-C": {}, "C-D": {"hostility": 0.6}, "A>B": {"refugees": 50000}},
    "corridors": {"A-C": {}},
    "alliances": {
        "P": {"members": ["B", "C"], "lead": "C", "covers": ["overt_attack", "raid", "infiltration"]},
        "Q": {"members": ["C", "D"], "obliges": "consultation"},
    },
    "stances": [{"of": "C", "to": "rulers", "listed": True, "aid": 0.3}, {"of": "B", "to": "rebels", "embassy": True}],
    "events": [
        {"on": "2020-03", "summit": "talks", "host": "C", "about": "A", "parties": ["C", "rulers"], "rank": {"rulers": 0.4}},
        {"on": "2020-04", "drill": "P", "at": "B"},
        {"on": "2020-05", "withdraw": "C", "support_to": "A"},
        {"on": "2020-06", "stance": "C", "to": "rulers", "aid": 0.0, "sanction": 0.5},
        {"on": "2020-08", "displacement": "A", "people": 200000},
        {"when": "incidents(A-B) >= 2 in 3 months", "set": {"borders.A-B.guard": 0.7}},
        {"on": "2021-02", "outbreak": "B"},
        {"on": "2021-09", "peace": "B"},
        {"on": "2021-10", "attack": "D", "on_state": "C"},
        {"on": "2021-11", "deploy": "C", "to": "B"},
    ],
}  # fmt: skip
