"""Mutation testing of a room: spoil one operator, comparison or number of a function at a time, and see who notices.

Of ``dynamics/`` the oracle is the twin of ``tests/reference``, with kernels uncompiled; of any other room it is the tests
that run the spoilt line. A mutant is killed by any other number, by an error, or by the clock. The sample is the same for
the same seed::

    NUMBA_DISABLE_JIT=1 python scripts/mutation_score.py dynamics --mutants 200 --seed 1
    python scripts/mutation_score.py analysis --mutants 200 --seed 1
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts")]


def main() -> None:
    """Sample mutants, test them, print survivors and the score."""
    from mutation.mutants import SOURCES, sample
    from mutation.suite import SuiteOracle
    from mutation.twin import TwinOracle

    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("room", nargs="?", default="dynamics", choices=["dynamics", "analysis"])
    options.add_argument("--mutants", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--worlds", type=int, default=12, help="random worlds beside the two named ones, for dynamics")
    options.add_argument("--minutes", type=float, default=60.0, help="stop after so many, with what is done")
    given = options.parse_args()
    room = SOURCES / "stability_sim" / given.room
    oracle = TwinOracle(given.worlds) if given.room == "dynamics" else SuiteOracle(room)
    if oracle.notices(None):
        sys.exit("the kernels differ from the twin as they are")
    chosen, n_possible = sample(room, given.seed, given.mutants)
    done = killed = 0
    end = time.monotonic() + 60 * given.minutes
    for mutant in chosen:
        if time.monotonic() > end:
            break
        done += 1
        if done % 20 == 0:
            print(f"{killed} of {done - 1} killed so far", file=sys.stderr, flush=True)
        if oracle.notices(mutant):
            killed += 1
        else:
            unseen = isinstance(oracle, SuiteOracle) and not oracle.tests_of(mutant)
            where = f"{mutant.path.relative_to(room)}:{mutant.line}"
            print(f"survived{', as no test runs it' if unseen else ''}: {where}: {mutant.what}", flush=True)
    print(f"{killed} of {done} mutants killed, {100 * killed / max(done, 1):.1f} % ({n_possible} possible)")


if __name__ == "__main__":
    main()
