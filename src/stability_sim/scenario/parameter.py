"""What is written down of one parameter of the model: value, range, unit, tag, meaning, source."""

from __future__ import annotations

from typing import Literal, NamedTuple

Tag = Literal["D", "P", "J"]


class Parameter(NamedTuple):
    """Default, range, unit, tag, meaning and source of one parameter of the model.

    ``tag`` says where the number comes from: D identified from data, P a prior from the literature, J judgement.
    """

    value: float
    low: float
    high: float
    unit: str
    tag: Tag
    meaning: str
    source: str = "judgement of the authors"
