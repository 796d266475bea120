"""Simulate how instability crosses borders.

In a notebook: ``import stability_sim as ss``, then ``ss.run("central-asia-2021")`` and ``ss.compare("central-asia-2021",
"no-pledge")``. What they need is imported when they are first asked for.
"""

from __future__ import annotations

from typing import Any

_LAZY = ("attribute", "compare", "load", "run", "sensitivity", "sweep", "uncertainty")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - functions of the api
    if name in _LAZY:
        from stability_sim import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
