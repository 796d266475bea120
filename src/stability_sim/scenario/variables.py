"""The variables of the model: all that changes in a run, one line each.

What the world is made of, what both worlds of a batch share, what a fork carries over, what an event may set and the kernel
that sets it, what is recorded, the attributes of agents and the table in the docs are computed from these lines.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["state", "dyad", "group", "tie", "conflict", "support", "member", "pact", "event", "condition"]

SHARE_UNIT = 2.0**40  # of what is counted in whole parts: a share, of which a million replicates sum to 2^60
PEOPLE_UNIT = 2.0**10  # persons or deaths
CELLS_UNIT = 2.0**22


class Field(NamedTuple):
    """A variable of the world: what it belongs to, its unit and meaning, and what may change it.

    Attributes
    ----------
    name : str
        Its name in the world; no two have the same.
    of : Kind
        Each entity of this kind has one.
    unit, meaning : str
        As people read them.
    kind : type
        float, int, or bool for what is 0 or 1.
    key : str or bool
        The key of the scenario file that says where it begins; True if that is the name, as it is for what an event may set.
        Without one it begins at 0, or as ``world/initial.py`` works it out.
    default : float, optional
        What it is where the file says nothing: State or Group then gets the key from this line, as a share. The keys that they
        declare themselves say their defaults there.
    drifts : bool
        It returns to a level of its own, ``<name>_level``, which an event that sets it sets too.
    event : bool
        An event of the file may set it: ``set: {states.AAA.<key>: ...}``.
    shared : bool
        Events alone change it, and they change the world now: both worlds of a batch have the same array.
    rewritten : bool
        Its process writes it whole each month, so that nobody needs a copy of last month's.
    memory : bool
        It comes from the past alone: a fork never sets it, whatever the variant says.
    refers : Kind, optional
        It is the index of an entity of this kind, or -1.
    recorded : float, optional
        Its mean over replicates, by month and entity, is among the results; it is counted in whole parts of 1/recorded. Results
        have axes for states, dyads, groups, ties, conflicts and supports.
    """

    name: str
    of: Kind
    unit: str
    meaning: str
    kind: type = float
    key: str | bool = False
    default: float | None = None
    drifts: bool = False
    event: bool = False
    shared: bool = False
    rewritten: bool = False
    memory: bool = False
    refers: Kind | None = None
    recorded: float | None = None

    @property
    def file_key(self) -> str:
        """The key of the scenario file that says where it begins; empty without one."""
        return self.key if isinstance(self.key, str) else self.name if self.key or self.event else ""

    @property
    def arrays(self) -> tuple[str, ...]:
        """The names of its arrays in the world: its own, and that of the level to which it drifts."""
        return (self.name, f"{self.name}_level") if self.drifts else (self.name,)

    @property
    def label(self) -> str:
        """What people call it: as in the file, if it stands there."""
        return self.file_key or self.name


FIELDS: tuple[Field, ...] = (
    Field("capacity", "state", "share", "Capacity to govern and police, K", drifts=True, event=True, recorded=SHARE_UNIT),
    Field("legitimacy", "state", "share", "People who accept its rule, L", drifts=True, event=True, recorded=SHARE_UNIT),
    Field("hardship", "state", "share", "Hardship of the people, H", drifts=True, event=True, recorded=SHARE_UNIT),
    Field("prestige", "state", "share", "Standing among states, Π", drifts=True, event=True),
    Field("forces", "state", "thousands", "Armed forces, M", event=True, shared=True),
    Field("state_support", "state", "share", "Foreign support to its government", key="external_support", event=True, shared=True),
    Field("screening", "state", "share", "Hidden fighters found among arriving refugees", event=True, shared=True),
    Field("managed_refugees", "state", "share", "Hosted refugees whose effect on risk is relieved", event=True, shared=True),
    Field("peacekeeping", "state", "share", "Presence of peacekeepers", event=True, shared=True),
    Field("state_export_aim", "state", "share", "Wish to change neighbours by force", key="export_aim", event=True, shared=True),
    Field("in_conflict", "state", "0 or 1", "Whether a conflict in it is fought that counts: 25 deaths in this calendar year or in the last", bool, key=True, rewritten=True),
    Field("log_deaths", "state", "log of deaths a year", "Battle deaths of its conflicts, at the present rate", rewritten=True),
    Field("deaths", "state", "deaths", "Battle deaths in the month", rewritten=True, recorded=PEOPLE_UNIT),
    Field("conflict_age", "state", "months", "Age of the oldest fighting in it", int, rewritten=True),
    Field("since_conflict", "state", "months", "Time since its last fighting", int, rewritten=True),
    Field("talks_left", "state", "months", "Time for which talks go on", int),
    Field("war_memory", "state", "share", "How far its neighbours remember war in it: present and past in one, m"),
    Field("rebels", "state", "group, or -1", "Group of its deadliest conflict, or of its last", int, refers="group"),
    Field("governed_by", "state", "group, or -1", "Group that governs it", int, refers="group"),
    Field("guard", "dyad", "share", "How closely the border is watched against entry, b", drifts=True, event=True),
    Field("openness", "dyad", "share", "Openness to refugees, o", event=True, shared=True),
    Field("hostility", "dyad", "share", "Hostility across the border, h", drifts=True, event=True),
    Field("refugees", "dyad", "persons", "People of the source hosted by the target", key=True, rewritten=True),
    Field("by_crossing", "dyad", "persons", "Hidden members in the target who came over it by themselves", rewritten=True),
    Field("by_refugees", "dyad", "persons", "Hidden members in the target who came over it among refugees", rewritten=True),
    Field("stake", "group", "share", "What it has to lose, E", event=True),
    Field("credibility", "group", "share", "How far others believe its word, κ", event=True),
    Field("group_support", "group", "share", "Foreign support to the group", key="external_support", event=True, shared=True),
    Field("group_export_aim", "group", "share", "Wish to change other states, ω", key="export_aim", event=True, shared=True),
    Field("control", "group", "share", "Control of its own fighters, σ", event=True, shared=True),
    Field("governs", "group", "state, or -1", "State that it governs", int, refers="state"),
    Field("fighters", "tie", "persons", "Fighters of the group in the state, N"),
    Field("cells", "tie", "persons", "Hidden members of the group in the state, X"),
    Field("threat", "tie", "share", "Threat that the state believes the group to be", rewritten=True, memory=True),
    Field("engage", "tie", "0 or 1", "Whether the state talks with the group", bool, key=True),
    Field("recognise", "tie", "0 or 1", "Whether it recognises the group as a government", bool, key=True),
    Field("listed", "tie", "0 or 1", "Whether it lists the group as terrorist", bool, key=True),
    Field("embassy", "tie", "0 or 1", "Whether it keeps an embassy where the group governs", bool, key=True, shared=True),
    Field("sanction", "tie", "share", "Severity of its sanctions", key=True),
    Field("aid", "tie", "share of need", "Its aid to the people under the group", key=True),
    Field("fought", "conflict", "0 or 1", "Whether it is fought, be it with few deaths", bool, recorded=1.0),
    Field("fought_months", "conflict", "months", "Time since its fighting began", int),
    Field("quiet_months", "conflict", "months", "Time since it was last fought", int),
    Field("outcome", "conflict", "way to end, or -1", "How its last fighting ended", int),
    Field("known_months", "conflict", "months", "Time since it was first fought", int),
    Field("months_fought", "conflict", "months", "Part of that time in which it was fought", int),
    Field("rebels_backed", "conflict", "0 or 1", "Whether states that the file does not name support the rebels", bool),
    Field("government_backed", "conflict", "0 or 1", "Whether such states support the government in it", bool),
    Field("own_level", "conflict", "log of deaths a year", "Level of its battle deaths, x̄"),
    Field("swing", "conflict", "log ratio", "How far it is above its level for the time being, y"),
    Field("level", "conflict", "log of deaths a year", "Battle deaths at the present rate, x"),
    Field("killed", "conflict", "deaths", "Battle deaths in the month", recorded=PEOPLE_UNIT),
    Field("year_killed", "conflict", "deaths", "Battle deaths in the calendar year so far"),
    Field("last_year_killed", "conflict", "deaths", "Battle deaths in the calendar year before"),
    Field("counted", "conflict", "0 or 1", "Whether it is fought and has 25 deaths in this calendar year or in the last", bool, rewritten=True, recorded=1.0),
    Field("began_by", "conflict", "channel, or -1", "What brought it about", int, memory=True),
    Field("began_from", "conflict", "state, or -1", "Where that came from", int, refers="state", memory=True),
    Field("began_over", "conflict", "dyad, or -1", "The way that it came", int, refers="dyad", memory=True),
    Field("rising", "conflict", "thousands", "Strength of those who rose with no group that has a name", memory=True),
    Field("first_strength", "conflict", "thousands", "Strength of the rebels when the fighting began", memory=True),
    Field("balance", "conflict", "log ratio", "Strength of the rebels over that of the government, b", memory=True),
    Field("fortune", "conflict", "log ratio", "What strengths do not say of who does better, ω", memory=True),
    Field("ground", "conflict", "share", "What the rebels hold of what is fought over, θ"),
    Field("troops", "support", "thousands", "Troops of the supporter that fight on its side", key=True, recorded=PEOPLE_UNIT),
    Field("arms", "support", "share", "Arms that it gives", key=True, recorded=SHARE_UNIT),
    Field("funds", "support", "share", "Money that it gives", key=True, recorded=SHARE_UNIT),
    Field("sanctuary", "support", "share", "Safety of the group behind its border", key=True, recorded=SHARE_UNIT),
    Field("honoured", "member", "calls", "Calls it honoured, as others remember them: α of its reliability"),
    Field("abandoned", "member", "calls", "Calls it did not honour, as others remember them: β"),
    Field("drill", "member", "share", "How fresh the signal of its last drill is"),
    Field("deployed", "pact", "thousands", "Forces of the helper in the ally"),
    Field("deploy_wait", "pact", "months", "Time until forces arrive; 0 if none are on the way", int),
    Field("deploy_left", "pact", "months", "Time until they leave", int),
    Field("fired", "event", "0 or 1", "Whether it has happened", bool, shared=True, memory=True),
    Field("history", "condition", "as its metric", "What was counted, month by month of its window", memory=True),
)  # fmt: skip


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """Return the variables of a kind of entity."""
    return tuple(field for field in FIELDS if field.of == kind)


def settable(kind: Kind) -> tuple[Field, ...]:
    """Return the variables of a kind of entity that an event may set."""
    return tuple(field for field in fields_of(kind) if field.event)
