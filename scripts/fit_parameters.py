"""Fit the parameters tagged D to the facts of the world panel: the committed procedure behind fitted.json.

Usage: python scripts/fit_parameters.py DATA [--replicates 60] [--steps 6] [--to FILE]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from stability_sim.fitting import fit_world, save

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("data", type=Path)
parser.add_argument("--replicates", type=int, default=60)
parser.add_argument("--steps", type=int, default=6)
parser.add_argument("--to", type=Path, default=None)
given = parser.parse_args()
told = fit_world(given.data, replicates=given.replicates, steps=given.steps, say=lambda line: print(line, flush=True))
print(save(told, given.to))
