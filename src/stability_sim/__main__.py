"""``python -m stability_sim``, and the command."""

from __future__ import annotations

from stability_sim.cli.interrupts import main

if __name__ == "__main__":  # worker processes import this module too
    main()
