"""Changes of a scenario: variants of the file, and settings of the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from stability_sim.scenario.checks import BASE, check, document_atlas, drop_unreachable_observations, names_of
from stability_sim.scenario.document import MEMBERS, PAIRED, Document, members, plain, read_scenario, section, too_long
from stability_sim.scenario.events import event_kind, month_index
from stability_sim.scenario.paths import PathError, copied, locate, put, read_setting, sections_of, take
from stability_sim.scenario.problems import Finding, InvalidScenario, Loc, Problem, closest, meant, quoted
from stability_sim.scenario.references import Names, references
from stability_sim.scenario.resolve import is_resolved, resolve
from stability_sim.scenario.schema import Scenario

# Removal: a member goes together with all references to it, and with what then refers to those.


def _places_last(loc: Loc) -> tuple[Any, ...]:
    """Order places so that those in lists are taken from the end, which leaves the others where they are."""
    return tuple((1, step, "") if isinstance(step, int) else (0, 0, step) for step in loc)


def take_all(document: Document, places: set[Loc]) -> None:
    """Remove several places of a document; one inside another goes with it."""
    outer = {loc for loc in places if not any(loc[:k] in places for k in range(1, len(loc)))}
    for loc in sorted(outer, key=_places_last, reverse=True):
        take(document, loc)


def _hollow(document: Document) -> set[Loc]:
    """Return what has lost too much to go on: alliances of one, meetings of nobody, settings of nothing."""
    gone = {loc for loc, alliance in members(document, "alliances") if len(alliance.get("members", [])) < 2}
    for loc, event in members(document, "events"):
        kind = event_kind(event)
        if (kind == "summit" and not event.get("parties")) or (kind == "set" and not event.get("set")):
            gone.add(loc)
    return gone


def _dangling(document: Document) -> set[Loc]:
    names = Names(document)
    gone = {reference.goes for reference in references(document) if not names.know(reference)}
    for loc, alliance in members(document, "alliances"):
        bound = alliance.get("members", [])
        if alliance.get("lead", bound[0] if bound else None) not in bound:
            gone.add((*loc, "lead"))
        gone |= {(*loc, "reliability", code) for code in section(alliance, "reliability") if code not in bound}
    for loc, event in members(document, "events"):
        sitting = event.get("parties", [])
        gone |= {(*loc, "rank", name) for name in section(event, "rank") if name not in sitting}
        gone |= {(*loc, "vetoes", k) for k, name in enumerate(event.get("vetoes", [])) if name not in sitting}
        if event_kind(event) == "drill" and not re.search("[->]", str(event["at"])):
            pact = section(section(document, "alliances"), event["drill"])
            if event["at"] not in pact.get("members", []):
                gone.add(loc)
    return gone


def prune(document: Document) -> None:
    """Remove all that refers to what is not there any more, until nothing does."""
    while gone := _dangling(document) | _hollow(document):
        take_all(document, gone)


def remove(document: Document, paths: list[Any], *, well_formed: bool = True) -> list[Finding]:
    """Remove what paths name and all that refers to it; return what is wrong with the paths.

    Of a document that is not well-formed nothing else is removed: what refers to what cannot be told.
    """
    findings: list[Finding] = []
    places: set[Loc] = set()
    for k, path in enumerate(paths):
        loc: Loc = ("remove", k)
        if not isinstance(path, str):
            continue
        try:
            locations = locate(document, path)
            if len(locations[0]) == 1:
                raise PathError(f"{path} cannot be removed: set it")
            if locations[0][0] in ("borders", "corridors") and ">" in path:
                raise PathError(f"a border goes in both directions: write it as {path.replace('>', '-')}")
            absent = [place for place in locations if not exists(document, place)]
            if absent:
                raise PathError(f"there is nothing to remove at {path}")
        except PathError as error:
            findings.append(Finding(loc, str(error), error.hint))
        else:
            places.update(locations)
    take_all(document, places)
    if places and not findings and well_formed:
        prune(document)
    return findings


def exists(document: Document, loc: Loc) -> bool:
    """Return whether a document has something at a place; in a list of words the word itself is a place."""
    node: Any = document
    for step in loc:
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and (isinstance(step, int) or str(step).isdigit()) and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, list) and step in node:
            node = step
        else:
            return False
    return True


class _Changed(NamedTuple):
    """A changed document, what was wrong with the change, and which part of the change each place came from."""

    document: Document
    findings: list[Finding]
    origins: dict[Loc, Loc]

    def blame(self, finding: Finding) -> Finding:
        """Return a finding of the changed document at the part of the change that caused it."""
        exact = [loc for loc in self.origins if finding.loc[: len(loc)] == loc]
        if exact:
            longest = max(exact, key=len)
            return finding._replace(loc=self.origins[longest] + finding.loc[len(longest) :])
        within = [origin for loc, origin in self.origins.items() if loc[: len(finding.loc)] == finding.loc]
        return finding._replace(loc=within[0] if within else (), on="value" if within else "key")


def _set(changed: _Changed, path: str, value: Any, origin: Loc) -> None:  # noqa: ANN401 - any value of a file
    document = changed.document
    try:
        for loc in locate(document, path):
            if len(loc) == 2 and loc[0] not in ("map", "rules", "parameters", "mechanisms"):
                raise PathError(f"{quoted(path)} names a whole member: name one of its fields")
            if loc[0] in PAIRED and loc[1] == len(document[str(loc[0])]):
                names = zip(PAIRED[str(loc[0])], path.split(".")[1:3], strict=True)
                document[str(loc[0])].append({key: name for key, name in names if name})
            changed.origins[loc] = origin
            put(document, loc, value)
    except PathError as error:
        changed.findings.append(Finding(origin, str(error), error.hint, "key"))
    if path in ("months", "start"):
        _forget_later_events(document)


def _forget_later_events(document: Document) -> None:
    """Drop dated events after the last month, and observations that the run does not reach."""
    drop_unreachable_observations(document)
    start, months = document.get("start"), document.get("months")
    if not isinstance(months, int) or not isinstance(start, str):
        return
    try:
        document["events"] = [
            event for event in document.get("events", []) if "on" not in event or month_index(event["on"], start) < months
        ]
    except (TypeError, ValueError):  # a date that is none is reported where it stands
        return


def _add(changed: _Changed, name: str, additions: Any) -> None:  # noqa: ANN401 - any value of a file
    origin: Loc = ("add", name)
    if name not in (*MEMBERS, "events") or name == "variants":
        known = [key for key in (*MEMBERS, "events") if key != "variants"]
        changed.findings.append(Finding(origin, f"nothing can be added to {quoted(name)}", meant(name, known), "key"))
        return
    kind = list if name in (*PAIRED, "events") else dict
    if not isinstance(additions, kind):
        changed.findings.append(Finding(origin, f"a {'list' if kind is list else 'mapping'} is added to {name}"))
        return
    if not isinstance(changed.document.setdefault(name, kind()), kind):
        return  # the section of the file itself is ill-formed, which is reported there
    existing: Any = changed.document[name]
    if isinstance(additions, list):
        for k, member in enumerate(additions):
            changed.origins[name, len(existing)] = (*origin, k)
            existing.append(copied(member))
        return
    for key, member in additions.items():
        if key in section(changed.document, name):
            changed.findings.append(Finding((*origin, key), f"{name}.{key} exists already: set its fields", on="key"))
            continue
        changed.origins[name, key] = (*origin, key)
        existing[key] = copied(member)


def _change(document: Document, variant: Document, *, well_formed: bool = True) -> _Changed:
    """Return a document with a variant's removals, additions and settings, in this order; the one it is made from stays as it is."""
    changed = _Changed(sections_of(document) | {"variants": {}}, [], {})
    removed = variant.get("remove")
    changed.findings.extend(remove(changed.document, removed if isinstance(removed, list) else [], well_formed=well_formed))
    for name, additions in section(variant, "add").items():
        _add(changed, name, additions)
    for path, value in section(variant, "set").items():
        _set(changed, path, copied(value), ("set", path))
    return changed


