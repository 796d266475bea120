"""The oracle of any other room: the tests that run the line which is spoilt, the quickest first, but none marked slow.

Which tests run which line is found out by running them once with a tracer. Tests that start other processes see only the
code as it is, and count for nothing here.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import tempfile
import threading
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from mutation.mutants import ROOT, Mutant, spoil

TESTS = {"analysis": ("tests/analysis", "tests/studies")}
KEPT = (
    "terminal", "kernels", "results", "storage", "world", "dynamics",
    "engine", "ensemble", "scenario", "geography", "panel",
)  # fmt: skip
WARM = ("studies.uncertainty", "studies.sensitivity", "studies.attribute", "studies.discovery", "studies.hindcast",
        "studies.calibrate", "report.figures", "studies.facts", "cli.history")  # fmt: skip
SECONDS = 40
OPTIONS = ("-q", "-p", "no:cacheprovider", "--no-header", "--assert=plain", "-m", "not slow", "--rootdir", str(ROOT))


class _Tracer:
    """Notes which lines of a room each test runs, itself or through a fixture, and how long it takes."""

    def __init__(self, room: Path) -> None:
        self.room = f"{room}{os.sep}"
        self.lines: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)
        self.fixtures: dict[str, list[str]] = {}
        self.who = ""

    def calls(self, frame: FrameType, event: str, given: Any) -> Any:
        return self.steps if frame.f_code.co_filename.startswith(self.room) else None

    def steps(self, frame: FrameType, event: str, given: Any) -> Any:
        self.lines[self.who].add((frame.f_code.co_filename, frame.f_lineno))
        return self.steps

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        before, self.who = self.who, _named(fixturedef)
        try:
            return (yield)
        finally:
            self.who = before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Any:
        self.who = item.nodeid
        known = item._fixtureinfo.name2fixturedefs
        self.fixtures[item.nodeid] = [_named(definition) for every in known.values() for definition in every]
        return (yield)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] += report.duration

    def told(self) -> dict[str, Any]:
        ran = {test: set.union(self.lines[test], *(self.lines[f] for f in known)) for test, known in self.fixtures.items()}
        return {"seconds": dict(self.seconds), "lines": {test: sorted(lines) for test, lines in ran.items()}}


def _named(fixture: Any) -> str:
    return f"fixture {fixture.baseid} {fixture.argname}"


def _trace(room: Path, tests: tuple[str, ...], into: Path) -> int:
    tracer = _Tracer(room)
    threading.settrace(tracer.calls)
    sys.settrace(tracer.calls)
    code = pytest.main([*OPTIONS, *tests], plugins=[tracer])
    sys.settrace(None)
    into.write_text(json.dumps(tracer.told()))
    return int(code)


class SuiteOracle:
    """Each mutant meets the tests that run its line, in a process of its own that has all but the room loaded before."""

    def __init__(self, room: Path) -> None:
        os.chdir(ROOT)
        for name in WARM:
            importlib.import_module(f"stability_sim.{name}")
        import hypothesis.strategies  # noqa: F401 - a second to load

        from stability_sim.ensemble.run import prepare

        prepare()
        with tempfile.TemporaryDirectory() as folder:
            told = Path(folder) / "told.json"
            code = self._apart(lambda: _trace(room, TESTS[room.name], told), 3600)
            if code:
                sys.exit("the tests fail as the code is")
            known = json.loads(told.read_text())
        self.seconds: dict[str, float] = known["seconds"]
        self.who: dict[tuple[str, int], set[str]] = defaultdict(set)
        for test, lines in known["lines"].items():
            for file, line in lines:
                self.who[file, line].add(test)

    def _apart(self, run: Any, seconds: int, mutant: Mutant | None = None) -> int:
        child = os.fork()
        if child == 0:
            signal.alarm(seconds)
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            try:
                for name in [name for name in sys.modules if _is_fresh(name)]:
                    del sys.modules[name]
                if mutant:
                    spoil(mutant)
                os._exit(int(run()))
            except BaseException:  # noqa: BLE001 - whatever a mutant does
                os._exit(1)
        return os.waitpid(child, 0)[1]

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that run the line of a mutant, the quickest first."""
        tests: set[str] = set().union(*(self.who[str(mutant.path), line] for line in mutant.lines))
        return sorted(tests, key=lambda test: self.seconds[test])

    def notices(self, mutant: Mutant | None) -> bool:
        """Return whether a test fails with a mutant, or does not end; None is the code as it is."""
        if mutant is None:
            return False  # the run with the tracer has shown it
        tests = self.tests_of(mutant)
        if not tests:
            return False
        seconds = SECONDS + 3 * int(sum(self.seconds[test] for test in tests))
        return self._apart(lambda: pytest.main([*OPTIONS, "-x", *tests]), seconds, mutant) != 0


def _is_fresh(name: str) -> bool:
    parts = name.split(".")
    return parts[0] == "stability_sim" and (len(parts) > 1 and parts[1] not in KEPT)
