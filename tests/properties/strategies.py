"""Strategies of Hypothesis that make whole valid scenarios: every section, every event, rule and kind of number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

from stability_sim.scenario.events import EVENT_KINDS, MEMBERS_SETTABLE, SETTABLE
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.quantity import Within, bounds_of
from stability_sim.scenario.rules import RULES_SET
from stability_sim.scenario.schema import MOST_UNNAMED, Border, Conflict, Group, Stance, State, Support, Weights
from stability_sim.terminal import forbidden
from stability_sim.world.vocabulary import ENDINGS

Draw = Callable[[st.SearchStrategy[Any]], Any]
MOST_MONTHS = 18
CODES = ["A", "B", "C", "NO", "no", "true", "null", "1e5", "0x10", "007", "Z" * 60, "x_", "constructor", "on"]
NAMES = ["g", "a-b", "false", "N", "12", "a-b-c", "y", "1_000", "G" * 60, "states", "group-", "0o7"]
TEXTS = st.text(max_size=30).filter(lambda text: not forbidden(text)) | st.sampled_from(
    ["=1+1", "@cmd", "-", "+", "\t=x", "a: b", "# no", "'\"", "\u200dabc", "[/x]", "{}[]", "é漢字🙂", "..\\..\\x", "---\n..."]
)  # fmt: skip
TITLES = TEXTS.map(lambda text: text[:60])


def number(low: float, high: float) -> st.SearchStrategy[Any]:
    """Return numbers of a range: its ends, whole ones, any, and quantities that cite something."""
    plain = st.sampled_from([low, high]) | st.floats(low, high, allow_nan=False)
    if high - low >= 2:
        plain |= st.integers(int(low) + 1, int(high))
    cited = st.builds(lambda value, text: {"value": value, "basis": "sourced", "source": text}, plain, st.just("=somebody"))
    ranged = plain.map(lambda value: {"value": value, "range": [low, high], "note": "n"})
    return plain | cited | ranged


def field(bounds: Within) -> st.SearchStrategy[Any]:
    """Return numbers for a field: within its bounds, mostly of the scale at which something happens."""
    low, high = bounds.low, bounds.high
    if high <= 10:
        return number(low, high)
    return number(low, min(high, max(2 * low, 2000.0))) | number(low, high)


def numbers(model: type[BaseModel], *but: str) -> dict[str, st.SearchStrategy[Any]]:
    """Return a strategy for each field of a record that holds a quantity, or that is true or false."""
    found = {name: field(bounds) for name, spec in model.model_fields.items() if (bounds := bounds_of(spec)) and name not in but}
    flags = {name: st.booleans() for name, spec in model.model_fields.items() if spec.annotation is bool and name not in but}
    return found | flags


def sparse(strategies: dict[str, st.SearchStrategy[Any]], **needed: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings with some of the keys."""
    return st.fixed_dictionaries(needed, optional={name: given for name, given in strategies.items() if name not in needed})


STATES = sparse(
    numbers(State, "weights", "population")
    | {"weights": sparse(numbers(Weights)), "name": TITLES, "decides": st.sampled_from(["chooses", "scripted"])},
    population=number(0.1, 200.0), in_conflict=st.booleans(),
)  # fmt: skip
BORDERS = sparse(numbers(Border))
STANCES = numbers(Stance)
SUPPORTS = numbers(Support)
FOUGHT = numbers(Conflict, "fought", "since")
OVER = numbers(Conflict, "fought") | {"ended": st.sampled_from(ENDINGS)}


def some(things: list[str], least: int = 0, most: int = 4) -> st.SearchStrategy[list[str]]:
    """Return a few of some things, each once."""
    return (
        st.lists(st.sampled_from(things), min_size=least, max_size=min(most, len(things)), unique=True) if things else st.just([])
    )


