"""Mechanisms from outside the package: found by name, put into the month without touching what is there.

A mechanism is a process with the signature that all have, made from the settings that a scenario gives it, and a place:
before, after or instead of a process of the schedule. A package offers it as an entry point of the group
``stability_sim.mechanisms``; in a notebook, ``register`` does. A scenario asks for it:

    mechanisms:
      tipping-point: {neighbours: 2, factor: 3}
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np

from stability_sim.engine.schedule import SCHEDULE, Phase, Process
from stability_sim.scenario import MechanismError

GROUP = "stability_sim.mechanisms"
Place = Literal["before", "after", "instead of"]
PLACES: tuple[Place, ...] = get_args(Place)
FIRST_STREAM, N_STREAMS = 4096, 61440


class Mechanism(NamedTuple):
    """A process from outside: how it is made, where it goes, and the settings that it knows, with their defaults."""

    name: str
    make: Callable[[Mapping[str, float]], Process]
    place: Place
    process: str  # name of a process of the schedule
    settings: Mapping[str, float] = {}
    meaning: str = ""


_REGISTERED: dict[str, Mechanism] = {}


def register(mechanism: Mechanism) -> None:
    """Make a mechanism known to this process; ValueError if it has no place in the schedule.

    Workers in other processes know only those that an installed package offers as an entry point.
    """
    if mechanism.place not in PLACES:
        raise ValueError(f"{mechanism.place!r} is no place: {', '.join(PLACES)}")
    process_names = [process.__name__ for phase in SCHEDULE for process in phase.processes]
    if mechanism.process not in process_names:
        raise ValueError(f"no process is called {mechanism.process!r}; there are {', '.join(process_names)}")
    _REGISTERED[mechanism.name] = mechanism


def installed() -> dict[str, Mechanism]:
    """Return the mechanisms that are registered or that installed packages offer, by name."""
    for point in entry_points(group=GROUP):
        if point.name not in _REGISTERED:
            register(point.load())
    return dict(_REGISTERED)


def stream(name: str) -> np.uint64:
    """Return a stream of draws for a mechanism, by its name: none that the model uses, or ever will."""
    number = int.from_bytes(hashlib.blake2s(name.encode(), digest_size=4).digest(), "little")
    return np.uint64(FIRST_STREAM + number % N_STREAMS)


def _find(name: str) -> Mechanism:
    mechanisms = installed()
    if name not in mechanisms:
        available = ", ".join(sorted(mechanisms)) or "none"
        raise MechanismError(f"no mechanism is called {name!r}; installed: {available}")
    return mechanisms[name]


def source_of(name: str) -> bytes:
    """Return the sources of the package, or of the file, that a mechanism is from; MechanismError if it is not installed.

    Of one that was typed into a notebook, ``make`` alone is seen.
    """
    mechanism = _find(name)
    code = getattr(mechanism.make, "__code__", None)
    top = mechanism.make.__module__.partition(".")[0]
    path = Path(getattr(sys.modules.get(top), "__file__", None) or (code.co_filename if code else ""))
    if not path.is_file():
        return getattr(code, "co_code", b"") + repr((getattr(code, "co_consts", ()), mechanism.settings)).encode()
    files = sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]
    return b"\0".join(file.read_bytes() for file in files)


def _make(name: str, settings: Mapping[str, float]) -> tuple[Mechanism, Process]:
    mechanism = _find(name)
    for setting in settings:
        if setting not in mechanism.settings:
            available = ", ".join(mechanism.settings) or "none"
            raise MechanismError(f"the mechanism {name} has no setting {setting!r}; it has: {available}")
    return mechanism, mechanism.make({**mechanism.settings, **settings})


def _placed(phase: Phase, mechanism: Mechanism, process: Process) -> Phase:
    processes: list[Process] = []
    for current in phase.processes:
        if getattr(current, "__name__", "") != mechanism.process:
            processes.append(current)
        elif mechanism.place == "before":
            processes += [process, current]
        elif mechanism.place == "after":
            processes += [current, process]
        else:
            process.__name__ = mechanism.process  # so that others find their place beside it
            processes.append(process)
    return Phase(phase.name, tuple(processes))


def make_all(chosen: Mapping[str, Mapping[str, float]]) -> list[tuple[Mechanism, Process]]:
    """Return the chosen mechanisms, given their settings by name, each with its process.

    MechanismError if one is not installed, or has no such setting.
    """
    return [_make(name, settings) for name, settings in chosen.items()]


def placed(pairs: Sequence[tuple[Mechanism, Process]]) -> tuple[Phase, ...]:
    """Return the schedule with mechanisms in it, as they come: `rehearsal` tries them first."""
    schedule = SCHEDULE
    for mechanism, process in pairs:
        schedule = tuple(_placed(phase, mechanism, process) for phase in schedule)
    return schedule
