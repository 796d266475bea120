"""The manifest of a folder: what made it, and the checksum of each file. Every folder that the package writes has one.

A manifest is read strictly: a key that is not known, a missing one or another type is an error. A version of the package
that adds keys therefore raises `FORMAT`, and reads the older formats as well.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PureWindowsPath
from typing import Annotated, Any, Literal, TypeVar

import pydantic_core
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationError,
)

from stability_sim.scenario.problems import printable
from stability_sim.storage.files import command_line
from stability_sim.storage.staging import is_there

FORMAT = 1
MANIFEST = "manifest.json"
_FIGURES = "figures"  # a folder of them has no checksums: they may be drawn anew
_LONGEST = 1000  # characters of a path, and of a message about what is wrong
_LONGEST_NAME = 255  # bytes of a file or folder, on the file systems in use
_PACKAGES = ("stability-sim", "numpy", "numba", "mesa", "networkx", "pydantic", "ruamel.yaml", "h5netcdf", "h5py", "matplotlib")

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Whole = Annotated[int, Field(ge=0, lt=2**63)]
Count = Annotated[int, Field(ge=1, lt=2**63)]
Number = Annotated[float, Field(allow_inf_nan=True)]


class StoreError(Exception):
    """A folder that is not a whole run or study."""


def _within(name: str) -> str:
    """Return the path of a file within its folder; ValueError if there is none of that name on any system."""
    path = PureWindowsPath(name)  # takes both kinds of slash
    if path.anchor or not path.parts or ".." in path.parts or "\0" in name:
        raise ValueError("not the path of a file within the folder")
    if len(name) > _LONGEST or any(len(part.encode()) > _LONGEST_NAME for part in path.parts):
        raise ValueError("longer than the name of a file can be")
    return name


FileName = Annotated[str, AfterValidator(_within)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class _Folder(_Record):
    """What the manifest of every kind of folder says."""

    format: Literal[1]
    versions: dict[str, str] = Field({}, description="Versions of Python and of the packages that decide about the numbers.")
    platform: str = ""
    command: str = Field("", description="The command that made the folder, as one would type it.")
    started: str | None = Field(None, description="When the work began, ISO 8601 in UTC.")
    seconds: Annotated[float, Field(ge=0)] | None = Field(None, description="How long the work took.")
    written: str | None = Field(None, description="When the folder was written, ISO 8601 in UTC.")
    sha256: dict[FileName, Digest] = Field({}, description="SHA-256 of each file by its path in the folder; figures have none.")
    bytes: dict[FileName, Whole] = Field({}, description="Size of the same files, in bytes.")


class _OfScenario(_Folder):
    """What is said of all that ran a scenario."""

    versions: dict[str, str]
    scenario: str
    variant: str
    seed: Whole
    replicates: Count
    scenario_hash: Digest


class Point(_Record):
    """The point of a sweep that a run repeats."""

    point: Whole
    values: dict[str, str] = Field(description="Value of each factor by its path, as the design writes it.")
    results_hash: Digest = Field(description="Of the sweep.")


class RunManifest(_OfScenario):
    """The replicates of one variant."""

    kind: Literal["run"] = "run"
    first_replicate: Whole
    months: Whole
    results_hash: Digest
    source: str | None = Field(None, description="The scenario file, or the folder of the sweep.")
    from_month: Whole | None = Field(None, description="Month up to which the run has the past of the base.")
    sweep: Point | None = None


class ComparisonManifest(_OfScenario):
    """Variants against their base, replicate by replicate."""

    kind: Literal["comparison"]
    variants: list[str]
    months: Whole
    from_month: Whole | None
    results_hashes: dict[str, Digest]
    scenario_hashes: dict[str, Digest]


class AttributionManifest(_OfScenario):
    """Shares of an outcome by channel."""

    kind: Literal["attribution"]
    outcome: str
    effect: Number
    r0: Number
    results_hash: Digest


class SensitivityManifest(_OfScenario):
    """Which numbers an outcome depends on."""

    kind: Literal["sensitivity"]
    design: dict[str, Whole] = Field(description="Points of each design.")
    refused: dict[str, str] = Field(description="Outcomes that are left out, and why.")


class Posterior(_Record):
    """A file of parameters that were drawn jointly."""

    file: str
    sha256: Digest


class UncertaintyManifest(_OfScenario):
    """The variance of an outcome split into luck, parameters and structure."""

    kind: Literal["uncertainty"]
    contrast: bool
    points: Whole
    factors: Whole
    structures: list[dict[str, str | None]] = Field(description="Rival rules of each structure.")
    refused: dict[str, str]
    fitted: list[str] = Field([], description="Paths that are drawn from the posterior.")
    posterior: Posterior | None = None


class SweepManifest(_OfScenario):
    """A scenario at the points of a design."""

    kind: Literal["sweep"]
    months: Whole
    design: Literal["grid", "latin_hypercube"]
    factors: list[str]
    points: Whole
    failed_replicates: Whole
    results_hash: Digest
    code: str = Field(description="Hash of the code that the numbers depend on.")
    source: str | None = None


class HindcastManifest(_Folder):
    """Probabilities of past years held against what happened."""

    kind: Literal["hindcast"]
    data_sha256: dict[str, Digest] = Field({}, description="Of each file of the data folder.")
    scores_hash: Digest | None = None


class FactsManifest(_Folder):
    """The model held against facts of the data."""

    kind: Literal["facts"]
    start_year: int
    years: Annotated[list[int], Field(min_length=2, max_length=2)]
    states: Whole
    replicates: Count
    seed: Whole
    scenario_hash: Digest


class DataFile(_Record):
    """A table of the data folder."""

    rows: Whole
    sources: list[str] = Field(description="Names of the downloads that it comes from.")


class DataManifest(_Folder):
    """The tables of a data folder, made from downloads."""

    kind: Literal["data"]
    tables: dict[str, DataFile]


def _kind_of(content: object) -> str | None:
    """Return the kind of a manifest; the runs of the first versions do not say theirs."""
    kind = content.get("kind", "run") if isinstance(content, dict) else getattr(content, "kind", None)
    return kind if isinstance(kind, str) else None


Manifest = Annotated[
    Annotated[RunManifest, Tag("run")]
    | Annotated[ComparisonManifest, Tag("comparison")]
    | Annotated[AttributionManifest, Tag("attribution")]
    | Annotated[SensitivityManifest, Tag("sensitivity")]
    | Annotated[UncertaintyManifest, Tag("uncertainty")]
    | Annotated[SweepManifest, Tag("sweep")]
    | Annotated[HindcastManifest, Tag("hindcast")]
    | Annotated[FactsManifest, Tag("facts")]
    | Annotated[DataManifest, Tag("data")],
    Discriminator(_kind_of),
]
_MANIFEST: TypeAdapter[Manifest] = TypeAdapter(Manifest)
M = TypeVar("M", bound=_Folder)


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema of manifests."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Manifest of a folder of stability-sim",
        **_MANIFEST.json_schema(),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a run rests on."""
    installed = {"python": platform.python_version()}
    for name in _PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            installed[name] = version(name)
    return installed


