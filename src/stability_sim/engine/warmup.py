"""Compile all kernels once, on two processes: it takes some seconds, and never again until a kernel changes."""

from __future__ import annotations

import gc
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numba

from stability_sim.engine.record import empty_paths, empty_rows, empty_tallies, record, trace
from stability_sim.engine.run import start
from stability_sim.engine.schedule import BEFORE_ANYBODY_LOOKS, SCHEDULE
from stability_sim.kernels.compile import CACHED, FOLDER
from stability_sim.kernels.handles import handle
from stability_sim.scenario import Scenario, resolve
from stability_sim.world.initial import begin

_SMALL = {
    "scenario": "small", "question": "none", "start": "2000-01", "months": 1, "states": {"A": {}, "B": {}},
    "map": {"projection": "network"},
}  # fmt: skip
_Job = tuple[Callable[..., Any], tuple[Any, ...]]


def _jobs() -> list[_Job]:
    """Return each kernel with the arguments of a very small world; only their types matter."""
    beginning = begin(resolve(Scenario.model_validate(_SMALL)))
    batch = start(beginning, 0, 0, 1)
    frame, p, now, month = (batch.handle_of(x) for x in (beginning.frame, beginning.parameters, batch.now, batch.month))
    arguments = (frame, p, now, batch.handle_of(batch.after), month, batch.handle_of(batch.log), batch.seed, batch.replicates, 0)
    totals = handle(empty_tallies(beginning.frame, 1)), handle(empty_rows(beginning.frame, 1))
    processes = [process for phase in (BEFORE_ANYBODY_LOOKS, *SCHEDULE) for process in phase.processes]
    traced = handle(empty_paths(beginning.frame, 1, 1))
    return [(process, arguments) for process in processes] + [
        (record, (frame, now, month, *totals, 0)),
        (trace, (now, traced, 0)),
    ]


def _length(function: Callable[..., Any]) -> int:
    return len(inspect.getsource(inspect.getmodule(function)))  # type: ignore[arg-type]


def _claim(name: str) -> bool:
    """Return whether this process is the first that wants to compile a kernel."""
    if not CACHED:
        return True
    try:
        (FOLDER / f"{name}.claim").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def compile_unclaimed() -> None:
    """Compile the kernels that no other process compiles, those in long files first."""
    was_on = gc.isenabled()
    gc.disable()  # the compiler makes millions of small objects that live until it is done
    try:
        for function, arguments in sorted(_jobs(), key=lambda job: -_length(job[0])):
            if _claim(function.__name__):
                function.compile(tuple(numba.typeof(value) for value in arguments))  # type: ignore[attr-defined]
    finally:
        if was_on:
            gc.enable()


def compile_all() -> None:
    """Compile all kernels, in a second process as well if the cache can be shared and there is a core for it."""
    helper = None
    if CACHED and (os.cpu_count() or 1) > 1:
        helper = subprocess.Popen([sys.executable, "-m", "stability_sim.engine.warmup"], stderr=subprocess.DEVNULL)
    compile_unclaimed()
    if helper is not None:
        helper.wait()


if __name__ == "__main__":
    compile_unclaimed()
