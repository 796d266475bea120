"""``map: {geojson: FILE}``: the shapes of states from a file beside the scenario.

The file is read when the scenario is loaded, and its shapes take the place of its name: what runs, is stored and shown needs
the file no more. Features whose code is no state of the scenario are drawn as land around it.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from stability_sim.geography import BadShape, checked, to_wkt
from stability_sim.geography.own_maps import Shape
from stability_sim.scenario.document import Document, section
from stability_sim.scenario.problems import Finding, quoted
from stability_sim.scenario.schema import NAME_PATTERN
from stability_sim.terminal import forbidden

LARGEST_BYTES = 5_000_000
LARGEST_TEXT = 4_000_000  # letters of all shapes, so that the scenario with its shapes can be loaded again
MOST_SHAPES = 4000
LONGEST_NAME = 60
LOC = ("map", "geojson")


class _Unusable(Exception):  # noqa: N818 - reads as a statement where it is caught
    """Why no shapes can be taken from a file."""


def _read(name: Any, folder: Path) -> Any:  # noqa: ANN401 - whatever the files hold
    """Return the content of a JSON file that is named relative to a folder."""
    if not isinstance(name, str) or not name or "\0" in name:
        raise _Unusable("the name of a file is needed here")
    windows, posix = PureWindowsPath(name), PurePosixPath(name)
    if windows.drive or windows.root or posix.is_absolute() or ".." in windows.parts:
        raise _Unusable(f"{quoted(name)} must be a file beside the scenario or below it: no absolute path and no '..'")
    path = folder / name
    try:
        if path.exists() and not path.is_file():
            raise _Unusable(f"{name} is not a file")
        if path.stat().st_size > LARGEST_BYTES:
            raise _Unusable(f"{name} is larger than {LARGEST_BYTES // 1_000_000} MB")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise _Unusable(f"{name}: there is no such file") from None
    except OSError as error:
        raise _Unusable(f"{name}: {error.strerror or error}") from None
    except (ValueError, RecursionError):  # not UTF-8, not JSON, or a number of thousands of digits
        raise _Unusable(f"{name} is not JSON") from None


def _features(content: Any, name: str) -> list[Any]:  # noqa: ANN401
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        raise _Unusable(f"{name} is not GeoJSON with a FeatureCollection")
    features = content.get("features")
    if not isinstance(features, list) or not features:
        raise _Unusable(f"{name} has no features")
    if len(features) > MOST_SHAPES:
        raise _Unusable(f"{name} has {len(features)} features, but at most {MOST_SHAPES} fit here")
    return features


def _properties(feature: Any) -> dict[str, Any]:  # noqa: ANN401
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else {}


def _code(feature: Any, k: int, states: dict[str, Any]) -> str:  # noqa: ANN401
    """Return the code of a feature: a state's, or a name for land around them."""
    candidates = [feature.get("id") if isinstance(feature, dict) else None, _properties(feature).get("code")]
    codes = [str(candidate) for candidate in candidates if isinstance(candidate, str | int) and not isinstance(candidate, bool)]
    codes = [code for code in codes if NAME_PATTERN.fullmatch(code)]
    return next((code for code in codes if code in states), codes[0] if codes else f"feature-{k + 1}")


def _polygons(feature: Any) -> Shape:  # noqa: ANN401
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    fields = geometry if isinstance(geometry, dict) else {}
    kind = fields.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        shown = quoted(kind) if isinstance(kind, str) else "none"
        raise BadShape(f"a geometry is Polygon or MultiPolygon, not {shown}")
    coordinates = fields.get("coordinates")
    return checked([coordinates] if kind == "Polygon" else coordinates)


def _shapes(features: list[Any], name: str, states: dict[str, Any]) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Return the shapes of features by code, names by code, and what is wrong with some."""
    shapes: dict[str, Shape] = {}
    names: dict[str, str] = {}
    errors = []
    for k, feature in enumerate(features):
        code = _code(feature, k, states)
        try:
            shapes[code] = shapes.get(code, ()) + _polygons(feature)
        except BadShape as error:
            errors.append(f"{name}, feature {k + 1} ({code}): {error}")
        label = _properties(feature).get("name")
        if isinstance(label, str) and (letters := forbidden(label)):
            errors.append(f"{name}, feature {k + 1} ({code}): {letters[0].message}")
        elif isinstance(label, str) and label.strip():
            names.setdefault(code, label.strip()[:LONGEST_NAME])
    return {code: to_wkt(shape) for code, shape in shapes.items()}, names, errors


def with_geojson(document: Document, folder: Path) -> tuple[Document, list[Finding]]:
    """Return a document with the shapes and names of its map's file in place of the file's name, and what is wrong.

    Parameters
    ----------
    document : mapping
        Of a scenario file.
    folder : Path
        From which a relative name is taken.
    """
    settings, states = section(document, "map"), section(document, "states")
    if "geojson" not in settings:
        return document, []
    rest = {key: value for key, value in settings.items() if key != "geojson"}
    try:
        if "shapes" in rest:
            raise _Unusable("the map has shapes already: leave one of the two out")
        name = settings["geojson"]
        shapes, names, errors = _shapes(_features(_read(name, folder), name), name, states)
        if not errors and sum(map(len, shapes.values())) > LARGEST_TEXT:
            raise _Unusable(f"{name} holds too many positions: simplify its lines")
    except _Unusable as error:
        return document | {"map": rest}, [Finding(LOC, str(error))]
    if errors:
        return document | {"map": rest}, [Finding(LOC, text) for text in errors]
    named = {
        code: {**state, "name": names[code]} if isinstance(state, dict) and code in names and not state.get("name") else state
        for code, state in states.items()
    }
    return document | {"map": {**rest, "shapes": shapes}} | ({"states": named} if named else {}), []
