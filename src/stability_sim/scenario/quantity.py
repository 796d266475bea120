"""A number that can say where it comes from."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, Strict, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

MOST_STATES, MOST_GROUPS = 400, 600  # of a scenario, and so of every list of them
Basis = Literal["sourced", "fitted", "elicited", "assumed"]
Real = Annotated[float, Strict()]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]


class Quantity(BaseModel):
    """A number with its range, its basis and its source.

    A bare number in a file is a quantity whose basis is ``assumed``: a number that cites nothing is a guess,
    whoever wrote it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    value: Real = Field(description="The number that runs.")
    range: tuple[Real, Real] | None = Field(
        default=None, description="Lowest and highest plausible value; sweeps and sensitivity use it."
    )
    basis: Basis = Field(
        default="assumed",
        description="sourced: published; fitted: inferred from data by calibrate; elicited: an expert said so; assumed: the author's judgement.",
    )
    source: str | None = Field(default=None, max_length=600, description="Who published the number, or who was asked.")
    note: str | None = Field(default=None, max_length=600, description="Why this number.")

    @model_validator(mode="after")
    def _consistent(self) -> Quantity:
        if self.range is not None:
            low, high = self.range
            if low > high:
                raise ValueError(f"the range runs backwards: {low:g} is above {high:g}")
            if not low <= self.value <= high:
                raise ValueError(f"the value {self.value:g} is outside its own range {low:g} to {high:g}")
        if self.basis != "assumed" and not self.source:
            raise ValueError(f"basis is {self.basis}, but no source is named")
        return self


class Within:
    """A quantity, or a bare number, whose value and range keep within bounds in the unit of the field."""

    def __init__(self, low: float = -math.inf, high: float = math.inf) -> None:
        self.low, self.high = low, high

    def from_number(self, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """Return a bare number as a quantity; whatever else is given, as it is."""
        if isinstance(value, dict | Quantity):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("a number is needed here")  # noqa: TRY004 - what pydantic reports
        return {"value": value}

    def outside(self, number: float) -> str:
        """Return what is wrong with a number that is out of bounds; nothing if it is within them."""
        return "" if self.low <= number <= self.high else f"{number:g} is outside {self.low:g} to {self.high:g}"

    def keep(self, quantity: Quantity) -> Quantity:
        """Return the quantity, or raise ValueError when a number of it is out of bounds."""
        for number in (quantity.value, *(quantity.range or ())):
            if error := self.outside(number):
                raise ValueError(error)
        return quantity

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        inner = core_schema.no_info_before_validator_function(self.from_number, handler(source))
        return core_schema.no_info_after_validator_function(self.keep, inner)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        bounds = {name: number for name, number in (("minimum", self.low), ("maximum", self.high)) if math.isfinite(number)}
        whole = {"allOf": [handler(schema), {"properties": {"value": bounds}}]} if bounds else handler(schema)
        return {"anyOf": [{"type": "number", **bounds}, whole]}


Number = Annotated[Quantity, Within()]
Share = Annotated[Quantity, Within(0, 1)]
Rank = Annotated[Quantity, Within(0, 1)]
Millions = Annotated[Quantity, Within(1e-4, 5000)]
Thousands = Annotated[Quantity, Within(0, 1e5)]
PERSONS = Within(0, 5e8)
Persons = Annotated[Quantity, PERSONS]
Months = Annotated[Quantity, Within(0, 1200)]
Kilometres = Annotated[Quantity, Within(0, 41000)]
Relative = Annotated[Quantity, Within(0, 10)]


def bounds_of(field: FieldInfo) -> Within | None:
    """Return the bounds of a field that holds a quantity, or None if it holds something else."""
    optional = [part for arm in get_args(field.annotation) for part in getattr(arm, "__metadata__", ())]
    return next((part for part in (*field.metadata, *optional) if isinstance(part, Within)), None)


def quantity(value: float) -> Quantity:
    """Return a default of the schema as a quantity: assumed, without a source."""
    return Quantity(value=value)
