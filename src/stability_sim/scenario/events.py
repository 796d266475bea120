"""What can happen in a scenario: one record per kind of event, told apart by its own key."""

from __future__ import annotations

from typing import Annotated, Any, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from stability_sim.scenario.quantity import Flag, Months, Number, Persons, Rank, Share, Thousands, quantity


class Happening(BaseModel):
    """What all events share: when they happen."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    on: str | None = Field(
        None, pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])(-[0-3][0-9])?$", description="Month or day, YYYY-MM or YYYY-MM-DD."
    )
    when: str | None = Field(None, max_length=200, description="Condition on the world, such as 'raids(TJK) >= 2 in 6 months'.")
    repeats: Flag = Field(False, description="Whether a triggered event can happen more than once.")
    note: str | None = Field(None, max_length=600, description="What is meant.")
    source: str | None = Field(None, max_length=600, description="Who reports it.")

    @model_validator(mode="after")
    def _has_a_time(self) -> Happening:
        if (self.on is None) == (self.when is None):
            raise ValueError("an event needs either 'on' (a date) or 'when' (a condition), and not both")
        return self


class Summit(Happening):
    """A meeting of states and groups about the conflict in a state."""

    summit: str = Field(max_length=60, description="Name of the meeting.")
    host: str = Field(description="State that hosts it, and gains prestige whatever comes of it.")
    about: str = Field(description="State whose conflict and groups it is about.")
    parties: list[str] = Field(min_length=1, description="States and groups that sit in.")
    absent: list[str] = Field(default_factory=list, description="States that refuse to sit in: spoilers.")
    vetoes: list[str] = Field(
        default_factory=list, description="Parties without whose consent nothing is agreed: the more, the harder."
    )
    rank: dict[str, Rank] = Field(
        default_factory=dict, description="Rank of a delegation, 0 a clerk, 1 the leader; 0.6 if not given."
    )


class Drill(Happening):
    """An exercise of an alliance at a border or in a member."""

    drill: str = Field(description="The alliance.")
    at: str = Field(description="Border (AAA-BBB) or member at which it is held.")
    size: Share = Field(quantity(1.0), description="Size of the drill; 1 is the largest.")


class StanceChange(Happening):
    """A change of how a state deals with a group; what is not named stays as it was."""

    stance: str = Field(description="The state.")
    to: str = Field(description="The group.")
    engage: Flag | None = Field(None, description="Talks with it.")
    recognise: Flag | None = Field(None, description="Recognises it.")
    listed: Flag | None = Field(None, description="Lists it as terrorist.")
    embassy: Flag | None = Field(None, description="Keeps an embassy.")
    sanction: Share | None = Field(None, description="Severity of sanctions.")
    aid: Share | None = Field(None, description="Aid as a share of need.")


class Withdrawal(Happening):
    """The end of the external support to a government or a group."""

    withdraw: str = Field(description="The state that ends its support.")
    support_to: str = Field(description="The state or group that loses it.")
    share: Share = Field(quantity(1.0), description="Share of the support that ends.")


class Setting(Happening):
    """A change of conditions: paths of states, groups or borders that get a new value."""

    set: dict[str, Number] = Field(min_length=1, description="Path → new value, such as borders.AFG-TJK.guard.")


class Displacement(Happening):
    """People who leave a state at once, besides the flow that fighting causes."""

    displacement: str = Field(description="State that they leave.")
    people: Persons = Field(description="How many.", json_schema_extra={"unit": "persons"})


class Outbreak(Happening):
    """An armed conflict that begins because the file says so."""

    outbreak: str = Field(description="State in which it begins.")
    deaths_per_year: Persons = Field(
        quantity(314.0), description="Its battle deaths a year.", json_schema_extra={"unit": "deaths a year"}
    )


class Peace(Happening):
    """An armed conflict that ends by settlement because the file says so."""

    peace: str = Field(description="State in which it ends.")


class Attack(Happening):
    """An overt attack that happens because the file says so."""

    attack: str = Field(description="State or group that attacks.")
    on_state: str = Field(description="State that is attacked.")


class Deployment(Happening):
    """Forces of a state that go to another."""

    deploy: str = Field(description="State that sends them.")
    to: str = Field(description="State that receives them; both share an alliance.")
    forces: Thousands = Field(quantity(2.0), description="Forces sent.", json_schema_extra={"unit": "thousands"})
    months: Months = Field(quantity(6.0), description="How long they stay.", json_schema_extra={"unit": "months"})


EVENT_KINDS: dict[str, type[Happening]] = {
    "summit": Summit, "drill": Drill, "stance": StanceChange, "withdraw": Withdrawal, "set": Setting,
    "displacement": Displacement, "outbreak": Outbreak, "peace": Peace, "attack": Attack, "deploy": Deployment,
}  # fmt: skip


SETTABLE: dict[str, tuple[str, ...]] = {
    "states": (
        "capacity", "legitimacy", "hardship", "prestige", "forces", "external_support", "screening",
        "managed_refugees", "peacekeeping", "export_aim",
    ),
    "groups": ("stake", "credibility", "external_support", "export_aim", "control"),
    "borders": ("guard", "openness", "hostility"),
    "corridors": ("guard", "openness", "hostility"),
}  # fmt: skip


def event_kind(given: Any) -> str | None:  # noqa: ANN401 - whatever the file holds
    """Return the key that tells which kind of event a mapping or a record is, or None."""
    if isinstance(given, dict):
        return next((kind for kind in EVENT_KINDS if kind in given), None)
    return next((kind for kind, record in EVENT_KINDS.items() if isinstance(given, record)), None)


Event = Annotated[
    Union[  # noqa: UP007 - Annotated members need Union
        Annotated[Summit, Tag("summit")],
        Annotated[Drill, Tag("drill")],
        Annotated[StanceChange, Tag("stance")],
        Annotated[Withdrawal, Tag("withdraw")],
        Annotated[Setting, Tag("set")],
        Annotated[Displacement, Tag("displacement")],
        Annotated[Outbreak, Tag("outbreak")],
        Annotated[Peace, Tag("peace")],
        Annotated[Attack, Tag("attack")],
        Annotated[Deployment, Tag("deploy")],
    ],
    Discriminator(event_kind),
]
