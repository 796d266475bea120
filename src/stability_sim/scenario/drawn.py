"""How a scenario is drawn, and what its records and names have in common."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from stability_sim.geography import from_wkt, to_wkt

NAME_PATTERN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$")
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN.pattern)]
Wkt = Annotated[str, AfterValidator(lambda text: to_wkt(from_wkt(text)))]


class Record(BaseModel):
    """A frozen mapping of a scenario file in which unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _read_at_loading(_: str) -> str:
    raise ValueError("a map is read from its file when the scenario file is loaded: it cannot be set afterwards")


class Map(Record):
    """How the scenario is drawn."""

    projection: Literal["lambert", "equal-earth", "network"] = Field(
        "lambert", description="lambert for a region, equal-earth for the world, network without geography."
    )
    states: list[Name] = Field(default_factory=list, description="States to draw; all of them if empty.")
    focus: list[Name] = Field(
        default_factory=list, description="States that must be wholly inside the frame; larger ones may be cut."
    )
    neighbours: Literal["geography", "listed"] = Field(
        "geography",
        description="geography: states that share a land border on the map have a border here, listed or not; "
        "listed: only the borders of this file exist.",
    )
    geojson: Annotated[str, AfterValidator(_read_at_loading)] | None = Field(
        None,
        description="A GeoJSON file beside this one: polygons in degrees whose id or properties.code is the code of a state. "
        "The map, land borders, lengths and distances come from it.",
    )
    shapes: dict[Name, Wkt] | None = Field(
        None, min_length=1, max_length=4000, description="What was read from geojson: multipolygons in well-known text, by code."
    )
