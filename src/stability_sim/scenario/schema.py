"""The scenario file: every key, its type, unit, range and meaning. Frozen, and unknown keys are errors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from stability_sim.scenario.drawn import Map, Name, Record
from stability_sim.scenario.events import Event
from stability_sim.scenario.letters import check_letters
from stability_sim.scenario.observed import Observation
from stability_sim.scenario.quantity import (
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

SCHEMA_VERSION = 1
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


class State(Record):
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


class Group(Record):
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
        default_factory=dict, description="Fighters by state, N.", json_schema_extra={"unit": "persons"}
    )
    cells: dict[Name, Persons] = Field(
        default_factory=dict, description="Hidden members by state, X.", json_schema_extra={"unit": "persons"}
    )
    kin: dict[Name, Share] = Field(default_factory=dict, description="Share of the people of a state who are kin of the group.")
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
    members: list[Name] = Field(min_length=2, description="States bound by it.")
    lead: Name | None = Field(None, description="The member whose standing carries it.")
    obliges: Literal["defence", "consultation", "neutrality", "non_aggression"] = Field(
        "defence", description="What a member promises."
    )
    covers: list[Threat] = Field(
        default_factory=_attacks_only,
        description="What counts as an attack.",
    )
    lag_months: Months = Field(
        quantity(1.0), description="From an honoured call to forces on the ground.", json_schema_extra={"unit": "months"}
    )
    reliability: dict[Name, Share] = Field(
        default_factory=dict,
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


class Variant(Record):
    """A change of the scenario: paths to set, to remove, and things to add."""

    note: Text = Field("", description="What it asks.")
    set: dict[str, Any] = Field(default_factory=dict, description="Path → new value.")
    remove: list[str] = Field(default_factory=list, description="Paths that cease to exist.")
    add: dict[str, Any] = Field(default_factory=dict, description="Sections with new members.")


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
    states: dict[Code, State] = Field(min_length=1, max_length=400, description="States by code (ISO 3166 alpha-3).")
    groups: dict[Name, Group] = Field(default_factory=dict, max_length=600, description="Groups by name.")
    borders: dict[BorderKey, Border] = Field(default_factory=dict, max_length=4000, description="Land borders.")
    corridors: dict[BorderKey, Border] = Field(
        default_factory=dict, max_length=20000, description="Ways between states that share no border."
    )
    alliances: dict[Name, Alliance] = Field(default_factory=dict, max_length=100, description="Alliances by name.")
    stances: list[Stance] = Field(default_factory=list, max_length=20000, description="Stances at the start.")
    events: list[Event] = Field(default_factory=list, max_length=2000, description="What happens, and when.")
    observed: list[Observation] = Field(
        default_factory=list, max_length=200, description="What happened, as numbers to hold a run against."
    )
    variants: dict[Slug, Variant] = Field(default_factory=dict, max_length=100, description="Changes to compare.")
    mechanisms: dict[Name, dict[Name, Number]] = Field(
        default_factory=dict, max_length=20, description="Mechanisms from other packages, by name, with their settings."
    )
    rules: Rules = Field(default_factory=Rules, description="Which of the rival rules it runs under.")
    parameters: dict[str, Number] = Field(default_factory=dict, description="Only what differs from the documented defaults.")


BORDER_DEFAULTS: dict[str, float] = {
    "guard": 0.4, "ruggedness": 0.3, "openness": 0.5, "hostility": 0.2, "kin": 1.0, "trade": 0.25, "refugees": 0.0,
    "length_km": 300.0, "distance_km": 800.0,
}  # fmt: skip
CORRIDOR_DEFAULTS: dict[str, float] = {
    **BORDER_DEFAULTS, "openness": 0.1, "kin": 0.3, "trade": 0.0, "hostility": 0.0, "length_km": 0.0,
    "distance_km": 2500.0,
}  # fmt: skip
__all__ = ["SCHEMA_VERSION", "Alliance", "Border", "Group", "Map", "Quantity", "Scenario", "Stance", "State", "Variant"]
