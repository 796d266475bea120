"""Fit the parameters tagged D to the facts of the world panel: the committed procedure behind fitted.json.

Usage: python scripts/fit_parameters.py DATA [--until 2014] [--replicates 80] [--steps 8] [--to FILE]

Hindcasts use the same fit to the years before those that they forecast: --until 2004 --to .../scenario/fitted-2004.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from stability_sim.studies.fit import fit_world, save

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("data", type=Path)
parser.add_argument("--until", type=int, default=2014)
parser.add_argument("--replicates", type=int, default=80)
parser.add_argument("--steps", type=int, default=8)
parser.add_argument("--to", type=Path, default=None)
given = parser.parse_args()
told = fit_world(
    given.data, until=given.until, replicates=given.replicates, steps=given.steps, say=lambda line: print(line, flush=True)
)
print(save(told, given.to))
