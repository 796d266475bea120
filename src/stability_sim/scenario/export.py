"""A scenario as text, as a hash, as a list of its numbers, and its schema for editors."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from stability_sim.scenario.document import plain
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.posterior import KEY, MEANING
from stability_sim.scenario.quantity import Quantity
from stability_sim.scenario.schema import Scenario

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TAGS = {"D": "sourced", "P": "sourced", "J": "assumed"}


_AWKWARD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")  # what the writer leaves bare, or breaks lines at


def _quoted(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Return plain values in which words that would not come back are marked to be written in quotes."""
    if isinstance(value, dict):
        return {key: _quoted(given) for key, given in value.items()}
    if isinstance(value, list):
        return [_quoted(given) for given in value]
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


def _walk(path: str, value: Any, found: list[tuple[str, Quantity]]) -> None:  # noqa: ANN401
    if isinstance(value, Quantity):
        found.append((path, value))
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            _walk(f"{path}.{name}" if path else name, getattr(value, name), found)
    elif isinstance(value, dict):
        for key, part in value.items():
            _walk(f"{path}.{key}", part, found)
    elif isinstance(value, list | tuple):
        for k, part in enumerate(value):
            _walk(f"{path}.{k}", part, found)


def quantities(scenario: Scenario) -> list[tuple[str, Quantity]]:
    """Return every number in force with its path: those of the scenario, and the parameters at their default."""
    found: list[tuple[str, Quantity]] = []
    _walk("", scenario.model_copy(update={"variants": {}}), found)
    for name, spec in PARAMETERS.items():
        if name not in scenario.parameters:
            source = spec.source or ("judgement" if spec.tag == "J" else "see the table of parameters")
            basis = _TAGS[spec.tag]
            default = Quantity(value=spec.value, range=(spec.low, spec.high), basis=basis, source=source, note="default")
            found.append((f"parameters.{name}", default))
    return found


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for completion and checks in editors."""
    schema = Scenario.model_json_schema(by_alias=True)
    number = schema["properties"]["parameters"].get("additionalProperties", {})
    schema["properties"]["parameters"]["properties"] = {
        name: {"description": f"{spec.meaning} [{spec.unit}]; {spec.low:g} to {spec.high:g}, default {spec.value:g}.", **number}
        for name, spec in PARAMETERS.items()
    }
    schema["properties"]["parameters"]["properties"][KEY] = {"type": "string", "description": MEANING}
    schema["properties"]["parameters"]["additionalProperties"] = False
    return {"$schema": _DIALECT, "title": "A scenario of stability-sim"} | {k: v for k, v in schema.items() if k != "title"}
