"""Designs of sweeps, every combination of levels or a Latin hypercube, and the plan of chunks that a sweep needs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from stability_sim.ensemble.tasks import Task, as_text, code_of, fingerprint, task_key, task_size
from stability_sim.kernels.randomness import STREAM_DESIGN, entity_id, uniforms
from stability_sim.scenario import InvalidScenario, Problem, Scenario, apply_settings, apply_variant, quantities
from stability_sim.scenario.problems import closest
from stability_sim.world.initial import begin

Level = float | int | str

VARIANT = "variant"  # the factor whose levels are variants of the scenario
LEVELS = 5  # of a range in a grid
MOST_POINTS = 20_000
DIGITS = 12
_STAYS = ("months", "start", "replicates", "seed", "map", "scenario", "schema_version", "variants")


class DesignError(ValueError):
    """Factors that make no design."""


@dataclass(frozen=True)
class Factor:
    """A number of a scenario that a sweep varies, by its path: over some levels, or over a range."""

    path: str
    levels: tuple[Level, ...] = ()
    span: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.path.split(".")[0] in _STAYS:
            raise DesignError(f"{self.path} stays the same in a sweep")
        if not self.levels and self.span is None:
            raise DesignError(f"{self.path} has neither levels nor a range")
        if len(set(self.levels)) != len(self.levels):
            raise DesignError(f"{self.path} has a level twice")

    def in_grid(self) -> tuple[Level, ...]:
        """Return the levels of the factor in a grid; of a range, five that are evenly spaced."""
        return self.levels or (_spaced(self.span[0], self.span[1], LEVELS) if self.span else ())

    def at(self, share: float) -> Level:
        """Return the value at a share (0 to 1) of the way through the range or the levels."""
        if self.levels:
            return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
        low, high = self.span  # type: ignore[misc]
        return _rounded(low + (high - low) * share)


@dataclass(frozen=True)
class Design:
    """The points of a sweep: one value for each factor at each."""

    kind: Literal["grid", "latin_hypercube"]
    factors: tuple[Factor, ...]
    points: tuple[tuple[Level, ...], ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the factors."""
        return tuple(factor.path for factor in self.factors)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _spaced(low: float, high: float, n: int) -> tuple[Level, ...]:
    """Return n evenly spaced numbers from low to high, as whole numbers if all of them are."""
    values = [low] if n == 1 else [_rounded(low + (high - low) * k / (n - 1)) for k in range(n)]
    return tuple(int(v) for v in values) if all(v == int(v) for v in values) else tuple(values)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def parse_level(text: str) -> Level:
    """Return what a level means: a number, or words."""
    value = _number(text)
    if value is None:
        return text
    return int(value) if value == int(value) and "." not in text and "e" not in text.lower() else value


def _declared(path: str, scenario: Scenario) -> tuple[float, float]:
    numbers = dict(quantities(scenario))
    if path not in numbers:
        raise DesignError("; ".join(part for part in (f"there is no number {path}", closest(path, numbers)) if part))
    quantity = numbers[path]
    if quantity.range is None:
        raise DesignError(f"{path} has no range in the scenario: write it as {path}=LOW:HIGH or {path}=LOW:HIGH:LEVELS")
    return quantity.range


def parse_factor(text: str, scenario: Scenario) -> Factor:
    """Return the factor that a text means; DesignError if it means none.

    Parameters
    ----------
    text : str
        ``path=low:high:n`` for n evenly spaced levels, ``path=low:high`` for a range, ``path=a,b,c`` for levels,
        ``path`` alone for the range that the scenario gives; ``variant=base,no-pledge`` varies the variant.
    scenario : Scenario
        Where ranges are looked up.
    """
    path, sign, written = (part.strip() for part in text.partition("="))
    if not path:
        raise DesignError(f"{text!r} names no number: write it as states.TJK.capacity=0.2:0.5:7")
    if not sign:
        return Factor(path, span=_declared(path, scenario))
    if ":" not in written:
        levels = tuple(parse_level(part.strip()) for part in written.split(","))
        if "" in levels:
            raise DesignError(f"{text!r} has an empty level")
        return Factor(path, levels=levels)
    numbers = [_number(part) for part in written.split(":")]
    if len(numbers) not in (2, 3) or None in numbers:
        raise DesignError(f"{text!r} is no range: write it as {path}=LOW:HIGH or {path}=LOW:HIGH:LEVELS")
    low, high = float(numbers[0] or 0), float(numbers[1] or 0)
    if low >= high:
        raise DesignError(f"the range of {path} runs backwards or is empty: {low:g} to {high:g}")
    if len(numbers) == 2:
        return Factor(path, span=(low, high))
    n = numbers[2] or 0
    if n != int(n) or not 2 <= n <= MOST_POINTS:
        raise DesignError(f"{path} needs a whole number of levels, at least 2, not {written.split(':')[2]}")
    return Factor(path, levels=_spaced(low, high, int(n)))


def _checked(factors: Sequence[Factor], n: int) -> tuple[Factor, ...]:
    if not factors:
        raise DesignError("a sweep varies at least one number")
    paths = [factor.path for factor in factors]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice:
        raise DesignError(f"{twice} is varied twice")
    if n > MOST_POINTS:
        raise DesignError(f"{n:,} points are more than a sweep may have ({MOST_POINTS:,})")
    return tuple(factors)


