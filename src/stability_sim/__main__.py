"""``python -m stability_sim``."""

from stability_sim.cli import main

if __name__ == "__main__":  # worker processes import this module too
    main()
