"""The scenario file: every key, its type, unit, range and meaning. Frozen, and unknown keys are errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, create_model, model_validator

from stability_sim.scenario.events import Event
from stability_sim.scenario.observed import Observation
from stability_sim.scenario.quantity import (
    MOST_GROUPS,
    MOST_STATES,
    Flag,
    Kilometres,
    Millions,
    Months,
    Number,
    Persons,
    Quantity,
    Relative,
    Share,
    Thousands,
    Whole,
    quantity,
)
from stability_sim.scenario.rules import Rules
from stability_sim.scenario.variables import Kind, fields_of
from stability_sim.terminal import forbidden

NAME_PATTERN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$")
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN.pattern)]


def _normalised(text: str) -> str:
    from stability_sim.geography import from_wkt, to_wkt  # here: few scenarios have shapes of their own

    return to_wkt(from_wkt(text))


Wkt = Annotated[str, AfterValidator(_normalised)]


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
    states: list[Name] = Field(
        default_factory=list,
        max_length=MOST_STATES,
        description="States to draw; if empty all, but for hosts and supporters with no border.",
    )
    focus: list[Name] = Field(
        default_factory=list,
        max_length=MOST_STATES,
        description="States that must be wholly inside the frame; larger ones may be cut.",
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


def check_letters(value: Any, path: str = "") -> None:  # noqa: ANN401 - whatever is to become a scenario
    """Raise ValueError if a text in a document, or a key, holds what no text may hold."""
    if isinstance(value, str):
        if letters := forbidden(value):
            raise ValueError(f"{path}: {letters[0].message}")
    elif isinstance(value, dict):
        for key, part in value.items():
            check_letters(key, path)
            check_letters(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for k, part in enumerate(value):
            check_letters(part, f"{path}.{k}")


SCHEMA_VERSION = 1
MOST_UNNAMED = 20  # conflicts of a state with rebels without a name that a file can list
MOST_CHANGES = 2000  # of one kind in a variant
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]{0,59}$")]
BorderKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,60}[->][A-Za-z0-9_]{1,60}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Month = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$")]
Text = Annotated[str, StringConstraints(max_length=4000)]


class Weights(Record):
    """What a government cares about when it chooses."""

    security: Relative = Field(quantity(1.0), description="Weight of threat removed.")
    prestige: Relative = Field(quantity(0.3), description="Weight of standing abroad.")
    norms: Relative = Field(quantity(0.5), description="Weight of the cost of dealing with a listed group.")


if TYPE_CHECKING:

    class _StateVariables(Record):
        """The keys of a state that lines of the table of variables declare."""

    class _GroupVariables(Record):
        """The keys of a group that lines of the table of variables declare."""

else:

    def _with_keys(kind: Kind) -> type[Record]:
        """Return a record with a key for each variable of the table that says itself where it begins."""
        keys = {
            field.file_key: (Share, Field(quantity(field.default), description=f"{field.meaning}."))
            for field in fields_of(kind)
            if field.default is not None
        }
        return create_model(f"{kind} variables", __base__=Record, **keys)

    _StateVariables, _GroupVariables = _with_keys("state"), _with_keys("group")


class State(_StateVariables):
    """A state: its government, its people and its forces."""

    name: str = Field("", max_length=60, description="Name on maps; the map's own if empty.")
    population: Millions = Field(quantity(10.0), description="Inhabitants.", json_schema_extra={"unit": "millions"})
    gdp_per_capita: Thousands = Field(
        quantity(8.0),
        description="Income, for the choice of refuge.",
        json_schema_extra={"unit": "thousand PPP dollars a person"},
    )
    capacity: Share = Field(quantity(0.5), description="Capacity of the state to govern and police, K.")
    legitimacy: Share = Field(quantity(0.5), description="Share of the people who accept its rule, L.")
    hardship: Share = Field(quantity(0.4), description="Hardship of the people, H.")
    prestige: Share = Field(quantity(0.3), description="Standing among states, Π.")
    forces: Thousands = Field(quantity(30.0), description="Armed forces, M.", json_schema_extra={"unit": "thousands"})
    export_aim: Share = Field(quantity(0.0), description="How much its government wants to change its neighbours by force.")
    in_conflict: Flag = Field(False, description="Whether an intrastate armed conflict is on at the start.")
    deaths_per_year: Persons = Field(
        quantity(314.0),
        description="Battle deaths a year at the start, if in conflict.",
        json_schema_extra={"unit": "deaths a year"},
    )
    conflict_age: Months = Field(
        quantity(24.0), description="Age of the conflict at the start.", json_schema_extra={"unit": "months"}
    )
    since_conflict: Months = Field(
        quantity(360.0),
        description="Time since its last conflict at the start, if at peace.",
        json_schema_extra={"unit": "months"},
    )
    external_support: Share = Field(quantity(0.0), description="Foreign support to the government.")
    screening: Share = Field(quantity(0.3), description="Share of hidden fighters among arriving refugees that is found.")
    managed_refugees: Share = Field(
        quantity(0.0), description="Share of hosted refugees whose effect on risk is relieved by aid."
    )
    peacekeeping: Share = Field(quantity(0.0), description="Presence of peacekeepers.")
    weights: Weights = Field(default_factory=Weights, description="What its government cares about.")
    decides: Literal["chooses", "scripted"] = Field(
        "chooses", description="chooses: logit choice each month; scripted: does only what the events say."
    )


class Group(_GroupVariables):
    """A non-state armed group, which may govern a state."""

    name: str = Field("", max_length=60, description="Name in figures; its key if empty.")
    home: Name = Field(description="State of its base.")
    governs: Name | None = Field(None, description="State that it governs at the start.")
    clandestine: Flag = Field(
        False, description="No address: it cannot be deterred from going abroad, and cannot govern what it wins."
    )
    export_aim: Share = Field(quantity(0.2), description="How much it wants to change other states, ω.")
    control: Share = Field(quantity(0.5), description="Control of its own fighters, σ.")
    credibility: Share = Field(quantity(0.5), description="How far others believe its word, κ.")
    stake: Share = Field(quantity(0.2), description="What it has to lose, E.")
    external_support: Share = Field(quantity(0.0), description="Foreign support to the group.")
    fighters: dict[Name, Persons] = Field(
        default_factory=dict, max_length=MOST_STATES, description="Fighters by state, N.", json_schema_extra={"unit": "persons"}
    )
    cells: dict[Name, Persons] = Field(
        default_factory=dict,
        max_length=MOST_STATES,
        description="Hidden members by state, X.",
        json_schema_extra={"unit": "persons"},
    )
    kin: dict[Name, Share] = Field(
        default_factory=dict, max_length=MOST_STATES, description="Share of the people of a state who are kin of the group."
    )
    decides: Literal["chooses", "scripted"] = Field(
        "chooses", description="chooses: logit choice each month; scripted: does only what the events say."
    )


class Border(Record):
    """A land border. ``AAA-BBB`` sets both directions, ``AAA>BBB`` the one that leads from AAA into BBB."""

    guard: Share | None = Field(None, description="How closely it is watched against entry, b. Default 0.4.")
    ruggedness: Share | None = Field(None, description="Terrain that hides movement, r. Default 0.3.")
    openness: Share | None = Field(None, description="Openness to refugees, o. Default 0.5.")
    hostility: Share | None = Field(None, description="Hostility across it, h. Default 0.2.")
    kin: Relative | None = Field(
        None, description="Ties of kin and ideas across it; 1 is a typical land border. Default 1 (corridor 0.3)."
    )
    trade: Share | None = Field(None, description="Exposure of the target's economy to the source. Default 0.25 (corridor 0).")
    refugees: Persons | None = Field(
        None,
        description="People of the source whom the target hosts at the start; meant for AAA>BBB. Default 0.",
        json_schema_extra={"unit": "persons"},
    )
    length_km: Kilometres | None = Field(
        None,
        description="Length: a long border sees more skirmishes; from the map if empty.",
        json_schema_extra={"unit": "km"},
    )
    distance_km: Kilometres | None = Field(
        None, description="Distance between the two centres; from the map if empty.", json_schema_extra={"unit": "km"}
    )


Threat = Literal["overt_attack", "raid", "infiltration"]


def _attacks_only() -> list[Threat]:
    return ["overt_attack"]


class Alliance(Record):
    """An alliance of two or more members, which is called, honoured or broken."""

    name: str = Field("", max_length=60, description="Name in figures; its key if empty.")
    members: list[Name] = Field(min_length=2, max_length=MOST_STATES, description="States bound by it.")
    lead: Name | None = Field(None, description="The member whose standing carries it.")
    obliges: Literal["defence", "consultation", "neutrality", "non_aggression"] = Field(
        "defence", description="What a member promises."
    )
    covers: list[Threat] = Field(
        default_factory=_attacks_only,
        max_length=10,
        description="What counts as an attack.",
    )
    lag_months: Months = Field(
        quantity(1.0), description="From an honoured call to forces on the ground.", json_schema_extra={"unit": "months"}
    )
    reliability: dict[Name, Share] = Field(
        default_factory=dict,
        max_length=MOST_STATES,
        description="Expected share of calls that a member honours; the parameter honour_rate if empty.",
    )


class Stance(Record):
    """How a state deals with a group at the start: separate instruments, each with its own effect."""

    of: Name = Field(description="The state.")
    to: Name = Field(description="The group.")
    engage: Flag = Field(False, description="Talks with it.")
    recognise: Flag = Field(False, description="Recognises it as a government.")
    listed: Flag = Field(False, description="Lists it as terrorist: engaging it becomes costly, not forbidden.")
    embassy: Flag = Field(False, description="Keeps an embassy where it governs: sees more.")
    sanction: Share = Field(quantity(0.0), description="Severity of sanctions.")
    aid: Share = Field(quantity(0.0), description="Aid to the people under it, as a share of need.")


class Conflict(Record):
    """A conflict of a government with a group, or with rebels whom nobody has named; in place of what its state says of one."""

    state: Name = Field(description="State whose government is fought.")
    group: Name | None = Field(None, description="Group that fights it; rebels without a name if empty.")
    fought: Flag = Field(True, description="Whether it is fought at the start.")
    deaths_per_year: Persons = Field(
        quantity(314.0),
        description="Battle deaths a year at the start, or when it was last fought.",
        json_schema_extra={"unit": "deaths a year"},
    )
    usual_deaths: Persons | None = Field(
        None,
        description="Battle deaths a year to which it returns; those at the start if empty.",
        json_schema_extra={"unit": "deaths a year"},
    )
    age: Months = Field(
        quantity(24.0), description="Age of the fighting, or its length if it is over.", json_schema_extra={"unit": "months"}
    )
    since: Months = Field(
        quantity(0.0), description="Time since it was last fought, if it is not.", json_schema_extra={"unit": "months"}
    )
    ground: Share | None = Field(
        None, description="What the rebels hold of what is fought over; the parameter ground_at_onset if empty."
    )
    ended: Literal["government", "takeover", "settlement", "fades"] | None = Field(
        None, description="How it was last ended, if it is not fought."
    )


class Support(Record):
    """What a state gives to a side of a conflict elsewhere: to a government or to a group."""

    of: Name = Field(description="The state that gives it.")
    to: Name = Field(description="The state or group that gets it.")
    troops: Thousands = Field(
        quantity(0.0), description="Troops that fight on its side.", json_schema_extra={"unit": "thousands"}
    )
    arms: Share = Field(quantity(0.0), description="Arms, as a share of all that it could use.")
    funds: Share = Field(quantity(0.0), description="Money, as a share of all that it could use.")
    sanctuary: Share = Field(quantity(0.0), description="A place behind the border where a group is safe.")


class Variant(Record):
    """A change of the scenario: paths to set, to remove, and things to add."""

    note: Text = Field("", description="What it asks.")
    set: dict[str, Any] = Field(default_factory=dict, max_length=MOST_CHANGES, description="Path → new value.")
    remove: list[str] = Field(default_factory=list, max_length=MOST_CHANGES, description="Paths that cease to exist.")
    add: dict[str, Any] = Field(default_factory=dict, max_length=20, description="Sections with new members.")


class Scenario(Record):
    """A whole scenario file."""

    @model_validator(mode="before")
    @classmethod
    def _has_texts_for_people(cls, value: Any) -> Any:  # noqa: ANN401 - whatever is to become a scenario
        """Refuse what the reader of files refuses, with its place, in what a program or another file says."""
        check_letters(value)
        return value

    schema_version: Literal[1] = Field(1, description="Version of this schema.")
    scenario: Slug = Field(description="Short name, of small letters, digits and hyphens.")
    title: str = Field("", max_length=120, description="Title of figures.")
    question: Text = Field(description="What the scenario asks.")
    about: Text = Field("", description="The case, in words.")
    happened: Text = Field("", description="What happened in fact.")
    against: Text = Field("", description="What would count against the model.")
    sources: list[Text] = Field(default_factory=list, max_length=200, description="Publications used.")
    start: Month = Field(description="First month, as YYYY-MM.")
    months: Whole = Field(36, ge=1, le=1200, description="Length of a run.", json_schema_extra={"unit": "months"})
    replicates: Whole = Field(500, ge=1, le=1_000_000, description="Number of runs in the ensemble.")
    seed: Whole = Field(1, ge=0, le=4_294_967_295, description="Seed of all draws.")
    map: Map = Field(default_factory=Map, description="How it is drawn.")
    states: dict[Code, State] = Field(min_length=1, max_length=MOST_STATES, description="States by code (ISO 3166 alpha-3).")
    groups: dict[Name, Group] = Field(default_factory=dict, max_length=MOST_GROUPS, description="Groups by name.")
    borders: dict[BorderKey, Border] = Field(default_factory=dict, max_length=4000, description="Land borders.")
    corridors: dict[BorderKey, Border] = Field(
        default_factory=dict, max_length=20000, description="Ways between states that share no border."
    )
    alliances: dict[Name, Alliance] = Field(default_factory=dict, max_length=100, description="Alliances by name.")
    stances: list[Stance] = Field(default_factory=list, max_length=20000, description="Stances at the start.")
    conflicts: list[Conflict] = Field(
        default_factory=list, max_length=1000, description="Conflicts at the start, on or over, by their two sides."
    )
    supports: list[Support] = Field(default_factory=list, max_length=2000, description="Who supports whom at the start.")
    events: list[Event] = Field(default_factory=list, max_length=2000, description="What happens, and when.")
    observed: list[Observation] = Field(
        default_factory=list, max_length=200, description="What happened, as numbers to hold a run against."
    )
    variants: dict[Slug, Variant] = Field(default_factory=dict, max_length=100, description="Changes to compare.")
    mechanisms: dict[Name, dict[Name, Number]] = Field(
        default_factory=dict, max_length=20, description="Mechanisms from other packages, by name, with their settings."
    )
    rules: Rules = Field(default_factory=Rules, description="Which of the rival rules it runs under.")
    parameters: dict[str, Number] = Field(
        default_factory=dict, max_length=500, description="Only what differs from the documented defaults."
    )


BORDER_DEFAULTS: dict[str, float] = {
    "guard": 0.4, "ruggedness": 0.3, "openness": 0.5, "hostility": 0.2, "kin": 1.0, "trade": 0.25, "refugees": 0.0,
    "length_km": 300.0, "distance_km": 800.0,
}  # fmt: skip
CORRIDOR_DEFAULTS: dict[str, float] = {
    **BORDER_DEFAULTS, "openness": 0.1, "kin": 0.3, "trade": 0.0, "hostility": 0.0, "length_km": 0.0,
    "distance_km": 2500.0,
}  # fmt: skip
__all__ = [
    "SCHEMA_VERSION", "Alliance", "Border", "Conflict", "Group", "Map", "Quantity", "Scenario", "Stance", "State", "Support",
    "Variant",
]  # fmt: skip
