"""A file as a scenario, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stability_sim.scenario.checks import check
from stability_sim.scenario.document import Document, read_scenario, section, too_long
from stability_sim.scenario.parameters import POSTERIOR
from stability_sim.scenario.problems import MOST_PRINTED, Finding, InvalidScenario, Problem, excerpt
from stability_sim.scenario.resolve import resolve
from stability_sim.scenario.schema import SCHEMA_VERSION, Scenario
from stability_sim.scenario.variants import apply_settings, apply_variant, check_variants
from stability_sim.scenario.yaml_reader import Composer, Mistake, Node, Spot, Unreadable, spot_of

if TYPE_CHECKING:
    from stability_sim.scenario.posterior import Draws

_PACKAGE = Path(__file__).parents[1]
_PLACES = (_PACKAGE / "scenarios", _PACKAGE.parents[1] / "scenarios")  # of an installed copy, and of a checkout


def shipped() -> dict[str, Path]:
    """Return the files of the shipped scenarios by name."""
    for folder in _PLACES:
        files = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
        if files:
            return files
    return {}


def find(name: str) -> Path:
    """Return the file that a path or the name of a shipped scenario means; it may not exist."""
    path = Path(name)
    if not path.exists() and path.suffix == "" and name in shipped():
        return shipped()[name]
    return path


# Which schema a file is of: older ones are read, newer ones are refused with advice.
#
# Schema 1 is that of 0.1.0, and of all versions since: they have added keys, and taken none away nor changed what one means
# (``tests/compatibility`` keeps a file and a run of each).
KEY = "schema_version"


def unreadable_version(document: Document) -> Finding | None:
    """Return what is wrong with the version that a document states; None if it can be read, or states none."""
    version = document.get(KEY, SCHEMA_VERSION)
    if isinstance(version, bool):  # which Python would take for 1
        return Finding((KEY,), f"a whole number is needed here, not {str(version).lower()}")
    if not isinstance(version, int) or version == SCHEMA_VERSION:
        return None  # what is no whole number is reported with the other types
    if version > SCHEMA_VERSION:
        message = f"this file is of schema {version}; this version of stability-sim reads schemas up to {SCHEMA_VERSION}"
        return Finding((KEY,), message, "update it: pip install --upgrade stability-sim")
    return Finding((KEY,), f"there has never been a schema {version}", f"write {KEY}: {SCHEMA_VERSION}, or leave it out")


LARGEST_BYTES = 5_000_000
BOM = "\ufeff"


@dataclass(frozen=True)
class Loaded:
    """A valid file: the scenario as written, its text, where it came from, its plain content, settings on top.

    ``draws`` is the sample of the posterior that gave it parameters, if one did.
    """

    scenario: Scenario
    text: str
    path: Path
    document: Document
    overrides: tuple[str, ...] = ()
    draws: Draws | None = None


def _whole(filename: str, message: str, hint: str = "") -> InvalidScenario:
    return InvalidScenario([Problem(filename, 0, 0, message, hint)])


def _too_large(filename: str) -> InvalidScenario:
    return _whole(filename, f"the file is larger than {LARGEST_BYTES // 1_000_000} MB")


def _decode(raw: bytes, filename: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
        message = f"byte 0x{raw[error.start]:02x} at offset {error.start} is not UTF-8"
        raise InvalidScenario([Problem(filename, line, column, message, "save the file as UTF-8")]) from None


def _located(root: Node, findings: Sequence[Finding]) -> list[Mistake]:
    return [Mistake(spot_of(root, finding.loc, finding.on), finding.message, finding.hint) for finding in findings]


def _problems(mistakes: Sequence[Mistake], text: str, filename: str) -> InvalidScenario:
    """Return the mistakes as problems, in the order of the file, each once; those that are printed with a hint and an excerpt."""
    lines = text.split("\n")
    once: dict[tuple[Spot, str], Mistake] = {}
    for mistake in mistakes:
        once.setdefault((mistake.spot, mistake.message), mistake)
    ordered = sorted(once.values(), key=lambda mistake: mistake.spot)
    printed = [
        Problem(filename, spot.line, spot.column, message, str(hint), excerpt(lines, spot.line, spot.column))
        for spot, message, hint in ordered[:MOST_PRINTED]
    ]
    return InvalidScenario(printed + [Problem(filename, *spot, message) for spot, message, _ in ordered[MOST_PRINTED:]])


def _compose(text: str, filename: str) -> tuple[Node, list[Mistake]]:
    composer = Composer()
    try:
        root = composer.read(text)
    except Unreadable as error:
        raise _problems([*composer.mistakes, error.mistake], text, filename) from None
    if root is None or root.value in (None, ""):
        raise _whole(filename, "the file is empty: a scenario begins with 'scenario: a-short-name'")
    if not isinstance(root.value, dict):
        kind = "a list" if isinstance(root.value, list) else "a word"
        message = f"a scenario is a mapping of keys such as 'scenario:' and 'states:', not {kind}"
        raise _problems([Mistake(root.spot, message)], text, filename)
    return root, composer.mistakes


def _with_files(
    document: Document, folder: Path, posterior: Path | None
) -> tuple[Document, Draws | None, list[Finding], list[Finding]]:
    """Return a document with what the files hold that it names, the sample of its posterior, and what is wrong with each file."""
    draws: Draws | None = None
    missing: list[Finding] = []
    undrawn: list[Finding] = []
    if posterior is not None or POSTERIOR in section(document, "parameters"):
        from stability_sim.scenario.posterior import with_posterior

        document, draws, missing = with_posterior(document, folder, posterior)
    if "geojson" in section(document, "map"):
        from stability_sim.scenario.geojson import with_geojson

        document, undrawn = with_geojson(document, folder)
    return document, draws, missing, undrawn


def loads(
    text: str, filename: str = "<text>", *, overrides: Sequence[str] = (), posterior: Path | None = None
) -> Loaded:  # fmt: skip
    """Return the scenario of a text; InvalidScenario with every problem if it has any."""
    if len(text) > LARGEST_BYTES:
        raise _too_large(filename)
    text = text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")
    root, mistakes = _compose(text, filename)
    plain = root.plain()
    other_version = unreadable_version(plain)
    if other_version:  # whatever else seems wrong may be right there
        raise _problems(_located(root, [other_version]), text, filename)
    if crowded := too_long(plain):  # what is in them is not looked at, which would take long
        raise _problems(mistakes + _located(root, crowded), text, filename)
    document, draws, missing, undrawn = _with_files(plain, Path(filename).parent, posterior)
    scenario, findings = read_scenario(document)
    findings += missing + undrawn
    if not undrawn:  # without its map, what borders what is unknown
        findings += check(document)
        findings += check_variants(document, scenario if not findings else None)
    valid = scenario if not findings else None
    mistakes += _located(root, findings)
    if mistakes or valid is None:
        raise _problems(mistakes or [Mistake(Spot(1, 1), "this is not a scenario")], text, filename)
    loaded = Loaded(valid, text, Path(filename), document, tuple(overrides), draws)
    if overrides:
        variant_scenarios(loaded)
    return loaded


def load(path: str | Path, *, overrides: Sequence[str] = (), posterior: Path | None = None) -> Loaded:
    """Return the scenario of a file, with settings such as ``months=24`` to be laid over it.

    ``posterior`` is a file of ``calibrate`` in place of the one that the scenario names, if it names any. InvalidScenario if there is anything wrong with it; FileNotFoundError if there is no such file.
    """
    path = Path(path)
    if path.is_dir():
        hint = "--replay runs a run again, --point K a point of a sweep" if (path / "manifest.json").is_file() else ""
        raise _whole(str(path), "this is a directory, not a scenario file", hint)
    with path.open("rb") as file:
        raw = file.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise _too_large(str(path))
    return loads(_decode(raw, str(path)), str(path), overrides=overrides, posterior=posterior)


def load_named(name: str, overrides: Sequence[str] = (), posterior: Path | None = None) -> Loaded:
    """Return the scenario of a path, or the shipped one of a name, as ``load`` does."""
    return load(find(name), overrides=overrides, posterior=posterior)


def variant_scenarios(loaded: Loaded, settings: Sequence[str] = (), variant: str | None = None) -> Scenario:
    """Return what runs: the scenario resolved, its overrides and further settings laid over it, a variant in force."""
    scenario = apply_settings(resolve(loaded.scenario), [*loaded.overrides, *settings])
    return apply_variant(scenario, variant)
