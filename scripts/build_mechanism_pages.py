"""Make the tables and pictures of the docs anew from the sources: parameters, schema, schedule, response curves.

Usage: python scripts/build_mechanism_pages.py [--check | --read]

What is written by hand stays; what stands between ``<!-- generated: KIND … -->`` and ``<!-- /generated -->`` is made.
With ``--check`` nothing is written: what is out of date is listed, and the exit code is 1 if anything is. With ``--read``
you say that you have read the pages against the equations of dynamics/ as they are now.
"""

from __future__ import annotations

import argparse
import sys

from mechanism_pages.equations import drafts, mark_as_read, unread
from mechanism_pages.pages import DOCS, misplaced, refresh, stale


def main() -> int:
    """Refresh or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing; list what is out of date")
    parser.add_argument("--read", action="store_true", help="the pages were read against the equations as they are now")
    given = parser.parse_args()
    if given.check:
        wrong = stale()
        print("\n".join(wrong) if wrong else "nothing is out of date")
        return 1 if wrong else 0
    written = refresh()
    print("\n".join(written) if written else "nothing has changed")
    if given.read:
        mark_as_read(DOCS)
    lost, changed = misplaced(), unread(DOCS)
    for name in sorted(drafts(DOCS)):
        print(f"dynamics/{name}.py is a draft: before a release it needs a page in docs/mechanisms", file=sys.stderr)
    if lost:
        print("put each of these in the marker of one page of docs/mechanisms:", *lost, sep="\n  ", file=sys.stderr)
    if changed:
        print(*changed, sep="\n", file=sys.stderr)
    return 1 if lost or changed else 0


if __name__ == "__main__":
    sys.exit(main())
