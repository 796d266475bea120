"""Run in a process of its own with NUMBA_DISABLE_JIT=1: the hash of a small run, or all draws of variants."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numba

from stability_sim.ensemble.run import run
from stability_sim.kernels import randomness
from stability_sim.scenario import loads, resolve

assert numba.config.DISABLE_JIT


def _recorded(function, draws):
    def record(c0, c1, c2, c3, k0, k1):
        words = function(c0, c1, c2, c3, k0, k1)
        entity, purpose = (int(c1) << 32) | int(c0), int(c2)
        draws[f"{entity}:{purpose >> 16}:{purpose & 0xFFFF}"] = int(words[0])
        return words

    return record


scenario = resolve(loads(Path(sys.argv[1]).read_text()).scenario)
if sys.argv[2] == "draws":
    philox, drawn = randomness.philox, {}
    for variant in sys.argv[3:]:
        drawn[variant] = {}
        randomness.philox = _recorded(philox, drawn[variant])
        run(scenario, replicates=1, variant=variant)
    sys.stdout.write(json.dumps(drawn))
else:
    sys.stdout.write(run(scenario, replicates=3).hash())
