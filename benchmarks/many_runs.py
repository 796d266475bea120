"""Time and memory of many replicates: 100,000 on all cores, threads 2 against 1, Dask 2 workers against 1.

Usage: python benchmarks/many_runs.py [memory | threads | dask] [REPLICATES]

Other work on the machine makes all of it slower: where seconds of the processor are far from seconds times cores, do
not trust the ratio.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCENARIO = "central-asia-2021"
ALL = 100_000
LONG = 250_000  # a run of half a minute and more on one core


def memory(replicates: int) -> None:
    """Run the command as a user does; print seconds and peak memory of its process."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["run", SCENARIO, "-n", str(replicates), "--no-figures", "-o", str(Path(folder) / "out")]
        clock = time.perf_counter()
        subprocess.run([sys.executable, "-m", "stability_sim", *words], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - clock
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"run -n {replicates}: {seconds:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of the processor, "
        f"peak {used.ru_maxrss / 1024:.0f} MB",
        flush=True,
    )


def _timed(engine: str, workers: int, replicates: int) -> float:
    """Return the seconds of a run on an engine that is ready: its workers have loaded the kernels."""
    from stability_sim.ensemble.driver import dispatch
    from stability_sim.ensemble.executors import Execution, opened
    from stability_sim.ensemble.tasks import Task, as_text, code_version
    from stability_sim.scenario import apply_variant, load, resolve
    from stability_sim.scenario.load import find

    scenario = apply_variant(resolve(load(find(SCENARIO)).scenario), None)
    text, code, size = as_text(scenario), code_version(), 1024
    done = []

    def tasks(n: int) -> list[Task]:
        return [Task(text, 1, k, size, scenario.months, code=code) for k in range(0, n, size)]

    with opened(Execution(engine, workers)) as at_work:
        dispatch(at_work, tasks(8 * size), lambda *_: None)
        clock = time.perf_counter()
        dispatch(at_work, tasks(replicates), lambda _, raw: done.append(len(raw)))
        seconds = time.perf_counter() - clock
    print(f"{engine}, {workers} at work: {len(done) * size} replicates in {seconds:.1f} s", flush=True)
    return seconds


def compare(engine: str, replicates: int) -> None:
    """Print how much faster two workers are than one."""
    from stability_sim.ensemble.run import prepare

    prepare()
    one = _timed(engine, 1, replicates)
    print(f"{engine}: two are {one / _timed(engine, 2, replicates):.2f} times as fast as one", flush=True)


if __name__ == "__main__":
    which = sys.argv[1] if len(sys.argv) > 1 else "all"
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    if which in ("memory", "all"):
        memory(number or ALL)
    for name in ("threads", "dask"):
        if which in (name, "all"):
            compare(name, number or LONG)