def _built(changed: _Changed, base: _Base | None = None) -> tuple[Scenario | None, list[Finding]]:
    """Return the scenario of a changed document, or None and what is wrong, each at the part that caused it.

    Parts that the document shares with a valid one are not read again.
    """
    findings = too_long(changed.document)
    scenario = None
    if not findings:
        scenario, findings = read_scenario(base.in_place(changed.document) if base else changed.document)
        findings += check(changed.document)
    findings = changed.findings + [changed.blame(finding) for finding in findings]
    return (None if findings else scenario), findings


class _Base:
    """A valid scenario and its document, from which many variants are made."""

    def __init__(self, scenario: Scenario) -> None:
        self.document: Document = plain(scenario)
        self._sections = {name: getattr(scenario, name) for name in (*MEMBERS, "events") if name != "variants"}
        self._records = {
            id(content): record
            for name, section in self._sections.items()
            for content, record in zip(*map(_parts, (self.document[name], section)), strict=True)
        }
        self._map = scenario.map

    def in_place(self, document: Document) -> Document:
        """Return a document with the records of the scenario where the document has members of the scenario's own."""
        known = {name: self._known(document.get(name)) for name in self._sections if name in document}
        settings = self._map if document.get("map") == self.document.get("map") else document.get("map")
        return document | known | ({"map": settings} if "map" in document else {})

    def _known(self, section: Any) -> Any:  # noqa: ANN401 - a section of a document
        if isinstance(section, dict):
            return {key: self._records.get(id(content), content) for key, content in section.items()}
        return [self._records.get(id(content), content) for content in section] if isinstance(section, list) else section


