"""What a sweep has to do: the scenario of each point, its chunks by their keys, and which of them are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from stability_sim.ensemble.chunkstore import fingerprint
from stability_sim.ensemble.design import VARIANT, Design, DesignError, Level
from stability_sim.ensemble.runner import chunk_size
from stability_sim.ensemble.units import MANY, Unit, as_text, code_of, unit_key
from stability_sim.scenario import InvalidScenario, Problem, Scenario, apply_settings, apply_variant
from stability_sim.world.build import begin

CACHEFULS = 4  # of replicates in a unit: it should take a tenth of a second or more
REFERENCE = -1  # the point at which nothing is changed


class Point(NamedTuple):
    """One point of a sweep: the hash of the scenario that runs there, its states in their order, the version of what runs it."""

    scenario_hash: str
    states: tuple[str, ...]
    code: str


class Span(NamedTuple):
    """Some replicates of a point."""

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

    def spans(self, point: int) -> Iterator[Span]:
        """Yield the replicates of a point, unit by unit."""
        blank = Unit("", self.seed, 0, 0, self.months, code=self.points[point].code)
        for first in range(0, self.replicates, self.size):
            n = min(self.size, self.replicates - first)
            key = unit_key(self.points[point].scenario_hash, replace(blank, first=first, n=n))
            yield Span(point, first, n, key)

    def chunks(self) -> list[Span]:
        """Return the units of all points, each key once: points with the same scenario share theirs."""
        return list({span.key: span for point in self.points for span in self.spans(point)}.values())

    def units(self, spans: Sequence[Span]) -> Iterator[Unit]:
        """Yield the units of some spans; the scenario of a point is made when its turn comes."""
        text, at = "", None
        for span in spans:
            if span.point != at:
                text, at = as_text(scenario_at(self.base, self.variant, self.design, span.point)), span.point
            yield Unit(text, self.seed, span.first, span.n, self.months, code=self.points[span.point].code)


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
    size = size or CACHEFULS * chunk_size(begin(plain), MANY, 1)
    return Plan(base, variant, design, seed, replicates, plain.months, size, points)
