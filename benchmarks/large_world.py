"""Time and memory of a world of 200 states, 300 groups, 240 months, 200 replicates on all cores; and how memory grows.

Usage: python benchmarks/large_world.py
"""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import time

STATES, GROUPS, MONTHS = 200, 300, 240


def scenario(n_states=STATES, n_groups=GROUPS, months=MONTHS):
    """Return a grid of states with a third of the groups open and two thirds clandestine."""
    from stability_sim.scenario import Scenario, resolve

    side = math.isqrt(n_states - 1) + 1
    codes = [f"S{i:03d}" for i in range(n_states)]
    borders = {}
    for i in range(n_states):
        if i % side != side - 1 and i + 1 < n_states:
            borders[f"{codes[i]}-{codes[i + 1]}"] = {}
        if i + side < n_states:
            borders[f"{codes[i]}-{codes[i + side]}"] = {}
    groups = {
        f"g{k}": {
            "home": codes[k % n_states], "clandestine": k % 3 != 0, "export_aim": 0.3 + 0.12 * (k % 5),
            "fighters": {codes[k % n_states]: 500 + k * 10},
        }
        for k in range(n_groups)
    }  # fmt: skip
    return resolve(
        Scenario.model_validate(
            {
                "scenario": "large", "question": "how fast", "start": "2000-01", "months": months,
                "map": {"projection": "network", "neighbours": "listed"},
                "states": {code: {"in_conflict": i % 9 == 0} for i, code in enumerate(codes)},
                "groups": groups, "borders": borders,
                "alliances": {f"a{k}": {"members": codes[k * 20 : k * 20 + 6]} for k in range(n_states // 20)},
            }
        )
    )  # fmt: skip


def measure(replicates: int) -> None:
    """Run so many replicates and print seconds and peak memory."""
    from stability_sim.ensemble.driver import run_ensemble
    from stability_sim.ensemble.run import prepare
    from stability_sim.world.initial import begin

    prepare()
    beginning = begin(scenario())
    run_ensemble(beginning, 2, 1, 3)
    clock = time.perf_counter()
    run_ensemble(beginning, replicates, 1, MONTHS)
    seconds = time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{replicates:4d} replicates: {seconds:5.2f} s, peak {peak:4.0f} MB", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
    else:
        for n in (50, 100, 200, 400):
            subprocess.run([sys.executable, __file__, str(n)], check=True)
