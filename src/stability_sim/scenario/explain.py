"""What a key of a scenario file means: unit, range, default, source."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from stability_sim.scenario.document import plain
from stability_sim.scenario.events import EVENT_KINDS
from stability_sim.scenario.observed import Observation
from stability_sim.scenario.parameters import PARAMETERS, POSTERIOR, POSTERIOR_MEANING
from stability_sim.scenario.problems import HintedError, closest
from stability_sim.scenario.quantity import Quantity, Within
from stability_sim.scenario.rules import RULES_SET, Rules
from stability_sim.scenario.schema import (
    BORDER_DEFAULTS,
    Alliance,
    Border,
    Conflict,
    Group,
    Map,
    Scenario,
    Stance,
    State,
    Support,
    Variant,
    Weights,
)

_TAGS = {"D": "identified from data", "P": "prior from the literature", "J": "judgement"}
_RECORDS: dict[str, type[BaseModel]] = {
    "": Scenario, "map": Map, "states": State, "states.weights": Weights, "groups": Group, "borders": Border,
    "corridors": Border, "alliances": Alliance, "stances": Stance, "conflicts": Conflict, "supports": Support, "observed": Observation, "variants": Variant,
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


class UnknownKey(HintedError):  # noqa: N818 - it is what it says
    """No key is called so."""


def _inner(annotation: Any) -> list[Any]:  # noqa: ANN401 - a type
    """Return the metadata of the types of which a field may be one."""
    return [part for argument in get_args(annotation) for part in getattr(argument, "__metadata__", ())]


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
               for (field, answer), values in RULES_SET.items() if field == question]  # fmt: skip
    meaning = f"{Rules.model_fields[question].description} {'; '.join(answers)}."
    return Explanation(f"rules.{question}", meaning, "", None, None, "none: the parameters stand as they are", "", "")


def explanations() -> Iterator[Explanation]:
    """Yield what every key means."""
    for section, record in _RECORDS.items():
        for name, field in record.model_fields.items():
            yield _field(section, name, field)
    yield from map(_rule, Rules.model_fields)
    yield from map(_parameter, PARAMETERS)
    yield Explanation(f"parameters.{POSTERIOR}", POSTERIOR_MEANING, "", None, None, "none", "", "")


def explain(key: str) -> list[Explanation]:
    """Return what a key means: a whole one such as ``states.capacity``, or each one that ends so.

    Raises UnknownKey with a hint if there is none.
    """
    every = list(explanations())
    exact = [entry for entry in every if entry.key == key]
    ending = [entry for entry in every if entry.key.endswith(f".{key}")]
    if exact or ending:
        return [*exact, *(entry for entry in ending if entry not in exact)]
    names = {entry.key for entry in every} | {entry.key.rsplit(".", 1)[-1] for entry in every}
    raise UnknownKey(f"no key is called {key!r}", closest(key, sorted(names)))


_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SOURCE_TAGS = {"D": "sourced", "P": "sourced", "J": "assumed"}


_AWKWARD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")  # what the writer leaves bare, or breaks lines at


def _quoted(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Return plain values in which words that would not come back are marked to be written in quotes."""
    if isinstance(value, dict):
        return {key: _quoted(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_quoted(part) for part in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and _AWKWARD.search(value) else value


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a document
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words(part)
    elif isinstance(value, str):
        yield value


def dump(scenario: Scenario) -> str:
    """Return a scenario as YAML that loads as the same scenario."""
    document = plain(scenario)
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 1_000_000 if any(map(_AWKWARD.search, _words(document))) else 110
    stream = io.StringIO()
    yaml.dump(_quoted(document), stream)
    return stream.getvalue()


def content_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of what a scenario says, in hexadecimal: whatever the order of its keys and its comments."""
    text = json.dumps(plain(scenario), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _walk(path: str, value: Any, collected: list[tuple[str, Quantity]]) -> None:  # noqa: ANN401
    if isinstance(value, Quantity):
        collected.append((path, value))
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            _walk(f"{path}.{name}" if path else name, getattr(value, name), collected)
    elif isinstance(value, dict):
        for key, part in value.items():
            _walk(f"{path}.{key}", part, collected)
    elif isinstance(value, list | tuple):
        for k, part in enumerate(value):
            _walk(f"{path}.{k}", part, collected)


def quantities(scenario: Scenario) -> list[tuple[str, Quantity]]:
    """Return every number in force with its path: those of the scenario, and the parameters at their default."""
    collected: list[tuple[str, Quantity]] = []
    _walk("", scenario.model_copy(update={"variants": {}}), collected)
    for name, spec in PARAMETERS.items():
        if name not in scenario.parameters:
            source = spec.source or ("judgement" if spec.tag == "J" else "see the table of parameters")
            basis = _SOURCE_TAGS[spec.tag]
            default = Quantity(value=spec.value, range=(spec.low, spec.high), basis=basis, source=source, note="default")
            collected.append((f"parameters.{name}", default))
    return collected


def without_remarks(scenario: Scenario) -> Scenario:
    """Return a scenario without its author's remarks on parameters; the numbers are the same."""
    parameters = {name: value.model_copy(update={"note": ""}) for name, value in scenario.parameters.items()}
    return scenario.model_copy(update={"parameters": parameters})


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for completion and checks in editors."""
    schema = Scenario.model_json_schema(by_alias=True)
    number = schema["properties"]["parameters"].get("additionalProperties", {})
    schema["properties"]["parameters"]["properties"] = {
        name: {"description": f"{spec.meaning} [{spec.unit}]; {spec.low:g} to {spec.high:g}, default {spec.value:g}.", **number}
        for name, spec in PARAMETERS.items()
    }
    schema["properties"]["parameters"]["properties"][POSTERIOR] = {"type": "string", "description": POSTERIOR_MEANING}
    schema["properties"]["parameters"]["additionalProperties"] = False
    return {"$schema": _DIALECT, "title": "A scenario of stability-sim"} | {k: v for k, v in schema.items() if k != "title"}