def grid(factors: Sequence[Factor]) -> Design:
    """Return every combination of the levels of all factors, the last one changing fastest."""
    levels = [factor.in_grid() for factor in factors]
    chosen = _checked(factors, math.prod(len(values) for values in levels))
    varied = tuple(Factor(factor.path, values) for factor, values in zip(chosen, levels, strict=True))
    return Design("grid", varied, tuple(itertools.product(*levels)))


def latin_hypercube(factors: Sequence[Factor], n: int, seed: int) -> Design:
    """Return n points such that each factor has one value in each n-th part of its range (McKay et al. 1979).

    The order of the parts and the place within each are keyed by seed and path: another factor more or less leaves
    the values of the others as they were.
    """
    chosen = _checked(factors, n)
    if n < 1:
        raise DesignError("a Latin hypercube has at least one point")
    columns = []
    for factor in chosen:
        entity = np.uint64(entity_id(f"factor {factor.path}"))
        drawn = [uniforms((np.uint64(seed), np.uint64(k), 0), STREAM_DESIGN, entity) for k in range(n)]
        order = sorted(range(n), key=lambda k: drawn[k][0])
        part = {k: place for place, k in enumerate(order)}
        columns.append([factor.at((part[k] + drawn[k][1]) / n) for k in range(n)])
    return Design("latin_hypercube", chosen, tuple(zip(*columns, strict=True)))


REFERENCE = -1  # the point at which nothing is changed


class Point(NamedTuple):
    """One point of a sweep: the hash of the scenario that runs there, its states in their order, the version of what runs it."""

    scenario_hash: str
    states: tuple[str, ...]
    code: str


class PointChunk(NamedTuple):
    """The chunk of some replicates of a point."""

    point: int
    first: int
    n: int
    key: str


@dataclass(frozen=True)
class Plan:
    """A sweep that can be done: every scenario in it is valid."""

    base: Scenario  # resolved, with its variants
    variant: str | None
    design: Design
    seed: int
    replicates: int
    months: int
    size: int
    points: dict[int, Point]

    def chunks_of(self, point: int) -> Iterator[PointChunk]:
        """Yield the chunks of a point."""
        pattern = Task("", self.seed, 0, 0, self.months, code=self.points[point].code)
        for first in range(0, self.replicates, self.size):
            n = min(self.size, self.replicates - first)
            key = task_key(self.points[point].scenario_hash, replace(pattern, first=first, n=n))
            yield PointChunk(point, first, n, key)

    def chunks(self) -> list[PointChunk]:
        """Return the chunks of all points, each key once: points with the same scenario share theirs."""
        return list({chunk.key: chunk for point in self.points for chunk in self.chunks_of(point)}.values())

    def tasks(self, chunks: Sequence[PointChunk]) -> Iterator[Task]:
        """Yield the tasks that some chunks come of; the scenario of a point is made when its turn comes."""
        text, at = "", None
        for chunk in chunks:
            if chunk.point != at:
                text, at = as_text(scenario_at(self.base, self.variant, self.design, chunk.point)), chunk.point
            yield Task(text, self.seed, chunk.first, chunk.n, self.months, code=self.points[chunk.point].code)


def _setting(path: str, value: Level) -> str:
    return f"{path}={value if isinstance(value, str) else repr(value)}"


def scenario_at(base: Scenario, variant: str | None, design: Design, point: int) -> Scenario:
    """Return the scenario of a point: the variant in force first, then the values of the factors.

    Raises InvalidScenario if the values do not fit the scenario.
    """
    values = dict(zip(design.paths, design.points[point], strict=True)) if point != REFERENCE else {}
    chosen = str(values.pop(VARIANT)) if VARIANT in values else variant
    try:
        return apply_settings(apply_variant(base, chosen), [_setting(path, value) for path, value in values.items()])
    except InvalidScenario as error:
        problems = [Problem("--vary" if p.file == "--set" else p.file, 0, 0, p.message, p.hint) for p in error.problems]
        raise InvalidScenario(problems) from None


def make_plan(
    base: Scenario, design: Design, *, variant: str | None, replicates: int, seed: int, size: int | None = None
) -> Plan:
    """Return the plan of a sweep; InvalidScenario if a point of it cannot run.

    How the replicates are divided rests on the scenario alone, so that another number of workers finds the same chunks.
    """
    plain = scenario_at(base, variant, design, REFERENCE)
    points: dict[int, Point] = {}
    states: dict[tuple[str, ...], tuple[str, ...]] = {}
    for point in range(REFERENCE, len(design.points)):
        scenario = scenario_at(base, variant, design, point)
        codes = tuple(scenario.states)
        points[point] = Point(fingerprint(as_text(scenario)), states.setdefault(codes, codes), code_of(scenario.mechanisms))
        if scenario.months != plain.months or scenario.start != plain.start:
            raise DesignError("all points of a sweep have the same months: a variant of this one has others")
    size = size or task_size(begin(plain))
    return Plan(base, variant, design, seed, replicates, plain.months, size, points)
