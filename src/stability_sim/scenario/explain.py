"""What a key of a scenario file means: unit, range, default, source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stability_sim.scenario.events import EVENT_KINDS
from stability_sim.scenario.observed import Observation
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.posterior import KEY, MEANING
from stability_sim.scenario.problems import closest
from stability_sim.scenario.quantity import Quantity, Within
from stability_sim.scenario.rules import RULES_SET, Rules
from stability_sim.scenario.schema import (
    BORDER_DEFAULTS,
    Alliance,
    Border,
    Group,
    Map,
    Scenario,
    Stance,
    State,
    Variant,
    Weights,
)

_TAGS = {"D": "identified from data", "P": "prior from the literature", "J": "judgement"}
_RECORDS: dict[str, type[BaseModel]] = {
    "": Scenario, "map": Map, "states": State, "states.weights": Weights, "groups": Group, "borders": Border,
    "corridors": Border, "alliances": Alliance, "stances": Stance, "observed": Observation, "variants": Variant,
    **{f"events.{kind}": record for kind, record in EVENT_KINDS.items()},
}  # fmt: skip


class Explanation(NamedTuple):
    """What one key means."""

    key: str
    meaning: str
    unit: str
    low: float | None
    high: float | None
    default: str
    tag: str
    source: str


class UnknownKey(ValueError):  # noqa: N818 - it is what it says
    """No key is called so; ``hint`` is what was probably meant."""

    def __init__(self, key: str, hint: str) -> None:
        super().__init__(f"no key is called {key!r}")
        self.hint = hint


def _inner(annotation: Any) -> list[Any]:  # noqa: ANN401 - a type
    """Return the metadata of the types of which a field may be one."""
    return [part for one in get_args(annotation) for part in getattr(one, "__metadata__", ())]


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    for part in [*field.metadata, *_inner(field.annotation)]:
        if isinstance(part, Within):
            return part.low, part.high
    low = next((float(part.ge) for part in field.metadata if getattr(part, "ge", None) is not None), None)
    high = next((float(part.le) for part in field.metadata if getattr(part, "le", None) is not None), None)
    return low, high


def _default(section: str, name: str, field: FieldInfo) -> str:
    if section in ("borders", "corridors") and name in BORDER_DEFAULTS:
        return f"{BORDER_DEFAULTS[name]:g}"
    if field.is_required():
        return "none: it must be given"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, Quantity):
        return f"{value.value:g}"
    if isinstance(value, BaseModel) or value in ("", None, [], {}):
        return "empty"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _field(section: str, name: str, field: FieldInfo) -> Explanation:
    low, high = _bounds(field)
    extra: Any = field.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    if not unit and (low, high) == (0.0, 1.0):
        unit = "share, 0 to 1"
    key = f"{section}.{name}" if section else name
    return Explanation(key, field.description or "", unit, low, high, _default(section, name, field), "", "")


def _parameter(name: str) -> Explanation:
    spec = PARAMETERS[name]
    return Explanation(
        f"parameters.{name}", spec.meaning, spec.unit, spec.low, spec.high, f"{spec.value:g}", _TAGS[spec.tag], spec.source
    )


def _rule(question: str) -> Explanation:
    """Return what the answers to a disputed question are, and which parameters each sets."""
    answers = [f"{answer} sets {', '.join(f'{name} = {value:g}' for name, value in values.items())}"
               for (where, answer), values in RULES_SET.items() if where == question]  # fmt: skip
    meaning = f"{Rules.model_fields[question].description} {'; '.join(answers)}."
    return Explanation(f"rules.{question}", meaning, "", None, None, "none: the parameters stand as they are", "", "")


def explanations() -> Iterator[Explanation]:
    """Yield what every key means."""
    for section, record in _RECORDS.items():
        for name, field in record.model_fields.items():
            yield _field(section, name, field)
    yield from map(_rule, Rules.model_fields)
    yield from map(_parameter, PARAMETERS)
    yield Explanation(f"parameters.{KEY}", MEANING, "", None, None, "none", "", "")


def explain(key: str) -> list[Explanation]:
    """Return what a key means: a whole one such as ``states.capacity``, or each one that ends so.

    Raises UnknownKey with a hint if there is none.
    """
    every = list(explanations())
    exact = [found for found in every if found.key == key]
    ending = [found for found in every if found.key.endswith(f".{key}")]
    if exact or ending:
        return [*exact, *(found for found in ending if found not in exact)]
    names = {found.key for found in every} | {found.key.rsplit(".", 1)[-1] for found in every}
    raise UnknownKey(key, closest(key, sorted(names)))
