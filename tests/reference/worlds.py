"""Random valid scenarios: every section, every kind of event, every rule, parameters anywhere in their ranges."""

from __future__ import annotations

import json
import random
import re
from itertools import combinations
from pathlib import Path
from typing import Any

from stability_sim.scenario import Scenario, loads, resolve
from stability_sim.scenario.events import MEMBERS_SETTABLE, SETTABLE
from stability_sim.scenario.parameters import PARAMETERS
from stability_sim.scenario.quantity import quantity
from stability_sim.scenario.rules import RULES_SET

_WORDS = {word for path in Path(__file__).parent.glob("*.py") for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
KNOWN = [name for name in PARAMETERS if name in _WORDS]  # to the twin: a draft does nothing until it is switched on
MONTHS = 30
OBLIGATIONS = ("defence", "defence", "consultation", "neutrality", "non_aggression")
ENDINGS = ("government", "takeover", "settlement", "fades")
SHARES_GIVEN = ("arms", "funds", "sanctuary")
THREATS = ("overt_attack", "raid", "infiltration")
LIVELY = {  # beyond their ranges, in every other world, so that rare things happen in thirty months
    "onset_per_year": 0.3, "infiltration_onset": 0.3, "kin_onset": 0.3, "refugee_onset": 0.3, "economic_spillover": 3.0,
    "entanglement_onset": 2.0, "attack_baseline": -3.0, "hidden_share": 0.02, "incidents_per_month": 1.0,
    "cells_sent": 0.05, "review_months": 1.5, "deployed_share": 0.5, "restart_per_year": 1.0, "capital_falls": -1.0,
    "ending_level": 1.5,
}  # fmt: skip


class Maker:
    """Makes one scenario from the draws of one generator."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.dice = random.Random(f"world {number}")
        self.first_month = self.dice.randrange(12)
        self.states = [f"S{k}" for k in range(self.dice.randint(3, 8))]
        self.groups = [f"g{k}" for k in range(self.dice.randint(1, 5))]
        self.ways = self._ways()
        self.homes = {name: self.dice.choice(self.states) for name in self.groups}
        self.governs: dict[str, str] = {}
        self.chosen_rules = self.rules()
        self.supported = self._supported()
        self.alliances = {
            f"P{k}": self.dice.sample(self.states, self.dice.randint(2, min(4, len(self.states))))
            for k in range(self.dice.randint(1, 3))
        }

    def _supported(self) -> list[tuple[str, str]]:
        """Return who supports whom."""
        sides = [*self.states, *self.groups]
        return self.some([(of, to) for of in self.states for to in sides if of != to], 0.15)

    def some(self, things: list[Any], share: float) -> list[Any]:
        """Return about a share of things."""
        return [thing for thing in things if self.dice.random() < share]

    def share(self) -> float:
        """Return a share."""
        return round(self.dice.random(), 3)

    def _ways(self) -> dict[str, str]:
        """Return the section of each pair of states that is linked: a chain of borders, further ones, corridors."""
        found = {}
        for a, b in combinations(range(len(self.states)), 2):
            if b == a + 1 or self.dice.random() < 0.25:
                pair = [self.states[a], self.states[b]]
                self.dice.shuffle(pair)
                found["-".join(pair)] = "borders" if b == a + 1 or self.dice.random() < 0.5 else "corridors"
        return found

    def state(self) -> dict[str, Any]:
        """Return a state."""
        share, dice = self.share, self.dice
        return {
            "population": round(10 ** dice.uniform(-0.5, 2.2), 2), "gdp_per_capita": round(10 ** dice.uniform(-0.3, 1.7), 2),
            "capacity": share(), "legitimacy": share(), "hardship": share(), "prestige": share(),
            "forces": round(10 ** dice.uniform(0, 2.5), 1), "export_aim": dice.choice([0.0, share()]),
            "in_conflict": dice.random() < 0.3, "deaths_per_year": round(10 ** dice.uniform(0, 4)),
            "conflict_age": dice.randint(0, 100), "since_conflict": dice.randint(0, 200), "external_support": share(),
            "screening": share(), "managed_refugees": share(), "peacekeeping": dice.choice([0.0, share()]),
            "weights": {"security": dice.uniform(0, 3), "prestige": dice.uniform(0, 2), "norms": dice.uniform(0, 1)},
            "decides": dice.choice(["chooses", "chooses", "chooses", "scripted"]),
        }  # fmt: skip

    def group(self, name: str) -> dict[str, Any]:
        """Return a group; at most one governs a state."""
        dice, home = self.dice, self.homes[name]
        rules = home not in self.governs.values() and dice.random() < 0.5
        if rules:
            self.governs[name] = home
        return {
            "home": home, "governs": home if rules else None, "clandestine": not rules and dice.random() < 0.5,
            "export_aim": self.share(), "control": self.share(), "credibility": self.share(), "stake": self.share(),
            "external_support": self.share(), "fighters": {home: round(10 ** dice.uniform(2, 4.7))}
            | {code: dice.randint(1, 500) for code in self.some(self.states, 0.1) if code != home},
            "cells": {code: dice.randint(0, 300) for code in self.some(self.states, 0.4)},
            "kin": {code: self.share() for code in self.some(self.states, 0.4)},
            "decides": dice.choice(["chooses", "chooses", "chooses", "scripted"]),
        }  # fmt: skip

    def border(self) -> dict[str, Any]:
        """Return some numbers of a border."""
        dice = self.dice
        whole = {
            "guard": self.share(), "ruggedness": self.share(), "openness": self.share(), "hostility": self.share(),
            "kin": dice.uniform(0, 2), "trade": self.share(), "refugees": dice.randint(0, 300000),
            "length_km": dice.randint(1, 3000), "distance_km": dice.randint(50, 5000),
        }  # fmt: skip
        return {name: whole[name] for name in self.some(list(whole), 0.7)}

    def alliance(self, name: str) -> dict[str, Any]:
        """Return an alliance."""
        dice, bound = self.dice, self.alliances[name]
        return {
            "members": bound, "lead": dice.choice([None, *bound]), "obliges": dice.choice(OBLIGATIONS),
            "covers": dice.sample(THREATS, dice.randint(1, 3)), "lag_months": dice.randint(0, 3),
            "reliability": {code: self.share() for code in self.some(bound, 0.5)},
        }  # fmt: skip

    def stance(self) -> dict[str, Any]:
        """Return the instruments of a stance."""
        flags = {name: self.dice.random() < 0.4 for name in ("engage", "recognise", "listed", "embassy")}
        return flags | {"sanction": self.share(), "aid": self.share()}

    def when(self) -> dict[str, Any]:
        """Return a date or a condition."""
        dice = self.dice
        if dice.random() < 0.6:
            month = self.first_month + dice.randint(0, MONTHS - 1)
            return {"on": f"{2000 + month // 12}-{month % 12 + 1:02d}"}
        text = " and ".join(self.condition() for _ in range(dice.choice([1, 1, 2])))
        return {"when": text, "repeats": dice.random() < 0.4}

    def condition(self) -> str:
        """Return a condition that may come to hold."""
        dice, state, group = self.dice, self.dice.choice(self.states), self.dice.choice(self.groups)
        land = [key for key, section in self.ways.items() if section == "borders"]
        window = f"in {dice.randint(1, 9)} months"
        return dice.choice(
            [
                f"incidents({dice.choice(land)}) >= 1 {window}", f"raids({state}) >= 1 {window}",
                f"attacks({state}) < 1 {window}", f"crossings({group}) > 2 {window}", f"conflict({state}) == 1",
                f"conflicts() >= {dice.randint(1, 3)}", f"cells({group}, {self.homes[group]}) <= 50",
                f"refugees({state}) >= 0.5", f"deaths({state}) >= 20 {window}", f"hardship({state}) > 0.5",
                f"legitimacy({state}) < 0.6", f"month() >= {dice.randint(1, 20)}",
            ]
        )  # fmt: skip

    def event(self, kind: str) -> dict[str, Any] | None:
        """Return an event of a kind, or None if this world has no place for it."""
        dice = self.dice
        a, b = dice.sample(self.states, 2)
        group, alliance = dice.choice(self.groups), dice.choice(list(self.alliances))
        one, other = dice.sample(self.alliances[alliance], 2)
        match kind:
            case "summit":
                return self.summit(a)
            case "drill":
                near = [key for key in self.ways if self.ways[key] == "borders" and one in key.split("-")]
                return {"drill": alliance, "at": dice.choice([one, *near]), "size": self.share()}
            case "stance":
                instruments = self.stance()
                return {"stance": a, "to": group} | {x: instruments[x] for x in dice.sample(list(instruments), 3)}
            case "withdraw":
                of, to = dice.choice([(a, b), (a, group), *self.supported])
                return {"withdraw": of, "support_to": to, "share": self.share()}
            case "support":
                given = self.given()
                return {"support": a, "to": dice.choice([b, group])} | {x: given[x] for x in dice.sample(list(given), 2)}
            case "set":
                return {"set": dict(self.setting() for _ in range(3))}
            case "displacement":
                return {"displacement": a, "people": dice.randint(1000, 200000)}
            case "outbreak":
                return {"outbreak": a, "deaths_per_year": dice.randint(0, 5000)}
            case "peace":
                return {"peace": a}
            case "attack":
                key = dice.choice(list(self.ways)).split("-")
                attacker = dice.choice([key[0], *(g for g in self.groups if self.governs.get(g, self.homes[g]) == key[0])])
                return {"attack": attacker, "on_state": key[1]}
        return {"deploy": one, "to": other, "forces": dice.randint(1, 20), "months": dice.randint(0, 12)}

    def given(self) -> dict[str, float]:
        """Return what a state gives to a side."""
        return {"troops": self.dice.choice([0.0, self.dice.uniform(0, 30)])} | {x: self.share() for x in SHARES_GIVEN}

    def conflicts(self, code: str) -> list[dict[str, Any]]:
        """Return some conflicts of a state, fought or over, with groups or with rebels without a name."""
        dice, made = self.dice, []
        groups = [name for name in self.groups if self.governs.get(name) != code]
        for group in [*self.some(groups, 0.4), *self.some([None] * 4, 0.3)]:
            past = {"fought": True, "ground": self.share()} if dice.random() < 0.5 else {
                "fought": False, "since": dice.randint(0, 400), "ended": dice.choice([None, *ENDINGS]),
            }  # fmt: skip
            its = {"state": code, "deaths_per_year": round(10 ** dice.uniform(0, 4)), "age": dice.randint(0, 200)}
            its |= {"usual_deaths": round(10 ** dice.uniform(0, 4))} if dice.random() < 0.4 else {}
            made.append(its | past | ({"group": group} if group else {}))
        return made

    def summit(self, host: str) -> dict[str, Any]:
        """Return a summit."""
        parties = self.some([*self.states, *self.groups], 0.5) or [host]
        return {
            "summit": self.dice.choice(["geneva", "doha"]), "host": host, "about": self.dice.choice(self.states),
            "parties": parties, "absent": [code for code in self.some(self.states, 0.4) if code not in parties],
            "vetoes": self.some(parties, 0.3), "rank": {name: self.share() for name in self.some(parties, 0.5)},
        }  # fmt: skip

    def setting(self) -> tuple[str, float]:
        """Return a path that an event can set, and a value."""
        section = self.dice.choice(["states", "groups", "borders", "corridors"])
        keys = {"states": self.states, "groups": self.groups}.get(section) or [k for k, s in self.ways.items() if s == section]
        if not keys:
            section, keys = "states", self.states
        key, field = self.dice.choice(keys), self.dice.choice(SETTABLE[section])
        if section == "groups" and self.dice.random() < 0.4:
            members, where = self.dice.choice(MEMBERS_SETTABLE), self.dice.choice(self.states)
            return f"groups.{key}.{members}.{where}", self.dice.uniform(0, 5000)
        if section in ("borders", "corridors") and self.dice.random() < 0.3:
            key = key.replace("-", ">")
        return f"{section}.{key}.{field}", self.dice.uniform(1, 100) if field == "forces" else self.share()

    def parameters(self) -> dict[str, float]:
        """Return some parameters, anywhere in their ranges."""
        ruled = {name for key in self.chosen_rules.items() for name in RULES_SET[key]}
        chosen = [name for name in self.some(KNOWN, 0.5) if name not in ruled]
        values = {name: self.dice.uniform(PARAMETERS[name].low, PARAMETERS[name].high) for name in chosen}
        return values

    def rules(self) -> dict[str, str]:
        """Return some of the rival rules."""
        fields = sorted({field for field, _ in RULES_SET})
        return {
            field: self.dice.choice([name for where, name in RULES_SET if where == field]) for field in self.some(fields, 0.4)
        }

    def one_way(self) -> dict[str, Any]:
        """Return some borders that differ by direction."""
        return {
            key.replace("-", ">"): self.border() for key in self.some([k for k, s in self.ways.items() if s == "borders"], 0.4)
        }

    def document(self) -> dict[str, Any]:
        """Return the scenario as a file would have it."""
        kinds = [
            "summit", "drill", "stance", "support", "withdraw", "set", "displacement", "outbreak", "peace", "attack", "deploy",
        ]  # fmt: skip
        ties = [(code, group) for code in self.states for group in self.groups]
        groups = {name: self.group(name) for name in self.groups}
        return {
            "scenario": f"world-{self.number}", "question": "Do both agree?", "start": f"2000-{self.first_month + 1:02d}", "months": MONTHS,
            "seed": self.dice.randint(0, 2**32 - 1), "map": {"projection": "network"},
            "states": {code: self.state() for code in self.states}, "groups": groups,
            "borders": {key: self.border() for key, section in self.ways.items() if section == "borders"} | self.one_way(),
            "corridors": {key: self.border() for key, section in self.ways.items() if section == "corridors"},
            "alliances": {name: self.alliance(name) for name in self.alliances},
            "stances": [{"of": code, "to": group} | self.stance() for code, group in self.some(ties, 0.4)],
            "conflicts": [conflict for code in self.some(self.states, 0.5) for conflict in self.conflicts(code)],
            "supports": [{"of": of, "to": to} | self.given() for of, to in self.supported],
            "events": [event | self.when() for kind in kinds for _ in range(2) if (event := self.event(kind))],
            "rules": self.chosen_rules, "parameters": self.parameters(),
        }  # fmt: skip


def world(number: int) -> Scenario:
    """Return a random valid scenario, resolved: the same for the same number."""
    scenario = resolve(loads(json.dumps(Maker(number).document())).scenario)
    if number % 2 == 0:
        return scenario
    lively = {name: quantity(value) for name, value in LIVELY.items()}
    return scenario.model_copy(update={"parameters": scenario.parameters | lively})
