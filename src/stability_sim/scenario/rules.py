"""Rival rules by name: where the literature disagrees, each camp's answer as a choice, and what it sets."""

from __future__ import annotations

from itertools import product
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# A rule that a file names sets the parameters below; where it names none, the parameters stand as they are. The numbers
# are the ends or the middle of the documented ranges: what is disputed is the sign and the order, not the digits.
Drills = Literal["deter", "provoke", "none"]
Contagion = Literal["additive", "multiplicative"]
Refugees = Literal["raise", "none", "lower"]
Alliances = Literal["strong", "weak", "none"]


class Rules(BaseModel):
    """Which of the rival rules a scenario runs under; what it does not name is as the parameters say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    drills: Drills | None = Field(
        None,
        description="deter, provoke (Bernhardt & Sukin 2021), or none (D'Orazio 2012; Kuo & Blankenship 2022: no escalation).",
    )
    contagion: Contagion | None = Field(
        None, description="additive: neighbours add to the risk; multiplicative: they multiply what is there."
    )
    refugees: Refugees | None = Field(
        None, description="raise (Salehyan & Gleditsch 2006), none (Zhou & Shaver 2021), lower the risk of conflict."
    )
    alliances: Alliances | None = Field(
        None, description="deter strongly or weakly (Johnson & Leeds 2011), or not at all (Kenwick & Vasquez 2017)."
    )


RULES_SET: dict[tuple[str, str], dict[str, float]] = {
    ("drills", "deter"): {"drill_effect": -0.5},
    ("drills", "none"): {"drill_effect": 0.0},
    ("drills", "provoke"): {"drill_effect": 0.4},
    ("contagion", "additive"): {"contagion_multiplies": 0.0},
    ("contagion", "multiplicative"): {"contagion_multiplies": 1.0},
    ("refugees", "raise"): {"refugee_onset": 0.0016},
    ("refugees", "none"): {"refugee_onset": 0.0},
    ("refugees", "lower"): {"refugee_onset": -0.001},
    ("alliances", "strong"): {"alliance_deters": 1.6},
    ("alliances", "weak"): {"alliance_deters": 0.6},
    ("alliances", "none"): {"alliance_deters": 0.0},
}


def parameters_of(rules: Rules) -> dict[str, float]:
    """Return the parameters that the named rules set."""
    named = [(field, getattr(rules, field)) for field in Rules.model_fields]
    return {name: value for key in named if key[1] for name, value in RULES_SET[key].items()}


def rivals() -> list[Rules]:
    """Return every combination of the rival rules: 3 x 2 x 3 x 3 of them."""
    choices = {field: [name for question, name in RULES_SET if question == field] for field in Rules.model_fields}
    return [Rules(**dict(zip(choices, names, strict=True))) for names in product(*choices.values())]