def members(codes: list[str], size: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return numbers by state."""
    return st.dictionaries(st.sampled_from(codes), size, max_size=4)


class Maker:
    """Draws one scenario, part by part: what comes later names what came before."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.months = draw(st.integers(1, MOST_MONTHS))
        self.codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=8, unique=True))
        self.ways = self._ways()
        names = [name for name in NAMES if name not in self.codes]
        self.homes = {name: draw(st.sampled_from(self.codes)) for name in draw(some(names, 0, 4))}
        self.seats = dict(self.homes)
        bound = st.dictionaries(st.sampled_from(NAMES), some(self.codes, 2, 5), max_size=3)
        self.bound: dict[str, list[str]] = draw(bound) if len(self.codes) > 1 else {}

    def _ways(self) -> dict[str, str]:
        """Return the section of each linked pair of states."""
        pairs = [f"{a}-{b}" for k, a in enumerate(self.codes) for b in self.codes[:k]]
        if not pairs:
            return {}
        return self.draw(
            st.dictionaries(st.sampled_from(pairs), st.sampled_from(["borders", "borders", "corridors"]), max_size=9)
        )

    def keys(self, section: str) -> list[str]:
        """Return the pairs that a section links."""
        return [key for key, where in self.ways.items() if where == section]

    def section(self, name: str) -> dict[str, Any]:
        """Return borders or corridors, some with a direction that differs."""
        found = {key: self.draw(BORDERS) for key in self.keys(name)}
        return found | {key.replace("-", ">"): self.draw(BORDERS) for key in self.draw(some(list(found), 0, 2))}

    def group(self, name: str) -> dict[str, Any]:
        """Return a group: a state is governed by one of them at most."""
        free = [code for code in self.codes if code not in self.governed]
        governs = self.draw(st.none() | st.sampled_from(free)) if free else None
        if governs:
            self.governed.append(governs)
            self.seats[name] = self.rules[name] = governs
        few = number(0.0, 20000.0)  # fewer in all than live in the smallest state
        plain = numbers(Group, "fighters", "cells", "kin", "clandestine")
        plain |= {
            "fighters": members(self.codes, few),
            "cells": members(self.codes, few),
            "kin": members(self.codes, number(0, 1)),
        }
        plain |= {"name": TITLES, "decides": st.sampled_from(["chooses", "scripted"])}
        made = self.draw(sparse(plain, clandestine=st.booleans() if governs is None else st.just(False)))
        return made | {"home": self.homes[name], "governs": governs}

    def alliance(self, name: str) -> dict[str, Any]:
        """Return an alliance."""
        bound = self.bound[name]
        optional = {
            "lead": st.sampled_from(bound), "lag_months": field(Within(0, 1200)), "name": TITLES,
            "obliges": st.sampled_from(["defence", "consultation", "neutrality", "non_aggression"]),
            "covers": some(["overt_attack", "raid", "infiltration"]), "reliability": members(bound, number(0, 1)),
        }  # fmt: skip
        return self.draw(sparse(optional)) | {"members": bound}

    def time(self) -> dict[str, Any]:
        """Return a date, a day, or a condition."""
        month = self.draw(st.integers(0, self.months - 1))
        date = f"{2000 + month // 12}-{month % 12 + 1:02d}"
        when = st.fixed_dictionaries({"when": self.conditions(), "repeats": st.booleans()})
        return self.draw(st.sampled_from([{"on": date}, {"on": f"{date}-28"}]) | when)

    def conditions(self) -> st.SearchStrategy[str]:
        """Return conditions of every metric that this world has a place for."""
        state, window = st.sampled_from(self.codes), st.integers(1, 60)
        compared = st.tuples(st.sampled_from([">=", ">", "<=", "<", "=="]), st.sampled_from([0, 1, 0.5, 3, 1e-9, -1, 1e300]))
        counted = st.builds(
            "{}({}) {c[0]} {c[1]} in {} months".format, st.sampled_from(["raids", "attacks", "deaths"]), state, window, c=compared
        )
        levels = st.builds(
            "{}({}) {c[0]} {c[1]}".format, st.sampled_from(["conflict", "refugees", "hardship", "legitimacy"]), state, c=compared
        )
        found = counted | levels | st.builds("{}() {c[0]} {c[1]}".format, st.sampled_from(["month", "conflicts"]), c=compared)
        if self.homes:
            group = st.sampled_from(list(self.homes))
            found |= st.builds("crossings({}) {c[0]} {c[1]} in {} months".format, group, window, c=compared)
            found |= st.builds("cells({}, {}) {c[0]} {c[1]}".format, group, state, c=compared)
        if land := self.keys("borders"):
            found |= st.builds("incidents({}) {c[0]} {c[1]} in {} months".format, st.sampled_from(land), window, c=compared)
        return found | st.lists(found, min_size=2, max_size=3).map(" and ".join).filter(lambda text: len(text) <= 200)

    def events(self) -> list[dict[str, Any]]:
        """Return events of the kinds that this world has a place for."""
        kinds = [kind for kind in EVENT_KINDS if kind not in ("stance", "support", "drill", "deploy", "attack")]
        kinds += ["support"] * bool(self.helped())
        kinds += ["stance"] * bool(self.homes) + ["drill", "deploy"] * bool(self.bound) + ["attack"] * bool(self.ways)
        chosen = self.draw(st.lists(st.sampled_from(kinds), max_size=7))
        return [self.event(kind) | self.time() for kind in chosen]

    def event(self, kind: str) -> dict[str, Any]:
        """Return an event without its time."""
        draw, groups = self.draw, list(self.homes)
        state = draw(st.sampled_from(self.codes))
        match kind:
            case "summit":
                return self.summit(state)
            case "stance":
                changes = st.fixed_dictionaries({}, optional=STANCES).filter(bool)
                return {"stance": state, "to": draw(st.sampled_from(groups)), "note": draw(TEXTS)} | draw(changes)
            case "support":
                of, to = draw(st.sampled_from(self.helped()))
                return {"support": of, "to": to} | draw(st.fixed_dictionaries({}, optional=SUPPORTS).filter(bool))
            case "withdraw":
                return {"withdraw": state, "support_to": draw(st.sampled_from(self.codes + groups)), "share": draw(number(0, 1))}
            case "set":
                return {"set": dict(draw(self.setting()) for _ in range(draw(st.integers(1, 3))))}
            case "displacement":
                return {"displacement": state, "people": draw(number(0, 90000))}
            case "outbreak":
                return {"outbreak": state} | draw(sparse({"deaths_per_year": field(Within(0, 5e8))}))
            case "peace":
                return {"peace": state}
            case "attack":
                a, b = draw(st.sampled_from(list(self.ways)).flatmap(lambda key: st.permutations(key.split("-"))))
                return {"attack": draw(st.sampled_from([a, *(g for g in groups if self.seats[g] == a)])), "on_state": b}
        name = draw(st.sampled_from(list(self.bound)))
        one, other = draw(st.permutations(self.bound[name]))[:2]
        if kind == "deploy":
            spent = {"forces": field(Within(0, 1e5)), "months": field(Within(0, 1200))}
            return {"deploy": one, "to": other} | draw(sparse(spent))
        near = [key for key in self.keys("borders") if one in key.split("-")]
        return {"drill": name, "at": draw(st.sampled_from([one, *near])), "size": draw(number(0, 1))}

    def summit(self, host: str) -> dict[str, Any]:
        """Return a summit."""
        parties = self.draw(some([*self.codes, *self.homes], 1, 5))
        away = [code for code in self.codes if code not in parties]
        return {
            "summit": self.draw(TITLES), "host": host, "about": self.draw(st.sampled_from(self.codes)), "parties": parties,
            "absent": self.draw(some(away)), "vetoes": self.draw(some(parties)), "rank": self.draw(members(parties, number(0, 1))),
        }  # fmt: skip

    def helped(self) -> list[tuple[str, str]]:
        """Return who could support whom."""
        return [(of, to) for of in self.codes for to in (*self.codes, *self.homes) if of != to]

    def conflicts(self) -> list[dict[str, Any]]:
        """Return conflicts, on or over, of governments with groups that are not theirs and with rebels without a name."""
        rebels: list[tuple[str, str | None]] = [(code, None) for code in self.codes for _ in range(MOST_UNNAMED)]
        rebels += [(code, name) for code in self.codes for name in self.homes if self.rules.get(name) != code]
        chosen = self.draw(st.lists(st.sampled_from(range(len(rebels))), max_size=4, unique=True))
        made = []
        for state, group in (rebels[k] for k in chosen):
            fought = self.draw(st.booleans())
            conflict = self.draw(sparse(FOUGHT if fought else OVER)) | {"state": state, "fought": fought}
            made.append(conflict if group is None else conflict | {"group": group})
        return made

    def supports(self) -> list[dict[str, Any]]:
        """Return supports, each pair once."""
        if not self.helped():
            return []
        pairs = self.draw(st.lists(st.sampled_from(self.helped()), max_size=4, unique=True))
        return [{"of": of, "to": to} | self.draw(sparse(SUPPORTS)) for of, to in pairs]

    def setting(self) -> st.SearchStrategy[tuple[str, Any]]:
        """Return a path that an event can set, and a value."""
        named = {
            "states": self.codes,
            "groups": list(self.homes),
            "borders": self.keys("borders"),
            "corridors": self.keys("corridors"),
        }
        paths = [(s, key, f) for s, keys in named.items() for key in keys for f in SETTABLE[s]]
        paths += [("groups", group, f"{who}.{code}") for group in self.homes for who in MEMBERS_SETTABLE for code in self.codes]
        most = {"forces": 1e5, **{f"{who}.{code}": 2e4 for who in MEMBERS_SETTABLE for code in self.codes}}
        return st.sampled_from(paths).flatmap(lambda path: st.tuples(st.just(".".join(path)), number(0, most.get(path[2], 1.0))))

    def document(self) -> dict[str, Any]:
        """Return the scenario as a file would have it."""
        draw = self.draw
        self.governed: list[str] = []
        self.rules: dict[str, str] = {}
        rules = draw(sparse({field: st.sampled_from([n for where, n in RULES_SET if where == field]) for field, _ in RULES_SET}))
        ruled = {name for key in rules.items() for name in RULES_SET[key]}
        free = {name: number(spec.low, spec.high) for name, spec in PARAMETERS.items() if name not in ruled}
        chosen = draw(st.lists(st.sampled_from(sorted(free)), max_size=12, unique=True))
        ties = [(code, group) for code in self.codes for group in self.homes]
        stances = draw(st.lists(st.sampled_from(ties), max_size=5, unique=True)) if ties else []
        return {
            "scenario": draw(st.sampled_from(["s", "0", "a--b", "null", "1e3", "x" * 60])), "question": draw(TEXTS), "title": draw(TITLES),
            "about": draw(TEXTS), "sources": draw(st.lists(TEXTS, max_size=2)), "start": "2000-01", "months": self.months,
            "seed": draw(st.integers(0, 2**32 - 1)), "map": {"projection": "network"},
            "states": {code: draw(STATES) for code in self.codes}, "groups": {name: self.group(name) for name in self.homes},
            "borders": self.section("borders"), "corridors": self.section("corridors"),
            "alliances": {name: self.alliance(name) for name in self.bound},
            "stances": [{"of": code, "to": group} | draw(sparse(STANCES)) for code, group in stances],
            "conflicts": self.conflicts(), "supports": self.supports(), "events": self.events(), "rules": rules, "parameters": {name: draw(free[name]) for name in chosen},
        }  # fmt: skip


@st.composite
def documents(draw: Draw) -> dict[str, Any]:
    """Return a valid scenario as plain mappings."""
    return Maker(draw).document()
