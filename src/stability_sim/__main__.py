"""``python -m stability_sim``, and the command: interrupts are taken care of before anything else is imported."""

from __future__ import annotations

from stability_sim.cli.interrupts import end_at_once


def main() -> None:
    """Run a command and exit with its code."""
    end_at_once()
    from stability_sim.cli import main as cli

    cli.main()


if __name__ == "__main__":  # worker processes import this module too
    main()
