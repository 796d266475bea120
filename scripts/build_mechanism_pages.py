"""Make the tables and pictures of the docs anew from the sources: parameters, schema, schedule, response curves.

Usage: python scripts/build_mechanism_pages.py [--check]

What is written by hand stays; what stands between ``<!-- generated: KIND … -->`` and ``<!-- /generated -->`` is made.
With ``--check`` nothing is written: what is out of date is listed, and the exit code is 1 if anything is.
"""

from __future__ import annotations

import argparse
import sys

from mechanism_pages.pages import misplaced, refresh, stale


def main() -> int:
    """Refresh or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing; list what is out of date")
    if parser.parse_args().check:
        wrong = stale()
        print("\n".join(wrong) if wrong else "nothing is out of date")
        return 1 if wrong else 0
    written = refresh()
    print("\n".join(written) if written else "nothing has changed")
    lost = misplaced()
    if lost:
        print("put each of these in the marker of one page of docs/mechanisms:", *lost, sep="\n  ", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
