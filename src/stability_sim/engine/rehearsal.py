"""A mechanism from outside is tried before it is trusted: interpreted, for a month of two small worlds.

Kernels do not check the bounds of arrays: a wrong index would read or write somewhere in the memory of the
process. So the month in which a mechanism takes part is run in plain Python first, on arrays that refuse wrong indices.
It takes some hundredths of a second, once for each choice of mechanisms and settings in each process.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher
from numba.core.errors import NumbaError

from stability_sim.dynamics.perception import first_impressions
from stability_sim.engine.guarded import Guarded, GuardedFields, WrongIndex, guarded, guarded_fields
from stability_sim.engine.mechanisms import Mechanism, make_all, placed
from stability_sim.engine.schedule import BEFORE_ANYBODY_LOOKS, Phase, Process
from stability_sim.kernels.compile import is_compiled
from stability_sim.scenario import MechanismError, Scenario, resolve
from stability_sim.world.fields import copy_into, no_month
from stability_sim.world.fields import sizes as sizes_of
from stability_sim.world.initial import Beginning, begin, both_worlds, empty_log, most_rows_in_a_month

# In each of the two small worlds every kind of entity has another number, so that an index used for the wrong kind is out
# of range in one of them. Kinds that are many in the one world are few in the other, as far as the model allows.
N_REPLICATES = 2
_WAR = {"in_conflict": True, "deaths_per_year": 2000, "conflict_age": 20, "hardship": 0.7}


def _events(borders: list[str], dated: int, waiting: int) -> list[dict[str, Any]]:
    """Return events: some in the first month, and some that wait for one condition more than they are."""
    first = borders[0].partition("-")[0]
    events: list[dict[str, Any]] = [{"on": "2000-01", "displacement": first, "people": 1000 * (k + 1)} for k in range(dated)]
    several = f"incidents({borders[0]}) >= 9 in 3 months and conflicts() >= 9"
    conditions = [several, *(f"incidents({borders[0]}) >= {9 + k} in 3 months" for k in range(1, waiting))]
    return events + [{"when": condition, "displacement": first, "people": 1000} for condition in conditions]


def _scenario(
    n_states: int,
    borders: list[tuple[int, int]],
    n_groups: int,
    alliances: list[int],
    events: tuple[int, int],
    n_supports: int,
) -> Mapping[str, Any]:
    states = [f"S{i:02}" for i in range(n_states)]
    pairs = [f"{states[i]}-{states[k]}" for i, k in borders]
    homes = [states[-1 - g % n_states] for g in range(n_groups)]
    groups = {
        f"g{g}": {"home": home, "export_aim": 0.8, "fighters": {home: 2000}, "cells": {states[0]: 50}, "kin": {states[0]: 0.2}}
        for g, home in enumerate(homes)
    }
    sides = [(of, to) for of in states for to in (*states, *groups) if of != to][:n_supports]
    return {
        "scenario": "small", "question": "none", "start": "2000-01", "months": 1, "map": {"projection": "network"},
        "states": {code: _WAR if i % 2 else {"forces": 50} for i, code in enumerate(states)},
        "borders": {pair: {"hostility": 0.6, "refugees": 5000} for pair in pairs},
        "groups": groups,
        "alliances": {f"a{k}": {"members": states[:size], "lead": states[0]} for k, size in enumerate(alliances)},
        "stances": [{"of": states[0], "to": "g0", "listed": True, "aid": 0.2}],
        "supports": [{"of": of, "to": to, "troops": 1.0, "arms": 0.2, "funds": 0.2} for of, to in sides],
        "events": _events(pairs, *events),
    }  # fmt: skip


@functools.cache
def small_worlds() -> tuple[Beginning, Beginning]:
    """Return the beginnings of a world of many states with little between them, and of one of few with much."""
    wide = _scenario(13, [(0, 1), (1, 2), (2, 3), (3, 4)], 3, [2, 2, 2, 2, 3], (3, 6), 10)
    dense = _scenario(4, list(combinations(range(4), 2))[:5], 14, [2, 2, 2, 2, 2, 3], (5, 2), 12)
    return begin(resolve(Scenario.model_validate(wide))), begin(resolve(Scenario.model_validate(dense)))


def sizes(beginning: Beginning) -> dict[str, int]:
    """Return how many there are of each kind; no two are equal in a small world."""
    return {"replicates": N_REPLICATES, **{f"{kind}s": n for kind, n in sizes_of(beginning.frame).items()}}


Chosen = Mapping[str, Mapping[str, float]]
_PACKAGE = Path(__file__).parents[1]
_COMPILE_HOOK = "_compile_for_args"  # what numba calls for arguments of new types; there is no public hook
_LOCK = threading.RLock()
_TRUSTED: dict[Any, list[Mechanism]] = {}  # keeps the mechanisms alive, so that no other object gets the same id
# Where Python raises, a kernel may go on (1 / 0, log of 0), or it uses what only exists compiled: this proves nothing.
_NO_VERDICT = (ArithmeticError, NotImplementedError, NumbaError)
_NO_NUMBER = "math domain error"


def _names(code: CodeType) -> set[str]:
    inner = [_names(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*inner)


def _leads_to(thing: Any, names: set[str]) -> list[Any]:  # noqa: ANN401 - any callable, and what it holds
    """Return what a callable uses, as far as it can be seen: its globals, its closure, what it binds."""
    if isinstance(thing, functools.partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, MethodType):
        return [thing.__func__, thing.__self__]
    if isinstance(thing, FunctionType):
        closed = list(inspect.getclosurevars(thing).nonlocals.values())
        return [*closed, *(thing.__globals__[name] for name in _names(thing.__code__) if name in thing.__globals__)]
    if isinstance(thing, ModuleType):
        return [vars(thing)[name] for name in names if name in vars(thing)]
    if inspect.isclass(thing) or not hasattr(thing, "__dict__"):
        return []
    return [*vars(thing).values(), *(value for value in vars(type(thing)).values() if isinstance(value, FunctionType))]


def uses_kernels(process: Process) -> bool:
    """Return whether a process is a kernel or calls one: all others meet numpy's arrays, which look at their indices."""
    visited: set[int] = set()
    waiting: list[tuple[Any, set[str]]] = [(process, set())]
    while waiting:
        thing, names = waiting.pop()
        if isinstance(thing, Dispatcher):
            return True
        if id(thing) in visited or getattr(thing, "__module__", "").partition(".")[0] in ("numpy", "numba", "builtins"):
            continue
        visited.add(id(thing))
        names = _names(thing.__code__) if isinstance(thing, FunctionType) else names
        waiting += [(inner, names) for inner in _leads_to(thing, names)]
    return False


