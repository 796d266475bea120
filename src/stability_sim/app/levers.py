"""What a class can change about a scenario, in plain words: each lever is a path of the file, with its unit and bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from stability_sim.scenario import Scenario, apply_variant, resolve, with_rules
from stability_sim.scenario.events import Happening, Setting, StanceChange, SupportChange, Withdrawal, month_index, month_labels
from stability_sim.scenario.rules import RULES_SET, Rules
from stability_sim.scenario.schema import Variant
from stability_sim.scenario.variables import fields_of

MOST = 6  # levers of one kind, so that the page stays legible
SHARE = (0.0, 1.0, 0.01)
BY_PARAMETERS = "as the parameters say"  # the answer of a scenario that names no rule
MANY = 4.0  # a number can be raised to so many times what the file says
TROOPS, FIGHTERS, FORCES = 10.0, 20_000.0, 50.0  # to which they can be raised at least
LARGEST = 1e7
SUPPORTS = tuple(field.name for field in fields_of("support"))
EDITED = "edited"  # name of the variant that holds what was changed, so that it is checked and resolved like any other


class Lever(NamedTuple):
    """One thing to change.

    ``kind`` is ``share`` (0 to 1), ``number`` (0 to ``high``, in ``unit``) or ``choice``; ``value`` is what holds in A; ``timed``
    says whether the change can begin in any month, or only at the start.
    """

    path: str
    topic: str
    label: str
    help: str
    kind: str
    value: float | str
    choices: tuple[tuple[str, str], ...] = ()
    timed: bool = True
    high: float = 1.0
    unit: str = ""


def _number(path: str, topic: str, label: str, meaning: str, value: float, least: float, unit: str) -> Lever:
    """Return a lever of a number: as far as a multiple of what it is, and far enough where it is small."""
    return Lever(path, topic, label, meaning, "number", value, high=max(MANY * value, least), unit=unit)


def _name(scenario: Scenario, key: str) -> str:
    member = scenario.states.get(key) or scenario.groups.get(key) or scenario.alliances.get(key)
    return (member.name if member else "") or key


def _troubled(scenario: Scenario) -> list[str]:
    """Return the states from which trouble can come: at war, or the home of a group."""
    homes = {group.home for group in scenario.groups.values()}
    return [code for code, state in scenario.states.items() if state.in_conflict or code in homes]


def _near(scenario: Scenario) -> list[str]:
    """Return the states in focus that are at peace."""
    looked_at = scenario.map.focus or scenario.map.states or list(scenario.states)
    return [code for code in looked_at if code in scenario.states and not scenario.states[code].in_conflict][:MOST]


def _troubled_borders(scenario: Scenario) -> dict[tuple[str, str], Any]:
    """Return the land borders of troubled states, those with states in focus first."""
    borders: dict[tuple[str, str], Any] = {}
    for key, border in scenario.borders.items():
        a, b = key.replace(">", "-").split("-")
        borders.setdefault((a, b) if (a, b) in borders or (b, a) not in borders else (b, a), border)
    troubled, near = set(_troubled(scenario)), set(_near(scenario))
    wanted = {pair: border for pair, border in borders.items() if troubled & set(pair)}
    order = sorted(wanted, key=lambda pair: not near & set(pair))
    return {pair: wanted[pair] for pair in order[: MOST + 2]}


def _alliances(scenario: Scenario) -> Iterator[Lever]:
    for key, alliance in scenario.alliances.items():
        name = _name(scenario, key)
        yield Lever(
            f"alliances.{key}", "Alliances", f"{name}", "Whether the pledge exists at all.", "choice", "in force",
            (("in force", "in force"), ("dissolved", "does not exist")), timed=False,
        )  # fmt: skip
        spans = (("overt_attack", "overt attacks only"), ("overt_attack,raid", "overt attacks and raids"),
                 ("overt_attack,raid,infiltration", "overt attacks, raids and infiltration"))  # fmt: skip
        covers = ",".join(sorted(alliance.covers, key=["overt_attack", "raid", "infiltration"].index))
        if covers in dict(spans):
            meaning = "Whether hidden fighters who cross count as an attack."
            yield Lever(
                f"alliances.{key}.covers", "Alliances", f"What {name} covers", meaning, "choice", covers, spans, timed=False
            )


def _borders(scenario: Scenario) -> Iterator[Lever]:
    for (a, b), border in _troubled_borders(scenario).items():
        between = f"{_name(scenario, a)}–{_name(scenario, b)}"
        if border.guard is not None:
            text = "How closely the border is watched against entry; terrain limits what that finds."
            yield Lever(f"borders.{a}-{b}.guard", "Borders", f"Watch on {between}", text, "share", border.guard.value)
    for (a, b), border in list(_troubled_borders(scenario).items())[:MOST]:
        if border.openness is not None:
            text = "How open it is to refugees, both ways."
            between = f"{_name(scenario, a)}–{_name(scenario, b)}"
            yield Lever(
                f"borders.{a}-{b}.openness", "Refugees", f"Open for refugees: {between}", text, "share", border.openness.value
            )


def _stances(scenario: Scenario) -> Iterator[Lever]:
    pairs = [(item.of, item.to) for item in scenario.stances if item.aid.value or item.sanction.value]
    pairs += [
        (item.stance, item.to) for item in scenario.events if isinstance(item, StanceChange) and (item.aid or item.sanction)
    ]
    stances = {(item.of, item.to): item for item in scenario.stances}
    for of, to in list(dict.fromkeys(pairs))[:MOST]:
        stance = stances.get((of, to))
        sender, target = _name(scenario, of), _name(scenario, to)
        aid, sanction = (stance.aid.value, stance.sanction.value) if stance else (0.0, 0.0)
        yield Lever(f"stances.{of}.{to}.aid", "Aid and sanctions", f"Aid of {sender} to the people under {target}",
                    "As a share of need; later changes of it in the file no longer happen.", "share", aid)  # fmt: skip
        yield Lever(f"stances.{of}.{to}.sanction", "Aid and sanctions", f"Sanctions of {sender} on {target}",
                    "Severity; later changes of it in the file no longer happen.", "share", sanction)  # fmt: skip


_SUPPORT = {
    "troops": ("Troops of {} beside {}", "Who fight there, and are counted in its strength."),
    "arms": ("Arms of {} for {}", "As a share of all that it could use."),
    "funds": ("Money of {} for {}", "As a share of all that it could use."),
    "sanctuary": ("Sanctuary of {} for {}", "How safe it is behind that border."),
}  # fmt: skip


def _supports(scenario: Scenario) -> Iterator[Lever]:
    pairs = [(item.of, item.to) for item in scenario.supports]
    pairs += [(item.support, item.to) for item in scenario.events if isinstance(item, SupportChange)]
    supports = {(item.of, item.to): item for item in scenario.supports}
    for of, to in list(dict.fromkeys(pairs))[:MOST]:
        names, support = (_name(scenario, of), _name(scenario, to)), supports.get((of, to))
        for kind in SUPPORTS:
            if kind == "sanctuary" and to in scenario.states:
                continue
            label, text = _SUPPORT[kind]
            value = getattr(support, kind).value if support else 0.0
            path, help_ = f"supports.{of}.{to}.{kind}", f"{text} Later changes of it in the file no longer happen."
            if kind == "troops":
                yield _number(path, "Support in war", label.format(*names), help_, value, TROOPS, "thousand")
            else:
                yield Lever(path, "Support in war", label.format(*names), help_, "share", value)


def _states(scenario: Scenario) -> Iterator[Lever]:
    for code in _near(scenario):
        state, name = scenario.states[code], _name(scenario, code)
        yield Lever(
            f"states.{code}.capacity", "States", f"Capacity of {name}", "To govern and police.", "share", state.capacity.value
        )
        yield Lever(f"states.{code}.screening", "Refugees", f"Screening of refugees in {name}",
                    "Share of hidden fighters among arrivals that is found.", "share", state.screening.value)  # fmt: skip
    for code in _troubled(scenario)[:MOST]:
        state, name = scenario.states[code], _name(scenario, code)
        yield Lever(f"states.{code}.peacekeeping", "States", f"Peacekeepers in {name}", "Presence; 100 % is a full mission.",
                    "share", state.peacekeeping.value)  # fmt: skip
        yield Lever(f"states.{code}.external_support", "States", f"Foreign support to the government of {name}", "", "share",
                    state.external_support.value)  # fmt: skip
        text = "An army that few believe in melts when its support goes."
        yield _number(f"states.{code}.forces", "States", f"Army of {name}", text, state.forces.value, FORCES, "thousand")


def _groups(scenario: Scenario) -> Iterator[Lever]:
    for key, group in list(scenario.groups.items())[:MOST]:
        name = _name(scenario, key)
        text = "How much it wants to change other states."
        yield Lever(f"groups.{key}.export_aim", "Groups", f"Export aim of {name}", text, "share", group.export_aim.value)
        text = "What it has to lose; deterrence works on that."
        yield Lever(f"groups.{key}.stake", "Groups", f"Stake of {name}", text, "share", group.stake.value)
        for code in [code for code, number in group.fighters.items() if number.value > 0.0 or code == group.home][:MOST]:
            where, value = f"Fighters of {name} in {_name(scenario, code)}", group.fighters[code].value
            text = "How many there are when the change begins; then they grow and shrink by themselves."
            yield _number(f"groups.{key}.fighters.{code}", "Groups", where, text, value, FIGHTERS, "people")


_RULES = {
    "drills": "What a drill does", "contagion": "How trouble next door counts", "refugees": "What hosting refugees does to risk",
    "alliances": "How far alliances deter",
}  # fmt: skip


def _rules(scenario: Scenario) -> Iterator[Lever]:
    for field in Rules.model_fields:
        answers = sorted(answer for dispute, answer in RULES_SET if dispute == field)
        value = getattr(scenario.rules, field) or BY_PARAMETERS
        choices = tuple((answer, answer) for answer in ([BY_PARAMETERS, *answers] if value == BY_PARAMETERS else answers))
        yield Lever(f"rules.{field}", "Rival rules", _RULES.get(field, field), "Where the literature disagrees.", "choice", value,
                    choices, timed=False)  # fmt: skip


def levers(scenario: Scenario) -> list[Lever]:
    """Return what can be changed about a resolved scenario: alliances, borders, refugees, aid, support in war, states, groups, rules."""
    unsorted = [
        lever for make in (_alliances, _borders, _stances, _supports, _states, _groups, _rules) for lever in make(scenario)
    ]
    topics = ("Borders", "Alliances", "Support in war", "Aid and sanctions", "Refugees", "States", "Groups", "Rival rules")
    return sorted(unsorted, key=lambda lever: topics.index(lever.topic))


def value_in_words(lever: Lever, value: float | str) -> str:
    """Return a value of a lever as people read it."""
    if isinstance(value, str):
        return dict(lever.choices).get(value, value)
    if lever.kind == "number":
        return f"{f'{value:,.0f}' if value >= 100 else f'{value:.3g}'} {lever.unit}"
    return f"{value * 100:.0f} %"


def in_words(lever: Lever, value: float | str) -> str:
    """Return a changed lever as a phrase."""
    return f"{lever.label}: {value_in_words(lever, value)}"


def check(available: Sequence[Lever], edits: dict[str, float | str]) -> list[tuple[Lever, float | str]]:
    """Return the edits with their levers; ValueError if one names no lever or a value that it cannot have."""
    by_path = {lever.path: lever for lever in available}
    changed: list[tuple[Lever, float | str]] = []
    for path, value in edits.items():
        lever = by_path.get(path)
        if lever is None:
            raise ValueError(f"there is no lever {path!r}")
        if lever.kind == "choice" and value not in dict(lever.choices):
            raise ValueError(f"{lever.label} cannot be {value!r}")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if lever.kind == "share" and not (number and SHARE[0] <= value <= SHARE[1]):  # type: ignore[operator]
            raise ValueError(f"{lever.label} is a share from 0 to 1, not {value!r}")
        if lever.kind == "number" and not (number and 0.0 <= value <= LARGEST):  # type: ignore[operator]
            raise ValueError(f"{lever.label} is a number of {lever.unit} from 0, not {value!r}")
        if value != lever.value:
            changed.append((lever, value))
    return changed


def _less(event: StanceChange | SupportChange, name: str) -> list[Any]:
    """Return a change without one of the things that it changes; nothing, if that is all."""
    rest = event.model_copy(update={name: None})
    changes = type(rest).model_fields.keys() - Happening.model_fields.keys() - {"stance", "support", "to"}
    return [rest] if any(getattr(rest, key) is not None for key in changes) else []


def _changed_by(event: Any, path: str) -> list[Any]:  # noqa: ANN401 - any event of a file
    """Return what is left of an event if it no longer changes what is at a path."""
    if isinstance(event, Setting) and path in event.set:
        rest = {key: value for key, value in event.set.items() if key != path}
        return [event.model_copy(update={"set": rest})] if rest else []
    last = path.rsplit(".", 1)[1]
    if isinstance(event, StanceChange) and path.startswith(f"stances.{event.stance}.{event.to}."):
        return _less(event, last)
    if isinstance(event, SupportChange) and path.startswith(f"supports.{event.support}.{event.to}."):
        return _less(event, last)
    if isinstance(event, Withdrawal) and path.startswith(f"supports.{event.withdraw}.{event.support_to}."):
        if event.share.value < 1.0:
            return [event]
        none = {"on": event.on, "note": event.note, "support": event.withdraw, "to": event.support_to} | dict.fromkeys(
            SUPPORTS, 0.0
        )
        return _less(SupportChange.model_validate(none), last)
    return [event]


def _without_later(scenario: Scenario, path: str, month: int) -> Scenario:
    """Return the scenario without the dated events of the file that would change the same thing in or after a month."""
    events: list[Any] = []
    for event in scenario.events:
        earlier = event.on is None or month_index(event.on, scenario.start) < month
        events += [event] if earlier else _changed_by(event, path)
    return scenario.model_copy(update={"events": events})


def _later(lever: Lever, value: float | str, on: str) -> dict[str, Any]:
    steps = lever.path.split(".")
    if steps[0] in ("stances", "supports"):
        return {"on": on, steps[0][:-1]: steps[1], "to": steps[2], steps[3]: value, "note": "changed on the page"}
    return {"on": on, "set": {lever.path: value}, "note": "changed on the page"}


def edited(base: Scenario, variant: str | None, edits: dict[str, float | str], month: int) -> tuple[Scenario, str]:
    """Return a variant of a scenario with levers moved from a month on, and what was changed in words.

    Parameters
    ----------
    base : Scenario
        Resolved.
    variant : str, optional
        The variant of the file to begin with.
    edits : dict
        Path of a lever → its value.
    month : int
        From which month on, counted from 0; levers that are not timed change at the start.

    Raises ValueError for an invalid edit, InvalidScenario if the edited scenario is invalid.
    """
    scenario = apply_variant(base, variant)
    if not 0 <= month < scenario.months:
        raise ValueError(f"the run has no month {month}")
    moved = check(levers(scenario), edits)
    removals = [lever.path for lever, value in moved if value == "dissolved"]
    moved = [(lever, value) for lever, value in moved if not any(lever.path.startswith(f"{path}.") for path in removals)]
    settings: dict[str, Any] = {}
    events: list[dict[str, Any]] = []
    for lever, value in moved:
        start = month if lever.timed else 0
        scenario = _without_later(scenario, lever.path, start)
        if value == "dissolved":
            continue
        if lever.path.startswith("rules."):
            scenario = with_rules(scenario, {lever.path.removeprefix("rules."): str(value)})
        elif start:
            events.append(_later(lever, value, month_labels(scenario.start, start + 1)[-1]))
        else:
            settings[lever.path] = value.split(",") if lever.path.endswith(".covers") and isinstance(value, str) else value
    description = "; ".join(in_words(lever, value) for lever, value in moved)
    if month and any(lever.timed for lever, _ in moved):
        description += f"; from {month_labels(scenario.start, month + 1)[-1]}"
    if not moved:
        return scenario, ""
    change = Variant(set=settings, remove=removals, add={"events": events} if events else {})
    return resolve(apply_variant(scenario.model_copy(update={"variants": {EDITED: change}}), EDITED)), description
