"""``python -m stability_sim``."""

from stability_sim.cli import main

main()