@contextlib.contextmanager
def _interpreted() -> Iterator[None]:
    """Have kernels that are given guarded arrays run as plain Python; for all others nothing changes."""
    usual = getattr(Dispatcher, _COMPILE_HOOK)

    def chosen(kernel: Any, *args: Any, **kws: Any) -> Callable[..., Any]:  # noqa: ANN401 - what numba hands over
        if any(isinstance(value, GuardedFields | Guarded) for value in args):
            return kernel.py_func
        return usual(kernel, *args, **kws)

    setattr(Dispatcher, _COMPILE_HOOK, chosen)
    try:
        yield
    finally:
        setattr(Dispatcher, _COMPILE_HOOK, usual)


class _Stage:
    """A month of a small world, and the mechanisms that have run in it so far."""

    def __init__(self, beginning: Beginning) -> None:
        self.now, self.after = both_worlds(beginning.world, N_REPLICATES)
        kinds = {n: kind for kind, n in sizes(beginning).items()}
        parts = (
            beginning.frame, beginning.parameters, self.now, self.after, no_month(beginning.frame, N_REPLICATES),
            empty_log(N_REPLICATES, most_rows_in_a_month(beginning.frame)),
        )  # fmt: skip
        replicates = guarded(np.arange(N_REPLICATES, dtype=np.uint64), "replicates", ("replicates",))
        self.arguments = (*(guarded_fields(part, kinds) for part in parts), np.uint64(0), replicates, 0)
        self.before: list[str] = []

    def open(self) -> None:
        _plain(first_impressions)(*self.arguments[:3])
        for process in BEFORE_ANYBODY_LOOKS.processes:
            _plain(process)(*self.arguments)
        copy_into(self.now, self.after)

    def run(self, process: Process, name: str | None) -> None:
        """Run a process of a mechanism, or of the model if it has no name."""
        try:
            _plain(process)(*self.arguments)
        except Exception as error:  # noqa: BLE001 - whatever a mechanism raises is reported
            _judge(error, name, self.before)
        if name is not None:
            self.before.append(name)


def _plain(process: Process) -> Process:
    return process.py_func if is_compiled(process) else process  # type: ignore[attr-defined]


def _place(error: Exception) -> str:
    """Return file and line where it went wrong: in a mechanism, if the way leads through one."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).name != "guarded.py"]
    outside = [frame for frame in frames if _PACKAGE not in Path(frame.filename).parents]
    last = (outside or frames)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"


def _judge(error: Exception, name: str | None, before: list[str]) -> None:
    """Raise MechanismError for what a mechanism does wrong, or what the model does after it; let pass what proves nothing."""
    if isinstance(error, _NO_VERDICT) or str(error) == _NO_NUMBER:
        return
    message = str(error) if isinstance(error, WrongIndex) else f"{type(error).__name__}: {error}"
    if name is not None:
        raise MechanismError(f"the mechanism {name} ({_place(error)}): {message}") from error
    if isinstance(error, WrongIndex) and before:
        raise MechanismError(f"the mechanism {before[-1]} leaves what the model fails on ({_place(error)}): {message}") from error


def _rehearse(pairs: list[tuple[Mechanism, Process]]) -> None:
    names = {id(process): mechanism.name for mechanism, process in pairs}
    schedule = placed(pairs)
    silent = {id(process) for _, process in pairs if not uses_kernels(process)}
    for beginning in small_worlds():
        stage = _Stage(beginning)
        stage.open()
        for process in (process for phase in schedule for process in phase.processes if id(process) not in silent):
            stage.run(process, names.get(id(process)))


def trusted_schedule(chosen: Chosen) -> tuple[Phase, ...]:
    """Return the schedule with the chosen mechanisms in it; the first time, they are rehearsed.

    MechanismError if one is not installed, has no such setting, or does in the rehearsal what it must not.
    """
    pairs = make_all(chosen)
    key = tuple((id(mechanism), tuple(sorted(chosen[mechanism.name].items()))) for mechanism, _ in pairs)
    with _LOCK:
        if key not in _TRUSTED:
            if any(uses_kernels(process) for _, process in pairs):
                with _interpreted(), np.errstate(all="ignore"):
                    _rehearse(make_all(chosen))  # new processes: the state that the others keep is not touched
            _TRUSTED[key] = [mechanism for mechanism, _ in pairs]
    return placed(pairs)