def _parts(section: Any) -> Iterable[Any]:  # noqa: ANN401 - a section of a document or of a scenario
    return section.values() if isinstance(section, dict) else section


def _with_land_borders(document: Document) -> Document:
    """Return a document, which may be invalid, with an entry for each border that the map adds."""
    atlas = document_atlas(document)
    if atlas is None:
        return document
    names = names_of(document, atlas)
    declared = names_of(document, None)
    borders = {"-".join(sorted(pair)): {} for pair in names.borders - declared.borders}  # type: ignore[var-annotated]
    return document | {"borders": section(document, "borders") | borders}


def _wrong_paths(document: Document, variant: Document) -> list[Finding]:
    """Return the paths of a variant that lead nowhere in an invalid document, as far as they can be followed."""
    try:
        return _change(document, variant, well_formed=False).findings
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # a list where a mapping belongs: reported there
        return []


def check_variants(document: Document, scenario: Scenario | None) -> list[Finding]:
    """Return what is wrong with the variants of a document; ``scenario`` is its scenario if it has a valid one.

    In an invalid document only the paths of variants are checked, since the rest rests on what is wrong already.
    """
    base = _Base(resolve(scenario)) if scenario else None
    whole = base.document if base else _with_land_borders(document)
    collected: list[Finding] = []
    for loc, variant in members(document, "variants"):
        findings = _built(_change(whole, variant), base)[1] if base else _wrong_paths(whole, variant)
        collected += [finding._replace(loc=loc + finding.loc) for finding in findings]
    return collected


def _finish(scenario: Scenario, original: Scenario) -> Scenario:
    return resolve(scenario) if is_resolved(original) else scenario


def apply_variant(scenario: Scenario, name: str | None) -> Scenario:
    """Return the scenario with a variant in force and no variants left; ``base`` or None changes nothing else.

    Raises InvalidScenario if there is no such variant or it does not fit. Resolve the scenario first, so that
    borders which the map adds can be named.
    """
    if name in (None, BASE):
        return scenario.model_copy(update={"variants": {}})
    if name not in scenario.variants:
        message = f"no variant is called {quoted(name)}"
        hint = closest(name, scenario.variants) or f"there are {', '.join([BASE, *scenario.variants])}"
        raise InvalidScenario([Problem(scenario.scenario, 0, 0, message, hint)])
    changed = _change(plain(scenario), plain(scenario.variants[name]))
    _forget_later_events(changed.document)  # the file's variants fit its last month; a setting may have moved it
    result, findings = _built(changed)
    if result is None:
        raise InvalidScenario(
            [Problem(f"variants.{name}", 0, 0, f"{'.'.join(map(str, f.loc))}: {f.message}", str(f.hint)) for f in findings]
        )
    return _finish(result, scenario)


def apply_settings(scenario: Scenario, settings: Sequence[str]) -> Scenario:
    """Return the scenario with settings such as ``parameters.hidden_share=0`` laid over it, in their order.

    Raises InvalidScenario naming each setting that does not fit; dated events after a new last month are dropped.
    """
    if not settings:
        return scenario
    changed = _Changed(plain(scenario), [], {})
    problems: list[Problem] = []
    for k, text in enumerate(settings):
        try:
            path, value = read_setting(text)
        except PathError as error:
            problems.append(Problem("--set", 0, 0, f"{quoted(text)}: {error}", str(error.hint)))
        else:
            _set(changed, path, value, (k,))
    result, findings = _built(changed)
    for finding in findings:
        which = finding.loc[0] if finding.loc else 0
        problems.append(Problem("--set", 0, 0, f"{quoted(settings[int(which)])}: {finding.message}", str(finding.hint)))
    if problems or result is None:
        raise InvalidScenario(list(dict.fromkeys(problems)))
    return _finish(result, scenario)