def _files(folder: Path) -> list[str]:
    """Return the files of a folder whose bytes count, as paths within it."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if _FIGURES not in path.parts and path.as_posix() != MANIFEST)


def write_manifest(folder: Path, kind: str, about: Mapping[str, object]) -> None:
    """Write the manifest of a folder, as the last of its files.

    Parameters
    ----------
    folder : Path
        Holds all other files already; they get checksums, but figures do not.
    kind : str
        Which of the records above it is.
    about : mapping
        What the record of this kind holds. Format, versions, platform, command, time and checksums are added unless they
        stand there.

    Raises
    ------
    pydantic.ValidationError
        ``about`` is not what the kind holds.
    """
    contents = {name: (folder / name).read_bytes() for name in _files(folder)}
    record = {
        "format": FORMAT,
        "kind": kind,
        **about,
        "versions": versions(),
        "platform": platform.platform(),
        "command": about.get("command") or command_line(),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": {name: hashlib.sha256(raw).hexdigest() for name, raw in contents.items()},
        "bytes": {name: len(raw) for name, raw in contents.items()},
    }
    _MANIFEST.validate_python(record)
    (folder / MANIFEST).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _checked_format(content: object, folder: Path) -> None:
    number = content.get("format") if isinstance(content, dict) else None
    if type(number) is int and number > FORMAT:
        advice = "update it: pip install --upgrade stability-sim"
        number_text = printable(str(number) if number.bit_length() < 64 else "an unknown number")
        raise StoreError(f"{folder} is of format {number_text}; this version of stability-sim reads format {FORMAT}; {advice}")
    if type(number) is not int or number != FORMAT:
        raise StoreError(f"{folder / MANIFEST} is not of format {FORMAT}")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a folder.

    Raises
    ------
    StoreError
        The folder has no manifest, or one that is none: not JSON, of another format, of an unknown kind, or with a key
        that is missing, unknown or of another type.
    """
    path = folder / MANIFEST
    try:
        if not is_there(folder):
            raise FileNotFoundError
        content = pydantic_core.from_json(path.read_bytes())
    except FileNotFoundError:
        raise StoreError(f"{folder} is not a run: it has no {MANIFEST}") from None
    except ValueError as error:
        raise StoreError(f"{path} cannot be read: {printable(str(error))[:_LONGEST]}") from None
    _checked_format(content, folder)
    try:
        return _MANIFEST.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part)[:_LONGEST_NAME] for part in first["loc"][1:])
        message = f"{place}: {first['msg']}" if place else first["msg"]
        raise StoreError(f"{path} is no manifest: {printable(message)[:_LONGEST]}") from None


def read_kind(folder: Path, kind: type[M]) -> M:
    """Return the manifest of a folder of a certain kind; StoreError if it is another."""
    manifest = read_manifest(folder)
    if not isinstance(manifest, kind):
        expected = str(kind.model_fields["kind"].annotation.__args__[0])  # type: ignore[union-attr]
        raise StoreError(f"{folder} holds a {manifest.kind}, not a {expected}")
    return manifest


def altered(folder: Path, manifest: _Folder, names: Collection[str] | None = None) -> dict[str, str]:
    """Return what is wrong with the files that a manifest lists, or with some of them, by name; nothing if all are as written."""
    wrong = {}
    for name, expected in manifest.sha256.items():
        if names is not None and name not in names:
            continue
        if not (folder / name).is_file():
            wrong[name] = "is missing"
            continue
        raw = (folder / name).read_bytes()
        if len(raw) != manifest.bytes.get(name, len(raw)) or hashlib.sha256(raw).hexdigest() != expected:
            wrong[name] = "was changed after the run: its checksum does not fit the manifest"
    return wrong


def check_files(folder: Path, manifest: _Folder, names: Collection[str] | None = None) -> None:
    """Raise StoreError if a file of a folder, or one of ``names``, is not as its manifest says."""
    for name, fault in altered(folder, manifest, names).items():
        raise StoreError(f"{folder / name} {fault}")
