"""The twin's world and log in the order and words in which they can be compared with those of the kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference.model import Told, Twin
from stability_sim.engine.run import Batch
from stability_sim.world import vocabulary as v
from stability_sim.world.entities import Names

LEVELS = ("capacity", "legitimacy", "hardship", "prestige")
STATE = (
    *LEVELS, *(f"{name}_level" for name in LEVELS), "forces", "screening", "managed_refugees", "peacekeeping",
    "in_conflict", "log_deaths", "deaths", "conflict_age", "since_conflict", "war_memory", "talks_left",
)  # fmt: skip
WAY = ("guard", "guard_level", "openness", "hostility", "hostility_level", "refugees", "by_crossing", "by_refugees")
GROUP = ("control", "stake", "credibility")
TIE = ("fighters", "cells", "threat", "engage", "recognise", "listed", "embassy", "sanction", "aid")


CONFLICT = (
    "fought", "fought_months", "quiet_months", "known_months", "months_fought", "rebels_backed",
    "government_backed", "own_level", "swing", "level", "killed", "year_killed",
    "last_year_killed", "counted", "rising", "first_strength", "balance", "fortune", "ground",
)  # fmt: skip
SUPPORT = ("troops", "arms", "funds", "sanctuary")


def _place(things: dict[str, Any], wanted: Any) -> int:
    return next((k for k, thing in enumerate(things.values()) if thing is wanted), -1)


def _word(words: tuple[str, ...], wanted: str | None) -> int:
    return -1 if wanted is None else words.index(wanted)


def world(twin: Twin, names: Names) -> dict[str, list[float]]:
    """Return every number of the twin's world by the name and in the order that the kernels give it."""
    states, groups = twin.states.values(), twin.groups.values()
    ways = [twin.ways[pair] for pair in names.dyads]
    ties = [twin.groups[group].ties[state] for group, state in names.ties]
    members = [twin.alliances[name].members[code] for name, code in names.members]
    pacts = [pact for alliance in twin.alliances.values() for pact in alliance.pacts]
    conflicts = [twin.conflicts[pair] for pair in names.conflicts]
    supports = [twin.supports[pair] for pair in names.supports]
    numbers = {name: [float(getattr(x.now, name)) for x in states] for name in STATE}
    numbers |= {name: [float(getattr(x.now, name)) for x in ways] for name in WAY}
    numbers |= {name: [float(getattr(x.now, name)) for x in groups] for name in GROUP}
    numbers |= {name: [float(getattr(x.now, name)) for x in ties] for name in TIE}
    numbers |= {name: [float(getattr(x.now, name)) for x in conflicts] for name in CONFLICT}
    numbers |= {name: [float(getattr(x.now, name)) for x in supports] for name in SUPPORT}
    numbers |= {name: [getattr(x.now, name) for x in members] for name in ("honoured", "abandoned", "drill")}
    others: dict[str, tuple[Any, Callable[[Any], float]]] = {
        "state_support": (states, lambda x: x.now.support),
        "state_export_aim": (states, lambda x: x.now.export_aim),
        "rebels": (states, lambda x: _place(twin.groups, x.now.rebels)),
        "governed_by": (states, lambda x: _place(twin.groups, x.now.governed_by)),
        "group_export_aim": (groups, lambda x: x.now.export_aim),
        "group_support": (groups, lambda x: x.now.support),
        "governs": (groups, lambda x: _place(twin.states, x.now.governs)),
        "outcome": (conflicts, lambda x: _word(v.ENDINGS, x.now.outcome)),
        "began_by": (conflicts, lambda x: _word(v.CHANNELS, x.now.channel)),
        "began_from": (conflicts, lambda x: _place(twin.states, x.now.source)),
        "began_over": (conflicts, lambda x: _place(dict(enumerate(ways)), x.now.way)),
        "deployed": (pacts, lambda x: x.now.deployed),
        "deploy_wait": (pacts, lambda x: x.now.wait),
        "deploy_left": (pacts, lambda x: x.now.left),
    }
    return numbers | {name: [float(read(x)) for x in things] for name, (things, read) in others.items()}


def month(twin: Twin, names: Names) -> dict[str, list[float]]:
    """Return what happened in the twin's last month, by the names of the kernels."""
    states, groups = twin.states.values(), twin.groups.values()
    ways = [twin.ways[pair] for pair in names.dyads]
    members = [twin.alliances[name].members[code] for name, code in names.members]
    return {
        "hazard": [rate for x in states for rate in x.month.hazards.values()],
        "risk": [x.month.risk for x in states],
        "onset": [float(x.month.onsets) for x in states],
        "outbreaks": [float(x.month.outbreaks) for x in states],
        "new_rate": [x.month.new_rate for x in states],
        "shock": [twin.shocks[name] for name in v.SHOCKS],
        "state_action": [float(v.STATE_ACTIONS.index(x.month.action)) for x in states],
        "group_action": [float(v.GROUP_ACTIONS.index(x.month.action)) for x in groups],
        "attempts": [float(x.month.attempts) for x in groups],
        "detection": [x.month.detection for x in ways],
        "refugee_flow": [x.month.refugees for x in ways],
        "crossing": [x.month.crossed for x in ways],
        "hidden": [x.month.hidden for x in ways],
        "raids": [float(x.month.raids) for x in ways],
        "attacks": [float(x.month.attacks) for x in ways],
        "incidents": [float(x.incidents) for x in twin.borders],
        "calls_honoured": [float(x.honoured) for x in members],
        "calls_abandoned": [float(x.abandoned) for x in members],
    }


def told(batch: Batch, replicate: int) -> list[Told]:
    """Return the log of a replicate of the kernels in words."""
    rows = batch.log.rows[replicate, : batch.log.count[replicate]]
    values = batch.log.values[replicate]
    return [_row([int(x) for x in row], float(value), batch.beginning.names) for row, value in zip(rows, values, strict=False)]


def _row(row: list[int], value: float, names: Names) -> Told:
    t, kind, state, source, what, who, border = row
    word = v.LOG_KINDS[kind]
    is_call = word in ("call_honoured", "call_abandoned", "deployment")
    return Told(
        t,
        word,
        names.states[state] if state >= 0 else None,
        names.states[source] if source >= 0 else None,
        _what(word, what),
        (names.alliances if is_call else names.groups)[who] if who >= 0 else None,
        names.border_labels()[border] if border >= 0 else None,
        value,
    )


def _what(kind: str, code: int) -> str:
    words = {
        "onset": v.CHANNELS, "outbreak": v.CHANNELS, "ending": v.ENDINGS, "call_honoured": v.THREATS, "call_abandoned": v.THREATS,
        "action": v.STATE_ACTIONS, "event": v.OPERATIONS,
    }.get(kind)  # fmt: skip
    return words[code] if words and code >= 0 else ""
